"""The report for people on a terminal."""

from __future__ import annotations

import shutil

TOLD = "household_copy.csv is the same file as household.csv, so that all its rows stand twice; give one of them"


def test_a_file_that_is_given_twice_is_named(census, sample):
    shutil.copy(sample / "household.csv", sample / "household_copy.csv")
    assert TOLD in census("check", sample, "--lang", "en").out


def test_files_that_differ_are_not_taken_for_one(census, sample):
    shutil.copy(sample / "household.csv", sample / "household_copy.csv")
    with (sample / "household_copy.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert "is the same file" not in census("check", sample, "--lang", "en").out
