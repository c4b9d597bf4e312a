"""Closures give what the engine gives, for every operator, function and aggregate, whatever the cells hold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any

import pandas as pd
import pytest
from hypothesis import given

from asking import ASKED, SAMPLER, answers, asking
from census_cli.conform import cell_text, parse_date, parse_datetime, parse_number
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.expr.functions import FUNCTIONS
from census_cli.record.cells import Cells
from census_cli.record.evaluate import _OPERATORS
from census_cli.record.functions import EXACT, double, fitted
from census_cli.record.functions import FUNCTIONS as ON_VALUES
from census_cli.record.relations import Given, Links, Row
from census_cli.sql import spelling
from census_cli.sql.plan import vocabulary
from test_functions import VALUES
from wild_survey import few, surveys

ASKING = asking()
LINKS = Links(ASKING)


def rows(frames: dict[str, pd.DataFrame]) -> dict[str, list[Row]]:
    """The rows of a survey as one call would have them."""
    given = Given()
    for table, frame in frames.items():
        cells = Cells(ASKING.tables[table].model, ASKING.codes, list(frame.columns))
        told: dict[str, Any] = {"made": LINKS.made[table], "absent": frozenset()}
        given.rows[table] = [cells.row(texts, n, given, **told) for n, texts in enumerate(frame.to_dict("records"))]
    return given.rows


@pytest.fixture(scope="module")
def sampling() -> Iterator[DuckDBEngine]:
    """An engine that knows the words of the sampler."""
    engine = DuckDBEngine()
    engine.teach(vocabulary(SAMPLER))
    yield engine
    engine.close()


@few(4)
@given(surveys(SAMPLER, 120))
def test_every_expression_gives_what_the_engine_gives(sampling, made):
    theirs, ours = answers(sampling, [made]), rows(made)
    with localcontext(EXACT):
        for table, asked in ASKED.items():
            for i, text in enumerate(d for d, node in asked.items() if node.kind.name != "null"):
                for one, other in zip(ours[table], theirs[table], strict=True):
                    told = (one[f"={text}"], one[f"={text}!"])
                    assert told == (other[f"e{i}"], bool(other[f"bad{i}"])), (text, one.number)


def test_every_operator_and_function_has_a_closure():
    assert set(_OPERATORS) == set(spelling._OPERATORS)
    assert set(ON_VALUES) == set(FUNCTIONS)


@pytest.mark.parametrize(("name", "given", "value"), [v for v in VALUES if None not in v[1]])
def test_a_function_gives_its_value(name, given, value):
    found = ON_VALUES[name](*map(typed, given, FUNCTIONS[name].takes))
    assert cell_text(found) == (value if name != "abs" else "3.5")


def typed(value: Any, kind: str) -> Any:
    """A value of the table of functions as a cell of that kind holds it."""
    read = {"date": parse_date, "datetime": parse_datetime, "decimal": parse_number}
    return read[kind](value) if isinstance(value, str) and kind in read else value


@pytest.mark.parametrize(("digits", "scale"), [(8, 4), (5, 0), (38, 6), (9, 2)])
def test_a_decimal_is_fitted_as_the_engine_fits_it(sampling, digits, scale):
    texts = ["0.00005", "-0.00005", "1.23455", "99999.99995", "-9999.995", "99999.5", "0.5", "-1.5", "2.5", "123456789.125", "0"]
    asked = ", ".join(
        f"TRY_CAST(CAST('{t}' AS DECIMAL(20, 5)) AS DECIMAL({digits}, {scale})) AS c{i}" for i, t in enumerate(texts)
    )
    assert [fitted(Decimal(t), digits, scale) for t in texts] == list(sampling.one(f"SELECT {asked}").values())


@pytest.mark.parametrize("scale", [0, 4, 8])
def test_a_decimal_becomes_the_floating_number_that_the_engine_makes_of_it(sampling, scale):
    values = [
        Decimal(t).scaleb(-scale)
        for t in ("9007199254740993", "-9007199254740995", "123456789012345678", "999999999999999999", "-1", "0", "30000")
    ]
    asked = ", ".join(f"CAST(CAST('{v:f}' AS DECIMAL(26, {scale})) AS DOUBLE) AS c{i}" for i, v in enumerate(values))
    assert [double(v, scale) for v in values] == list(sampling.one(f"SELECT {asked}").values())
