"""Closures give what the engine gives, for every operator, function and aggregate, whatever the cells hold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import localcontext
from typing import Any

import pandas as pd
import pytest
from hypothesis import given

from asking import ASKED, SAMPLER, answers, asking
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.expr.functions import FUNCTIONS
from census_cli.record.cells import Cells
from census_cli.record.evaluate import _OPERATORS
from census_cli.record.functions import EXACT
from census_cli.record.functions import FUNCTIONS as ON_VALUES
from census_cli.record.relations import Given, Links, Row
from census_cli.sql import spelling
from census_cli.sql.plan import vocabulary
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
