"""What `census convert` leaves with its tables, so that a check of them is a check of what they were made from.

Two last columns tell where each row came from; a list beside the tables holds what could not be read.  They are written elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from census_cli import arrow
from census_cli.errors import InputError
from census_cli.i18n import tr
from census_cli.reading.records import Record, read_records

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE, ROW = "census_source", "census_row"
"""The heads of the two last columns."""

ORIGIN = ("~source", "~row")
"""The names of their cells beside those of the fields."""

LIST = "not_read.csv"
LIST_COLUMNS = (
    "table", "source", "row", "line", "place", "field", "problem", "cells", "width", "found", "became", "reason",
)  # fmt: skip
"""A line is a record that could not be read, or a line that was no record, or (with `field`) a cell that is no value of its field."""

EMPTIED = "empty"
"""What became of a cell whose column was typed in spite of it."""

RECORD_PROBLEMS = ("width", "quote", "nul", "encoding")
_NUMBERS = ("row", "line", "place", "cells", "width")
_TEXTS = ("source", "problem")
_BATCH = 5_000


def origin_of(headers: Sequence[str]) -> dict[str, int]:
    """The places of the two columns in a converted table; nothing for another."""
    here = tuple(headers[-2:]) == (SOURCE, ROW)
    return dict(zip(ORIGIN, range(len(headers) - 2, len(headers)), strict=True)) if here else {}


def unread_schema() -> pa.Schema:
    """The records of a list: where each stood and what was wrong."""
    import pyarrow as pa

    return pa.schema([*((c, pa.string()) for c in _TEXTS), *((c, pa.int64()) for c in _NUMBERS)])


def unread_batches(path: Path, table: str) -> Iterator[pa.RecordBatch]:
    """The unreadable records of one table; raises InputError for a damaged list, and for one that tells of cells that were emptied."""
    lines = _lines(path, table)
    while chunk := list(islice(lines, _BATCH)):
        yield arrow.batch(unread_schema(), chunk)


def _lines(path: Path, table: str) -> Iterator[dict[str, Any]]:
    for record in islice(read_records(path), 1, None):
        line = _line(path, record)
        if line["table"] != table:
            continue
        if line["became"] == EMPTIED:
            raise InputError(
                tr(
                    "{table} was converted with --typed, and cells that could not be read are empty now ({list} names them); check what it was made from, or convert without --typed",
                    table=table,
                    list=path.name,
                )
            )
        if line["problem"] in RECORD_PROBLEMS:
            numbers = {c: int(line[c]) if line[c].lstrip("-").isdecimal() else None for c in _NUMBERS}
            yield {c: line[c] for c in _TEXTS} | numbers


def _line(path: Path, record: Record) -> dict[str, str]:
    if record.problem or record.cells is None or len(record.cells) != len(LIST_COLUMNS):
        raise InputError(tr("{list}: line {line} is damaged; convert again", list=path.name, line=record.line))
    return dict(zip(LIST_COLUMNS, record.cells, strict=True))
