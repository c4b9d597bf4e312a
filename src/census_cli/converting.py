"""The story of a conversion on one page: read any input, find out what is no value of its field, write clean tables and the list of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from census_cli import wording
from census_cli.complete import new_folder
from census_cli.errors import OptionError
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import tr
from census_cli.identity import mask
from census_cli.opening import open_survey
from census_cli.options import Step, quietly
from census_cli.raw import Held, hold_files
from census_cli.reading.converted import EMPTIED, LIST, LIST_COLUMNS, ROW, SOURCE, origin_of
from census_cli.reading.discover import RawFile, discover, headers_of
from census_cli.report.converted import write_csv, write_list, write_parquet
from census_cli.settings import Settings, with_settings
from census_cli.sql.converting import Cell, failing, failures, lines_of, needs_no_quotes, rows_of, values
from census_cli.sql.plan import vocabulary
from census_cli.sql.words import name
from census_cli.structure import CellKind
from census_cli.survey.models import FieldModel, Table

if TYPE_CHECKING:
    import pyarrow as pa

    from census_cli.engines.base import Engine

Format = Literal["parquet", "csv"]
PARTLY = "partly:"
"""Stands before the name of a field that some files of a table lack: with blanks in their place it would be another answer."""

_UNKNOWN = "+"
ListLine = tuple[object, ...]


@dataclass(frozen=True)
class Order:
    """What a user may ask of a conversion: `raw` leaves all cells as they were found, `typed` gives every column its type."""

    survey: str | Path = "registered-households"
    format: Format = "parquet"
    raw: bool = False
    typed: bool = False
    overwrite: bool = False
    encoding: str | None = None
    key: bytes | None = None
    settings: Settings = field(default_factory=Settings)


@dataclass
class Written:
    """One table: its file, its rows, how many cells of a field were no value, and which columns are text for their sake."""

    path: Path
    rows: int
    failed: dict[str, int] = field(default_factory=dict)


@dataclass
class Converted:
    """What came of a conversion."""

    tables: list[Written] = field(default_factory=list)
    unreadable: int = 0
    skipped: int = 0
    ignored: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Output:
    """A table as it will be written: its columns, and the cells of each in every file that holds a part."""

    model: Table
    parts: list[Held]
    columns: list[str] = field(default_factory=list)
    fields: list[FieldModel | None] = field(default_factory=list)
    cells: list[list[Cell]] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)


def convert(engine: Engine, data: Sequence[Path], out: Path, order: Order, step: Step = quietly) -> Converted:
    """Write each table found as one file into a folder, with the list of what could not be read; raises CensusError."""
    if order.typed and (order.raw or order.format == "csv"):
        raise OptionError(tr("--typed goes with Parquet and without --raw: only there has a column a type"))
    bound = open_survey(order.survey)
    engine.teach(vocabulary(bound))
    tables = with_settings([bound.tables[t].model for t in bound.file.tables], order.settings)
    found = discover(data, tables, order.encoding, engine.spill)
    _stay_apart(out, data, found.files)
    result = Converted(ignored=[(i.name, i.reason) for i in found.ignored])
    with new_folder(out, is_converted if order.overwrite else None) as folder:
        held = hold_files(engine, [_whole(f) for f in found.files], step).held
        outputs = []
        for table in (t for t in bound.file.tables if any(h.table == t for h in held)):
            step(table)
            outputs.append(_plan(engine, bound.tables[table].model, [h for h in held if h.table == table]))
            result.tables.append(_write(engine, bound, outputs[-1], folder, out, order))
        write_list(folder / LIST, _list(engine, bound, outputs, order))
    result.unreadable = sum(h.damaged for h in held)
    result.skipped = sum(h.blank + len(h.skipped) + len(h.titles) for h in held)
    return result


def is_converted(path: Path) -> bool:
    """Whether a file was written by a conversion: a table with its two last columns, or a list."""
    headers = headers_of(path)
    return bool(origin_of(headers)) or tuple(headers) == LIST_COLUMNS


def _stay_apart(out: Path, data: Sequence[Path], files: Sequence[RawFile]) -> None:
    """Refuse a folder that is read: its tables would be read twice, or take the place of an input."""
    target = out.resolve()
    for path in (p.resolve() for p in data if p.is_dir()):
        if path == target or path in target.parents:
            raise OptionError(tr("--output {path} lies in a folder that is read; give one outside of it", path=out))
    if any(p.resolve().parent == target for p in (*data, *(f.path for f in files)) if p.is_file()):
        raise OptionError(tr("--output {path}: an input lies there; inputs are never altered", path=out))


def _whole(file: RawFile) -> RawFile:
    """The file with its unknown columns among those that are read, so that nothing is lost; a repeat's are in a file of its own."""
    if file.instance:
        return file
    known = set(file.columns.values())
    known |= {i for i, kind in file.tablet.explained.items() if kind == "repeat"} if file.tablet else set()
    unknown = {f"{_UNKNOWN}{i}": i for i in range(len(file.headers)) if i not in known}
    return replace(file, columns=file.columns | unknown)


def _plan(engine: Engine, model: Table, parts: list[Held]) -> Output:
    """The columns of a table: its fields in their order, then those that not all files have, then the unknown ones."""
    output = Output(model, parts)
    stored = [_stored(engine, i, part) for i, part in enumerate(parts)]
    for whole in (True, False):
        for f in model.fields:
            having = [f.name in kinds for kinds in stored]
            if any(having) and all(having) == whole:
                _add(output, f.name if whole else PARTLY + f.name, f, [f.name] * len(parts), stored)
    for header, keys in _unknown(parts).items():
        _add(output, header, None, keys, stored)
    return output


