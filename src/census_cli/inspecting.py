"""The story of an inspection on one page: each file by itself, as far as it can be known, and what a check of all of them would skip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from census_cli import wording
from census_cli.checking import Step, quietly
from census_cli.engines.base import Engine
from census_cli.errors import InputError
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import language, tr
from census_cli.inspected import AbsentField, Inspected, Inspection, SeenColumn, SkippedLines
from census_cli.opening import open_survey
from census_cli.raw import Held, RawTables, hold_files
from census_cli.reading.converted import ROW, SOURCE
from census_cli.reading.discover import LEAST_FIELDS, Discovery, RawFile, sort_in, with_list
from census_cli.reading.files import Found, find_files
from census_cli.reading.headers import field_of, how_matched, in_another_unit, nearest_field
from census_cli.reading.packed import laid_out
from census_cli.reading.rosters import with_repeats
from census_cli.reading.seeing import Seen, see
from census_cli.selection import list_checks
from census_cli.settings import Settings, with_settings
from census_cli.sql.plan import vocabulary
from census_cli.supplying import settled_by_making, would_supply
from census_cli.survey.models import Table

FIRST = 5
HIDDEN = "…"
"""Stands for a header that may be a cell: where hardly a column is known, or it holds a number, the line may be somebody's record."""

_DIGITS = re.compile("[0-9]{6}")


def inspect_files(
    engine: Engine,
    data: Sequence[Path],
    survey: str | Path,
    encoding: str | None = None,
    step: Step = quietly,
    settings: Settings | None = None,
) -> Inspection:
    """Look at every file; raises InputError only where there is none that could be looked at.

    `settings` add a team's names of files and headers to those of the survey.
    """
    bound = open_survey(survey)
    engine.teach(vocabulary(bound))
    look = _Look(engine, bound, encoding, settings)
    for path in data:
        look.path(path, step)
    if not any(file.size for file in look.told.files):
        reasons = "; ".join(f"{f.path}: {f.reason}" for f in look.told.files)
        raise InputError(reasons or tr("no file at all"))
    for number, (raw, told) in enumerate(look.reads):
        look.read(number, raw, told)
    look.total()
    return look.told


