"""Which rules a run holds and which it skips, and why."""

from __future__ import annotations

import pytest

from census_cli.errors import OptionError
from census_cli.selection import list_checks

COLUMNS = {
    "household": ["household_id", "village_code", "enumerator_id", "income"],
    "person": ["household_id", "person_no", "name", "age", "sex"],
}


@pytest.fixture
def skips(tiny):
    """Rule id → reason why it is skipped, of a run on tables that lack the columns given."""

    def skips(*absent: str, lacking=None, select=(), partial=False) -> dict[str, str | None]:
        stored = {
            table: dict.fromkeys((c for c in columns if f"{table}.{c}" not in absent), "VARCHAR")
            for table, columns in COLUMNS.items() if table not in absent
        }  # fmt: skip
        return {c.id: c.skipped for c in list_checks(tiny.open(), stored, lacking or {}, select, partial)}

    return skips


STRUCTURAL = [
    "household.row.unreadable", "household.household_id.required", "household.village_code.pattern", "household.income.type",
    "household.income.range", "household.household_id.unique", "person.row.unreadable", "person.household_id.required",
    "person.person_no.required", "person.age.type", "person.sex.code", "person.person_no.unique", "person.household_id.reference",
]  # fmt: skip


def test_every_constraint_has_its_structural_rule_and_written_rules_follow(skips):
    assert list(skips()) == [*STRUCTURAL, "S01"]


def test_nothing_is_skipped_when_all_is_there(skips):
    assert set(skips().values()) == {None}


def test_a_rule_is_skipped_with_the_column_it_lacks(skips):
    assert skips("person.sex")["S01"] == "absent column person.sex"


def test_a_rule_is_skipped_with_the_file_that_lacks_the_column(skips):
    found = skips("person.sex", lacking={"person": {"sex": "people.csv"}})
    assert found["S01"] == "column person.sex is absent from people.csv"


def test_only_the_rules_that_need_a_column_are_skipped(skips):
    assert [rule for rule, why in skips("person.sex").items() if why] == ["person.sex.code", "S01"]


def test_a_column_that_is_only_shown_skips_nothing(skips):
    assert not any(skips("person.name").values())


def test_all_rules_of_an_absent_table_are_skipped_with_its_name(skips):
    found = skips("person")
    assert {rule for rule, why in found.items() if why == "absent table person"} == {*STRUCTURAL[6:], "S01"}


def test_a_reference_to_an_absent_table_is_skipped_with_its_name(skips):
    assert [rule for rule, why in skips("household").items() if why][-1:] == ["person.household_id.reference"]


@pytest.mark.parametrize(
    ("absent", "reason"),
    [
        ("person.sex", "absent column person.sex"), ("person", "absent table person"),
        ("person.household_id", "absent column person.household_id"),
        ("household.household_id", "absent column household.household_id"),
    ],
)  # fmt: skip
def test_a_rule_on_a_derived_field_is_skipped_with_what_that_needs(tiny, skips, absent, reason):
    tiny.copy_rule("S02", ("table: person", "table: household"), ("[age, sex]", "[income]"), ("when: sex = 'male'\n", ""),
                   ("age <= $age_max", "men <= 3"), ('"{name}：{age}岁", en: "{name}: {age} years"', '"", en: ""'),
                   ("[{age: 200, sex: male}]", "[{men: 4}]"), ("[{age: 20, sex: male}]", "[{men: 3}]"))  # fmt: skip
    assert skips(absent)["S02"] == reason


def test_a_rule_on_a_parent_is_skipped_with_the_parents_column(tiny, skips):
    tiny.change("rules/S01.yaml", "when: sex = 'male'", "when: household.income > 0")
    assert skips("household.income")["S01"] == "absent column household.income"


@pytest.mark.parametrize("absent", ["person.household_id", "household.household_id"])
def test_a_rule_on_a_parent_is_skipped_when_rows_cannot_find_it(tiny, skips, absent):
    tiny.change("rules/S01.yaml", "when: sex = 'male'", "when: household.income > 0")
    assert skips(absent)["S01"] == f"absent column {absent}"


def test_a_rule_of_existence_is_skipped_with_the_table_it_looks_in(tiny, skips):
    tiny.change("rules/S01.yaml", "assert: age <= $age_max", "exists: {table: household, key: household_id}")
    assert skips("household")["S01"] == "absent table household"


def test_an_absent_column_that_reads_as_blank_skips_nothing(tiny, skips):
    tiny.change("tables/household.yaml", "men, type: integer", "poor, type: boolean")
    tiny.change("tables/household.yaml", "\"count_if(person.sex = 'male')\"", "income is null, absent_as_blank: [income]")
    tiny.change("rules/S01.yaml", "when: sex = 'male'", "when: household.poor")
    assert skips("household.income")["S01"] is None


def test_rules_that_need_complete_field_work_are_skipped_while_it_is_partial(tiny, skips):
    tiny.copy_rule("S02", ("nulls: unknown", "nulls: unknown\nneeds: complete"))
    assert {rule: why for rule, why in skips(partial=True).items() if why} == {"S02": "field work is not over (--partial)"}


def test_rules_that_need_complete_field_work_run_when_it_is_over(tiny, skips):
    tiny.copy_rule("S02", ("nulls: unknown", "nulls: unknown\nneeds: complete"))
    assert skips()["S02"] is None


@pytest.mark.parametrize(
    ("select", "kept"),
    [
        (["S01"], ["S01"]), (["S*"], ["S01"]), (["person.*.required"], STRUCTURAL[7:9]),
        (["S01, household.*.range"], [STRUCTURAL[4], "S01"]),
        (["S01", "*.reference"], [STRUCTURAL[12], "S01"]), (["*"], [*STRUCTURAL, "S01"]),
    ],
)  # fmt: skip
def test_what_is_not_selected_is_skipped_as_such(skips, select, kept):
    found = skips(select=select)
    assert [rule for rule, why in found.items() if why != "not selected"] == kept


@pytest.mark.parametrize(("pattern", "meant"), [("S10", "S01"), ("person.age.typ", "person.age.type")])
def test_selecting_no_rule_is_answered_with_the_near_miss(skips, pattern, meant):
    with pytest.raises(OptionError, match=rf"--select {pattern}: no such rule; did you mean '{meant}'\?"):
        skips(select=[pattern])


@pytest.mark.parametrize("pattern", ["s01", "ZZ*", "nothing like it"])
def test_selecting_no_rule_is_refused(skips, pattern):
    with pytest.raises(OptionError, match="no such rule"):
        skips(select=["S01", pattern])
