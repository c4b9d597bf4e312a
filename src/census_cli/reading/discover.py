"""Which of the files given holds which table, by name and by header; what is not read is listed with its reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from census_cli.errors import InputError
from census_cli.i18n import reason, tr
from census_cli.reading.facts import FileFacts, inspect
from census_cli.reading.files import find_files
from census_cli.reading.headers import match_headers
from census_cli.reading.records import read_records
from census_cli.survey.models import Table

Format = Literal["csv", "parquet"]
FORMATS: dict[str, Format] = {".csv": "csv", ".parquet": "parquet"}
TABLE_FILES = (".xlsx", ".xlsm", ".xls", ".ods", ".et", ".tsv", ".txt", ".dbf", ".sav", ".dta")
LEAST_FIELDS = 3

_OWN_OUTPUTS = (
    ("rule", "severity", "table", "unit"),
    ("table", "unit", "village_code", "assurance"),
    ("rule", "table", "unit", "field"),
    ("table", "unit", "assurance", "verdict"),
)


@dataclass(frozen=True)
class RawFile:
    """One input file, the table it holds, and the column index of each field it carries."""

    path: Path
    name: str
    table: str
    format: Format
    headers: list[str]
    columns: dict[str, int]
    unknown_columns: list[str]
    facts: FileFacts


@dataclass(frozen=True)
class Ignored:
    """A file that is not read, and why."""

    name: str
    reason: str


@dataclass
class Discovery:
    """The files to read, in the order of their names, and those that are not."""

    files: list[RawFile] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)


def discover(data: Sequence[Path], tables: Sequence[Table]) -> Discovery:
    """Find the tables in folders and files; raises InputError for what cannot be used."""
    found = Discovery()
    for file in find_files(data):
        _sort_in(found, file.path, file.name, file.given, tables)
    if not found.files:
        seen = "; ".join(f"{i.name} ({i.reason})" for i in found.ignored) or tr("no file at all")
        known = ", ".join(f"{t.name}.csv ({t.title.zh})" for t in tables)
        raise InputError(tr("no table found. Seen: {seen}. Expected are files such as {known}", seen=seen, known=known))
    found.files.sort(key=lambda f: f.name)
    found.ignored.sort(key=lambda i: i.name)
    return found


def is_own_output(path: Path) -> bool:
    """Whether a file was written by census itself."""
    try:
        headers = read_headers(path, FORMATS.get(path.suffix.lower(), "csv"))
    except (InputError, UnicodeDecodeError, OSError):
        return path.suffix.lower() not in FORMATS
    return _is_own(headers)


def read_headers(path: Path, form: Format) -> list[str]:
    """The headers of a file; raises InputError."""
    if form == "parquet":
        return _parquet_headers(path)
    first = next(read_records(path), None)
    if first is None or first.cells is None or not any(c.strip() for c in first.cells):
        raise InputError(tr("{file} has no header line", file=path.name))
    return first.cells


def _sort_in(found: Discovery, path: Path, name: str, given: bool, tables: Sequence[Table]) -> None:
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        if given or (path.suffix.lower() in TABLE_FILES and any(_by_name(path.stem, tables))):
            raise InputError(tr("{file} is not a CSV or Parquet file; save it as 'CSV UTF-8' and give that", file=name))
        found.ignored.append(Ignored(name, tr("not a CSV or Parquet file")))
        return
    facts = _facts(path, name)
    if form == "csv" and facts.not_utf8:
        line, column = facts.not_utf8
        raise InputError(
            tr(
                "{file} is not UTF-8 (perhaps GBK) from line {line}, place {column}; save it as 'CSV UTF-8'",
                file=name,
                line=line,
                column=column,
            )
        )
    headers = read_headers(path, form)
    table, reason = _table_of(path.stem, headers, tables)
    if (
        table is None
        and not _is_own(headers)
        and any(length == len(_plain(path.stem)) for length, _ in _by_name(path.stem, tables))
    ):
        raise InputError(_no_header(name, headers))
    if table is None:
        found.ignored.append(Ignored(name, reason))
        return
    try:
        match = match_headers(headers, table)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    found.files.append(RawFile(path, name, table.name, form, headers, match.columns, match.unknown, facts))


def _no_header(name: str, headers: Sequence[str]) -> str:
    """Why a file that goes by the name of a table cannot be read as one."""
    if _is_separated_otherwise(headers):
        return tr("{file}: its columns are not separated by commas; save it as 'CSV UTF-8'", file=name)
    return tr(
        "{file}: its first line is no header, none of its cells names a column; remove the lines above the header", file=name
    )


def _is_separated_otherwise(headers: Sequence[str]) -> bool:
    return len(headers) == 1 and any(sign in headers[0] for sign in ";\t，")


def _facts(path: Path, name: str) -> FileFacts:
    try:
        facts = inspect(path)
    except OSError as error:
        raise InputError(tr("{path} cannot be read: {why}", path=name, why=reason(error))) from error
    if facts.size == 0:
        raise InputError(tr("{file} is empty", file=name))
    return facts


def _parquet_headers(path: Path) -> list[str]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return [str(n) for n in parquet.read_schema(path).names]
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            tr("{file} is no Parquet file, or a damaged one: {why}", file=path.name, why=str(error).splitlines()[0])
        ) from error


def _is_own(headers: Sequence[str]) -> bool:
    return any(tuple(headers[: len(own)]) == own for own in _OWN_OUTPUTS)


def _table_of(stem: str, headers: Sequence[str], tables: Sequence[Table]) -> tuple[Table | None, str]:
    if _is_own(headers):
        return None, tr("an output of census itself")
    carried = {t.name: _fields_in(headers, t) for t in tables}
    most = max(len(f) for f in carried.values())
    for length, table in sorted(_by_name(stem, tables), key=lambda x: -x[0]):
        exact = length == len(_plain(stem))
        if (exact and carried[table.name]) or (most and len(carried[table.name]) == most):
            return table, ""
    keyed = [t for t in tables if set(t.primaryKey) <= carried[t.name] and len(carried[t.name]) >= LEAST_FIELDS]
    best = [t for t in keyed if len(carried[t.name]) == max(len(carried[k.name]) for k in keyed)]
    if len(best) == 1:
        return best[0], ""
    if best:
        return None, tr("its header fits several tables: {tables}", tables=", ".join(t.name for t in best))
    if _is_separated_otherwise(headers):
        return None, tr("its columns are not separated by commas; save it as 'CSV UTF-8'")
    return None, tr("neither its name nor its header is that of a table")


def _fields_in(headers: Sequence[str], table: Table) -> set[str]:
    try:
        return set(match_headers(headers, table).columns)
    except InputError:
        # Two columns for one field: told once the table is known.
        return {f for h in headers for f in match_headers([h], table).columns}


def _by_name(stem: str, tables: Sequence[Table]) -> Iterator[tuple[int, Table]]:
    """The tables by whose name a file goes: the whole stem, or its beginning up to a sign that is no letter."""
    plain = _plain(stem)
    for table in tables:
        for name in map(_plain, (table.name, table.title.zh, table.title.en, *table.aliases)):
            if plain == name or (plain.startswith(name) and not plain[len(name)].isalpha()):
                yield len(name), table


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
