"""Converted tables as files that only their owner can read: Parquet, CSV, and the list of what could not be read."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from census_cli.errors import OptionError
from census_cli.i18n import tr
from census_cli.reading.converted import LIST_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS = 60_000
"""Rows of a row group of Parquet: as many as are held in memory."""


def write_parquet(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    """Write rows as they come, in groups; returns how many."""
    import pyarrow as pa
    from pyarrow import parquet

    rows = 0
    with _private(path) as file, parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(batches):
            table = pa.Table.from_batches(group).rename_columns(schema.names).cast(schema)
            writer.write_table(table, row_group_size=max(1, table.num_rows))
            rows += table.num_rows
    return rows


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    group: list[pa.RecordBatch] = []
    for batch in batches:
        # Two files may store what means nothing here differently, and a group is of one file.
        if group and (batch.schema != group[0].schema or sum(map(len, group)) >= GROUP_ROWS):
            yield group
            group = []
        group.append(batch)
    if group:
        yield group


def write_csv(path: Path, columns: Sequence[str], batches: Iterator[pa.RecordBatch]) -> int:
    """Write lines that the engine has made, below a header: UTF-8 with BOM, LF; returns how many."""
    import pyarrow as pa

    rows = 0
    with _private(path) as file:
        file.write(b"\xef\xbb\xbf" + _lines([columns]))
        for batch in batches:
            text = _joined(batch.column(0).cast(pa.string()))
            if b"\0" in text:
                raise OptionError(tr("{file}: a text holds a NUL sign, which CSV cannot; use --format parquet", file=path.name))
            file.write(text)
            rows += len(batch)
    return rows


def _joined(lines: pa.StringArray) -> bytes:
    """All texts of an array, one after the other, without a look at each."""
    _, offsets, data = lines.buffers()
    ends = memoryview(offsets).cast("i")[lines.offset : lines.offset + len(lines) + 1]
    return bytes(memoryview(data)[ends[0] : ends[-1]]) if data else b""


def write_list(path: Path, lines: Iterable[Sequence[object]]) -> None:
    """Write the list of what could not be read, a line each."""
    with _private(path) as file:
        file.write(b"\xef\xbb\xbf")
        for line in chain([LIST_COLUMNS], lines):
            file.write(_lines([["" if value is None else value for value in line]]))


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner can read: tables hold personal data in full."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
