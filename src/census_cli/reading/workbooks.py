"""The sheets of a workbook as records of text.  Which sheet holds a table is decided in `discover`."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from census_cli.conform import cell_text
from census_cli.errors import InputError
from census_cli.i18n import tr
from census_cli.reading.facts import FileFacts
from census_cli.reading.layout import LOOKED_AT
from census_cli.reading.records import Record
from census_cli.reading.signatures import is_workbook, kind

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et")
KEPT_CELLS = 10_000_000
MOST_UNPACKED = 4 << 30
MOST_PACKED_TIMES = 200
_SMALL = 256 << 20
_EXACT = 10**15


@dataclass
class Sheet:
    """One sheet.  What was parsed to find its header is kept until it is read, unless it is large.

    `left` are the columns before the first cell: its rows begin there.
    """

    path: Path
    name: str
    hidden: bool
    left: int = 0
    _kept: CalamineSheet | None = None

    def head(self) -> list[list[str]]:
        """The first rows."""
        return [record.cells or [] for record in islice(self._records(keep=True), LOOKED_AT)]

    def records(self) -> Iterator[Record]:
        """Every row as a record; its line is the number that the sheet shows."""
        return self._records(keep=False)

    def _records(self, keep: bool) -> Iterator[Record]:
        data = self._kept or _open(self.path, self.path.name).get_sheet_by_name(self.name)
        self._kept = data if keep and data.total_height * data.total_width <= KEPT_CELLS else None
        self.left = data.start[1] if data.start else 0
        for number, row in enumerate(data.iter_rows()):
            yield Record(number, number + 1, [cell if type(cell) is str else _text(cell) for cell in row], None)


def sheets(path: Path, name: str, facts: FileFacts) -> list[Sheet]:
    """The sheets of a workbook in their order; raises InputError for a file that is none, or is damaged or locked."""
    _refuse_impostors(path, name, facts)
    with _open(path, name) as book:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        tables = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        return [Sheet(path, sheet.name, sheet.visible != SheetVisibleEnum.Visible) for sheet in tables]


def _open(path: Path, name: str) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise InputError(_locked(name)) from error
    except (CalamineError, OSError, ValueError) as error:
        words = tr("{file} is a damaged workbook, or none: {why}; open it, save it again and give that", file=name, why=error)
        raise InputError(words.replace("\n", " ")) from error


def _refuse_impostors(path: Path, name: str, facts: FileFacts) -> None:
    if not is_workbook(facts.begins):
        what = kind(facts.begins) or tr("text, or nothing that is known")
        raise InputError(tr("{file} is {kind}, no workbook; open it in Excel or WPS and save it as .xlsx", file=name, kind=what))
    if facts.begins.startswith(b"PK"):
        _refuse_bombs(path, name)
    elif path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb"):
        raise InputError(_locked(name))


def _refuse_bombs(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            packed = sum(part.compress_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(tr("{file} is a damaged workbook; it was probably not copied whole", file=name)) from error
    if unpacked > MOST_UNPACKED or (unpacked > _SMALL and unpacked > MOST_PACKED_TIMES * packed):
        raise InputError(tr("{file} would unpack to {n} MB; give the tables as CSV", file=name, n=unpacked >> 20))


def _locked(name: str) -> str:
    return tr(
        "{file} has a password, or is of an older format than its name says; save it without a password as .xlsx", file=name
    )


def _text(cell: Any) -> str:
    """A typed cell as the grammar writes it.

    Of a number Excel keeps 15 digits; one of more is written as Excel shows it, since zeros for the digits that are gone
    would read like an answer.  Times are fractions of a day and only become seconds when they are rounded.
    """
    if isinstance(cell, float) and abs(cell) >= _EXACT:
        return f"{cell:.14E}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.microsecond:
        cell = (cell + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)
    return cell_text(cell) or ""
