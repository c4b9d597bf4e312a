"""Rules judged on the rows of one call, with the outcomes of `sql.judge`; and which rules one household cannot answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from census_cli.expr.bound import BoundRule, BoundSurvey
from census_cli.expr.nodes import Column, Node, aggregates, columns, loose
from census_cli.record.evaluate import Get
from census_cli.record.relations import Given, Links, Row
from census_cli.structure import Structural
from census_cli.survey.models import Outcome

Key = tuple[Any, ...]
Flag = Callable[[Row], bool]


class Judged(Protocol):
    """A rule that is compiled."""

    def outcomes(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        """What it says of each row of its table."""

    def violated(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that violate it, which is all that a check needs to know."""


class Judge:
    """Compiles the rules of a survey."""

    def __init__(self, links: Links) -> None:
        self.links = links

    def rule(self, rule: BoundRule) -> Judged:
        """One rule of the survey, unless it is about spans of time, of which one household has too few."""
        table, model = rule.model.table, rule.model
        when = self._condition(table, rule.when, None, model.spared) if rule.when is not None else None
        if rule.unique:
            return LookedUp(when, self._parts(table, rule.unique), _given_once)
        if model.exists:
            keys = tuple(model.exists.keys)
            return LookedUp(when, self._parts(table, self._columns(table, keys)), _is_there(model.exists.table, keys))
        assert rule.asserts is not None
        settled = {"pass": True, "fail": False}.get(model.nulls or "")
        return OfRow(when, self._condition(table, rule.asserts, settled, model.spared))

    def structural(self, rule: Structural) -> Judged:
        """A structural rule on a whole row: unique or reference."""
        parts = self._parts(rule.table, self._columns(rule.table, rule.fields))
        if rule.kind == "unique":
            return LookedUp(None, parts, _given_once)
        assert rule.target is not None
        key = self.links.bound.tables[rule.target].model.primaryKey[-1]
        return LookedUp(None, parts, _is_there(rule.target, (key,)))

    def _condition(self, table: str, node: Node, settled: bool | None, spared: frozenset[str]) -> Condition:
        bad = self.links.bad(table, node, spared) if loose(node) or settled is not None else None
        return Condition(self.links.get(table, node), bad, settled)

    def _columns(self, table: str, names: Sequence[str]) -> list[Column]:
        return [Column(None, name, self.links.bound.tables[table].kinds[name]) for name in names]

    def _parts(self, table: str, nodes: Sequence[Node]) -> Callable[[Row], Key | None]:
        """The values that a row is looked up by; None where one did not conform."""
        values, bad = [self.links.get(table, n) for n in nodes], [self.links.bad(table, n) for n in nodes]
        return lambda row: None if any(b(row) for b in bad) else tuple(v(row) for v in values)


@dataclass(frozen=True)
class Condition:
    """A condition: missing where it reads what did not conform, else `settled` where it is missing."""

    value: Get
    bad: Flag | None
    settled: bool | None

    def __call__(self, row: Row) -> bool | None:
        if self.bad is not None and self.bad(row):
            return None
        found = self.value(row)
        return self.settled if found is None else found


