"""Profiles of the real survey: each binds, each value has its clause; and what a profile makes of rules."""

from __future__ import annotations

import pytest

from census_cli.expr.bind import sound_survey
from census_cli.opening import open_survey
from census_cli.selection import list_checks

SURVEY = sound_survey("registered-households")
SEEDS = ("000", "001", "002", "003", "domain")
HOUSEHOLD = {"household": dict.fromkeys(("household_id", "toilet", "registered_on"), "VARCHAR")}


@pytest.mark.parametrize("profile", SURVEY.profiles)
def test_every_profile_binds_and_runs_the_rules_it_names(profile):
    bound = open_survey("registered-households", profile)
    settings = SURVEY.settings(profile)
    assert set(bound.rules) >= {rule for rule, (setting, _) in settings.items() if setting.on}
    assert bound.off == {rule for rule, (setting, _) in settings.items() if not setting.on}


@pytest.mark.parametrize("profile", SURVEY.profiles)
def test_where_a_form_names_no_year_its_income_is_that_of_the_year_examined(profile):
    values = open_survey("registered-households", profile).parameters
    assert values["income_year"].value == int(str(values["as_of"].value)[:4])


@pytest.mark.parametrize("profile", [p for p in SURVEY.profiles if p != "national-2020"])
def test_every_value_and_setting_of_a_plan_names_a_text_and_a_clause(profile):
    held = SURVEY.profiles[profile]
    sources = [s for x in (*held.parameters.values(), *held.rules.values()) for s in x.source]
    assert all(s.doc in SEEDS and s.at for s in sources)


def test_a_plan_lists_only_what_differs():
    for profile in SURVEY.profiles.values():
        above = SURVEY.parameters(profile.extends) if profile.extends else {}
        assert not [k for k, p in profile.parameters.items() if k in above and above[k][0].value == p.value], profile.id


def test_no_optional_rule_is_part_of_the_census():
    assert not [r.id for r in open_survey("registered-households").rules.values() if r.model.optional]


def checks(profile):
    return {c.id: c for c in list_checks(open_survey("registered-households", profile), HOUSEHOLD, {})}


def test_a_rule_that_is_off_is_skipped_with_the_profile_that_says_so():
    assert checks("anyuan-2019")["T02"].skipped == "switched off by the profile anyuan-2019"


def test_a_profile_sets_a_severity():
    assert (checks("national-2020")["H09c"].severity, checks("anyuan-2019")["H09c"].severity) == ("hint", "verify")


def test_a_rule_on_an_optional_table_that_is_not_there_is_skipped_with_that_reason():
    assert checks("township-2018")["G20a"].skipped == "absent table visit"


def test_nothing_is_asked_of_an_optional_table_that_is_not_there():
    assert not [c for c in checks("national-2020") if c.startswith("visit.")]
    held = {**HOUSEHOLD, "visit": dict.fromkeys(("household_id", "visit_no"), "VARCHAR")}
    bound = open_survey("registered-households")
    assert "visit.visit_no.unique" in {c.id for c in list_checks(bound, held, {})}


def test_an_optional_rule_that_no_profile_has_is_a_fault(tiny):
    tiny.change("rules/S01.yaml", "id: S01", "id: S01\noptional: true")
    assert [p.message for p in tiny.problems()] == ["no profile switches this rule on"]


def test_a_setting_of_a_rule_that_is_not_there_is_a_fault(tiny):
    tiny.change("profiles/base.yaml", "parameters:", "rules: {S02: {source: [{doc: a, at: b}]}}\nparameters:")
    assert "S02" in tiny.problems()[0].message
