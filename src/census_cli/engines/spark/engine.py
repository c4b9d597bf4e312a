"""The engine Spark: tables are its temporary views, SELECTs are translated, what is written by Python runs beside its executors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.engines.ordering import order
from census_cli.engines.spark import workers
from census_cli.engines.spark.faults import mapped, mapped_name
from census_cli.engines.spark.session import open_session, quiet
from census_cli.engines.spark.translate import Translator
from census_cli.errors import CensusError
from census_cli.scratch import Scratch
from census_cli.sql.words import Vocabulary, name

if TYPE_CHECKING:
    import pyarrow as pa

    from census_cli.engines.base import Rewritten

# How Spark's types are called in our SQL; what is of another type is read as text by DuckDB.
KINDS = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT",
    "date": "DATE", "timestamp_ntz": "TIMESTAMP",
}  # fmt: skip
LIKE = (
    "VARCHAR",
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "DATE",
    "TIMESTAMP",
)
FLOATS = ("FLOAT", "DOUBLE")


class SparkEngine:
    """A session of its own; files that Spark cannot read as we do are read by DuckDB and laid out as Parquet in `spill`."""

    distributed = True

    def __init__(self, memory: str | None = None, threads: int | None = None) -> None:
        opened = open_session(memory, threads)
        self._session, self._outer, self._started, self._log = opened.session, opened.outer, opened.started, opened.log
        self._cached: list[Any] = []
        self._translate = Translator()
        self._lent: list[str] = []
        self._words = Vocabulary({}, {}, lambda sql, _kind: sql)
        self._reader = DuckDBEngine(None, threads)
        self._scratch = Scratch()
        self.spill = self._scratch.path

    def teach(self, words: Vocabulary) -> None:
        """See Engine."""
        self._words = words
        self._reader.teach(words)
        self._translate.teach(words)

    def add_csv(self, table: str, path: Path, headers: Sequence[str], records: int, delimiter: str = ",", above: int = 0) -> bool:
        """See Engine."""
        if not self._reader.add_csv(table, path, headers, records, delimiter, above):
            return False
        columns = ", ".join(f"c{i}" for i in range(len(headers)))
        self._lay_out(table, f"SELECT {columns}, rowid FROM {name(table)}")
        self._reader.drop(table)
        return True

    def add_parquet(self, table: str, path: Path) -> None:
        """See Engine."""
        self._reader.add_parquet(table, path)
        kinds = self._reader.columns(table)
        if not all(alike(kind) or kind in FLOATS for kind in kinds.values()):
            return self._lay_out(table, f"SELECT {self._cells(kinds)} FROM {name(table)}")
        with mapped():
            rows = self._session.read.parquet(path.absolute().as_uri()).selectExpr("*", "_metadata.row_index AS file_row_number")
            return self._offer(table, rows)

    def never_empty(self, table: str) -> Collection[str]:
        """See Engine."""
        return self._reader.never_empty(table)

    def add_batches(self, table: str, batches: pa.RecordBatchReader) -> None:
        """See Engine."""
        self._reader.add_batches(table, batches)
        self._lay_out(table, f"SELECT {self._cells(self._reader.columns(table))}, rowid FROM {name(table)}")
        self._reader.drop(table)

    def known(self, table: str) -> Any:
        """See Engine.  The session that is there knows views that ours does not."""
        with mapped_name(table):
            return self._outer.table(table)

    def add_frame(self, table: str, frame: Any) -> None:
        """Hold a DataFrame of Spark.

        Its rows have no order and so no number; below zero they have one all the same, by which they are told apart, in the order of what they hold.
        """
        with mapped():
            shared = f"census_{uuid4().hex}"
            frame.toDF(*(f"c{i}" for i in range(len(frame.columns)))).createGlobalTempView(shared)
            self._lent.append(shared)
            sql = f"SELECT * FROM global_temp.{shared} ORDER BY ALL"
            kept = self._session.sql(sql).selectExpr("*", f"monotonically_increasing_id() - {1 << 62} AS rowid")
            self._offer(table, kept.localCheckpoint())

    def columns(self, table: str) -> Mapping[str, str]:
        """See Engine."""
        with mapped():
            return {c: KINDS.get(kind, kind.upper()) for c, kind in self._session.table(f"`{table}`").dtypes}

    def view(self, table: str, sql: str) -> None:
        """See Engine."""
        with mapped(sql):
            self._frame(sql).createOrReplaceTempView(f"`{table}`")

    def table(self, table: str, sql: str) -> None:
        """See Engine."""
        with mapped(sql):
            self._keep(table, self._frame(sql))

    def in_order(self, table: str, sql: str, by: Sequence[str], rows: int) -> None:  # noqa: ARG002  # Spark keeps on disk what is too much
        """See Engine."""
        self.table(table, f"SELECT * FROM ({sql}) ORDER BY {order(by)}")

    def rowwise(self, table: str, sql: str, of: str) -> None:
        """See Engine."""
        with mapped(sql), quiet():
            frame = self._session.table(f"`{of}`")
            made = _beside(frame, workers.row_by_row(self._words, of, sql), self._schema_of(frame, of, sql))
            self._cached.append(made.persist())
            made.createOrReplaceTempView(f"`{table}`")

    def rewritten(self, table: str, parts: Sequence[Rewritten], schema: pa.Schema) -> None:
        """See Engine."""
        from pyspark.sql.pandas.types import from_arrow_schema

        kept = None
        for sql, function in parts:
            with mapped(sql), quiet():
                frame = _beside(self._frame(sql), workers.rewriting(function), from_arrow_schema(schema))
                kept = frame if kept is None else kept.unionAll(frame)
        assert kept is not None
        with mapped(), quiet():
            self._keep(table, kept)

    def write_parts(self, sql: str, folder: Path) -> None:
        """See Engine."""
        with mapped(sql):
            self._frame(sql).write.parquet(folder.absolute().as_uri())

    def drop(self, table: str) -> None:
        """See Engine."""
        with mapped():
            self._session.catalog.dropTempView(table)

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        """See Engine.  A part of the rows at a time is on this machine."""
        import pyarrow as pa

        with mapped(sql), quiet():
            for row in _beside(self._frame(sql), workers.packed, "batch binary").toLocalIterator():
                yield from pa.ipc.open_stream(bytes(row[0]))

    def hasten(self) -> None:
        """See Engine.  Spark improves every plan."""

    def side_by_side(self) -> None:
        """See Engine.  Spark divides each task among its own workers."""

    def together(self, tasks: Mapping[str, Callable[[], None]], step: Callable[[str], None] | None = None) -> None:
        """See Engine.  Spark divides each task among its own workers."""
        for named, task in tasks.items():
            if step:
                step(named)
            task()

    def one(self, sql: str) -> Mapping[str, int]:
        """See Engine."""
        with mapped(sql):
            rows = self._frame(sql).collect()
        return dict(zip(rows[0].__fields__, rows[0], strict=True))

    def share(self) -> float | None:
        """See Engine.  Of the stages that run, how many of their tasks are done."""
        from py4j.protocol import Py4JError

        with suppress(Py4JError, ConnectionError):  # it may have ended since
            tracker = self._session.sparkContext.statusTracker()
            stages = [s for s in map(tracker.getStageInfo, tracker.getActiveStageIds()) if s is not None]
            if tasks := sum(s.numTasks for s in stages):
                return float(sum(s.numCompletedTasks for s in stages) / tasks)
        return None

    def stop(self) -> bool:
        """See Engine.  What waits for Spark hears of Ctrl-C by itself."""
        return self._reader.stop()

    def close(self) -> None:
        """See Engine."""
        self._reader.close()
        self._scratch.remove()
        if self._log:
            self._log.unlink(missing_ok=True)
        # A Spark that has died has said so already.
        with suppress(CensusError), mapped():
            if self._started:
                self._session.stop()
                return
            for shared in self._lent:
                self._session.catalog.dropGlobalTempView(shared)
            for frame in self._cached:
                frame.unpersist()

    def _frame(self, sql: str) -> Any:
        return self._session.sql(self._translate(sql))

    def _keep(self, table: str, frame: Any) -> None:
        """Compute once.  Where Spark has a folder for checkpoints they outlive an executor, else they lie with the executors."""
        reliable = self._session.sparkContext.getCheckpointDir() is not None
        kept = frame.checkpoint() if reliable else frame.localCheckpoint()
        kept.createOrReplaceTempView(f"`{table}`")

    def _cells(self, kinds: Mapping[str, str]) -> str:
        """Columns; what Spark would read or write differently comes as text."""
        texts = {c: name(c) if alike(k) else f"{self._words.text_of(name(c), k)} AS {name(c)}" for c, k in kinds.items()}
        return ", ".join(texts.values())

    def _offer(self, table: str, frame: Any) -> None:
        """Rows of Spark's own under a name, with numbers that are no decimals as text."""
        from pyspark.sql.pandas.types import to_arrow_schema

        with quiet():
            kinds = self._kinds(to_arrow_schema(frame.schema))
            if not all(map(alike, kinds.values())):
                sql = f"SELECT {self._cells(kinds)} FROM {name(table)}"
                frame = _beside(frame, workers.row_by_row(self._words, table, sql), self._schema_of(frame, table, sql))
            frame.createOrReplaceTempView(f"`{table}`")

    def _kinds(self, schema: pa.Schema) -> Mapping[str, str]:
        self._reader.add_batches("kinds", schema.empty_table().to_reader())
        kinds = self._reader.columns("kinds")
        self._reader.drop("kinds")
        return kinds

    def _lay_out(self, table: str, sql: str) -> None:
        """Hand what DuckDB has read over to Spark."""
        path = self.spill / f"{table}.parquet"
        self._reader.lay_out(sql, path)
        with mapped():
            self._session.read.parquet(path.as_uri()).createOrReplaceTempView(f"`{table}`")

    def _schema_of(self, frame: Any, of: str, sql: str) -> Any:
        """The columns that a SELECT gives, told by DuckDB from no rows."""
        from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

        nothing = to_arrow_schema(frame.schema).empty_table().to_reader()
        return from_arrow_schema(self._reader.through(of, nothing, sql).schema, prefer_timestamp_ntz=True)


def alike(kind: str) -> bool:
    """Whether both engines read and write a type of DuckDB's alike."""
    return kind in LIKE or kind.startswith("DECIMAL")


def _beside(frame: Any, work: workers.Work, schema: Any) -> Any:
    """Put all batches of a frame through Python.  PySpark looks columns up by name there and takes a point in it for a path."""
    numbered = frame.toDF(*(f"c{i}" for i in range(len(frame.columns))))
    return numbered.mapInArrow(workers.named(frame.columns, work), schema)
