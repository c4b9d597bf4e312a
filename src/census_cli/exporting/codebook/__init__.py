"""The codebook: every field of every table with all that the survey says of it, in both languages at once; HTML or a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from census_cli.complete import new_file
from census_cli.errors import OptionError
from census_cli.exporting import Exported
from census_cli.exporting.words import kind_words, limit_words, need_words, pii_words, spoken, unit_words
from census_cli.expr.bound import BoundSurvey
from census_cli.expr.nodes import Node, aggregates, columns
from census_cli.i18n import tr
from census_cli.survey.models import CodeList, Derived, FieldModel, Table, Text

Readers = dict[tuple[str, str], dict[str, Text]]
"""Of a field or derived field, by table and name: the rules and decision tables that read it, with their titles."""


@dataclass(frozen=True)
class Entry:
    """One field in words; `readers` are rules and decision tables by their ids."""

    model: FieldModel
    kind: Text
    unit: Text
    need: Text
    limits: Text
    pii: Text
    readers: dict[str, Text]


@dataclass(frozen=True)
class Part:
    """One table: its fields and its derived fields with what reads them."""

    model: Table
    entries: list[Entry]
    derived: list[tuple[Derived, dict[str, Text]]]


@dataclass(frozen=True)
class Codebook:
    """What both forms show."""

    title: Text
    profile: str
    parts: list[Part]
    codes: list[CodeList]
    missing: list[str]


def export(survey: BoundSurvey, output: Path) -> Exported:
    """Write the codebook in the form that the ending of the file names; raises OptionError for another ending."""
    from census_cli.exporting.codebook import page, workbook

    forms = {".html": page.write, ".xlsx": workbook.write}
    write = forms.get(output.suffix.lower())
    if write is None:
        raise OptionError(tr("--output {path}: a codebook ends in .html or .xlsx", path=output))
    with new_file(output) as part:
        write(codebook(survey), part)
    return Exported((output,))


def codebook(survey: BoundSurvey) -> Codebook:
    """All that the survey says, in words."""
    readers = _readers(survey)
    tables = [survey.tables[t].model for t in survey.file.tables]
    used = {f.codes for t in tables for f in t.fields} | {d.codes for t in tables for d in t.derived}
    return Codebook(
        survey.file.title, survey.profile, [_part(survey, t, readers) for t in tables],
        [c for name, c in survey.codes.items() if name in used], survey.file.missingValues,
    )  # fmt: skip


def _part(survey: BoundSurvey, table: Table, readers: Readers) -> Part:
    fields = [f for f in table.fields if not f.made]
    entries = [_entry(survey, table, f, readers.get((table.name, f.name), {})) for f in fields]
    return Part(table, entries, [(d, readers.get((table.name, d.name), {})) for d in table.derived])


def _entry(survey: BoundSurvey, table: Table, field: FieldModel, readers: dict[str, Text]) -> Entry:
    return Entry(
        field, spoken(partial(kind_words, field)), spoken(partial(unit_words, field, survey.file)),
        spoken(partial(need_words, field, table, survey.codes)), spoken(partial(limit_words, field)), spoken(partial(pii_words, field)), readers,
    )  # fmt: skip


def _readers(survey: BoundSurvey) -> Readers:
    found: Readers = {}
    for rule in survey.rules.values():
        own = rule.model.table
        read = {key for node in rule.nodes() for key in _read(survey, own, node)}
        read |= {(t, k) for t in (own, rule.model.exists.table) for k in rule.model.exists.keys} if rule.model.exists else set()
        for key in read:
            found.setdefault(key, {})[rule.model.id] = rule.model.title
    for name, assurance in survey.assurances.items():
        for key in {key for node in assurance.nodes() for key in _read(survey, assurance.model.table, node)}:
            found.setdefault(key, {})[f"ASR-{name}"] = assurance.model.title
    return {key: dict(sorted(told.items())) for key, told in found.items()}


def _read(survey: BoundSurvey, table: str, node: Node) -> Iterator[tuple[str, str]]:
    """The fields that an expression of a table reads, of parents and children too, and those behind derived ones."""
    for column in columns(node):
        owner = column.table or table
        yield owner, column.name
        if derived := survey.tables[owner].derived.get(column.name):
            yield from _read(survey, owner, derived.node)
    for aggregate in aggregates(node):
        yield from _read(survey, aggregate.child, aggregate.arg)
