"""An inspection says what a file is, what its columns mean and what would not be read, where a check refuses it too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from census_cli.converting import Order, convert
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.inspected import Inspected, Inspection
from census_cli.inspecting import inspect_files
from reading.test_forms import fill
from test_golden import compare

NASTY = [
    "某县建档立卡户数据,,,,,,", "填报人：测试甲 13800000000,,,,,,", "户编号,村编码,户主姓名,ＡＡＣ０３１,家庭人口数（人）,工资性收入(万元),人均纯收人",
    "H1,990000100200,测试甲,990000198003150019,3,1.2,5000", "", "H2,990000100200,测试乙,990000198003150019,3,1.2",
    'H3,990000100200,测试"丙,990000198003150019,3,1.2,1', "1,2,3,4,5,6,7", "合计,,,,,,", "户编号,村编码,户主姓名,ＡＡＣ０３１,家庭人口数（人）,工资性收入(万元),人均纯收人",
]  # fmt: skip


@pytest.fixture
def nasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A household table in GBK with titles, a total, damaged records and columns that are nearly known."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "贫困户.csv"
    path.write_bytes("\r\n".join(NASTY).encode("gbk") + b"\r\nH4,\xff\xff,1,1,1,1,1\r\n")
    return path


def inspected(*data: Path) -> Inspection:
    engine = DuckDBEngine()
    try:
        return inspect_files(engine, data, "registered-households")
    finally:
        engine.close()


def only(*data: Path) -> Inspected:
    (told,) = inspected(*data).files
    return told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_inspection_in_print(census, nasty, lang):
    ran = census("inspect", nasty.name, "--lang", lang)
    assert ran.code == 0
    compare(f"inspected.{lang}.txt", ran.out.encode())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_cell_is_shown(census, nasty, lang):
    shown = census("inspect", nasty, "--lang", lang).out + census("inspect", nasty, "--format", "json", "--lang", lang).out
    assert [v for v in ("测试", "990000", "13800000000", "填报人") if v in shown] == []


def test_each_column_says_by_which_name_it_is_known(nasty):
    columns = {c.header: (c.field, c.how, c.near) for c in only(nasty).columns}
    assert columns == {
        "户编号": ("household_id", "chinese", None), "村编码": ("village_code", "chinese", None), "户主姓名": ("head_name", "chinese", None),
        "ＡＡＣ０３１": ("head_id_number", "folded", None), "家庭人口数（人）": ("member_count", "brackets", None),
        "工资性收入(万元)": (None, "unit", "income_wage"), "人均纯收人": (None, "unknown", "income_net_pc"),
    }  # fmt: skip


def test_rows_are_counted_as_a_check_counts_them(census, nasty, tmp_path):
    told = only(nasty)
    ran = census("check", nasty, "--output", "-", "--format", "json", "--fail-on", "never")
    (read,) = json.loads(ran.out)["summary"]["inputs"]
    assert (told.rows, told.unreadable) == (read["rows"], read["rows_unreadable"])
    assert sum(s.count for s in told.skipped) + told.titles + (told.blank or 0) == read["lines_skipped"]


def test_rules_that_would_be_skipped_are_those_that_a_check_skips(census, nasty):
    told = inspected(nasty)
    rules = json.loads(census("check", nasty, "--output", "-", "--format", "json").out)["summary"]["rules"]
    assert (told.rules, told.rules_skipped) == (len(rules), sum(r["skipped"] is not None for r in rules))


def test_two_columns_for_one_field_are_named_where_a_check_refuses(census, tmp_path):
    path = tmp_path / "person.csv"
    path.write_text("户编号,人口编号,姓名,成员姓名\nH1,1,甲,甲\n", encoding="utf-8")
    assert census("check", path).code == 2
    told = only(path)
    assert told.twice == [["姓名", "成员姓名"]]
    assert told.refused
    assert told.rows is None


IMPOSTORS = {"frame.xlsx": b"%PDF-1.4", "person.csv": b"PK\x03\x04rest", "village.csv": b"", "household.parquet": b"PAR1 no"}


@pytest.mark.parametrize(("name", "content"), IMPOSTORS.items())
def test_what_a_check_refuses_is_told_with_its_reason(census, tmp_path, name, content):
    (tmp_path / "person_1.csv").write_text("户编号,人口编号,姓名\nH1,1,甲\n", encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    assert census("check", tmp_path).code == 2
    told = {f.path: f for f in inspected(tmp_path).files}
    assert told[name].refused
    assert told[name].reason
    assert told["person_1.csv"].rows == 1


def test_where_nothing_can_be_looked_at_the_exit_code_is_two(census, tmp_path):
    (tmp_path / "empty").mkdir()
    assert census("inspect", tmp_path / "nowhere").code == 2
    assert census("inspect", tmp_path / "empty").code == 2
    (tmp_path / "x.csv").write_text("甲\n", encoding="utf-8")
    assert census("inspect", tmp_path / "nowhere", tmp_path / "x.csv").code == 0


def test_a_line_that_may_be_a_record_is_not_shown_as_a_header(census, tmp_path):
    (tmp_path / "person.csv").write_text("户编号,测试甲,990000198003150019\nH1,测试乙,990000198003150019\n", encoding="utf-8")
    shown = census("inspect", tmp_path, "--format", "json").out
    assert "测试" not in shown
    assert "990000" not in shown


def test_every_sheet_is_told_and_a_hidden_one_is_not_read(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "普查.xlsx")
    for name in ("person", "旧表"):
        fill(book, name, [["户编号", "人口编号", "姓名"], ["H1", "1", "甲"]])
    book.get_worksheet_by_name("旧表").hide()
    book.close()
    told = {f.sheet: f for f in inspected(tmp_path).files}
    assert (told["person"].rows, told["person"].titles, told["旧表"].rows) == (1, 1, None)
    assert "hidden" in (told["旧表"].reason or "")


def test_a_converted_folder_is_told_as_such(sample, tmp_path):
    engine = DuckDBEngine()
    convert(engine, [sample], tmp_path / "out", Order())
    engine.close()
    told = {f.path: f for f in inspected(tmp_path / "out").files}
    assert [c.how for c in told["frame.parquet"].columns[-2:]] == ["origin", "origin"]
    assert (told["frame.parquet"].rows, told["frame.parquet"].unreadable) == (40, 1)
    assert not told["not_read.csv"].refused
