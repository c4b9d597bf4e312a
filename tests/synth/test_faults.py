"""What was planted is found, and nothing else; every rule and every way not to be met has a fault."""

from __future__ import annotations

from census_cli.structure import structural_rules

OF_SUPPLIED_COLUMNS = {"S22a", "S22b", "S23"}
"""Rules about columns that files lack; a synthetic survey lacks none (tests/test_supplying.py)."""

UNMET = {"not_met", "contradiction", "unknown"}


def test_what_is_found_is_what_was_planted(faulty):
    planted = {(r["rule"], r["table"], r["unit"]) for r in faulty.rows("planted")}
    found = {
        (r["rule"], r["table"], r["unit"]) for r in faulty.checked.discrepancies.select(["rule", "table", "unit"]).to_pylist()
    }
    assert found == planted


def test_the_verdicts_are_those_that_were_planted(faulty):
    columns = ["table", "unit", "assurance", "verdict", "reason_code"]
    planted = {tuple(r[c] for c in columns) for r in faulty.rows("planted_verdicts")}
    given = {tuple(r[c] for c in columns) for r in faulty.checked.verdicts.select(columns).to_pylist()}
    assert {v for v in given if v[3] in UNMET} == planted


def test_every_rule_of_the_survey_has_a_fault(survey, kitchen):
    planted = {expected.rule for fault in kitchen.faults for expected in fault.rules}
    assert set(survey.rules) - planted == OF_SUPPLIED_COLUMNS


def test_every_line_by_which_an_assurance_is_not_met_has_a_fault(kitchen):
    planted = {(u.assurance, code) for fault in kitchen.faults for u in fault.verdicts for code in u.code.split(",")}
    lines = {
        (name, reason.code)
        for name, assurance in kitchen.assurances.items()
        for case in assurance.cases or ()
        if case.verdict in UNMET
        for reason in case.any
    }
    assert lines - planted == set()


def test_every_kind_of_structural_rule_has_a_fault_but_the_unreadable_record(kitchen):
    kinds = {s.id: s.kind for table in kitchen.tables.values() for s in structural_rules(table)}
    planted = {kinds[e.rule] for fault in kitchen.faults for e in fault.rules if "." in e.rule}
    assert set(kinds.values()) - planted == {"unreadable"}


def test_every_fault_is_planted_before_long(faulty, kitchen):
    rules = {r["rule"] for r in faulty.rows("planted")}
    codes = {(r["assurance"], r["reason_code"]) for r in faulty.rows("planted_verdicts")}
    assert {e.rule for fault in kitchen.faults for e in fault.rules} <= rules
    assert {(u.assurance, u.code) for fault in kitchen.faults for u in fault.verdicts} <= codes


def test_about_as_many_households_have_a_fault_as_was_asked_for(faulty):
    """4,000 were asked for; some leave no discrepancy, only a verdict, and villages with a fault of their own are spared."""
    rows = [*(r for r in faulty.rows("planted") if r["table"] != "village"), *faulty.rows("planted_verdicts")]
    assert 3300 <= len({r["unit"].partition("/")[0] for r in rows}) <= 4000
