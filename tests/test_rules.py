"""The rules of the survey: every example is a test."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from census_cli.examples import ExampleResult, run_examples
from census_cli.rules import at_home
from census_cli.survey.models import Constraints

# An optional rule is tested under the first profile that has it.
AT_HOME = at_home("registered-households", [])
HOMES = {rule.model.id: survey for survey, rules in AT_HOME for rule in rules}
RULES = {rule: survey.rules[rule] for rule, survey in HOMES.items()}
EXAMPLES = [
    pytest.param(name, expected, number, id=f"{name}-{expected}-{number}")
    for name, rule in RULES.items()
    for expected, examples in rule.model.examples.items()
    for number in range(1, len(examples) + 1)
]


@pytest.fixture(scope="module")
def outcomes(engine):
    """The outcome of every example: to judge them all takes little longer than to judge one."""
    return {result for home, rules in AT_HOME for result in run_examples(engine, home, rules)}


@pytest.mark.parametrize(("rule", "expected", "number"), EXAMPLES)
def test_an_example_has_the_outcome_it_is_filed_under(outcomes, rule, expected, number):
    assert ExampleResult(rule, expected, number, expected) in outcomes


@pytest.mark.parametrize("expected", ["passed", "violated"])
@pytest.mark.parametrize("rule", ["F01", "S02", "S09", "T04"])
def test_an_example_by_itself_has_the_same_outcome_as_beside_all_others(duckdb, survey, rule, expected):
    """The kinds of rules that look at other rows; one that saw those of another example would not hold in both."""
    held = survey.rules[rule]
    alone = {expected: held.model.examples[expected][:1]}
    (found,) = run_examples(duckdb, survey, [replace(held, model=held.model.model_copy(update={"examples": alone}))])
    assert found.holds


def can_be_unknown(rule):
    """Whether a text that may say anything is blank always has an answer."""
    blank = re.fullmatch("([a-z_]+) is (?:not )?null", rule.model.asserts or "")
    field = HOMES[rule.model.id].tables[rule.model.table].model.field(blank[1]) if blank else None
    return not (field and field.type == "string" and field.codes is None and field.constraints == Constraints())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_examples_of_each_outcome_it_can_have(rule):
    possible = {"passed", "violated"} | ({"not_applicable"} if rule.when else set())
    possible |= {"unknown"} if can_be_unknown(rule) else set()
    assert possible <= set(rule.model.examples)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_cites_its_source(rule):
    assert rule.model.source
