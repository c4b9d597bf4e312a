"""Text to typed: Python and SQL agree on every text, and both keep the grammar."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from census_cli.conform import NotConforming, cell_text, conform
from census_cli.folding import fold
from census_cli.sql.grammar import conformed, text_of
from census_cli.survey.models import FieldModel, Text
from nasty import PIECES, text

TITLE = Text(zh="甲", en="a")
FIELDS = [
    *(FieldModel(name="x", type=t, title=TITLE) for t in ("string", "integer", "number", "boolean", "date", "datetime")),
    *(FieldModel(name="x", type="string", title=TITLE, codes=c) for c in ("relation", "house_grade", "sex", "triple")),
    *(FieldModel(name="x", type="list", title=TITLE, codes=c) for c in ("health", "cause")),
]


def in_python(survey, field, texts):
    values = []
    for each in texts:
        try:
            values.append(conform(field, each, survey.codes))
        except NotConforming:
            values.append(None)
    return values


def in_sql(engine, field, texts):
    engine.add_batches("texts", pa.table({"n": range(len(texts)), "x": pa.array(texts, pa.string())}).to_reader())
    engine.rowwise("typed", f"SELECT n, {conformed(field, 'x', 'VARCHAR')} AS x FROM texts", "texts")
    values = [v for batch in engine.stream("SELECT x FROM typed ORDER BY n") for v in batch.column(0).to_pylist()]
    engine.drop("typed")
    engine.drop("texts")
    return values


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f"{f.type}-{f.codes}")
@given(st.lists(text, min_size=500, max_size=500))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_python_and_sql_read_every_text_alike(survey, duckdb, field, texts):
    assert in_sql(duckdb, field, texts) == in_python(survey, field, texts)


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f"{f.type}-{f.codes}")
def test_python_and_sql_read_many_random_texts_alike(survey, engine, field):
    chance = random.Random(7)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(0, 7))) for _ in range(6_000)]
    assert in_sql(engine, field, texts) == in_python(survey, field, texts)


@pytest.mark.parametrize(
    ("type_name", "given_text", "value"),
    [
        ("integer", "007", 7),
        ("integer", "+3.00", 3),
        ("integer", "１２", 12),
        ("number", "1,234.56", Decimal("1234.56")),
        ("number", "0.00005", Decimal("0.0001")),
        ("number", "-0.00005", Decimal("-0.0001")),
        ("number", "999999999999.9999", Decimal("999999999999.9999")),
        ("boolean", "有", True),
        ("boolean", "Ｎ", False),
        ("boolean", "TRUE", True),
        ("date", "2020年7月5日", datetime.date(2020, 7, 5)),
        ("date", "20200229", datetime.date(2020, 2, 29)),
        ("date", "2100.12.31", datetime.date(2100, 12, 31)),
        ("datetime", "2020/7/5 8:05", datetime.datetime(2020, 7, 5, 8, 5)),
        ("datetime", "2020-07-05T23:59:58", datetime.datetime(2020, 7, 5, 23, 59, 58)),
        ("string", "\u3000张三\u00a0", "张三"),
    ],
)
def test_a_text_of_the_grammar_is_read(survey, type_name, given_text, value):
    assert conform(FieldModel(name="x", type=type_name, title=TITLE), given_text, survey.codes) == value


@pytest.mark.parametrize(
    ("type_name", "given_text"),
    [
        ("integer", "12.5"),
        ("integer", "1" * 16),
        ("integer", "1e3"),
        ("integer", "1,000"),
        ("number", "1,23"),
        ("number", "9" * 400),
        ("number", "999999999999.99995"),
        ("number", "٣"),
        ("boolean", "yes"),
        ("date", "2019-02-29"),
        ("date", "1899-12-31"),
        ("date", "2020-01/05"),
        ("date", "2020-01-05 00:00:00"),
        ("datetime", "2020-01-05"),
        ("datetime", "2020-01-05 24:00"),
        ("datetime", "2020-01-05 08:00:00+08:00"),
    ],
)
def test_a_text_outside_the_grammar_does_not_conform(survey, type_name, given_text):
    with pytest.raises(NotConforming):
        conform(FieldModel(name="x", type=type_name, title=TITLE), given_text, survey.codes)


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u00a0\t\r\n", "\u200b\ufeff"])
def test_a_cell_of_which_folding_leaves_nothing_is_blank(survey, blank):
    assert conform(FieldModel(name="x", type="date", title=TITLE), blank, survey.codes) is None


def test_labels_aliases_and_codes_lead_to_the_code_in_any_case(survey):
    grade = FieldModel(name="x", type="string", title=TITLE, codes="house_grade")
    assert {conform(grade, t, survey.codes) for t in ("A级", "a级", "Ａ", "a", "Grade A")} == {"A"}


def test_several_codes_come_once_each_in_the_order_of_their_list(survey):
    health = FieldModel(name="x", type="list", title=TITLE, codes="health")
    assert conform(health, "残疾、 健康;残疾", survey.codes) == "healthy,disabled"


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        ("DOUBLE", 0.1), ("DOUBLE", 3.0), ("DOUBLE", 1e16), ("DOUBLE", 4.4052418800101e17), ("DOUBLE", 1e-5), ("DOUBLE", -2.5),
        ("DECIMAL(18,6)", Decimal("1.500000")), ("BIGINT", 12), ("BOOLEAN", True), ("DATE", datetime.date(2020, 1, 5)),
    ],
)  # fmt: skip
def test_a_typed_cell_has_the_same_text_in_python_and_sql(duckdb, stored, value):
    cast = f"CAST('{value}' AS {stored})"
    sql_text = next(duckdb.stream(f"SELECT {text_of('x', stored)} AS t FROM (SELECT {cast} AS x)")).column(0).to_pylist()[0]
    assert sql_text == cell_text(value)


def test_folding_twice_changes_nothing_more():
    assert all(fold(fold(p)) == fold(p) for p in PIECES)
