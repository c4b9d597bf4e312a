"""`census profiles diff`: values, rules and severities that differ, each with both sources."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def diff(census):
    """The difference of two profiles, as JSON."""

    def run(first, other):
        ran = census("profiles", "diff", first, other, "--format", "json")
        assert ran.code == 0, ran.err
        return json.loads(ran.out)

    return run


@pytest.mark.parametrize(
    ("first", "other", "parameter", "values"),
    [
        ("township-2018", "township-visits-2018", "helper_visits_min", (12, 8)),
        ("township-2018", "anyuan-2019", "inpatient_self_paid_max", (0.095, 0.1)),
        ("huaian-2012", "anyuan-2019", "team_days_min", (10, 20)),
        ("huaian-2012", "national-2020", "income_year", (2012, 2020)),
        ("jiangxi-2016", "anyuan-2019", "poverty_rate_max", (2, 1)),
        ("wuyi-2017", "anyuan-2019", "poverty_fund_share", (0.01, 0.1)),
        ("huaian-2012", "anyuan-2019", "collective_income_all", (False, True)),
        ("huaian-2012", "finance-2016", "interest_subsidy_share", (0.5, 0.9)),
        ("huaian-2012", "township-2018", "training_cost", (500, 1000)),
    ],
)
def test_texts_that_conflict_stand_side_by_side_with_both_sources(diff, first, other, parameter, values):
    held = diff(first, other)["parameters"][parameter]
    assert (held[first]["value"], held[other]["value"]) == values
    assert held[first]["source"] != held[other]["source"]


def test_a_rule_that_only_one_profile_has_is_told_with_its_clause(diff):
    rule = diff("national-2020", "township-2018")["rules"]["G03"]
    assert (rule["national-2020"]["on"], rule["township-2018"]["on"]) == (False, True)
    assert rule["township-2018"]["source"] == [{"doc": "000", "at": "篇1.1 二(一)2"}]


def test_a_rule_that_a_profile_switches_off_and_another_severity_are_told(diff):
    rules = diff("national-2020", "anyuan-2019")["rules"]
    assert (rules["T02"]["national-2020"]["on"], rules["T02"]["anyuan-2019"]["on"]) == (True, False)
    assert (rules["H09c"]["national-2020"]["severity"], rules["H09c"]["anyuan-2019"]["severity"]) == ("hint", "verify")


def test_a_profile_does_not_differ_from_itself(census):
    assert census("profiles", "diff", "wuyi-2017", "wuyi-2017").out.strip() == "0 parameters and 0 rules differ"


def test_the_table_shows_both_clauses(census):
    out = census("profiles", "diff", "township-2018", "anyuan-2019").out
    assert "000 篇1.1 二(三)2" in out
    assert "003 三(五)" in out


def test_2_for_a_profile_that_is_not_there(census):
    ran = census("profiles", "diff", "national-2020", "township-2019")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean 'township-2018'?" in ran.err
