"""What can be seen of a file without reading its rows, as far as it can be seen at all: for people, who need it most where reading stops."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from census_cli.errors import CensusError
from census_cli.i18n import reason, tr
from census_cli.reading.discover import FORMATS, by_name, table_of, table_of_sheet, typed_headers
from census_cli.reading.encodings import encoding_of
from census_cli.reading.facts import FileFacts, inspect
from census_cli.reading.files import Found
from census_cli.reading.layout import Header, find_header, find_layout
from census_cli.reading.signatures import kind
from census_cli.reading.workbooks import sheets
from census_cli.survey.models import Table

TableBy = Literal["name", "header"]


@dataclass
class Seen:
    """One file, or one sheet: what it is, its header, and the table it seems to hold; `problem` is why no more is known."""

    name: str
    size: int | None = None
    format: str | None = None
    encoding: str | None = None
    encoding_by: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header: Header | None = None
    table: Table | None = None
    table_by: TableBy | None = None
    problem: str | None = None


def see(file: Found, tables: Sequence[Table], chosen: str | None = None) -> Iterator[Seen]:
    """All that can be seen of a file; never raises for what is wrong with it."""
    try:
        facts = inspect(file.path)
    except OSError as error:
        yield Seen(file.name, problem=tr("{path} cannot be read: {why}", path=file.name, why=reason(error)))
        return
    seen = Seen(file.name, facts.size, kind(facts.begins) or (tr("text") if facts.size else tr("empty")))
    form = FORMATS.get(file.path.suffix.lower())
    try:
        if form == "workbook" and facts.size:
            yield from _sheets(file, facts, tables, seen.format)
            return
        if form == "text" and not kind(facts.begins) and facts.size:
            _text(seen, file.path, facts, tables, chosen)
        elif form in ("parquet", "arrow"):
            seen.header = Header(typed_headers(file.path, form), 1, [])
    except (CensusError, OSError) as error:
        seen.problem = str(error)
    _find_table(seen, file.path.stem, tables)
    yield seen


def _text(seen: Seen, path: Path, facts: FileFacts, tables: Sequence[Table], chosen: str | None) -> None:
    if facts.endless:
        return
    seen.encoding = encoding_of(path, facts, chosen)
    seen.encoding_by = _found_by(facts, seen.encoding, chosen)
    if layout := find_layout(path, seen.encoding, tables):
        seen.delimiter, seen.header = layout.delimiter, layout.header


def _found_by(facts: FileFacts, encoding: str, chosen: str | None) -> str:
    """How the encoding was found."""
    line, place = facts.not_utf8 or (0, 0)
    if chosen:
        return tr("as --encoding says")
    if facts.has_bom or facts.begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return tr("the file begins with its mark")
    if encoding.startswith("utf-16"):
        return tr("every other byte is NUL")
    if facts.not_utf8 is None:
        return tr("every byte fits")
    if encoding == "gb18030":
        return tr("it is no UTF-8: line {line}, byte {place}", line=line, place=place)
    return tr("nearly every byte fits; the first that does not: line {line}, byte {place}", line=line, place=place)


def _sheets(file: Found, facts: FileFacts, tables: Sequence[Table], form: str | None) -> Iterator[Seen]:
    try:
        opened = sheets(file.path, file.name, facts)
    except (CensusError, OSError) as error:
        yield Seen(file.name, facts.size, form, problem=str(error))
        return
    for sheet in opened:
        seen = Seen(f"{file.name}#{sheet.name}", facts.size, tr("workbook"), sheet=sheet.name)
        if not sheet.hidden:
            seen.header = find_header(sheet.head(), tables)
            _find_table(seen, file.path.stem, tables)
        yield seen


def _find_table(seen: Seen, stem: str, tables: Sequence[Table]) -> None:
    """The table whose header it is, and whether its name says so."""
    if seen.header is None:
        return
    names = seen.header.names
    if seen.sheet is None:
        seen.table, _ = table_of(stem, names, tables)
    else:
        seen.table, _ = table_of_sheet(stem, seen.sheet, names, tables)
    if seen.table:
        own = any(t is seen.table for part in (seen.sheet or stem, stem) for _, t in by_name(part, tables))
        seen.table_by = "name" if own else "header"
