"""Patterns of forms in the plain form of the rule language, and texts that fit them."""

from __future__ import annotations

from re import _constants as sre  # type: ignore[attr-defined]  # the one parser of patterns that is there
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " "}


def plain_pattern(pattern: str) -> str:
    """A pattern, which forms match whole as we do, without the signs that plain patterns spare."""
    body = pattern.strip()
    if "|" not in body or (body.startswith("^(") and body.endswith(")$")):
        body = body.removeprefix("^").removesuffix("$")
    body = body.replace("(?:", "(")
    out, inside, i = "", False, 0
    while i < len(body):
        sign = body[i]
        if sign == "\\" and i + 1 < len(body):
            i += 1
            out += _escaped(body[i], inside)
        else:
            inside = sign == "[" or (inside and sign != "]")
            out += sign
        i += 1
    return out


def _escaped(sign: str, inside: bool) -> str:
    if sign in _CLASSES:
        return _CLASSES[sign] if inside else f"[{_CLASSES[sign]}]"
    if inside:
        return sign if sign not in "\\][^-" else f"\\{sign}"
    return f"\\{sign}" if sign in ".^$*+?()[]{}|\\/-" else sign


def fitting(pattern: str) -> str:
    """A text that a plain pattern takes: of alternatives the first, of each repetition the fewest."""
    return "".join(_text(*part) for part in parser.parse(pattern))


def _text(op: Any, given: Any) -> str:
    if op is sre.LITERAL:
        return str(chr(given))
    if op is sre.IN:
        kind, first = given[0]
        return str(chr(first[0])) if kind is sre.RANGE else _text(kind, first)
    if op is sre.MAX_REPEAT:
        return "".join(_text(*part) for part in given[2]) * int(given[0])
    if op is sre.SUBPATTERN:
        return "".join(_text(*part) for part in given[3])
    if op is sre.BRANCH:
        return "".join(_text(*part) for part in given[1][0])
    return "~" if op is sre.NOT_LITERAL else ""
