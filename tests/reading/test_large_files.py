"""A large text file is held in a file, and nothing else changes by that."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from census_cli.engines import duckdb as engines
from census_cli.engines.duckdb import DuckDBEngine


@pytest.fixture
def engine():
    engine = DuckDBEngine()
    yield engine
    engine.close()


@pytest.fixture
def all_large(monkeypatch) -> list[str]:
    """Every text file is a large one; the tables that were held as files."""
    held: list[str] = []
    lay_out = DuckDBEngine._hold_as_file

    def noted(self, table, sql):
        held.append(table)
        lay_out(self, table, sql)

    monkeypatch.setattr(engines, "LARGE_TEXT", 0)
    monkeypatch.setattr(DuckDBEngine, "_hold_as_file", noted)
    return held


def test_what_is_found_is_the_same(census, sample, tmp_path, request):
    def written() -> bytes:
        census("check", sample, "--output", tmp_path / "x.json")
        return (tmp_path / "x.json").read_bytes()

    expected = written()
    held = request.getfixturevalue("all_large")
    assert written() == expected
    assert len(set(held)) == len([*sample.glob("*.csv")])


def test_records_keep_their_order_and_blanks_are_missing(engine, all_large, tmp_path):
    lines = [f"{n},{'' if n % 3 else n}" for n in range(300_000)]
    (tmp_path / "x.csv").write_text("\n".join(["a,b", *lines]), encoding="utf-8")
    assert engine.add_csv("x", tmp_path / "x.csv", ["a", "b"], len(lines))
    wrong = "c0 <> CAST(rowid AS VARCHAR) OR (c1 IS NULL) <> (rowid % 3 <> 0)"
    assert engine.one(f"SELECT count(*) AS n, count(CASE WHEN {wrong} THEN 1 END) AS wrong FROM x") == {"n": 300_000, "wrong": 0}
    engine.drop("x")


def test_a_file_of_another_number_of_records_is_refused_and_can_be_held_otherwise(engine, all_large, tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n2\n", encoding="utf-8")
    assert not engine.add_csv("x", tmp_path / "x.csv", ["a"], 3)
    engine.add_batches("x", pa.table({"c0": ["1", "2", ""]}).to_reader())


def test_what_is_dropped_lies_nowhere(engine, all_large, tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n2\n", encoding="utf-8")
    for _ in range(2):
        assert engine.add_csv("x", tmp_path / "x.csv", ["a"], 2)
        assert [file.name for file in engine.spill.glob("*.parquet")]
        engine.drop("x")
        assert not [*engine.spill.glob("*.parquet")]


def test_without_room_for_a_file_the_rows_are_held_in_memory(engine, all_large, tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n2\n", encoding="utf-8")
    engine.spill = tmp_path / "gone"
    assert engine.add_csv("x", tmp_path / "x.csv", ["a"], 2)
    assert engine.one("SELECT count(*) AS n FROM x") == {"n": 2}
    engine.drop("x")


def test_columns_with_an_empty_text_anywhere_are_told_from_those_without(engine, tmp_path):
    columns = {"full": ["a", "b"] * 500, "missing": [None] * 1000, "some": ["a", None] * 500, "empty": ["a"] * 999 + [""]}
    pq.write_table(
        pa.table({c: pa.array(v, pa.string()) for c, v in columns.items()}), tmp_path / "x.parquet", row_group_size=100
    )
    engine.add_parquet("x", tmp_path / "x.parquet")
    assert set(engine.never_empty("x")) == {"full", "missing", "some"}


def test_a_part_that_tells_nothing_of_a_column_may_hold_an_empty_text(engine, tmp_path):
    long = "x" * 100_000  # of such texts DuckDB notes neither the least nor the greatest
    engine.add_batches("rows", pa.table({"n": range(4_096), "a": ["", long] + [""] * 2_046 + ["a"] * 2_048}).to_reader())
    engine.execute([f"COPY (SELECT a FROM rows ORDER BY n) TO '{tmp_path / 'x.parquet'}' (FORMAT parquet, ROW_GROUP_SIZE 2048)"])
    engine.add_parquet("x", tmp_path / "x.parquet")
    assert not engine.never_empty("x")


def test_of_a_file_that_tells_nothing_of_its_columns_nothing_is_known(engine, tmp_path):
    pq.write_table(pa.table({"full": ["a", "b"]}), tmp_path / "x.parquet", write_statistics=False)
    engine.add_parquet("x", tmp_path / "x.parquet")
    assert not engine.never_empty("x")
