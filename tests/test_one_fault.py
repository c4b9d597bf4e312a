"""One fault gives one discrepancy: rules that look at the same thing leave it to the one that says it best."""

from __future__ import annotations

import pytest

from making import check, found, rows

HEAD = {"education": "primary", "work_months": "6", "public_post_months": "0", "school_status": "", "out_of_school_reason": ""}
ROLL = {"member_count": "1", "poverty_status": "exited"}
WOMAN = {"id_number": "990000198206210026", "birth_date": "1982-06-21", "sex": "female"}
SPOUSE = WOMAN | {"person_no": "2", "name": "测试乙", "relation": "spouse"}
MOTHER = {
    "person_no": "2",
    "name": "测试乙",
    "relation": "mother",
    "id_number": "990000195001010027",
    "birth_date": "1950-01-01",
    "sex": "female",
    "labour_skill": "weak",
    "work_months": "0",
}
DISABLED = {
    "id_type": "disability_card",
    "id_number": "99000019800315001944",
    "health": "disabled",
    "disability_class": "4",
    "disability_level": "4",
}
PUPIL = {"school_status": "primary", "education": ""}
CHILD = {
    "person_no": "2",
    "name": "测试乙",
    "relation": "son",
    "id_number": "990000201009010038",
    "birth_date": "2010-09-01",
    "labour_skill": "none",
    "work_months": "0",
}


def household(people=({},), form=None, roll=None):
    """A sound household of these people, with changes to its form and to its row on the roll."""
    size = str(len(people))
    income = str(20000 / len(people))
    return {
        "person": rows("person", *(HEAD | change for change in people)),
        "household": rows(
            "household",
            {"member_count": size, "income_wage": "20000", "income_net": "20000", "income_net_pc": income} | (form or {}),
        ),
        "frame": rows("frame", ROLL | {"member_count": size} | (roll or {})),
        "village": rows("village", {"registered_persons": size}),
    }


