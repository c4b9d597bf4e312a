"""Text to typed value, for one cell, in Python: fold, grammar, cast.  `sql.grammar` says the same to an engine, and a property test holds the two together."""

from __future__ import annotations

import datetime
import re
import string
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TypeVar

from census_cli.folding import BLANKS, fold
from census_cli.survey.models import CodeList, FieldModel

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)

INTEGER = r"[+-]?[0-9]{1,15}([.]0+)?"
NUMBER = r"[+-]?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})([.][0-9]+)?"
TIME = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
SEPARATORS = "[,、;|]"
# The other ways to write a date, each with the parts year, month, day.
DATE_FORMS = (
    "([0-9]{4})([0-9]{2})([0-9]{2})",
    "([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
    "([0-9]{4})[.]([0-9]{1,2})[.]([0-9]{1,2})",
    "([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日",
)
FIRST_YEAR, LAST_YEAR = 1900, 2100

_INTEGER, _NUMBER = re.compile(INTEGER), re.compile(NUMBER)
_DATES = [re.compile(form) for form in ("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", *DATE_FORMS)]
_TIME = re.compile(TIME)
_TRUE, _FALSE = ("是", "有", "1", "true", "y"), ("否", "无", "0", "false", "n")

V = TypeVar("V")
Typed = str | int | Decimal | bool | datetime.date | datetime.datetime


class NotConforming(ValueError):
    """A text that is no value of its field's type."""


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
    """Every accepted word for yes and no, those for yes first."""
    return _in_cases(dict.fromkeys(_TRUE, True)) | _in_cases(dict.fromkeys(_FALSE, False))


def parse_date(text: str) -> datetime.date:
    """A real day of 1900–2100."""
    match = next((m for form in _DATES if (m := form.fullmatch(text))), None)
    if match is None:
        raise NotConforming
    year, month, day = map(int, match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotConforming
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise NotConforming from None


def parse_datetime(text: str) -> datetime.datetime:
    """A real day and a time of day to the second, without a zone."""
    day, _, time = text.replace("T", " ", 1).partition(" ")
    if not _TIME.fullmatch(time):
        raise NotConforming
    hour, minute, second, *_ = [*map(int, time.split(":")), 0]
    return datetime.datetime.combine(parse_date(day), datetime.time(hour, minute, second))


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
    """Every accepted text of a code list and the code it means; as written, in lower and in upper case."""
    cached = _SPELLINGS.get(id(codes))
    if cached is None or cached[0] is not codes:
        table = _in_cases({fold(s): c.code for c in codes.codes for s in c.spellings()})
        cached = _SPELLINGS[id(codes)] = (codes, table)
    return cached[1]


_SPELLINGS: dict[int, tuple[CodeList, dict[str, str]]] = {}


def _in_cases(table: dict[str, V]) -> dict[str, V]:
    """The words as written, in lower and in upper case; of another alphabet's cases engines think differently."""
    cases = {f(word): value for word, value in table.items() if word.isascii() for f in (str.lower, str.upper, str.capitalize)}
    mixed = {w.translate(m): value for w, value in table.items() if not w.isascii() for m in (_LOWER, _UPPER)}
    return table | {w: v for w, v in (cases | mixed).items() if w not in table}


def cell_text(value: object) -> str | None:
    """The text of a typed cell, in the form of the grammar; None for a missing one."""
    if value is None or str(value) in ("nan", "NaT", "<NA>"):
        return None
    value = value.item() if hasattr(value, "item") else value  # a scalar of NumPy
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _plain(Decimal(repr(value))) if abs(value) != float("inf") else str(value)
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time() and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(" ")
    return str(value)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


_PARSERS: dict[str, Callable[[str], Typed]] = {
    "string": str, "integer": parse_integer, "number": parse_number, "boolean": parse_boolean,
    "date": parse_date, "datetime": parse_datetime,
}  # fmt: skip
