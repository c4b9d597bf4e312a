"""Calls that take long and stand in several expressions: they are made once for every row, as a column of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from census_cli.expr.nodes import Call, Column, Node, walk

_DEAR = frozenset({"id_base", "id_birth", "id_sex", "id_valid", "matches", "name_base"})


def dear(node: Node) -> Iterator[Call]:
    """The calls below a node that take long and read columns only, as often as they stand there."""
    yield from (n for n in walk(node) if isinstance(n, Call) and n.name in _DEAR and all(isinstance(x, Column) for x in n.leaves))


def column_of(call: Call) -> Column:
    """The column that holds what a call gives; its name is the call as one would write it."""
    args = ", ".join(arg.key if isinstance(arg, Column) else str(getattr(arg, "value", arg)) for arg in call.args)
    return Column(None, f"{call.name}({args})", call.kind)


def made_once(node: Node, made: Callable[[Call], bool]) -> Node:
    """The node with the columns of those calls that are `made` in their place."""
    if not isinstance(node, Call):
        return node
    if node.name in _DEAR and made(node):
        return column_of(node)
    args = tuple(made_once(arg, made) for arg in node.args)
    return node if args == node.args else replace(node, args=args)
