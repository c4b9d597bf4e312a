"""Surveys that please a plan: nothing is found in one without mistakes, and exactly what was planted in one with them."""

from __future__ import annotations

import csv

import pytest

import census_cli
from census_cli.synth.load import open_kitchen
from census_cli.synth.making import Order, make_survey

# Plans that ask something of places need many villages, for each place takes one mistake.
SIZES = {"township-2018": 2000, "anyuan-2019": 4500, "huaian-2012": 1500, "wuyi-2017": 1500, "jiangxi-2016": 600, "jilin": 600,
         "township-visits-2018": 600, "liaocheng-2019": 600, "finance-2016": 300}  # fmt: skip


@pytest.fixture(scope="module", params=SIZES)
def plan(request, tmp_path_factory):
    """A plan, and a survey with its mistakes, checked under it."""
    folder = tmp_path_factory.mktemp("plan") / "survey"
    make_survey(folder, Order(SIZES[request.param], seed=5, errors=0.55, profile=request.param))
    return request.param, folder, census_cli.check(folder, profile=request.param, language="en")


def planted(folder):
    with (folder / "planted.csv").open(encoding="utf-8", newline="") as file:
        return {(r["rule"], r["table"], r["unit"]) for r in csv.DictReader(file)}


def test_what_is_found_is_what_was_planted(plan):
    _, folder, checked = plan
    found = checked.discrepancies.select(["rule", "table", "unit"]).to_pylist()
    assert {(r["rule"], r["table"], r["unit"]) for r in found} == planted(folder)


def test_every_mistake_of_the_plan_is_planted(plan):
    profile, folder, _ = plan
    asked = {e.rule for fault in open_kitchen("registered-households", profile).faults for e in fault.rules}
    assert asked <= {rule for rule, _, _ in planted(folder)}


def test_no_rule_of_the_plan_is_skipped(plan):
    profile, _, checked = plan
    skipped = [r.id for r in checked.summary.rules if r.skipped and not r.skipped.startswith("switched off")]
    assert skipped == ["S22a", "S22b", "S23"], profile


@pytest.mark.parametrize("profile", ["township-2018", "anyuan-2019", "huaian-2012", "water-2004", "local-exit-water"])
def test_nothing_is_found_in_a_survey_without_mistakes(profile, tmp_path):
    make_survey(tmp_path / "survey", Order(400, seed=3, profile=profile))
    assert census_cli.check(tmp_path / "survey", profile=profile).discrepancies.num_rows == 0


def test_every_optional_rule_has_a_mistake():
    from census_cli.expr.bind import sound_survey

    survey = sound_survey("registered-households")
    told = {e.rule for p in survey.profiles for f in open_kitchen("registered-households", p).faults for e in f.rules}
    assert {r.id for r in survey.rules.values() if r.optional} - told == set()
