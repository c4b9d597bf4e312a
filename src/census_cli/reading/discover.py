"""Which of the files given holds which table, by name and by header; what is not read is listed with its reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from census_cli.errors import InputError
from census_cli.i18n import reason, tr
from census_cli.reading.converted import LIST, LIST_COLUMNS, ORIGIN, ROW, SOURCE, origin_of
from census_cli.reading.encodings import encoding_of
from census_cli.reading.facts import FileFacts, inspect
from census_cli.reading.files import Found, find_files
from census_cli.reading.headers import HeaderMatch, fields_in, most_fields
from census_cli.reading.instances import with_instances
from census_cli.reading.layout import LOOKED_AT, Header, Layout, find_header, find_layout
from census_cli.reading.packed import laid_out
from census_cli.reading.records import Record, read_records
from census_cli.reading.rosters import with_repeats
from census_cli.reading.signatures import kind
from census_cli.reading.tablets import Tablet, match, repeat_of
from census_cli.reading.workbooks import WORKBOOKS, Sheet, sheets
from census_cli.survey.models import Table

Format = Literal["text", "parquet", "arrow", "workbook"]
FORMATS: dict[str, Format] = {".csv": "text", ".tsv": "text", ".tab": "text", ".txt": "text", ".parquet": "parquet"}
FORMATS |= dict.fromkeys((".arrow", ".feather", ".ipc"), "arrow")
FORMATS |= dict.fromkeys(WORKBOOKS, "workbook")
TABLE_FILES = (".dbf", ".sav", ".dta", ".numbers", ".mdb", ".accdb")
MOST_COLUMNS = 2_000
LEAST_FIELDS = 3

_OWN_OUTPUTS = (
    ("rule", "severity", "table", "unit"),
    ("table", "unit", "village_code", "assurance"),
    ("rule", "table", "unit", "field"),
    ("table", "unit", "assurance", "verdict"),
)


@dataclass(frozen=True)
class RawFile:
    """One input file, the table it holds, and the column index of each field it carries.

    `header_rows` are the records down to the header's last, `titles` what stands above it.  `near` are unknown headers with the
    field that they may mean, `repeats` the columns, as `table.field`, of a table that is made of this file's rows.  `unread` is the
    list beside a converted table.  `tablet` tells what an app for tablets has written among the columns; of a repeat that stands in
    its parent's row, `instance` is the number, from 1.
    """

    path: Path
    name: str
    table: str
    format: Format
    headers: list[str]
    columns: dict[str, int]
    unknown_columns: list[str]
    facts: FileFacts
    encoding: str | None = None
    delimiter: str = ","
    header_rows: int = 1
    titles: Sequence[str] = ()
    sheet: Sheet | None = None
    near: Mapping[str, str] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=dict)
    unread: Path | None = None
    tablet: Tablet | None = None
    instance: int = 0

    @property
    def carried(self) -> dict[str, int]:
        """The column of each field, of the file's own table, as `table.field` of the one whose columns it repeats, and of an app's own."""
        return self.columns | dict(self.repeats) | (self.tablet.carried if self.tablet else {})

    def records(self) -> Iterator[Record]:
        """Every record of a text file or a sheet, from its first line on."""
        if self.sheet is not None:
            return self.sheet.records()
        assert self.encoding is not None
        return read_records(self.path, self.encoding, self.delimiter)

    @property
    def converted(self) -> bool:
        """Whether `census convert` made it: then every line is a record, and tells where it came from."""
        return ORIGIN[0] in self.columns


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
    lists: dict[str, Path] = field(default_factory=dict)
    """What could not be read when tables were converted, by the name of the list."""


def discover(data: Sequence[Path], tables: Sequence[Table], encoding: str | None = None, spill: Path | None = None) -> Discovery:
    """Find the tables in folders and files; raises InputError for what cannot be used.

    `encoding` is that of all text files, where the user knows it better than their bytes tell.  What is packed is unpacked
    below `spill`.
    """
    found = Discovery()
    for file in find_files(data):
        for part in laid_out(file, spill) if spill else [file]:
            sort_in(found, part, tables, encoding)
    if not found.files:
        seen = "; ".join(f"{i.name} ({i.reason})" for i in found.ignored) or tr("no file at all")
        known = ", ".join(f"{t.name}.csv ({t.title.zh})" for t in tables if not t.optional)
        raise InputError(tr("no table found. Seen: {seen}. Expected are files such as {known}", seen=seen, known=known))
    _join_lists(found)
    found.files = with_repeats(sorted(found.files, key=lambda f: f.name), tables)
    found.ignored.sort(key=lambda i: i.name)
    return found


def _join_lists(found: Discovery) -> None:
    """Give each converted table the list that belongs to it; raises InputError where there is none: what it names would be lost."""
    found.files = [with_list(file, found) for file in found.files]
    joined = {file.unread for file in found.files}
    found.ignored += [Ignored(name, tr("an output of census itself")) for name, path in found.lists.items() if path not in joined]


def with_list(file: RawFile, found: Discovery) -> RawFile:
    """A file, with its list if it is a converted table; raises InputError where that is not there."""
    if not file.converted:
        return file
    name = (PurePosixPath(file.name).parent / LIST).as_posix()
    beside = file.path.parent / LIST
    unread = beside if beside.is_file() else found.lists.get(name)
    if unread is None:
        raise InputError(
            tr(
                "{file} was made by census convert, but {list}, which names the records that could not be read, is not beside it; put it there, or remove the columns {source} and {row}",
                file=file.name, list=LIST, source=SOURCE, row=ROW,
            )
        )  # fmt: skip
    return replace(file, unread=unread)


def is_own_output(path: Path) -> bool:
    """Whether a file was written by census itself, or is of a kind that no table is read from."""
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        return True
    try:
        if form in ("parquet", "arrow"):
            return _is_own(typed_headers(path, form))
        if form == "workbook":
            return any(_is_own(row) for sheet in sheets(path, path.name, inspect(path)) for row in sheet.head())
        first = next(read_records(path), None)
    except (InputError, OSError):
        return False
    return first is not None and _is_own(first.cells or [])


def goes_by_name(stem: str, table: Table) -> bool:
    """Whether a file of that name would be taken for the table's."""
    return any(by_name(stem, [table]))


