"""The list of what the reference asks and which rules carry it: no row unexplained, no rule unnamed, no rule that is not there."""

from __future__ import annotations

import pytest

from census_cli.expr.bind import sound_survey
from census_cli.structure import structural_rules
from census_cli.survey.coverage import Coverage, read_coverage, unexplained

SURVEY = sound_survey("registered-households")
STRUCTURAL = {rule.id for table in SURVEY.tables.values() for rule in structural_rules(table)}
ROWS = {"§8.1": 20, "§8.2": 9, "§8.3": 12, "§8.4": 8, "§8.5": 10, "§8.6": 9, "§8.7": 7, "§8.8": 5,
        "§10.1": 10, "§10.2": 30, "§10.3": 8, "§10.4": 22, "§10.5": 8, "§10.6": 18, "§10.7": 37, "§10.8": 10}  # fmt: skip


def test_nothing_is_left_unexplained():
    assert list(unexplained(SURVEY, read_coverage(SURVEY), STRUCTURAL)) == []


def test_every_row_of_the_reference_is_listed_once():
    sections = read_coverage(SURVEY).sections
    assert {s.at: len(s.rows) for s in sections} == ROWS
    for section in sections:
        assert len({row.row for row in section.rows}) == len(section.rows), section.at


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"row": "X", "asks": {"zh": "", "en": ""}}, "X: neither rule nor reason"),
        ({"row": "X", "asks": {"zh": "", "en": ""}, "rules": ["S99"]}, "no rule S99"),
    ],
)
def test_what_is_left_out_is_told(row, said):
    section = {"at": "§", "title": {"zh": "", "en": ""}, "rows": [row]}
    assert said in list(unexplained(SURVEY, Coverage.model_validate({"sections": [section], "others": []}), STRUCTURAL))


def test_a_rule_that_nothing_names_is_told():
    assert "S02 is named nowhere" in list(unexplained(SURVEY, Coverage(sections=[], others=[]), STRUCTURAL))
