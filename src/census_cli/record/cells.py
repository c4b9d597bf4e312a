"""The cells of a row as values: conformed, held against their field's own constraints, and flagged, as `sql.cells` does for a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from census_cli.conform import NotConforming, Typed, conform
from census_cli.folding import WIDE_BLANKS, fold
from census_cli.record.relations import BAD, Given, Row
from census_cli.structure import cell_kinds
from census_cli.survey.models import CodeList, FieldModel, Table

Read = tuple[Typed | None, bool, bool]
"""The value of a cell, whether it does not conform, and whether that is a fault."""

REMEMBERED = 256
_NOTHING: Read = (None, False, False)


class Cells:
    """Reads the rows of one table that has these columns."""

    def __init__(self, table: Table, codes: Mapping[str, CodeList], there: Collection[str]) -> None:
        self.there = there
        fields = [f for f in table.fields if f.name in there]
        self._readers = {f.name: _reader(f, codes) for f in fields}
        self._required = [f.name for f in fields if f.constraints.required and cell_kinds(f)]
        self._hanging = [f for f in fields if f.required_unless]
        blank: dict[str, Any] = {f.name: None for f in table.fields}
        self._blank = blank | {f.name + BAD: f.name in self._required for f in table.fields}

    def row(self, texts: Mapping[str, str | None], number: int, given: Given, **of_table: Any) -> Row:
        """One row; its faults are the fields whose cells are not sound."""
        row = Row(self._blank, texts=texts, number=number, given=given, **of_table)
        for name, text in texts.items():
            if text:
                value, bad, fault = self._readers[name](text)
                if bad or value is not None:
                    row[name], row[name + BAD] = value, bad
                    if fault:
                        row.faults.append(name)
        row.faults += [f for f in self._required if row[f + BAD] and f not in row.faults]
        for field in self._hanging:
            if row[field.name] is None and self._must_be_filled(field, row):
                row[field.name + BAD] = True
                row.faults += [field.name] if field.name not in row.faults else []
        return row

    def _must_be_filled(self, field: FieldModel, row: Row) -> bool:
        """Whether the answers that a field hangs on make it required; one that cannot be read does not, a blank one does."""
        answers = ((o, code) for o, code in field.required_unless.items() if o in self.there)
        return all(not row[o + BAD] if row[o] is None else row[o] != code for o, code in answers)


def _reader(field: FieldModel, codes: Mapping[str, CodeList]) -> Callable[[str], Read]:
    """What becomes of a text that is not empty; answers are few, so most are read once, but nothing personal is kept."""
    unknown, judged = frozenset(field.missingValues or ()), bool(cell_kinds(field))
    required, limits = field.constraints.required, list(_limits(field))

    def read(text: str) -> Read:
        if text in unknown or text.strip(WIDE_BLANKS) in unknown:
            return None, True, required and judged
        try:
            value = conform(field, text, codes)
        except NotConforming:
            return None, True, True
        if value is None:
            return (None, True, True) if required and judged else _NOTHING
        return (value, False, False) if all(hold(value) for hold in limits) else (None, True, True)

    return read if field.pii else lru_cache(REMEMBERED)(read)


def _limits(field: FieldModel) -> Iterator[Callable[[Any], bool]]:
    limits = field.constraints
    size: Callable[[Any], int] = (lambda value: value.count(",") + 1) if field.type == "list" else len
    if (least := limits.minimum) is not None:
        yield lambda value: value >= least
    if (most := limits.maximum) is not None:
        yield lambda value: value <= most
    if (shortest := limits.minLength) is not None:
        yield lambda value: size(value) >= shortest
    if (longest := limits.maxLength) is not None:
        yield lambda value: size(value) <= longest
    if limits.pattern is not None:
        pattern = re.compile(limits.pattern)
        yield lambda value: pattern.fullmatch(value) is not None


def filled(text: str | None) -> bool:
    """Whether a cell is not blank."""
    return bool(text) and bool(fold(text or ""))
