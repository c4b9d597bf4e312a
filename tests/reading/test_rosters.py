"""Files of members that repeat what belongs to the household, and files that only look so."""

from __future__ import annotations

import pytest
import xlsxwriter
from real_headers import PERSON_EXPORT, ROSTER
from tiny_tables import write

import census_cli
from census_cli.errors import InputError
from census_cli.reading.discover import Discovery, discover


@pytest.fixture
def found(survey, tmp_path):
    """What is found in a folder of files of these headers, as the real survey has them."""

    def found(**headers: list[str]) -> Discovery:
        for name, cells in headers.items():
            write(tmp_path, f"{name}.csv", ",".join(cells) + "\n")
        return discover([tmp_path], [survey.tables[name].model for name in survey.file.tables])

    return found


@pytest.mark.parametrize("name", ["名册", "household", "建档立卡户信息表", "person", "data"])
def test_a_roster_is_a_file_of_members_whatever_its_name(found, name):
    (file,) = found(**{name: list(ROSTER["person"])}).files
    assert file.table == "person"
    repeated = {f.removeprefix("household.") for f in file.repeats}
    assert repeated == {f for f in ROSTER["household"].values() if f and f != "household_id"}
    assert file.unknown_columns == ["首次识别时间", "人员识别时间", "风险是否消除"]


def test_the_export_of_members_tells_of_their_households(found):
    (file,) = found(data=list(PERSON_EXPORT)).files
    assert (file.table, file.repeats["household.head_name"]) == ("person", list(PERSON_EXPORT).index("户主姓名"))


def test_beside_a_file_of_households_the_repeated_columns_are_unknown(found):
    files = {f.table: f for f in found(person=list(ROSTER["person"]), household=["户编号", "村编码", "户主姓名"]).files}
    assert files["person"].repeats == {}
    assert "户类型" in files["person"].unknown_columns


def test_a_single_column_of_the_household_makes_no_roster(found):
    (file,) = found(person=["户编号", "人口编号", "姓名", "年度"]).files
    assert (file.repeats, file.unknown_columns) == ({}, ["年度"])


def test_two_columns_for_one_field_of_the_household_are_both_named(found):
    with pytest.raises(InputError, match=r"person.csv: the columns '户类型' and '户属性' both mean 'household_type'"):
        found(person=[*ROSTER["person"], "户属性"])


def test_a_list_of_households_with_names_of_places_is_no_roll(found):
    (file,) = found(data=["户编号", "县", "乡", "村", "户主姓名", "家庭人口数"]).files
    assert file.table == "household"


def test_a_roster_below_two_titles_in_a_workbook_is_split(tmp_path):
    """As domain §7.2 shows it, with the village table beside it."""
    book = xlsxwriter.Workbook(tmp_path / "人员名册.xlsx")
    sheet = book.add_worksheet("Sheet1")
    answers = {
        "县(市、区、旗)": "测试县",
        "乡(镇)": "甲镇",
        "行政村": "东岭村",
        "人数": "2",
        "户类型": "一般脱贫户",
        "人均纯收入": "9000",
    }
    members = [
        {"户编号": h, "人编号": n, "姓名": f"测试{h}{n}", "与户主关系": r}
        for h in "12"
        for n, r in (("1", "户主"), ("2", "配偶"))
    ]
    sheet.write_column(0, 0, ["某县脱贫人口花名册", "填报单位：测试县"])
    for i, row in enumerate([{h: h for h in ROSTER["person"]}, *(answers | m for m in members)]):
        sheet.write_row(2 + i, 0, [row.get(h, "") for h in ROSTER["person"]])
    book.close()
    write(tmp_path, "village.csv", "村编码,村名称,乡镇\n990000100200,东岭,甲镇\n990000100300,东岭,乙镇\n")
    result = census_cli.check(tmp_path, select="S02,S13a,S22a,S23,household.household_type.*")
    read = {i.table: (i.path, i.sheet, i.rows, i.rows_checked, i.lines_skipped) for i in result.summary.inputs}
    assert read["person"] == ("人员名册.xlsx", "Sheet1", 4, 4, 2)
    assert read["household"] == ("人员名册.xlsx", "Sheet1", 2, 2, 0)
    assert result.discrepancies.num_rows == 0
    outcomes = {r.id: (r.passed, r.skipped) for r in result.summary.rules if r.skipped != "not selected"}
    assert outcomes == dict.fromkeys(
        ("S02", "S13a", "S22a", "S23", "household.household_type.required", "household.household_type.code"), (2, None)
    )


def test_members_of_one_household_in_two_files_are_one_household(tmp_path):
    header = "户编号,人口编号,姓名,户类型,家庭人口数,户主姓名\n"
    write(tmp_path, "person_a.csv", header + "1,1,甲,一般脱贫户,2,甲\n2,1,丙,一般脱贫户,1,丙\n")
    write(tmp_path, "person_b.csv", header + "1,2,乙,低保户,2,甲\n")
    result = census_cli.check(tmp_path, select="S23", language="zh")
    assert [(i.path, i.table, i.rows) for i in result.summary.inputs] == [
        ("person_a.csv", "person", 2), ("person_b.csv", "person", 1), ("person_a.csv", "household", 2), ("person_b.csv", "household", 0),
    ]  # fmt: skip
    (listed,) = result.discrepancies.to_pylist()
    assert (listed["unit"], listed["source"], listed["row"]) == ("1", "person_a.csv", 1)
    assert listed["message"] == "各成员行不一致：户类型: 一般脱贫户 / 低保户"
