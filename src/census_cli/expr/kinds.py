"""Kinds of values: which go together, what a calculation yields, and constants of each."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from census_cli.expr.nodes import BOOLEAN, DATE, DOUBLE, MAX_DIGITS, NULL, STRING, Kind, Literal, Node
from census_cli.expr.parse import ExpressionError
from census_cli.i18n import tr


def arithmetic_kind(sign: str, left: Kind, right: Kind) -> Kind:
    """The kind of `left sign right`: decimals grow so that no digit is lost; a quotient is a double."""
    if sign == "/" or DOUBLE in (left, right):
        return DOUBLE
    if sign == "*":
        if left.digits + right.digits > MAX_DIGITS:
            return Kind("decimal", MAX_DIGITS, min(left.scale, 4) + min(right.scale, 4))
        return Kind("decimal", left.digits + right.digits, left.scale + right.scale)
    scale = max(left.scale, right.scale)
    if sign == "%":
        return Kind("decimal", min(max(left.digits - left.scale, right.digits - right.scale) + scale, MAX_DIGITS), scale)
    whole = max(left.digits - left.scale, right.digits - right.scale) + 1
    return Kind("decimal", min(whole + scale, MAX_DIGITS), scale)


def constant(value: object, typed: str | None) -> Literal:
    if typed == "date":
        try:
            return Literal(datetime.date.fromisoformat(str(value)).isoformat(), DATE)
        except ValueError:
            raise ExpressionError(tr("'{value}' is not a date like 2020-12-31", value=value)) from None
    if isinstance(value, bool):
        return Literal(value, BOOLEAN)
    if isinstance(value, int | Decimal):
        return Literal(value, _decimal_kind(value))
    return Literal(str(value), STRING)


def _decimal_kind(value: int | Decimal) -> Kind:
    _, digits, exponent = Decimal(value).as_tuple()
    scale = max(-int(exponent), 0)
    whole = max(len(digits) + int(exponent), 1)
    if scale > 4 or whole > 15:
        raise ExpressionError(tr("{value} has more than 15 digits or 4 decimals", value=value))
    return Kind("decimal", whole + scale, scale)


def needs(node: Node, *names: str) -> Node:
    if node.kind.name in names or node.kind == NULL:
        return node
    if node.kind.name == "string" and "date" in names and isinstance(node, Literal):
        return constant(node.value, "date")
    expected = str(Kind(names[0]))  # type: ignore[arg-type]  # names are kind names
    raise ExpressionError(tr("a {expected} is needed here, not a {kind}", expected=expected, kind=node.kind))


def alike(left: Node, right: Node) -> tuple[Node, Node]:
    if NULL in (left.kind, right.kind):
        raise ExpressionError(tr("nothing equals null; write 'is null' or 'is not null'"))
    for one, other in ((left, right), (right, left)):
        if one.kind == DATE and isinstance(other, Literal) and other.kind == STRING:
            dated = constant(other.value, "date")
            return (left, dated) if other is right else (dated, right)
    if left.kind.name != right.kind.name and not (left.kind.numeric and right.kind.numeric):
        raise ExpressionError(tr("a {left} cannot be compared with a {right}", left=left.kind, right=right.kind))
    return left, right


def common(items: Sequence[Node]) -> Kind:
    kinds = [i.kind for i in items if i.kind != NULL]
    if not kinds:
        return NULL
    if all(k.name == "decimal" for k in kinds):
        scale = max(k.scale for k in kinds)
        return Kind("decimal", min(max(k.digits - k.scale for k in kinds) + scale, MAX_DIGITS), scale)
    if all(k.numeric for k in kinds):
        return DOUBLE
    if len({k.name for k in kinds}) > 1:
        names = ", ".join(dict.fromkeys(map(str, kinds)))
        raise ExpressionError(tr("the values are of different kinds: {kinds}", kinds=names))
    codes = {i.kind.codes for i in items if i.kind != NULL and not isinstance(i, Literal)}
    return replace(kinds[0], codes=codes.pop() if len(codes) == 1 else None)
