"""XPath of forms to a tree, by elementpath; `${name}` is read as a name of its own.  What a tree means is said in `saying`."""

from __future__ import annotations

import re
from typing import Any

from elementpath import ElementPathError
from elementpath.tdop import Parser
from elementpath.xpath1 import XPath1Parser

from census_cli.errors import CensusError
from census_cli.i18n import tr

Tree = Any
"""A token of elementpath with its operands; `symbol` says which."""

_QUESTION = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
_CALL = re.compile(r"([A-Za-z_][\w.-]*)\s*\(")
_TEXT = re.compile(r"('[^']*'|\"[^\"]*\")")
_ANY_NUMBER = (0, None)
_OF_XPATH = ("round", "position", "last", "concat", "string-length", "number", "string")


class NotSaid(CensusError):
    """An expression, or a part of one, that the rule language cannot say."""


class _Parser(XPath1Parser):
    """XPath 1.0 with whatever functions a form calls."""


for _name in _OF_XPATH:
    _Parser.symbol_table.pop(_name)
    _Parser.function(_name, nargs=_ANY_NUMBER)


def parse(text: str) -> tuple[Tree, list[str]]:
    """The tree of an expression, and the questions that its names `q0`, `q1` … stand for; raises NotSaid."""
    names: list[str] = []

    def placed(match: re.Match[str]) -> str:
        if match[1] not in names:
            names.append(match[1])
        return f" q{names.index(match[1])} "

    parts = _TEXT.split(text.translate(str.maketrans("‘’“”\u00a0", "''\"\" ")))
    # Texts stand at odd places: what looks like a question there is none.
    plain = "".join(
        part if i % 2 else _QUESTION.sub(placed, part).replace("jr:", "jr-").replace("current()/", "")
        for i, part in enumerate(parts)
    )
    for name in _CALL.findall("".join(parts[::2]).replace("jr:", "jr-")):
        if name not in _Parser.symbol_table and name not in ("and", "or", "div", "mod"):
            _Parser.function(name, nargs=_ANY_NUMBER)
    try:
        # Its own parse() evaluates what is constant, which the functions of forms are not made for.
        return Parser.parse(_Parser(), plain), names
    except (ElementPathError, SyntaxError, TypeError, ValueError, RecursionError) as error:
        why = str(error).rpartition("] ")[2].split("\n")[0]
        raise NotSaid(tr("it cannot be read as XPath: {why}", why=why)) from error
