"""A rule as two SQL conditions, `when` and `assert`, with the three outcomes of the contract: NULL in either reads as unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from census_cli.expr.bound import BoundRule
from census_cli.expr.nodes import Column, Node, loose
from census_cli.sql.relations import Relations, repeated
from census_cli.sql.words import both, either, listed, name
from census_cli.structure import Structural


@dataclass
class Judgement:
    """How one rule is judged on the rows of its table.

    `nodes` are what must be selected; `parts` are columns made first; `joins` are the tables looked up, with the columns
    that tell whether something was found there; `when` and `asserts` read all of these.
    """

    id: str
    nodes: list[Node]
    when: str
    asserts: str
    parts: dict[str, str] = field(default_factory=dict)
    join: str = ""
    found: str = ""


@dataclass(frozen=True)
class Lookup:
    """A table made beforehand, in which a rule of the kind `unique`, `exists` or `apart` looks its parts up.

    `links` are the columns, as (table, column), of which the first parts of the keys on both sides are made; none where that is no column.
    """

    name: str
    sql: str
    links: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Judge:
    """Spells the rules of one table."""

    relations: Relations
    table: str

    def rule(self, rule: BoundRule) -> tuple[Judgement, Lookup | None]:
        """One rule of the survey."""
        if rule.unique:
            return self._unique(rule.model.id, rule.when, rule.unique)
        if rule.apart:
            return self._apart(rule.model.id, rule.when, rule.apart)
        if rule.model.exists:
            return self._exists(rule.model.id, rule.when, rule.model.exists.keys, rule.model.exists.table, rule.model.exists.keys)
        assert rule.asserts is not None
        settled = {"pass": "TRUE", "fail": "FALSE"}.get(rule.model.nulls or "")
        spared = rule.model.spared
        when = "TRUE" if rule.when is None else self._guarded(rule.when, None, spared)
        return Judgement(rule.model.id, list(rule.nodes()), when, self._guarded(rule.asserts, settled, spared)), None

    def structural(self, rule: Structural) -> tuple[Judgement, Lookup]:
        """A structural rule on a whole row: unique or reference."""
        if rule.kind == "unique":
            return self._unique(rule.id, None, [self._column(f) for f in rule.fields], repeated(self.table))
        assert rule.target is not None
        key = self.relations.bound.tables[rule.target].model.primaryKey[-1]
        return self._exists(rule.id, None, rule.fields, rule.target, [key])

    def _column(self, column: str) -> Column:
        return Column(None, column, self.relations.bound.tables[self.table].kinds[column])

    def _when(self, when: Node | None) -> str:
        return "TRUE" if when is None else self._guarded(when, None)

    def _guarded(self, node: Node, settled: str | None, spared: frozenset[str] = frozenset()) -> str:
        """The condition, NULL where it reads what did not conform, else `settled` where it is NULL; some columns may be absent."""
        sql = self.relations.spelled(self.table, node, spared)
        bad = self.relations.bad(self.table, node, spared) if loose(node) or settled else []
        if settled:
            sql = f"coalesce({sql}, {settled})"
        return f"CASE WHEN {either(bad)} THEN NULL ELSE {sql} END" if bad else sql

    def _unique(self, rule_id: str, when: Node | None, parts: Iterable[Node], lookup: str = "") -> tuple[Judgement, Lookup]:
        nodes = list(parts)
        lookup = lookup or f"repeated_{rule_id}"
        made, looked = self._parts(rule_id, nodes)
        applies = self._applies(when, nodes, looked)
        keys = [f"k{i}" for i in range(len(nodes))]
        all_nodes = [*([when] if when else []), *nodes]
        rows = f"SELECT *, {listed(f'{sql} AS {name(part)}' for part, sql in made.items())}\nFROM ({self.relations.select(self.table, all_nodes)})"
        chosen = listed(f"{name(part)} AS {key}" for part, key in zip(made, keys, strict=True))
        twice = f"SELECT {chosen}\nFROM ({rows}) WHERE {applies} GROUP BY ALL HAVING count(*) > 1"
        first = nodes[0]
        alike = {(self.table, first.name)} if isinstance(first, Column) and first.table is None else ()
        return self._looked_up(rule_id, all_nodes, applies, made, lookup), Lookup(lookup, twice, frozenset(alike))

    def _apart(self, rule_id: str, when: Node | None, parts: Sequence[Node]) -> tuple[Judgement, Lookup]:
        """A span is held against the one before and the one after it; the first two parts are its ends, and it ends after it starts."""
        lookup, keys = f"overlapping_{rule_id}", [f"k{i}" for i in range(len(parts))]
        alike = listed(keys[2 : len(parts) - len(self.relations.bound.tables[self.table].model.primaryKey)])
        made, looked = self._parts(rule_id, parts, linked=2)
        start, end = (name(part) for part in looked[:2])
        applies = f"({self._applies(when, parts, looked)}) AND coalesce({start} < {end}, TRUE)"
        all_nodes = [*([when] if when else []), *parts]
        rows = f"SELECT *, {listed(f'{sql} AS {name(part)}' for part, sql in made.items())}\nFROM ({self.relations.select(self.table, all_nodes)})"
        chosen = listed(f"{name(part)} AS {key}" for part, key in zip(made, keys, strict=True))
        spans = f"SELECT DISTINCT {chosen}\nFROM ({rows}) WHERE {applies}"
        window = f"PARTITION BY {alike} ORDER BY {listed(keys)}"
        before = f"max(k1) OVER ({window} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before"
        after = f"lead(k0) OVER ({window}) AS after"
        overlapping = (
            f"SELECT {listed(keys)}\nFROM (SELECT *, {listed([before, after])}\nFROM ({spans})) WHERE before > k0 OR after < k1"
        )
        return self._looked_up(rule_id, all_nodes, applies, made, lookup), Lookup(lookup, overlapping)

    def _looked_up(self, rule_id: str, nodes: list[Node], applies: str, made: dict[str, str], lookup: str) -> Judgement:
        """The judgement that a row's parts do not stand in a table made beforehand."""
        on = both(f"{name(lookup)}.k{i} = rows.{name(part)}" for i, part in enumerate(made))
        judgement = Judgement(rule_id, nodes, applies, f"NOT {name(rule_id + '?')}", made)
        judgement.join = f"LEFT JOIN {name(lookup)} ON {on}"
        judgement.found = f"{name(lookup)}.k0 IS NOT NULL AS {name(rule_id + '?')}"
        return judgement

    def _exists(
        self, rule_id: str, when: Node | None, fields: Sequence[str], target: str, keys: Sequence[str]
    ) -> tuple[Judgement, Lookup]:
        parts = [self._column(f) for f in fields]
        made, looked = self._parts(rule_id, parts)
        lookup, kinds = f"keys_{target}_{'_'.join(keys)}", self.relations.bound.tables[target].kinds
        others = [Column(None, key, kinds[key]) for key in keys]
        told = listed(f"{sql} AS k{i}" for i, sql in enumerate(self.relations.apart(keys)))
        there = both(f"{name(key)} IS NOT NULL" for key in keys)
        known = f"SELECT DISTINCT {told} FROM ({self.relations.select(target, others)}) WHERE {there}"
        alias = f"looked_{rule_id}"
        all_nodes: list[Node] = [*([when] if when else []), *parts]
        judgement = Judgement(rule_id, all_nodes, self._applies(when, parts, looked), name(rule_id + "?"), made)
        on = both(f"{name(alias)}.k{i} = rows.{name(part)}" for i, part in enumerate(made))
        judgement.join = f"LEFT JOIN {name(lookup)} {name(alias)} ON {on}"
        judgement.found = f"{name(alias)}.k0 IS NOT NULL AS {name(rule_id + '?')}"
        return judgement, Lookup(lookup, known, frozenset({(self.table, fields[0]), (target, keys[0])}))

    def _parts(self, rule_id: str, nodes: Sequence[Node], linked: int = 0) -> tuple[dict[str, str], list[str]]:
        """The parts by which rows are looked up; one of them, that of the number `linked`, as a key that links rows."""
        made = {f"{rule_id}.{i}": self.relations.spelled(self.table, node) for i, node in enumerate(nodes)}
        made[f"{rule_id}.{linked}"] = self.relations.linked(made[f"{rule_id}.{linked}"])
        return made, list(made)

    def _applies(self, when: Node | None, nodes: Sequence[Node], parts: list[str]) -> str:
        """A part that did not conform makes it unknown, a missing part makes it not applicable."""
        condition = self._when(when)
        bad = either(flag for node in nodes for flag in self.relations.bad(self.table, node))
        missing = either(f"{name(part)} IS NULL" for part in parts)
        inner = f"CASE WHEN {bad} THEN NULL ELSE NOT ({missing}) END"
        return (
            inner if when is None else f"CASE WHEN ({condition}) IS NULL THEN NULL WHEN {condition} THEN {inner} ELSE FALSE END"
        )
