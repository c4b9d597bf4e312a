"""The formats that other programs read: each is valid by that program's own model, and none is harmed by hostile values."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml
from pydantic import TypeAdapter
from sarif_pydantic import Sarif

from census_cli.report.ess import Event
from places import SAMPLE

HOSTILE = "<script>&]]>|a`b*c\u202e%0A::error::x" + "\x01" + "长" * 300


@pytest.fixture
def written(census, tmp_path):
    """Check the sample, or what a test made of it, into one format."""

    def write(ending, data=SAMPLE, *options):
        file = tmp_path / f"out.{ending}"
        ran = census("check", data, "--output", file, *options)
        assert ran.code in (0, 1), ran.err
        return file.read_text(encoding="utf-8")

    return write


@pytest.fixture
def hostile(sample):
    """The sample with a value in it that would break out of every format."""
    household = sample / "household.csv"
    lines = household.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    header = lines[0].rstrip().split(",")
    cells = lines[1].split(",")
    cells[header.index("家庭人口数")] = f'"{HOSTILE}"'
    household.write_text("".join([lines[0], ",".join(cells), *lines[2:]]), encoding="utf-8")
    return sample


def discrepancies(written, *given):
    return json.loads(written("json", *given))["discrepancies"]


def test_sarif_is_valid_and_holds_every_discrepancy(written):
    text = written("sarif")
    run = Sarif.model_validate_json(text).runs[0]
    assert [r.rule_id for r in run.results] == [d["rule"] for d in discrepancies(written)]


def test_a_sarif_result_names_file_line_and_fingerprint(written):
    first = json.loads(written("sarif"))["runs"][0]["results"][0]
    found = discrepancies(written)[0]
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": found["source"]}, "region": {"startLine": found["row"] + 1}}
    assert first["partialFingerprints"] == {"censusUnit/v1": found["fingerprint"]}


def test_every_rule_that_sarif_names_is_described(written):
    run = json.loads(written("sarif"))["runs"][0]
    assert {r["ruleId"] for r in run["results"]} == {r["id"] for r in run["tool"]["driver"]["rules"]}


def test_junit_has_one_case_for_each_rule_and_tells_failed_from_skipped(written):
    suites = JUnitXml.fromstring(written("junit.xml").encode())
    summary = json.loads(written("json"))["summary"]
    rules = summary["rules"]
    assert suites.tests == len(rules)
    assert suites.failures == sum(r["violated"] > 0 and r["severity"] == "mandatory" for r in rules)
    assert suites.skipped == sum(r["skipped"] is not None for r in rules)


def test_junit_fails_what_counts_for_the_exit_code_only(written):
    assert JUnitXml.fromstring(written("junit.xml", SAMPLE, "--fail-on", "never").encode()).failures == 0


def test_the_ess_report_is_a_list_of_events_and_two_make_one(written):
    one = json.loads(written("ess.json"))
    events = TypeAdapter(list[Event]).validate_python(one + one)
    assert {e.value for e in events} == {"0", "1", "NA"}
    assert sum(bool(e.data.target[1]) for e in events) == 2 * len([d for d in discrepancies(written) if d["unit"]])


def test_the_ess_report_is_the_same_again_at_a_given_moment(written, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1609372800")
    assert written("ess.json") == written("ess.json")
    assert '"time": "20201231T000000+0000"' in written("ess.json")


def test_github_gets_one_command_a_line_the_worst_first(census):
    lines = census("check", SAMPLE, "--output", "-", "--format", "github").out.splitlines()
    kinds = [line.split(" ")[0] for line in lines]
    assert kinds == sorted(kinds, key=["::error", "::warning", "::notice"].index)
    assert lines[0].startswith("::error file=")


def test_gitlab_gets_fingerprints_that_differ(written):
    entries = json.loads(written("gitlab.json"))
    assert len({e["fingerprint"] for e in entries}) == len(entries) == len(discrepancies(written))


def test_markdown_has_the_verdict_the_assurances_and_the_rules(written):
    text = written("md")
    assert text.startswith("# ")
    assert "| Assurance |" in text
    assert all(f"| {d['rule']}".replace("_", "\\_").replace("-", "\\-") in text for d in discrepancies(written))


def test_a_hostile_value_stays_a_value(written, hostile):
    assert Sarif.model_validate_json(written("sarif", hostile))
    xml = ElementTree.fromstring(written("junit.xml", hostile))
    assert any("<script>" in (e.text or "") for e in xml.iter("failure"))
    assert TypeAdapter(list[Event]).validate_json(written("ess.json", hostile))
    assert json.loads(written("gitlab.json", hostile))
    assert "<script>" not in written("md", hostile)
    commands = written("github", hostile).splitlines()
    assert all(line.startswith("::") for line in commands)
    assert not any(line.startswith("::error::x") for line in commands)


def test_an_output_may_be_written_again_into_the_folder_of_the_data(census, sample):
    for _ in range(2):
        assert census("check", sample, "--output", sample / "again.json", "--output", sample / "again.md").code == 1


@pytest.mark.parametrize("titles", [[], ["某县普查表"], ["某县普查表", ""]])
def test_lines_are_those_of_the_file_below_its_titles(written, sample, titles):
    household = sample / "household.csv"
    text = household.read_text(encoding="utf-8-sig")
    household.write_text("".join(f"{t}\n" for t in titles) + text, encoding="utf-8")
    lines = household.read_text(encoding="utf-8").splitlines()
    entries = [e for e in json.loads(written("gitlab.json", sample)) if e["check_name"] == "I01"]
    assert [e["description"].split(":")[0] in lines[e["location"]["lines"]["begin"] - 1] for e in entries] == [True]
