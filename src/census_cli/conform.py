"""Text to typed value, for one cell, in Python: fold, grammar, cast.  `sql.grammar` says the same to an engine, and a property test holds the two together."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TypeVar

from census_cli.survey.models import CodeList, FieldModel

BLANKS = " \t\r\n\u200b\ufeff"
FOLDED_FROM = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000\u00a0"
FOLDED_TO = "".join(map(chr, range(0x21, 0x7F))) + "  "
_FOLD = str.maketrans(FOLDED_FROM, FOLDED_TO)

INTEGER = r"[+-]?[0-9]{1,15}([.]0+)?"
NUMBER = r"[+-]?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})([.][0-9]+)?"
SEPARATED_DATE = (
    "[0-9]{4}(-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|[.][0-9]{1,2}[.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日)"
)
COMPACT_DATE = "[0-9]{8}"
TIME = "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
SEPARATORS = "[,、;|]"
FIRST_YEAR, LAST_YEAR = 1900, 2100

_INTEGER, _NUMBER = re.compile(INTEGER), re.compile(NUMBER)
_DATE = re.compile(f"{SEPARATED_DATE}|{COMPACT_DATE}")
_DATETIME = re.compile(f"({SEPARATED_DATE}|{COMPACT_DATE})[ T]({TIME})")
_TRUE, _FALSE = ("是", "有", "1", "true", "Y"), ("否", "无", "0", "false", "N")

V = TypeVar("V")
Typed = str | int | Decimal | bool | datetime.date | datetime.datetime


class NotConforming(ValueError):
    """A text that is no value of its field's type."""


def fold(text: str) -> str:
    """Full-width signs to ASCII, wide spaces to spaces, then stripped."""
    return text.translate(_FOLD).strip(BLANKS)


def conform(field: FieldModel, text: str | None, codes: Mapping[str, CodeList]) -> Typed | None:
    """The value of a cell, None for a blank one; raises NotConforming."""
    folded = fold(text) if text else ""
    if not folded:
        return None
    if field.type == "list":
        return parse_list(folded, codes[field.codes] if field.codes else None)
    if field.codes:
        return parse_code(folded, codes[field.codes])
    return _PARSERS[field.type](folded)


def parse_integer(text: str) -> int:
    """A whole number of up to 15 digits."""
    if not _INTEGER.fullmatch(text):
        raise NotConforming
    return int(text.partition(".")[0])


def parse_number(text: str) -> Decimal:
    """A number of up to 12 digits before the point, kept to 4 decimals, half away from zero."""
    if not _NUMBER.fullmatch(text):
        raise NotConforming
    whole, _, part = text.replace(",", "").partition(".")
    value = Decimal(f"{whole}.{part[:5] or '0'}").quantize(Decimal("0.0001"), ROUND_HALF_UP)
    if abs(value) >= 10**12:
        raise NotConforming
    return value + 0


def parse_boolean(text: str) -> bool:
    """One of the words for yes and no."""
    value = boolean_words().get(text)
    if value is None:
        raise NotConforming
    return value


@cache
def boolean_words() -> dict[str, bool]:
    """Every accepted word for yes and no."""
    return _any_case(dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False))


def parse_date(text: str) -> datetime.date:
    """A real day of 1900–2100."""
    if not _DATE.fullmatch(text):
        raise NotConforming
    return _day(text)


def parse_datetime(text: str) -> datetime.datetime:
    """A real day and a time of day to the second, without a zone."""
    match = _DATETIME.fullmatch(text)
    if not match:
        raise NotConforming
    hour, minute, second, *_ = [*map(int, re.findall("[0-9]+", text[match.start(3) :])), 0]
    return datetime.datetime.combine(_day(match[1]), datetime.time(hour, minute, second))


def _day(text: str) -> datetime.date:
    parts = re.findall("[0-9]+", text)
    if len(parts) == 1:
        parts = [text[:4], text[4:6], text[6:]]
    year, month, day = map(int, parts)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotConforming
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise NotConforming from None


def parse_code(text: str, codes: CodeList) -> str:
    """The code of a label, an alias or the code itself."""
    code = spellings(codes).get(text)
    if code is None:
        raise NotConforming
    return code


def parse_list(text: str, codes: CodeList | None) -> str:
    """Several codes as `a,b`, each once, in the order of the code list."""
    items = [item.strip(BLANKS) for item in re.split(SEPARATORS, text)]
    if codes is None:
        return ",".join(items)
    found = {parse_code(item, codes) for item in items}
    return ",".join(c.code for c in codes.codes if c.code in found)


def spellings(codes: CodeList) -> dict[str, str]:
    """Every accepted text of a code list and the code it means."""
    cached = _SPELLINGS.get(id(codes))
    if cached is None or cached[0] is not codes:
        table = _any_case({fold(s): c.code for c in reversed(codes.codes) for s in c.spellings()})
        cached = _SPELLINGS[id(codes)] = (codes, table)
    return cached[1]


_SPELLINGS: dict[int, tuple[CodeList, dict[str, str]]] = {}


def _any_case(table: dict[str, V]) -> dict[str, V]:
    varied: dict[str, V] = {}
    for word, value in table.items():
        for spelling in (word.lower(), word.upper(), word.capitalize()) if word.isascii() else (word,):
            varied[spelling] = value
    return varied | table


def cell_text(value: object) -> str | None:
    """The text of a typed cell, in the form of the grammar; None for a missing one."""
    if value is None or value != value or str(value) in ("NaT", "<NA>"):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _plain(Decimal(repr(value))) if abs(value) != float("inf") else str(value)
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


_PARSERS = {
    "string": str, "integer": parse_integer, "number": parse_number, "boolean": parse_boolean,
    "date": parse_date, "datetime": parse_datetime,
}  # fmt: skip
