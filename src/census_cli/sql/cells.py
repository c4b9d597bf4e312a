"""The innermost SELECT over a raw table: wanted cells conformed and held against their field's own constraints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from census_cli.sql.grammar import conformed, filled, not_known
from census_cli.sql.words import both, either, listed, name, string
from census_cli.structure import cell_kinds
from census_cli.survey.models import FieldModel, Table


@dataclass(frozen=True)
class Cells:
    """Spells the cells of one raw table; `stored` gives the columns that are there and how they are stored."""

    table: Table
    stored: Mapping[str, str]
    held: bool = False

    def select(self, values: Iterable[str], raws: Iterable[str] = (), flags: Collection[str] = (), among: str = "") -> str:
        """SELECT `source`, `row`, raw cells `f~`, for each value `f` and `f!` (it did not conform), for each flag `f!` and what `faulty` tells.

        Cells that were conformed once and are held are only read again.  Of all rows those of the SELECT `among`.
        """
        if not self.held:
            return self._conform(values, raws, flags, among)
        wanted = [v for v in dict.fromkeys(values) if v in self.stored]
        beside = [o for f in (*wanted, *flags) for o in self.field(f).required_unless if o in self.stored]
        wanted = list(dict.fromkeys([*wanted, *beside]))
        columns = [name(f + "~") for f in dict.fromkeys([*(r for r in raws if r in self.stored), *wanted])]
        columns += [name(f) for f in wanted] + [name(f + "!") for f in dict.fromkeys([*wanted, *flags])]
        columns += [self.faulty(f) for f in flags if self.may_say_not_known(f)]
        return f"SELECT {listed(['source', 'row', *columns])}\nFROM {name(conformed_table(self.table.name))}{_joined(among)}"

    def all(self) -> str:
        """SELECT every cell that is there, as stored and conformed, and whether it conforms."""
        return self._conform(self.stored, self.stored, list(self.stored))

    def _conform(self, values: Iterable[str], raws: Iterable[str] = (), flags: Collection[str] = (), among: str = "") -> str:
        wanted = dict.fromkeys(v for v in values if v in self.stored)
        for field in [self.field(v) for v in (*wanted, *flags)]:
            wanted |= dict.fromkeys(o for o in field.required_unless if o in self.stored)
        # A flag that hangs on another answer needs the value of that one, so it is made from a value itself.
        wanted |= dict.fromkeys(f for f in flags if self.field(f).required_unless)
        bare = [f for f in flags if f not in wanted]
        disputes = self.disputes() if wanted else []
        shown = dict.fromkeys(
            [*(r for r in raws if r in self.stored), *wanted, *filter(self.may_say_not_known, flags), *disputes]
        )
        columns = [f"{name(f)} AS {name(f + '~')}" for f in shown]
        columns += [f"{self._parsed(f, name(f))} AS {name(f)}" for f in wanted]
        columns += [f"{self._bad(self.field(f), self._parsed(f, name(f)), '')} AS {name(f + '!')}" for f in bare]
        inner = f"SELECT {listed(['source', 'row', *columns])}\nFROM {name('raw_' + self.table.name)}{_joined(among)}"
        judged = self._judged(inner, list(wanted))
        faults = [self._fault(f) for f in flags if self.may_say_not_known(f)]
        return f"SELECT *, {listed(faults)}\nFROM ({judged})" if faults else judged

    def filled(self, column: str, raw: str) -> str:
        """SQL of whether a raw cell is not blank; of a cell that is held, its value or its flag tells."""
        if self.held and self.needs_value(column) and not self.field(column).required_unless:
            return f"({name(column)} IS NOT NULL OR {name(column + '!')})"
        return filled(raw, self.stored[column])

    def faulty(self, column: str) -> str:
        """The column that tells whether a cell is a fault: `f!`, or `f?` where a cell may say that it is not known."""
        return name(column + ("?" if self.may_say_not_known(column) else "!"))

    def may_say_not_known(self, column: str) -> bool:
        """Whether a cell of the column can say that its value is not known without a fault."""
        field = self.field(column)
        return bool(field.missingValues) and not field.constraints.required

    def _fault(self, column: str) -> str:
        """SQL of `f?`, of which `f!` and `f~` are at hand."""
        field = self.field(column)
        fault = f"NOT {not_known(field, name(column + '~'), self.stored[column])}"
        if field.required_unless:
            fault = f"{fault} OR ({self.must_be_filled(field)})"
        return f"CASE WHEN {name(column + '!')} THEN {fault} ELSE FALSE END AS {name(column + '?')}"

    def needs_value(self, column: str) -> bool:
        """Whether more than a cell's text is wanted to tell what became of it."""
        return self.held or bool(self.field(column).required_unless)

    def must_be_filled(self, field: FieldModel) -> str:
        """SQL of the condition under which a field is required; FALSE while the answer it hangs on cannot be read."""
        holds = []
        for other, code in field.required_unless.items():
            if other in self.stored:
                holds.append(
                    f"CASE WHEN {name(other)} IS NULL THEN NOT {name(other + '!')} ELSE {name(other)} <> {string(code)} END"
                )
        return both(holds)

    def _judged(self, inner: str, wanted: list[str]) -> str:
        """The flags, and values outside their limits taken out; flags that hang on another answer come last."""
        hanging = [f for f in wanted if self.field(f).required_unless]
        plain = [f for f in wanted if f not in hanging]
        for group in (plain, hanging):
            if group:
                limited = [(f, self._sound(f)) for f in group]
                taken = [f"CASE WHEN {limits} THEN {name(f)} END AS {name(f)}" for f, limits in limited if limits]
                flags = [f"{self._bad(self.field(f), name(f), '~')} AS {name(f + '!')}" for f in group]
                inner = f"SELECT *{f' REPLACE ({listed(taken)})' if taken else ''}, {listed(flags)}\nFROM ({inner})"
        return inner

    def field(self, column: str) -> FieldModel:
        """The model of a column."""
        field = self.table.field(column)
        assert field is not None, column
        return field

    def _parsed(self, column: str, raw: str) -> str:
        return conformed(self.field(column), raw, self.stored[column])

    def contested(self, column: str, suffix: str = "~") -> str:
        """SQL of whether the rows of which a row was made disagree on a cell, so that it stands for nothing; empty where none can be."""
        return contested(self.table, self.stored, [column], suffix)

    def disputes(self) -> list[str]:
        """The column that names the contested cells of a row, where there is one."""
        made = self.table.made_of
        return [made.contested] if made and made.contested in self.stored else []

    def _sound(self, column: str) -> str:
        """SQL of the condition under which a parsed value counts; empty where it always does."""
        disputed, limits = self.contested(column), limits_hold(self.field(column), name(column))
        conditions = [c for c in (f"NOT {disputed}" if disputed else "", limits) if c]
        return both(conditions) if conditions else ""

    def _bad(self, field: FieldModel, parsed: str, suffix: str) -> str:
        """Whether a cell does not conform, or is contested; `suffix` tells the raw cell."""
        disputed, wrong = self.contested(field.name, suffix), self._nonconforming(field, parsed, name(field.name + suffix))
        return f"{disputed} OR {wrong}" if disputed else wrong

    def _nonconforming(self, field: FieldModel, parsed: str, raw: str) -> str:
        """Whether a cell does not conform; the raw cell is looked at only where it gave no value."""
        if not cell_kinds(field):
            return f"CASE WHEN {parsed} IS NULL THEN {not_known(field, raw, self.stored[field.name])} ELSE FALSE END"
        limits = limits_hold(field, parsed)
        outside = f"NOT ({limits})" if limits else "FALSE"
        if field.constraints.required:
            return f"CASE WHEN {parsed} IS NULL THEN TRUE ELSE {outside} END"
        wrong = self.filled(field.name, raw)
        if field.required_unless:
            wrong = f"{wrong} OR ({self.must_be_filled(field)})"
        return f"CASE WHEN {parsed} IS NULL THEN {wrong} ELSE {outside} END"


