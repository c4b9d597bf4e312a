"""SQL that supplies what no file has: columns made of others of the row, keys found by names, rows made of their children's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from census_cli.expr.bound import BoundTable
from census_cli.expr.nodes import Aggregate, Column, Node
from census_cli.sql.cells import limits_hold
from census_cli.sql.grammar import conformed, folded, text_of
from census_cli.sql.spelling import spell
from census_cli.sql.words import both, listed, name, string

BETWEEN = " / "
"""Stands between values that disagree."""


@dataclass(frozen=True)
class RowValues:
    """Spells an expression over a raw row; cells that do not conform are missing in it."""

    table: BoundTable
    stored: Mapping[str, str]

    def spelled(self, node: Node) -> str:
        """SQL of the expression's value."""
        return spell(node, self._named)

    def _named(self, node: Column | Aggregate) -> str:
        assert isinstance(node, Column)
        if derived := self.table.derived.get(node.name):
            return self.spelled(derived.node)
        field = self.table.model.field(node.name)
        assert field is not None
        value = conformed(field, name(node.name), self.stored[node.name])
        limits = limits_hold(field, value)
        return f"CASE WHEN {limits} THEN {value} END" if limits else value


def with_columns(rows: str, made: Mapping[str, str]) -> str:
    """Rows with more columns, each given by its SQL over the row."""
    return f"SELECT *, {listed(f'{sql} AS {name(f)}' for f, sql in made.items())}\nFROM ({rows})"


def distinct_names(rows: str, columns: Mapping[str, str]) -> str:
    """The names that occur together, as text; columns are given with their storage."""
    return f"SELECT DISTINCT {listed(f'{text_of(name(c), kind)} AS {name(c)}' for c, kind in columns.items())}\nFROM ({rows})"


def with_keys(rows: str, columns: Mapping[str, str], found: str, key: str, count: str, unless: str = "") -> str:
    """Rows with the key that was found by their names, and how many there were; `found` holds both beside the names n0, n1, …

    Where `unless` holds the names are not to be trusted, and how many there are is not known.
    """
    on = both(
        f"found.n{i} IS NOT DISTINCT FROM {text_of('given.' + name(c), kind)}" for i, (c, kind) in enumerate(columns.items())
    )
    times = f"CASE WHEN NOT {unless} THEN found.times END" if unless else "found.times"
    return f"SELECT given.*, found.key AS {name(key)}, {times} AS {name(count)}\nFROM ({rows}) given LEFT JOIN {name(found)} found ON {on}"


@dataclass(frozen=True)
class Merging:
    """Rows of a table made of the rows of its children, which repeat its columns as `table.field`.

    `foreign` is the children's column that names the row, `stored` the storage of their columns, `headers` what the repeated
    columns are called where they come from.
    """

    table: BoundTable
    child: BoundTable
    stored: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def fields(self) -> list[str]:
        """The fields that are repeated."""
        return [f.name for f in self.table.model.fields if self._column(f.name) in self.stored]

    def merged(self, rows: str) -> str:
        """One row for each key, at the place of the first child: the value on which all agree, blanks not counted, else those that differ.

        A value is compared as what it means; of the ways to write it the first in order is kept.
        """
        made = self.table.model.made_of
        assert made is not None
        grouped = ["min(key) AS key", "min({'source': source, 'row': row}) AS first"]
        for i in range(len(self.fields)):
            grouped += [f"min(t{i}) AS low{i}", f"max(t{i}) AS high{i}", f"coalesce(min(v{i}) <> max(v{i}), FALSE) AS differ{i}"]
        cells = [
            f"CASE WHEN differ{i} THEN low{i} || {string(BETWEEN)} || high{i} ELSE low{i} END AS {name(f)}"
            for i, f in enumerate(self.fields)
        ]
        flags = " || ".join(f"CASE WHEN differ{i} THEN {string(f + ',')} ELSE '' END" for i, f in enumerate(self.fields))
        key = self.table.model.primaryKey[-1]
        columns = ["first.source AS source", "first.row AS row", f"key AS {name(key)}", *cells]
        columns.append(f"',' || nullif({flags}, '') AS {name(made.contested)}")
        groups = f"SELECT {listed(grouped)}\nFROM ({self._values(rows)}) WHERE id IS NOT NULL GROUP BY id"
        return f"SELECT {listed(columns)}\nFROM ({groups})"

    def with_differences(self, rows: str, merged: str) -> str:
        """The merged rows with all values of the fields on which their children disagree; personal ones are only named."""
        made, key = self.table.model.made_of, self.table.model.primaryKey[-1]
        assert made is not None
        told = [self._told(i, f) for i, f in enumerate(self.fields)]
        some = f"SELECT {folded(name(key))} FROM {name(merged)} WHERE {name(made.contested)} IS NOT NULL"
        words = (
            f"SELECT id, concat_ws('; ', {listed(told)}) AS words\nFROM ({self._values(rows)}) WHERE id IN ({some}) GROUP BY id"
        )
        on = f"told.id = {folded('merged.' + name(key))}"
        return f"SELECT merged.*, told.words AS {name(made.differences)}\nFROM {name(merged)} merged LEFT JOIN ({words}) told ON {on}"

    def _told(self, i: int, field: str) -> str:
        header, model = self.headers[self._column(field)], self.table.model.field(field)
        values = f"string_agg(DISTINCT t{i}, {string(BETWEEN)} ORDER BY t{i})"
        said = string(header) if model and model.pii else f"{string(header + ': ')} || {values}"
        return f"CASE WHEN min(v{i}) <> max(v{i}) THEN {said} END"

    def _values(self, rows: str) -> str:
        """Each child with the key, and of each field its text, and its value as text."""
        (foreign,) = self.child.parents[self.table.model.name]
        key = text_of(name(foreign), self.stored[foreign])
        columns = ["source", "row", f"{folded(key)} AS id", f"{key} AS key"]
        for i, f in enumerate(self.fields):
            column, field = self._column(f), self.table.model.field(f)
            assert field is not None
            raw, kind = name(column), self.stored[column]
            text = text_of(raw, kind)
            value = f"coalesce(CAST({conformed(field, raw, kind)} AS VARCHAR), {folded(text)})"
            columns += [f"{value} AS v{i}", f"CASE WHEN {folded(text)} IS NOT NULL THEN {text} END AS t{i}"]
        return f"SELECT {listed(columns)}\nFROM ({rows})"

    def _column(self, field: str) -> str:
        return f"{self.table.model.name}.{field}"
