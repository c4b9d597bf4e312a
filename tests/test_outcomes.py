"""The outcomes of the contract: passed, violated, unknown, not applicable, skipped, and what each cell state does to them."""

from __future__ import annotations

import pytest

from census_cli import checking
from making import check, counts, found, rows


@pytest.fixture(autouse=True, params=["held", "streamed"])
def _either_way(request, monkeypatch):
    """Cells of a small table are conformed once and held, those of a large one in each scan."""
    if request.param == "streamed":
        monkeypatch.setattr(checking, "HELD_CELLS", -1)


def test_a_sound_survey_has_no_discrepancy():
    result = check()
    assert found(result) == []
    assert result.summary.exit_code == 0


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


def test_a_value_that_did_not_conform_is_one_discrepancy_and_no_cascade():
    result = check(household=rows("household", {"income_wage": "两万"}))
    assert found(result) == [("household.income_wage.type", "H1")]
    assert counts(result, "I01") == (1, 1, 0, 0, 1)


def test_a_blank_required_value_makes_its_rules_unknown():
    result = check(household=rows("household", {"dangerous_house": ""}))
    assert found(result) == [("household.dangerous_house.required", "H1")]
    assert counts(result, "H02") == (1, 1, 0, 0, 1)


def test_a_value_that_did_not_conform_is_unknown_even_to_is_null():
    result = check("V06a", village=rows("village", {"village_reviewed_on": "七月"}))
    assert counts(result, "V06a") == (1, 1, 0, 0, 1)


def test_a_child_that_cannot_be_read_makes_the_aggregate_unknown():
    result = check(
        person=rows("person", {}, {"person_no": "2", "relation": "什么", "id_number": "990000198206210026", "sex": "female"})
    )
    assert counts(result, "S02") == (1, 1, 0, 0, 1)


def test_a_household_without_a_number_has_no_known_children():
    result = check("S13b", household=rows("household", {"household_id": ""}))
    assert counts(result, "S13b") == (1, 1, 0, 0, 1)


def test_over_no_child_the_count_is_zero():
    result = check("S13b", person=rows("person", {"household_id": "H9"}))
    assert found(result) == [("S13b", "H1")]


def test_members_who_left_are_not_counted():
    gone = {"person_no": "2", "member_status": "died", "id_number": "990000198206210026"}
    assert found(check("S02,S13a", person=rows("person", {}, gone))) == []


def test_without_a_status_column_every_member_is_current():
    person = [{k: v for k, v in p.items() if k != "member_status"} for p in rows("person", {}, {"person_no": "2"})]
    assert ("S02", "H1") in found(check("S02", person=person))


def test_a_parent_whose_key_is_not_unique_is_missing_to_its_children():
    result = check(household=rows("household", {}, {}))
    assert result.summary.exit_code == 1
    assert counts(result, "person.household_id.reference") == (1, 1, 1, 0, 0)


def test_a_finding_about_a_child_says_its_parents_village_only_if_the_parent_is_sure():
    broken = rows("person", {"name": ""})
    sure = check("person.name.required", person=broken)
    unsure = check("person.name.required", person=broken, household=rows("household", {}, {}))
    assert sure.discrepancies["village_code"].to_pylist() == ["990000100200"]
    assert unsure.discrepancies["village_code"].to_pylist() == [""]


def test_every_row_of_a_duplicate_is_marked():
    result = check("household.household_id.unique", household=rows("household", {}, {}, {"household_id": "H2"}))
    assert found(result) == [("household.household_id.unique", "H1")] * 2


def test_a_duplicate_key_of_several_fields_is_named_by_the_last():
    result = check("person.person_no.unique", person=rows("person", {}, {"id_number": "990000198206210026"}))
    assert found(result) == [("person.person_no.unique", "H1/1")] * 2


def test_a_reference_that_leads_nowhere_is_a_discrepancy():
    assert ("household.village_code.reference", "H1") in found(
        check(household=rows("household", {"village_code": "990000100209"}))
    )


def test_a_key_that_did_not_conform_leaves_its_reference_unknown():
    result = check(household=rows("household", {"village_code": "99"}))
    assert counts(result, "household.village_code.reference") == (1, 1, 0, 0, 1)


def test_an_absent_column_skips_its_rules_and_nothing_else():
    household = [{k: v for k, v in h.items() if k != "income_net"} for h in rows("household")]
    result = check(household=household)
    assert found(result) == []
    assert next(r for r in result.summary.rules if r.id == "I01").skipped == "absent column household.income_net"


def test_an_absent_table_skips_its_rules():
    result = check(frame=None)
    assert {r.skipped for r in result.summary.rules if r.id in ("F02", "frame.household_id.unique")} == {"absent table frame"}


@pytest.mark.parametrize("number", ["9" * 400, "1" + "0" * 12])
def test_a_number_too_large_is_a_discrepancy_not_a_failure(number):
    assert ("household.income_wage.type", "H1") in found(check(household=rows("household", {"income_wage": number})))


def test_the_largest_numbers_pass_through_every_rule():
    top = dict.fromkeys(
        ("income_wage", "income_business", "income_property", "income_transfer", "income_net", "income_net_pc"),
        "999999999999.9999",
    )
    result = check(household=rows("household", top | {"member_count": "30"}))
    assert {"I01", "I02"} <= {rule for rule, _ in found(result)}


def test_a_member_count_of_zero_divides_nothing():
    assert counts(check(household=rows("household", {"member_count": "0"})), "I02") == (1, 1, 0, 0, 1)


def test_a_slash_in_a_key_is_escaped_and_a_missing_part_is_the_row():
    result = check(
        "person.name.required",
        person=rows("person", {"household_id": "H/1", "name": ""}, {"household_id": "", "person_no": "", "name": ""}),
    )
    assert [unit for _, unit in found(result)] == ["?2/?2", "H%2F1/1"]


def test_ages_are_taken_at_registration():
    born_the_day_after = {"id_number": "990000202007260014", "birth_date": "2020-07-26"}
    assert found(check("S06", person=rows("person", born_the_day_after))) == [("S06", "H1/1")]


def test_without_a_registration_date_ages_are_taken_at_the_date_given():
    household = [{k: v for k, v in h.items() if k != "registered_on"} for h in rows("household")]
    born_in_2020 = {"id_number": "990000202007260014", "birth_date": "2020-07-26"}
    result = check("S06", household=household, person=rows("person", born_in_2020))
    assert (found(result), result.summary.as_of) == ([], "2020-12-31")


def test_a_blank_registration_date_falls_back_to_the_date_given_like_an_absent_one():
    born_in_2020 = {"id_number": "990000202007260014", "birth_date": "2020-07-26"}
    result = check("S06", household=rows("household", {"registered_on": " "}), person=rows("person", born_in_2020))
    assert counts(result, "S06") == (1, 1, 1, 0, 0)


def test_a_registration_date_that_cannot_be_read_leaves_the_age_unknown():
    result = check("S06", household=rows("household", {"registered_on": "七月"}))
    assert counts(result, "S06") == (1, 1, 0, 0, 1)


def test_a_derived_field_that_has_a_value_nevertheless_is_unknown_too():
    """The day of the age falls back to the profile's where the registration is blank; where it cannot be read it does not."""
    child = {"id_type": "none", "id_number": "", "birth_date": "2020-03-15"}
    result = check("S20b", person=rows("person", child), household=rows("household", {"registered_on": "七月"}))
    assert counts(result, "S20b") == (1, 1, 0, 0, 1)
