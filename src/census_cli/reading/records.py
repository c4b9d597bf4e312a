"""The careful CSV reader: text to numbered records by RFC 4180, each sound or unreadable, none dropped.  Widths and blanks are judged in `careful`."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from census_cli.reading.encodings import MARK, open_text

Problem = Literal["quote", "nul", "width", "encoding"]

LONGEST_RECORD = 1 << 22
"""Characters of one record after which a quote counts as never closed, so that memory stays bounded."""

_LINE_END = "\r\n"
_TO_CLOSING_QUOTE = re.compile(r'[^"]*+(?:""[^"]*+)*+')


class Record(NamedTuple):
    """One record: its number (the first's is 0), its first physical line (from 1), its cells, and what is wrong.

    `place` is the line and the column of the first sign that could not be decoded.
    """

    number: int
    line: int
    cells: list[str] | None
    problem: Problem | None
    place: tuple[int, int] | None = None


def read_records(path: Path, encoding: str = "utf-8-sig", delimiter: str = ",") -> Iterator[Record]:
    """Every record of a file in order, the header first.  A blank line is a record too."""
    with open_text(path, encoding) as file:
        yield from records_of(file, delimiter)


def records_of(physical_lines: Iterator[str], delimiter: str = ",") -> Iterator[Record]:
    """Every record of these lines, which keep their ends (LF, CRLF or CR)."""
    lines = _Lines(physical_lines, delimiter)
    for number, line in enumerate(lines):
        first_line = lines.number
        if '"' in line or lines.lost:
            cells = _quoted_cells(line, lines)
            whole = "".join((line, *lines.followed))
        else:
            cells, whole = line.rstrip(_LINE_END).split(delimiter), line
        if MARK in whole:
            yield Record(number, first_line, cells, "encoding", _place(first_line, (line, *lines.followed)))
        elif cells is None:
            yield Record(number, first_line, None, "quote")
        else:
            yield Record(number, first_line, cells, "nul" if "\0" in whole else None)


def _place(first_line: int, lines: Sequence[str]) -> tuple[int, int]:
    """The line and the column of the first MARK."""
    return next((first_line + i, line.index(MARK) + 1) for i, line in enumerate(lines) if MARK in line)


def _quoted_cells(line: str, lines: _Lines) -> list[str] | None:
    if lines.lost:
        return None
    try:
        # The standard library is quick, but cannot step back from an error: it may try the first line only.
        return next(csv.reader((line,), delimiter=lines.delimiter, strict=True))
    except csv.Error:
        return _QuotedRecord(line, lines).cells()


class _Lines:
    """The physical lines, some of which can be given back, and what is known of the quotes ahead.

    `hopeless` are opening quotes (line, column) whose cells run over a line end into a stray quote: without it, a
    hostile file would have the same lines followed again from each of its quotes.  Once `lost`, no quote is closed.
    `followed` are the lines of the present record after its first.
    """

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self._lines = lines
        self.delimiter = delimiter
        self.followed: Sequence[str] = ()
        self._given_back: deque[str] = deque()
        self.number = 0
        self.hopeless: set[tuple[int, int]] = set()
        self.lost = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            yield line
            self.followed = ()
            while self._given_back:
                yield self.take()
                self.followed = ()

    def take(self) -> str:
        """The next line, or nothing at the end."""
        line = self._given_back.popleft() if self._given_back else next(self._lines, "")
        self.number += bool(line)
        return line

    def forget_the_past(self) -> None:
        """Drop what is known of quotes when no line is left to be read again."""
        if not self._given_back:
            self.hopeless.clear()

    def give_back(self, lines: list[str]) -> None:
        """Make these, the last ones taken, the next ones again."""
        self._given_back.extendleft(reversed(lines))
        self.number -= len(lines)


class _QuotedRecord:
    """One record that holds a quote, followed over as many physical lines as it needs."""

    def __init__(self, line: str, lines: _Lines) -> None:
        self._line, self._lines, self._delimiter = line, lines, lines.delimiter
        self._at = 0
        self._size = len(line)
        self._taken: list[str] = []
        self._opened: set[tuple[int, int]] = set()
        lines.forget_the_past()

    def cells(self) -> list[str] | None:
        """The cells; or None for a stray quote or one never closed, with all lines but the first given back."""
        cells: list[str] = []
        while True:
            cell = self._quoted() if self._line.startswith('"', self._at) else self._bare()
            if cell is None:
                self._lines.give_back(self._taken)
                self._lines.hopeless.update(self._opened)
                return None
            cells.append(cell)
            if not self._line.startswith(self._delimiter, self._at):
                self._lines.followed = self._taken
                return cells
            self._at += 1

    def _bare(self) -> str:
        start, end = self._at, self._line.find(self._delimiter, self._at)
        self._at = end if end >= 0 else len(self._line.rstrip(_LINE_END))
        return self._line[start : self._at]

    def _quoted(self) -> str | None:
        parts, opening, start = [], (self._lines.number, self._at), self._at + 1
        while (end := self._closing_quote(start)) == len(self._line):
            parts.append(self._line[start:])
            if not self._follow(opening):
                return None
            start = 0
        parts.append(self._line[start:end])
        self._at = end + 1
        if self._line[self._at : self._at + 1] not in ("", self._delimiter, "\r", "\n"):
            return None
        return "".join(parts).replace('""', '"')

    def _closing_quote(self, start: int) -> int:
        found = _TO_CLOSING_QUOTE.match(self._line, start)
        assert found is not None  # it matches nothing at all, too
        return found.end()

    def _follow(self, opening: tuple[int, int]) -> bool:
        """Go on to the next line in an open quote, unless that is known to be no use."""
        if opening in self._lines.hopeless:
            return False
        line = self._lines.take()
        self._size += len(line)
        if line:
            self._taken.append(line)
        self._lines.lost = not line or self._size > LONGEST_RECORD
        self._opened.add(opening)
        self._line = line
        return not self._lines.lost
