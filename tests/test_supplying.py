"""What no file has is supplied from what the files do have; what cannot be is listed, and nothing supplied is held against its source."""

from __future__ import annotations

import pandas as pd
import pytest

import census_cli
from census_cli.results import CheckResult
from making import HOUSEHOLD, PERSON, SIZES, as_of_size, counts, found, rows, tables

NAMED = {k: v for k, v in HOUSEHOLD.items() if k != "village_code"} | {"village_name": "测试村"}
NUMBERED = {k: v for k, v in PERSON.items() if k not in ("birth_date", "sex")}
ROSTER = {k: v for k, v in HOUSEHOLD.items() if k != "household_id"} | PERSON
MEMBER = {
    "person_no": "2",
    "name": "测试乙",
    "relation": "spouse",
    "sex": "female",
    "birth_date": "1982-06-21",
    "id_number": "990000198206210026",
}


@pytest.fixture(autouse=True, params=SIZES)
def _either_way(request, monkeypatch):
    as_of_size(request.param, monkeypatch)


def check(select: str = "", **given: list[dict[str, str]] | None) -> CheckResult:
    """Check a sound survey with these rows, as they are, in place of its own; None leaves a table out."""
    own = tables(**dict.fromkeys(given))
    return census_cli.check(own | {n: pd.DataFrame(r, dtype=object) for n, r in given.items() if r}, select=select or ())


def skipped(result: CheckResult, rule: str) -> str | None:
    return next(r.skipped for r in result.summary.rules if r.id == rule)


def derived(result: CheckResult, table: str) -> dict[str, list[str]]:
    return {d.field: d.made_of for i in result.summary.inputs if i.table == table for d in i.derived}


# Villages by name


def test_a_household_with_a_village_name_belongs_to_that_village():
    result = check(household=[NAMED, NAMED | {"household_id": "H2", "village_name": "测试村委会"}], select="V03a,S22a,E*")
    assert found(result) == [("V03a", "990000100200")]
    assert counts(result, "S22a") == (2, 2, 2, 0, 0)
    assert derived(result, "household") == {"village_code": ["village_name"]}


@pytest.mark.parametrize(("name", "villages"), [("别的村", "0"), ("", "0"), ("测试", "2")])
def test_a_name_of_no_single_village_is_listed_and_leaves_the_code_blank(name, villages):
    village = rows("village", {}, {"village_code": "990000100201", "village_name": "测试社区"})
    result = check(village=village, household=[NAMED | {"village_name": name}], select="S22a,V01")
    (listed,) = result.discrepancies.to_pylist()
    assert (listed["rule"], listed["unit"], listed["village_code"]) == ("S22a", "H1", "")
    assert f"those of {villages} villages" in listed["message"] or f"对应{villages}个村" in listed["message"]


def test_the_township_of_the_village_table_tells_villages_apart():
    village = [
        r | {"township": t} for r, t in zip(rows("village", {}, {"village_code": "990000100201"}), ("甲镇", "乙镇"), strict=True)
    ]
    result = check(village=village, household=[NAMED | {"township": "乙"}], select="S22a,V03a")
    assert [(d["rule"], d["unit"]) for d in result.discrepancies.to_pylist()] == [("V03a", "990000100200")]
    assert derived(result, "household") == {"village_code": ["village_name", "township"]}


def test_the_roll_finds_its_villages_too():
    frame = {"household_id": "H1", "head_name": "测试甲", "listing_status": "at_home", "village_name": "无此村"}
    assert found(check(frame=[frame], select="S22b")) == [("S22b", "H1")]


def test_where_codes_are_given_no_name_is_looked_up():
    result = check(household=[HOUSEHOLD | {"village_name": "别的村"}])
    assert (found(result), derived(result, "household")) == ([("S19", "H1")], {})
    assert skipped(result, "S22a") == "the files have all that it is about; nothing was derived"


def test_without_a_village_table_the_code_stays_absent():
    result = check(village=None, household=[NAMED])
    assert skipped(result, "household.village_code.required") == "absent column household.village_code"


# Birth date and sex by the number


def test_birth_date_and_sex_come_from_a_valid_number():
    result = check(person=[NUMBERED], select="S02,S03*,S07,S08,S12,E*,person.*")
    assert found(result) == []
    assert derived(result, "person") == {"birth_date": ["id_number"], "sex": ["id_number"]}
    reason = "absent column person.birth_date, taken from valid identity numbers"
    assert {skipped(result, r) for r in ("S07", "person.birth_date.required", "person.birth_date.type")} == {reason}
    assert skipped(result, "S08") == "absent column person.sex, taken from valid identity numbers"


