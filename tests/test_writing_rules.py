"""docs/writing_rules.md: each change that it prints is made, on a copy of the survey, and does what the page says."""

from __future__ import annotations

import re
import shutil

import pytest

import census_cli
from census_cli.examples import endings, run_examples
from census_cli.opening import open_survey
from places import ROOT

PAGE = (ROOT / "docs" / "writing_rules.md").read_text(encoding="utf-8")
CHANGES = re.findall(r"<!-- (edit|new): (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)


def made(folder, file):
    """A copy of the survey with one change of the page made in one file."""
    copy = folder / "registered-households"
    shutil.copytree(ROOT / "schemas" / "registered-households", copy, ignore=shutil.ignore_patterns("synth"))
    ((how, text),) = [(how, text) for how, name, text in CHANGES if name == file]
    path = copy / file
    if how == "new":
        path.write_text(text, encoding="utf-8")
        return copy
    lines = text.splitlines()
    old = "\n".join(line[1:] for line in lines if line.startswith("-"))
    new = "\n".join(line[1:] for line in lines if line.startswith("+"))
    before = path.read_text(encoding="utf-8")
    assert before.count(old) == 1
    path.write_text(before.replace(old, new), encoding="utf-8")
    return copy


def test_the_page_shows_four_changes_each_of_one_file():
    assert [name.split("/")[0] for _, name, _ in CHANGES] == ["profiles", "rules", "codes", "tables"]


def test_another_poverty_line_changes_the_verdict_on_income(tmp_path, survey, duckdb):
    changed = open_survey(made(tmp_path, "profiles/national-2020.yaml"))
    given = {"income_year": 2020, "income_net_pc": 4050}
    verdicts = [endings(duckdb, s, [(s.assurances["income"], given)])[0].verdict for s in (survey, changed)]
    assert verdicts == ["met", "not_met"]


@pytest.mark.parametrize("expected", ["violated", "passed", "unknown", "not_applicable"])
def test_a_rule_is_one_file(tmp_path, duckdb, expected):
    changed = open_survey(made(tmp_path, "rules/Z01.yaml"))
    rule = changed.rules["Z01"]
    assert [r.actual for r in run_examples(duckdb, changed, [rule]) if r.expected == expected] == [expected]


def found(survey, folder, column, cell):
    """The structural faults of one cell of one household."""
    data = folder / "data"
    data.mkdir()
    (data / "household.csv").write_text(f"户编号,{column}\n1,{cell}\n", encoding="utf-8")
    checked = census_cli.check(
        data, survey=survey, language="en", select=["household.*.code", "household.*.type", "household.*.range"]
    )
    return {r["rule"] for r in checked.discrepancies.to_pylist()}


def test_a_code_is_one_line(tmp_path):
    assert found(made(tmp_path, "codes/water_source.yaml"), tmp_path, "饮水来源", "集雨水窖") == set()


def test_without_that_line_the_answer_is_none(tmp_path):
    assert found("registered-households", tmp_path, "饮水来源", "集雨水窖") == {"household.water_source.code"}


@pytest.mark.parametrize(("cell", "faults"), [("12", set()), ("-1", {"household.pigs.range"}), ("十头", {"household.pigs.type"})])
def test_a_field_is_one_line(tmp_path, cell, faults):
    assert found(made(tmp_path, "tables/household.yaml"), tmp_path, "生猪存栏", cell) == faults
