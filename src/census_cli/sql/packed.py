"""Many conditions on the rows of a table as bits of a few whole numbers: judged in one pass, and read from then on without judging again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from census_cli.sql.words import either, listed, name

_BITS = 62  # of the 63 of a number that is not negative


@dataclass(frozen=True)
class Packed:
    """Conditions by name, each of which has a bit of its own in one of the columns `<bits 0>`, `<bits 1>` …"""

    conditions: Mapping[str, str]

    def columns(self) -> list[str]:
        """The columns, from rows of which the conditions can be told; what is unknown does not hold."""
        bits = [f"CASE WHEN {c} THEN {1 << i % _BITS} ELSE 0 END" for i, c in enumerate(self.conditions.values())]
        parts = [bits[i : i + _BITS] for i in range(0, len(bits), _BITS)]
        return [f"CAST(0 AS BIGINT) + {' + '.join(part)} AS {_column(i)}" for i, part in enumerate(parts)]

    def holds(self, condition: str) -> str:
        """SQL of whether a condition holds, of which the columns are at hand."""
        return self.some([condition])

    def some(self, conditions: Iterable[str]) -> str:
        """SQL of whether one of the conditions holds."""
        masks: dict[int, int] = {}
        places = {c: i for i, c in enumerate(self.conditions)}
        for place in {places[c] for c in conditions}:
            masks[place // _BITS] = masks.get(place // _BITS, 0) | 1 << place % _BITS
        return either(f"{_column(i)} & {mask} <> 0" for i, mask in masks.items())

    def counts(self, table: str) -> str:
        """One row: `units`, how many rows there are, and for how many each condition holds.  Alike rows are counted first."""
        parts = [f"(SELECT count(*) AS units FROM {name(table)})"]
        for start in range(0, len(self.conditions), _BITS):
            column, part = _column(start // _BITS), list(self.conditions)[start : start + _BITS]
            sums = [f"coalesce(sum(CASE WHEN {self.holds(c)} THEN n END), 0) AS {name(c)}" for c in part]
            alike = f"SELECT {column}, count(*) AS n FROM {name(table)} GROUP BY {column}"
            parts.append(f"(SELECT {listed(sums)}\nFROM ({alike}))")
        return "SELECT * FROM " + ",\n".join(f"{part} part{i}" for i, part in enumerate(parts))


def _column(number: int) -> str:
    return name(f"<bits {number}>")
