"""Several profiles on one run: which households change verdict, and which discrepancies only one of them tells."""

from __future__ import annotations

import json
import shutil

import pytest

from places import ROOT

# 90.2 % of the hospital costs are reimbursed: enough for 003 三(五), too little for 000 篇1.1 二(三)2.
HOUSEHOLD = "household_id,poverty_status,inpatient_cost,inpatient_self_paid\n1,exited,10000,980\n"
BOTH = ("--profile", "township-2018", "--profile", "anyuan-2019")


@pytest.fixture
def household(tmp_path):
    (tmp_path / "household.csv").write_text(HOUSEHOLD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def compared(census, household):
    """What a check under two profiles says of them, as JSON."""
    ran = census("check", household, *BOTH, "--output", "-", "--format", "json")
    (comparison,) = json.loads(ran.out)["summary"]["comparison"]
    return comparison


@pytest.fixture
def two_lines(tmp_path):
    """A survey with a profile whose income line is far higher, and the folder of its data."""
    folder = tmp_path / "survey"
    shutil.copytree(ROOT / "schemas" / "registered-households", folder)
    (folder / "profiles" / "rich.yaml").write_text(
        "id: rich\ntitle: {zh: 富, en: Rich}\nextends: national-2020\nparameters:\n  poverty_line:\n"
        "    {value: {2019: 9000}, title: {zh: 线, en: Line}, source: [{doc: tests, at: here}]}\n",
        encoding="utf-8",
    )
    return folder


def test_one_household_passes_one_plan_and_fails_the_other(compared):
    (told,) = (t for t in compared["told_once"] if t["rule"] == "G02")
    assert (compared["against"], compared["profile"]) == ("township-2018", "anyuan-2019")
    assert told["only"] == {"township-2018": 1, "anyuan-2019": 0}
    assert [(f["profile"], f["unit"]) for f in told["first"]] == [("township-2018", "1")]


def test_one_command_shows_it(census, household):
    shown = census("check", household, *BOTH, "--select", "G02").out
    assert "Where anyuan-2019 differs from township-2018" in shown
    assert "G02 1 (township-2018 only): Hospital costs of 10000 yuan, 980 of them paid by the household" in shown


def test_a_rule_that_is_not_run_is_no_zero(census, household):
    with (household / "household.csv").open("w", encoding="utf-8") as file:
        file.write("household_id,coop_member\n1,否\n")
    ran = census("check", household, *BOTH, "--select", "G03", "--output", "-", "--format", "json")
    (told,) = json.loads(ran.out)["summary"]["comparison"][0]["told_once"]
    assert told["only"] == {"township-2018": 1, "anyuan-2019": None}


def test_what_both_tell_is_not_told_again(census, household):
    (household / "household.csv").write_text(HOUSEHOLD.replace("980", "2980"), encoding="utf-8")
    out = census("check", household, *BOTH, "--select", "G02", "--output", "-", "--format", "json").out
    assert json.loads(out)["summary"]["comparison"][0]["told_once"] == []


def test_with_one_profile_nothing_is_compared(census, household):
    ran = census("check", household, "--output", "-", "--format", "json")
    assert "comparison" not in json.loads(ran.out)["summary"]
    assert "differs from" not in census("check", household).out


def test_the_households_that_change_verdict_are_counted_and_listed(census, sample, two_lines):
    ran = census("check", sample, "--survey", two_lines, "--profile", "national-2020", "--profile", "rich", "--output", "-", "--format", "json")  # fmt: skip
    (comparison,) = json.loads(ran.out)["summary"]["comparison"]
    shifts = comparison["verdicts"]["income"]
    assert {(s["against"], s["verdict"]) for s in shifts} == {("met", "not_met")}
    assert sum(s["units"] for s in shifts) == comparison["changed"] == len(comparison["units"]) > 0
    assert all(u["verdicts"]["income"] == {"against": "met", "verdict": "not_met", "units": 1} for u in comparison["units"])
    assert comparison["units"] == sorted(comparison["units"], key=lambda u: u["unit"])


def test_each_further_profile_is_held_against_the_first(census, household):
    ran = census("check", household, *BOTH, "--profile", "national-2020", "--output", "-", "--format", "json")
    pairs = [(c["against"], c["profile"]) for c in json.loads(ran.out)["summary"]["comparison"]]
    assert pairs == [("township-2018", "anyuan-2019"), ("township-2018", "national-2020")]


def test_a_rule_of_another_profile_cannot_be_selected_and_the_answer_names_it(census, household):
    ran = census("check", household, "--select", "G03")
    assert ran.code == 2
    assert "--select G03: no rule of the profile national-2020, but of: township-2018" in ran.err


def test_the_page_on_profiles_shows_what_the_program_says(census, tmp_path):
    page = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    data = page.split("```csv\n")[1].split("```")[0]
    command, *shown = page.split("```text\n$ ")[1].split("```")[0].splitlines()
    assert (data, command.split()[3:]) == (HOUSEHOLD, [*BOTH, "--select", "G02"])
    (tmp_path / "household.csv").write_text(data, encoding="utf-8")
    said = {line.rstrip() for line in census("check", tmp_path, *BOTH, "--select", "G02").out.splitlines()}
    assert set(shown) <= said


def test_the_page_on_profiles_names_every_profile(census):
    page = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    listed = json.loads(census("profiles", "list", "--format", "json").out)
    assert not [p["id"] for p in listed if f"`{p['id']}`" not in page]
