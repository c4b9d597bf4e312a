"""A file without colours of its own as a workbook: its records line by line, each cell as the text that it was, with fills and notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from census_cli.annotating.copies import Copy, Note, clean
from census_cli.annotating.placing import MOST_ROWS
from census_cli.i18n import tr
from census_cli.reading.encodings import open_text
from census_cli.report.books import new_book
from census_cli.report.cells import MOST_SIGNS, put

if TYPE_CHECKING:
    from census_cli.reading.discover import RawFile

MOST_COLUMNS = 16_384
WIDTH = 16
_NOTE = {"x_scale": 2.5, "y_scale": 2}


def write_text(copy: Copy, file: BinaryIO) -> None:
    """Write each sheet, or the one table, that was read; what a sheet cannot hold is named in `copy.lost`."""
    with new_book(file, by_rows=True) as book:
        for raw in copy.files:
            sheet = book.add_worksheet(raw.sheet.name if raw.sheet else None)
            _Text(book, sheet, raw, copy.notes.get(raw.sheet.name if raw.sheet else "", {})).write(copy.lost)


class _Text:
    """One table as a sheet, its lines where they stood among the records."""

    def __init__(self, book: Any, sheet: Any, file: RawFile, notes: Mapping[tuple[int, int], Note]) -> None:
        self.sheet, self.file = sheet, file
        self.text = book.add_format({"num_format": "@"})
        self.fills = {n.colour: book.add_format({"num_format": "@", "bg_color": n.colour}) for n in notes.values()}
        self.by_row: dict[int, dict[int, Note]] = {}
        for (row, column), note in notes.items():
            self.by_row.setdefault(row - 1, {})[column - 1] = note
        sheet.set_column(0, len(file.headers) - 1, WIDTH, self.text)
        sheet.freeze_panes(file.header_rows, 0)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def write(self, lost: list[str]) -> None:
        """All lines, and the notes of each."""
        cut = rows = 0
        for rows, cells in enumerate(_cells(self.file), 1):
            if rows <= MOST_ROWS:
                cut += self._line(rows - 1, cells[:MOST_COLUMNS])
        if cut:
            lost.append(tr("the ends of {n} cells of more than {most} characters", n=cut, most=MOST_SIGNS))
        if rows > MOST_ROWS:
            lost.append(tr("{n} lines more than a sheet can have", n=rows - MOST_ROWS))

    def _line(self, row: int, cells: Sequence[str]) -> int:
        notes = self.by_row.get(row, {})
        for column in {*range(len(cells)), *notes}:
            note, text = notes.get(column), clean(cells[column]) if column < len(cells) else ""
            style = self.fills[note.colour] if note else self.text
            if text or note:
                put(self.sheet, row, column, text, style)
            if note:
                self.sheet.write_comment(row, column, note.text, _NOTE)
        return sum(len(cell) > MOST_SIGNS for cell in cells)


def _cells(file: RawFile) -> Iterator[Sequence[str]]:
    """The cells of every record; of one with a quote that is never closed the line as it stands."""
    if file.sheet is not None:
        yield from (record.cells or [] for record in file.records())
        return
    assert file.encoding is not None
    with open_text(file.path, file.encoding) as lines:
        numbered = enumerate(lines, 1)
        for record in file.records():
            yield (
                [next(line for n, line in numbered if n == record.line).rstrip("\r\n")] if record.cells is None else record.cells
            )
