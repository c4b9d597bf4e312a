"""`census explain`: one household as a supervisor would speak of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from making import rows
from test_golden import compare

CHILD = {
    "person_no": "2", "name": "测试乙", "relation": "son", "birth_date": "2008-03-15", "id_type": "none", "id_number": "", "labour_skill": "none",
    "school_status": "not_in_school", "out_of_school_reason": "working", "education": "primary",
}  # fmt: skip
HOUSE = {
    "member_count": "2",
    "income_net": "19000",
    "income_net_pc": "9500",
    "income_wage": "19000",
    "house_route": "original",
    "measures_count": "3",
}
WATER = {"water_litres": "30", "water_quality_ok": "是", "water_piped": "是", "water_reliable": "是"}


def written(folder: Path, **tables) -> Path:
    """A survey as CSV files."""
    for name in ("village", "household", "person", "frame"):
        held = tables.get(name) or rows(name)
        columns = list(dict.fromkeys(c for row in held for c in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(held)
    return folder


@pytest.fixture
def three_faults(tmp_path):
    """A child at work, too little water, and a net income that does not add up."""
    house = HOUSE | WATER | {"income_net": "18000", "income_net_pc": "9000"}
    people = rows("person", {"education": "junior"}, CHILD)
    return written(tmp_path, household=rows("household", house), person=people, frame=rows("frame", {"member_count": "2"}))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_household_with_three_faults(census, three_faults, lang):
    ran = census("explain", "H1", three_faults, "--lang", lang)
    assert ran.code == 0
    compare(f"explained.{lang}.txt", ran.out.encode())


def test_a_household_that_is_not_there_is_said_so(census, three_faults):
    ran = census("explain", "H9", three_faults)
    assert (ran.code, ran.out) == (2, "")
    assert "H9" in ran.err


def test_a_household_without_a_form_is_shown_from_the_roll(census, tmp_path):
    held = written(tmp_path, frame=rows("frame", {}, {"household_id": "H2", "head_name": "测试丙"}))
    ran = census("explain", "H2", held, "--lang", "en")
    assert ran.code == 0
    assert "F01" in ran.out
    assert "Household list" in ran.out


def test_personal_data_are_masked_unless_revealed(census, three_faults):
    assert "测试乙" not in census("explain", "H1", three_faults).out
    assert "测试乙" in census("explain", "H1", three_faults, "--reveal").out


def test_a_value_that_cannot_be_read_is_the_line_that_decided(census, tmp_path):
    held = written(tmp_path, household=rows("household", HOUSE | {"member_count": "1", "protein_frequency": "说不清"}))
    out = census("explain", "H1", held, "--lang", "en").out
    assert "✓ 2 unknown: an answer cannot be read" in out


def test_a_text_that_says_not_known_is_the_number_of_no_household(census, tmp_path):
    (tmp_path / "household.csv").write_text("household_id,member_count\n-,1\n-,2\n", encoding="utf-8")
    ran = census("explain", "-", tmp_path)
    assert ran.code == 2
    assert "no household '-'" in ran.err


def test_a_rule_is_explained_without_data(census):
    ran = census("explain", "S02")
    assert ran.code == 0
    assert ran.out == census("rules", "show", "S02").out


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (
            "exited",
            "Exit and identification: Wrongly exited (out of poverty, and yet not met; Food: not enough to eat at ordinary times)",
        ),
        ("poor", "Exit and identification: Still poor (not all is met)"),
    ],
)
def test_the_list_that_a_household_is_on_is_told_with_its_reason(census, tmp_path, status, line):
    held = written(tmp_path, household=rows("household", {"poverty_status": status, "food_enough": "否"}))
    assert line in " ".join(census("explain", "H1", held, "--lang", "en").out.split())
