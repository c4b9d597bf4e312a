"""Many discrepancies are held in files, and nothing else changes by that."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from census_cli.engines import duckdb as engines
from census_cli.engines import ordering
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.records import Records


@pytest.fixture
def all_many(monkeypatch) -> list[str]:
    """However few rows there are, they are many; the tables that were laid out as files."""
    held: list[str] = []
    offer = DuckDBEngine._view_of_file

    def noted(self, table, *beside):
        held.append(table)
        offer(self, table, *beside)

    monkeypatch.setattr(engines, "MANY_ROWS", 0)
    monkeypatch.setattr(ordering, "AT_ONCE", 10)
    monkeypatch.setattr(DuckDBEngine, "_view_of_file", noted)
    return held


@pytest.fixture
def wrong_in_every_way(sample, tmp_path) -> Path:
    """Households of which half the cells are no value, each other ones."""
    header, *rows = (sample / "household.csv").read_text(encoding="utf-8-sig").splitlines()
    chance = random.Random(5)
    keep = header.split(",").index("户主姓名")
    spoilt = [",".join(c if i <= keep or chance.random() < 0.5 else "坏值" for i, c in enumerate(r.split(","))) for r in rows]
    file = tmp_path / "household.csv"
    file.write_text("\n".join([header, *spoilt]), encoding="utf-8")
    return file


@pytest.mark.parametrize("profiles", [[], ["--profile", "national-2020", "--profile", "jilin"]])
def test_what_is_found_is_the_same(census, sample, tmp_path, request, profiles):
    options: list[str | Path] = [*profiles]

    def written() -> list[bytes]:
        files = [tmp_path / "x.json", tmp_path / "x.csv", tmp_path / "x.xlsx", tmp_path / "x.html"]
        census("check", sample, *options, *(part for file in files for part in ("--output", file)))
        return [file.read_bytes() for file in files]

    expected = written()
    held, spill = request.getfixturevalue("all_many"), tmp_path / "rule=none"  # to DuckDB such a name may be a column
    spill.mkdir()
    options += ["--spill", spill]
    assert written() == expected
    assert {"found_0_household", "found_0__unmet"} <= set(held)


@pytest.mark.parametrize("rows", [1, 9, 10, 11, 99, 1000])
def test_rows_are_put_in_order_piece_by_piece(all_many, rows):
    engine = DuckDBEngine()
    chance = random.Random(rows)
    given = [(chance.choice("ab'c"), "t", str(chance.randrange(20)), chance.choice([None, 1, 2])) for _ in range(rows)]
    engine.execute(["CREATE TABLE given(rule VARCHAR, tab VARCHAR, unit VARCHAR, row BIGINT)"])
    engine._connection.executemany("INSERT INTO given VALUES (?, ?, ?, ?)", given)
    engine.in_order("sorted", "SELECT * FROM given", ["rule", "tab", "unit", "row"], rows)
    engine.in_order("none", "SELECT * FROM given WHERE FALSE", ["rule", "tab", "unit", "row"], rows)
    assert engine.one("SELECT count(*) AS n FROM none") == {"n": 0}
    found = [tuple(row.values()) for batch in engine.stream("SELECT * FROM sorted") for row in batch.to_pylist()]
    engine.close()
    assert found == sorted(given, key=lambda row: (*row[:3], row[3] or 0))


def test_a_folder_may_have_any_name(census, sample, tmp_path, all_many):
    (tmp_path / "a[1]*?").mkdir()
    assert census("check", sample, "--spill", tmp_path / "a[1]*?", "--fail-on", "never").code == 0


def test_cells_wrong_in_every_combination_need_few_record_models(census, wrong_in_every_way, monkeypatch):
    made: list[list[str]] = []
    model = Records._model

    def noted(self, fields):
        made.append(fields)
        return model(self, fields)

    monkeypatch.setattr(Records, "_model", noted)
    census("check", wrong_in_every_way)
    assert 0 < len(made) <= len(wrong_in_every_way.read_text(encoding="utf-8").splitlines()[0].split(","))