def _stored(engine: Engine, number: int, part: Held) -> dict[str, str]:
    label = f"converted_{part.table}_{number}"
    engine.view(label, part.rows)
    return dict(engine.columns(label))


def _add(
    output: Output, column: str, model: FieldModel | None, keys: Sequence[str | None], stored: Sequence[dict[str, str]]
) -> None:
    taken = {c.casefold() for c in (*output.columns, SOURCE, ROW)}
    number, plain = 2, column
    while column.casefold() in taken:
        column, number = f"{plain} ({number})", number + 1
    output.columns.append(column)
    output.fields.append(model)
    cells = [Cell(model, name(k), kinds[k]) if k in kinds else Cell(model, None) for k, kinds in zip(keys, stored, strict=True)]
    output.cells.append(cells)
    output.failed.append(0)


def _unknown(parts: Sequence[Held]) -> dict[str, list[str | None]]:
    """The unknown columns by their heads, with the name of the cell in each file; of one file no two are the same."""
    found: dict[str, list[str | None]] = {}
    for place, part in enumerate(parts):
        for cell, header in part.headers.items():
            if cell.startswith(_UNKNOWN):
                head, number = header.strip() or tr("column {n}", n=int(cell[1:]) + 1), 2
                plain = head
                while found.get(head, [None] * len(parts))[place] is not None:
                    head, number = f"{plain} ({number})", number + 1
                found.setdefault(head, [None] * len(parts))[place] = cell
    return found


def _write(engine: Engine, bound: BoundSurvey, output: Output, folder: Path, out: Path, order: Order) -> Written:
    """One table to its file, part by part, so that the order of its rows stays."""
    _count_failures(engine, output)
    texts = [order.format == "csv" or order.raw or (n > 0 and not order.typed) for n in output.failed]
    columns = [*output.columns, SOURCE, ROW]
    path = folder / f"{output.model.name}.{order.format}"

    def batches(shape: Callable[[str], str]) -> Iterator[pa.RecordBatch]:
        for i, part in enumerate(output.parts):
            cells = [column[i] for column in output.cells]
            yield from engine.stream(shape(values(part.rows, cells, texts, order.raw)))

    if order.format == "csv":
        plain = [
            not order.raw and not n and needs_no_quotes(f, bound.codes) for f, n in zip(output.fields, output.failed, strict=True)
        ]
        rows = write_csv(path, columns, batches(lambda sql: lines_of(plain, sql)))
    else:
        rows = write_parquet(path, _schema(output, texts), batches(lambda sql: rows_of(columns, sql)))
    if rows != sum(part.sound for part in output.parts):
        raise AssertionError(f"{output.model.name}: {rows} rows written of {sum(p.sound for p in output.parts)}")
    failed = {c: n for c, n in zip(output.columns, output.failed, strict=True) if n}
    return Written(out / path.name, rows, failed)


def _count_failures(engine: Engine, output: Output) -> None:
    for i, part in enumerate(output.parts):
        places = [c for c, cells in enumerate(output.cells) if cells[i].may_fail]
        counts = engine.one(failures(part.rows, [output.cells[c][i] for c in places])) if places else {}
        for number, place in enumerate(places):
            output.failed[place] += counts[f"c{number}"]


def _schema(output: Output, texts: Sequence[bool]) -> pa.Schema:
    import pyarrow as pa

    types = {
        "integer": pa.int64(), "number": pa.decimal128(16, 4), "boolean": pa.bool_(), "date": pa.date32(), "datetime": pa.timestamp("us"),
    }  # fmt: skip
    kinds = [
        pa.string() if text or f is None or f.codes else types.get(f.type, pa.string())
        for f, text in zip(output.fields, texts, strict=True)
    ]
    return pa.schema([*zip(output.columns, kinds, strict=True), (SOURCE, pa.string()), (ROW, pa.int64())])


def _list(engine: Engine, bound: BoundSurvey, outputs: Sequence[Output], order: Order) -> Iterator[ListLine]:
    """What is in no table, or in one only as text: lines that are no records, records that could not be read, cells that are no value."""
    for output in outputs:
        for i, part in enumerate(output.parts):
            yield from _lines(engine, part)
            yield from _cells(engine, bound, output, i, order)


def _lines(engine: Engine, part: Held) -> Iterator[ListLine]:
    words = {"title": tr("above the header"), "total": tr("total"), "header": tr("header again"), "numbers": tr("column numbers")}
    for row, what in [*((None, "title") for _ in part.titles), *part.skipped]:
        yield part.table, part.path, row, None, None, None, what, None, None, None, None, words[what]
    for batch in engine.stream(f"{part.unreadable} ORDER BY source, row") if part.unreadable else ():
        for r in batch.to_pylist():
            cells = [r[c] for c in ("line", "place", "cells", "width")]
            reason = wording.of_record(r["problem"], r["row"], r["line"], r["cells"], r["width"], r["place"])
            yield part.table, r["source"], r["row"], *cells[:2], None, r["problem"], *cells[2:], None, None, reason


def _cells(engine: Engine, bound: BoundSurvey, output: Output, i: int, order: Order) -> Iterator[ListLine]:
    failed = [c for c, n in enumerate(output.failed) if n and output.cells[c][i].may_fail]
    if not failed:
        return
    became = EMPTIED if order.typed else "text"
    for batch in engine.stream(failing(output.parts[i].rows, [output.cells[c][i] for c in failed])):
        for r in batch.to_pylist():
            for number, place in enumerate(failed):
                model, found = output.fields[place], r[f"c{number}"]
                if found is None or model is None:
                    continue
                kind: CellKind = "code" if model.codes else "type"
                shown = mask(found, model.pii, order.key)
                reason = wording.of_cell(model, kind, shown, bound.codes)
                yield output.model.name, r["source"], r["row"], None, None, model.name, kind, None, None, shown, became, reason
