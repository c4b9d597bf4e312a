"""What a row sees: its parents' columns, its children's aggregates, its derived fields, each made when it is first read.

A row holds them under the names of `sql.relations`: `f` the value of a field, `f!` whether its text did not conform, `parent.f` and
`parent.f!` the same of an ancestor, an aggregate under a name of its own.  `f!~` tells whether what is written cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from census_cli.expr.bound import BoundDerived, BoundSurvey
from census_cli.expr.nodes import Aggregate, Column, Node, aggregates, columns, loose
from census_cli.folding import fold
from census_cli.record.evaluate import Get, closure, folded
from census_cli.sql.relations import Relations

BAD, UNREADABLE = "!", "!~"
_ABOVE, _BELOW = "^", "*"


class Given:
    """The rows of one call, and how they find one another."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self._keys: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], list[Row]]] = {}

    def alike(self, table: str, fields: tuple[str, ...]) -> dict[tuple[Any, ...], list[Row]]:
        """The rows of a table by their values in some fields; those that lack one are left out."""
        found = self._keys.get((table, fields))
        if found is None:
            found = self._keys[table, fields] = {}
            for row in self.rows.get(table, ()):
                key = tuple(row[f] for f in fields)
                if None not in key:
                    found.setdefault(key, []).append(row)
        return found


class Row(dict[str, Any]):
    """One row; what is not there yet is made by `made`.  `absent` are the derived fields that lack what they are made of."""

    __slots__ = ("absent", "faults", "given", "made", "number", "texts")

    def __init__(
        self,
        values: Mapping[str, Any],
        texts: Mapping[str, str | None],
        number: int,
        given: Given,
        made: Mapping[str, Get],
        absent: frozenset[str],
    ) -> None:
        super().__init__(values)
        self.texts, self.number, self.given, self.made, self.absent = texts, number, given, made, absent
        self.faults: list[str] = []

    def __missing__(self, key: str) -> Any:
        value = self[key] = self.made[key](self)
        return value


