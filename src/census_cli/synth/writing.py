"""Writes the tables of a synthetic survey, chunk after chunk, into a folder that appears only when it is complete.  No row is made here."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.errors import OptionError
from census_cli.i18n import tr
from census_cli.sql.words import listed, name
from census_cli.synth.load import Kitchen
from census_cli.synth.texts import Headers, header, written

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

Format = Literal["csv", "parquet"]

PLANTED = ("rule", "table", "unit", "field")
VERDICTS = ("table", "unit", "assurance", "verdict", "reason_code")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its name when the work is done, and is removed when it fails."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OptionError(tr("{path} is there already and not empty; give a new folder", path=out))
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.absolute().parent))
        try:
            yield part
            part.chmod(0o777 & ~_umask())
            if out.exists():
                out.rmdir()
            part.rename(out)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise OptionError(tr("{path} cannot be written: {why}", path=out, why=error.strerror or error)) from error


def _umask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask


@dataclass(frozen=True)
class Part:
    """The rows of one chunk and how many they are: a CSV file without a header, or an Arrow table."""

    rows: int
    held: Path | pa.Table


class Tables(ABC):
    """The files of a survey, one for each table; all columns are text, so that a fault can be any text in any format."""

    def __init__(self, kitchen: Kitchen, headers: Headers, folder: Path) -> None:
        self.rows = dict.fromkeys(kitchen.recipe.tables, 0)
        self.folder = folder
        self._kitchen, self._headers = kitchen, headers

    def part(self, engine: DuckDBEngine, table: str, rows: str, number: int) -> Part:
        """The rows of a SELECT that yields a table's fields as text and the columns `#…` that order them; safe in threads."""
        made = self._kitchen.recipe.tables[table]
        fields = self._kitchen.tables[table].fields
        cells = [f"{written(f, self._kitchen.codes, self._headers, name(f.name))} AS {name(f.name)}" for f in fields]
        order = ", ".join(name("#" + column) for column in made.order)
        return self._part(engine, f"SELECT {listed(cells)}\nFROM ({rows})\nORDER BY {order}", f"{table}.{number}.part")

    def add(self, table: str, part: Part) -> None:
        """Append the part that is next."""
        self.rows[table] += part.rows
        self._add(table, part)

    def titles(self, table: str) -> list[str]:
        """The heads of a table's columns."""
        return [header(f, self._headers) for f in self._kitchen.tables[table].fields]

    @abstractmethod
    def close(self) -> None:
        """Complete the files."""

    @abstractmethod
    def _part(self, engine: DuckDBEngine, sql: str, file: str) -> Part: ...

    @abstractmethod
    def _add(self, table: str, part: Part) -> None: ...


class CsvTables(Tables):
    """CSV in UTF-8, RFC 4180, LF."""

    def _part(self, engine: DuckDBEngine, sql: str, file: str) -> Part:
        path = self.folder / file
        return Part(engine.write_csv(sql, path), path)

    def _add(self, table: str, part: Part) -> None:
        assert isinstance(part.held, Path)
        with (self.folder / f"{table}.csv").open("ab") as whole, part.held.open("rb") as rows:
            if whole.tell() == 0:
                whole.write(csv_lines([self.titles(table)]))
            shutil.copyfileobj(rows, whole, 1 << 20)
        part.held.unlink()

    def close(self) -> None:
        """See Tables."""


class ParquetTables(Tables):
    """Parquet, one row group for each chunk."""

    def __init__(self, kitchen: Kitchen, headers: Headers, folder: Path) -> None:
        super().__init__(kitchen, headers, folder)
        self._writers: dict[str, parquet.ParquetWriter] = {}

    def _part(self, engine: DuckDBEngine, sql: str, file: str) -> Part:  # noqa: ARG002  # nothing is written before its turn
        import pyarrow as pa

        rows = pa.Table.from_batches(engine.stream(sql))
        return Part(rows.num_rows, rows)

    def _add(self, table: str, part: Part) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        assert isinstance(part.held, pa.Table)
        if table not in self._writers:
            schema = pa.schema([(title, pa.string()) for title in self.titles(table)])
            self._writers[table] = parquet.ParquetWriter(self.folder / f"{table}.parquet", schema, compression="zstd")
        self._writers[table].write_table(part.held.rename_columns(self.titles(table)), row_group_size=part.rows or None)

    def close(self) -> None:
        """See Tables."""
        for writer in self._writers.values():
            writer.close()


@contextmanager
def open_tables(kitchen: Kitchen, form: Format, headers: Headers, folder: Path) -> Iterator[Tables]:
    """The files of a survey, open for parts."""
    tables = (CsvTables if form == "csv" else ParquetTables)(kitchen, headers, folder)
    try:
        yield tables
    finally:
        tables.close()


def write_lists(folder: Path, planted: set[tuple[str, ...]], verdicts: set[tuple[str, ...]]) -> None:
    """Write what must be found: `planted.csv` and `planted_verdicts.csv`, sorted by code point."""
    for file, columns, rows in (("planted", PLANTED, planted), ("planted_verdicts", VERDICTS, verdicts)):
        (folder / f"{file}.csv").write_bytes(csv_lines([columns, *sorted(rows)]))


def csv_lines(rows: Iterable[Iterable[str]]) -> bytes:
    """Records of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
