"""What an inspection tells of files: what each is, which table it holds, what its columns mean, what would not be read.  No cell is in it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class SeenColumn:
    """One column: its header, the field it is taken for and by which name; else why not, and the field it may mean."""

    number: int
    header: str
    field: str | None = None
    title: str | None = None
    how: str | None = None
    """`name`, `chinese`, `english`, `alias`, `folded` (width, case, spaces), `brackets` (what they hold left out), `grouped` (a group before
    it); of an export from tablets `app`, `form`, `link`, `answer`, `repeat`; else `unknown`, `unit`."""
    near: str | None = None
    near_title: str | None = None


@dataclass
class AbsentField:
    """A field that the file does not have, and how many rules a check would skip for want of it."""

    field: str
    title: str
    rules: int


@dataclass
class SkippedLines:
    """Lines that are no records of one kind, and the numbers of the first."""

    what: str
    count: int
    rows: list[int] = field(default_factory=list)


@dataclass
class Inspected:
    """One file, or one sheet of a workbook.  What is None is not known, or not of its kind."""

    path: str
    sheet: str | None = None
    packed: str | None = None
    format: str | None = None
    size: int | None = None
    encoding: str | None = None
    encoding_by: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    titles: int = 0
    table: str | None = None
    table_title: str | None = None
    table_by: str | None = None
    app: str | None = None
    """The app for tablets that wrote it."""
    known: int = 0
    columns: list[SeenColumn] = field(default_factory=list)
    twice: list[list[str]] = field(default_factory=list)
    """The headers that name the same field, of which only one may stay."""
    absent: list[AbsentField] = field(default_factory=list)
    supplied: list[str] = field(default_factory=list)
    """Titles of the fields that it does not have, and that a check would make of what it has."""
    rows: int | None = None
    unreadable: int | None = None
    blank: int | None = None
    skipped: list[SkippedLines] = field(default_factory=list)
    first_unreadable: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is odd in an export from tablets."""
    reason: str | None = None
    """Why it is not read, or why a check would stop at it (`refused`)."""
    refused: bool = False


@dataclass
class Inspection:
    """All files, and how many rules a check of them would run and skip."""

    files: list[Inspected] = field(default_factory=list)
    rules: int = 0
    rules_skipped: int = 0
