"""A household by itself has the discrepancies and verdicts that it has among all others, and what one cannot tell is named."""

from __future__ import annotations

import csv
import datetime
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas
import pytest
from hypothesis import given
from one_by_one import Rows, found, in_bulk

import census_cli
from census_cli import Checker
from census_cli.errors import CensusError, InputError
from census_cli.expr.nodes import BOOLEAN, Call, Column
from census_cli.opening import open_survey
from census_cli.record.judge import Reach
from census_cli.record.relations import Links
from census_cli.record.verdicts import Verdicts
from making import FRAME, HOUSEHOLD, PERSON, VILLAGE
from places import ROOT, SAMPLE
from wild_survey import few, surveys

WHOLE = {"household.household_id.unique", "S09", "F01", "F02", "I09a", "I09b", "V03a", "V03b"}
"""Rules that only all households together can tell."""


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(language="en")


def read(folder: Path) -> dict[str, Rows]:
    paths = [p for p in folder.glob("*.csv") if not p.stem.startswith("planted")]
    return {p.stem: list(csv.DictReader(p.read_text(encoding="utf-8-sig").splitlines())) for p in paths}


def skipped(checker: Checker, tables: dict[str, Rows]) -> set[str]:
    """The rules that are skipped for households of these tables."""
    rows = {t: held for t, held in tables.items() if t not in ("household", "person", "village")}
    return set(checker.check(tables["household"][0], tables["person"], tables["village"], **rows).skipped)


@pytest.mark.parametrize(("folder", "every", "least"), [(SAMPLE, 1, 80), (ROOT / "sample_data", 7, 2)])
def test_households_one_by_one_have_what_they_have_in_bulk(checker, folder, every, least):
    tables = read(folder)
    units, discrepancies, verdicts = found(checker, tables, every)
    bulk = census_cli.check([folder / f"{t}.csv" for t in tables], language="en")
    assert (discrepancies, verdicts) == in_bulk(bulk, units, skipped(checker, tables))
    assert len(discrepancies) >= least


@few(1)
@given(surveys(open_survey("registered-households"), 60))
def test_wild_households_have_what_they_have_in_bulk(checker, made):
    made = {
        t: made[t].drop(columns=["village_matches", "contested", "differences"], errors="ignore")
        for t in ("village", "household", "person", "frame")
    }
    tables = {t: frame.to_dict("records") for t, frame in made.items()}
    units, discrepancies, verdicts = found(checker, tables)
    bulk = census_cli.check(made, language="en")
    assert (discrepancies, verdicts) == in_bulk(bulk, units, skipped(checker, tables))
    assert len(discrepancies) > 1000


def test_a_sound_household_has_no_discrepancy(checker):
    result = checker.check(HOUSEHOLD, [PERSON], VILLAGE, frame=FRAME)
    assert (result.discrepancies, result.unknown) == ([], [])


def test_what_one_household_cannot_tell_is_named_with_its_reason(checker):
    told = checker.check(HOUSEHOLD, [PERSON], VILLAGE, frame=FRAME).skipped
    assert {r: told.get(r) for r in WHOLE} == dict.fromkeys(WHOLE, "one household does not tell; check the whole survey")
    assert checker.check(HOUSEHOLD, [PERSON]).skipped["household.village_code.reference"] == "absent table village"


def test_an_assurance_that_counts_a_village_is_not_decided_by_one_household(checker):
    bound, forms = checker.bound, Column("village", "forms", checker.bound.tables["village"].kinds["forms"])
    counting = replace(bound.assurances["water"], of=Call("is_null", (forms,), BOOLEAN))
    reach = Reach(replace(bound, assurances=bound.assurances | {"water": counting}))
    assert [n for n in bound.assurances if not reach.assurance(n)] == ["water", "overall"]
    assert all(map(Reach(bound).assurance, bound.assurances))
    assert Reach(bound).should_be_met()
    decided = Verdicts(Links(bound), ["food"])
    assert set(decided.told("household", {"food": len(bound.assurances["food"].endings) - 2})) == {"food"}


def test_headers_of_files_and_python_values_are_understood(checker):
    named = {"户编号": "H1", "与户主关系": "户主"} | {k: v for k, v in PERSON.items() if k not in ("household_id", "relation")}
    typed = HOUSEHOLD | {
        "food_enough": True,
        "income_net": 5000.0,
        "member_count": 1,
        "registered_on": datetime.date(2020, 7, 25),
    }
    assert checker.check(typed, [named], VILLAGE).discrepancies == []
    several = checker.check(typed, [named | {"health": ["chronic", "残疾"]}], VILLAGE).discrepancies
    assert [d.rule for d in several] == ["L01a"]


