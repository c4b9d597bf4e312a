"""Checks what a survey's files say of one another: tables and code lists that exist, keys, profiles without cycles, spellings that mean one thing."""

from __future__ import annotations

from collections.abc import Sequence

from census_cli.errors import nearest
from census_cli.i18n import places, tr
from census_cli.survey.load import Survey
from census_cli.survey.models import OUTCOMES, Rule, Table


def check_survey(survey: Survey) -> None:
    """Note every fault in `survey.problems`."""
    if survey.file:
        for i, name in enumerate(survey.file.tables):
            if name not in survey.tables:
                survey.problem("survey", ("tables", i), _unknown(tr("table"), name, list(survey.tables)))
        if survey.profiles and survey.file.default_profile not in survey.profiles:
            message = _unknown(tr("profile"), survey.file.default_profile, list(survey.profiles))
            survey.problem("survey", ("default_profile",), message)
    for name, table in survey.tables.items():
        _check_table(survey, name, table)
    for name in survey.codes:
        _check_codes(survey, name)
    for name in survey.profiles:
        _check_extends(survey, name)
    for name, rule in survey.rules.items():
        _check_rule(survey, name, rule)


def _check_table(survey: Survey, name: str, table: Table) -> None:
    document, fields = f"tables/{name}", [f.name for f in table.fields]
    names = fields + [d.name for d in table.derived]
    for i, field in enumerate(table.fields):
        if field.codes and field.codes not in survey.codes:
            survey.problem(document, ("fields", i, "codes"), _unknown(tr("code list"), field.codes, list(survey.codes)))
        for other, code in field.required_unless.items():
            if other not in fields[:i]:
                where: tuple[str | int, ...] = ("fields", i, "required_unless")
                survey.problem(document, where, tr("'{name}' must be a field that stands before this one", name=other))
            else:
                _check_code(survey, document, ("fields", i, "required_unless", other), table, other, code)
    for i, given in enumerate(names):
        if given in names[:i]:
            where = ("fields", i) if i < len(fields) else ("derived", i - len(fields))
            survey.problem(document, where, tr("the name '{name}' is given twice", name=given))
    for i, key in enumerate(table.primaryKey):
        if key not in fields:
            survey.problem(document, ("primaryKey", i), _unknown(tr("field"), key, fields))
    for i, foreign in enumerate(table.foreignKeys):
        parent = survey.tables.get(foreign.reference.resource)
        if parent is None:
            message = _unknown(tr("table"), foreign.reference.resource, list(survey.tables))
            survey.problem(document, ("foreignKeys", i, "reference"), message)
        elif foreign.reference.fields != parent.primaryKey or any(f not in fields for f in foreign.fields):
            survey.problem(document, ("foreignKeys", i), tr("a foreign key must lead from fields of this table to the key of '{table}'", table=parent.name))  # fmt: skip


def _check_code(survey: Survey, document: str, path: tuple[str | int, ...], table: Table, field: str, code: str) -> None:
    model = table.field(field)
    codes = survey.codes.get(model.codes) if model and model.codes else None
    known = [c.code for c in codes.codes] if codes else []
    if code not in known:
        survey.problem(document, path, _unknown(tr("code"), code, known))


def _check_codes(survey: Survey, name: str) -> None:
    owner: dict[str, str] = {}
    for i, code in enumerate(survey.codes[name].codes):
        for spelling in code.spellings():
            other = owner.setdefault(spelling.lower(), code.code)
            if other != code.code:
                message = tr("'{spelling}' would mean both '{one}' and '{two}'", spelling=spelling, one=other, two=code.code)
                survey.problem(f"codes/{name}", ("codes", i), message)
    seen = [c.code for c in survey.codes[name].codes]
    for i, given in enumerate(seen):
        if given in seen[:i]:
            survey.problem(f"codes/{name}", ("codes", i), tr("the code '{code}' is given twice", code=given))


def _check_extends(survey: Survey, name: str) -> None:
    path = [name]
    while (above := survey.profiles[path[-1]].extends) is not None:
        if above not in survey.profiles:
            if len(path) == 1:
                survey.problem(f"profiles/{name}", ("extends",), _unknown(tr("profile"), above, list(survey.profiles)))
            return
        if above in path:
            chain = " → ".join([*path, above])
            survey.problem(f"profiles/{name}", ("extends",), tr("profiles extend one another in a circle: {chain}", chain=chain))
            return
        path.append(above)


def _check_rule(survey: Survey, name: str, rule: Rule) -> None:
    document = f"rules/{name}"
    if rule.table not in survey.tables:
        survey.problem(document, ("table",), _unknown(tr("table"), rule.table, list(survey.tables)))
    kinds = [k for k in ("asserts", "unique", "exists") if getattr(rule, k) is not None]
    if len(kinds) != 1:
        survey.problem(document, (), tr("a rule has exactly one of assert, unique and exists"))
    if kinds == ["asserts"] and rule.nulls is None:
        survey.problem(document, (), tr("the key 'nulls' is missing: say what a missing input means (unknown, pass or fail)"))
    for outcome in ("violated", "passed"):
        if not rule.examples.get(outcome):
            survey.problem(document, ("examples",), tr("an example of '{outcome}' is missing", outcome=outcome))
    for key in ("zh", "en"):
        if sorted(set(places(rule.message[key]))) != sorted(set(places(rule.message.en))):
            survey.problem(document, ("message", key), tr("the two languages name different fields"))
    assert set(rule.examples) <= set(OUTCOMES)


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    close = nearest(name, known)
    message = tr("no {what} '{name}'", what=what, name=name)
    return message + (tr("; did you mean '{word}'?", word=close) if close else "")
