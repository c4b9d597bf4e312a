"""Identity numbers (GB 11643) in XPath: their form, the day in them, their check character."""

from __future__ import annotations

from census_cli.exporting.xlsform.words import all_of

ID_FORM = "^[0-9]{17}[0-9Xx]$"

# Real days of 1900 to 2100, those of leap years included.
ID_BIRTH = (
    "^(((19|20)[0-9]{2}|2100)((01|03|05|07|08|10|12)(0[1-9]|[12][0-9]|3[01])|(04|06|09|11)(0[1-9]|[12][0-9]|30)"
    "|02(0[1-9]|1[0-9]|2[0-8]))|((19|20)(0[48]|[2468][048]|[13579][26])|2000)0229)$"
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_valid(number: str) -> str:
    """Whether 17 digits and the check character, X for ten, weigh 1 modulo 11."""
    digits = [f"number(substr({number}, {i}, {i + 1})) * {weight}" for i, weight in enumerate(_WEIGHTS)]
    last = f"if(regex(substr({number}, 17, 18), '^[Xx]$'), 10, number(substr({number}, 17, 18)))"
    form = f"regex(substr({number}, 0, 18), '{ID_FORM}')"
    return all_of([form, f"({' + '.join([*digits, last])}) mod 11 = 1"])
