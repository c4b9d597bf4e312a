"""The same options give the same bytes, however the work is divided."""

from __future__ import annotations

import csv
import dataclasses

import pytest

from census_cli.synth.making import Order, make_survey

ORDER = Order(300, seed=3, errors=0.1, threads=1)


def made(folder, **changes):
    make_survey(folder, dataclasses.replace(ORDER, **changes))
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    return made(tmp_path_factory.mktemp("once") / "survey")


def test_the_same_options_give_the_same_bytes(once, tmp_path):
    assert made(tmp_path / "again") == once


def test_the_size_of_the_chunks_and_the_number_of_threads_do_not_matter(once, tmp_path):
    assert made(tmp_path / "again", chunk_units=80, threads=2) == once


def test_parquet_is_the_same_however_many_threads_make_it(tmp_path):
    several = {"format": "parquet", "chunk_units": 150}
    assert made(tmp_path / "two", threads=2, **several) == made(tmp_path / "one", **several)


def test_another_seed_gives_another_survey(once, tmp_path):
    other = made(tmp_path / "other", seed=4)
    assert all(other[name] != once[name] for name in once)


def test_the_next_seed_does_not_give_the_same_households_a_place_further_on(once, tmp_path):
    def lives(household):
        rows = csv.DictReader(household.decode().splitlines())
        return {(r["与村主干路距离"], r["耕地面积"], r["年走访次数"], r["建房年份"], r["识别年度"]) for r in rows}

    common = lives(once["household.csv"]) & lives(made(tmp_path / "next", seed=ORDER.seed + 1)["household.csv"])
    assert len(common) < 30
