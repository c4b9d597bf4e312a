"""The smallest words of SQL text: names, constants, lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from census_cli.expr.nodes import Literal


@dataclass(frozen=True)
class Vocabulary:
    """The words in which a plan is written and that no engine knows by itself.

    `types` are enumerations of texts; `functions` maps a name to its parameters and what it stands for, in terms of those
    before it; `text_of` gives the SQL of a stored value's text from that of the value and its storage type.
    """

    types: Mapping[str, Sequence[str]]
    functions: Mapping[str, tuple[Sequence[str], str]]
    text_of: Callable[[str, str], str]


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace('"', '""') + '"'


def string(text: str) -> str:
    """A text constant."""
    return "'" + text.replace("'", "''") + "'"


def constant(literal: Literal) -> str:
    """A constant of the rule language; decimals keep their digits."""
    value = literal.value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | Decimal):
        text = str(value) if isinstance(value, int) else f"{value:f}"
        return f"({text})" if text.startswith("-") else text
    return f"DATE {string(value)}" if literal.kind.name == "date" else string(value)


def either(conditions: Iterable[str]) -> str:
    """Whether one of them holds; FALSE for none."""
    return " OR ".join(f"({c})" for c in conditions) or "FALSE"


def both(conditions: Iterable[str]) -> str:
    """Whether all of them hold; TRUE for none."""
    return " AND ".join(f"({c})" for c in conditions) or "TRUE"


def listed(items: Iterable[str]) -> str:
    """Items of a SELECT list, one a line."""
    return ",\n  ".join(items)


def how_often(condition: str) -> str:
    """For how many rows a condition holds; DuckDB's count_if is NULL over no row at all."""
    return f"coalesce(count_if({condition}), 0)"