class Links:
    """Compiles the expressions of a survey; `made` says for each table how what its rows do not hold yet is made."""

    def __init__(self, bound: BoundSurvey) -> None:
        self.bound = bound
        self.made: dict[str, dict[str, Get]] = {table: {} for table in bound.tables}
        self._relations = Relations(bound, {})
        self._aliases: dict[tuple[str, Aggregate], str] = {}
        for table, held in bound.tables.items():
            self._links(table)
            for field in held.model.fields:
                self.made[table][field.name + UNREADABLE] = _unreadable(field.name)
                # An absent column is read only by what takes it for blank.
                self.made[table] |= {field.name: _nothing, field.name + BAD: _no}
        for table, held in bound.tables.items():
            for derived in held.derived.values():
                self._derive(table, derived)

    def get(self, table: str, node: Node) -> Get:
        """What an expression of a table gives on its rows."""
        return closure(node, lambda leaf: self._key(table, leaf))

    def bad(self, table: str, node: Node, blank_too: frozenset[str] = frozenset()) -> Callable[[Row], bool]:
        """Whether anything that an expression reads does not conform; of columns that are `blank_too` only what is written counts."""
        flags = [self._key(table, c) + (UNREADABLE if c.key in blank_too else BAD) for c in columns(node)]
        return _any([*flags, *(self._key(table, a) + BAD for a in aggregates(node))])

    def unreadable(self, table: str, read: Sequence[Column]) -> Callable[[Row], bool]:
        """Whether what is written in one of these columns cannot be read."""
        return _any([self._key(table, c) + UNREADABLE for c in read])

    def above(self, row: Row, table: str, ancestor: str) -> Row | None:
        """The row of an ancestor."""
        found: Row | None = row
        while found is not None and table != ancestor:
            table = self._relations.first_parent(table, ancestor)
            found = found[_ABOVE + table]
        return found

    def below(self, row: Row, child: str) -> list[Row] | None:
        """The rows of a child; None where the row has no key of its own."""
        found: list[Row] | None = row[_BELOW + child]
        return found

    def _key(self, table: str, leaf: Column | Aggregate) -> str:
        if isinstance(leaf, Aggregate):
            return self._aliases.get((table, leaf)) or self._aggregate(table, leaf)
        if leaf.table and leaf.key not in self.made[table]:
            parent = self._relations.first_parent(table, leaf.table)
            inner = self._key(parent, leaf) if parent != leaf.table else leaf.name
            for sign, nothing in (("", None), (BAD, False), (UNREADABLE, False)):
                self.made[table][leaf.key + sign] = _of_parent(_ABOVE + parent, inner + sign, nothing)
        return leaf.key

    def _links(self, table: str) -> None:
        held = self.bound.tables[table]
        for parent, fields in held.parents.items():
            keys = tuple(self.bound.tables[parent].model.primaryKey)
            self.made[table][_ABOVE + parent] = _parent(parent, tuple(fields), keys)
        for child, fields in held.children.items():
            self.made[table][_BELOW + child] = _children(child, tuple(fields), tuple(held.model.primaryKey))

    def _derive(self, table: str, derived: BoundDerived) -> None:
        name, flag, careful = derived.name, derived.name + BAD, loose(derived.node)
        value, bad = self.get(table, derived.node), self.bad(table, derived.node, derived.absent_as_blank)

        def make(row: Row) -> Any:
            return None if name in row.absent or (careful and row[flag]) else value(row)

        self.made[table][name] = make
        self.made[table][flag] = lambda row: name not in row.absent and bad(row)
        self.made[table][name + UNREADABLE] = lambda row: row[flag]

    def _aggregate(self, table: str, aggregate: Aggregate) -> str:
        """The value and its flag are made together; without a key of its own nobody can say which children are a row's own."""
        alias = self._aliases[table, aggregate] = f"{aggregate.name}({aggregate.child}) {len(self._aliases)}"
        child, flag = aggregate.child, alias + BAD
        arg, bad = self.get(child, aggregate.arg), self.bad(child, aggregate.arg)

        def make(row: Row) -> Any:
            rows = row[_BELOW + child]
            if rows is None:
                row[flag] = child in row.given.rows
                return None
            values, row[flag] = [], False
            for each in rows:
                if bad(each):
                    row[flag] = True
                else:
                    values.append(arg(each))
            return None if row[flag] or None in values else folded(aggregate, values)

        def told(row: Row) -> bool:
            row[alias] = make(row)
            flagged: bool = row[flag]
            return flagged

        self.made[table] |= {alias: make, flag: told}
        return alias


def _any(flags: Sequence[str]) -> Callable[[Row], bool]:
    keys = tuple(dict.fromkeys(flags))

    def some(row: Row) -> bool:
        for key in keys:  # noqa: SIM110  # a generator takes three times as long, and this runs for every rule
            if row[key]:
                return True
        return False

    return some


def _nothing(_row: Row) -> Any:
    return None


def _no(_row: Row) -> bool:
    return False


def _unreadable(field: str) -> Get:
    return lambda row: row[field + BAD] and bool(fold(row.texts.get(field) or ""))


def _of_parent(link: str, key: str, nothing: Any) -> Get:
    def get(row: Row) -> Any:
        parent = row[link]
        return nothing if parent is None else parent[key]

    return get


def _parent(table: str, fields: tuple[str, ...], keys: tuple[str, ...]) -> Get:
    """The row of the key, if it is the only one."""

    def get(row: Row) -> Row | None:
        found = row.given.alike(table, keys).get(tuple(row[f] for f in fields), ())
        return found[0] if len(found) == 1 else None

    return get


def _children(table: str, fields: tuple[str, ...], keys: tuple[str, ...]) -> Get:
    def get(row: Row) -> list[Row] | None:
        key = tuple(row[k] for k in keys)
        absent = None in key or table not in row.given.rows
        return None if absent else row.given.alike(table, fields).get(key, [])

    return get
