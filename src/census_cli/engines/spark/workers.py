"""What runs beside Spark's executors, in Python: SELECTs over single rows, the pen, and batches on their way out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from census_cli.sql.words import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

    Work = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]

MEMORY = "1GB"
"""What DuckDB may use beside an executor: rows stream through it."""


def named(columns: Sequence[str], work: Work) -> Work:
    """The same work on batches whose columns are given their names first."""
    return lambda batches: work(batch.rename_columns(columns) for batch in batches)


def row_by_row(words: Vocabulary, table: str, sql: str) -> Work:
    """A SELECT of which every row hangs on one row only, by DuckDB: what a text means is said once, and Spark plans nothing."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        from census_cli.engines.duckdb import DuckDBEngine

        first = next(batches, None)
        if first is None:
            return
        engine = DuckDBEngine(MEMORY, threads=1)
        try:
            engine.teach(words)
            yield from engine.through(table, pa.RecordBatchReader.from_batches(first.schema, chain([first], batches)), sql)
        finally:
            engine.close()

    return run


def rewriting(function: Callable[[pa.RecordBatch], pa.RecordBatch]) -> Work:
    """A function over batches."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            if batch.num_rows:
                yield function(batch)

    return run


def packed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Each batch as one cell of bytes, so that batches can be fetched part by part."""
    import pyarrow as pa

    for batch in batches:
        if batch.num_rows:
            held = io.BytesIO()
            # Spark tells which columns can have blanks; nobody else goes by that.
            bare = pa.RecordBatch.from_arrays(batch.columns, batch.schema.names)
            with pa.ipc.new_stream(held, bare.schema) as stream:
                stream.write_batch(bare)
            yield pa.RecordBatch.from_arrays([pa.array([held.getvalue()], pa.binary())], ["batch"])
