"""Both engines give the same, byte for byte; and where Spark's SQL is spelled wrongly these tests notice it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from sqlglot import exp

import census_cli
from census_cli.checking import run_check
from census_cli.engines import open_engine
from census_cli.engines.spark import spelling, translate
from census_cli.i18n import set_language
from census_cli.loading import from_files, from_tables
from census_cli.options import Options
from making import rows, tables
from wild_survey import few, surveys

TYPED = {"x": "DECIMAL(16, 4)", "y": "DECIMAL(16, 4)", "t": "VARCHAR"}
VALUES = [
    ("999999999999.9999", "999999999999.9999", "12"), ("-999999999999.9999", "0.0001", "١٢"), ("0.0001", "-3", "1２"), ("0", "0", ""),
    ("1", "3", "a"), ("-7", "2", "é\n"), ("-0.5", "-7", "𠀀"), ("0.1", "0.2", "1\n"), (None, "1", None), ("2.5", None, "\\d"),
]  # fmt: skip
QUESTIONS = {
    "product": "CAST(x AS DECIMAL(19, 4)) * CAST(y AS DECIMAL(16, 4))",
    "quotient": "CAST(x AS DOUBLE) / nullif(CAST(y AS DOUBLE), 0)",
    "rest": "x % nullif(y, 0)",
    "sum": "x + y",
    "digits": "regexp_full_match(t, '[0-9]+')",
    "any": "regexp_full_match(t, '.*')",
    "left": "left(t, 1)",
    "length": "length(t)",
    "same": "x IS NOT DISTINCT FROM y",
    "text": "CAST(x AS VARCHAR)",
    "rounded": "TRY_CAST(x AS DECIMAL(14, 2))",
}


def asked(engine):
    """The answers to the questions above, in the order of the values."""
    lines = [
        f"SELECT {n} AS n, " + ", ".join(f"{_constant(v, TYPED[c])} AS {c}" for v, c in zip(value, TYPED, strict=True))
        for n, value in enumerate(VALUES)
    ]
    sql = f"SELECT {', '.join(f'{q} AS {n}' for n, q in QUESTIONS.items())} FROM ({' UNION ALL '.join(lines)}) ORDER BY n"
    return [row for batch in engine.stream(sql) for row in batch.to_pylist()]


def _constant(value, kind):
    return f"CAST({'NULL' if value is None else chr(39) + value + chr(39)} AS {kind})"


SOME = ["S02", "S06", "S09", "I01", "F02", "T04", "household.household_id.*", "person.*.reference"]
"""Rules that look at their own row, at parents, at children, at other rows; and some cells."""


def checked(engine_name, load, select=()):
    """All that a check gives: discrepancies, verdicts, summary, and what a report shows."""
    set_language("en")
    engine = open_engine(engine_name)
    try:
        found = run_check(engine, load, Options(language="en", select=select))
        listed = [[r for b in batches for r in b.to_pylist()] for batches in (found.batches(), found.verdicts())]
        return {
            "discrepancies": listed[0],
            "verdicts": listed[1],
            "summary": found.summary.model_dump_json(),
            "overview": found.overview,
            "visits": list(found.visits("village_code")),
        }
    finally:
        engine.close()


def assert_alike(load, select=()):
    one, other = (checked(engine, load, select) for engine in ("duckdb", "spark"))
    for what in one:
        assert one[what] == other[what], what
    return one


def test_plain_questions_have_the_same_answers(duckdb, spark):
    assert asked(spark) == asked(duckdb)


def _in_doubles(node):
    if node.args["to"].this == exp.DType.DECIMAL:
        node.set("to", exp.DataType.build("double"))
    return node


def _whole(node):
    """A quotient of whole numbers, where the divisor is one."""
    parts = (exp.Cast(this=part, to=exp.DataType.build("bigint")) for part in (node.this, node.expression))
    this, by = (exp.Nullif(this=part, expression=exp.Literal.number(0)) for part in parts)
    return exp.IntDiv(this=this, expression=by)


def _digits(node):
    plain = spelling.pattern(node.expression.name.replace("[0-9]", r"\d"), whole=True)
    return spelling.call("REGEXP_LIKE", node.this, exp.Literal.string("(?U)" + plain.name))


NOTICED = {
    "doubles instead of decimals": {"product", "rest", "sum", "text", "rounded"},
    "a whole division": {"quotient"},
    "digits of every script": {"digits"},
}
"""By which questions each of the mutants is noticed."""

MUTANTS = {
    "doubles instead of decimals": {exp.Cast: _in_doubles, exp.TryCast: _in_doubles},
    "a whole division": {exp.Div: _whole},
    "digits of every script": {exp.RegexpFullMatch: _digits},
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_spelling_is_noticed(duckdb, spark, monkeypatch, mutant):
    monkeypatch.setattr(translate, "SPELLED", translate.SPELLED | MUTANTS[mutant])
    ours, theirs = asked(duckdb), asked(spark)
    assert NOTICED[mutant] == {q for q in QUESTIONS if [a[q] for a in ours] != [a[q] for a in theirs]}


def test_surveys_of_wild_cells_are_judged_alike(survey, running_spark):
    """Blanks, ties, keys given twice or not at all, greatest numbers, other scripts, in every column."""
    hit: dict[str, None] = {}

    @few(2)
    @given(surveys(survey, 60))
    def judged(frames):
        found = assert_alike(from_tables(frames))
        hit.update(dict.fromkeys(d["rule"] for d in found["discrepancies"]))

    judged()
    assert len(hit) > 100


def test_empty_tables_are_judged_alike(running_spark):
    empty = {name: frame.iloc[:0] for name, frame in tables().items()}
    found = assert_alike(from_tables(empty), select=SOME)
    assert (found["discrepancies"], found["verdicts"]) == ([], [])


def test_what_is_absent_is_absent_alike(running_spark):
    """A table, columns that rules read, and columns that have something in their place."""
    lacking = tables(frame=None, person=rows("person", {}, {"person_no": "2"}))
    lacking["household"] = lacking["household"].drop(columns=["income_net", "registered_on"])
    lacking["person"] = lacking["person"].drop(columns=["member_status"])
    found = assert_alike(from_tables(lacking), select=SOME)
    assert {"S02", "S09"} <= {d["rule"] for d in found["discrepancies"]}
    assert "absent column household.income_net" in found["summary"]


def test_parquet_is_read_by_spark_as_by_duckdb(running_spark, tmp_path: Path):
    household = tables(household=rows("household", {"income_net": "1"}, {"household_id": ""}))["household"]
    typed = household.astype({"member_count": "int64", "income_wage": "float64"})
    typed.to_parquet(tmp_path / "household.parquet")
    assert "I01" in {d["rule"] for d in assert_alike(from_files([tmp_path]))["discrepancies"]}


def test_tables_of_spark_have_rows_without_a_number(running_spark):
    given = tables(household=rows("household", {"income_net": "1"}, {"household_id": ""}))
    schema = {name: ", ".join(f"{c} string" for c in frame.columns) for name, frame in given.items()}
    frames = {
        name: running_spark.createDataFrame([tuple(r) for r in frame.itertuples(index=False)], schema[name])
        for name, frame in given.items()
    }
    select = [*SOME, "household.*"]
    ours, theirs = census_cli.check(given, select=select), census_cli.check(frames, select=select, engine="spark")
    assert set(theirs.discrepancies["row"].to_pylist()) == {None}
    assert "?" in theirs.discrepancies["unit"].to_pylist()
    assert theirs.discrepancies["rule"].to_pylist() == ours.discrepancies["rule"].to_pylist()
    assert theirs.summary.rules == ours.summary.rules
    assert running_spark.conf.get("spark.sql.ansi.enabled") == "false"
