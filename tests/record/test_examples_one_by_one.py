"""Every example of rules and decision tables has the same outcome when it is judged record by record."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from census_cli.conform import cell_text
from census_cli.examples import _given, _tables, _with_given
from census_cli.expr.bound import BoundSurvey
from census_cli.record.cells import Cells
from census_cli.record.judge import Judge, Judged
from census_cli.record.relations import Given, Links, Row
from census_cli.record.verdicts import NOT_JUDGED, Verdicts
from census_cli.rules import at_home

HOMES = {rule.model.id: survey for survey, rules in at_home("registered-households", []) for rule in rules}
FIRST = "S02"  # of the profile that a check takes by itself
SPANS = {name for name, survey in HOMES.items() if survey.rules[name].apart}
REASONS = [
    pytest.param(name, i, j, id=f"{name}-{reason.model.code}")
    for survey in [HOMES[FIRST]]
    for name, assurance in survey.assurances.items()
    for i, case in enumerate(assurance.cases)
    for j, reason in enumerate(case.reasons)
]


@cache
def compiled(home: str, given: tuple[tuple[str, str], ...]) -> tuple[Links, dict[str, Cells]]:
    """The survey of a rule with these derived fields as plain columns, and how its rows are read."""
    bound = _with_given(HOMES[home], given)
    tables = [held.model for held in bound.tables.values()]
    return Links(bound), {t.name: Cells(t, bound.codes, [f.name for f in t.fields]) for t in tables}


def first_row(home: str, table: str, example: Mapping[str, Any]) -> tuple[Links, list[Row]]:
    """The rows of the example's own table, with all others beside them."""
    bound = HOMES[home]
    tables = _tables(bound, table, example)
    given = Given()
    made, cells = compiled(_profile(bound), _given(bound, tables))
    for name in made.bound.tables:
        texts = [{k: cell_text(v) for k, v in row.items()} for row in tables.get(name, [])]
        told: dict[str, Any] = {"made": made.made[name], "absent": frozenset()}
        given.rows[name] = [cells[name].row(t, n, given, **told) for n, t in enumerate(texts, 1)]
    return made, given.rows[table]


@cache
def _profile_homes() -> dict[str, str]:
    return {survey.profile: name for name, survey in reversed(HOMES.items())}


def _profile(bound: BoundSurvey) -> str:
    """One rule for each profile, so that surveys are compiled once."""
    return _profile_homes()[bound.profile]


@pytest.mark.parametrize("rule", sorted(set(HOMES) - SPANS))
def test_an_example_has_the_outcome_it_is_filed_under(rule):
    bound = HOMES[rule].rules[rule]
    for expected, examples in bound.model.examples.items():
        for example in examples:
            made, rows = first_row(rule, bound.model.table, example)
            judged: Judged = Judge(made).rule(made.bound.rules[rule])
            assert next(judged.outcomes(rows)) == expected, example
            assert (rows[0] in judged.violated(rows)) == (expected == "violated"), example


@pytest.mark.parametrize(("assurance", "case", "reason"), REASONS)
def test_an_example_of_a_reason_ends_there(assurance, case, reason):
    bound = HOMES[FIRST].assurances[assurance]
    found = bound.cases[case].reasons[reason]
    for example in found.model.examples:
        made, rows = first_row(FIRST, bound.model.table, example)
        number = Verdicts(made, [assurance]).ending(assurance, rows[0])
        assert number != NOT_JUDGED
        assert found.model.code in bound.endings[number].code.split(",")
