"""Texts that say that a value is not known: neither a fault, nor a blank, nor ever an answer of their field."""

from __future__ import annotations

import pytest

from making import SIZES, as_of_size, check, counts, found, rows


@pytest.fixture(params=SIZES)
def either_way(request, monkeypatch):
    as_of_size(request.param, monkeypatch)


def household(**cells):
    return check(household=rows("household", cells))


@pytest.mark.parametrize("text", ["不详", " 不详　", "-", "－", "N/A", "Ｎ／Ａ", "-999"])
def test_a_value_that_may_be_blank_and_is_not_known_is_no_fault_but_unknown_to_its_rules(either_way, text):
    result = household(house_area_m2=text)
    assert found(result) == []
    assert counts(result, "household.house_area_m2.type") == (1, 1, 0, 0, 1)


def test_a_blank_is_told_apart_from_it():
    assert counts(household(house_area_m2=""), "household.house_area_m2.type") == (1, 0, 0, 0, 0)


def test_where_an_answer_is_needed_it_counts_as_none(either_way):
    result = household(income_wage="不详")
    assert found(result) == [("household.income_wage.required", "H1")]
    assert "'不详' is no answer" in result.to_pandas()["message"][0]
    assert counts(result, "I01") == (1, 1, 0, 0, 1)


def test_a_name_that_is_not_known_is_missing(either_way):
    result = household(head_name="不详")
    assert ("household.head_name.required", "H1") in found(result)


def test_even_is_null_does_not_hold_for_it():
    result = check("V06a", village=rows("village", {"village_reviewed_on": "不详"}))
    assert counts(result, "V06a") == (1, 1, 0, 0, 1)


def test_what_a_field_accepts_stays_its_answer(survey):
    def texts(table, field):
        return survey.tables[table].model.field(field).missingValues

    assert "无" not in texts("household", "food_enough")
    assert "-999" not in texts("household", "income_net"), "a loss of 999 yuan"
    assert "-999" in texts("household", "water_minutes"), "no minutes to fetch water"
    assert "-999" not in texts("household", "address"), "a number in free text"


@pytest.mark.parametrize("text", ["不详", "-999"])
def test_an_assurance_never_reads_it_as_met(either_way, text):
    safe = {"water_litres": "40", "water_quality_ok": "是", "water_piped": "否", "water_reliable": "是"}
    for minutes, verdict in (("10", "met"), (text, "unknown")):
        verdicts = household(**safe, water_minutes=minutes).verdicts.to_pylist()
        assert [v["verdict"] for v in verdicts if v["assurance"] == "water"] == [verdict]


def test_an_id_number_that_is_not_known_is_needed_unless_there_is_none(either_way):
    def person(**cells):
        return [rule for rule, _ in found(check("person.*", person=rows("person", cells)))]

    assert "person.id_number.required" in person(id_number="不详", id_type="居民身份证")
    assert "person.id_number.required" not in person(id_number="不详", id_type="无证")


@pytest.mark.parametrize("text", ["不详", "－"])
def test_rows_whose_key_is_not_known_are_told_apart_as_those_without_a_key(either_way, text):
    def told(key):
        result = check(household=rows("household", {"household_id": key}, {"household_id": key, "village_code": key}))
        findings = result.discrepancies.to_pylist()
        return [(f["rule"], f["unit"], f["village_code"], f["fingerprint"]) for f in findings], [
            (v["unit"], v["village_code"], v["assurance"], v["verdict"]) for v in result.verdicts.to_pylist()
        ]

    assert told(text) == told("")
    assert {unit for _, unit, *_ in told(text)[0]} >= {"?1", "?2"}
