"""The sample data are what `census synth` makes, and every mistake planted in them is found, and nothing else."""

from __future__ import annotations

import csv

import census_cli
from places import ROOT

SAMPLE_DATA = ROOT / "sample_data"


def test_the_sample_data_are_made_by_synth(census, tmp_path):
    census("synth", tmp_path / "made", "--households", 1200, "--seed", 7, "--errors", 0.02, "--headers", "zh")
    made = {f.name: f.read_bytes() for f in (tmp_path / "made").iterdir()}
    assert made == {f.name: f.read_bytes() for f in SAMPLE_DATA.iterdir()}


def test_what_is_planted_is_found_and_nothing_else():
    with (SAMPLE_DATA / "planted.csv").open(encoding="utf-8", newline="") as file:
        planted = {(r["rule"], r["table"], r["unit"]) for r in csv.DictReader(file)}
    found = census_cli.check(SAMPLE_DATA).discrepancies.to_pylist()
    assert {(r["rule"], r["table"], r["unit"]) for r in found} == planted
