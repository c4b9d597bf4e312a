"""Tables as rules see them: conformed values, parents' columns, children's aggregates, derived fields, as nested SELECTs.

Names of the columns made here: `f` the value of a field, `f!` whether its text did not conform, `f~` the cell as stored;
`parent.f`, `parent.f!`, `parent.f~` the same of an ancestor; an aggregate has a name of its own, and `!` behind it likewise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

from census_cli.expr.bound import BoundDerived, BoundSurvey, BoundTable
from census_cli.expr.nodes import Aggregate, Call, Column, Node, aggregates, columns, loose
from census_cli.sql.cells import Cells
from census_cli.sql.grammar import filled
from census_cli.sql.once import column_of, dear, made_once
from census_cli.sql.spelling import spell, storage
from census_cli.sql.words import both, either, listed, name, string

_BETWEEN = "␟"  # the sign for a separator, which no key holds

Stored = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Lending:
    """A table made once, of all aggregates that a child lends to a parent and that can be computed at the same time."""

    parent: str
    child: str
    level: int

    @property
    def name(self) -> str:
        return f"lent_{self.child}_{self.parent}_{self.level}"


@dataclass
class Demand:
    """What one SELECT of a table must offer, everything that its derived fields need included."""

    values: dict[str, None] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    raws: dict[str, None] = field(default_factory=dict)
    above: dict[str, dict[str, None]] = field(default_factory=dict)
    aggregates: dict[Aggregate, None] = field(default_factory=dict)
    derived: dict[str, int] = field(default_factory=dict)
    calls: dict[Call, None] = field(default_factory=dict)


@dataclass
class Relations:
    """Builds SELECTs over the raw tables of a survey; `stored` gives the columns that are there and how they are stored.

    `held` names the tables whose conformed cells were made once and are held.
    """

    bound: BoundSurvey
    stored: Stored
    held: Collection[str] = ()
    lendings: dict[Lending, dict[Aggregate, str]] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    _absences: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _calls: Counter[tuple[str, Call]] = field(default_factory=Counter)
    _counted: set[tuple[str, str]] = field(default_factory=set)

    def absent(self, table: str, node: Node, spared: frozenset[str] = frozenset()) -> list[str]:
        """The tables and columns that an expression needs and that are not there, as `table` or `table.column`."""
        missing = [x for c in columns(node) if c.key not in spared for x in self._absent_read(table, c)]
        for aggregate in aggregates(node):
            missing += self.absent_link(aggregate.child, table) or self.absent(aggregate.child, aggregate.arg)
        return list(dict.fromkeys(missing))

    def absent_link(self, child: str, parent: str) -> list[str]:
        """What is missing for rows of two tables to find one another."""
        own, keys = self.bound.tables[child].parents[parent], self.bound.tables[parent].model.primaryKey
        missing = [x for field in own for x in self._absent_column(child, field)]
        return missing or [x for key in keys for x in self._absent_column(parent, key)]

    def _absent_read(self, table: str, column: Column) -> list[str]:
        """What is missing for a row to read a column of its own or, by way of its keys, of an ancestor."""
        missing, at = [], table
        while column.table and at != column.table:
            above = self.first_parent(at, column.table)
            missing += self.absent_link(at, above)
            at = above
        return missing + self._absent_column(at, column.name)

    def _absent_column(self, table: str, column: str) -> list[str]:
        """Kept once known: every expression asks for its columns."""
        known = self._absences.get((table, column))
        if known is None:
            known = self._absences[table, column] = self._find_absent(table, column)
        return known

    def _find_absent(self, table: str, column: str) -> list[str]:
        if table not in self.stored:
            return [table]
        derived = self.bound.tables[table].derived.get(column)
        if derived is None:
            return [] if column in self.stored[table] else [f"{table}.{column}"]
        return self.absent(table, derived.node, derived.absent_as_blank) + self.absent_all(
            table, [derived.node], derived.needs_any
        )

    def absent_all(self, table: str, nodes: Iterable[Node], needed: frozenset[str]) -> list[str]:
        """Of columns of which one must be there, what is missing where none is."""
        missing = [self._absent_read(table, c) for node in nodes for c in columns(node) if c.key in needed]
        return missing[0] if missing and all(missing) else []

    def register(self, table: str, node: Node) -> None:
        """Note the aggregates that an expression of a table needs, those that these need in turn, and the calls in all of them."""
        self._count(table, node)
        for aggregate in self._aggregates(table, node):
            self._level(table, aggregate)

    def _count(self, table: str, node: Node) -> None:
        self._calls.update((table, call) for call in dear(node))
        for column in columns(node):
            owner = column.table or table
            derived = self.bound.tables[owner].derived.get(column.name)
            if derived and (owner, column.name) not in self._counted:
                self._counted.add((owner, column.name))
                self._count(owner, derived.node)

    def _is_shared(self, table: str, call: Call) -> bool:
        """Whether a call stands in more than one place and reads nothing that is derived only later."""
        own = self.bound.tables[table].derived
        return self._calls[table, call] > 1 and all(
            self._is_there(table, c) and (c.table is not None or c.name not in own) for c in columns(call)
        )

    def spelled(self, table: str, node: Node, absent_as_blank: frozenset[str] = frozenset()) -> str:
        """SQL of an expression that a SELECT of the table was asked for; calls that others share are columns there."""
        return spell(made_once(node, partial(self._is_shared, table)), self.named(table, absent_as_blank))

    def _aggregates(self, table: str, node: Node) -> list[Aggregate]:
        found = aggregates(node)
        for column in columns(node):
            owner = column.table or table
            derived = self.bound.tables[owner].derived.get(column.name)
            if derived and not self._absent_column(owner, column.name):
                inner = self._aggregates(owner, derived.node)
                if owner == table:
                    found += inner
                else:
                    for aggregate in inner:
                        self._level(owner, aggregate)
        return list(dict.fromkeys(found))

    def _level(self, table: str, aggregate: Aggregate) -> int:
        for lending, held in self.lendings.items():
            if lending.parent == table and aggregate in held:
                return lending.level
        below = [self._level(aggregate.child, a) for a in self._aggregates(aggregate.child, aggregate.arg)]
        lending = Lending(table, aggregate.child, 1 + max(below, default=0))
        held = self.lendings.setdefault(lending, {})
        self._count(aggregate.child, aggregate.arg)
        held[aggregate] = f"{lending.name}#{len(held)}"
        return lending.level

    def links(self, lending: Lending) -> frozenset[tuple[str, str]]:
        """The first columns by which a child and its parent find one another, as (table, column)."""
        child, parent = self.bound.tables[lending.child], self.bound.tables[lending.parent]
        return frozenset({(lending.child, child.parents[lending.parent][0]), (lending.parent, parent.model.primaryKey[0])})

    def lent_tables(self) -> list[list[tuple[str, str]]]:
        """The tables of aggregates, as (name, SQL), by level, in the order in which they must be made."""
        ordered = groupby(sorted(self.lendings, key=lambda x: (x.level, x.name)), key=lambda x: x.level)
        return [[(lending.name, self._lend(lending)) for lending in level] for _, level in ordered]

    def select(
        self,
        table: str,
        nodes: Iterable[Node] = (),
        raws: Iterable[str] = (),
        above: Iterable[str] = (),
        flags: Iterable[str] = (),
        among: str = "",
    ) -> str:
        """A SELECT of all rows of a table, or of those `among` others, with what the expressions read.

        `raws` are cells wanted as stored, `above` ancestors' cells (`parent.f~`), `flags` fields of which only `f!` is wanted.
        """
        demand = Demand(raws=dict.fromkeys(raws), flags=list(flags))
        for node in nodes:
            self._demand(table, node, demand)
        for want in above:
            demand.above.setdefault(self.first_parent(table, want.split(".")[0]), {})[want] = None
        held = self.bound.tables[table]
        sql = self._cells(held, demand, among)
        sql = self._join_parents(held, demand, sql)
        sql = self._join_lent(held, demand, sql)
        if demand.calls:
            calls = [f"{spell(c, self.named(table))} AS {name(column_of(c).name)}" for c in demand.calls]
            sql = f"SELECT *, {listed(calls)}\nFROM ({sql})"
        return self._derive(held, demand, sql)

    def named(self, table: str, absent_as_blank: frozenset[str] = frozenset()) -> _Namer:
        """How columns and aggregates are called in the SELECTs of a table."""
        return _Namer(self, table, absent_as_blank)

    def bad(self, table: str, node: Node, absent_as_blank: frozenset[str] = frozenset()) -> list[str]:
        """The flags, as SQL, of everything an expression reads that may not conform."""
        flags = [
            self._bad_if_filled(table, c) if c.key in absent_as_blank else name(f"{c.key}!")
            for c in columns(node)
            if c.key not in absent_as_blank or self._is_there(table, c)
        ]
        return flags + [name(f"{self.alias(table, a)}!") for a in aggregates(node)]

    def _bad_if_filled(self, table: str, column: Column) -> str:
        """Where absence reads as blank, a blank cell is one too, required or not: only what is written can be wrong."""
        stored = self.stored[column.table or table].get(column.name)
        if stored is None:  # a derived field
            return name(f"{column.key}!")
        return f"{name(column.key + '!')} AND {filled(name(column.key + '~'), stored)}"

    def alias(self, table: str, aggregate: Aggregate) -> str:
        """The name of an aggregate in the SELECTs of its parent table."""
        return next(held[aggregate] for x, held in self.lendings.items() if x.parent == table and aggregate in held)

    def _is_there(self, table: str, column: Column) -> bool:
        return not self._absent_read(table, column)

    def _demand(self, table: str, node: Node, demand: Demand, blank_too: frozenset[str] = frozenset()) -> int:
        depth = 0
        for column in columns(node):
            if not self._is_there(table, column):
                continue
            if column.table:
                parent = self.first_parent(table, column.table)
                demand.above.setdefault(parent, {})[column.key] = None
                if column.key in blank_too:
                    demand.above[parent][column.key + "~"] = None
            elif derived := self.bound.tables[table].derived.get(column.name):
                demand.derived[column.name] = 1 + self._demand(table, derived.node, demand, derived.absent_as_blank)
                depth = max(depth, demand.derived[column.name])
            else:
                demand.values[column.name] = None
        demand.aggregates |= dict.fromkeys(aggregates(node))
        demand.calls |= dict.fromkeys(call for call in dear(node) if self._is_shared(table, call))
        return depth

    def first_parent(self, table: str, ancestor: str) -> str:
        def leads(parent: str) -> bool:
            return parent == ancestor or any(leads(p) for p in self.bound.tables[parent].parents)

        return next(p for p in self.bound.tables[table].parents if leads(p))

    def _cells(self, held: BoundTable, demand: Demand, among: str) -> str:
        for parent in demand.above:
            demand.values |= dict.fromkeys(held.parents[parent])
        if demand.aggregates:
            demand.values |= dict.fromkeys(held.model.primaryKey)
        return self.cells(held.model.name).select(demand.values, demand.raws, demand.flags, among)

    def link(self, rows: str, keys: Sequence[str]) -> str:
        """SQL of a key of some rows, by which they and others find one another; a key of several parts is one text."""
        return self.linked(joined(keys, f"{rows}."), f"{rows}.source")

    def linked(self, key: str, source: str = "source") -> str:
        """SQL of a key as it is; of surveys that lie side by side, together with the source."""
        return f"({source} || '/' || CAST({key} AS VARCHAR))" if self.bound.side_by_side else key

    def apart(self, keys: Sequence[str], of: str = "") -> list[str]:
        """SQL of the parts of a key one by one, the first as a key that links rows."""
        first, *others = (of + name(key) for key in keys)
        return [self.linked(first, f"{of}source"), *others]

    def cells(self, table: str) -> Cells:
        """How the cells of a table are spelled."""
        return Cells(self.bound.tables[table].model, self.stored[table], table in self.held)

    def _join_parents(self, held: BoundTable, demand: Demand, sql: str) -> str:
        for parent, wants in demand.above.items():
            offered = [name(w) for want in wants for w in ([want] if want.endswith("~") else [want, f"{want}!"])]
            join = f"LEFT JOIN ({self.parent(parent, wants)}) parent ON parent.{name('<key>')} = {self.link('child', held.parents[parent])}"
            sql = f"SELECT child.*, {listed('parent.' + o for o in offered)}\nFROM ({sql}) child {join}"
        return sql

    def parent(self, parent: str, wants: Iterable[str]) -> str:
        """Rows of a table as its children see them: columns named `parent.f`, the key `<key>`, only keys that are unique."""
        self.joined.add(parent)
        held = self.bound.tables[parent]
        keys = held.model.primaryKey
        nodes: list[Node] = [Column(None, key, held.kinds[key]) for key in keys]
        raws: list[str] = []
        above: list[str] = []
        offered = [f"{self.link('held', keys)} AS {name('<key>')}"]
        for want in wants:
            owner, _, column = want.partition(".")
            inner = column if owner == parent else want
            if want.endswith("~"):
                (raws if owner == parent else above).append(inner.removesuffix("~") if owner == parent else want)
                offered.append(f"{name(inner)} AS {name(want)}")
                continue
            table = None if owner == parent else owner
            nodes.append(Column(table, column, self.bound.tables[owner].kinds[column]))
            offered += [f"{name(inner)} AS {name(want)}", f"{name(inner + '!')} AS {name(want + '!')}"]
        inner_sql = self.select(parent, nodes, raws, above)
        same = both(f"twice.k{i} = {sql}" for i, sql in enumerate(self.apart(keys, "held.")))
        twice = f"LEFT JOIN {name(repeated(parent))} twice ON {same}"
        return f"SELECT {listed(offered)}\nFROM ({inner_sql}) held {twice} WHERE twice.k0 IS NULL"

    def _join_lent(self, held: BoundTable, demand: Demand, sql: str) -> str:
        key = joined(held.model.primaryKey, "held.")
        for lending, members in self.lendings.items():
            wanted = [a for a in members if a in demand.aggregates] if lending.parent == held.model.name else []
            if not wanted:
                continue
            offered = []
            for aggregate in wanted:
                alias = members[aggregate]
                empty = "0" if aggregate.name in ("count", "count_if") else "NULL"
                none = f"WHEN {key} IS NULL THEN NULL WHEN lent.n IS NULL THEN {empty}"
                offered.append(f"CASE {none} ELSE CAST(lent.{name(alias)} AS {storage(aggregate.kind)}) END AS {name(alias)}")
                # Without a key of its own nobody can say which children are its own.
                offered.append(f"coalesce(lent.{name(alias + '!')}, {key} IS NULL) AS {name(alias + '!')}")
            mine = self.link("held", held.model.primaryKey)
            join = f"LEFT JOIN {name(lending.name)} lent ON lent.{name('<key>')} = {mine}"
            sql = f"SELECT held.*, {listed(offered)}\nFROM ({sql}) held {join}"
        return sql

    def _lend(self, lending: Lending) -> str:
        child, members = lending.child, self.lendings[lending]
        foreign = self.bound.tables[child].parents[lending.parent]
        keys: list[Node] = [Column(None, f, self.bound.tables[child].kinds[f]) for f in foreign]
        args, lent = [f"{self.link('rows', foreign)} AS {name('<key>')}"], [name("<key>"), "count(*) AS n"]
        for i, (aggregate, alias) in enumerate(members.items()):
            bad = either(self.bad(child, aggregate.arg))
            args.append(f"CASE WHEN {bad} THEN NULL ELSE {self.spelled(child, aggregate.arg)} END AS x{i}, {bad} AS b{i}")
            lent.append(f"CASE WHEN count(x{i}) = count(*) THEN {_fold(aggregate, f'x{i}')} END AS {name(alias)}")
            lent.append(f"bool_or(b{i}) AS {name(alias + '!')}")
        rows = f"SELECT {listed(args)}\nFROM ({self.select(child, [*keys, *(a.arg for a in members)])}) rows"
        return f"SELECT {listed(lent)}\nFROM ({rows}) WHERE {name('<key>')} IS NOT NULL GROUP BY {name('<key>')}"

    def _derive(self, held: BoundTable, demand: Demand, sql: str) -> str:
        for level in sorted(set(demand.derived.values())):
            made = [self._derived(held, held.derived[d]) for d, at in demand.derived.items() if at == level]
            sql = f"SELECT *, {listed(made)}\nFROM ({sql})"
        return sql

    def _derived(self, held: BoundTable, derived: BoundDerived) -> str:
        table = held.model.name
        value = self.spelled(table, derived.node, derived.absent_as_blank)
        bad = either(self.bad(table, derived.node, derived.absent_as_blank))
        if loose(derived.node):
            value = f"CASE WHEN {bad} THEN NULL ELSE {value} END"
        return f"{value} AS {name(derived.name)}, {bad} AS {name(derived.name + '!')}"


@dataclass(frozen=True)
class _Namer:
    """Names a column or aggregate; a column that is absent and reads as blank is a typed NULL."""

    relations: Relations
    table: str
    absent_as_blank: frozenset[str]

    def __call__(self, node: Column | Aggregate) -> str:
        if isinstance(node, Aggregate):
            return name(self.relations.alias(self.table, node))
        if node.key in self.absent_as_blank and not self.relations._is_there(self.table, node):
            return f"CAST(NULL AS {storage(node.kind)})"
        return name(node.key)


def joined(fields: Sequence[str], of: str = "") -> str:
    """SQL of what rows of two tables are joined by: a key, of several parts as one text; missing if any part is."""
    parts = [of + name(field) for field in fields]
    return parts[0] if len(parts) == 1 else "(" + f" || {string(_BETWEEN)} || ".join(parts) + ")"


def repeated(table: str) -> str:
    """The name of the table that holds the repeated keys of a table."""
    return f"repeated_{table}"


def _fold(aggregate: Aggregate, value: str) -> str:
    """What is kept of all rows of a parent: counts as small as they are, for a nation has one of each for every household."""
    if aggregate.name in ("count", "count_if"):
        return f"CAST({aggregate.name}({value}) AS INTEGER)"
    if aggregate.name == "sum":
        return f"TRY_CAST(sum({value}) AS {storage(aggregate.kind)})"
    return f"{aggregate.name}({value})"
