"""The rules of the survey: every example is a test."""

from __future__ import annotations

import re

import pytest

from census_cli.examples import outcome
from census_cli.opening import open_survey
from census_cli.survey.models import Constraints

SURVEY = open_survey("registered-households")
RULES = SURVEY.rules
EXAMPLES = [
    pytest.param(rule, expected, example, id=f"{rule.model.id}-{expected}-{number}")
    for rule in RULES.values()
    for expected, examples in rule.model.examples.items()
    for number, example in enumerate(examples, 1)
]


@pytest.mark.parametrize(("rule", "expected", "example"), EXAMPLES)
def test_an_example_has_the_outcome_it_is_filed_under(survey, duckdb, rule, expected, example):
    assert outcome(duckdb, survey, rule, example) == expected


def can_be_unknown(rule):
    """Whether a text that may say anything is blank always has an answer."""
    blank = re.fullmatch("([a-z_]+) is (?:not )?null", rule.model.asserts or "")
    field = SURVEY.tables[rule.model.table].model.field(blank[1]) if blank else None
    return not (field and field.type == "string" and field.codes is None and field.constraints == Constraints())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_examples_of_each_outcome_it_can_have(rule):
    possible = {"passed", "violated"} | ({"not_applicable"} if rule.when else set())
    possible |= {"unknown"} if can_be_unknown(rule) else set()
    assert possible <= set(rule.model.examples)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_cites_its_source(rule):
    assert rule.model.source
