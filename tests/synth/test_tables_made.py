"""The files of a synthetic survey: where they may go, and what stands in them."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest

from census_cli.errors import DescriptorErrors, OptionError
from census_cli.synth import chunks
from census_cli.synth.making import Order, make_survey
from census_cli.synth.texts import quoted


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The same small survey in both formats and under both kinds of headers."""
    made = {}
    for form, headers in product(("csv", "parquet"), ("zh", "en")):
        made[form, headers] = tmp_path_factory.mktemp(f"{form}-{headers}") / "survey"
        make_survey(made[form, headers], Order(60, seed=1, errors=0.3, format=form, headers=headers))
    return made


def rows(folder, table):
    (file,) = folder.glob(f"{table}.*")
    reader = "read_csv('{}', all_varchar=true, header=true)" if file.suffix == ".csv" else "'{}'"
    found = duckdb.connect().execute(f"SELECT * FROM {reader.format(file)}")
    return [d[0] for d in found.description], found.fetchall()


@pytest.mark.parametrize("headers", ["zh", "en"])
@pytest.mark.parametrize("table", ["village", "household", "person", "frame"])
def test_both_formats_hold_the_same(small, table, headers):
    assert rows(small["csv", headers], table) == rows(small["parquet", headers], table)


def test_chinese_headers_go_with_labels_and_english_ones_with_codes(small):
    for headers, column, value in (("zh", "脱贫标志", "已脱贫"), ("en", "poverty_status", "exited")):
        columns, found = rows(small["csv", headers], "household")
        assert {row[columns.index(column)] for row in found} == {value}


def test_several_answers_are_joined_so_that_no_cell_needs_quotes(small):
    for headers, sign in (("zh", "、"), ("en", ";")):
        columns, found = rows(small["csv", headers], "household")
        place = next(i for i, c in enumerate(columns) if c in ("产业帮扶方式", "industry_modes"))
        assert any(sign in (row[place] or "") for row in found)


def test_the_same_faults_are_planted_in_all(small):
    assert len({(folder / "planted.csv").read_bytes() for folder in small.values()}) == 1


def test_a_cell_with_a_sign_of_csv_is_quoted():
    cells = {"a": "a", "a,b": '"a,b"', 'say "a"': '"say ""a"""', "a\nb": '"a\nb"', "": ""}
    for text, cell in cells.items():
        assert duckdb.connect().execute(f"SELECT {quoted('$1')}", [text]).fetchone() == (cell,)


def test_an_empty_folder_is_filled(tmp_path):
    make_survey(tmp_path, Order(5))
    assert (tmp_path / "household.csv").exists()


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OptionError, match="not empty"):
        make_survey(tmp_path, Order(5))
    assert [f.name for f in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_nothing_is_left_of_a_survey_that_could_not_be_completed(tmp_path, monkeypatch, stopped):
    def stop(_task, _running):
        raise stopped

    monkeypatch.setattr("census_cli.synth.making.make_chunk", stop)
    with pytest.raises((KeyboardInterrupt, OptionError)):
        make_survey(tmp_path / "survey", Order(5))
    assert list(tmp_path.iterdir()) == []


def test_sql_that_the_engine_refuses_is_told_with_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "step_sql", lambda _step: "SELECT no_such_column FROM plan")
    with pytest.raises(DescriptorErrors, match=r"synth/steps/place.yaml.*no_such_column"):
        make_survey(tmp_path / "survey", Order(5))
