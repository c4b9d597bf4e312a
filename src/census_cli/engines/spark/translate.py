"""A plan's SQL, written for DuckDB, as SQL for Spark: read by sqlglot, held against an allow-list, our own words written out.

sqlglot passes on what it does not know and drops what it cannot say, both without a word.  So nothing reaches Spark that is not
listed here, and whatever the engines read differently is spelled by `spelling`, not by sqlglot.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.dialects.duckdb import DuckDB

from census_cli.engines.base import EngineFault
from census_cli.engines.spark.spelling import FUNCTIONS, SIMPLER, SPELLED, Respelled, call
from census_cli.sql.words import Vocabulary

# What both engines read alike, so that sqlglot may write it as it is.
ALIKE: tuple[type[exp.Expr], ...] = (
    exp.Abs, exp.Add, exp.Alias, exp.And, exp.Between, exp.BitwiseAnd, exp.Boolean, exp.Case, exp.Coalesce, exp.Column, exp.ConcatWs,
    exp.Count, exp.CountIf, exp.DataType, exp.DataTypeParam, exp.Distinct, exp.Div, exp.DPipe, exp.EQ, exp.From, exp.Group,
    exp.GroupingSets, exp.GT, exp.GTE, exp.Having, exp.Identifier, exp.If, exp.In, exp.IntDiv, exp.Is, exp.Join, exp.Lambda, exp.Lead, exp.Limit,
    exp.Literal, exp.LogicalOr, exp.LT, exp.LTE, exp.Max, exp.Min, exp.Mod, exp.Mul, exp.Neg, exp.NEQ, exp.Not, exp.Null, exp.Nullif,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Order, exp.Ordered, exp.Paren, exp.RowNumber, exp.Select, exp.Star, exp.Sub,
    exp.Subquery, exp.Sum, exp.Table, exp.TableAlias, exp.Union, exp.Var, exp.Where, exp.Window, exp.WindowSpec,
)  # fmt: skip
TYPES = ("TEXT", "DECIMAL", "BIGINT", "INT", "DOUBLE", "DATE", "TIMESTAMPNTZ", "BOOLEAN", "ARRAY", "USERDEFINED")


class _AsWritten(DuckDB):
    """DuckDB's SQL with the places in a list left as they are written, from 1; sqlglot shifts some of them and not others."""

    INDEX_OFFSET = 0


class Translator:
    """Translates SELECTs; the functions that it has been taught are written out."""

    def __init__(self) -> None:
        self._functions: dict[str, tuple[Sequence[str], str]] = {}
        self._written: dict[str, str] = {}
        self._types: dict[str, Sequence[str]] = {}

    def teach(self, words: Vocabulary) -> None:
        """Know types and functions; what stands for one is translated when it is first met."""
        self._functions |= words.functions
        self._types |= words.types
        self._written.clear()

    def __call__(self, sql: str) -> str:
        """The SQL for Spark; raises EngineFault for what nobody has spelled."""
        try:
            held = exp.Paren(this=sqlglot.parse_one(sql, read=_AsWritten))
        except sqlglot.errors.SqlglotError as error:
            raise refused(str(error), sql) from error
        # From the leaves upwards: what a node is made of has been translated before it.
        for node in reversed(list(held.this.walk(bfs=False))):
            new = self._node(node, sql)
            if new is not node:
                node.replace(new)
        return _text(held.this)

    def _node(self, node: exp.Expr, sql: str) -> exp.Expr:
        if isinstance(node, exp.Cast) and node.args["to"].this == exp.DType.USERDEFINED:
            return self._place(node, sql)
        if isinstance(node, exp.Where) and isinstance(node.this, exp.Paren):
            node.set("this", node.this.this)  # Spark takes WHERE (x) for an alias with its columns
        if isinstance(node, exp.DataType) and node.this.name not in TYPES:
            raise refused(f"the type {node.sql()}", sql)
        spelled = FUNCTIONS.get(node.name.lower()) if isinstance(node, exp.Anonymous) else SPELLED.get(type(node))
        if spelled:
            return _respelled(spelled, node, sql)
        if isinstance(node, exp.Anonymous):
            return self._written_out(node, sql)
        if not isinstance(node, ALIKE):
            raise refused(type(node).__name__, sql)
        return node

    def _place(self, node: exp.Cast, sql: str) -> exp.Expr:
        """A text as one of an enumerated type: its place in it as text, NULL where it is none of them."""
        words = self._types.get(node.args["to"].text("kind"))
        if words is None or not isinstance(node, exp.TryCast):
            raise refused(f"the type {node.args['to'].sql()}", sql)
        pairs = "\x02".join(f"{word}\x01{place}" for place, word in enumerate(words))
        table = call("STR_TO_MAP", *(exp.Literal.string(t) for t in (pairs, "\x02", "\x01")))
        return call("TRY_ELEMENT_AT", table, node.this)

    def _written_out(self, node: exp.Anonymous, sql: str) -> exp.Expr:
        """What a function of ours stands for, as text: a tree of its own for every use would take long to copy."""
        function = node.name.lower()
        if function not in self._functions:
            raise refused(f"the function {node.name}", sql)
        given, body = self._functions[function]
        if function not in self._written:
            self._written[function] = self(SIMPLER.get(function, body))
        args = {f"`{parameter}`": f"({_text(arg)})" for parameter, arg in zip(given, node.expressions, strict=True)}
        text = re.sub("|".join(args), lambda found: args[found[0]], self._written[function])
        return exp.Var(this=f"({text})")


def refused(what: str, sql: str) -> EngineFault:
    """SQL of ours that no one has said how to spell for Spark."""
    return EngineFault(f"no spelling for Spark: {what}\n{sql[:2000]}")


def _respelled(spelled: Respelled, node: exp.Expr, sql: str) -> exp.Expr:
    try:
        return spelled(node)
    except ValueError as error:
        raise refused(str(error), sql) from error


def _text(node: exp.Expr) -> str:
    return node.sql("spark", identify=True, unsupported_level=ErrorLevel.RAISE)
