"""The codebook as a workbook: a sheet of fields, one of derived fields, one of codes; every row says of which table or list it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from census_cli.exporting.codebook.heads import heads
from census_cli.exporting.words import both
from census_cli.report.books import new_book
from census_cli.report.cells import put
from census_cli.survey.models import Text

if TYPE_CHECKING:
    from census_cli.exporting.codebook import Codebook

_A4 = 9
_FIELDS = {"table": 14, "field": 20, "zh": 20, "en": 20, "type": 16, "list": 14, "answers": 36, "unit": 14, "need": 12, "limits": 14, "pii": 14, "aliases": 26, "rules": 44}  # fmt: skip
_DERIVED = {"table": 14, "field": 20, "zh": 24, "en": 24, "expression": 70, "rules": 44}
_CODES = {"list": 20, "code": 16, "zh": 26, "en": 26, "also": 40}


def write(book: Codebook, path: Path) -> None:
    """Write .xlsx; every cell is text."""
    with new_book(path) as workbook:
        said = heads()
        _sheet(workbook, said, "fields", _FIELDS, _fields(book))
        _sheet(workbook, said, "derived", _DERIVED, _derived(book))
        _sheet(workbook, said, "codes", _CODES, _codes(book))


def _fields(book: Codebook) -> Iterable[Sequence[str]]:
    lists = {c.name: c for c in book.codes}
    for part in book.parts:
        for e in part.entries:
            f = e.model
            answers = "\n".join(f"{c.code} = {both(c.label)}" for c in lists[f.codes].codes) if f.codes else ""
            words = [both(t) for t in (e.unit, e.need, e.limits, e.pii)]
            named = [f"{part.model.name}\n{both(part.model.title)}", f.name, f.title.zh, f.title.en, both(e.kind), f.codes or ""]
            yield [*named, answers, *words, "、".join(f.aliases), _read_by(e.readers)]


def _derived(book: Codebook) -> Iterable[Sequence[str]]:
    for part in book.parts:
        for f, readers in part.derived:
            yield part.model.name, f.name, f.title.zh, f.title.en, f.expression, _read_by(readers)


def _codes(book: Codebook) -> Iterable[Sequence[str]]:
    for codes in book.codes:
        for code in codes.codes:
            yield codes.name, code.code, code.label.zh, code.label.en, "、".join(code.aliases)


def _read_by(readers: Mapping[str, Text]) -> str:
    return "\n".join(f"{rule} {both(title)}" for rule, title in readers.items())


def _sheet(workbook: Any, said: Mapping[str, Text], name: str, widths: Mapping[str, int], rows: Iterable[Sequence[str]]) -> None:
    head = workbook.add_format({"bold": True, "bg_color": "#D9D9D9", "border": 1, "text_wrap": True, "valign": "top"})
    cell = workbook.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    sheet = workbook.add_worksheet(said[name].zh + " " + said[name].en)
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 2)
    sheet.set_footer("&L&A&R&P / &N")
    for place, (column, width) in enumerate(widths.items()):
        sheet.set_column(place, place, width)
        put(sheet, 0, place, f"{said[column].zh}\n{said[column].en}", head)
    last = 0
    for last, row in enumerate(rows, 1):
        for place, text in enumerate(row):
            put(sheet, last, place, text, cell)
    sheet.autofilter(0, 0, max(last, 1), len(widths) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:Z1048576"})
