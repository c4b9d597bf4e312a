"""Tables that Spark knows are given by their names; where there are none, or files besides, it is said."""

from __future__ import annotations

import pytest

import census_cli
from census_cli.errors import InputError
from making import rows, tables


@pytest.fixture
def known(running_spark, tmp_path):
    """A sound household but for its income as a table of the catalog, and the other tables as views."""
    given = tables(household=rows("household", {"income_net": "1"}))
    for name, frame in given.items():
        schema = ", ".join(f"{c} string" for c in frame.columns)
        made = running_spark.createDataFrame([tuple(r) for r in frame.itertuples(index=False)], schema)
        made.createOrReplaceTempView(f"v_{name}")
        if name == "household":
            made.write.parquet((tmp_path / name).as_uri())
    running_spark.sql(f"CREATE TABLE household_2020 USING parquet LOCATION '{(tmp_path / 'household').as_uri()}'")
    yield {"household": "spark_catalog.default.household_2020", "person": "v_person", "village": "v_village", "frame": "v_frame"}
    running_spark.sql("DROP TABLE household_2020")


@pytest.mark.spark
def test_tables_and_views_are_checked_by_their_names(known, census):
    ran = census(
        "check",
        *(f"{t}={n}" for t, n in known.items()),
        "--engine",
        "spark",
        "--select",
        "I01",
        "--format",
        "csv",
        "--output",
        "-",
    )
    assert (ran.code, ran.out.count("\n")) == (1, 2)
    assert "I01,mandatory,household,H1," in ran.out
    assert "spark_catalog.default.household_2020" in ran.out


@pytest.mark.spark
@pytest.mark.parametrize("name", ["never_was", "no_such.thing", "no table at all"])
def test_a_name_that_spark_does_not_know_is_refused(running_spark, census, name):
    ran = census("check", f"household={name}", "--engine", "spark", "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert f"Spark knows no table '{name}'" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_duckdb_knows_no_table_by_name(census):
    ran = census("check", "household=survey.household", "--lang", "en")
    assert ran.code == 2
    assert "needs --engine spark" in ran.err
    with pytest.raises(InputError, match="needs --engine spark"):
        census_cli.check({"household": "survey.household"})


def test_a_name_beside_a_file_is_refused(census, sample):
    ran = census("check", sample, "household=survey.household", "--engine", "spark", "--lang", "en")
    assert (ran.code, "not both" in ran.err) == (2, True)


def test_a_table_given_twice_is_refused(census):
    ran = census("check", "household=a", "household=b", "--engine", "spark", "--lang", "en")
    assert (ran.code, "given twice" in ran.err) == (2, True)


def test_a_file_with_an_equals_sign_is_a_file(census, sample):
    folder = sample / "year=2020"
    folder.mkdir()
    for file in sample.glob("*.csv"):
        file.rename(folder / file.name)
    assert census("check", folder, "--select", "S02", "--lang", "en").code in (0, 1)