def _joined(among: str) -> str:
    return f" JOIN ({among}) USING (source, row)" if among else ""


def contested(table: Table, stored: Mapping[str, str], columns: Iterable[str], suffix: str = "") -> str:
    """SQL of whether the rows of which a row was made disagree on one of these cells; empty where there can be none."""
    made = table.made_of
    if made is None or made.contested not in stored:
        return ""
    named = [
        f"contains({name(made.contested + suffix)}, {string(f',{c},')})"
        for c in columns
        if c not in (made.contested, made.differences)
    ]
    return f"coalesce({either(named)}, FALSE)" if named else ""


def conformed_table(table: str) -> str:
    """The name of the table that holds the conformed cells of a small raw table."""
    return f"conformed_{table}"


def limits_hold(field: FieldModel, value: str) -> str:
    """SQL of the range, length and pattern constraints on a parsed value; empty where there are none."""
    limits, conditions = field.constraints, []
    size = f"len(string_split({value}, ','))" if field.type == "list" else f"length({value})"
    for bound, sign, what in (
        (limits.minimum, ">=", value), (limits.maximum, "<=", value), (limits.minLength, ">=", size), (limits.maxLength, "<=", size),
    ):  # fmt: skip
        if bound is not None:
            conditions.append(f"{what} {sign} {Decimal(bound):f}")
    if limits.pattern is not None:
        conditions.append(f"regexp_full_match({value}, {string(limits.pattern)})")
    return both(conditions) if conditions else ""