@dataclass(frozen=True)
class OfRow:
    """A rule about one row and what it sees."""

    when: Condition | None
    holds: Condition

    def outcomes(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        for row in rows:
            applies = True if self.when is None else self.when(row)
            if not applies:
                yield "unknown" if applies is None else "not_applicable"
                continue
            holds = self.holds(row)
            yield "unknown" if holds is None else "passed" if holds else "violated"

    def violated(self, rows: Sequence[Row]) -> list[Row]:
        """Nearly every row is sound, and its values alone tell; flags are asked of the others."""
        when, holds, settled = self.when and self.when.value, self.holds.value, self.holds.settled
        found = []
        for row in rows:
            if when is None or when(row):
                value = holds(row)
                if not value and (value is not None or settled is False):
                    found.append(row)
        return [row for row in found if next(self.outcomes([row])) == "violated"]


@dataclass(frozen=True)
class LookedUp:
    """A rule about the parts of a row: one that did not conform makes it unknown, a missing one makes it not applicable."""

    when: Condition | None
    parts: Callable[[Row], Key | None]
    sound: Callable[[Given, Sequence[Key]], Callable[[Key], bool]]

    def outcomes(self, rows: Sequence[Row]) -> Iterator[Outcome]:
        if not rows:
            return
        told = [self._key(row) for row in rows]
        holds = self.sound(rows[0].given, [key for key in told if isinstance(key, tuple)])
        for key in told:
            yield key if isinstance(key, str) else "passed" if holds(key) else "violated"

    def violated(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row, outcome in zip(rows, self.outcomes(rows), strict=True) if outcome == "violated"]

    def _key(self, row: Row) -> Outcome | Key:
        applies = True if self.when is None else self.when(row)
        if not applies:
            return "unknown" if applies is None else "not_applicable"
        key = self.parts(row)
        return "unknown" if key is None else "not_applicable" if None in key else key


def _given_once(_given: Given, keys: Sequence[Key]) -> Callable[[Key], bool]:
    times = Counter(keys)
    return lambda key: times[key] == 1


def _is_there(table: str, fields: tuple[str, ...]) -> Callable[[Given, Sequence[Key]], Callable[[Key], bool]]:
    return lambda given, _keys: given.alike(table, fields).__contains__


class Reach:
    """What one household can tell: of the registered unit and what hangs on it every row is given, of other tables only some."""

    def __init__(self, bound: BoundSurvey) -> None:
        self.bound, self.unit = bound, bound.file.registered_unit
        self._whole: dict[tuple[str, str], bool] = {}

    def rule(self, rule: BoundRule) -> bool:
        """Whether one household answers a rule of the survey."""
        table, model = rule.model.table, rule.model
        if rule.apart or not all(self._reads_whole(table, n) for n in rule.nodes()):
            return False
        if rule.unique:
            return self._within(table, [n.name for n in rule.unique if isinstance(n, Column) and n.table is None])
        return self._within(model.exists.table, model.exists.keys) if model.exists else True

    def structural(self, rule: Structural) -> bool:
        """Whether one household answers a structural rule."""
        return rule.kind != "unique" or self._within(rule.table, rule.fields)

    def assurance(self, name: str) -> bool:
        """Whether one household decides an assurance: all that its table reads, and all others that it is the worst of."""
        assurance = self.bound.assurances[name]
        own = all(self._reads_whole(assurance.model.table, node) for node in assurance.nodes())
        return own and all(map(self.assurance, assurance.model.worst_of or ()))

    def should_be_met(self) -> bool:
        """Whether one household tells where assurances should be met."""
        condition = self.bound.discrepancy_when
        return condition is None or self._reads_whole(self.unit, condition)

    def _within(self, table: str, fields: Sequence[str]) -> bool:
        """Whether rows that are alike in these fields are of one household."""
        own = self.bound.tables[table].parents.get(self.unit)
        return own is not None and set(own) <= set(fields)

    def _hangs_on_unit(self, table: str) -> bool:
        return table == self.unit or any(self._hangs_on_unit(p) for p in self.bound.tables[table].parents)

    def _reads_whole(self, table: str, node: Node) -> bool:
        if aggregates(node) and not self._hangs_on_unit(table):
            return False
        return all(self._column(c.table or table, c.name) for c in columns(node)) and all(
            self._reads_whole(a.child, a.arg) for a in aggregates(node)
        )

    def _column(self, table: str, name: str) -> bool:
        derived = self.bound.tables[table].derived.get(name)
        if derived is None:
            return True
        if (table, name) not in self._whole:
            self._whole[table, name] = self._reads_whole(table, derived.node)
        return self._whole[table, name]
