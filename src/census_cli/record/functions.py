"""The functions of the rule language on plain values, and decimals as engines keep them; none is ever given a missing value."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any

Number = int | Decimal

# No sum or product of the language needs more digits, so that nothing is rounded but where the language says so.
EXACT = Context(prec=120, rounding=ROUND_HALF_UP)

_EXACT_IN_DOUBLE = 2**53
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_FORM = re.compile("[0-9]{17}[0-9Xx]")
_ID_BIRTH = re.compile("(19[0-9]{2}|20[0-9]{2}|2100)([0-9]{2})([0-9]{2})")
_NOT_OF_A_NAME = re.compile("[ \u00b7\u2022\u30fb\u2027\uff65.]")


def fitted(value: Number, digits: int, scale: int) -> Decimal | None:
    """The value as a decimal of so many digits, half away from zero; None where it does not fit."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, EXACT)
    return rounded if abs(rounded) < 10 ** (digits - scale) else None


def double(value: Number, scale: int) -> float:
    """The floating number that engines make of a decimal: beyond 53 bits the whole and the rest each for itself."""
    if isinstance(value, int):
        return float(value)
    held, power = int(value.scaleb(scale, EXACT)), int(10**scale)
    if abs(held) <= _EXACT_IN_DOUBLE or scale == 0:
        return float(held) / power
    whole, rest = divmod(abs(held), power)
    return math.copysign(float(whole) + float(rest) / power, held)


def remainder(left: Any, right: Any) -> Any:
    """What a division leaves, with the sign of the dividend; missing for zero."""
    if not right:
        return None
    if isinstance(left, float):
        return math.fmod(left, right)
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def quotient(left: float, right: float) -> float | None:
    return left / right if right else None


def age(birth: datetime.date, on: datetime.date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def id_valid(number: str) -> bool:
    number = number[:18]
    if not _ID_FORM.fullmatch(number):
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[weighted % 11] == number[17].upper()


def id_birth(number: str) -> datetime.date | None:
    match = _ID_BIRTH.fullmatch(number[6:14])
    return _day(*map(int, match.groups())) if match else None


def id_sex(number: str) -> str | None:
    sign = number[16:17]
    if sign and sign in "13579":
        return "male"
    return "female" if sign and sign in "02468" else None


def on_or_before(date: datetime.date, month: Number, day: Number) -> datetime.date | None:
    """The day in the date's own year if that has come, else in the year before; no such day in any year is missing."""
    this = _within(date.year, month, day)
    return this if this is None or this <= date else _within(date.year - 1, month, day)


def _within(year: int, month: Number, day: Number) -> datetime.date | None:
    if month != int(month) or day != int(day):
        return None
    return _day(year, int(month), 28 if (month, day) == (2, 29) and not _day(year, 2, 29) else int(day))


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except (ValueError, OverflowError):
        return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "age": age,
    "has": lambda codes, code: f",{code}," in f",{codes},",
    "id_base": lambda number: number[:18].replace("x", "X"),
    "id_birth": id_birth,
    "id_sex": id_sex,
    "id_valid": id_valid,
    "left": lambda text, n: text[:n],
    "length": len,
    "matches": lambda text, pattern: _compiled(pattern).fullmatch(text) is not None,
    "month": lambda date: date.month,
    "name_base": lambda name: _NOT_OF_A_NAME.sub("", name),
    "on_or_before": on_or_before,
    "seconds": lambda start, end: Decimal((end - start) // datetime.timedelta(seconds=1)),
    "sole": lambda codes, code: codes == code,
    "year": lambda date: date.year,
}
