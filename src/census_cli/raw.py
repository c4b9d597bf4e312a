"""Puts what was read into the engine as one raw table per survey table: `source`, `row`, and the cells as they were.

Rows that could not be read stand beside it, in `unreadable_<table>`; nothing is dropped on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from census_cli import arrow
from census_cli.engines.base import Engine
from census_cli.errors import InputError
from census_cli.i18n import reason, tr
from census_cli.linking import Part, in_one_form, link
from census_cli.reading.careful import careful_batches, careful_schema
from census_cli.reading.converted import ORIGIN, unread_batches, unread_schema
from census_cli.reading.discover import RawFile
from census_cli.reading.encodings import as_utf8
from census_cli.reading.facts import FileFacts, changed, inspect
from census_cli.reading.headers import HeaderMatch
from census_cli.reading.records import Record
from census_cli.skipping import SKIPPED
from census_cli.sql.raw import (
    UNREADABLE,
    careful_rows,
    listed_rows,
    original_rows,
    own_rows,
    plain_rows,
    skipped,
    suspected,
    told_apart,
    union,
    unreadable_rows,
)
from census_cli.sql.words import how_often, name, string

if TYPE_CHECKING:
    from pathlib import Path

    from census_cli.results import TabletExport


@dataclass
class Held:
    """One input as the engine holds it, and the SQL of its rows; `unreadable` only where there can be any.

    `titles` are the lines above the header, `skipped` those below it that are no records (but not the blank ones): their
    number and what they are.  `own_rows` are the rows of a converted table by its own name and numbers.
    """

    path: str
    table: str
    headers: Mapping[str, str]
    unknown: Sequence[str]
    encoding: str | None
    sha256: str | None
    rows: str = ""
    unreadable: str = ""
    sound: int = 0
    damaged: int = 0
    blank: int = 0
    sheet: str | None = None
    titles: Sequence[str] = ()
    skipped: list[tuple[int, str]] = field(default_factory=list)
    near: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[str, str] = field(default_factory=dict)
    own_rows: str = ""
    tablet: TabletExport | None = None


@dataclass(frozen=True)
class Supplied:
    """A column that no file has, what it was made of, and how, in the user's language."""

    field: str
    made_of: Sequence[str]
    how: str


