"""Decision tables as SQL: for each row the number of the way in which each table ends, a household's from its members', and the worst of all.

A table `verdicts_<run>_<table>` holds `source`, `row`, the key that leads to the registered unit as `<key>`, and one number for
each assurance (see `expr.assurances`).  Of an assurance that is the worst of others the number is the verdict's rank, shifted left
by as many bits as there are others, and a bit for each of the others that has this verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from census_cli.expr.assurances import BoundAssurance, BoundCase
from census_cli.expr.lists import BoundLine
from census_cli.expr.nodes import Column, Node, columns
from census_cli.sql.grammar import filled
from census_cli.sql.relations import Relations
from census_cli.sql.spelling import spell
from census_cli.sql.words import either, listed, name
from census_cli.survey.models import VERDICTS

_WIDE = 100_000  # more than any decision table has endings


@dataclass(frozen=True)
class Verdicts:
    """Spells the decision tables of one run."""

    relations: Relations
    run: int

    @property
    def unit(self) -> str:
        """The table whose rows take the worst of their members."""
        return self.relations.bound.file.registered_unit

    def table(self, table: str) -> str:
        """The name of the table that holds the endings of a table's rows."""
        return f"verdicts_{self.run}_{table}"

    def judged(self) -> list[str]:
        """The tables whose rows are judged, members first; none without assurances."""
        if not self.relations.bound.assurances:
            return []
        tables = {a.model.table for a in self.relations.bound.assurances.values()} - {self.unit}
        return [t for t in (*sorted(tables), self.unit) if t in self.relations.stored]

    def linked(self, table: str) -> bool:
        """Whether members can be told to belong to a unit that is there."""
        return table in self.judged() and not self.relations.absent_link(table, self.unit)

    def of(self, table: str) -> list[str]:
        """The assurances that rows of a table have a verdict on; the registered unit has one on each."""
        return [n for n, a in self.relations.bound.assurances.items() if table in (self.unit, a.model.table)]

    def register(self) -> None:
        """Note the aggregates that the tables need."""
        for table in self.judged():
            for node in self._nodes(table):
                self.relations.register(table, node)

    def tables(self) -> list[tuple[str, str]]:
        """The tables to be made, in order, as (name, SQL)."""
        return [(self.table(t), self._of_unit() if t == self.unit else self._of_members(t)) for t in self.judged()]

    def _own(self, table: str) -> dict[str, BoundAssurance]:
        return {n: a for n, a in self.relations.bound.assurances.items() if a.model.table == table and a.cases}

    def _nodes(self, table: str) -> list[Node]:
        nodes = [n for a in self._own(table).values() for n in a.nodes()]
        condition = self.relations.bound.discrepancy_when
        return [*nodes, *([condition] if condition is not None and table == self.unit else [])]

    def _of_members(self, table: str) -> str:
        (foreign,) = self.relations.bound.tables[table].parents[self.unit]
        own = self._own(table)
        columns = ["source", "row", f"{self.relations.linked(name(foreign))} AS {name('<key>')}"]
        columns += [f"{self._ending(table, a)} AS {name(n)}" for n, a in own.items()]
        return f"SELECT * FROM (SELECT {listed(columns)}\nFROM ({self.rows(table, [self._key(table, foreign)])})) WHERE {either(f'{name(n)} IS DISTINCT FROM -1' for n in own)}"

    def _of_unit(self) -> str:
        key = self.relations.bound.tables[self.unit].model.primaryKey[-1]
        own = self._own(self.unit)
        linked = self.relations.link("held", [key])
        columns = ["held.source", "held.row", f"{linked} AS {name('<key>')}", f"{self._applies()} AS {name('<applies>')}"]
        columns += [f"{self._ending(self.unit, a)} AS {name(n)}" for n, a in own.items()]
        joins = []
        for table in {a.model.table: None for a in self.relations.bound.assurances.values() if a.model.table != self.unit}:
            lent = name(f"of_{table}")
            own_of = self._own(table)
            for assurance in own_of:
                ending = f"{lent}.{name(assurance)}" if self.linked(table) else "CAST(NULL AS BIGINT)"
                columns.append(f"coalesce({ending}, {len(own_of[assurance].endings) - 1}) AS {name(assurance)}")
            if self.linked(table):
                joins.append(f"LEFT JOIN ({self._lent(table)}) {lent} ON {lent}.{name('<key>')} = {linked}")
        sql = f"SELECT {listed(columns)}\nFROM ({self.rows(self.unit, [self._key(self.unit, key)])}) held\n" + "\n".join(joins)
        for bound in self.relations.bound.assurances.values():
            if bound.model.worst_of:
                sql = self._worst(sql, bound)
        return sql

    def _lent(self, table: str) -> str:
        """The worst member's ending; of several the first in the order of the decision table."""
        worst = [f"min({self.rank(n, name(n))} * {_WIDE} + {name(n)}) % {_WIDE} AS {name(n)}" for n in self._own(table)]
        key = name("<key>")
        return f"SELECT {listed([key, *worst])}\nFROM {name(self.table(table))} WHERE {key} IS NOT NULL GROUP BY {key}"

    def _worst(self, sql: str, assurance: BoundAssurance) -> str:
        others = list(assurance.model.worst_of or ())
        ranks = [f"{self.rank(o, name(o))} AS {name('<' + o)}" for o in others]
        worst = f"least({', '.join(name('<' + o) for o in others)})"
        bits = " + ".join(f"CASE WHEN {name('<' + o)} = {worst} THEN {1 << i} ELSE 0 END" for i, o in enumerate(others))
        ranked = f"SELECT *, {listed(ranks)}\nFROM ({sql})"
        return f"SELECT * EXCLUDE ({', '.join(name('<' + o) for o in others)}), {worst} * {1 << len(others)} + {bits} AS {name(assurance.model.name)}\nFROM ({ranked})"

    def rank(self, assurance: str, ending: str) -> str:
        """SQL of the rank of a verdict, 0 for the worst, from the number of the ending."""
        bound = self.relations.bound.assurances[assurance]
        if bound.model.worst_of:
            return f"({ending} >> {len(bound.model.worst_of)})"
        return of_ending([str(VERDICTS.index(e.verdict)) for e in bound.endings], ending)

    def _key(self, table: str, column: str) -> Column:
        return Column(None, column, self.relations.bound.tables[table].kinds[column])

    def rows(self, table: str, extra: Sequence[Node] = (), cells: Sequence[str] = ()) -> str:
        """All rows of a table with what its decision tables read, and these expressions and cells besides."""
        relations = self.relations
        nodes = [n for n in extra if not relations.absent(table, n)]
        raws, above = dict.fromkeys(cells), dict[str, None]()
        for node in self._nodes(table):
            nodes.append(node)
            for column in self.read(table, node):
                nodes.append(column)
                if self._may_be_blank(table, column):
                    (above if column.table else raws)[f"{column.key}~" if column.table else column.name] = None
        sql = relations.select(table, nodes, raws, above)
        missing = [n.key for n in extra if isinstance(n, Column) and relations.absent(table, n)]
        blank = [f"CAST(NULL AS VARCHAR) AS {name(m)}" for m in missing]
        return f"SELECT {listed(['*', *blank])}\nFROM ({sql})" if blank else sql

    def read(self, table: str, node: Node) -> list[Column]:
        """What an expression reads of the columns that are there; an absent column reads as blank."""
        return [c for c in self.relations.bound.read(table, node) if not self.relations.absent(table, c)]

    def _may_be_blank(self, table: str, column: Column) -> bool:
        """Whether a blank cell of the column is a fault elsewhere, so that its flag does not tell a blank from a cell that cannot be read."""
        field = self.relations.bound.tables[column.table or table].model.field(column.name)
        return field is not None and (field.constraints.required or bool(field.required_unless))

    def flag(self, table: str, column: Column) -> str:
        """SQL of whether what is written in a column cannot be read."""
        if not self._may_be_blank(table, column):
            return name(column.key + "!")
        stored = self.relations.stored[column.table or table][column.name]
        return f"{name(column.key + '!')} AND {filled(name(column.key + '~'), stored)}"

    def spelled(self, table: str, node: Node) -> str:
        """SQL of a condition; columns that are absent are blank."""
        blank = frozenset(c.key for c in columns(node))
        return spell(node, self.relations.named(table, blank))

    def _applies(self) -> str:
        condition = self.relations.bound.discrepancy_when
        if condition is None:
            return "FALSE"
        bad = either(self.flag(self.unit, c) for c in self.read(self.unit, condition))
        return f"CASE WHEN {bad} THEN NULL ELSE {self.spelled(self.unit, condition)} END"

    def _ending(self, table: str, assurance: BoundAssurance) -> str:
        """The number of the ending; −1 where the row is not judged, NULL where no line holds."""
        seen, branches = set[Column](), list[str]()
        if assurance.of is not None:
            seen |= set(self.read(table, assurance.of))
            judged = self.spelled(table, assurance.of)
            bad = either(self.flag(table, c) for c in self.read(table, assurance.of))
            branches += [f"WHEN {bad} THEN 0", f"WHEN NOT {judged} THEN -1", f"WHEN {judged} IS NULL THEN 0"]
        for case in assurance.cases:
            branches += self._case(table, case, seen)
        return "CASE " + "\n  ".join(branches) + " END"

    def _case(self, table: str, case: BoundCase | BoundLine, seen: set[Column]) -> list[str]:
        """One line: what cannot be read, then its reasons; what an earlier line read need not be looked at again."""
        read = [c for r in case.reasons if r.when is not None for c in self.read(table, r.when)]
        fresh = [c for c in dict.fromkeys(read) if c not in seen]
        seen |= set(fresh)
        holds = [self.spelled(table, r.when) if r.when is not None else "TRUE" for r in case.reasons]
        branches = [f"WHEN {either(self.flag(table, c) for c in fresh)} THEN {case.first}"] if fresh else []
        if len(holds) == 1:
            return [*branches, f"WHEN {holds[0]} THEN {case.first + 1}"]
        chosen = " + ".join(f"CASE WHEN {h} THEN {1 << i} ELSE 0 END" for i, h in enumerate(holds))
        return [*branches, f"WHEN {either(holds)} THEN {case.first} + {chosen}"]


def of_ending(values: Sequence[str], ending: str) -> str:
    """SQL of what follows from an ending, given as a constant for each number."""
    return f"[{', '.join(values)}][{ending} + 1]"


def counted(verdicts: Verdicts) -> str:
    """How often each assurance ends in each way, by table."""
    selects = [
        f"SELECT '{table}' AS judged, '{assurance}' AS assurance, {name(assurance)} AS ending, count(*) AS n"
        f" FROM {name(verdicts.table(table))} WHERE {name(assurance)} IS DISTINCT FROM -1 GROUP BY ALL"
        for table in verdicts.judged() for assurance in verdicts.of(table)
    ]  # fmt: skip
    return "\nUNION ALL\n".join(selects)