def headers_of(path: Path) -> list[str]:
    """The heads of a file's columns, where its first line is its header; nothing for a file that is no table."""
    form = FORMATS.get(path.suffix.lower())
    try:
        if form in ("parquet", "arrow"):
            return typed_headers(path, form)
        first = next(read_records(path), None) if form == "text" else None
    except (InputError, OSError):
        return []
    return (first.cells or []) if first else []


def sort_in(found: Discovery, file: Found, tables: Sequence[Table], encoding: str | None) -> None:
    """Read the headers of one file, and put what it holds among what is to be read or what is not."""
    form = FORMATS.get(file.path.suffix.lower())
    named = any(goes_by_name(file.path.stem, t) for t in tables)
    if form and "\ufffd" in file.name and not _is_utf8(file.path):
        raise InputError(tr("{file}: the name of this file is garbled; rename it", file=file.name))
    if form and file.path.exists() and not file.path.is_file():
        form = None
    if form is None:
        if file.given or (file.path.suffix.lower() in TABLE_FILES and named):
            raise InputError(tr("{file} is of a kind that cannot be read; save it as .xlsx or CSV and give that", file=file.name))
        found.ignored.append(Ignored(file.name, tr("not a table file")))
        return
    try:
        facts = _facts(file.path, file.name)
        opened = list(sheets(file.path, file.name, facts)) if form == "workbook" else []
        read = _encoding(file, facts, encoding) if form == "text" else None
        layout = _layout(file, read, tables) if read else None
        if form in ("parquet", "arrow"):
            layout = Layout(",", Header(typed_headers(file.path, form), 1, []))
    except InputError as error:
        if file.given or named:
            raise
        found.ignored.append(Ignored(file.name, str(error)))  # a stray file beside the tables must not stop their check
        return
    if layout:
        _sort_in_table(found, file, form, read, layout, facts, tables)
    else:
        _sort_in_sheets(found, file, opened, facts, tables, must=file.given or named)


