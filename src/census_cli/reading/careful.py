"""The careful reader as a stream of Arrow batches: every record with its number, sound ones with their cells, others with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from census_cli import arrow
from census_cli.conform import fold
from census_cli.reading.records import Record, read_records

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_RECORDS = 20_000


def careful_schema(columns: Mapping[str, int]) -> pa.Schema:
    """`row`, `problem`, `cells`, and each field as text."""
    import pyarrow as pa

    return pa.schema([("row", pa.int64()), ("problem", pa.string()), ("cells", pa.int64()), *((f, pa.string()) for f in columns)])


def careful_batches(path: Path, width: int, columns: Mapping[str, int]) -> Iterator[pa.RecordBatch]:
    """Every record after the header.

    `problem` is empty for a sound record, `blank` for one whose cells are all blank, else `width`, `quote` or `nul`;
    `cells` is the number of cells found, -1 where it is not known.
    """
    schema = careful_schema(columns)
    records = islice(read_records(path), 1, None)
    while chunk := list(islice(records, BATCH_RECORDS)):
        yield arrow.batch(schema, [_row(record, width, columns) for record in chunk])


def _row(record: Record, width: int, columns: Mapping[str, int]) -> dict[str, Any]:
    cells = record.cells or []
    problem = record.problem or _problem(cells, width)
    found = -1 if record.cells is None else len(cells)
    texts = dict.fromkeys(columns, "") if problem else {field: cells[index] for field, index in columns.items()}
    return {"row": record.number, "problem": problem, "cells": found, **texts}


def _problem(cells: list[str], width: int) -> str:
    if not any(map(fold, cells)):
        return "blank"
    return "" if len(cells) == width else "width"
