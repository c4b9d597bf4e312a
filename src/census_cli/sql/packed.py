"""Many conditions on the rows of a table as bits of a few whole numbers: judged in one pass, and read from then on without judging again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from census_cli.sql.words import either, listed, name

_BITS = 60  # of the 63 of a number that is not negative, so that the three of a rule lie in one
_PASSED, _VIOLATED, _UNKNOWN = range(3)


@dataclass(frozen=True)
class Packed:
    """Conditions by name, each of which has a bit in one of the columns `<bits 0>`, `<bits 1>` …; conditions that are the same share one.

    `rules` gives for each rule when it applies and what it asserts, either of which may be unknown: the rule by its name is
    the condition that it is violated, and `<rule>.passed`, `<rule>.violated` and `<rule>.unknown` are conditions, too.
    """

    conditions: Mapping[str, str]
    rules: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def columns(self) -> list[str]:
        """The columns, from rows of which the conditions can be told; of `conditions` what is unknown does not hold."""
        bits = [
            (self._place(rule + ".passed"), _outcome(*pair, self._place(rule + ".passed"))) for rule, pair in self.rules.items()
        ]
        bits += [(place, f"CASE WHEN {c} THEN {_bit(place)} ELSE 0 END") for c, place in self._places.items()]
        parts = groupby(bits, lambda bit: bit[0] // _BITS)
        return [f"CAST(0 AS BIGINT) + {' + '.join(sql for _, sql in part)} AS {_column(i)}" for i, part in parts]

    def some(self, conditions: Iterable[str]) -> str:
        """SQL of whether one of the conditions holds, where the columns are at hand."""
        masks: dict[int, int] = {}
        for place in map(self._place, conditions):
            masks[place // _BITS] = masks.get(place // _BITS, 0) | _bit(place)
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
        place = self._of_rules.get(condition)
        return self._places[self.conditions[condition]] if place is None else place

    @cached_property
    def _of_rules(self) -> dict[str, int]:
        places: dict[str, int] = {}
        for first, rule in enumerate(self.rules):
            for ending, outcome in ((".passed", _PASSED), (".violated", _VIOLATED), (".unknown", _UNKNOWN), ("", _VIOLATED)):
                places[rule + ending] = 3 * first + outcome
        return places

    @cached_property
    def _places(self) -> dict[str, int]:
        return {sql: place for place, sql in enumerate(dict.fromkeys(self.conditions.values()), 3 * len(self.rules))}


def _outcome(when: str, asserts: str, place: int) -> str:
    """The bit of a rule's outcome, none where it does not apply: one look instead of three."""
    passed, violated, unknown = (_bit(place + outcome) for outcome in (_PASSED, _VIOLATED, _UNKNOWN))
    decided = f"CASE WHEN {asserts} THEN {passed} WHEN NOT {asserts} THEN {violated} ELSE {unknown} END"
    return f"CASE WHEN {when} THEN {decided} WHEN {when} IS NULL THEN {unknown} ELSE 0 END"


def _bit(place: int) -> int:
    return 1 << place % _BITS


def _column(number: int) -> str:
    return name(f"<bits {number}>")
