"""A survey under one profile, its expressions typed: what every later step works with.  How it comes about is in `bind`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from census_cli.expr.assurances import BoundAssurance
from census_cli.expr.lists import VERDICT, VERDICT_LIST, BoundLists, verdict_column
from census_cli.expr.nodes import Column, Kind, Node, columns
from census_cli.survey.form import Form
from census_cli.survey.models import CodeList, Fill, Parameter, Rule, SurveyFile, Table


@dataclass(frozen=True)
class BoundDerived:
    """A derived field with its typed expression; which columns it can do without is said in `survey.models.Reader`."""

    name: str
    kind: Kind
    node: Node
    absent_as_blank: frozenset[str]
    needs_any: frozenset[str] = frozenset()


@dataclass(frozen=True)
class BoundFill:
    """What is made of other columns where one is absent; `node` is its typed expression, None for a row found by name."""

    model: Fill
    node: Node | None = None


@dataclass
class BoundTable:
    """A table with the kinds of its columns, and its neighbours: parent table → own fields, child table → the child's fields."""

    model: Table
    kinds: dict[str, Kind]
    derived: dict[str, BoundDerived] = field(default_factory=dict)
    fills: list[BoundFill] = field(default_factory=list)
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    children: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class BoundRule:
    """A rule with its typed expressions."""

    model: Rule
    when: Node | None = None
    asserts: Node | None = None
    unique: tuple[Node, ...] = ()
    apart: tuple[Node, ...] = ()

    def nodes(self) -> Iterator[Node]:
        """All expressions of the rule."""
        yield from (n for n in (self.when, self.asserts, *self.unique, *self.apart) if n is not None)


@dataclass
class BoundSurvey:
    """A survey under one profile, ready to be put to data.

    If `side_by_side`, each source is a survey of its own, and no row sees one of another source.
    `off` are rules that the profile switches off, `elsewhere` those that are no part of it, with the profiles that have them.
    """

    file: SurveyFile
    profile: str
    parameters: dict[str, Parameter]
    codes: dict[str, CodeList]
    tables: dict[str, BoundTable] = field(default_factory=dict)
    rules: dict[str, BoundRule] = field(default_factory=dict)
    assurances: dict[str, BoundAssurance] = field(default_factory=dict)
    discrepancy_when: Node | None = None
    side_by_side: bool = False
    off: frozenset[str] = frozenset()
    elsewhere: dict[str, list[str]] = field(default_factory=dict)
    lists: BoundLists | None = None
    form: Form | None = None

    def read(self, table: str, node: Node, seen_from: str | None = None) -> list[Column]:
        """The columns of files that an expression of a table reads from its row and its ancestors, those behind derived fields too."""
        found: list[Column] = []
        for column in columns(node):
            owner = column.table or table
            derived = self.tables[owner].derived.get(column.name)
            if derived:
                found += self.read(owner, derived.node, seen_from or table)
            else:
                found.append(replace(column, table=None if owner == (seen_from or table) else owner))
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class TableScope:
    """What expressions of one table may name."""

    bound: BoundSurvey
    table: BoundTable

    def own(self, name: str) -> Kind | None:
        return self.table.kinds.get(name)

    def ancestor(self, table: str) -> TableScope | None:
        for parent in self.table.parents:
            scope = TableScope(self.bound, self.bound.tables[parent])
            found = scope if parent == table else scope.ancestor(table)
            if found:
                return found
        return None

    def child(self, table: str) -> TableScope | None:
        return TableScope(self.bound, self.bound.tables[table]) if table in self.table.children else None

    def known(self) -> Sequence[str]:
        return list(self.table.kinds)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        return self.bound.parameters

    @property
    def codes(self) -> Mapping[str, CodeList]:
        return self.bound.codes

    @property
    def regions(self) -> Mapping[str, int]:
        return self.bound.file.regions


@dataclass(frozen=True)
class ListScope(TableScope):
    """What the conditions of lists may name: the columns of the unit, and its verdicts."""

    def own(self, name: str) -> Kind | None:
        verdicts = {verdict_column(assurance) for assurance in self.bound.assurances}
        return VERDICT if name in verdicts else super().own(name)

    def known(self) -> Sequence[str]:
        return [*super().known(), *map(verdict_column, self.bound.assurances)]

    @property
    def codes(self) -> Mapping[str, CodeList]:
        return {**self.bound.codes, VERDICT_LIST.name: VERDICT_LIST}
