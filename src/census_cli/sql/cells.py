"""The innermost SELECT over a raw table: each wanted cell conformed and held against its field's own constraints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from census_cli.sql.grammar import conformed, folded, text_of
from census_cli.sql.words import both, listed, name, string
from census_cli.structure import cell_kinds
from census_cli.survey.models import CodeList, FieldModel, Table


def cell_columns(
    table: Table, stored: Mapping[str, str], values: Iterable[str], raws: Iterable[str], codes: Mapping[str, CodeList]
) -> str:
    """SELECT `source`, `row`, raw cells `f~`, and for each value `f`, `f!`, `f=` (parsed) and `f?` (not blank)."""
    wanted = dict.fromkeys(v for v in values if v in stored)
    for value in list(wanted):
        wanted |= dict.fromkeys(o for o in _field(table, value).required_unless if o in stored)
    shown = dict.fromkeys([*(r for r in raws if r in stored), *wanted])
    parsed = [f"{name(f)} AS {name(f + '~')}" for f in shown]
    parsed += [f"{conformed(_field(table, f), name(f), stored[f], codes)} AS {name(f + '=')}" for f in wanted]
    inner = f"SELECT {listed(['source', 'row', *parsed])}\nFROM {name('raw_' + table.name)}"
    if not wanted:
        return inner
    filled = [f"{_filled(f, stored[f])} AS {name(f + '?')}" for f in wanted]
    judged = [f"{_value(_field(table, f))} AS {name(f)}" for f in wanted]
    flags = [f"{_bad(_field(table, f), stored)} AS {name(f + '!')}" for f in wanted]
    return f"SELECT *, {listed(flags)}\nFROM (SELECT *, {listed(filled + judged)}\nFROM ({inner}))"


def _field(table: Table, column: str) -> FieldModel:
    field = table.field(column)
    assert field is not None, column
    return field


def _filled(column: str, stored: str) -> str:
    """Whether a cell is not blank; the cell is looked at only where it gave no value."""
    raw = name(column + "~")
    blank = f"{folded(text_of(raw, stored))} IS NULL" if stored == "VARCHAR" else f"{raw} IS NULL"
    return f"CASE WHEN {name(column + '=')} IS NOT NULL THEN TRUE ELSE NOT ({blank}) END"


def _value(field: FieldModel) -> str:
    limits = limits_hold(field, name(field.name + "="))
    return f"CASE WHEN {limits} THEN {name(field.name + '=')} END" if limits else name(field.name + "=")


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


def range_holds(field: FieldModel, value: str) -> str:
    """The same without the pattern."""
    bare = field.constraints.model_copy(update={"pattern": None})
    return limits_hold(field.model_copy(update={"constraints": bare}), value)


def _bad(field: FieldModel, stored: Mapping[str, str]) -> str:
    value, filled = name(field.name), name(field.name + "?")
    if field.constraints.required:
        return f"{value} IS NULL"
    if field.required_unless:
        return f"{value} IS NULL AND ({filled} OR ({must_be_filled(field, stored)}))"
    if not cell_kinds(field):
        return "FALSE"
    return f"{value} IS NULL AND {filled}"


def must_be_filled(field: FieldModel, stored: Mapping[str, str]) -> str:
    """SQL of the condition under which a field is required; FALSE while the answer it hangs on cannot be read."""
    holds = []
    for other, code in field.required_unless.items():
        if other in stored:
            holds.append(f"NOT {name(other + '?')} OR coalesce({name(other)} <> {string(code)}, FALSE)")
    return both(holds)
