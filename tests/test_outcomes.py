"""The outcomes of the contract: passed, violated, unknown, not applicable, skipped, and what each cell state does to them."""

from __future__ import annotations

import pytest

from making import SIZES, as_of_size, check, found, rows


@pytest.fixture(autouse=True, params=SIZES)
def _either_way(request, monkeypatch):
    as_of_size(request.param, monkeypatch)


def test_counts_add_up_for_every_rule():
    result = check(
        household=rows("household", {}, {"household_id": "H2", "income_net": "x"}, {"household_id": "", "member_count": "0"})
    )
    for rule in result.summary.rules:
        assert rule.applicable == rule.passed + rule.violated + rule.unknown
        assert 0 <= rule.applicable <= rule.units


def test_violations_counted_are_discrepancies_listed():
    result = check(
        household=rows(
            "household",
            {"income_net": "1"},
            {"household_id": "H2", "house_grade": "D"},
            {"household_id": "H2", "food_enough": ""},
        )
    )
    listed = [rule for rule, _ in found(result)]
    assert {r.id: r.violated for r in result.summary.rules if r.violated} == {r: listed.count(r) for r in listed}


def test_without_a_status_column_every_member_is_current():
    person = [{k: v for k, v in p.items() if k != "member_status"} for p in rows("person", {}, {"person_no": "2"})]
    assert ("S02", "H1") in found(check("S02", person=person))


def test_a_finding_about_a_child_says_its_parents_village_only_if_the_parent_is_sure():
    broken = rows("person", {"name": ""})
    sure = check("person.name.required", person=broken)
    unsure = check("person.name.required", person=broken, household=rows("household", {}, {}))
    assert sure.discrepancies["village_code"].to_pylist() == ["990000100200"]
    assert unsure.discrepancies["village_code"].to_pylist() == [""]


def test_an_absent_column_skips_its_rules_and_nothing_else():
    household = [{k: v for k, v in h.items() if k != "income_net"} for h in rows("household")]
    result = check(household=household)
    assert found(result) == []
    assert next(r for r in result.summary.rules if r.id == "I01").skipped == "absent column household.income_net"


def test_an_absent_table_skips_its_rules():
    result = check(frame=None)
    assert {r.skipped for r in result.summary.rules if r.id in ("F02", "frame.household_id.unique")} == {"absent table frame"}


def test_without_a_registration_date_ages_are_taken_at_the_date_given():
    household = [{k: v for k, v in h.items() if k != "registered_on"} for h in rows("household")]
    born_in_2020 = {"id_number": "990000202007260014", "birth_date": "2020-07-26"}
    result = check("S06", household=household, person=rows("person", born_in_2020))
    assert (found(result), result.summary.as_of) == ([], "2020-12-31")
