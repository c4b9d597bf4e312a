"""Where a table begins in what was read: the header among the first rows, and the sign between the cells of a text file.  No data row is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, zip_longest
from pathlib import Path

from census_cli.folding import fold
from census_cli.reading.encodings import MARK, open_text
from census_cli.reading.headers import most_fields
from census_cli.reading.records import records_of
from census_cli.survey.models import Table

DELIMITERS = (",", "\t", ";", "，")
LOOKED_AT = 30
"""Rows among which the header is looked for."""

_LINE_LOOKED_AT = 1 << 20
_LEAST_BELOW = 3


@dataclass(frozen=True)
class Header:
    """The names of the columns, and how many rows they and what stands above them take."""

    names: list[str]
    rows: int
    titles: list[str]
    """The first filled cell of each row above the names."""


@dataclass(frozen=True)
class Layout:
    """The sign between cells, and the header."""

    delimiter: str
    header: Header


def find_layout(path: Path, encoding: str, tables: Sequence[Table]) -> Layout | None:
    """How a text file is laid out: the reading in which most columns have a name; None for a file without a record."""
    with open_text(path, encoding) as file:
        lines = list(islice(iter(lambda: file.readline(_LINE_LOOKED_AT), ""), 2 * LOOKED_AT))
    best, most = None, -1
    for delimiter in DELIMITERS:
        if delimiter != "," and not any(delimiter in line for line in lines):
            continue
        rows = [record.cells or [] for record in islice(records_of(iter(lines), delimiter), LOOKED_AT)]
        header = find_header(rows, tables)
        if header and (named := most_fields(header.names, tables)) > most:
            best, most = Layout(delimiter, header), named
    return best


def find_header(rows: Sequence[Sequence[str]], tables: Sequence[Table]) -> Header | None:
    """The header among the first rows; where no row names columns, it is the first.

    A header of two rows has groups above and names below; a cell merged over both has its name above.
    """
    best, most = None, 0
    for first, depth, names in _candidates(rows):
        named = most_fields(names, tables)
        if named > most and (first == 0 or named >= _LEAST_BELOW):
            best, most = (first, depth, names), named
    if best is None and rows:
        best = (0, 1, rows[0])
    if best is None:
        return None
    first, depth, names = best
    return Header([n.replace(MARK, "\ufffd") for n in names], first + depth, [_first_filled(row) for row in rows[:first]])


def _candidates(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, Sequence[str]]]:
    for first, row in enumerate(rows):
        yield first, 1, row
    for first, (above, below) in enumerate(pairwise(rows)):
        yield first, 2, [name if fold(name) else group for group, name in zip_longest(above, below, fillvalue="")]


def _first_filled(cells: Iterable[str]) -> str:
    return next((text for cell in cells if (text := fold(cell))), "")
