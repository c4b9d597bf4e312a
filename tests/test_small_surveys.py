"""Small surveys with the outcomes that they must have, on each engine and in each way in which it can come to them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from making import SOUND, Rows, as_of_size, check, counts, found, rows
from side_by_side import check_side_by_side


@dataclass(frozen=True)
class Case:
    """Changes to the rows of a sound survey; what is found, of some rules or of all; and how often rules have each outcome.

    Counts are those of units, applicable, passed, violated, unknown.
    """

    given: dict[str, Rows]
    found: list[tuple[str, str]] | None = None
    of: str = ""
    counts: dict[str, tuple[int, int, int, int, int]] = field(default_factory=dict)

    def tables(self) -> dict[str, Rows]:
        return {table: rows(table, *self.given.get(table, [])) for table in SOUND}


WIFE = {"person_no": "2", "id_number": "990000198206210026"}
BORN_AFTER = {"id_number": "990000202007260014", "birth_date": "2020-07-26"}
UNKNOWN, PASSED = (1, 1, 0, 0, 1), (1, 1, 1, 0, 0)
MOST = dict.fromkeys(
    ("income_wage", "income_business", "income_property", "income_transfer", "income_net", "income_net_pc"), "999999999999.9999"
)
CASES = {
    "a sound survey has no discrepancy": Case({}, []),
    "a value that did not conform is one discrepancy and no cascade":
        Case({"household": [{"income_wage": "两万"}]}, [("household.income_wage.type", "H1")], counts={"I01": UNKNOWN}),
    "a blank required value makes its rules unknown":
        Case({"household": [{"dangerous_house": ""}]}, [("household.dangerous_house.required", "H1")], counts={"H02": UNKNOWN}),
    "a value that did not conform is unknown even to is null":
        Case({"village": [{"village_reviewed_on": "七月"}]}, counts={"V06a": UNKNOWN}),
    "a child that cannot be read makes the aggregate unknown":
        Case({"person": [{}, WIFE | {"relation": "什么", "sex": "female"}]}, counts={"S02": UNKNOWN}),
    "a household without a number has no known children":
        Case({"household": [{"household_id": ""}]}, counts={"S13b": UNKNOWN}),
    "over no child the count is zero": Case({"person": [{"household_id": "H9"}]}, [("S13b", "H1")], "S13b"),
    "members who left are not counted": Case({"person": [{}, WIFE | {"member_status": "died"}]}, [], "S02,S13a"),
    "a parent whose key is not unique is missing to its children":
        Case({"household": [{}, {}]}, counts={"person.household_id.reference": PASSED}),
    "every row of a duplicate is marked":
        Case({"household": [{}, {}, {"household_id": "H2"}]}, [("household.household_id.unique", "H1")] * 2, "household.household_id.unique"),
    "a duplicate key of several fields is named by the last":
        Case({"person": [{}, WIFE | {"person_no": "1"}]}, [("person.person_no.unique", "H1/1")] * 2, "person.person_no.unique"),
    "a reference that leads nowhere is a discrepancy":
        Case({"household": [{"village_code": "990000100209"}]}, [("household.village_code.reference", "H1")], "household.village_code.reference"),
    "a key that did not conform leaves its reference unknown":
        Case({"household": [{"village_code": "99"}]}, counts={"household.village_code.reference": UNKNOWN}),
    "a number of 400 digits is a discrepancy, not a failure":
        Case({"household": [{"income_wage": "9" * 400}]}, [("household.income_wage.type", "H1")], "household.income_wage.type"),
    "a number of 13 digits is a discrepancy, not a failure":
        Case({"household": [{"income_wage": "1" + "0" * 12}]}, [("household.income_wage.type", "H1")], "household.income_wage.type"),
    "the largest numbers pass through every rule":
        Case({"household": [MOST | {"member_count": "30"}]}, [("I01", "H1"), ("I02", "H1")], "I01,I02"),
    "a member count of zero divides nothing": Case({"household": [{"member_count": "0"}]}, counts={"I02": UNKNOWN}),
    "a slash in a key is escaped and a missing part is the row":
        Case({"person": [{"household_id": "H/1", "name": ""}, {"household_id": "", "person_no": "", "name": ""}]},
             [("person.name.required", "?2/?2"), ("person.name.required", "H%2F1/1")], "person.name.required"),
    "ages are taken at registration": Case({"person": [BORN_AFTER]}, [("S06", "H1/1")], "S06"),
    "a blank registration date falls back to the date given like an absent one":
        Case({"household": [{"registered_on": " "}], "person": [BORN_AFTER]}, counts={"S06": PASSED}),
    "a registration date that cannot be read leaves the age unknown":
        Case({"household": [{"registered_on": "七月"}]}, counts={"S06": UNKNOWN}),
    # The day of the age falls back to the profile's where the registration is blank; where it cannot be read it does not.
    "a derived field that has a value nevertheless is unknown too":
        Case({"household": [{"registered_on": "七月"}], "person": [{"id_type": "none", "id_number": "", "birth_date": "2020-03-15"}]},
             counts={"S20b": UNKNOWN}),
}  # fmt: skip
COUNTED = {rule for case in CASES.values() for rule in case.counts}


def alone(case):
    """What a case comes to by itself, with no other rules than it tells of."""
    select = case.of if case.found is not None else ",".join(case.counts)
    result = check(select, **case.tables())
    return found(result), {rule: counts(result, rule) for rule in case.counts}


@pytest.fixture(scope="module")
def on_duckdb():
    return check_side_by_side("duckdb", {name: case.tables() for name, case in CASES.items()}, COUNTED)


@pytest.fixture(scope="module")
def on_spark(running_spark):
    return check_side_by_side("spark", {name: case.tables() for name, case in CASES.items()}, COUNTED)


@pytest.fixture(params=["small", "large", "on_duckdb", pytest.param("on_spark", marks=pytest.mark.spark)])
def judged(request, monkeypatch):
    """Alone, as a small survey and as a large one; and beside all other cases."""
    if request.param.startswith("on_"):
        parts = request.getfixturevalue(request.param)
        return lambda name: (parts[name].found, {rule: parts[name].counts[rule] for rule in CASES[name].counts})
    as_of_size(request.param, monkeypatch)
    return lambda name: alone(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_a_small_survey_has_its_outcomes(judged, name):
    case, (listed, told) = CASES[name], judged(name)
    if case.found is not None:
        assert [f for f in listed if not case.of or f[0] in case.of.split(",")] == case.found
    assert told == case.counts
