"""Files that lack a column: the rules that can do without it are run, the others are skipped with its name."""

from __future__ import annotations

import pytest

from making import check, found, rows

CARD = {"id_type": "disability_card", "id_number": "99000019800315001942", "health": "disabled"}


@pytest.mark.parametrize(
    ("rule", "table", "row"),
    [
        pytest.param("L02", "person", CARD, id="the card alone tells how severe a disability is"),
        pytest.param("L01c", "person", {"disability_class": "4"}, id="a class without a column of levels"),
        pytest.param("L08a", "person", {"work_months": "6", "work_place": ""}, id="a place of work without a column of areas"),
        pytest.param("L08b", "person", {"work_months": "0", "work_place": "某市"}, id="months of work without a column of areas"),
        pytest.param("I06a", "household", {"income_wage": "0", "income_net": "0"}, id="months of work without public posts"),
        pytest.param("H04b", "household", {"house_area_m2": "0"}, id="an area of 0 and no word on the house"),
        pytest.param("H04e", "household", {"house_area_m2": "1200"}, id="an area and no route to a safe house"),
        pytest.param("H08", "household", {"house_area_m2": "0", "house_structure": "砖混"}, id="a structure without a year"),
        pytest.param("I04c", "household", {"transfer_dibao": "-5"}, id="one item of transfers alone"),
        pytest.param("P01c", "household", {"main_cause": "disability", "help_security": "否"}, id="a main cause and no others"),
        pytest.param("V02", "village", {"dangerous_households": "400"}, id="dangerous houses alone"),
        pytest.param("V07a", "village", {"paved_road": "无"}, id="one facility of several"),
    ],
)
def test_a_rule_that_can_do_without_a_column_is_run(rule, table, row):
    people = rows("person", {"work_months": "6"} | (CARD if rule == "P01c" else {}) | (row if table == "person" else {}))
    result = check(rule, **{"person": people, table: people if table == "person" else rows(table, row)})
    assert [r for r, _ in found(result)] == [rule]


@pytest.mark.parametrize(
    ("rule", "row", "missing"),
    [
        ("L08a", {"work_months": "6"}, "person.work_area"),
        ("L01c", {}, "person.disability_class"),
        ("H08", {"house_area_m2": "0"}, "household.house_structure"),
        ("I04c", {}, "household.transfer_family_planning"),
        ("V07a", {}, "village.paved_road"),
    ],
)
def test_it_is_skipped_where_all_of_them_are_lacking(rule, row, missing):
    table = missing.partition(".")[0]
    (told,) = (r.skipped for r in check(rule, **{table: rows(table, row)}).summary.rules if r.id == rule)
    assert told == f"absent column {missing}"


def test_a_level_that_neither_column_nor_number_tells_skips_its_rules():
    people = [{k: v for k, v in row.items() if k not in ("id_number", "id_type")} for row in rows("person")]
    (told,) = (r.skipped for r in check("L02", person=people).summary.rules if r.id == "L02")
    assert told is not None
