"""Checks what a survey's files say of one another: tables and code lists that exist, keys, profiles without cycles, spellings that mean one thing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from census_cli.folding import fold
from census_cli.i18n import places, tr
from census_cli.survey.decisions import check_decisions
from census_cli.survey.faults import unknown
from census_cli.survey.form import check_form
from census_cli.survey.load import Survey
from census_cli.survey.models import Assurance, Lists, Rule, SurveyFile, Table
from census_cli.survey.supplies import check_supplies
from census_cli.survey.yaml import Place


def check_survey(survey: Survey) -> None:
    """Note every fault in `survey.problems`."""
    if survey.file:
        _check_survey_file(survey, survey.file)
    for name, table in survey.tables.items():
        _check_table(survey, name, table)
    for name in survey.codes:
        _check_codes(survey, name)
    for name in survey.profiles:
        _check_extends(survey, name)
        _check_settings(survey, name)
    for name, rule in survey.rules.items():
        _check_rule(survey, name, rule)
        if rule.optional and not any(rule.id in p.rules for p in survey.profiles.values()):
            survey.problem(f"rules/{name}", ("optional",), tr("no profile switches this rule on"))
    check_decisions(survey)
    for name, assurance in survey.assurances.items():
        _check_table_examples(survey, name, assurance)
    if survey.lists and survey.file:
        _check_list_examples(survey, survey.lists, survey.file)
    if survey.form:
        check_form(survey, survey.form)


def _check_table_examples(survey: Survey, name: str, assurance: Assurance) -> None:
    for i, case in enumerate(assurance.cases or []):
        for j, reason in enumerate(case.any):
            for k, example in enumerate(reason.examples):
                _check_example(survey, f"assurances/{name}", ("cases", i, "any", j, "examples", k), assurance.table, example)
    unit = survey.file.registered_unit if survey.file else ""
    for verdict, examples in assurance.examples.items() if unit else ():
        for k, example in enumerate(examples):
            _check_example(survey, f"assurances/{name}", ("examples", verdict, k), unit, example)


def _check_list_examples(survey: Survey, lists: Lists, file: SurveyFile) -> None:
    known = file.assurances.names if file.assurances else []
    for i, line in enumerate(lists.cases):
        for j, reason in enumerate(line.any):
            for k, example in enumerate(reason.examples):
                place: Place = ("cases", i, "any", j, "examples", k)
                given = example.get("verdicts", {})
                for assurance in given if isinstance(given, dict) else ():
                    if assurance not in known:
                        survey.problem("lists", (*place, "verdicts"), unknown(tr("assurance"), assurance, known))
                _check_example(
                    survey, "lists", place, file.registered_unit, {x: v for x, v in example.items() if x != "verdicts"}
                )


def _check_survey_file(survey: Survey, file: SurveyFile) -> None:
    for i, name in enumerate(file.tables):
        if not _known(survey, "tables", name):
            survey.problem("survey", ("tables", i), unknown(tr("table"), name, list(survey.tables)))
        elif name in file.tables[:i]:
            survey.problem("survey", ("tables", i), tr("the name '{name}' is given twice", name=name))
    if survey.profiles and not _known(survey, "profiles", file.default_profile):
        message = unknown(tr("profile"), file.default_profile, list(survey.profiles))
        survey.problem("survey", ("default_profile",), message)
    if not _known(survey, "tables", file.registered_unit):
        survey.problem("survey", ("registered_unit",), unknown(tr("table"), file.registered_unit, list(survey.tables)))
    if file.registered_day is not None:
        _check_column(survey, ("registered_day",), file.registered_unit, file.registered_day)
    for context, columns in file.context.items():
        for table, column in columns.items():
            owner, _, field = column.rpartition(".")
            if not _known(survey, "tables", table):
                survey.problem("survey", ("context", context, table, ""), unknown(tr("table"), table, list(survey.tables)))
            else:
                _check_column(survey, ("context", context, table), owner or table, field)
    for label, column in file.labels.items():
        table, _, field = column.partition(".")
        _check_column(survey, ("labels", label), table, field)
    for i, column in enumerate(file.door):
        _check_column(survey, ("door", i), file.registered_unit, column)


def _check_column(survey: Survey, path: Place, table: str, column: str) -> None:
    held = survey.tables.get(table)
    if held is None:
        if not _known(survey, "tables", table):
            survey.problem("survey", path, unknown(tr("table"), table, list(survey.tables)))
    elif held.field(column) is None:
        survey.problem("survey", path, unknown(tr("field"), column, [f.name for f in held.fields]))


def _known(survey: Survey, kind: str, name: str) -> bool:
    """Whether there is a file of that name; if it cannot be read, that is told where it stands."""
    return f"{kind}/{name}" in survey.documents


def _check_table(survey: Survey, name: str, table: Table) -> None:
    document, fields = f"tables/{name}", [f.name for f in table.fields]
    names = fields + [d.name for d in table.derived]
    for i, field in enumerate(table.fields):
        _check_list(survey, document, ("fields", i, "codes"), field.codes)
        for other, code in field.required_unless.items():
            if other not in fields[:i]:
                where: Place = ("fields", i, "required_unless")
                survey.problem(document, where, tr("'{name}' must be a field that stands before this one", name=other))
            else:
                _check_code(survey, document, ("fields", i, "required_unless", other), table, other, code)
    for i, derived in enumerate(table.derived):
        _check_list(survey, document, ("derived", i, "codes"), derived.codes)
    for i, given in enumerate(names):
        if given in names[:i]:
            where = ("fields", i) if i < len(fields) else ("derived", i - len(fields))
            survey.problem(document, where, tr("the name '{name}' is given twice", name=given))
    taken = {"source", "row", "rowid", *(rule.lower() for rule in survey.rules)}
    for i, given in enumerate(names):
        if given in taken or re.fullmatch("k[0-9]+", given):
            where = ("fields", i, "name") if i < len(fields) else ("derived", i - len(fields), "name")
            survey.problem(document, where, tr("the name '{name}' is taken by census itself", name=given))
    if survey.file and name not in survey.file.tables:
        survey.problem(document, ("name",), tr("the table '{name}' is not listed in survey.yaml", name=name))
    for i, key in enumerate(table.primaryKey):
        if key not in fields:
            survey.problem(document, ("primaryKey", i), unknown(tr("field"), key, fields))
    _check_parents(survey, name, table)
    check_supplies(survey, name, table)


def _check_parents(survey: Survey, name: str, table: Table) -> None:
    document, fields = f"tables/{name}", [f.name for f in table.fields]
    placed = [(("foreignKeys", i), key) for i, key in enumerate(table.foreignKeys)]
    placed += [(("lookups", i), key) for i, key in enumerate(table.lookups)]
    for where, foreign in placed:
        resource = foreign.reference.resource
        parent = survey.tables.get(resource)
        if parent is None:
            if not _known(survey, "tables", resource):
                survey.problem(document, (*where, "reference"), unknown(tr("table"), resource, list(survey.tables)))
        elif name in _ancestors(survey, resource):
            survey.problem(document, (*where, "reference"), tr("a table cannot be its own parent"))
        elif (
            len(foreign.fields) != (len(parent.primaryKey) if where[0] == "lookups" else 1)
            or foreign.reference.fields != parent.primaryKey
            or any(f not in fields for f in foreign.fields)
        ):
            survey.problem(document, where, tr("a foreign key must lead from fields of this table to the key of '{table}'", table=parent.name))  # fmt: skip


def _ancestors(survey: Survey, table: str) -> set[str]:
    """A table, its parents, theirs, and so on."""
    found, left = set[str](), [table]
    while left:
        at = left.pop()
        if at not in found and at in survey.tables:
            found.add(at)
            left += [f.reference.resource for f in (*survey.tables[at].foreignKeys, *survey.tables[at].lookups)]
    return found


def _check_list(survey: Survey, document: str, path: Place, codes: str | None) -> None:
    if codes and not _known(survey, "codes", codes):
        survey.problem(document, path, unknown(tr("code list"), codes, list(survey.codes)))


def _check_code(survey: Survey, document: str, path: Place, table: Table, field: str, code: str) -> None:
    model = table.field(field)
    codes = survey.codes.get(model.codes) if model and model.codes else None
    known = [c.code for c in codes.codes] if codes else []
    broken = model is not None and model.codes is not None and codes is None
    if code not in known and not broken:
        survey.problem(document, path, unknown(tr("code"), code, known))


def _check_codes(survey: Survey, name: str) -> None:
    owner: dict[str, str] = {}
    for i, code in enumerate(survey.codes[name].codes):
        for spelling in code.spellings():
            other = owner.setdefault(fold(spelling).lower(), code.code)
            if other != code.code:
                message = tr("'{spelling}' would mean both '{one}' and '{two}'", spelling=spelling, one=other, two=code.code)
                survey.problem(f"codes/{name}", ("codes", i), message)
    seen = [c.code for c in survey.codes[name].codes]
    for i, given in enumerate(seen):
        if any(sign in given for sign in ",、;|"):
            survey.problem(f"codes/{name}", ("codes", i, "code"), tr("a code may not hold , 、 ; or |"))
    for i, given in enumerate(seen):
        if given in seen[:i]:
            survey.problem(f"codes/{name}", ("codes", i), tr("the code '{code}' is given twice", code=given))


def _check_extends(survey: Survey, name: str) -> None:
    path = [name]
    while (above := survey.profiles[path[-1]].extends) is not None:
        if above not in survey.profiles:
            if len(path) == 1 and not _known(survey, "profiles", above):
                survey.problem(f"profiles/{name}", ("extends",), unknown(tr("profile"), above, list(survey.profiles)))
            return
        if above in path:
            chain = " → ".join([*path, above])
            survey.problem(f"profiles/{name}", ("extends",), tr("profiles extend one another in a circle: {chain}", chain=chain))
            return
        path.append(above)


def _check_settings(survey: Survey, name: str) -> None:
    """Rules that a profile switches on or off must be there."""
    for rule in survey.profiles[name].rules:
        if not _known(survey, "rules", rule):
            survey.problem(f"profiles/{name}", ("rules", rule, ""), unknown(tr("rule"), rule, list(survey.rules)))


def _check_rule(survey: Survey, name: str, rule: Rule) -> None:
    document = f"rules/{name}"
    if not _known(survey, "tables", rule.table):
        survey.problem(document, ("table",), unknown(tr("table"), rule.table, list(survey.tables)))
    kinds = [k for k in ("asserts", "unique", "exists", "apart") if getattr(rule, k) is not None]
    if len(kinds) != 1:
        survey.problem(document, (), tr("a rule has exactly one of assert, unique, exists and apart"))
    if kinds == ["asserts"] and rule.nulls is None:
        survey.problem(document, (), tr("the key 'nulls' is missing: say what a missing input means (unknown, pass or fail)"))
    if kinds != ["asserts"] and rule.spared:
        survey.problem(document, (), tr("absent_as_blank and needs_any go with assert"))
    for outcome in ("violated", "passed"):
        if not rule.examples.get(outcome):
            survey.problem(document, ("examples",), tr("an example of '{outcome}' is missing", outcome=outcome))
    for key in ("zh", "en"):
        if sorted(set(places(rule.message[key]))) != sorted(set(places(rule.message.en))):
            survey.problem(document, ("message", key), tr("the two languages name different fields"))
    for outcome, examples in rule.examples.items():
        for i, example in enumerate(examples):
            _check_example(survey, document, ("examples", outcome, i), rule.table, example)


def _check_example(survey: Survey, document: str, path: Place, table: str, example: Mapping[str, object]) -> None:
    """The fields that an example gives: of the table, and under the names of other tables of theirs."""
    held = survey.tables.get(table)
    if held is None:
        return
    fields = [f.name for f in held.fields] + [d.name for d in held.derived]
    for key, value in example.items():
        if key in survey.tables or key == "beside":
            rows = value if isinstance(value, list) else [value]
            for j, row in enumerate(rows):
                if isinstance(row, dict):
                    place = (*path, key, j) if isinstance(value, list) else (*path, key)
                    _check_example(survey, document, place, table if key == "beside" else key, row)
        elif key not in fields:
            survey.problem(document, (*path, key, ""), unknown(tr("field"), key, fields))