class _Look:
    """What is gathered while file after file is looked at."""

    def __init__(self, engine: Engine, bound: BoundSurvey, encoding: str | None, settings: Settings | None) -> None:
        self.engine, self.bound, self.encoding = engine, bound, encoding
        tables = [bound.tables[t].model for t in bound.file.tables]
        self.tables = with_settings(tables, settings) if settings else tables
        self.told = Inspection()
        self.found = Discovery()
        self.reads: list[tuple[RawFile, Inspected]] = []
        self.stored: dict[str, list[set[str]]] = {}
        self._needed: dict[str, int] = {}

    def path(self, path: Path, step: Step) -> None:
        """Every file that a path stands for."""
        try:
            files = find_files([path])
        except InputError as error:
            self.told.files.append(Inspected(str(path), reason=str(error), refused=True))
            return
        for file in files:
            step(file.name)
            self.told.files += self.file(file)

    def file(self, file: Found) -> list[Inspected]:
        """A file, or all that is packed in it."""
        try:
            parts = list(laid_out(file, self.engine.spill))
        except InputError as error:
            size = file.path.stat().st_size if file.path.is_file() else None
            return [Inspected(file.name, size=size, reason=str(error), refused=True)]
        packed = file.path.suffix.lower().removeprefix(".") if parts != [file] and file.name != "-" else None
        return [told for part in parts for told in self.part(part, packed)]

    def part(self, file: Found, packed: str | None) -> Iterator[Inspected]:
        """A file as it lies unpacked: what is seen of it, and what reading it comes to."""
        found, refusal = replace(self.found, files=[], ignored=[]), None
        try:
            sort_in(found, file, self.tables, self.encoding)
        except InputError as error:
            refusal = str(error)
        files = {f.name: f for f in found.files}
        reasons = {i.name: i.reason for i in found.ignored}
        reasons |= dict.fromkeys(
            found.lists, tr("the list of what could not be read when tables were converted; it is read with them")
        )
        for seen in see(file, self.tables, self.encoding):
            told = self.described(seen, packed)
            told.reason = reasons.get(seen.name) or (None if seen.name in files else refusal or seen.problem)
            told.refused = seen.name not in files and seen.name not in reasons and told.reason is not None
            if raw := files.get(seen.name):
                self.reads.append((raw, told))
            yield told

    def described(self, seen: Seen, packed: str | None) -> Inspected:
        """What is seen of a file without reading its rows."""
        told = Inspected(
            seen.name.removesuffix(f"#{seen.sheet}"), seen.sheet, packed, seen.format, seen.size, seen.encoding, seen.encoding_by,
            seen.delimiter, seen.header.rows if seen.header else None, len(seen.header.titles) if seen.header else 0,
        )  # fmt: skip
        if seen.table and seen.header:
            told.table, told.table_title, told.table_by = seen.table.name, seen.table.title[language()], seen.table_by
            told.columns = list(_columns(seen.header.names, seen.table))
            named = [c for c in told.columns if c.field]
            told.known = len({c.field for c in named})
            same = {c.field: [o.header for o in named if o.field == c.field] for c in named}
            told.twice = [headers for headers in same.values() if len(headers) > 1]
            absent = [f for f in seen.table.fields if f.name not in same and not f.made]
            told.absent = [AbsentField(f.name, f.title[language()], self.needed(seen.table, f.name)) for f in absent]
        return told

    def read(self, number: int, raw: RawFile, told: Inspected) -> None:
        """Read the rows of a file, as a check would, and count what became of them."""
        try:
            held_tables = hold_files(self.engine, [with_list(raw, self.found)], quietly, number)
        except InputError as error:
            told.reason, told.refused = str(error), True
            return
        self.stored.setdefault(raw.table, []).append(set(held_tables.stored[raw.table]))
        self.count(held_tables, told)

    def count(self, tables: RawTables, told: Inspected) -> None:
        """The counts of one file's rows, and the first that cannot be read."""
        (held,) = tables.held
        told.rows, told.unreadable, told.blank = held.sound + held.damaged, held.damaged, held.blank
        for what in dict.fromkeys(what for _, what in held.skipped):
            rows = [row for row, kind in held.skipped if kind == what]
            told.skipped.append(SkippedLines(what, len(rows), rows[:FIRST]))
        told.first_unreadable = list(self.first(held))

    def first(self, held: Held) -> Iterator[str]:
        """The first records that cannot be read: where they stand, and why."""
        if held.unreadable:
            for batch in self.engine.stream(f"SELECT * FROM ({held.unreadable}) ORDER BY source, row LIMIT {FIRST}"):
                for r in batch.to_pylist():
                    yield wording.of_record(*(r[c] for c in ("problem", "row", "line", "cells", "width", "place")))

    def needed(self, table: Table, column: str) -> int:
        """How many rules would be skipped for want of a column, were all others there."""
        key = f"{table.name}.{column}"
        if key not in self._needed:
            stored = {t.name: {f.name: "VARCHAR" for f in t.fields if f"{t.name}.{f.name}" != key} for t in self.tables}
            self._needed[key] = sum(check.skipped is not None for check in list_checks(self.bound, stored, {}))
        return self._needed[key]

    def total(self) -> None:
        """How many rules a check of all files would run and skip: a column counts as absent if one file of its table lacks it."""
        stored = {t: dict.fromkeys(set.intersection(*parts), "VARCHAR") for t, parts in self.stored.items()}
        settled = self.repeated(stored)
        for table, field, rules in would_supply(self.bound, stored):
            settled += rules
            for told in (t for t in self.told.files if t.table == table):
                told.supplied += [a.title for a in told.absent if a.field == field]
                told.absent = [a for a in told.absent if a.field != field]
        checks = list_checks(self.bound, stored, {}, settled=dict.fromkeys(settled, ""))
        self.told.rules, self.told.rules_skipped = len(checks), sum(check.skipped is not None for check in checks)

    def repeated(self, stored: dict[str, dict[str, str]]) -> list[str]:
        """Note which columns make rows of a table that has no file; yields the rules that are settled by it."""
        settled: list[str] = []
        raws = with_repeats([raw for raw, _ in self.reads], self.tables)
        for raw, (_, told) in zip(raws, self.reads, strict=True):
            for column, index in raw.repeats.items():
                table, _, name = column.partition(".")
                field = self.bound.tables[table].model.field(name)
                assert field is not None
                told.columns[index] = SeenColumn(index + 1, raw.headers[index], column, field.title[language()], "repeated")
                told.known += 1
                if table not in stored:
                    settled += settled_by_making(self.bound.tables[table], self.bound.tables[raw.table])
                    made = self.bound.tables[table].model.made_of
                    own = [self.bound.tables[table].model.primaryKey[-1], *([made.contested, made.differences] if made else [])]
                    stored[table] = dict.fromkeys(own, "VARCHAR")
                stored[table][name] = "VARCHAR"
        return settled


def _columns(headers: Sequence[str], table: Table) -> Iterator[SeenColumn]:
    """What each header means; one that means nothing is compared with the fields that no other names."""
    named = {field_of(h, table) for h in headers}
    sure = len(named - {None}) >= min(LEAST_FIELDS, len(headers))
    free = [f.name for f in table.fields if f.name not in named]
    for number, header in enumerate(headers, 1):
        name = field_of(header, table)
        field = table.field(name) if name else None
        if header in (SOURCE, ROW):
            yield SeenColumn(number, header, how="origin")
        elif field:
            yield SeenColumn(number, header, field.name, field.title[language()], how_matched(header, field))
        else:
            unit = in_another_unit(header, table)
            near = table.field(unit or nearest_field(header, table, free) or "")
            title = near.title[language()] if near else None
            shown = header if sure and not _DIGITS.search(header) else HIDDEN
            yield SeenColumn(number, shown, how="unit" if unit else "unknown", near=near.name if near else None, near_title=title)
