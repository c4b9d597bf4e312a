"""A workbook once more, by openpyxl: every cell, formula, style and sheet as it was, with fills and notes on some cells."""

from __future__ import annotations

import posixpath
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from census_cli.annotating.copies import MOST_SIGNS, Copy, Note, Place
from census_cli.i18n import tr
from census_cli.scratch import temporary_in_scratch

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MOST_UNPACKED = 400 << 20
"""openpyxl holds a workbook in memory, at some ten times the size of its parts."""

WIDE, LINE, TALLEST = 360, 18, 500  # of a note, in pixels
_SIGNS_OF_A_LINE = 40
# What openpyxl writes anew, or what only helps Excel to calculate and to print.
_NOT_MISSED = (
    "xl/calcChain.xml",
    "xl/sharedStrings.xml",
    "xl/printerSettings/",
    "docProps/",
    "xl/comments",
    "xl/drawings/vmlDrawing",
)


class UnreadableBook(Exception):
    """A workbook that openpyxl cannot take; the text says why."""


def write_book(copy: Copy, file: BinaryIO) -> None:
    """Write the workbook with its notes; what openpyxl cannot keep, such as pictures, is named in `copy.lost`."""
    book = _opened(copy)
    for sheet, notes in copy.notes.items():
        _put(book[sheet], notes)
    with temporary_in_scratch():
        book.save(file)
    copy.lost += _lost(copy.path, file)


def _opened(copy: Copy) -> Workbook:
    from openpyxl.reader.excel import ExcelReader

    class AsTheyAre(ExcelReader):  # type: ignore[misc]  # openpyxl tells no types
        """Dates stay the numbers that they are: as dates they would be rounded, and some would be errors."""

        def read_worksheets(self) -> None:
            book: Any = self.wb
            book._date_formats = book._timedelta_formats = set()
            super().read_worksheets()

    with zipfile.ZipFile(copy.path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > MOST_UNPACKED:
        raise UnreadableBook(tr("it unpacks to {n} MB", n=unpacked >> 20))
    with copy.path.open("rb") as file, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        reader = AsTheyAre(file, keep_vba=copy.path.suffix.lower() == ".xlsm", rich_text=True)
        try:
            reader.read()
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, SyntaxError) as error:
            # Other programs write what openpyxl has no place for; it does not tell such faults apart.
            raise UnreadableBook(str(error)) from error
    copy.lost += dict.fromkeys(str(w.message) for w in warned if "removed" in str(w.message) or "not supported" in str(w.message))
    return reader.wb


def _put(sheet: Any, notes: Mapping[Place, Note]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    shown = _shown(notes, _merged(sheet))
    fills = {n.colour: PatternFill("solid", fgColor=n.colour.removeprefix("#")) for n in shown.values()}
    for place, note in shown.items():
        cell = sheet.cell(*place)
        # A note of the team's own stays above.
        above = f"{cell.comment.text}\n\n" if cell.comment else ""
        text = (above + note.text)[:MOST_SIGNS]
        cell.comment = Comment(text, cell.comment.author if cell.comment else "census", min(TALLEST, _lines(text) * LINE), WIDE)
        cell.fill = fills[note.colour]


def _shown(notes: Mapping[Place, Note], merged: Mapping[Place, Place]) -> dict[Place, Note]:
    """The notes by the cells that show them: those of merged cells are one, in the colour of the worst."""
    shown: dict[Place, Note] = {}
    for place, note in notes.items():
        one = shown.setdefault(merged.get(place, place), Note())
        for text in note.texts:
            one.add(note.worst, text)
    return shown


def _merged(sheet: Any) -> dict[Place, Place]:
    """Of the cells that are hidden behind another, which: it carries their notes."""
    return {
        (row, column): (held.min_row, held.min_col)
        for held in sheet.merged_cells.ranges
        for row in range(held.min_row, held.max_row + 1)
        for column in range(held.min_col, held.max_col + 1)
    }


def _lines(text: str) -> int:
    return sum(1 + len(line) // _SIGNS_OF_A_LINE for line in text.split("\n")) + 1


def _lost(path: Path, copy: BinaryIO) -> Iterator[str]:
    """The parts of a workbook that its copy does not have: pictures, shapes, threads of comments."""
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(copy) as other:
        before, after = (_kinds(archive.namelist()) for archive in (one, other))
    return (f"{kind} ({n})" for kind, n in before.items() if n > after.get(kind, 0))


def _kinds(parts: list[str]) -> dict[str, int]:
    """How many parts there are of each kind, which is the folder they lie in."""
    kinds: dict[str, int] = {}
    for part in parts:
        if not part.endswith((".rels", "/")) and not part.startswith(_NOT_MISSED):
            kind = posixpath.dirname(part)
            kinds[kind] = kinds.get(kind, 0) + 1
    return kinds
