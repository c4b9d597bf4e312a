"""Writes the tables of a synthetic survey, chunk after chunk, into a folder that appears only when it is complete.  No row is made here."""

from __future__ import annotations

import csv
import io
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.sql.words import listed, name
from census_cli.survey.models import FieldModel
from census_cli.synth.expecting import PLANTED, VERDICTS, Found
from census_cli.synth.load import Kitchen
from census_cli.synth.texts import Headers, header, quoted, written

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

Format = Literal["csv", "parquet"]


class Tables(ABC):
    """The files of a survey, one for each table; all columns are text, so that a fault can be any text in any format."""

    def __init__(self, kitchen: Kitchen, headers: Headers, folder: Path) -> None:
        self.rows = dict.fromkeys(kitchen.recipe.tables, 0)
        self._kitchen, self._headers, self._folder = kitchen, headers, folder

    def cell(self, field: FieldModel, sql: str, typed: bool) -> str:
        """SQL for what stands in a cell, from a value in its own type or as text."""
        return written(field, self._kitchen.codes, self._headers, sql, typed)

    def part(self, engine: DuckDBEngine, table: str, rows: str) -> pa.Table:
        """The rows of a SELECT that yields a table's cells and the columns `#…` that order them; may be called in any thread."""
        import pyarrow as pa

        order = ", ".join(name("#" + column) for column in self._kitchen.recipe.tables[table].order)
        fields = [f.name for f in self._kitchen.tables[table].fields]
        batches = engine.stream(f"{self._select(list(map(name, fields)), rows, order)} ORDER BY {order}")
        return pa.Table.from_batches(batches, pa.schema([(column, pa.string()) for column in self._columns(fields)]))

    def add(self, table: str, part: pa.Table) -> None:
        """Append the part that is next."""
        self.rows[table] += part.num_rows
        self._add(table, part)

    def titles(self, table: str) -> list[str]:
        """The heads of a table's columns."""
        return [header(f, self._headers) for f in self._kitchen.tables[table].fields]

    @abstractmethod
    def close(self) -> None:
        """Complete the files."""

    @abstractmethod
    def _columns(self, fields: list[str]) -> list[str]: ...

    @abstractmethod
    def _select(self, fields: list[str], rows: str, order: str) -> str: ...

    @abstractmethod
    def _add(self, table: str, part: pa.Table) -> None: ...


class CsvTables(Tables):
    """CSV in UTF-8, RFC 4180, LF.  The engine makes whole lines, which is several times faster than to hand over cells."""

    def __init__(self, kitchen: Kitchen, headers: Headers, folder: Path) -> None:
        super().__init__(kitchen, headers, folder)
        self._files: dict[str, BinaryIO] = {}

    def cell(self, field: FieldModel, sql: str, typed: bool) -> str:
        """See Tables."""
        text = super().cell(field, sql, typed)
        words = "".join(c.label.zh for c in self._kitchen.codes[field.codes].codes) if field.codes else ""
        harmless = typed and (field.type not in ("string", "list") or field.codes) and not set(words) & set(',"\r\n')
        return text if harmless else quoted(text)

    def _columns(self, fields: list[str]) -> list[str]:  # noqa: ARG002  # whatever the fields
        return ["line"]

    def _select(self, fields: list[str], rows: str, order: str) -> str:
        line = ", ',', ".join(fields)
        return f"SELECT line FROM (SELECT concat({line}, chr(10)) AS line, {order} FROM ({rows}))"

    def _add(self, table: str, part: pa.Table) -> None:
        if table not in self._files:
            self._files[table] = (self._folder / f"{table}.csv").open("wb")
            self._files[table].write(csv_lines([self.titles(table)]))
        for lines in (chunk for chunk in part.column(0).chunks if len(chunk)):
            _, offsets, data = lines.buffers()
            start, end = (
                int.from_bytes(offsets[4 * i : 4 * i + 4], sys.byteorder) for i in (lines.offset, lines.offset + len(lines))
            )
            self._files[table].write(memoryview(data)[start:end])

    def close(self) -> None:
        """See Tables."""
        for file in self._files.values():
            file.close()


class ParquetTables(Tables):
    """Parquet, one row group for each chunk."""

    def __init__(self, kitchen: Kitchen, headers: Headers, folder: Path) -> None:
        super().__init__(kitchen, headers, folder)
        self._writers: dict[str, parquet.ParquetWriter] = {}

    def _columns(self, fields: list[str]) -> list[str]:
        return fields

    def _select(self, fields: list[str], rows: str, order: str) -> str:  # noqa: ARG002  # only a line leaves the order behind
        return f"SELECT {listed(fields)} FROM ({rows})"

    def _add(self, table: str, part: pa.Table) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        if table not in self._writers:
            schema = pa.schema([(title, pa.string()) for title in self.titles(table)])
            self._writers[table] = parquet.ParquetWriter(self._folder / f"{table}.parquet", schema, compression="zstd")
        self._writers[table].write_table(part.rename_columns(self.titles(table)), row_group_size=max(1, part.num_rows))

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


def write_lists(folder: Path, found: Found) -> None:
    """Write what must be found: `planted.csv` and `planted_verdicts.csv`, sorted by code point."""
    for file, columns, lines in (("planted", PLANTED, found.planted), ("planted_verdicts", VERDICTS, found.verdicts)):
        (folder / f"{file}.csv").write_bytes(csv_lines([columns, *sorted(lines)]))


def csv_lines(rows: Iterable[Iterable[str]]) -> bytes:
    """Records of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