def _sort_in_table(
    found: Discovery, file: Found, form: Format, encoding: str | None, layout: Layout, facts: FileFacts, tables: Sequence[Table]
) -> None:
    names, stem = layout.header.names, file.path.stem
    if tuple(names) == LIST_COLUMNS:
        found.lists[file.name] = file.path
        return
    table, reason = table_of(stem, names, tables)
    if table:
        columns, tablet = _matched(file.name, names, table)
        raw = RawFile(
            file.path, file.name, table.name, form, names, columns.columns, columns.unknown, facts,
            encoding, layout.delimiter, layout.header.rows, layout.header.titles, near=columns.near, tablet=tablet,
        )  # fmt: skip
        found.files += with_instances(raw, tables)
        return
    if not _is_own(names) and any(length == len(_plain(stem)) for length, _ in by_name(stem, tables)):
        raise InputError(_no_header(file.name))
    found.ignored.append(Ignored(file.name, reason))


def _sort_in_sheets(
    found: Discovery, file: Found, opened: Sequence[Sheet], facts: FileFacts, tables: Sequence[Table], must: bool
) -> None:
    """Each sheet may hold a table.  A hidden one is not read: it is often an old copy, and each row would be there twice."""
    held = len(found.files)
    for sheet in opened:
        name = f"{file.name}#{sheet.name}"
        if sheet.hidden:
            found.ignored.append(Ignored(name, tr("a hidden sheet; unhide it to have it read")))
            continue
        header = find_header(sheet.head(), tables)
        table, reason = table_of_sheet(file.path.stem, sheet.name, header.names, tables) if header else (None, tr("empty"))
        if table is None or header is None:
            found.ignored.append(Ignored(name, reason))
            continue
        columns, tablet = _matched(name, header.names, table)
        raw = RawFile(
            file.path, name, table.name, "workbook", header.names, columns.columns, columns.unknown, facts,
            header_rows=header.rows, titles=header.titles, sheet=sheet, near=columns.near, tablet=tablet,
        )  # fmt: skip
        found.files += with_instances(raw, tables)
    if must and len(found.files) == held:
        raise InputError(_no_header(file.name))


def table_of_sheet(stem: str, sheet: str, names: Sequence[str], tables: Sequence[Table]) -> tuple[Table | None, str]:
    """The table that a sheet holds, by its own name, by its header, or by the name of the workbook."""
    table, reason = table_of(sheet, names, tables)
    if table is None and most_fields(names, tables) >= LEAST_FIELDS:
        return table_of(stem, names, tables)
    return table, reason


def _no_header(name: str) -> str:
    return tr("{file}: none of its first {n} lines is a header that names a column", file=name, n=LOOKED_AT)


def _matched(name: str, headers: Sequence[str], table: Table) -> tuple[HeaderMatch, Tablet | None]:
    if len(headers) > MOST_COLUMNS:
        words = tr("{file} has {n} columns; a table has at most {most}", file=name, n=len(headers), most=MOST_COLUMNS)
        raise InputError(words + tr("; give the columns of the form only"))
    try:
        found, tablet = match(headers, table)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    if not (origin := origin_of(headers)):
        return found, tablet
    return replace(found, columns=found.columns | origin, unknown=found.unknown[: -len(origin)]), None


def _encoding(file: Found, facts: FileFacts, chosen: str | None) -> str:
    """The encoding of a file that is text; raises InputError for one that is not."""
    if other := kind(facts.begins):
        raise InputError(tr("{file} is {kind}, not text; export it again as CSV", file=file.name, kind=other))
    if facts.endless:
        raise InputError(tr("{file} has a line of more than 64 MB: it is no table; export it again", file=file.name))
    return encoding_of(file.path, facts, chosen)


