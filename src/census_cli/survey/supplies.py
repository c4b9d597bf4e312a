"""Checks what a table's file says of columns and rows that census supplies where files lack them: fills, and rows made of a child's."""

from __future__ import annotations

from collections.abc import Iterator

from census_cli.i18n import tr
from census_cli.survey.faults import unknown
from census_cli.survey.load import Survey
from census_cli.survey.models import ByName, Fill, MadeOf, Table
from census_cli.survey.yaml import Place

_Fault = tuple[Place, str]


def check_supplies(survey: Survey, name: str, table: Table) -> None:
    """Note every fault in `survey.problems`."""
    faults = [f for i, fill in enumerate(table.fills) for f in _of_fill(survey, table, fill, ("fills", i))]
    faults += _of_made(survey, table, table.made_of) if table.made_of else []
    for place, message in faults:
        survey.problem(f"tables/{name}", place, message)


def _of_fill(survey: Survey, table: Table, fill: Fill, place: Place) -> Iterator[_Fault]:
    yield from _field(table, (*place, "field"), fill.field)
    yield from _rules(survey, place, fill.settles)
    if (fill.expression is None) == (fill.by_name is None):
        yield place, tr("a fill has exactly one of expression and by_name")
    if fill.by_name:
        yield from _of_names(survey, table, fill.by_name, (*place, "by_name"))


def _of_names(survey: Survey, table: Table, by_name: ByName, place: Place) -> Iterator[_Fault]:
    yield from _field(table, (*place, "count"), by_name.count, made=True)
    there = survey.tables.get(by_name.resource)
    if there is None:
        yield from _no_table(survey, (*place, "resource"), by_name.resource)
        return
    for own, other in by_name.names.items():
        yield from _field(table, (*place, "names", own), own)
        yield from _field(there, (*place, "names", own), other)
    for own in by_name.endings:
        if own not in by_name.names:
            yield (*place, "endings", own), unknown(tr("field"), own, list(by_name.names))


def _of_made(survey: Survey, table: Table, made: MadeOf) -> Iterator[_Fault]:
    place: Place = ("made_of",)
    yield from _rules(survey, place, made.settles)
    yield from _field(table, (*place, "contested"), made.contested, made=True)
    yield from _field(table, (*place, "differences"), made.differences, made=True)
    child = survey.tables.get(made.table)
    if child is None:
        yield from _no_table(survey, (*place, "table"), made.table)
    elif all(key.reference.resource != table.name for key in child.foreignKeys):
        yield (*place, "table"), tr("'{child}' has no foreign key to '{table}'", child=made.table, table=table.name)


def _field(table: Table, place: Place, name: str, made: bool = False) -> Iterator[_Fault]:
    known = [f.name for f in table.fields if f.made == made]
    if name not in known:
        yield place, unknown(tr("made field") if made else tr("field"), name, known)


def _no_table(survey: Survey, place: Place, name: str) -> Iterator[_Fault]:
    if f"tables/{name}" not in survey.documents:
        yield place, unknown(tr("table"), name, list(survey.tables))


def _rules(survey: Survey, place: Place, rules: list[str]) -> Iterator[_Fault]:
    for i, rule in enumerate(rules):
        if f"rules/{rule}" not in survey.documents:
            yield (*place, "settles", i), unknown(tr("rule"), rule, list(survey.rules))
