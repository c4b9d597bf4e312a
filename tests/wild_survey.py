"""Surveys whose cells are sound or wild: what a column should hold in its odd spellings, what it should not, blanks, ties, the greatest and the least."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from census_cli.conform import spellings
from census_cli.expr.bound import BoundSurvey
from census_cli.survey.models import FieldModel
from nasty import PIECES, text

EXTREMES = {
    "integer": ["0", "-1", "1", "2", "3", "2020", "2019", "30", "999999999999999", "-999999999999999", "12.0", "０"],
    "number": ["0", "-1", "1", "12.5", "999999999999.9999", "-999999999999.9999", "0.00005", "-0.0001", "1,234", "０", "1e3", "0.3"],
    "boolean": ["是", "否", "Y", "0", "true"],
    "date": ["2020-07-25", "2020年7月5日", "20200229", "2019-02-29", "1900-01-01", "2100-12-31", "1980-03-15", "2012/9/1"],
    "datetime": ["2020-07-25 08:00", "2020-07-25T23:59:59", "1900-01-01 00:00", "2100-12-31 23:59:59", "2020-07-25 24:00"],
    "string": ["甲", "测试 乙", "a\nb", "𠀀", "é", "e\u0301", "x" * 300, "1/2", "\\d", "$1", "%", "'"],
    "id": ["990000198003150019", "11010519491231002X", "11010519491231002x", "990000198206210026", "99000019820621002６", "1"],
}  # fmt: skip
BLANK = [None, "", " ", "\u3000"]


def few(examples: int) -> settings:
    """Few surveys, each of many rows, and the same in every run: on Spark one takes long, whatever its size."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def surveys(draw: Callable[..., Any], bound: BoundSurvey, households: int) -> dict[str, pd.DataFrame]:
    """Every table of a survey with every column; keys are mostly sound, else given twice, missing, or leading nowhere; a table may be empty."""
    texts = [*PIECES, *draw(st.lists(text, min_size=40, max_size=40))]
    empty = draw(st.sets(st.sampled_from(list(bound.tables)), max_size=1))
    wildness, chance = draw(st.sampled_from([0.1, 0.02, 0.4])), random.Random(draw(st.integers(0, 2**32)))
    keys = {"village_code": [f"9900001002{n:02}" for n in range(4)], "household_id": [f"户{n}" for n in range(households)]}

    def cell(field: FieldModel, n: int) -> str | None:
        if field.name in keys and chance.random() < 0.95:
            return keys[field.name][n % len(keys[field.name])]
        if chance.random() < wildness:
            return chance.choice(texts if chance.random() < 0.5 else BLANK)
        if field.codes:
            return chance.choice(list(spellings(bound.codes[field.codes])))
        return chance.choice(EXTREMES["id" if "id_number" in field.name else field.type])

    def rows(table: str) -> int:
        return 0 if table in empty else {"village": 4, "person": households * 2}.get(table, households)

    return {
        name: pd.DataFrame([{f.name: cell(f, n) for f in table.model.fields} for n in range(rows(name))], columns=[f.name for f in table.model.fields], dtype=object)
        for name, table in bound.tables.items()
    }  # fmt: skip
