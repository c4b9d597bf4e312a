"""A plan's SQL for Spark: what nobody has spelled is refused before sqlglot can let it through or lose it."""

from __future__ import annotations

import pytest

from census_cli.engines.base import EngineFault
from census_cli.engines.spark.translate import Translator
from census_cli.sql.plan import vocabulary


@pytest.fixture
def spell(survey):
    translator = Translator()
    translator.teach(vocabulary(survey))
    return translator


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT strptime(x, '%Y') FROM t",
        "SELECT isnan(x) FROM t",
        "SELECT list(x) FROM t",
        "SELECT TRY_CAST(x AS HUGEINT) FROM t",
        "SELECT TRY_CAST(x AS spelling_of_nothing) FROM t",
        "SELECT string_agg(x, ',') FROM t",
        "SELECT census_no_such(x) FROM t",
        "SELECT regexp_replace(x, '[a]', '') FROM t",
        "SELECT regexp_full_match(x, y) FROM t",
        "SELECT x[2:3] FROM t",
        "DELETE FROM t",
        "SELECT x FROM t QUALIFY row_number() OVER () = 1",
        "SELECT x FROM t TABLESAMPLE 10%",
        "SELECT no sql at all",
    ],
)
def test_what_has_no_spelling_is_refused(spell, sql):
    with pytest.raises(EngineFault):
        spell(sql)


@pytest.mark.parametrize(
    ("sql", "spelled"),
    [
        ("SELECT [1, 2][x + 1] AS y FROM t", "GET(ARRAY(1, 2), CAST(`x` + 1 AS INT) - 1)"),
        ("SELECT x // 7 AS y FROM t", "`x` DIV 7"),
        ("SELECT regexp_full_match(x, '[0-9]+$') AS y FROM t", r"REGEXP_LIKE(`x`, '(?d)\\A(?:[0-9]+\\z)\\z')"),
        ("SELECT * REPLACE (1 AS x), y FROM t", "* EXCEPT (`x`), `y`, 1 AS `x`"),
        ("SELECT strlen(x) AS y FROM t", "OCTET_LENGTH(`x`)"),
        ("SELECT CAST(x AS TIMESTAMP) AS y FROM t", "CAST(`x` AS TIMESTAMP_NTZ)"),
        ("SELECT x FROM t ORDER BY x", "ORDER BY `x` NULLS LAST"),
        ("SELECT '\\' AS x FROM t", r"'\\' AS `x`"),
        ("SELECT x->'a' FROM t", None),
    ],
)
def test_what_the_engines_read_differently_is_spelled_out(spell, sql, spelled):
    if spelled is None:
        with pytest.raises(EngineFault):
            spell(sql)
    else:
        assert spelled in spell(sql)


def test_a_list_in_an_order_keeps_it(spell):
    """By itself sqlglot drops the order and says nothing."""
    spelled = spell("SELECT list(x ORDER BY length(y), y) AS l FROM t GROUP BY z")
    assert "ARRAY_SORT" in spelled
    assert "CHAR_LENGTH(`y`)" in spelled


def test_an_argument_named_like_another_parameter_is_left_alone(spell):
    assert "YEAR((`x`)) - YEAR((`y`))" in spell("SELECT census_age(y, x) AS a FROM t")
