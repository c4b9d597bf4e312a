"""The account of annotated copies: how many discrepancies each holds, and every one that no cell could carry, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from census_cli.annotating.copies import clean
from census_cli.annotating.placing import MOST_ROWS
from census_cli.i18n import tr
from census_cli.report.books import new_book
from census_cli.report.cells import put

if TYPE_CHECKING:
    from census_cli.annotating.copies import Copy
    from census_cli.report.rows import Row

# It begins like our other outputs, so that no check ever takes it for data.
COLUMNS = ("rule", "severity", "table", "unit", "fields", "message", "source", "row", "fingerprint")
_WIDTHS = (18, 10, 10, 18, 18, 50, 20, 8, 18, 40)


class Left:
    """A workbook of two sheets, written while discrepancies are placed; a context manager."""

    def __init__(self, file: BinaryIO, revealed: bool) -> None:
        self.why: dict[str, int] = {}
        self.office = 0
        self._file, self._revealed = file, revealed
        self._held = ExitStack()
        self._rows = [0, 0]

    def __enter__(self) -> Self:
        book = self._held.enter_context(new_book(self._file, by_rows=True))
        self._sheets = [book.add_worksheet(tr("Copies")), book.add_worksheet(tr("Without a cell"))]
        self._sheets[0].set_column(0, 0, 100)
        for i, width in enumerate(_WIDTHS):
            self._sheets[1].set_column(i, i, width)
        self._sheets[1].freeze_panes(1, 0)
        self._line(0, [tr("The copies hold every cell as it was, and with it personal data in full.")])
        self._line(
            0, [tr("The notes hold personal data in full.") if self._revealed else tr("In the notes personal data are masked.")]
        )
        self._line(1, [*COLUMNS, tr("why it is on no cell")])
        return self

    def __exit__(self, *error: object) -> None:
        self._line(0, [""])
        for said in self.words():
            self._line(0, [said])
        self._held.close()

    def add(self, row: Row, why: str) -> None:
        """One discrepancy that no cell carries."""
        self.why[why] = self.why.get(why, 0) + 1
        self._line(1, [*(row[c] for c in COLUMNS), why])

    def tell(self, copy: Copy) -> None:
        """One copy that is written."""
        for said in copy.words():
            self._line(0, [said])

    def words(self, where: str = "") -> Iterator[str]:
        """How many were left, and why; `where` they are listed."""
        for why, n in self.why.items():
            yield tr("{n} discrepancies are on no cell: {why}", n=n, why=why) + (f" ({where})" if where else "")
        if self.office:
            yield tr("{n} discrepancies are for the office alone, and are in no copy", n=self.office)

    def _line(self, sheet: int, cells: list[Any]) -> None:
        if self._rows[sheet] < MOST_ROWS:
            for i, cell in enumerate(cells):
                if cell not in (None, ""):
                    put(self._sheets[sheet], self._rows[sheet], i, clean(str(cell)))
        self._rows[sheet] += 1
