"""Answers that a condition holds for, and such that it does not: the examples of a rule, found by trying what its own constants suggest."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from census_cli.expr.bound import BoundSurvey
from census_cli.expr.nodes import Aggregate, Call, Column, Literal, Node, aggregates, columns, walk
from census_cli.importing.xlsform.patterns import fitting
from census_cli.record.evaluate import closure

TRIES = 30_000
_DAY = datetime.date(2020, 6, 15)
_MOST_YEARS = 150
_FEW = 3

Answers = dict[str, Any]


def examples(bound: BoundSurvey, table: str, when: Node | None, asserts: Node) -> dict[str, Answers] | None:
    """One example that violates the rule and one that passes it; None where none is found."""
    leaves = list(dict.fromkeys(leaf for node in (when, asserts) if node for leaf in _read(node)))
    constants = [n for node in (when, asserts) if node for n in _constants(node)]
    tried = [list(_candidates(bound, table, leaf, constants, (when, asserts))) for leaf in leaves]
    applies = closure(when, _key) if when else None
    holds = closure(asserts, _key)
    found: dict[str, Answers] = {}
    for values in _combinations(tried):
        row = {_key(leaf): value for leaf, value in zip(leaves, values, strict=True)}
        if applies and applies(row) is not True:
            continue
        outcome = {True: "passed", False: "violated"}.get(holds(row))
        if outcome and outcome not in found and (example := _example(bound, leaves, values)) is not None:
            found[outcome] = example
            if len(found) == 2:  # both
                return {"violated": found["violated"], "passed": found["passed"]}
    return None


def _read(node: Node) -> list[Column | Aggregate]:
    return [*columns(node), *aggregates(node)]


def _key(leaf: Column | Aggregate) -> str:
    return leaf.key if isinstance(leaf, Column) else f"{leaf.name}({leaf.child}, {leaf.arg})"


def _constants(node: Node) -> Iterator[Literal]:
    for each in walk(node):
        if isinstance(each, Literal):
            yield each


def _combinations(tried: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """All of them, or as many drawn by chance."""
    number = 1
    for candidates in tried:
        number *= len(candidates)
    if number <= TRIES:
        yield from itertools.product(*tried)
        return
    chance = Random(0)  # nothing is secret here
    for _ in range(TRIES):
        yield tuple(chance.choice(candidates) for candidates in tried)


def _candidates(
    bound: BoundSurvey, table: str, leaf: Column | Aggregate, constants: Sequence[Literal], nodes: Sequence[Node | None]
) -> Iterator[Any]:
    numbers = [Decimal(str(c.value)) for c in constants if isinstance(c.value, int | Decimal) and not isinstance(c.value, bool)]
    if isinstance(leaf, Aggregate):
        yield from _numbers([n for n in numbers if n >= 0], whole=True)
        return
    owner, model = leaf.table or table, bound.tables[leaf.table or table].model.field(leaf.name)
    assert model is not None, owner
    if not model.constraints.required:
        yield None
    if model.codes:
        yield from _codes(bound, model.codes, model.type == "list", [str(c.value) for c in constants])
    elif leaf.kind.numeric:
        yield from _numbers(numbers, whole=model.type == "integer")
    elif leaf.kind.name == "date":
        yield from _days(constants, numbers)
    elif leaf.kind.name == "datetime":
        yield datetime.datetime.combine(_DAY, datetime.time(9))
    else:
        yield from _texts(leaf, constants, numbers, nodes)


def _numbers(numbers: Sequence[Decimal], whole: bool) -> Iterator[Any]:
    near = [n + step for n in numbers for step in (0, -1, 1)] + [a * b for a in numbers for b in numbers if a is not b][:_FEW]
    for n in dict.fromkeys([*near, Decimal(0), Decimal(1), Decimal(100), Decimal(-1)]):
        if abs(n) < 10**11:
            if not whole:
                yield n
            elif n == n.to_integral_value():
                yield int(n)
    if not whole:
        yield Decimal("0.5")


def _codes(bound: BoundSurvey, name: str, several: bool, named: Sequence[str]) -> Iterator[str]:
    codes = [c.code for c in bound.codes[name].codes]
    asked = [c for c in codes if c in named]
    few = [*asked, *[c for c in codes if c not in asked][:_FEW]]
    yield from few
    if several:
        yield from (",".join(pair) for pair in itertools.combinations(few, 2))
        yield from (",".join(few[:n]) for n in range(3, len(few) + 1))
        yield ",".join(codes)


def _days(constants: Sequence[Literal], numbers: Sequence[Decimal]) -> Iterator[datetime.date]:
    given = [datetime.date.fromisoformat(str(c.value)) for c in constants if c.kind.name == "date" and c.value]
    years = [int(n) + step for n in numbers if 0 <= n <= _MOST_YEARS for step in (0, -1, 1)]
    days = [d + datetime.timedelta(step) for d in given for step in (0, -1, 1)]
    days += [_DAY.replace(year=_DAY.year - y) for y in years] + [_DAY, _DAY + datetime.timedelta(40), _DAY.replace(year=1990)]
    yield from dict.fromkeys(days)


def _texts(leaf: Column, constants: Sequence[Literal], numbers: Sequence[Decimal], nodes: Sequence[Node | None]) -> Iterator[str]:
    patterns = [
        n.args[1].value for node in nodes if node for n in walk(node)
        if isinstance(n, Call) and n.name == "matches" and n.args[0] == leaf and isinstance(n.args[1], Literal)
    ]  # fmt: skip
    said = [str(c.value) for c in constants if isinstance(c.value, str) and c.value not in patterns]
    lengths = [int(n) + step for n in numbers if 0 < n < 100 for step in (0, -1, 1)]  # longer ones help nobody
    texts = [*map(fitting, map(str, patterns)), *said, *("x" * n for n in lengths if n > 0), "x", "1", "~", "12345"]
    yield from dict.fromkeys(t for t in texts if t.strip())


def _example(bound: BoundSurvey, leaves: Sequence[Column | Aggregate], values: Sequence[Any]) -> Answers | None:
    """The answers as a rule's file has them: those of a parent and of children under their tables' names."""
    example: Answers = {}
    for leaf, value in zip(leaves, values, strict=True):
        if isinstance(leaf, Column) and leaf.table is None:
            example[leaf.name] = _written(value)
        elif isinstance(leaf, Column):
            example.setdefault(str(leaf.table), {})[leaf.name] = _written(value)
        elif leaf.child in example or (rows := _children(bound, leaf, value)) is None:
            return None
        else:
            example[leaf.child] = rows
    return example


def _children(bound: BoundSurvey, leaf: Aggregate, value: Any) -> list[Answers] | None:
    """Rows of a child over which an aggregate comes to a value."""
    if not isinstance(leaf.arg, Column):
        return None
    if leaf.name == "count":
        key = bound.tables[leaf.child].model.primaryKey[-1]
        return [{key: f"r{n}"} for n in range(int(value))] if leaf.arg.name == key and value <= 100 else None  # fmt: skip
    return [{leaf.arg.name: _written(value)}]


def _written(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | datetime.date) else value