@dataclass
class RawTables:
    """All inputs; `stored` gives the columns and storage types of each raw table, `lacking` the columns that some file lacks.

    `rows` is the SQL of each raw table.  `repeated` are columns, as `table.field`, that a table's rows repeat of another.  What
    was supplied: whole tables (`made`, with how), columns (`supplied`), and the rules to which nothing is left to say
    (`settled`, with the reason).  Of the `files`, those `streamed` are not held by the engine, but read in each scan.
    """

    held: list[Held] = field(default_factory=list)
    stored: dict[str, dict[str, str]] = field(default_factory=dict)
    lacking: dict[str, dict[str, str]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    rows: dict[str, str] = field(default_factory=dict)
    repeated: dict[str, dict[str, str]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    supplied: dict[str, list[Supplied]] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    files: Sequence[RawFile] = ()

    @property
    def streamed(self) -> list[RawFile]:
        return [file for file in self.files if file.format == "parquet"]

    def sized(self, table: str) -> str:
        """A table, and how many rows of it were read."""
        rows = sum(held.sound for held in self.held if held.table == table)
        return tr("{table} ({n} rows)", table=table, n=f"{rows:,}") if rows else table

    def watch(self) -> None:
        """Raise InputError if a file that is read anew in each scan has changed since the first."""
        for file in self.streamed:
            refuse_changed(file)


def hold_files(engine: Engine, files: Sequence[RawFile], step: Callable[[str], None], first: int = 0) -> RawTables:
    """Load files into the engine; `first` is how many it holds already."""
    raw = RawTables(files=files)
    columns: dict[str, list[tuple[Held, dict[str, str]]]] = {}
    tablets: list[Part] = []
    for i, file in enumerate(files, first):
        step(tr("reading {file}", file=file.name))
        held, stored = _hold_file(engine, f"file_{i}", file)
        if file.converted:
            stored = _as_original(engine, held, f"file_{i}", file, stored)
        elif file.tablet:
            tablets.append(Part(held, file, stored))
            in_one_form(engine, f"file_{i}", tablets[-1])
        refuse_changed(file)
        raw.held.append(held)
        columns.setdefault(file.table, []).append((held, stored))
    link(engine, tablets)
    _unite(engine, raw, columns)
    return raw


def refuse_changed(file: RawFile) -> None:
    """Raise InputError for a file that was written to while it was read: what was read is of no one moment."""
    try:
        same = not changed(file.path, file.facts)
    except OSError as error:
        raise InputError(tr("{path} cannot be read: {why}", path=file.name, why=reason(error))) from error
    if not same:
        words = tr("{file} changed while it was read; close the program that writes to it, or check a copy", file=file.name)
        raise InputError(words)


def hold_tables(
    engine: Engine,
    given: Mapping[str, Any],
    matched: Mapping[str, tuple[HeaderMatch, Mapping[str, int]]],
    names: Mapping[str, str],
) -> RawTables:
    """Load Arrow tables or DataFrames of Spark, whose columns are already text or typed.

    `matched` gives their columns, and those they repeat of another table; `names` those that Spark knows by a name of its own.
    """
    raw = RawTables()
    columns: dict[str, list[tuple[Held, dict[str, str]]]] = {}
    for table, data in given.items():
        match, repeats = matched[table]
        # Names of the callers' own choosing could be words of the engine, such as rowid.
        heads = column_names(data)
        if is_frame(data):
            engine.add_frame(f"given_{table}", data)
        else:
            engine.add_batches(f"given_{table}", data.rename_columns([f"c{i}" for i in range(len(heads))]).to_reader())
        stored = {c: kind for c, kind in engine.columns(f"given_{table}").items() if c != "rowid"}
        cells = {f: (name(f"c{i}"), stored[f"c{i}"]) for f, i in {**match.columns, **repeats}.items()}
        headers, repeated = ({f: heads[i] for f, i in columns.items()} for columns in (match.columns, repeats))
        unknown = [h for h in match.unknown if h not in repeated.values()]
        near = {h: f for h, f in match.near.items() if h in unknown}
        held = Held(names.get(table, table), table, headers, unknown, None, None, near=near, repeats=repeated)
        _plain(engine, held, f"given_{table}", cells, "rowid", [(name(c), kind) for c, kind in stored.items()])
        raw.held.append(held)
        columns.setdefault(table, []).append((held, {f: kind for f, (_, kind) in cells.items()}))
    _unite(engine, raw, columns)
    return raw


def is_frame(table: Any) -> bool:
    """Whether a table is a DataFrame of Spark, which stays where it is."""
    return hasattr(table, "sparkSession")


def column_names(table: Any) -> list[str]:
    """The columns of an Arrow table or of a DataFrame of Spark."""
    return list(table.columns if is_frame(table) else table.column_names)


def _as_original(engine: Engine, held: Held, label: str, file: RawFile, stored: Mapping[str, str]) -> dict[str, str]:
    """The rows of a converted table by where they came from, and the records that could not be read then."""
    import pyarrow as pa

    assert file.unread is not None
    cells = {f: kind for f, kind in stored.items() if f not in ORIGIN}
    held.own_rows = own_rows(held.rows, list(cells))
    held.rows = original_rows(held.rows, list(cells))
    unread = f"{label}_unread"
    engine.add_batches(unread, pa.RecordBatchReader.from_batches(unread_schema(), unread_batches(file.unread, file.table)))
    held.unreadable = "\nUNION ALL\n".join(filter(None, (held.unreadable, listed_rows(unread))))
    held.damaged += engine.one(f"SELECT count(*) AS n FROM {name(unread)}")["n"]
    return cells


def _hold_file(engine: Engine, label: str, file: RawFile) -> tuple[Held, dict[str, str]]:
    headers = {f: file.headers[i] for f, i in file.columns.items() if f not in ORIGIN}
    held = Held(
        file.name, file.table, headers, file.unknown_columns, file.encoding, file.facts.sha256, titles=file.titles,
        near=file.near, repeats={f: file.headers[i] for f, i in file.repeats.items()},
    )  # fmt: skip
    if file.format == "parquet":
        engine.add_parquet(label, file.path)
        every = [(name(c), kind) for c, kind in engine.columns(label).items() if c != "file_row_number"]
        cells = {f: every[i] for f, i in file.carried.items()}
        _plain(engine, held, label, cells, "file_row_number", [] if file.converted else every)
        return held, {f: kind for f, (_, kind) in cells.items()}
    if file.format == "arrow":
        return held, _hold_arrow(engine, held, label, file)
    if file.sheet is not None:
        held.sheet = file.sheet.name
        _careful(engine, held, label, file, file.records())
    else:
        _hold_text(engine, held, label, file)
    return held, dict.fromkeys(file.carried, "VARCHAR")


def _hold_arrow(engine: Engine, held: Held, label: str, file: RawFile) -> dict[str, str]:
    """Batch by batch; what engines read differently comes as text."""
    import pyarrow as pa

    with pa.memory_map(str(file.path)) as source:
        reader = pa.ipc.open_file(source)
        schema = pa.schema([(f"c{i}", arrow.plain_type(column.type)) for i, column in enumerate(reader.schema)])
        batches = (
            pa.RecordBatch.from_arrays(
                [c.cast(f.type) for c, f in zip(reader.get_batch(i).columns, schema, strict=True)], schema=schema
            )
            for i in range(reader.num_record_batches)
        )
        try:
            engine.add_batches(label, pa.RecordBatchReader.from_batches(schema, batches))
        except pa.ArrowException as error:
            raise InputError(
                tr("{file} cannot be read as Arrow: {why}", file=file.name, why=str(error).splitlines()[0])
            ) from error
    stored = engine.columns(label)
    cells = {f: (name(f"c{i}"), stored[f"c{i}"]) for f, i in file.carried.items()}
    every = [] if file.converted else [(name(c), kind) for c, kind in stored.items()]
    _plain(engine, held, label, cells, "rowid", every)
    return {f: kind for f, (_, kind) in cells.items()}


def _hold_text(engine: Engine, held: Held, label: str, file: RawFile) -> None:
    """The fast reader takes what is UTF-8, or has been made so, and plain; the careful one takes the rest."""
    assert file.encoding is not None
    facts = file.facts if file.delimiter == "," or file.facts.not_utf8 else inspect(file.path, file.delimiter)
    if file.encoding.startswith("utf-8") and (facts.plain or not facts.wrapped):
        fast = _fast(engine, held, label, file, file.path, facts)
    else:
        with as_utf8(file.path, file.encoding, engine.spill, file.delimiter) as copy:
            fast = copy is not None and _fast(engine, held, label, file, copy, inspect(copy, file.delimiter))
    if not fast:
        _careful(engine, held, label, file, file.records())


def _fast(engine: Engine, held: Held, label: str, file: RawFile, path: Path, facts: FileFacts) -> bool:
    above = file.header_rows - 1
    if facts.records is None or not engine.add_csv(label, path, file.headers, facts.records - above, file.delimiter, above):
        return False
    cells = {f: (name(f"c{i}"), "VARCHAR") for f, i in file.carried.items()}
    every = [] if file.converted else [(name(f"c{i}"), "VARCHAR") for i in range(len(file.headers))]
    _plain(engine, held, label, cells, "rowid", every, file.headers, facts.wrapped)
    return True


def _plain(
    engine: Engine,
    held: Held,
    label: str,
    cells: Mapping[str, tuple[str, str]],
    number: str,
    every: Sequence[tuple[str, str]],
    headers: Sequence[str] = (),
    wrapped: bool = False,
) -> None:
    """Hold a file of which every record could be read.  Lines that are no records are rare: they are looked for only if suspected.

    `every` are all cells of a line; none are given where each line is known to be a record.
    """
    suspect = suspected(every, headers) if every else "FALSE"
    counts = engine.one(f"SELECT {how_often(suspect)} AS n, count(*) AS rows FROM {name(label)}")
    left_out: list[tuple[int, str]] = []
    if counts["n"]:
        found = f"SELECT {number} + 1 AS row, {skipped(every, headers)} AS what FROM {name(label)} WHERE {suspect}"
        left_out = _pairs(engine, f"SELECT row, what FROM ({found}) WHERE what IS NOT NULL ORDER BY row")
    _leave_out(held, left_out)
    held.sound = counts["rows"] - len(left_out)
    full = set() if wrapped else {name(c) for c in engine.never_empty(label)}
    held.rows = plain_rows(label, held.path, cells, number, [row for row, _ in left_out], full, wrapped)


def _careful(engine: Engine, held: Held, label: str, file: RawFile, records: Iterator[Record]) -> None:
    import pyarrow as pa

    batches = careful_batches(records, file.headers, file.carried, file.header_rows, file.converted)
    engine.add_batches(label, pa.RecordBatchReader.from_batches(careful_schema(file.carried), batches))
    held.rows = careful_rows(label, held.path, list(file.carried))
    held.unreadable = unreadable_rows(label, held.path, len(file.headers))
    kinds = {"sound": "problem = ''", "unreadable": UNREADABLE}
    counted = ", ".join(f"{how_often(condition)} AS {kind}" for kind, condition in kinds.items())
    counts = engine.one(f"SELECT {counted} FROM {name(label)}")
    held.sound, held.damaged = counts["sound"], counts["unreadable"]
    words = ", ".join(map(string, SKIPPED))
    _leave_out(held, _pairs(engine, f"SELECT row, problem FROM {name(label)} WHERE problem IN ({words}) ORDER BY row"))


def _pairs(engine: Engine, sql: str) -> list[tuple[int, str]]:
    return [pair for batch in engine.stream(sql) for pair in zip(*(c.to_pylist() for c in batch.columns), strict=True)]


def _leave_out(held: Held, lines: Sequence[tuple[int, str]]) -> None:
    held.skipped = [(row, what) for row, what in lines if what != "blank"]
    held.blank = len(lines) - len(held.skipped)


def _unite(engine: Engine, raw: RawTables, columns: Mapping[str, Sequence[tuple[Held, Mapping[str, str]]]]) -> None:
    """One view per table.  A column that one of its files lacks is treated as absent, and `lacking` says which file lacks it."""
    for table, parts in columns.items():
        shared = [f for f in parts[0][1] if all(f in stored for _, stored in parts)]
        for held, stored in parts:
            for missing in (f for _, others in parts for f in others if f not in stored):
                owner, _, column = missing.rpartition(".")
                raw.lacking.setdefault(owner or table, {})[column] = held.path
        kinds = {f: {stored[f] for _, stored in parts} for f in shared}
        one_kind = {f: next(iter(k)) if len(k) == 1 else "VARCHAR" for f, k in kinds.items()}
        raw.stored[table] = {f: kind for f, kind in one_kind.items() if "." not in f}
        raw.repeated[table] = {f: kind for f, kind in one_kind.items() if "." in f}
        mixed = {f for f, k in kinds.items() if len(k) > 1}
        _tell_apart(engine, [held for held, _ in parts])
        raw.rows[table] = union([held.rows for held, _ in parts], [dict(s) for _, s in parts], shared, mixed)
        engine.view(f"raw_{table}", raw.rows[table])
        unreadable = [held.unreadable for held, _ in parts if held.unreadable]
        if unreadable:
            raw.unreadable.add(table)
            engine.view(f"unreadable_{table}", "\nUNION ALL\n".join(unreadable))


def _tell_apart(engine: Engine, parts: Sequence[Held]) -> None:
    """Go by the names and numbers of converted tables themselves where a row of them was copied: each must be one of its own."""
    if any(held.own_rows for held in parts) and not engine.one(told_apart([held.rows for held in parts]))["apart"]:
        for held in parts:
            held.rows = held.own_rows or held.rows
