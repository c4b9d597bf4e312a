"""Many conditions on the rows of a table as bits of a few whole numbers: judged in one pass, and read from then on without judging again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from census_cli.sql.words import either, listed, name

_BITS = 62  # of the 63 of a number that is not negative


@dataclass(frozen=True)
class Packed:
    """Conditions by name, each of which has a bit in one of the columns `<bits 0>`, `<bits 1>` …; conditions that are the same share one."""

    conditions: Mapping[str, str]

    def columns(self) -> list[str]:
        """The columns, from rows of which the conditions can be told; what is unknown does not hold."""
        bits = [f"CASE WHEN {c} THEN {1 << place % _BITS} ELSE 0 END" for c, place in self._places.items()]
        parts = [bits[i : i + _BITS] for i in range(0, len(bits), _BITS)]
        return [f"CAST(0 AS BIGINT) + {' + '.join(part)} AS {_column(i)}" for i, part in enumerate(parts)]

    def some(self, conditions: Iterable[str]) -> str:
        """SQL of whether one of the conditions holds, where the columns are at hand."""
        masks: dict[int, int] = {}
        for place in map(self._place, conditions):
            masks[place // _BITS] = masks.get(place // _BITS, 0) | 1 << place % _BITS
        return either(f"{_column(i)} & {mask} <> 0" for i, mask in masks.items())

    def counts(self, table: str, conditions: Iterable[str]) -> str:
        """One row: `units`, how many rows there are, and for how many each condition holds.  Alike rows are counted first."""
        parts = [f"(SELECT count(*) AS units FROM {name(table)})"]
        for number, part in groupby(sorted(conditions, key=self._place), lambda c: self._place(c) // _BITS):
            sums = [f"coalesce(sum(CASE WHEN {self.some([c])} THEN n END), 0) AS {name(c)}" for c in part]
            alike = f"SELECT {_column(number)}, count(*) AS n FROM {name(table)} GROUP BY {_column(number)}"
            parts.append(f"(SELECT {listed(sums)}\nFROM ({alike}))")
        return "SELECT * FROM " + ",\n".join(f"{part} part{i}" for i, part in enumerate(parts))

    def _place(self, condition: str) -> int:
        return self._places[self.conditions[condition]]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {sql: place for place, sql in enumerate(dict.fromkeys(self.conditions.values()))}


def _column(number: int) -> str:
    return name(f"<bits {number}>")