def test_a_tablet_needs_no_engine():
    heavy = ["duckdb", "pyarrow", "pandas", "numpy", "sqlglot"]
    told = "[d.rule for d in result.discrepancies]"
    code = f"import sys; from census_cli import Checker; result = Checker().check({HOUSEHOLD | {'house_grade': 'D'}}, [{PERSON}])"
    code += f"; assert 'H02' in {told}; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_what_is_handed_over_stays_as_it_was(checker):
    given = {"name": "测试乙", "id_number": "990000198206210026"}
    checker.check(HOUSEHOLD, [given], VILLAGE)
    assert given == {"name": "测试乙", "id_number": "990000198206210026"}


def test_members_without_the_number_of_the_household_are_its_own(checker):
    born = {k: v for k, v in PERSON.items() if k != "household_id"} | {"birth_date": "2120-03-15"}
    found = checker.check(HOUSEHOLD, [born], VILLAGE).discrepancies
    assert [(d.rule, d.unit, d.village_code) for d in found] == [("person.birth_date.type", "H1/1", "990000100200")]


def test_birth_date_and_sex_that_a_form_lacks_are_taken_from_the_number(checker):
    lacking = {k: v for k, v in PERSON.items() if k not in ("birth_date", "sex")}
    members = [
        lacking,
        lacking | {"person_no": "2", "relation": "son", "id_number": "990000198206210026"},
        lacking | {"person_no": "3", "relation": "father", "id_number": "1"},
    ]
    tables = {"household": [HOUSEHOLD | {"member_count": "3"}], "person": members, "village": [VILLAGE]}
    bulk = census_cli.check({t: pandas.DataFrame(rows, dtype=object) for t, rows in tables.items()}, language="en")
    units, discrepancies, verdicts = found(checker, tables)
    told = skipped(checker, tables)
    assert (discrepancies, verdicts) == in_bulk(bulk, units, told)
    assert {d[0] for d in discrepancies} > {"S12"}
    assert {"person.sex.code", "S07", "S08"} <= told


def test_a_household_without_members_is_told_so(checker):
    assert [d.rule for d in checker.check(HOUSEHOLD, [], VILLAGE).discrepancies] == ["S13b"]


def test_personal_cells_are_masked_unless_revealed(checker):
    wrong = PERSON | {"id_number": "990000198003150018"}
    hidden, shown = (
        c.check(HOUSEHOLD, [wrong], VILLAGE).discrepancies[0] for c in (checker, Checker(language="en", reveal=True))
    )
    assert ("990000************" in hidden.found, "990000198003150018" in hidden.found) == (True, False)
    assert "990000198003150018" in shown.found


def test_only_selected_rules_are_held_against_it():
    result = Checker(select="H*", language="en").check(HOUSEHOLD | {"house_grade": "D", "income_net": "1"}, [PERSON], VILLAGE)
    assert [d.rule for d in result.discrepancies] == ["H02"]
    assert result.skipped["I01"] == "not selected"


def test_a_checker_speaks_its_language_whatever_is_spoken_elsewhere():
    found = Checker(language="zh").check(HOUSEHOLD | {"member_count": "x"}, [PERSON], VILLAGE).discrepancies
    assert "家庭人口数" in found[0].message


def test_keys_that_name_no_field_are_told(checker):
    assert checker.check(HOUSEHOLD | {"membercuont": "1"}, [PERSON], VILLAGE | {"x": ""}).unknown == [
        "village.x",
        "household.membercuont",
    ]


def test_a_table_that_is_not_of_the_survey_is_refused_with_the_near_miss(checker):
    with pytest.raises(InputError, match="did you mean 'frame'"):
        checker.check(HOUSEHOLD, [PERSON], frames=FRAME)


@pytest.mark.parametrize(
    ("household", "persons"), [(None, []), ("H1", []), ({}, "persons"), ({}, 3), ({}, [None]), ({1: "H1"}, [])]
)
def test_what_is_no_record_is_refused_in_words(household, persons):
    with pytest.raises(InputError, match="record"):
        Checker(language="en").check(household, persons)


@pytest.mark.parametrize("wrong", [{"language": "fr"}, {"audience": "nobody"}, {"select": "Z99"}, {"profile": "none"}])
def test_an_option_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(CensusError):
        Checker(**wrong)
