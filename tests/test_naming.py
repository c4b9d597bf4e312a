"""Rows found by their names: what agrees, what is too many, what is none."""

from __future__ import annotations

import pytest

from census_cli.naming import Directory

VILLAGE = [["村民委员会", "村委会", "村"], ["社区居民委员会", "居委会", "社区"]]
TOWNSHIP = [["镇"], ["乡"]]


def directory(*rows: tuple[str | None, ...]) -> Directory:
    made = Directory([VILLAGE, TOWNSHIP][: len(rows[0]) - 1])
    for key, *names in rows:
        made.add(key, names)
    return made


@pytest.mark.parametrize(
    "name", ["东岭村", "东岭", "东岭村委会", "东岭村村民委员会", "东岭村民委员会", " 东 岭\u3000村", "东岭村\ufeff"]
)
def test_a_village_is_found_with_and_without_its_ending(name):
    assert directory(("1", "东岭村"), ("2", "西湾村")).find([name]) == ("1", 1)


@pytest.mark.parametrize("name", ["东岭社区", "岭村", "村", "", None, "东岭乡"])
def test_another_name_is_not_found(name):
    assert directory(("1", "东岭村"), ("2", "西湾村")).find([name]) == (None, 0)


def test_width_does_not_count():
    assert directory(("1", "第3村")).find(["第３村"]) == ("1", 1)


def test_names_that_several_villages_bear_are_counted():
    assert directory(("1", "东岭村"), ("2", "东岭村"), ("3", "西湾村")).find(["东岭"]) == (None, 2)


def test_a_village_listed_twice_is_one():
    assert directory(("1", "东岭村"), ("1", "东岭村委会")).find(["东岭"]) == ("1", 1)


def test_the_name_written_exactly_alike_goes_before_one_that_agrees():
    both = directory(("1", "东岭村"), ("2", "东岭社区"))
    assert [both.find([name]) for name in ("东岭村", "东岭社区", "东岭")] == [("1", 1), ("2", 1), (None, 2)]


def test_the_township_tells_villages_of_one_name_apart():
    two = directory(("1", "东岭村", "甲镇"), ("2", "东岭村", "乙镇"))
    assert [two.find(["东岭村", t]) for t in ("甲镇", "乙", "丙镇", None)] == [("1", 1), ("2", 1), (None, 0), (None, 2)]


def test_a_township_that_contradicts_is_not_overlooked():
    assert directory(("1", "东岭村", "甲镇")).find(["东岭村", "甲乡"]) == (None, 0)


def test_a_row_without_key_or_name_cannot_be_found():
    assert directory((None, "东岭村"), ("2", None)).find(["东岭村"]) == (None, 0)
