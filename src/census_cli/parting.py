"""A survey that is too large to be joined at once is judged in parts: some of its units with all that belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from census_cli.engines.base import Engine
from census_cli.expr.bound import BoundSurvey
from census_cli.raw import RawTables
from census_cli.sql.grammar import conformed
from census_cli.sql.words import name, string

PART_CELLS = 250_000_000
"""Cells of all tables that are judged at once: what is joined of so many takes about a gigabyte."""
SAMPLED = 10_000
"""Units by which the parts are laid out."""


@dataclass(frozen=True)
class Part:
    """Makes tables of one part as an engine makes them of the whole; each name leads to the table of the present part."""

    engine: Engine
    number: int
    made: dict[str, list[str]]

    def table(self, table: str, sql: str) -> None:
        """Run a SELECT over the part and keep its rows."""
        own = _own(table, self.number)
        self.engine.table(own, sql)
        self.engine.view(table, f"SELECT * FROM {name(own)}")
        self.made[table] = [*(m for m in self.made.get(table, ()) if m != own), own]

    def one(self, sql: str) -> Mapping[str, int]:
        """Run a SELECT of one row."""
        return self.engine.one(sql)

    def drop(self, table: str) -> None:
        """Forget what was made of this part."""
        self.engine.drop(self.made[table].pop())


@dataclass
class Parts:
    """The parts of a survey, to be gone through again and again.

    In each table that is parted `columns` has the unit's key, and `keys` is SQL of it.  Without keys nothing is parted.  After the last part every table is whole again, and so is what was made of the parts.
    """

    engine: Engine
    rows: Mapping[str, str]
    columns: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    bounds: Sequence[str] = ()
    made: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.bounds) + 1

    def __iter__(self) -> Iterator[Part]:
        for number in range(len(self)):
            for table, key in self.keys.items():
                self.engine.view(f"raw_{table}", f"SELECT * FROM ({self.rows[table]}) WHERE {self._within(number, key)}")
            for table, parts in self.made.items():
                self._lead(table, [p for p in parts if p == _own(table, number)])
            yield Part(self.engine, number, self.made)
        for table in self.keys:
            self.engine.view(f"raw_{table}", self.rows[table])
        for table, parts in self.made.items():
            self._lead(table, parts)

    def holds(self, links: Collection[tuple[str, str]]) -> bool:
        """Whether what is found by these columns, as (table, column), is found within each part."""
        return bool(links) and all(self.columns.get(table) == column for table, column in links)

    def drop(self, table: str) -> None:
        """Forget a table, in parts or whole."""
        for own in self.made.pop(table, [table]):
            self.engine.drop(own)

    def _lead(self, table: str, parts: Sequence[str]) -> None:
        """Let a name lead to all rows of some parts."""
        if parts:
            self.engine.view(table, "\nUNION ALL\n".join(f"SELECT * FROM {name(part)}" for part in parts))

    def _within(self, number: int, key: str) -> str:
        """What has no key belongs to the first part, and to nothing in it."""
        low = [f"{key} >= {string(self.bounds[number - 1])}"] if number else []
        high = [f"{key} < {string(self.bounds[number])}"] if number < len(self.bounds) else []
        within = " AND ".join([*low, *high]) or "TRUE"
        return within if number else f"({within} OR {key} IS NULL)"


def _own(table: str, number: int) -> str:
    return f"{table} part {number}"


def find_parts(engine: Engine, bound: BoundSurvey, raw: RawTables, small: Collection[str]) -> Parts:
    """The parts of a survey by ranges of the registered unit's key: one of all where it is not large, or cannot be parted."""
    whole = Parts(engine, raw.rows)
    cells = sum(part.sound * len(raw.stored[part.table]) for part in raw.held)
    columns = _belonging(bound, raw, small)
    if cells <= PART_CELLS or not columns:
        return whole
    keys = {table: _key(bound, raw, table, column) for table, column in columns.items()}
    plain = all(_plain(engine, raw, table, column, keys[table]) for table, column in columns.items())
    unit = bound.file.registered_unit
    bounds = _bounds(engine, f"SELECT {keys[unit]} AS k FROM {name(f'raw_{unit}')}", -(-cells // PART_CELLS))
    # Where every key stands as it is compared, the files' own notes on their parts tell which need not be read.
    compared = {t: name(c) for t, c in columns.items()} if plain else keys
    return Parts(engine, raw.rows, columns, compared, bounds) if bounds else whole


def _belonging(bound: BoundSurvey, raw: RawTables, small: Collection[str]) -> dict[str, str]:
    """The tables whose rows belong to a unit, with the column that says to which; none unless all find one another by it."""
    unit, every = bound.file.registered_unit, bound.tables
    if len(every[unit].model.primaryKey) != 1:
        return {}
    (own,) = every[unit].model.primaryKey
    found = {unit: own}
    found |= {t: held.parents[unit][0] for t, held in every.items() if unit in held.parents}
    found |= {above: every[above].model.primaryKey[0] for above, fields in every[unit].parents.items() if tuple(fields) == (own,)}
    there = {t: c for t, c in found.items() if c in raw.stored.get(t, ()) and t not in small}
    judged = {a.model.table for a in bound.assurances.values()} & set(raw.stored)
    links = [(t, p) for t in there for p in every[t].parents if p in there]
    meet = all(every[t].parents[p][0] == there[t] and every[p].model.primaryKey[0] == there[p] for t, p in links)
    return there if meet and {unit, *judged} <= set(there) else {}


def _key(bound: BoundSurvey, raw: RawTables, table: str, column: str) -> str:
    model = bound.tables[table].model.field(column)
    assert model is not None
    return conformed(model, name(column), raw.stored[table][column])


def _plain(engine: Engine, raw: RawTables, table: str, column: str, key: str) -> bool:
    """Whether every key of a table stands in its file as it is compared."""
    if raw.stored[table][column] != "VARCHAR":
        return False
    other = f"SELECT count(*) AS n FROM {name(f'raw_{table}')} WHERE {name(column)} IS DISTINCT FROM {key}"
    return engine.one(other)["n"] == 0


def _bounds(engine: Engine, units: str, parts: int) -> list[str]:
    """The keys at which all parts but the first begin, so that all have about as many units."""
    rows = engine.one(f"SELECT count(*) AS n FROM ({units})")["n"]
    some = f"SELECT DISTINCT k FROM ({units}) WHERE k IS NOT NULL AND hash(k) % {max(1, rows // SAMPLED)} = 0 ORDER BY k"
    keys = [key for batch in engine.stream(some) for key in batch.column("k").to_pylist()]
    return list(dict.fromkeys(keys[len(keys) * i // parts] for i in range(1, parts))) if keys else []
