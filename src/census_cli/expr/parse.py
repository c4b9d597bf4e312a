"""Text to syntax tree: one expression, of known node classes only.  What its names mean is not asked here.

sqlglot is generous: it takes unfinished syntax, surplus arguments and other spellings.  So a text is only accepted
if its tree, written out again, has as many tokens as the text, and if every function is called by its name here.
"""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from census_cli.errors import CensusError, nearest
from census_cli.expr.functions import AGGREGATES, FUNCTIONS, MACROS
from census_cli.i18n import tr

MAX_LENGTH = 4_000
MAX_DEPTH = 100

Tree = Any  # a node of sqlglot, whose attributes differ by class

ALLOWED: tuple[type[Any], ...] = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Is, exp.In, exp.Between,
    exp.Case, exp.If, exp.Literal, exp.Boolean, exp.Null, exp.Column, exp.Identifier,
    exp.Placeholder, exp.Bracket, exp.Cast, exp.DataType, exp.Func,
)  # fmt: skip

_WORDS_BEFORE_BRACKETS = {"in", "and", "or", "not", "between", "when", "then", "else", "case", "is"}
_CAST_TOKENS = 4  # date '2020-12-31' is written out as CAST('2020-12-31' AS DATE)

logging.getLogger("sqlglot").setLevel(logging.ERROR)


class _Language(DuckDB):
    """DuckDB's syntax, but [year] after a parameter is not a place in a list."""

    INDEX_OFFSET = 0


class ExpressionError(CensusError):
    """An expression that is not of the language; raised without a place, which the caller knows."""


@cache
def parse(text: str) -> Tree:
    """Parse one expression; raises ExpressionError for everything else: statements, subqueries, comments, unknown syntax."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(tr("the expression is longer than {limit} characters", limit=MAX_LENGTH))
    tokens, statements = _read(text)
    if any(t.comments for t in tokens) or any(t.token_type.name == "SEMICOLON" for t in tokens):
        raise ExpressionError(tr("comments and ';' have no place in an expression"))
    if len(statements) != 1 or statements[0] is None:
        raise ExpressionError(tr("exactly one expression is expected"))
    tree = statements[0]
    _check_depth(tree)
    for node in tree.walk():
        if not isinstance(node, ALLOWED) or isinstance(node, exp.SubqueryPredicate):
            raise ExpressionError(tr("'{what}' is not part of the rule language", what=shown(node)))
    _check_functions(tokens)
    _check_complete(tree, tokens)
    return tree


def shown(tree: Tree) -> str:
    """A tree as text, cut to what a message can hold."""
    return str(tree.sql(dialect=_Language))[:60]


def _read(text: str) -> tuple[Sequence[Any], Sequence[Tree]]:
    try:
        language = _Language()
        tokens = language.tokenize(text)
        return tokens, language.parser().parse(tokens, text)
    except RecursionError as error:
        raise ExpressionError(tr("the expression is nested too deeply")) from error
    except Exception as error:  # sqlglot lets errors of its own code escape on odd texts
        raise ExpressionError(_reason(error)) from error


def _check_depth(tree: Tree) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ExpressionError(tr("the expression is nested too deeply"))
        level = [child for node in level for child in node.iter_expressions()]


def _check_functions(tokens: Sequence[Any]) -> None:
    known = [*FUNCTIONS, *MACROS, *AGGREGATES]
    for token, after in itertools.pairwise(tokens):
        name = token.text.lower()
        if after.text == "(" and name.isidentifier() and name not in known and name not in _WORDS_BEFORE_BRACKETS:
            close = nearest(name, known)
            hint = tr("; did you mean '{word}'?", word=close) if close else ""
            raise ExpressionError(tr("no function '{name}'", name=name) + hint)


def _check_complete(tree: Tree, tokens: Sequence[Any]) -> None:
    """Whether the tree says all that the text says, and no more."""
    try:
        written = sqlglot.tokenize(tree.sql(dialect=_Language, normalize_functions=False), dialect=_Language)
    except Exception as error:  # what sqlglot writes, it cannot always read
        raise ExpressionError(_reason(error)) from error
    casts = sum(1 for _ in tree.find_all(exp.Cast))
    if len(written) - _CAST_TOKENS * casts != len(tokens):
        raise ExpressionError(tr("cannot be understood as it is written; read as: {what}", what=shown(tree)))


def _reason(error: Exception) -> str:
    """Where the text stops making sense, and which sign is wanting there; sqlglot says more, but in its own terms."""
    details = getattr(error, "errors", None)
    if not details:
        return tr("cannot be understood; is a quotation mark or a bracket left open?")
    column, told = details[0].get("col"), str(details[0].get("description"))
    wanted = re.match(r"Expecting (\S+)$", told)
    if wanted:
        return tr("cannot be understood at character {column}: {sign} is expected", column=column, sign=wanted[1])
    return tr("cannot be understood at character {column}", column=column)