@pytest.mark.parametrize("number", ["990000198003150018", "990000201402290013", "", "99000019800315001", "9.90000198003150E+17"])
def test_an_invalid_number_leaves_them_unknown(number):
    result = check(
        person=[NUMBERED | {"id_number": number, "relation": "head"}, NUMBERED | MEMBER | {"relation": "son"}], select="S12,E*"
    )
    assert counts(result, "S12")[1:] == (1, 0, 1, 0)  # the son whose number is a woman's; of the head nothing is known or asked


def test_a_number_that_cannot_be_trusted_makes_no_answer():
    result = check(person=[NUMBERED | {"id_number": "990000198003150018", "relation": "son"}], select="S12")
    assert counts(result, "S12") == (1, 1, 0, 0, 1)


def test_a_column_that_is_there_is_never_filled():
    result = check(person=[PERSON | {"birth_date": ""}])
    assert ("person.birth_date.required", "H1/1") in found(result)
    assert derived(result, "person") == {}


# Households made of their members' rows


def test_a_roster_is_split_into_households_and_members():
    two = ROSTER | {"member_count": "2"}
    result = check(household=None, person=[two, two | MEMBER], select="S*,household.*,person.*")
    assert [(i.table, i.rows, i.rows_checked, i.unknown_columns) for i in result.summary.inputs if i.path == "person"] == [
        ("person", 2, 2, []), ("household", 1, 1, []),
    ]  # fmt: skip
    assert found(result) == []
    assert skipped(result, "S13b") == "no file of Registered household form: made of the rows of the members' file"


def test_values_that_differ_are_listed_once_and_count_as_not_readable():
    differing = {"household_type": "dibao", "head_name": "测试丙", "house_grade": "D"}
    result = check(household=None, person=[ROSTER, ROSTER | MEMBER | differing], select="S23,H02,household.*,ASR-housing,S14a")
    (listed,) = result.discrepancies.to_pylist()
    assert (listed["rule"], listed["unit"], listed["row"]) == ("S23", "H1", 1)
    assert listed["found"] == '{"differences": "head_name; household_type: dibao / general; house_grade: A / D"}'
    assert counts(result, "household.household_type.required") == (1, 1, 0, 0, 1)
    assert counts(result, "household.household_type.code") == (1, 1, 0, 0, 1)
    assert counts(result, "household.house_grade.code") == (1, 1, 0, 0, 1)
    assert counts(result, "H02")[4] == 1
    assert result.summary.assurances["housing"]["household"]["unknown"] == 1


def test_one_value_written_in_two_ways_does_not_differ_nor_does_a_blank():
    same = {"income_wage": "5,000.00", "household_type": "一般脱贫户", "dangerous_house": " ", "registered_on": "2020年7月25日"}
    result = check(household=None, person=[ROSTER, ROSTER | MEMBER | same], select="S23,household.*")
    assert found(result) == []


def test_names_of_places_that_differ_are_told_once():
    named = {k: v for k, v in ROSTER.items() if k != "village_code"} | {"village_name": "测试村"}
    result = check(household=None, person=[named, named | MEMBER | {"village_name": "别的村"}], select="S22a,S23")
    assert found(result) == [("S23", "H1")]
    assert counts(result, "S22a") == (1, 1, 0, 0, 1)


def test_beside_a_table_of_households_repeated_columns_are_only_unknown():
    result = check(person=[ROSTER])
    person = next(i for i in result.summary.inputs if i.table == "person")
    assert {"head_name", "household_type"} <= set(person.unknown_columns)
    assert [i.table for i in result.summary.inputs].count("household") == 1


def test_a_member_without_a_household_number_is_of_no_household():
    result = check(household=None, person=[ROSTER, ROSTER | MEMBER | {"household_id": " "}], select="person.*,S23")
    assert found(result) == [("person.household_id.required", "?2/2")]
    assert next(i.rows for i in result.summary.inputs if i.table == "household") == 1


def test_no_rule_holds_a_supplied_column_against_its_source_unseen(survey, monkeypatch):
    """A new rule that reads both must be looked at: is it left with nothing to say, and named under `settles`?"""
    person = survey.tables["person"]
    monkeypatch.delitem(person.derived, "sure_birth")  # one value, whichever of the two gave it
    read = {
        rule.model.id: {c.name for node in rule.nodes() for c in survey.read("person", node) if c.table is None}
        for rule in survey.rules.values()
        if rule.model.table == "person"
    }
    both = {
        fill.model.field: {rule for rule, columns in read.items() if {fill.model.field, "id_number"} <= columns}
        for fill in person.fills
    }
    assert both == {"birth_date": {"S07", "S08", "S14b", "S20b"}, "sex": {"S08"}}  # the others have more to say
    assert {fill.model.field: fill.model.settles for fill in person.fills} == {"birth_date": ["S07"], "sex": ["S08"]}
