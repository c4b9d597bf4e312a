"""Typed expressions as Python closures over a row, with the values that `sql.spelling` gives: NULL is None, and nothing fails."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from census_cli.expr.nodes import MAX_DIGITS, Aggregate, Call, Column, Kind, Literal, Node
from census_cli.record.functions import FUNCTIONS, double, fitted, quotient, remainder

Row = Mapping[str, Any]
Get = Callable[[Any], Any]
Named = Callable[[Column | Aggregate], str]


def closure(node: Node, named: Named) -> Get:
    """What an expression gives on a row; `named` gives the key under which the row holds a column or aggregate."""
    if isinstance(node, Literal):
        return _always(value_of(node))
    if isinstance(node, Column | Aggregate):
        return operator.itemgetter(named(node))
    if subject := _subject(node):
        return _table(node, closure(subject, named))
    operands = _chain(node.name, node) if node.name in ("and", "or") else node.args
    args = [closure(arg, named) for arg in operands]
    if node.name in _OPERATORS:
        return _OPERATORS[node.name](node, args)
    return _strict(FUNCTIONS[node.name], node.args, args)


def value_of(literal: Literal) -> Any:
    """A constant as a value."""
    if literal.kind.name == "date" and literal.value is not None:
        return datetime.date.fromisoformat(str(literal.value))
    return literal.value


def folded(aggregate: Aggregate, values: Sequence[Any]) -> Any:
    """An aggregate over the values of all children, none of them missing."""
    if aggregate.name == "count":
        return len(values)
    if aggregate.name == "count_if":
        return sum(values)
    if not values:
        return None
    if aggregate.name == "sum":
        return fitted(sum(values), aggregate.kind.digits, aggregate.kind.scale)
    return min(values) if aggregate.name == "min" else max(values)


def _always(value: Any) -> Get:
    return lambda _row: value


def _strict(function: Callable[..., Any], nodes: Sequence[Node], args: Sequence[Get]) -> Get:
    """Missing where one of its values is; nearly all have one or two, and the second is often a constant."""
    if len(args) == 1:
        return _of_one(function, args[0])
    if len(args) == 2:
        constant = nodes[1]
        if isinstance(constant, Literal):
            return _of_one_and(function, args[0], args[1](None))
        return _of_two(function, *args)

    def several(row: Row) -> Any:
        values = [arg(row) for arg in args]
        return None if None in values else function(*values)

    return several


def _of_one(function: Callable[[Any], Any], arg: Get) -> Get:
    def one(row: Row) -> Any:
        value = arg(row)
        return None if value is None else function(value)

    return one


def _of_one_and(function: Callable[[Any, Any], Any], arg: Get, constant: Any) -> Get:
    if constant is None:
        return _always(None)

    def one(row: Row) -> Any:
        value = arg(row)
        return None if value is None else function(value, constant)

    return one


def _of_two(function: Callable[[Any, Any], Any], left: Get, right: Get) -> Get:
    def two(row: Row) -> Any:
        one = left(row)
        if one is None:
            return None
        other = right(row)
        return None if other is None else function(one, other)

    return two


def _as_double(kind: Kind, arg: Get) -> Get:
    return _of_one(lambda value: double(value, kind.scale), arg) if kind.name == "decimal" else arg


def _alike(nodes: Sequence[Node], args: Sequence[Get]) -> list[Get]:
    """Beside a floating number decimals are one; those that no common type could hold are missing beyond what one can."""
    kinds = [n.kind for n in nodes]
    if any(k.name == "double" for k in kinds):
        return [_as_double(n.kind, a) for n, a in zip(nodes, args, strict=True)]
    if not all(k.name == "decimal" for k in kinds):
        return list(args)
    scale = max(k.scale for k in kinds)
    if max(k.digits - k.scale for k in kinds) + scale <= MAX_DIGITS:
        return list(args)
    return [_of_one(lambda value: fitted(value, MAX_DIGITS, scale), a) for a in args]


def _comparing(compare: Callable[[Any, Any], bool]) -> Callable[[Call, list[Get]], Get]:
    return lambda node, args: _strict(compare, node.args, _alike(node.args, args))


def _calculating(calculate: Callable[[Any, Any], Any]) -> Callable[[Call, list[Get]], Get]:
    def made(node: Call, args: list[Get]) -> Get:
        if node.kind.name != "double" and node.kind.digits >= MAX_DIGITS and calculate is not remainder:
            scale = node.kind.scale
            args = [_of_one(lambda value: fitted(value, MAX_DIGITS - 1, scale), a) for a in args]
        return _strict(calculate, node.args, _alike(node.args, args) if node.kind.name == "double" else args)

    return made


def _multiplying(node: Call, args: list[Get]) -> Get:
    """Exact while both factors fit; a factor of 10^15 or more, which no sound value needs, makes it missing."""
    kinds = [arg.kind for arg in node.args]
    if node.kind.name != "double" and sum(k.digits for k in kinds) > MAX_DIGITS:
        args = [_of_one(_factor(min(k.scale, 4)), a) for k, a in zip(kinds, args, strict=True)]
        return _strict(operator.mul, node.args, args)
    return _strict(operator.mul, node.args, _alike(node.args, args) if node.kind.name == "double" else args)


def _factor(scale: int) -> Callable[[Any], Any]:
    return lambda value: fitted(value, 19, scale)


def _dividing(node: Call, args: list[Get]) -> Get:
    return _strict(quotient, node.args, [_as_double(n.kind, a) for n, a in zip(node.args, args, strict=True)])


def _chain(word: str, node: Node) -> list[Node]:
    """A chain of the same word is one step, not a step for each word."""
    return [part for arg in node.args for part in _chain(word, arg)] if isinstance(node, Call) and node.name == word else [node]


def _and(_node: Call, tests: list[Get]) -> Get:
    def every(row: Row) -> bool | None:
        found: bool | None = True
        for test in tests:
            value = test(row)
            if value is None:
                found = None
            elif not value:
                return False
        return found

    return every


def _or(_node: Call, tests: list[Get]) -> Get:
    def some(row: Row) -> bool | None:
        found: bool | None = False
        for test in tests:
            value = test(row)
            if value:
                return True
            if value is None:
                found = None
        return found

    return some


def _not(_node: Call, args: list[Get]) -> Get:
    return _of_one(operator.not_, args[0])


def _is_null(_node: Call, args: list[Get]) -> Get:
    (arg,) = args
    return lambda row: arg(row) is None


def _is_same(node: Call, args: list[Get]) -> Get:
    left, right = _alike(node.args, args)
    return lambda row: left(row) == right(row)


def _in(node: Call, args: list[Get]) -> Get:
    operand, *items = _alike(node.args, args)
    if all(isinstance(n, Literal) for n in node.args[1:]):
        constants = [item(None) for item in items]
        known, missing = frozenset(constants) - {None}, None if None in constants else False
        return _of_one(lambda value: True if value in known else missing, operand)

    def among(row: Row) -> bool | None:
        value = operand(row)
        if value is None:
            return None
        others = [item(row) for item in items]
        return True if value in others else None if None in others else False

    return among


def _case(node: Call, args: list[Get]) -> Get:
    branches = list(zip(args[:-1:2], _as_kind(node, node.args[1:-1:2], args[1:-1:2]), strict=True))
    (last,) = _as_kind(node, node.args[-1:], args[-1:])

    def chosen(row: Row) -> Any:
        for test, value in branches:
            if test(row):
                return value(row)
        return last(row)

    return chosen


def _subject(node: Call) -> Column | None:
    """The column that a choice does nothing but hold against constants, as attributes of codes and parameters by year do."""
    if node.name != "case" or not all(isinstance(r, Literal) for r in (*node.args[1:-1:2], node.args[-1])):
        return None
    sides = {
        t.args[0] if isinstance(t, Call) and t.name == "=" and isinstance(t.args[1], Literal) else None for t in node.args[:-1:2]
    }
    subject = sides.pop()
    return subject if not sides and isinstance(subject, Column) and subject.kind.name != "double" else None


def _table(node: Call, subject: Get) -> Get:
    """Such a choice, looked up; the first of equal constants counts."""
    results = [g(None) for g in _as_kind(node, node.args[1::2], [closure(a, str) for a in node.args[1::2]])]
    (last,) = (g(None) for g in _as_kind(node, node.args[-1:], [closure(node.args[-1], str)]))
    keys = [value_of(t.args[1]) for t in node.args[:-1:2]]  # type: ignore[union-attr, arg-type]  # as `_subject` found
    table = dict(reversed([pair for pair in zip(keys, results, strict=True) if pair[0] is not None]))
    return lambda row: table.get(subject(row), last)


def _as_kind(node: Call, nodes: Sequence[Node], args: Sequence[Get]) -> list[Get]:
    """Results of a choice, decimals among floating numbers as such."""
    if node.kind.name != "double":
        return list(args)
    return [_as_double(n.kind, a) for n, a in zip(nodes, args, strict=True)]


def _coalesce(node: Call, args: list[Get]) -> Get:
    values = _as_kind(node, node.args, args)

    def first(row: Row) -> Any:
        for value in values:
            found = value(row)
            if found is not None:
                return found
        return None

    return first


_OPERATORS: dict[str, Callable[[Call, list[Get]], Get]] = {
    "=": _comparing(operator.eq),
    "<>": _comparing(operator.ne),
    "<": _comparing(operator.lt),
    "<=": _comparing(operator.le),
    ">": _comparing(operator.gt),
    ">=": _comparing(operator.ge),
    "and": _and,
    "or": _or,
    "+": _calculating(operator.add),
    "-": _calculating(operator.sub),
    "*": _multiplying,
    "/": _dividing,
    "%": _calculating(remainder),
    "neg": lambda _node, args: _of_one(operator.neg, args[0]),
    "not": _not,
    "is_null": _is_null,
    "is_same": _is_same,
    "in": _in,
    "case": _case,
    "coalesce": _coalesce,
}
