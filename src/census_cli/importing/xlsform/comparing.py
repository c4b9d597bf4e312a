"""Parts of a form's expression and how two of them are compared: by what they are, blanks, numbers, texts, choices."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from census_cli.i18n import tr
from census_cli.importing.xlsform.xpath import NotSaid

Kind = Literal["number", "string", "list", "date", "datetime", "boolean", "blank"]
KINDS: dict[str, Kind] = {"integer": "number", "number": "number", "string": "string", "list": "list", "date": "date", "datetime": "datetime"}  # fmt: skip
MOST_CHOICES = 40


@dataclass(frozen=True)
class Said:
    """A part of an expression: its text, what it yields, the codes it may hold, its value if it is a constant; `whole` is a number without parts."""

    text: str
    kind: Kind
    codes: tuple[str, ...] = ()
    value: str | Decimal | bool | None = None
    constant: bool = False
    whole: bool = False
    column: bool = False


_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


def quoted(text: str) -> str:
    """A text as the rule language writes it."""
    return "'" + text.replace("'", "''") + "'"


def sql(sign: str) -> str:
    """A sign as SQL has it."""
    return "<>" if sign == "!=" else sign


def of_blank(sign: str, said: Said) -> str:
    """An answer held against a blank."""
    if sign not in ("=", "!=") or not said.column:
        raise NotSaid(tr("a blank is held only against an answer, with = or !="))
    return f"{said.text} is null" if sign == "=" else f"{said.text} is not null"


def of_length(sign: str, one: Said, two: Said) -> str | None:
    """A length of nothing is a blank."""
    blank = {("=", 0): True, ("<", 1): True, ("<=", 0): True, (">", 0): False, ("!=", 0): False, (">=", 1): False}
    found = blank.get((sign, int(two.value))) if isinstance(two.value, Decimal) else None
    return None if found is None else f"{one.codes[0]} is {'' if found else 'not '}null"


def of_list(sign: str, one: Said, two: Said) -> str:
    """Several choices held against one."""
    if sign not in ("=", "!=") or not two.constant:
        raise NotSaid(tr("several choices are held only against one that is written out"))
    only = f"sole({one.text}, {quoted(code_of(one, two))})"
    return only if sign == "=" else f"not ({only})"


def of_strings(sign: str, one: Said, two: Said) -> str:
    """Two texts, or a choice and a number in quotes."""
    if sign in ("=", "!="):
        return f"{one.text} {sql(sign)} {two.text}"
    if one.codes and two.constant and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(two.value)):
        return _among(sign, one, Decimal(str(two.value)))
    raise NotSaid(tr("'{part}' is text, and would be counted with", part=one.text))


def of_mixed(sign: str, one: Said, two: Said) -> str:
    """A number beside a text: choices that are written as numbers, or a number in quotes."""
    if one.codes and isinstance(two.value, Decimal):
        return _among(sign, one, two.value)
    if one.kind == "number" and isinstance(two.value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", two.value):
        return f"{one.text} {sql(sign)} {two.value}"
    raise NotSaid(tr("'{part}' is text, and would be counted with", part=one.text if one.kind == "string" else two.text))


def _among(sign: str, one: Said, number: Decimal) -> str:
    """The choices that, read as numbers, are so."""
    numbers = [(c, Decimal(c)) for c in one.codes if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", c)]
    held = [c for c, n in numbers if _HOLDS[sign](n, number)] + [c for c in one.codes if sign == "!=" and c not in dict(numbers)]
    if not held or len(held) > MOST_CHOICES:
        raise NotSaid(tr("no choice of '{part}' fits the number {number}", part=one.text, number=number))
    return f"{one.text} in ({', '.join(map(quoted, held))})"


def code_of(one: Said, two: Said) -> str:
    """The choice that a constant means."""
    code = f"{two.value:f}" if isinstance(two.value, Decimal) else str(two.value)
    if one.codes and code not in one.codes:
        raise NotSaid(tr("'{code}' is none of the choices of '{part}'", code=code, part=one.text))
    return code


def date_of(text: str) -> str:
    """A text as a date."""
    day = text.strip()[:10]
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise NotSaid(tr("'{value}' is not a date like 2020-12-31", value=text))
    return f"date '{day}'"
