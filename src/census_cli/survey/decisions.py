"""Checks what decision tables say: a table that is there, one kind of table, reasons with codes of their own, a line that always holds."""

from __future__ import annotations

from collections.abc import Callable

from census_cli.i18n import places, tr
from census_cli.survey.faults import unknown
from census_cli.survey.load import Survey
from census_cli.survey.models import Assurance, Case, Lists, Text
from census_cli.survey.yaml import Place

Note = Callable[[Place, str], None]


def check_decisions(survey: Survey) -> None:
    """Note every fault in `survey.problems`."""
    if survey.file and survey.file.assurances:
        for i, name in enumerate(survey.file.assurances.names):
            if f"assurances/{name}" not in survey.documents:
                survey.problem("survey", ("assurances", "names", i), tr("no assurance '{name}'", name=name))
    for name, assurance in survey.assurances.items():

        def note(path: Place, message: str, document: str = f"assurances/{name}") -> None:
            survey.problem(document, path, message)

        _check(survey, name, assurance, note)
    if survey.lists:
        _check_lists(survey, survey.lists)


def _check_lists(survey: Survey, lists: Lists) -> None:
    known, codes = [one.name for one in lists.lists], [f"{line.list} {r.code}" for line in lists.cases for r in line.any]

    def note(path: Place, message: str) -> None:
        survey.problem("lists", path, message)

    if lists.unreadable not in known:
        note(("unreadable",), unknown(tr("list"), lists.unreadable, known))
    for i, line in enumerate(lists.cases):
        if line.list not in known:
            note(("cases", i, "list"), unknown(tr("list"), line.list, known))
        for j, reason in enumerate(line.any):
            if reason.message:
                note(("cases", i, "any", j, "message"), tr("the lines of a list have no message; their text is one"))
    for code in {c for c in codes if codes.count(c) > 1}:
        note(("cases",), tr("the reason '{code}' is given twice", code=code))
    if all(r.when is not None for r in lists.cases[-1].any):
        note(("cases",), tr("the last line must hold for every household: give a reason without 'when'"))


def _check(survey: Survey, name: str, assurance: Assurance, note: Note) -> None:
    listed = survey.file.assurances.names if survey.file and survey.file.assurances else []
    if survey.file and name not in listed:
        note(("name",), tr("the assurance '{name}' is not listed in survey.yaml", name=name))
    if (assurance.cases is None) == (assurance.worst_of is None):
        note((), tr("an assurance has either cases or worst_of"))
    _check_table(survey, assurance, note)
    for i, other in enumerate(assurance.worst_of or []):
        if other == name or other not in listed or listed.index(other) > listed.index(name):
            note(("worst_of", i), tr("'{name}' must be an assurance that survey.yaml lists before this one", name=other))
    codes: list[str] = []
    for i, case in enumerate(assurance.cases or []):
        codes += [f"{case.verdict} {r.code}" for r in case.any]
        _check_case(i, case, note)
    for code in {c for c in codes if codes.count(c) > 1}:
        note(("cases",), tr("the reason '{code}' is given twice", code=code))


def _check_table(survey: Survey, assurance: Assurance, note: Note) -> None:
    table = survey.tables.get(assurance.table)
    unit = survey.file.registered_unit if survey.file else ""
    if table is None:
        if f"tables/{assurance.table}" not in survey.documents:
            note(("table",), tr("no {what} '{name}'", what=tr("table"), name=assurance.table))
    elif table.name != unit and unit not in [k.reference.resource for k in table.foreignKeys]:
        note(("table",), tr("an assurance is judged on '{unit}' or on its members", unit=unit))
    elif table.name != unit and assurance.worst_of:
        note(("table",), tr("the worst of several assurances is told of '{unit}'", unit=unit))
    elif table.name != unit and assurance.who is None:
        note((), tr("the key '{key}' is missing", key="who"))
    if assurance.who:
        _check_languages(assurance.who, ("who",), note)


def _check_case(number: int, case: Case, note: Note) -> None:
    for j, reason in enumerate(case.any):
        if reason.message:
            _check_languages(reason.message, ("cases", number, "any", j, "message"), note)


def _check_languages(text: Text, path: Place, note: Note) -> None:
    if sorted(set(places(text.zh))) != sorted(set(places(text.en))):
        note((*path, "zh"), tr("the two languages name different fields"))
