"""An inspection in print: file by file for people, or all of it as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Literal, TextIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from census_cli.i18n import tr
from census_cli.inspected import Inspected, Inspection, SeenColumn

Format = Literal["table", "json"]
WIDTH = 120


def write(inspection: Inspection, file: TextIO, form: Format) -> None:
    """Write all that was seen; on anything that is not a terminal it is plain text of a fixed width."""
    if form == "json":
        json.dump(asdict(inspection), file, ensure_ascii=False, indent=1)
        file.write("\n")
        return
    console = Console(file=file, width=None if file.isatty() else WIDTH, highlight=False, emoji=False)
    for seen in inspection.files:
        for part in _file(seen):
            console.print(part)
        console.print()
    if any(f.rows is not None for f in inspection.files):
        words = tr("A check of these files would run {n} of {all} rules and skip {skipped}.",
                   n=inspection.rules - inspection.rules_skipped, all=inspection.rules, skipped=inspection.rules_skipped)  # fmt: skip
        console.print(Text(words))


def _file(seen: Inspected) -> Iterator[RenderableType]:
    yield Text(f"{seen.path}#{seen.sheet}" if seen.sheet else seen.path, "bold")
    for line in (_what(seen), _header(seen), _table(seen), _rows(seen)):
        if line:
            yield _indented(line)
    for skipped in seen.skipped:
        rows = ", ".join(map(str, skipped.rows)) + (" …" if skipped.count > len(skipped.rows) else "")
        yield _indented(
            tr("not records: {what}, {n} (record {rows})", what=_line_kinds()[skipped.what], n=skipped.count, rows=rows)
        )
    for note in seen.notes:
        yield _indented(note, "yellow")
    for record in seen.first_unreadable:
        yield _indented(record, "red")
    if seen.unreadable and seen.unreadable > len(seen.first_unreadable):
        yield _indented(tr("{shown} of {total} shown", shown=len(seen.first_unreadable), total=seen.unreadable))
    if seen.columns:
        yield Padding(_columns(seen.columns), (0, 0, 0, 2), expand=False)
    for headers in seen.twice:
        yield _indented(tr("several columns for one field: {headers}; keep one of them", headers=", ".join(headers)), "red")
    if seen.supplied:
        yield _indented(tr("absent, and made of other columns: {fields}", fields=", ".join(seen.supplied)))
    for line in _absent(seen):
        yield _indented(line)
    if seen.reason:
        word = (
            tr("cannot be used: {reason}", reason=seen.reason) if seen.refused else tr("not read: {reason}", reason=seen.reason)
        )
        yield _indented(word, "red" if seen.refused else "yellow")


def _indented(words: str, style: str = "") -> Padding:
    return Padding(Text(words, style), (0, 0, 0, 2), expand=False)


def _what(seen: Inspected) -> str:
    parts = [seen.format or ""]
    if seen.encoding:
        parts.append(tr("{encoding} ({how})", encoding=seen.encoding, how=seen.encoding_by))
    if seen.delimiter:
        sign = tr("tab") if seen.delimiter == "\t" else f"“{seen.delimiter}”"
        parts.append(tr("between cells {sign}", sign=sign))
    if seen.packed:
        parts.append(tr("packed as {packed}", packed=seen.packed))
    if seen.size is not None:
        parts.append(tr("{n} bytes", n=f"{seen.size:,}"))
    return " · ".join(filter(None, parts))


def _header(seen: Inspected) -> str:
    if not seen.columns:
        return ""
    above = tr("; {n} title lines above it", n=seen.titles) if seen.titles else ""
    return tr("header: down to line {n}", n=seen.header_line) + above


def _table(seen: Inspected) -> str:
    if not seen.table:
        return ""
    how = tr("by its name") if seen.table_by == "name" else tr("by its header")
    words = tr("table: {title} ({name}), {how}; {known} of {n} columns are known",
              title=seen.table_title, name=seen.table, how=how, known=seen.known, n=len(seen.columns))  # fmt: skip
    return words + (tr("; an export of {app}", app=seen.app) if seen.app else "")


def _rows(seen: Inspected) -> str:
    if seen.rows is None:
        return ""
    words = tr("rows: {rows}, of which {unreadable} cannot be read", rows=seen.rows, unreadable=seen.unreadable)
    return words + (tr("; blank lines: {n}", n=seen.blank) if seen.blank else "")


def _line_kinds() -> dict[str, str]:
    return {"total": tr("total"), "header": tr("header again"), "numbers": tr("column numbers")}


def _columns(columns: list[SeenColumn]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    for header, number in (("", True), (tr("column"), False), (tr("field"), False), ("", False), (tr("known by"), False)):
        table.add_column(header, justify="right" if number else "left", overflow="fold")
    for column in columns:
        table.add_row(str(column.number), Text(column.header), column.field or "—", Text(column.title or ""), Text(_how(column)))
    return table


def _how(column: SeenColumn) -> str:
    near = tr("{title} ({field})", title=column.near_title, field=column.near)
    words = {
        "name": tr("its name"), "chinese": tr("Chinese title"), "english": tr("English title"), "alias": tr("another name for it"),
        "folded": tr("but for width, case or spaces"), "brackets": tr("without what is in brackets"),
        "origin": tr("where the row came from"), "unit": tr("not read: {near} in another unit", near=near),
        "repeated": tr("repeated on each row; a table is made of it"), "grouped": tr("its name, after that of a group"),
        "app": tr("written by the app"), "form": tr("worked out by the form"), "link": tr("joins the form and its repeats"), "answer": tr("one of the answers"),
        "repeat": tr("of a repeat in this row"),
        "unknown": tr("not known") + (tr("; is it {near}?", near=near) if column.near else ""),
    }  # fmt: skip
    return words[column.how or "unknown"]


def _absent(seen: Inspected) -> Iterator[str]:
    """Each field that is absent: first those that other rules want, most wanted before."""
    wanted = sorted((a for a in seen.absent if a.rules > 1), key=lambda a: -a.rules)
    others = [a.title for a in seen.absent if a.rules <= 1]
    if wanted:
        fields = ", ".join(tr("{title} ({n})", title=a.title, n=a.rules) for a in wanted)
        yield tr("absent, with the number of rules skipped for want of it: {fields}", fields=fields)
    if others:
        yield tr("absent, wanted by no rule but its own: {fields}", fields=", ".join(others))
