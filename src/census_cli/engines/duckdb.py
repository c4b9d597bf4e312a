"""DuckDB, the engine that is built in: parallel, out of core, Arrow in and out."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from census_cli.engines import ordering
from census_cli.engines.base import EngineFault
from census_cli.errors import InputError, OptionError
from census_cli.i18n import tr
from census_cli.scratch import Scratch
from census_cli.sql.words import Vocabulary, name, string

if TYPE_CHECKING:
    import pyarrow as pa

    from census_cli.engines.base import Rewritten

BATCH_ROWS = 20_000
REWRITTEN_ROWS = 2_000
"""Rows that are rewritten at a time: each may become as many as there are rules."""
SHOWN_SQL = 2_000
MAX_THREADS = 256
LARGE_TEXT = 200_000_000
"""Bytes of a text file whose rows are held in a file instead of in memory."""
MANY_ROWS = 100_000
"""Rows that were hit, or discrepancies, from which on discrepancies are held in a file: each takes some 600 bytes, and a row may have fifty."""


class DuckDBEngine:
    """One connection in memory; what does not fit is spilled to a folder that is removed at the end, and there lie large text files, too."""

    distributed = False

    def __init__(self, memory: str | None = None, threads: int | None = None) -> None:
        settings: dict[str, str | int] = {
            "TimeZone": "UTC", "preserve_insertion_order": "true",
            "autoload_known_extensions": "false", "autoinstall_known_extensions": "false",
            # It writes derived columns out wherever an aggregate reads them, so that they are made again and again.
            "disabled_optimizers": "partial_aggregate_pushdown",
            # What lies in memory only is kept as it is: to compress it takes seconds after a large table, in one thread.
            "checkpoint_threshold": "1TB",
        }  # fmt: skip
        if memory:
            if not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?([KMGT]i?)B", memory, re.IGNORECASE):
                raise OptionError(tr("--memory {value}: write a number and a unit, such as 2GB", value=memory))
            settings["memory_limit"] = memory.upper()
        if threads is not None:
            if not 1 <= threads <= MAX_THREADS:
                raise OptionError(tr("--threads {value}: give a number from 1 to {most}", value=threads, most=MAX_THREADS))
            settings["threads"] = threads
        self._hastened = self._nothing_large = self._stopped = self._side_by_side = False
        self._running: list[duckdb.DuckDBPyConnection] = []
        self._never_empty: dict[str, Collection[str]] = {}
        self._in_file: set[str] = set()
        self._workers = threads or os.cpu_count() or 1
        self._connection = duckdb.connect()
        self._scratch = Scratch()
        self.spill = self._scratch.path
        try:
            for key, value in {**settings, "temp_directory": self.spill}.items():
                sql = f"SET {key} = {string(str(value))}"
                with _mapped_errors(sql):
                    self._connection.execute(sql)
        except BaseException as error:
            self.close()
            if isinstance(error, EngineFault):
                raise OptionError(tr("the engine refuses a setting: {why}", why=_first_line(error))) from error
            raise

    def teach(self, words: Vocabulary) -> None:
        """See Engine."""
        types = [f"CREATE TYPE {t} AS ENUM ({', '.join(map(string, texts))})" for t, texts in words.types.items()]
        functions = [f"CREATE OR REPLACE MACRO {f}({', '.join(given)}) AS ({sql})" for f, (given, sql) in words.functions.items()]
        self.execute([*types, *functions])

    def execute(self, statements: Sequence[str]) -> None:
        """Run statements of DuckDB's own."""
        self._run(";".join(statements))

    def add_csv(self, table: str, path: Path, headers: Sequence[str], records: int, delimiter: str = ",", above: int = 0) -> bool:
        """See Engine.  Record n is row id n − 1.  Reading in parallel has lost records in trials, so they are counted."""
        columns = [f"c{i}" for i in range(len(headers))]
        described = "{" + ", ".join(f"{c}: 'VARCHAR'" for c in columns) + "}"
        cells = ", ".join(f"nullif({c}, '') AS {c}" for c in columns)
        large = path.stat().st_size >= LARGE_TEXT
        ways = [(self._hold_as_file, "true")] * large + [(self.table, "true"), (self.table, "false")]
        for hold, parallel in ways:
            options = f"delim={string(delimiter)}, skip={above}, parallel={parallel}, {_CSV_OPTIONS}"
            reader = f"read_csv({_path(path)}, columns={described}, {options})"
            try:
                hold(table, f"SELECT {cells} FROM {reader}")
            except (InputError, EngineFault):
                continue
            if self.one(f"SELECT count(*) AS n FROM {name(table)}")["n"] == records:
                self._never_empty[table] = frozenset(columns)
                return True
            self.drop(table)
        return False

    def _hold_as_file(self, table: str, sql: str) -> None:
        """Lay rows out beside: they take a tenth of the room, and few different texts are worked on once instead of in every row."""
        self.lay_out(sql, self._file_of(table))
        self._view_of_file(table, ", file_row_number AS rowid")

    def _file_of(self, table: str) -> Path:
        return self.spill / f"{table}.parquet"

    def _view_of_file(self, table: str, beside: str = "") -> None:
        self.view(table, f"SELECT * EXCLUDE (file_row_number){beside} FROM {_parquet(self._file_of(table))}")
        self._in_file.add(table)

    def add_parquet(self, table: str, path: Path) -> None:
        """See Engine."""
        try:
            self._connection.execute(f"CREATE VIEW {name(table)} AS SELECT * FROM {_parquet(path)}")
            found = self._connection.execute(
                f"SELECT path_in_schema FROM parquet_metadata({_path(path)}) {_NEVER_EMPTY}"
            ).fetchall()
        except duckdb.Error as error:
            raise InputError(tr("{file} cannot be read as Parquet: {why}", file=path.name, why=_first_line(error))) from error
        self._never_empty[table] = frozenset(column for (column,) in found)

    def never_empty(self, table: str) -> Collection[str]:
        """See Engine."""
        return self._never_empty.get(table, ())

    def add_batches(self, table: str, batches: pa.RecordBatchReader) -> None:
        """See Engine."""
        self._run_over(batches, f"CREATE TABLE {name(table)} AS SELECT * FROM incoming")

    def _run_over(self, incoming: pa.RecordBatchReader, sql: str) -> None:
        import pyarrow as pa

        raised: list[BaseException] = []

        def watched() -> Iterator[pa.RecordBatch]:
            try:
                yield from incoming
            except BaseException as error:
                raised.append(error)
                raise

        try:
            with _mapped_errors(sql), self._watched() as cursor:
                cursor.register("incoming", pa.RecordBatchReader.from_batches(incoming.schema, watched()))
                cursor.execute(sql)
                cursor.unregister("incoming")
        except Exception:
            # The engine calls back in a thread of its own and forgets what kind of error it met there.
            if raised:
                raise raised[0] from None
            raise

    def known(self, table: str) -> Any:
        """See Engine."""
        raise InputError(tr("'{table}' is no file; as the name of a table it needs --engine spark", table=table))

    def add_frame(self, table: str, frame: Any) -> None:
        """See Engine."""
        raise NotImplementedError(f"{table}: DuckDB has no tables of others")

    def columns(self, table: str) -> Mapping[str, str]:
        """See Engine."""
        described = self._connection.execute(f"DESCRIBE {name(table)}").fetchall()
        return {column: _storage(kind) for column, kind, *_ in described}

    def view(self, table: str, sql: str) -> None:
        """See Engine."""
        self._run(f"CREATE OR REPLACE VIEW {name(table)} AS {sql}")

    def table(self, table: str, sql: str) -> None:
        """See Engine."""
        self._run(f"CREATE OR REPLACE TABLE {name(table)} AS {sql}")

    def in_order(self, table: str, sql: str, by: Sequence[str], rows: int) -> None:
        """See Engine.  To sort a union of tables takes all memory and then fails (DuckDB 2.0); to sort one file goes by way of the disk."""
        if rows < MANY_ROWS:
            return self.table(table, f"SELECT * FROM ({sql}) ORDER BY {ordering.order(by)}")
        unsorted, files = self.spill / f"{table}.unsorted.parquet", []
        self._run(_written(sql, unsorted, in_order=False))
        from_file = f"FROM read_parquet({_path(unsorted)}, hive_partitioning=false)"
        cuts = self._run(ordering.sample(from_file, by[: ordering.CUT_BY])).fetchall()
        for number, piece in enumerate(ordering.pieces(from_file, by, cuts, rows)):
            files.append(self.spill / f"{table}.{number:05}.parquet")
            self.lay_out(piece, files[-1])
        unsorted.unlink()
        return self.view(table, f"SELECT * FROM read_parquet([{', '.join(map(_path, files))}], hive_partitioning=false)")

    def rowwise(self, table: str, sql: str, of: str) -> None:  # noqa: ARG002  # the SELECT names its table
        """See Engine."""
        self.table(table, sql)

    def rewritten(self, table: str, parts: Sequence[Rewritten], schema: pa.Schema) -> None:
        """See Engine."""
        import pyarrow as pa

        written = (function(batch) for sql, function in parts for batch in self._batches(sql, REWRITTEN_ROWS))
        batches = pa.RecordBatchReader.from_batches(schema, written)
        if sum(self.one(f"SELECT count(*) AS n FROM ({sql})")["n"] for sql, _ in parts) < MANY_ROWS:
            self.add_batches(table, batches)
        else:
            self._run_over(batches, _written("SELECT * FROM incoming", self._file_of(table)))
            self._view_of_file(table)

    def through(self, table: str, rows: pa.RecordBatchReader, sql: str) -> pa.RecordBatchReader:
        """Run a SELECT over a stream of rows that are not held."""
        cursor = self._connection.cursor()
        cursor.register(table, rows)
        return cursor.sql(sql).to_arrow_reader(BATCH_ROWS)

    def lay_out(self, sql: str, path: Path) -> None:
        """Write the rows of a SELECT to a Parquet file."""
        self._run(_written(sql, path))

    def write_parts(self, sql: str, folder: Path) -> None:
        """See Engine."""
        folder.mkdir()
        self.lay_out(sql, folder / "part-00000.parquet")

    def drop(self, table: str) -> None:
        """See Engine."""
        if table in self._in_file:
            self._run(f"DROP VIEW {name(table)}")
            self._file_of(table).unlink()
            self._in_file.remove(table)
        else:
            self._run(f"DROP TABLE {name(table)}")

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        """See Engine."""
        return self._batches(sql, BATCH_ROWS)

    def hasten(self) -> None:
        """See Engine."""
        self._hastened = True

    def side_by_side(self) -> None:
        """See Engine."""
        self._nothing_large = True

    def together(self, tasks: Mapping[str, Callable[[], None]], step: Callable[[str], None] | None = None) -> None:
        """See Engine.  A plan is made by one thread, and run by one where a table has fewer rows than a group of rows holds."""
        if not self._nothing_large or self._workers == 1 or len(tasks) < 2:
            for named, task in tasks.items():
                if step:
                    step(named)
                task()
            return
        if step:
            step(", ".join(tasks))
        self._side_by_side = True
        try:
            with ThreadPoolExecutor(min(self._workers, len(tasks))) as pool:
                for done in [pool.submit(task) for task in tasks.values()]:
                    done.result()
        finally:
            self._side_by_side = False

    def one(self, sql: str) -> Mapping[str, int]:
        """See Engine."""
        result = self._run(sql)
        row = result.fetchone()
        assert row is not None
        return dict(zip((d[0] for d in result.description), row, strict=True))

    def share(self) -> float | None:
        """See Engine."""
        percent = -1.0
        with suppress(duckdb.Error, IndexError):  # it may have ended since
            percent = self._running[-1].query_progress()
        return percent / 100 if percent >= 0 else None

    def stop(self) -> bool:
        """See Engine."""
        self._stopped = True
        for cursor in [*self._running]:
            with suppress(duckdb.Error):  # it may be closed since
                cursor.interrupt()
        return self._side_by_side

    def close(self) -> None:
        """See Engine."""
        self._connection.close()
        self._scratch.remove()

    def _batches(self, sql: str, rows: int) -> Iterator[pa.RecordBatch]:
        with _mapped_errors(sql), self._watched() as cursor:
            yield from cursor.sql(sql).to_arrow_reader(rows)

    def _run(self, sql: str) -> Any:
        """Run on a cursor of its own: an open result blocks the connection that made it."""
        with _mapped_errors(sql), self._watched() as cursor:
            return cursor.execute(sql)

    @contextmanager
    def _watched(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that tells how far it is, and that can be stopped."""
        cursor = self._connection.cursor()
        self._running.append(cursor)
        try:
            if self._stopped:
                raise KeyboardInterrupt
            cursor.execute(_MEASURED + ("; PRAGMA disable_optimizer" if self._hastened else ""))
            yield cursor
        finally:
            self._running.remove(cursor)


# What runs is measured, and nothing is shown by the engine itself.
_MEASURED = "SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0"


@contextmanager
def _mapped_errors(sql: str) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise _no_room(error) from error
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        if "unicode" in str(error).lower() or "utf" in str(error).lower():
            raise InputError(tr("a text in the data is not UTF-8: {why}", why=_first_line(error))) from error
        raise EngineFault(f"{_first_line(error)}\n{sql[:SHOWN_SQL]}") from error
    except duckdb.IOException as error:
        if f'"errno":"{errno.ENOSPC}"' in str(error) or os.strerror(errno.ENOSPC) in str(error):
            raise _no_disk() from error
        raise InputError(tr("the engine cannot read or write a file: {why}", why=_first_line(error))) from error
    except duckdb.Error as error:
        raise EngineFault(f"{_first_line(error)}\n{sql[:SHOWN_SQL]}") from error
    except RuntimeError as error:
        if "interrupted" in str(error).lower():  # how DuckDB tells of Ctrl-C
            raise KeyboardInterrupt from error
        raise


def _no_disk() -> OptionError:
    return OptionError(
        tr("the disk is full; --spill names a folder with more room for temporary files, --output one for results")
    )


def _no_room(error: duckdb.Error) -> OptionError:
    if "temp_directory" in str(error):
        return _no_disk()
    return OptionError(tr("the memory allowed does not suffice; give more with --memory"))


# Blanks stay texts (no nullstr that occurs): otherwise blank cells beyond the header's width would be dropped unseen.
_CSV_OPTIONS = (
    "auto_detect=false, header=true, quote='\"', escape='\"', strict_mode=true, null_padding=false,"
    " nullstr=chr(0), hive_partitioning=false"
)


# The least text of each part of a column tells, unless the whole part is missing.
_NEVER_EMPTY = "GROUP BY 1 HAVING bool_and(coalesce(stats_min_value > '' OR stats_null_count = num_values, FALSE))"


def _parquet(path: Path) -> str:
    """The rows of a Parquet file, numbered from 0."""
    return f"read_parquet({_path(path)}, file_row_number=true, hive_partitioning=false, binary_as_string=true)"


def _written(sql: str, path: Path, in_order: bool = True) -> str:
    """To keep the order of rows may take many times their room in the file, on disk."""
    return f"COPY ({sql}) TO {string(str(path))} (FORMAT parquet, PRESERVE_ORDER {in_order})"


def _path(path: Path) -> str:
    """A path as a constant; what would be a pattern of names is taken literally."""
    return string(re.sub(r"([*?\[])", r"[\1]", str(path)))


def _storage(kind: object) -> str:
    text = str(kind)
    return "VARCHAR" if text.startswith("ENUM") else text


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0]
