"""Combinations of codes that were read once are what they were before."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from census_cli.combining import MOST, remember_combinations
from census_cli.conform import NotConforming, conform, spellings
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.sql.grammar import conformed
from census_cli.sql.plan import vocabulary

TABLE, COLUMN = "person", "health"


@pytest.fixture
def field(survey):
    return survey.tables[TABLE].model.field(COLUMN)


def cells(survey, field, times: int) -> list[str | None]:
    """Codes and labels, known and unknown, in any order, more than once, behind any separator."""
    chance, known = random.Random(5), [*spellings(survey.codes[field.codes]), "nobody's"]
    some = [
        "".join(x + chance.choice(["、", ",", "；", " "]) for x in chance.choices(known, k=chance.randint(1, 3)))
        for _ in range(times)
    ]
    return [None, "", " ", *known, *some, *(text.rstrip("、,； ") for text in some)]


def read(survey, field, texts, remembered) -> list[str | None]:
    """What the engine makes of each text, having remembered some."""
    engine = DuckDBEngine()
    try:
        engine.teach(vocabulary(survey))
        for table, held in ((f"raw_{TABLE}", remembered), ("texts", texts)):
            engine.add_batches(table, pa.table({"n": range(len(held)), COLUMN: pa.array(held, pa.string())}).to_reader())
        remember_combinations(engine, survey, {TABLE: {COLUMN: "VARCHAR"}}, [TABLE])
        sql = f"SELECT {conformed(field, COLUMN, 'VARCHAR')} AS x FROM texts ORDER BY n"
        return [value for batch in engine.stream(sql) for value in batch.column(0).to_pylist()]
    finally:
        engine.close()


def in_python(survey, field, text):
    try:
        return conform(field, text, survey.codes)
    except NotConforming:
        return None


@pytest.mark.parametrize("times", [100, MOST], ids=["all are remembered", "more than are remembered"])
def test_texts_that_occur_are_read_as_python_reads_them(survey, field, times):
    texts = cells(survey, field, times)
    assert (len(set(texts)) > MOST) == (times == MOST)
    assert read(survey, field, texts, texts) == [in_python(survey, field, text) for text in texts]


def test_texts_that_did_not_occur_are_still_read(survey, field):
    texts = cells(survey, field, 100)
    assert read(survey, field, texts, texts[:20]) == [in_python(survey, field, text) for text in texts]
