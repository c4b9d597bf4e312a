"""The greatest numbers that a cell can hold go through every operator: exact, or missing, but never an error of the engine."""

from __future__ import annotations

from fractions import Fraction

import pytest

from census_cli.sql.spelling import spell
from census_cli.sql.words import name

SCORE, WAGE = 10**15 - 1, Fraction("999999999999.9999")
ROWS = " UNION ALL ".join(
    f"SELECT CAST({score} AS BIGINT) AS score, CAST({wage} AS DECIMAL(16, 4)) AS wage"
    for score, wage in ((SCORE, "999999999999.9999"), (-SCORE, "-999999999999.9999"), (1, "0.0001"), (0, 0), ("NULL", "NULL"))
)
EXACT = {
    "score + wage": SCORE + WAGE, "score - wage": SCORE - WAGE, "wage + wage": WAGE + WAGE, "score * 12": SCORE * 12,
    "wage * 12": WAGE * 12, "score * score": SCORE**2, "wage * wage": WAGE * WAGE, "score * wage": SCORE * WAGE,
    "wage * 1000": WAGE * 1000, "score * 99999": SCORE * 99999, "score * 123456789012345": SCORE * 123456789012345,
    "wage * $wage_min": WAGE * Fraction("1500.5"), "score * $poverty_line[2020]": SCORE * 4000,
    "wage % 7": WAGE % 7, "abs(score - wage)": SCORE - WAGE,
}  # fmt: skip
TOTAL = (
    "score * score * score > wage", "wage * wage * wage = score * score * score", "score * score * 9000000 > wage * wage",
    "score * score * 9000000 in (wage * wage)", "score * score * score + score * score * score > wage", "score / 0", "score % 0",
    "score / wage", "coalesce(score * score * 9000000, wage * wage)", "score * score * score % wage",
    "-(wage * wage)", "abs(score * score)",
    "case when score > 0 then wage * wage else score * score * 9000000 end", "score * score * 9000000 between wage * wage and 1",
)  # fmt: skip


@pytest.fixture
def greatest(engine, resolve):
    """The greatest value of an expression over the rows above."""

    def greatest(text: str) -> object:
        sql = spell(resolve(text), lambda column: name(column.key))
        return engine.one(f"SELECT max({sql}) AS x FROM ({ROWS})")["x"]

    return greatest


@pytest.mark.parametrize(("text", "value"), EXACT.items())
def test_the_greatest_numbers_are_exact(greatest, text, value):
    assert Fraction(greatest(text)) == value


@pytest.mark.parametrize("text", TOTAL)
def test_no_number_makes_the_engine_fail(greatest, text):
    greatest(text)
