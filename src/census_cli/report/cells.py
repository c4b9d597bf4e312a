"""A text into a cell of a workbook as the text that it is.  What a cell says and looks like is the business of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_SIGNS = 32_767  # of one cell


def put(sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None) -> None:
    """Write a text; Excel holds no more than so many signs in a cell, and an empty one has its style alone."""
    cut = text if len(text) <= MOST_SIGNS else text[: MOST_SIGNS - 1] + "…"
    if cut.startswith("<r>") and cut.endswith("</r>"):
        _put_marked(sheet, row, column, cut, style)
    elif cut:
        sheet.write_string(row, column, cut, style)
    elif style:
        sheet.write_blank(row, column, None, style)


def _put_marked(sheet: Worksheet, row: int, column: int, text: str, style: Format | None) -> None:
    """XlsxWriter takes such a text for its own XML and writes it as it stands; in pieces it is escaped like any other."""
    from xlsxwriter.format import Format

    plain = Format()
    sheet.write_rich_string(row, column, text[:1], plain, text[1:], *([style] if style else []))