FAULTS = {
    "nothing wrong": (household(), []),
    "a couple": (household(({}, SPOUSE)), []),
    "the sex of a spouse": (household(({}, SPOUSE | {"sex": "male"})), ["S08"]),
    "a spouse who is no spouse": (household(({}, SPOUSE | {"id_number": "990000198206210034", "sex": "male"})), ["S03b"]),
    "a digit of an ID number": (household(({"id_number": "990000198003150018"},)), ["S05"]),
    "the birth date of a person": (household(({"birth_date": "1980-03-16"},)), ["S07"]),
    "a number with another birth date and sex": (household((WOMAN | {"birth_date": "1980-03-15", "sex": "male"},)), ["S07"]),
    "the name of the head on the form": (household(form={"head_name": "测试丙"}), ["S14a"]),
    "the number of the head on the form": (household(form={"head_id_number": "990000198206210026"}), ["S14b"]),
    "the name of the head on the roll": (household(roll={"head_name": "测试丙"}), ["F04b"]),
    "the member count on the form": (household(({}, SPOUSE), {"member_count": "3", "income_net_pc": "6666.67"}), ["S13a"]),
    "the member count on the roll": (household(roll={"member_count": "3"}), ["F04a"]),
    "a status that is not the roll's, without its year": (household(form={"exit_year": ""}, roll={"poverty_status": "poor"}), ["F04c"]),
    "the village on the roll": (household(roll={"village_code": "990000100201"}), ["F04d"]),
    "the number on the roll": (household(roll={"head_id_number": "990000198206210026"}), ["F04e"]),
    "the number on the form beside the roll": (
        household(form={"head_id_number": "990000198206210026"}, roll={"head_id_number": "990000198003150019"}),
        ["S14b"],
    ),
    "the wage, beside the net and the gross income": (household(form={"income_wage": "2000", "income_gross": "20000"}), ["I01"]),
    "the gross income": (household(form={"income_gross": "30000"}), ["I11"]),
    "modes of help that there was not": (
        household(form={"help_health": "否", "health_modes": "contract"}), ["P06c"],
    ),
    "piped water fetched far away": (
        household(form={"water_piped": "是", "water_minutes": "40", "water_distance_m": "3000", "water_convenient": "否"}), ["H07a"],
    ),
    "an area of nothing": (household(form={"house_area_m2": "0", "house_structure": "earth", "house_built_year": ""}), ["H08"]),
    "the status on the roll": (household(roll={"poverty_status": "poor"}), ["F04c"]),
    "a form of a household that is gone": (household(roll={"listing_status": "merged", "member_count": "0"}), ["F03"]),
    "a household that the roll lacks": (household(roll={"household_id": "H2", "listing_status": "lost"}), ["F02"]),
    "a child without a word on schooling": (household(({}, CHILD | {"education": ""})), ["E01"]),
    "a child out of school without an education": (household(({}, CHILD | {"education": "", "out_of_school_reason": "cost"})), ["ASR-education", "E05c"]),
    "a grown-up without an education": (household(({"education": ""},)), ["E05b"]),
    "a mother entered as daughter": (household(({}, MOTHER | {"relation": "daughter"})), ["S16a"]),
    "a son entered as mother": (household(({}, CHILD | PUPIL | {"relation": "mother"})), ["S12"]),
    "a father-in-law of a man": (household(({}, MOTHER | {"relation": "husbands_mother"})), ["S25"]),
    "the sex of a man with parents-in-law": (household(({"sex": "female"}, MOTHER | {"relation": "wifes_mother"})), ["S08"]),
    "a type of ID": (household(({"id_type": "disability_card"},)), ["S24"]),
    "a class beside the card": (household((DISABLED | {"disability_class": "1"},)), ["S27b"]),
    "the last digits of a card": (household((DISABLED | {"id_number": "99000019800315001994"},)), ["S27a"]),
    "a disability left out": (household((DISABLED | {"health": "healthy"},)), ["L01b"]),
    "the birth date of a worker": (household(({"birth_date": "2004-03-15"},)), ["S07"]),
    "a healthy worker without capacity": (household(({"labour_skill": "lost"},), {"household_type": "dibao", "transfer_dibao": "2400"}), ["L05"]),
    "a payment alone": (household(({"dibao": "否"},), {"transfer_dibao": "2400", "household_type": "dibao"}), ["M06b"]),
    "a class alone": (household(({"dibao": "否"},), {"transfer_dibao": "0", "household_type": "dibao"}), ["M06e"]),
    "a pupil with a reason": (household(({}, CHILD | PUPIL | {"out_of_school_reason": "unwilling"})), ["E10"]),
    "an ill child that is healthy": (household(({}, CHILD | {"out_of_school_reason": "illness"})), ["ASR-education", "E06a"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_once(fault):
    given, rules = FAULTS[fault]
    assert sorted({rule for rule, _ in found(check(**given))}) == rules


def test_the_message_tells_what_the_roll_says_and_masks_its_names():
    result = check("F04a,F04b", **household(roll={"member_count": "3", "head_name": "测试丙"}))
    assert result.discrepancies["message"].to_pylist() == [
        "The member count is 1, on the roll 3",
        "The head is 测**, on the roll 测**",
    ]


@pytest.mark.parametrize("rule", ["F01", "V03a", "V03b"])
def test_a_rule_of_totals_waits_for_the_end_of_field_work(survey, rule):
    assert survey.rules[rule].model.needs == "complete"


def test_a_village_total_is_explained_by_the_households_whose_counts_differ():
    given = household(({}, SPOUSE), {"member_count": "3", "income_net_pc": "6666.67"})
    given["village"][0]["registered_persons"] = "3"
    assert "V03b" not in {rule for rule, _ in found(check(**given))}
    given["village"][0]["registered_persons"] = "4"
    assert "V03b" in {rule for rule, _ in found(check(**given))}
