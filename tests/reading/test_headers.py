"""Which column is which field: names, titles and aliases, whatever their width, case, spaces and brackets."""

from __future__ import annotations

import pytest
from real_headers import HOUSEHOLD_CODES, HOUSEHOLD_EXPORT, PERSON_CODES, PERSON_EXPORT, ROSTER, VILLAGE_CODES
from tiny_tables import HOUSEHOLD, PERSON

from census_cli.errors import InputError
from census_cli.reading.headers import match_headers


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("household_id", "household_id"),
        ("Household ID", "household_id"),
        ("户编号", "household_id"),
        ("户编码", "household_id"),
        ("\ufeff户 编\u3000号\n", "household_id"),
        ("户\u200b编\u2060号", "household_id"),
        ("ＨＯＵＳＥＨＯＬＤ＿ＩＤ", "household_id"),
        ("HOUSEHOLD ID", "household_id"),
        ("县", "county"),
        ("县（市、区、旗）", "county"),
        ("耕地面积（亩）", "land_arable_mu"),
        ("耕地面积 [亩]", "land_arable_mu"),
        ("耕地面积【亩】", "land_arable_mu"),
    ],
)
def test_a_header_is_known_by_any_of_its_spellings(header, field):
    assert match_headers([header], HOUSEHOLD).columns == {field: 0}


@pytest.mark.parametrize("header", ["务工时间(月)", "务工时间（月）", "务工时间"])
def test_brackets_in_a_title_may_be_left_out(header):
    assert match_headers([header], PERSON).columns == {"work_months": 0}


def test_a_title_with_its_brackets_goes_before_one_without():
    headers = ["公益性岗位类型", "公益性岗位(月数)"]
    assert match_headers(headers, PERSON).columns == {"public_post_type": 0, "public_post_months": 1}


def test_unknown_columns_are_listed_and_blank_ones_numbered():
    match = match_headers(["户编号", "备注", " ", "序号"], HOUSEHOLD)
    assert (match.columns, match.unknown) == ({"household_id": 0}, ["备注", "column 3", "序号"])


@pytest.mark.parametrize("header", ["_household_id", "household_id_", "livestockhead"])
def test_an_underscore_more_or_less_is_another_name(header):
    assert match_headers([header], HOUSEHOLD).columns == {}


def test_two_columns_for_one_field_are_both_named():
    with pytest.raises(InputError, match=r"'户编号' and '户编码' both mean 'household_id'"):
        match_headers(["户编号", "住址", "户编码"], HOUSEHOLD)


@pytest.mark.parametrize("header", ["工资性收入(万元)", "耕地面积（公顷）"])
def test_a_column_in_another_unit_is_unknown_rather_than_misread(header):
    assert match_headers([header], HOUSEHOLD).columns == {}


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("耕地面职", "land_arable_mu"),
        ("household_idd", "household_id"),
        ("户 编 码 号", "household_id"),
        ("备注", None),
        ("耕地面积（万亩）", None),
    ],
)
def test_a_header_near_a_known_one_is_asked_about_and_never_taken(header, meant):
    match = match_headers(["县", header], HOUSEHOLD)
    assert (match.columns, match.unknown) == ({"county": 0}, [header])
    assert match.near == ({header: meant} if meant else {})


def test_what_another_column_is_already_is_not_suggested():
    assert match_headers(["户编号", "户主编号"], HOUSEHOLD).near == {}


@pytest.mark.parametrize(
    ("table", "headers"),
    [
        ("person", PERSON_EXPORT), ("household", HOUSEHOLD_EXPORT), ("person", ROSTER["person"]), ("household", ROSTER["household"]),
        ("household", HOUSEHOLD_CODES), ("person", PERSON_CODES), ("village", VILLAGE_CODES),
    ],
)  # fmt: skip
def test_the_headers_of_real_files_are_the_fields_they_mean(survey, table, headers):
    match = match_headers(list(headers), survey.tables[table].model)
    assert {header: field for header, field in headers.items() if field} == {
        list(headers)[i]: f for f, i in match.columns.items()
    }
    assert match.unknown == [header for header, field in headers.items() if field is None]


def test_what_census_makes_itself_is_no_header(survey):
    assert match_headers(["户编号", "villages_named", "同名村数"], survey.tables["household"].model).columns == {
        "household_id": 0
    }
