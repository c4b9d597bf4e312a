"""A survey that is judged in parts comes to the same as one that is judged at once."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given

import census_cli
from census_cli import checking, parting
from making import as_of_size
from wild_survey import few, surveys


@pytest.fixture
def numbers(monkeypatch) -> list[int]:
    """How many parts each survey of a test was judged in; every survey is a large one, of several parts."""
    seen: list[int] = []

    def noted(*given):
        parts = parting.find_parts(*given)
        seen.append(len(parts))
        return parts

    as_of_size("large", monkeypatch)
    monkeypatch.setattr(checking, "find_parts", noted)
    monkeypatch.setattr(parting, "PART_CELLS", 2_000)
    return seen


def written(census, folder: Path, *options: object) -> tuple[bytes, bytes, bytes]:
    """All that a check writes."""
    outs = [folder / name for name in ("x.json", "verdicts.csv", "lists.csv")]
    census("check", *options, "--output", outs[0], "--verdicts", outs[1], "--lists", outs[2])
    found, *others = (out.read_bytes() for out in outs)
    return found, others[0], others[1]


@pytest.mark.parametrize("profiles", [["national-2020"], ["national-2020", "township-2018"]])
def test_everything_written_is_the_same(census, sample, tmp_path, monkeypatch, request, profiles):
    asked = [sample, *(x for p in profiles for x in ("--profile", p))]
    with monkeypatch.context() as whole:
        as_of_size("large", whole)
        expected = written(census, tmp_path, *asked)
    numbers = request.getfixturevalue("numbers")
    assert written(census, tmp_path, *asked) == expected
    assert min(numbers) > 2


def test_keys_that_are_written_in_different_ways_lead_to_the_same_part(census, sample, tmp_path, numbers):
    person = sample / "person.csv"
    frame = pd.read_csv(person, dtype=str, keep_default_na=False)
    first = frame.columns[0]
    plain = written(census, tmp_path, sample)[1]
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    frame[first] = [key.translate(wide) + " " if i % 3 else key for i, key in enumerate(frame[first])]
    frame.to_csv(person, index=False)
    assert written(census, tmp_path, sample)[1] == plain
    assert min(numbers) > 2


def test_surveys_of_wild_cells_come_to_the_same(survey, numbers, monkeypatch):
    @few(3)
    @given(surveys(survey, 60))
    def judged(frames):
        parted = outcome(frames)
        with monkeypatch.context() as whole:
            whole.setattr(parting, "PART_CELLS", 10**9)
            assert outcome(frames) == parted

    judged()
    assert max(numbers) > 2


def outcome(frames: dict[str, pd.DataFrame]) -> str:
    """Everything that a check of frames comes to."""
    result = census_cli.check(frames)
    tables = [table.to_pylist() for table in (result.discrepancies, result.verdicts, result.lists)]
    return json.dumps([result.summary.model_dump(mode="json"), *tables], ensure_ascii=False)


def test_what_is_not_large_is_one_part(sound_data, census, numbers):
    census("check", sound_data)
    assert numbers == [1]
