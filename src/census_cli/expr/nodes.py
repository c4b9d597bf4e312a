"""The expression language as a tree: four kinds of node, each with its kind of value.  How a tree is spelled for an engine is not known here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal as OneOf

from census_cli.i18n import tr

KindName = OneOf["boolean", "string", "decimal", "double", "date", "datetime", "list", "null"]

MAX_DIGITS = 38


@dataclass(frozen=True)
class Kind:
    """What values an expression yields; decimals say how many digits they need, coded texts which code list they are of."""

    name: KindName
    digits: int = 0
    scale: int = 0
    codes: str | None = None

    @property
    def numeric(self) -> bool:
        """Whether one can calculate with it."""
        return self.name in ("decimal", "double")

    def __str__(self) -> str:
        """The kind as messages name it."""
        words: dict[KindName, str] = {
            "boolean": tr("boolean"), "string": tr("string"), "decimal": tr("number"), "double": tr("number"), "date": tr("date"),
            "datetime": tr("datetime"), "list": tr("list of codes"), "null": tr("null"),
        }  # fmt: skip
        return words[self.name]


BOOLEAN = Kind("boolean")
STRING = Kind("string")
DATE = Kind("date")
DATETIME = Kind("datetime")
DOUBLE = Kind("double")
NULL = Kind("null")
INTEGER = Kind("decimal", 15)
NUMBER = Kind("decimal", 16, 4)
COUNT = Kind("decimal", 15)
AGE = Kind("decimal", 5)
SECONDS = Kind("decimal", 11)

FIELD_KINDS: dict[str, Kind] = {
    "string": STRING, "integer": INTEGER, "number": NUMBER, "boolean": BOOLEAN,
    "date": DATE, "datetime": DATETIME, "list": Kind("list"),
}  # fmt: skip

Value = str | int | Decimal | bool | None


@dataclass(frozen=True)
class Literal:
    """A constant; a date is its ISO text with the kind `date`."""

    value: Value
    kind: Kind


@dataclass(frozen=True)
class Column:
    """A column of the row itself (`table` None), of an ancestor, or, inside an aggregate, of the child."""

    table: str | None
    name: str
    kind: Kind

    @property
    def key(self) -> str:
        """The name as an expression writes it."""
        return f"{self.table}.{self.name}" if self.table else self.name


@dataclass(frozen=True)
class Call:
    """An operator or function of the language and its operands."""

    name: str
    args: tuple[Node, ...]
    kind: Kind

    @cached_property
    def leaves(self) -> tuple[Column | Aggregate, ...]:
        """What is read below, each once, in order of appearance; plans ask for it again and again."""
        return tuple(dict.fromkeys(leaf for arg in self.args for leaf in _leaves(arg)))


@dataclass(frozen=True)
class Aggregate:
    """`name` of `arg` over the children in table `child`; the columns of `arg` are the child's own."""

    name: str
    child: str
    arg: Node
    kind: Kind


Node = Literal | Column | Call | Aggregate


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it; an aggregate is one whole, what it holds is the child's affair."""
    yield node
    if isinstance(node, Call):
        for arg in node.args:
            yield from walk(arg)


_LOOSE = ("is_null", "is_same", "coalesce", "case", "and", "or")


def loose(node: Node) -> bool:
    """Whether the node may have a value though something that it reads has none."""
    return any(isinstance(n, Call) and n.name in _LOOSE for n in walk(node))


def columns(node: Node) -> list[Column]:
    """The columns that a node reads from its own row and its ancestors, each once, in order of appearance."""
    return [n for n in _leaves(node) if isinstance(n, Column)]


def aggregates(node: Node) -> list[Aggregate]:
    """The child aggregates that a node reads, each once."""
    return [n for n in _leaves(node) if isinstance(n, Aggregate)]


def _leaves(node: Node) -> tuple[Column | Aggregate, ...]:
    if isinstance(node, Call):
        return node.leaves
    return () if isinstance(node, Literal) else (node,)
