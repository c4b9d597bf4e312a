"""Outputs as a folder of Parquet files."""

from __future__ import annotations

from pyarrow import parquet

from census_cli.results import COLUMNS, VERDICT_COLUMNS


def test_a_name_with_a_slash_is_a_folder_of_parquet_files(census, sample, tmp_path):
    ran = census(
        "check",
        sample,
        "--output",
        f"{tmp_path}/found/",
        "--verdicts",
        f"{tmp_path}/verdicts/",
        "--output",
        tmp_path / "one.parquet",
    )
    assert ran.code == 1
    parts = parquet.read_table(tmp_path / "found")
    assert tuple(parts.column_names) == COLUMNS
    assert parts.to_pylist() == parquet.read_table(tmp_path / "one.parquet").to_pylist()
    assert tuple(parquet.read_table(tmp_path / "verdicts").column_names) == VERDICT_COLUMNS


def test_a_folder_that_is_there_is_never_written_into(census, sample, tmp_path):
    ran = census("check", sample, "--output", f"{tmp_path}/", "--lang", "en")
    assert ran.code == 2
    assert "exists already" in ran.err
