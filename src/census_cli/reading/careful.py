"""The careful reader as a stream of Arrow batches: every record with its number, sound ones with their cells, others with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from census_cli import arrow
from census_cli.folding import fold
from census_cli.reading.records import Record, read_records

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_RECORDS = 5_000


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
        yield _batch(schema, chunk, width, list(columns.values()))


def _batch(schema: pa.Schema, records: Sequence[Record], width: int, indexes: Sequence[int]) -> pa.RecordBatch:
    import pyarrow as pa

    problems = [record.problem or _problem(record.cells or [], width) for record in records]
    nothing = [""] * width
    # Column by column: much faster than to take each record apart.
    cells = list(zip(*(r.cells if r.cells and not p else nothing for r, p in zip(records, problems, strict=True)), strict=True))
    arrays = [
        arrow.integers([record.number for record in records]),
        arrow.texts(problems),
        arrow.integers([-1 if record.cells is None else len(record.cells) for record in records]),
        *(arrow.texts(cells[index]) for index in indexes),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _problem(cells: Sequence[str], width: int) -> str:
    if not fold(cells[0]) and not any(map(fold, cells)):
        return "blank"
    return "" if len(cells) == width else "width"
