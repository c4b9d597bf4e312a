"""Text to syntax tree: one expression, of known node classes only.  What its names mean is not asked here."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from census_cli.errors import CensusError
from census_cli.i18n import tr

MAX_LENGTH = 4_000

Tree = Any  # a node of sqlglot, whose attributes differ by class

ALLOWED: tuple[type[Any], ...] = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Is, exp.In, exp.Between,
    exp.Case, exp.If, exp.Literal, exp.Boolean, exp.Null, exp.Column, exp.Identifier,
    exp.Placeholder, exp.Bracket, exp.Cast, exp.DataType, exp.Func,
)  # fmt: skip


class ExpressionError(CensusError):
    """An expression that is not of the language; raised without a place, which the caller knows."""


@cache
def parse(text: str) -> Tree:
    """Parse one expression; raises ExpressionError for everything else: statements, subqueries, comments, unknown syntax."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(tr("the expression is longer than {limit} characters", limit=MAX_LENGTH))
    try:
        tokens = sqlglot.tokenize(text, dialect="duckdb")
        if any(t.comments for t in tokens) or any(t.text == ";" and t.token_type.name == "SEMICOLON" for t in tokens):
            raise ExpressionError(tr("comments and ';' have no place in an expression"))
        statements = sqlglot.parse(text, dialect="duckdb")
    except SqlglotError as error:
        raise ExpressionError(_reason(error)) from error
    except RecursionError as error:
        raise ExpressionError(tr("the expression is nested too deeply")) from error
    if len(statements) != 1 or statements[0] is None:
        raise ExpressionError(tr("exactly one expression is expected"))
    tree = statements[0]
    for node in tree.walk():
        if not isinstance(node, ALLOWED) or isinstance(node, exp.SubqueryPredicate):
            what = node.sql(dialect="duckdb")
            raise ExpressionError(tr("'{what}' is not part of the rule language", what=what[:60]))
    return tree


def _reason(error: SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if not details:
        return tr("cannot be understood: {why}", why=str(error).splitlines()[0])
    first = details[0]
    return tr(
        "cannot be understood at character {column}: {why}",
        column=first.get("col"), why=str(first.get("description")).rstrip("."),
    )  # fmt: skip
