"""The program as a function: pandas in and out, and nothing handed over is altered."""

from __future__ import annotations

import pandas as pd
import pytest

import census_cli
from census_cli.errors import InputError, OptionError
from census_cli.results import COLUMNS
from making import check, found, rows, tables
from places import SAMPLE


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(SAMPLE / f"{name}.csv", dtype=str, keep_default_na=False)


def test_the_public_face_is_what_is_promised():
    assert census_cli.__all__ == ["Checker", "__version__", "check"]


def test_a_second_check_in_one_process_works():
    assert found(check()) == found(check()) == []


def test_data_frames_give_the_same_as_files():
    names = ("village", "household", "person")
    frames = census_cli.check({n: read(n) for n in names})
    files = census_cli.check([SAMPLE / f"{n}.csv" for n in names])
    columns = [c for c in COLUMNS if c != "source"]
    pd.testing.assert_frame_equal(frames.to_pandas()[columns], files.to_pandas()[columns])


def test_the_discrepancies_come_as_a_data_frame():
    frame = check("H02", household=rows("household", {"house_grade": "D"})).to_pandas()
    assert list(frame.columns) == list(COLUMNS)
    assert frame["rule"].tolist() == ["H02"]


def test_data_frames_handed_over_stay_as_they_were():
    given = tables(household=rows("household", {"house_grade": "Ｄ "}))
    copies = {n: f.copy() for n, f in given.items()}
    census_cli.check(given)
    for name, frame in given.items():
        pd.testing.assert_frame_equal(frame, copies[name])


def test_typed_columns_are_read_as_their_texts_would_be():
    typed = tables(household=rows("household", {"income_net": "5001"}))
    frame = typed["household"]
    for column in ("income_wage", "income_net", "income_net_pc"):
        frame[column] = frame[column].astype(float)
    frame["member_count"] = frame["member_count"].astype("Int64")
    frame["registered_on"] = pd.to_datetime(frame["registered_on"])
    frame["safe_water"] = True
    result = census_cli.check(typed)
    assert found(result) == [("I01", "H1"), ("I02", "H1")]
    assert '"income_net": "5001"' in result.discrepancies["found"].to_pylist()[0]


def test_missing_values_of_pandas_are_blank_cells():
    frame = tables()["household"]
    frame["phone"], frame["identified_year"] = pd.NA, float("nan")
    assert found(census_cli.check(tables() | {"household": frame})) == []


def test_a_column_of_mixed_objects_is_read_cell_by_cell():
    mixed = rows("household", {"income_wage": 5000}, {"household_id": "H2", "income_wage": "5,000.00"})
    result = check("household.income_wage.type,I01", household=mixed)
    assert found(result) == []


def test_an_unknown_table_is_refused_with_the_near_miss():
    with pytest.raises(InputError, match="did you mean 'household'"):
        census_cli.check({"houshold": tables()["household"]})


def test_an_empty_frame_is_a_table_without_rows():
    result = census_cli.check({"household": tables()["household"][:0]})
    assert (found(result), result.summary.inputs[0].rows) == ([], 0)


def test_a_named_index_is_a_column():
    frame = tables()["household"].set_index("household_id")
    assert found(census_cli.check(tables() | {"household": frame})) == []


@pytest.mark.parametrize("given", [{}, {"household": [1, 2]}])
def test_what_is_no_table_is_refused(given):
    with pytest.raises(InputError, match="table"):
        census_cli.check(given)


def test_rules_that_are_kept_for_the_office_are_not_run_for_surveyors():
    skipped = {r.id: r.skipped for r in census_cli.check(SAMPLE, audience="surveyor", language="en").summary.rules}
    assert (skipped["T04"], skipped["S02"]) == ("kept for the office (--for)", None)


def test_an_audience_that_there_is_not_is_refused():
    with pytest.raises(OptionError, match="there are surveyor, supervisor, office"):
        census_cli.check(SAMPLE, audience="mayor", language="en")


def test_notes_explain_what_is_to_be_verified(tmp_path, monkeypatch):
    monkeypatch.setenv("CENSUS_KEY", "a key")
    (open_one, *_) = (d for d in census_cli.check(SAMPLE).discrepancies.to_pylist() if d["severity"] == "verify")
    sheet = tmp_path / "done.notes.csv"
    sheet.write_text(
        f"fingerprint,evidence,note,by,on\n{open_one['fingerprint']},{open_one['evidence']},moved away,Li,2020-08-01\n",
        encoding="utf-8",
    )
    states = {d["fingerprint"]: d["state"] for d in census_cli.check(SAMPLE, notes=sheet).discrepancies.to_pylist()}
    assert states[open_one["fingerprint"]] == "explained"


def test_the_encoding_of_text_files_can_be_said(tmp_path):
    (tmp_path / "household.csv").write_bytes((SAMPLE / "household.csv").read_text(encoding="utf-8-sig").encode("gb18030"))
    assert census_cli.check(tmp_path, encoding="gb18030").summary.inputs[0].encoding == "gb18030"
