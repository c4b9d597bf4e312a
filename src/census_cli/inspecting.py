"""The story of an inspection on one page: each file by itself, as far as it can be known, and what a check of all of them would skip."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from census_cli import wording
from census_cli.columns import columns_of, columns_of_repeat
from census_cli.engines.base import Engine
from census_cli.errors import InputError
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import language, tr
from census_cli.inspected import AbsentField, Inspected, Inspection, SeenColumn, SkippedLines
from census_cli.linking import lacking, ways
from census_cli.opening import open_survey
from census_cli.options import Step, quietly
from census_cli.raw import Held, RawTables, hold_files
from census_cli.reading.discover import Discovery, RawFile, sort_in, with_list
from census_cli.reading.files import Found, find_files
from census_cli.reading.packed import laid_out
from census_cli.reading.rosters import with_repeats
from census_cli.reading.seeing import Seen, see
from census_cli.reading.tablets import tablet_of
from census_cli.report.tablets import tablet_words
from census_cli.results import TabletExport
from census_cli.selection import list_checks
from census_cli.settings import Settings, with_settings
from census_cli.sql.plan import vocabulary
from census_cli.supplying import settled_by_making, would_supply
from census_cli.survey.models import Table

FIRST = 5


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
        self.stored: dict[str, dict[str, set[str]]] = {}
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
            told = self.described(seen, packed, files.get(seen.name))
            told.reason = reasons.get(seen.name) or (None if seen.name in files else refusal or seen.problem)
            told.refused = seen.name not in files and seen.name not in reasons and told.reason is not None
            if raw := files.get(seen.name):
                self.reads.append((raw, told))
            yield told
            for one in found.files:
                if one.instance and one.name.startswith(f"{seen.name}#"):
                    self.reads.append((one, self.instance(told, one)))
                    yield self.reads[-1][1]

    def instance(self, of: Inspected, raw: RawFile) -> Inspected:
        """A repeat that stands in the rows of a file, with its own columns only."""
        assert raw.tablet is not None
        table, columns = raw.tablet.table, columns_of_repeat(raw)
        sheet = raw.name.removeprefix(f"{of.path}#")
        told = Inspected(
            of.path, sheet, of.packed, of.format, of.size, of.encoding, of.encoding_by, of.delimiter, of.header_line, of.titles,
            table.name, table.title[language()], "header", raw.tablet.app, columns=columns,
        )  # fmt: skip
        told.known, told.absent = len(columns), self.absent(table, set(raw.columns))
        return told

    def absent(self, table: Table, there: Collection[str | None]) -> list[AbsentField]:
        """The fields that a file does not have, and how many rules each would cost."""
        left = [f for f in table.fields if f.name not in there and not f.made]
        return [AbsentField(f.name, f.title[language()], self.needed(table, f.name)) for f in left]

    def described(self, seen: Seen, packed: str | None, raw: RawFile | None) -> Inspected:
        """What is seen of a file without reading its rows."""
        told = Inspected(
            seen.name.removesuffix(f"#{seen.sheet}"), seen.sheet, packed, seen.format, seen.size, seen.encoding, seen.encoding_by,
            seen.delimiter, seen.header.rows if seen.header else None, len(seen.header.titles) if seen.header else 0,
        )  # fmt: skip
        if seen.table and seen.header:
            told.table, told.table_title, told.table_by = seen.table.name, seen.table.title[language()], seen.table_by
            tablet = raw.tablet if raw and raw.tablet else tablet_of(seen.header.names, seen.table)
            told.app = tablet.app if tablet else None
            told.columns = list(columns_of(seen.header.names, seen.table, tablet))
            named = [c for c in told.columns if c.field]
            told.known = len({c.field for c in named})
            same = {c.field: [o.header for o in named if o.field == c.field and o.how != "answer"] for c in named}
            told.twice = [headers for headers in same.values() if len(headers) > 1]
            told.absent = self.absent(seen.table, same)
        return told

    def read(self, number: int, raw: RawFile, told: Inspected) -> None:
        """Read the rows of a file, as a check would, and count what became of them."""
        try:
            held_tables = hold_files(self.engine, [with_list(raw, self.found)], quietly, number)
        except InputError as error:
            told.reason, told.refused = str(error), True
            return
        self.stored.setdefault(raw.table, {})[raw.name] = set(held_tables.stored[raw.table])
        self.count(held_tables, told)

    def count(self, tables: RawTables, told: Inspected) -> None:
        """The counts of one file's rows, and the first that cannot be read."""
        (held,) = tables.held
        told.rows, told.unreadable, told.blank = held.sound + held.damaged, held.damaged, held.blank
        for what in dict.fromkeys(what for _, what in held.skipped):
            rows = [row for row, kind in held.skipped if kind == what]
            told.skipped.append(SkippedLines(what, len(rows), rows[:FIRST]))
        told.first_unreadable = list(self.first(held))
        if held.tablet:
            told.notes += tablet_words(held.tablet.model_copy(update={"lacks": None}))

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
        self.link()
        stored = {t: dict.fromkeys(set.intersection(*parts.values()), "VARCHAR") for t, parts in self.stored.items()}
        settled = self.repeated(stored)
        for table, field, rules in would_supply(self.bound, stored):
            settled += rules
            for told in (t for t in self.told.files if t.table == table):
                told.supplied += [a.title for a in told.absent if a.field == field]
                told.absent = [a for a in told.absent if a.field != field]
        checks = list_checks(self.bound, stored, {}, settled=dict.fromkeys(settled, ""))
        self.told.rules, self.told.rules_skipped = len(checks), sum(check.skipped is not None for check in checks)

    def link(self) -> None:
        """Note which keys a check would take from the forms that repeats belong to, and which repeats are without their form."""
        reads = {raw.name: (raw, told) for raw, told in self.reads if raw.name in self.stored.get(raw.table, ())}
        stored = {name: dict.fromkeys(self.stored[raw.table][name], "VARCHAR") for name, (raw, _) in reads.items()}
        for way in ways([raw for raw, _ in reads.values()], stored):
            told = reads[way.child.name][1]
            told.supplied += [a.title for a in told.absent if a.field in way.fields]
            told.absent = [a for a in told.absent if a.field not in way.fields]
            self.stored[way.child.table][way.child.name] |= set(way.fields)
        for name, (raw, told) in reads.items():
            if lacks := lacking(raw, stored[name]):
                told.notes += tablet_words(TabletExport(app=raw.tablet.app if raw.tablet else "", lacks=lacks))

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
