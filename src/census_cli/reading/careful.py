"""The careful reader as a stream of Arrow batches: every record with its number, sound ones with their cells, others with what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from census_cli import arrow
from census_cli.reading.records import Record
from census_cli.skipping import skipped

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_RECORDS = 5_000


def careful_schema(columns: Mapping[str, int]) -> pa.Schema:
    """`row`, `problem`, `cells`, `line`, `place`, and each field as text."""
    import pyarrow as pa

    about = [("row", pa.int64()), ("problem", pa.string()), *((name, pa.int64()) for name in ("cells", "line", "place"))]
    return pa.schema([*about, *((f, pa.string()) for f in columns)])


def careful_batches(
    records: Iterator[Record], headers: Sequence[str], columns: Mapping[str, int], header_rows: int = 1, converted: bool = False
) -> Iterator[pa.RecordBatch]:
    """Every record after the header.

    `problem` is empty for a sound record, one of SKIPPED for a line that is no record of the table, else `width`, `quote`,
    `nul` or `encoding`; `cells` is the number of cells found, -1 where it is not known; `line` and `place` are where the
    record, or the byte that cannot be decoded, stands in the file.  In a converted table only blank lines are no records.
    """
    schema = careful_schema(columns)
    rest = islice(records, header_rows, None)
    while chunk := list(islice(rest, BATCH_RECORDS)):
        yield _batch(schema, chunk, headers, list(columns.values()), header_rows, converted)


def _batch(
    schema: pa.Schema,
    records: Sequence[Record],
    headers: Sequence[str],
    indexes: Sequence[int],
    header_rows: int,
    converted: bool,
) -> pa.RecordBatch:
    import pyarrow as pa

    problems = [record.problem or _what_of(record.cells or [""], headers, converted) for record in records]
    nothing = [""] * len(headers)
    # Column by column: much faster than to take each record apart.
    cells = list(zip(*(r.cells if r.cells and not p else nothing for r, p in zip(records, problems, strict=True)), strict=True))
    places = [record.place or (record.line, 0) for record in records]
    arrays = [
        arrow.integers([record.number - header_rows + 1 for record in records]),
        arrow.texts(problems),
        arrow.integers([-1 if record.cells is None else len(record.cells) for record in records]),
        arrow.integers([line for line, _ in places]),
        arrow.integers([place for _, place in places]),
        *(arrow.texts(_unwrapped(cells[index])) for index in indexes),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _what_of(cells: Sequence[str], headers: Sequence[str], converted: bool) -> str:
    what = skipped(cells, headers)
    return (what if what == "blank" or not converted else None) or ("" if len(cells) == len(headers) else "width")


def _unwrapped(cells: Sequence[str]) -> Sequence[str]:
    """Without what keeps a spreadsheet from taking digits for a number: `="…"`, a leading apostrophe."""
    together = "\0".join(cells)
    return list(map(_unwrap, cells)) if "'" in together or '="' in together else cells


def _unwrap(cell: str) -> str:
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    return cell.removeprefix("'")
