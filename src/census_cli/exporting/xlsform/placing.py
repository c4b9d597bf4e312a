"""Where a rule stands on a form: in the constraint and the necessity of an answer, or as a note that is shown where it is violated."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Literal

from census_cli.exporting import Left
from census_cli.exporting.xlsform.calculated import Calculated, Reading
from census_cli.exporting.xlsform.words import FALSE, all_of, negated
from census_cli.exporting.xlsform.xpath import Unsayable, here
from census_cli.expr.bound import BoundRule, BoundSurvey
from census_cli.expr.nodes import Call, Column, Node
from census_cli.expr.nodes import Literal as Constant
from census_cli.i18n import tr
from census_cli.structure import structural_rules
from census_cli.survey.form import Block, Form, forgotten, link
from census_cli.survey.models import Rule

Part = Literal["constraint", "required", "note"]


@dataclass(frozen=True)
class Carried:
    """One part of a rule on the form: `field` is the answer that it hangs on; a note stands behind it, or at the end of its table."""

    rule: Rule
    part: Part
    field: tuple[str, str]
    xpath: str

    @property
    def blocks(self) -> bool:
        """Whether the visit cannot be finished while the rule is violated."""
        return self.rule.severity == "mandatory"


@dataclass
class Placing:
    """All rules of the tables that a form fills, each placed or left with its reason."""

    bound: BoundSurvey
    form: Form
    calculated: Calculated
    carried: list[Carried] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reading = Reading(self.bound, self.form)
        self.order = _order(self.form)
        for table in self.bound.tables:
            if table in self.form.tables:
                self._table(table)
            elif table in self.form.attached:
                self.left.append(Left(table, tr("it lies on the tablet to be looked up; no visit fills it")))
            else:
                self.left.append(Left(table, tr("no visit fills this table")))
        for name, rule in self.bound.rules.items():
            if rule.model.table in self.form.tables:
                self._rule(name, rule)

    def beside(self) -> dict[str, list[str]]:
        """The files that are uploaded beside the form, with the columns that it reads: the keys, and what is looked up by them."""
        asked = self.calculated.rows[self.form.table]
        marks = {table: f"file_{table}_" for table in self.form.attached}
        return {
            f"{table}.csv": list(dict.fromkeys([
                *self.bound.tables[table].model.primaryKey, *(n.removeprefix(mark) for n in asked if n.startswith(mark)),
            ]))
            for table, mark in marks.items()
        }  # fmt: skip

    def _table(self, table: str) -> None:
        """Fields that the form forgets, and what follows from a table and is not about one record."""
        for name in forgotten(self.form, self.bound.tables[table].model):
            why = tr("form.yaml does not name it; put it in a block, or in not_asked with the reason")
            self.left.append(Left(f"{table}.{name}", why))
        own = link(self.bound.tables[table].model, self.form.table)
        for rule in structural_rules(self.bound.tables[table].model):
            if rule.kind in ("unique", "reference") and (rule.kind != "reference" or rule.fields != (own,)):
                self.left.append(Left(rule.id, tr("only all forms together tell")))

    def _rule(self, name: str, rule: BoundRule) -> None:
        if name in self.bound.off:
            return self.left.append(Left(name, tr("the profile switches it off")))
        if rule.model.scope != "surveyor":
            return self.left.append(Left(name, tr("kept for the office")))
        try:
            self.carried += self._placed(rule)
        except Unsayable as reason:
            self.left.append(Left(name, str(reason)))
        return None

    def _placed(self, rule: BoundRule) -> list[Carried]:
        if rule.unique or rule.apart:
            raise Unsayable(tr("only all forms together tell"))
        table, violated = rule.model.table, self._violated(rule)
        asked = self._last_asked(table, violated) if violated else None
        if rule.model.exists or asked is None or violated is None or not self._may_refuse(rule, table, violated, asked):
            return [self._note(rule, violated, asked)]
        return self._hard(rule, violated, asked)

    @staticmethod
    def _violated(rule: BoundRule) -> Node | None:
        """A condition that is true where the rule is violated."""
        if rule.asserts is None:
            return None
        kind, held = rule.asserts.kind, rule.asserts
        if rule.model.nulls == "fail":
            held = Call("coalesce", (held, Constant(False, kind)), kind)
        tests = [*([rule.when] if rule.when else []), Call("not", (held,), kind)]
        return reduce(lambda left, right: Call("and", (left, right), kind), tests)

    def _may_refuse(self, rule: BoundRule, table: str, violated: Node, asked: tuple[str, str]) -> bool:
        """A form refuses an answer as it is given, when what is calculated of it still stands at the old one."""
        later = self.reading.gathers(table, violated) or any(
            t in self.form.attached for t, _ in self.reading.fields(table, violated)
        )
        return rule.model.severity == "mandatory" and not later and asked[1] not in _filled(self.form, table)

    def _hard(self, rule: BoundRule, violated: Node, asked: tuple[str, str]) -> list[Carried]:
        """Refused is an answer that violates the rule, and none where none does; forms hold constraints against answers only."""
        printer, kind = self.calculated.printer(asked[0]), self.bound.tables[asked[0]].kinds[asked[1]]
        answer, found = Column(None, asked[1], kind), list[Carried]()
        given = printer.true(self._with(asked[0], violated, answer, here(answer)))
        blank = printer.true(self._with(asked[0], violated, answer, Constant(None, kind)))
        if given != FALSE:
            found.append(Carried(rule.model, "constraint", asked, negated(given)))
        if blank != FALSE:
            found.append(Carried(rule.model, "required", asked, blank))
        return found

    def _with(self, table: str, node: Node, answer: Column, instead: Node) -> Node:
        """The expression with another answer, in derived fields too."""
        if node == answer:
            return instead
        if isinstance(node, Column) and node.table is None and node.name in self.bound.tables[table].derived:
            derived = self.bound.tables[table].derived[node.name].node
            reads = (table, answer.name) in self.reading.fields(table, derived)
            return self._with(table, derived, answer, instead) if reads else node
        if isinstance(node, Call):
            return replace(node, args=tuple(self._with(table, arg, answer, instead) for arg in node.args))
        return node

    def _note(self, rule: BoundRule, violated: Node | None, asked: tuple[str, str] | None) -> Carried:
        table = rule.model.table
        if rule.model.exists or violated is None:
            return Carried(
                rule.model, "note", (table, rule.model.exists.keys[-1] if rule.model.exists else ""), self._absent(rule)
            )
        return Carried(rule.model, "note", asked or (table, ""), self.calculated.printer(table).true(violated))

    def _absent(self, rule: BoundRule) -> str:
        """That a row of an attached table is not there."""
        assert rule.model.exists is not None
        printer, keys = self.calculated.printer(rule.model.table), rule.model.exists.keys
        own = [Column(None, key, self.bound.tables[rule.model.table].kinds[key]) for key in keys]
        when = [printer.true(rule.when)] if rule.when else []
        known = [test for column in own for test in printer.known(column)]
        if rule.model.table != self.form.table:
            raise Unsayable(tr("the table '{table}' is not on the tablet", table=rule.model.exists.table))
        return all_of([*when, *known, f"count({self.calculated.found(rule.model.exists.table, keys)}) = 0"])

    def _last_asked(self, table: str, node: Node) -> tuple[str, str] | None:
        """The last answer that the rule reads, of its own table; None if a roster that it reads comes later, or it reads none."""
        read = [f for f in self.reading.fields(table, node) if f in self.order]
        if not read:
            return None
        last = max(read, key=self.order.__getitem__)
        if last[0] == table:
            return last
        own = [f for f in read if f[0] == table]
        return max(own, key=self.order.__getitem__) if own and table != self.form.table else None


def _order(form: Form) -> dict[tuple[str, str], int]:
    """The place of every answer on the form."""
    asked = [
        (form.table if isinstance(block, Block) else block.table, name)
        for block in form.blocks
        for inner in ([block] if isinstance(block, Block) else block.blocks)
        for name in inner.fields
    ]
    return {field: number for number, field in enumerate(asked)}


def _filled(form: Form, table: str) -> set[str]:
    """The fields of a table that nobody types."""
    return {k.rpartition(".")[2] for k, v in form.filled.items() if k.rpartition(".")[0] == table and v != "today"}
