"""What an annotated copy is: the file it is of, its name, and the notes on its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from census_cli.i18n import tr
from census_cli.reading.files import STANDARD_INPUT
from census_cli.report.rows import COLOURS

if TYPE_CHECKING:
    from pathlib import Path

    from census_cli.reading.discover import RawFile

WHOLE = (".xlsx", ".xlsm")
WITHOUT_CELLS = ("parquet", "arrow")
MOST_SIGNS = 32_000  # Excel holds 32,767 in a note, as in a cell
EXPLAINED = "#DDDDDD"
_WORST_FIRST = (*COLOURS, "")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_NAME = re.compile(r'[\x00-\x1f<>:"|?*\\]')

Place = tuple[int, int]
"""A row and a column of a sheet, both from 1."""


@dataclass
class Note:
    """What is said on one cell; `worst` is the worst severity of what is open, '' if all is explained."""

    worst: str = ""
    texts: list[str] = field(default_factory=list)
    signs: int = 0

    def add(self, severity: str, text: str) -> None:
        """One discrepancy more; the same text is said once."""
        self.worst = min(self.worst, severity, key=_WORST_FIRST.index)
        if text not in self.texts:
            self.texts.append(text)
            self.signs += len(text) + 2

    @property
    def text(self) -> str:
        """All that is said."""
        return clean("\n\n".join(self.texts))

    @property
    def colour(self) -> str:
        """By the worst severity, as #RRGGBB."""
        return COLOURS.get(self.worst, EXPLAINED)


@dataclass
class Copy:
    """One file and its copy: `notes` by sheet, '' for a file that has none; `lost` is what the copy could not keep."""

    path: Path
    source: str
    name: str
    files: list[RawFile]
    whole: bool
    notes: dict[str, dict[Place, Note]] = field(default_factory=dict)
    placed: int = 0
    lost: list[str] = field(default_factory=list)

    def as_text(self, why: str) -> None:
        """A workbook that cannot be copied whole becomes one of text."""
        self.whole = False
        self.lost.append(tr("its styles and formulas, for it could not be opened to be written again ({why})", why=why))

    def words(self) -> Iterator[str]:
        """What is to be said of it."""
        cells = sum(map(len, self.notes.values()))
        yield tr("{name}: {n} discrepancies noted on {cells} cells", name=self.name, n=self.placed, cells=cells)
        for what in self.lost:
            yield tr("{name}: not kept: {what}", name=self.name, what=what)


def plan_copies(files: Sequence[RawFile], taken: str) -> list[Copy]:
    """A copy for each file that has cells, of one workbook for all its sheets; no two of one name, none outside their folder.

    What census convert made is not among them: its rows go by the file and the number that they had before.
    """
    copies: dict[Path, Copy] = {}
    names = {taken.casefold()}
    for file in files:
        if file.format in WITHOUT_CELLS or file.converted:
            continue
        if file.path not in copies:
            whole = file.path.suffix.lower() in WHOLE
            source = file.name.removesuffix(f"#{file.sheet.name}") if file.sheet else file.name
            name = _free(_name(file.path.name if source == STANDARD_INPUT else source), whole, names)
            copies[file.path] = Copy(file.path, source, name, [], whole)
        copies[file.path].files.append(file)
    return list(copies.values())


def _name(source: str) -> str:
    """A name as a path below the folder of the copies; a name in an archive may be anything."""
    parts = [_NO_NAME.sub("_", part) for part in source.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts).encode(errors="replace").decode() or "table"


def _free(name: str, whole: bool, names: set[str]) -> str:
    ending = PurePosixPath(name).suffix if whole and PurePosixPath(name).suffix.lower() in WHOLE else ".xlsx"
    stem, number = name.removesuffix(ending), 1
    found = stem + ending
    while found.casefold() in names:
        number += 1
        found = f"{stem} {number}{ending}"
    names.add(found.casefold())
    return found


def clean(text: str) -> str:
    """Text that a workbook can hold; signs that XML has none for are replaced."""
    return _NO_XML.sub("\ufffd", text)
