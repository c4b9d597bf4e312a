"""Where two profiles of a survey differ: parameters and settings of rules, each with what both say and by which source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from census_cli.survey.load import Survey
from census_cli.survey.models import Parameter, Severity, Source, Text


@dataclass(frozen=True)
class Stated:
    """What one profile says of a rule: whether it runs, how grave it is, who says so and by which source."""

    on: bool
    severity: Severity
    stated_in: str | None
    source: Sequence[Source]


@dataclass(frozen=True)
class ParameterDifference:
    """A parameter with its value under both profiles and the profile that states it; None where one has no such parameter."""

    name: str
    title: Text
    first: tuple[Parameter, str] | None
    other: tuple[Parameter, str] | None


@dataclass(frozen=True)
class RuleDifference:
    """A rule that runs under one profile only, or is graver under one."""

    rule: str
    title: Text
    first: Stated
    other: Stated


def parameter_differences(survey: Survey, first: str, other: str) -> list[ParameterDifference]:
    """The parameters whose values differ; raises OptionError for a profile that is not there."""
    one, two = survey.parameters(first), survey.parameters(other)
    found = []
    for name in dict.fromkeys([*one, *two]):
        held = [p[name] for p in (one, two) if name in p]
        if len(held) == 1 or held[0][0].value != held[1][0].value:
            found.append(ParameterDifference(name, held[0][0].title, one.get(name), two.get(name)))
    return found


def rule_differences(survey: Survey, first: str, other: str) -> list[RuleDifference]:
    """The rules that run under one profile only or with another severity; raises OptionError likewise."""
    found = []
    for rule in survey.rules.values():
        one, two = stated(survey, rule.id, first), stated(survey, rule.id, other)
        if one.on != two.on or (one.on and one.severity != two.severity):
            found.append(RuleDifference(rule.id, rule.title, one, two))
    return found


def stated(survey: Survey, rule: str, profile: str) -> Stated:
    """What a profile makes of a rule; where it says nothing, the rule speaks for itself."""
    settings, model = survey.settings(profile), survey.rules[rule]
    on = survey.is_on(rule, settings)
    if rule not in settings:
        return Stated(on, model.severity, None, model.source if on else ())
    setting, owner = settings[rule]
    return Stated(on, setting.severity or model.severity, owner, setting.source)
