"""The decision tables: every line has examples, every example is a test, and a household takes the worst of its members."""

from __future__ import annotations

import pytest

from census_cli.examples import endings, unit_verdicts
from census_cli.opening import open_survey
from making import check, found, rows

ASSURANCES = open_survey("registered-households").assurances
EXAMPLES = [
    (assurance, case.verdict, reason.model.code, example, number)
    for assurance in ASSURANCES.values()
    for case in assurance.cases
    for reason in case.reasons
    for number, example in enumerate(reason.model.examples, 1)
]


NAMED = [
    pytest.param(i, verdict, code, id=f"{assurance.model.name}-{verdict}-{code}-{number}")
    for i, (assurance, verdict, code, _, number) in enumerate(EXAMPLES)
]


@pytest.fixture(scope="module")
def ended(engine, survey):
    """How every example ends."""
    return endings(engine, survey, [(assurance, example) for assurance, _, _, example, _ in EXAMPLES])


@pytest.mark.parametrize(("place", "verdict", "code"), NAMED)
def test_an_example_ends_in_the_line_it_is_filed_under(ended, place, verdict, code):
    held = ended[place]
    assert held is not None
    assert (held.verdict, code in held.code.split(",")) == (verdict, True), held.code


UNITS = [(a.model.name, v, e) for a in ASSURANCES.values() for v, given in a.model.examples.items() for e in given]


def test_a_household_of_an_example_takes_the_verdict_it_is_filed_under(engine, survey):
    assert unit_verdicts(engine, survey, [(name, example) for name, _, example in UNITS]) == [v for _, v, _ in UNITS]


def verdict(result, assurance, unit="H1"):
    """Verdict and reason code of one unit."""
    held = result.verdicts.to_pylist()
    return next((v["verdict"], v["reason_code"]) for v in held if (v["assurance"], v["unit"]) == (assurance, unit))


CHILD = {
    "person_no": "2",
    "name": "测试乙",
    "relation": "son",
    "birth_date": "2010-03-15",
    "id_type": "none",
    "id_number": "",
    "labour_skill": "none",
}
ADULT = {"person_no": "1", "school_status": ""}


def family(*children):
    """A head and children."""
    return rows("person", ADULT, *(CHILD | c for c in children))


def with_members(count, **changes):
    return rows("household", {"member_count": str(count), "income_net_pc": str(5000 / count)} | changes)


def test_a_household_takes_the_worst_of_its_members():
    people = family(
        {"school_status": "primary"}, {"person_no": "3", "school_status": "not_in_school", "out_of_school_reason": "working"}
    )
    result = check(person=people, household=with_members(3))
    assert verdict(result, "education", "H1/2") == ("met", "in_school")
    assert verdict(result, "education", "H1/3") == ("not_met", "out_of_school")
    assert verdict(result, "education") == ("not_met", "out_of_school")


def test_the_whole_is_as_the_worst_of_all():
    result = check(household=rows("household", {"food_enough": "否", "house_route": "original", "income_net_pc": "9000"}))
    assert verdict(result, "overall") == ("not_met", "food")


def test_an_unmet_assurance_of_an_exited_household_names_person_and_reason():
    people = family({"school_status": "not_in_school", "out_of_school_reason": "working"})
    result = check("ASR-education", person=people, household=with_members(2))
    assert found(result) == [("ASR-education", "H1")]
    row = result.discrepancies.to_pylist()[0]
    assert row["fields"] == "person.out_of_school_reason"
    assert row["found"] == '{"person.out_of_school_reason": ["", "working"]}'
    assert "测**" in row["message"]
    assert "working" in row["message"]


@pytest.mark.parametrize("status", ["poor", "pre_exit", "relapsed", ""])
def test_in_a_household_that_counts_as_poor_it_is_a_fact_and_no_discrepancy(status):
    result = check("ASR-*", household=rows("household", {"poverty_status": status, "food_enough": "否"}))
    assert found(result) == []
    assert verdict(result, "food") == ("not_met", "hungry")


def test_members_who_left_are_not_judged():
    people = family({"school_status": "not_in_school", "out_of_school_reason": "working", "member_status": "died"})
    result = check(person=people)
    assert verdict(result, "education")[0] == "not_applicable"
    assert ("education", "H1/2") not in {(v["assurance"], v["unit"]) for v in result.verdicts.to_pylist()}


def test_a_household_without_members_is_unknown_on_what_its_members_decide():
    gone = rows("person", {"member_status": "died"})
    for given in ({"person": gone}, {"person": None}):
        result = check(**given)
        assert verdict(result, "education") == ("unknown", "no_members")
        assert verdict(result, "medical") == ("unknown", "no_members")


def test_a_member_of_whom_nobody_can_say_whether_it_is_current_is_unknown():
    result = check(person=rows("person", {"member_status": "不清楚"}))
    assert verdict(result, "medical", "H1/1") == ("unknown", "unreadable")


def test_a_value_that_cannot_be_read_is_unknown_at_the_first_line_that_reads_it():
    unread = {"protein_frequency": "说不清"}
    assert verdict(check(household=rows("household", unread)), "food") == ("unknown", "unreadable")
    hungry = unread | {"food_enough": "否"}
    assert verdict(check(household=rows("household", hungry)), "food") == ("not_met", "hungry")


def test_a_blank_answer_is_blank_though_it_is_required():
    result = check(household=rows("household", {"bedding": "", "seasonal_clothes": "否"}))
    assert verdict(result, "clothing") == ("not_met", "no_seasonal_clothes")
    assert verdict(check(household=rows("household", {"bedding": ""})), "clothing") == ("unknown", "no_answer")


def test_an_absent_column_reads_as_blank():
    lacking = [{k: v for k, v in row.items() if k != "food_enough"} for row in rows("household")]
    result = check(household=lacking)
    assert verdict(result, "food") == ("unknown", "no_answer")
    assert verdict(result, "clothing") == ("met", "enough")


def test_the_line_is_that_of_the_incomes_year():
    for year, expected in (("2019", "met"), ("2020", "not_met"), ("", "not_met"), ("1999", "unknown")):
        held = rows("household", {"income_year": year, "income_net_pc": "3900"})
        assert verdict(check(household=held), "income")[0] == expected


def test_verdict_counts_add_up_to_the_units_at_both_levels():
    people = family({"school_status": "not_in_school"}, {"person_no": "3", "member_status": "died"})
    result = check(person=people, household=rows("household", {}, {"household_id": "H2"}, {"household_id": ""}))
    for name, counts in result.summary.assurances.items():
        assert sum(counts["household"].values()) == 3, name
        assert sum(counts.get("person", {"met": 2}).values()) == 2, name


def test_verdicts_stand_for_every_household_and_every_member_judged():
    result = check()
    listed = [(v["table"], v["unit"], v["assurance"]) for v in result.verdicts.to_pylist()]
    assert listed == sorted(listed)
    assert [a for t, _, a in listed if t == "household"] == sorted(ASSURANCES)
    assert [a for t, _, a in listed if t == "person"] == ["education", "medical"]


def test_each_failing_indicator_of_water_is_named():
    water = {"water_litres": "10", "water_quality_ok": "否", "water_piped": "是", "water_reliable": "是"}
    result = check(household=rows("household", water))
    assert verdict(result, "water") == ("not_met", "quantity,quality")
    assert "水量不达标" in str(result.verdicts.to_pylist()) or "too little water" in str(result.verdicts.to_pylist())