def _layout(file: Found, encoding: str, tables: Sequence[Table]) -> Layout:
    first = headers_of(file.path)
    if tuple(first) == LIST_COLUMNS or origin_of(first):
        return Layout(",", Header(first, 1, []))
    layout = find_layout(file.path, encoding, tables)
    if layout is None or not any(n.strip() for n in layout.header.names):
        raise InputError(tr("{file} has no header line", file=file.name))
    return layout


def _facts(path: Path, name: str) -> FileFacts:
    try:
        facts = inspect(path)
    except OSError as error:
        raise InputError(tr("{path} cannot be read: {why}", path=name, why=reason(error))) from error
    if facts.size == 0:
        raise InputError(tr("{file} is empty", file=name))
    return facts


def typed_headers(path: Path, form: Format) -> list[str]:
    import pyarrow as pa
    from pyarrow import ipc, parquet

    try:
        with path.open("rb") as file:
            schema = parquet.read_schema(file) if form == "parquet" else ipc.open_file(file).schema
            return [str(n) for n in schema.names]
    except (pa.ArrowException, OSError) as error:
        words = {
            "parquet": tr("{file} is no Parquet file, or a damaged one: {why}", file=path.name, why=str(error).splitlines()[0]),
            "arrow": tr("{file} is no Arrow file, or a damaged one: {why}", file=path.name, why=str(error).splitlines()[0]),
        }
        raise InputError(words[form]) from error


def _is_own(headers: Sequence[str]) -> bool:
    return any(tuple(headers[: len(own)]) == own for own in _OWN_OUTPUTS)


def table_of(stem: str, headers: Sequence[str], tables: Sequence[Table]) -> tuple[Table | None, str]:
    if _is_own(headers):
        return None, tr("an output of census itself")
    carried = {t.name: fields_in(headers, t) for t in tables}
    if repeat := repeat_of(headers, stem, carried, tables):
        return repeat, ""
    keyed = [t for t in tables if set(t.primaryKey) <= carried[t.name] and len(carried[t.name]) >= LEAST_FIELDS]
    repeated = [t for t in tables if t.made_of and any(k.name == t.made_of.table for k in keyed)]
    most = max(len(carried[t.name]) for t in tables if t not in repeated)
    for length, table in sorted(by_name(stem, [t for t in tables if t not in repeated]), key=lambda x: -x[0]):
        exact = length == len(_plain(stem))
        if (exact and carried[table.name]) or (most and len(carried[table.name]) == most):
            return table, ""
    keyed = [t for t in keyed if t not in repeated]
    best = [t for t in keyed if len(carried[t.name]) == max(len(carried[k.name]) for k in keyed)]
    best = [t for i, t in enumerate(best) if not any(_told_by_place(t, carried, other) for other in best[:i])]
    if len(best) == 1:
        return best[0], ""
    if best:
        return None, tr("its header fits several tables: {tables}", tables=", ".join(t.name for t in best))
    return None, tr("neither its name nor its header is that of a table")


def _told_by_place(table: Table, carried: Mapping[str, set[str]], other: Table) -> bool:
    """Whether names of places, which another table has as well, are what makes a header fit a table."""
    names = {own for fill in table.fills if fill.by_name for own in fill.by_name.names}
    return bool(carried[table.name] & names) and carried[table.name] <= carried[other.name]


def _is_utf8(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def by_name(stem: str, tables: Sequence[Table]) -> Iterator[tuple[int, Table]]:
    """The tables by whose name a file goes: the whole stem, or its beginning up to a sign that is no letter."""
    plain = _plain(stem)
    for table in tables:
        for name in map(_plain, (table.name, table.title.zh, table.title.en, *table.aliases)):
            if plain == name or (plain.startswith(name) and not plain[len(name)].isalpha()):
                yield len(name), table


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
