"""Tables whose columns are stored in odd ways, or named so, are read like any other."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import census_cli
from census_cli.errors import InputError, OptionError
from making import found, rows, tables


def household(**columns):
    return tables() | {"household": tables()["household"].assign(**columns)}


@pytest.mark.parametrize("name", ["rowid", "ROWID", "row", "source", "Household_ID2"])
def test_a_column_named_like_a_word_of_the_engine_is_only_unknown(name):
    result = census_cli.check(household(**{name: ["7"], "house_grade": ["D"]}), select="H02")
    assert found(result) == [("H02", "H1")]
    assert result.discrepancies["row"].to_pylist() == [1]


def test_a_record_with_only_an_unknown_cell_filled_is_not_blank(tmp_path):
    frame = tables(household=rows("household", {}, dict.fromkeys(rows("household")[0], "")))["household"].assign(备注=["", "x"])
    frame.to_parquet(tmp_path / "household.parquet")
    frame.to_csv(tmp_path / "other.csv", index=False)
    (tmp_path / "csv").mkdir()
    (tmp_path / "other.csv").rename(tmp_path / "csv" / "household.csv")
    read = [census_cli.check(tmp_path / p).summary.inputs[0] for p in ("household.parquet", "csv/household.csv")]
    assert [(r.rows, r.lines_skipped) for r in read] == [(2, 0), (2, 0)]


def test_a_table_without_any_known_column_is_refused():
    with pytest.raises(InputError, match="no column that is known"):
        census_cli.check({"household": pd.DataFrame({"x": [1]})})


def test_binary_text_is_text(tmp_path):
    columns = {k: pa.array([v.encode()], pa.binary()) for k, v in rows("household")[0].items()}
    columns["house_grade"] = pa.array([b""], pa.binary())
    pq.write_table(pa.table(columns), tmp_path / "household.parquet")
    assert found(census_cli.check(tmp_path)) == []


@pytest.mark.parametrize("day", [pd.Timestamp("2020-07-25"), datetime.date(2020, 7, 25), np.datetime64("2020-07-25", "s")])
def test_a_date_stored_as_a_moment_is_a_date(day):
    assert found(census_cli.check(household(registered_on=[day]))) == []
    assert found(census_cli.check(household(registered_on=pd.Series([day], dtype=object)))) == []


def test_a_time_of_day_makes_a_date_not_conform():
    result = census_cli.check(household(registered_on=[pd.Timestamp("2020-07-25 08:00")]))
    assert found(result) == [("household.registered_on.type", "H1")]


def test_two_files_that_store_a_date_differently_agree(tmp_path):
    frame = tables()["household"]
    frame.to_parquet(tmp_path / "household_1.parquet")
    moment = frame.assign(household_id="H2", registered_on=pd.to_datetime(frame["registered_on"]))
    moment.to_parquet(tmp_path / "household_2.parquet")
    assert found(census_cli.check(tmp_path)) == []


def test_a_moment_far_away_does_not_conform_and_breaks_nothing():
    far = pa.array([2**62 // 1000], pa.timestamp("ms"))
    table = pa.table({k: [v] for k, v in rows("household")[0].items() if k != "registered_on"}).append_column(
        "registered_on", far
    )
    assert found(census_cli.check({"household": table})) == [("household.registered_on.type", "H1")]


@pytest.mark.parametrize("values", [[float("nan")], [None], [np.nan]])
def test_no_number_is_a_blank_cell(values, tmp_path):
    frame = household(road_distance_km=values)["household"]
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), tmp_path / "household.parquet")
    assert found(census_cli.check(tmp_path)) == []


@pytest.mark.parametrize("codes", [pd.Categorical(["A"]), pd.array(["A"], dtype="string")])
def test_categories_and_strings_of_pandas_are_texts(codes):
    assert found(census_cli.check(household(house_grade=codes))) == []


def test_text_that_is_not_utf8_is_refused_by_name(tmp_path):
    columns = {k: [v] for k, v in rows("household")[0].items()}
    broken = pa.array([b"\xd5\xc5"], pa.binary()).view(pa.string())
    pq.write_table(pa.table(columns | {"head_name": broken}), tmp_path / "household.parquet")
    with pytest.raises(InputError):
        census_cli.check(tmp_path)


def test_a_household_without_a_number_still_counts_as_one_with_something_to_do(census, sample):
    lines = (sample / "household.csv").read_text(encoding="utf-8").splitlines()
    lines[3] = "," + lines[3].split(",", 1)[1]
    (sample / "household.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "of 40 registered households" in census("check", sample).out


@pytest.mark.parametrize(("option", "value"), [("language", "fr"), ("threads", 0), ("threads", 10**8), ("memory", "much")])
def test_an_option_that_makes_no_sense_is_refused(option, value):
    with pytest.raises(OptionError):
        census_cli.check(tables(), **{option: value})
