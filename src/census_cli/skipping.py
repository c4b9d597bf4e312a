"""Which lines of a table's file are no records of it, in Python; `sql.raw` says the same to an engine.  Each is counted and listed, none is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from census_cli.folding import fold

Skipped = Literal["blank", "total", "header", "numbers"]
SKIPPED: tuple[Skipped, ...] = ("blank", "total", "header", "numbers")
"""All cells blank; a total (合计, 小计); the header again; the numbers of the columns."""

LEADING = 3
"""The cells of a line among which a word such as 合计 makes it a total."""

LEAST_NUMBERED = 6
"""The cells that a line of column numbers has at least: shorter ones could be answers."""

TOTAL_SIGN = "计"
TOTAL = f"(合|总|小|共|累) *{TOTAL_SIGN}[:：]?"
_TOTAL = re.compile(TOTAL)


def skipped(cells: Sequence[str], headers: Sequence[str]) -> Skipped | None:
    """Why a line is no record, or None for one that is."""
    first = fold(cells[0])
    if not first and not any(map(fold, cells)):
        return "blank"
    if any(TOTAL_SIGN in cell and _TOTAL.fullmatch(fold(cell)) for cell in cells[:LEADING]):
        return "total"
    if cells[0] == headers[0] and list(cells) == list(headers):
        return "header"
    if first == "1" and len(headers) == len(cells) >= LEAST_NUMBERED and _numbered(cells):
        return "numbers"
    return None


def _numbered(cells: Sequence[str]) -> bool:
    return all(fold(cell) == str(number) for number, cell in enumerate(cells, 1))
