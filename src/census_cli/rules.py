"""The written rules of a survey for those who own them: one by its id, and the SQL that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from census_cli.errors import OptionError, nearest
from census_cli.expr.assurances import BoundAssurance
from census_cli.expr.bind import sound_survey
from census_cli.expr.bound import BoundRule, BoundSurvey
from census_cli.i18n import tr
from census_cli.opening import open_survey
from census_cli.sql.plan import Check, make_plan

LISTS = "lists"
"""What the lists of a survey are called, beside its rules and decision tables."""


def chosen(bound: BoundSurvey, ids: Sequence[str]) -> list[BoundRule]:
    """The rules of a profile of these ids, all of them for none; raises OptionError for one that is not there."""
    for rule in ids:
        if others := bound.elsewhere.get(rule):
            words = tr(
                "the rule {rule} is not of the profile {profile}, but of: {others}",
                rule=rule,
                profile=bound.profile,
                others=", ".join(others),
            )
            raise OptionError(words)
        if rule not in bound.rules:
            hint = nearest(rule, list(bound.rules))
            close = tr("; did you mean '{word}'?", word=hint) if hint else ""
            raise OptionError(tr("no rule '{name}' in this survey", name=rule) + close)
    return [bound.rules[rule] for rule in ids] or list(bound.rules.values())


def among(bound: BoundSurvey, ids: Sequence[str]) -> tuple[list[str], list[BoundAssurance], bool]:
    """Of these names, all of them for none: the ids of rules, the decision tables, and whether the lists are named."""
    names = [i.removeprefix("ASR-") for i in ids]
    tables = [a for name, a in bound.assurances.items() if not ids or name in names]
    rules = [i for i, name in zip(ids, names, strict=True) if name not in bound.assurances and name != LISTS]
    return rules, tables, bound.lists is not None and (not ids or LISTS in names)


def at_home(where: str | Path, ids: Sequence[str]) -> list[tuple[BoundSurvey, list[BoundRule]]]:
    """The rules of these ids, all of them for none, each bound under the first profile of which it is a part; raises OptionError."""
    survey = sound_survey(where)
    for rule in ids:
        if rule not in survey.rules:
            hint = nearest(rule, list(survey.rules))
            close = tr("; did you mean '{word}'?", word=hint) if hint else ""
            raise OptionError(tr("no rule '{name}' in this survey", name=rule) + close)
    homes: dict[str, list[str]] = {}
    for rule in ids or survey.rules:
        homes.setdefault(survey.profiles_of(rule)[0], []).append(rule)
    bound = {profile: open_survey(where, profile) for profile in homes}
    return [(bound[profile], chosen(bound[profile], rules)) for profile, rules in homes.items()]


def sql_of(bound: BoundSurvey, rule: BoundRule) -> str:
    """The SELECT that finds the rows of its table that violate a rule, every column of the survey being there as text."""
    stored = {
        name: dict.fromkeys((f.name for f in table.model.fields if not f.made), "VARCHAR") for name, table in bound.tables.items()
    }
    model = rule.model
    check = Check(model.id, model.table, model.severity, model.scope, tuple(model.fields), written=rule)
    plan = make_plan(replace(bound, assurances={}), stored, [check], {})
    return next(table.alone for table in plan.tables if table.table == model.table)
