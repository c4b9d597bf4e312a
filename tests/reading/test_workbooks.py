"""Workbooks: cells as the grammar writes them, sheets found by what they hold, and files that only pretend."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from tiny_tables import TABLES, write

import census_cli
from census_cli.errors import InputError
from census_cli.reading import workbooks
from census_cli.reading.discover import Discovery, discover

HEADER = ["户编号", "村编码", "县", "住址"]
RECORD = ["1", "990000100200", "测试县", "一号"]


def workbook(path: Path, hidden: str = "", **sheets: list[list[Any]]) -> Path:
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "use_zip64": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if name == hidden:
            sheet.hide()
    book.close()
    return path


def found(path: Path) -> Discovery:
    return discover([path], TABLES)


def cells(path: Path) -> list[list[str]]:
    (file,) = found(path).files
    assert file.sheet is not None
    return [record.cells or [] for record in file.sheet.records()][file.header_rows :]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("0012", "0012"),
        (12, "12"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        (-3, "-3"),
        (999999999999999, "999999999999999"),
        (True, "true"),
        (datetime.date(2020, 7, 25), "2020-07-25"),
        (datetime.datetime(2020, 7, 25, 9, 41, 7), "2020-07-25 09:41:07"),
        ("", ""),
        (990000198003150019, "9.90000198003150E+17"),
        (-1e15, "-1.00000000000000E+15"),
    ],
)
def test_a_cell_is_written_as_the_grammar_has_it(tmp_path, cell, text):
    path = tmp_path / "household.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    is_date = isinstance(cell, datetime.date)
    sheet.write(1, 0, cell, stamp) if is_date else sheet.write(1, 0, cell)
    sheet.write(1, 3, "x")
    book.close()
    assert cells(path)[0][0] == text


def test_days_counted_from_1904_are_the_same_days(tmp_path):
    path = tmp_path / "household.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_datetime(1, 0, datetime.datetime(2020, 7, 25))
    book.close()
    assert cells(path)[0][0] == "2020-07-25"


def test_each_sheet_that_holds_a_table_is_read_and_the_others_are_listed(tmp_path):
    path = workbook(
        tmp_path / "普查.xlsx",
        hidden="旧",
        封面=[["测试县"]],
        户=[["名单"], HEADER, RECORD],
        人=[["户编号", "人口编号", "姓名"]],
        旧=[HEADER],
        空=[],
    )
    seen = found(path)
    assert {f.name: (f.table, f.header_rows, list(f.titles)) for f in seen.files} == {
        "普查.xlsx#户": ("household", 2, ["名单"]),
        "普查.xlsx#人": ("person", 1, []),
    }
    assert {i.name: i.reason for i in seen.ignored} == {
        "普查.xlsx#封面": "neither its name nor its header is that of a table",
        "普查.xlsx#旧": "a hidden sheet; unhide it to have it read",
        "普查.xlsx#空": "empty",
    }


def test_the_name_of_the_workbook_helps_where_headers_fit_several_tables(tmp_path):
    rows = [["户编号", "村编码", "县", "人口编号", "姓名"], ["1"] * 5]
    (file,) = found(workbook(tmp_path / "家庭成员.xlsx", Sheet1=rows)).files
    assert file.table == "person"


def test_cells_merged_over_two_header_rows_are_filled(tmp_path):
    path = tmp_path / "household.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.merge_range("A1:D1", "某县名单")
    sheet.merge_range("A2:A3", "户编号")
    sheet.merge_range("B2:B3", "村编码")
    sheet.merge_range("C2:D2", "位置")
    sheet.write_row("C3", ["县", "住址"])
    sheet.write_row("A4", RECORD)
    book.close()
    (file,) = found(path).files
    assert (file.headers, cells(path)) == (HEADER, [RECORD])


def test_a_large_sheet_is_not_kept_between_its_header_and_its_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "KEPT_CELLS", 0)
    assert cells(workbook(tmp_path / "household.xlsx", a=[HEADER, RECORD])) == [RECORD]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"%PDF-1.7", "a.xlsx is a PDF document, no workbook; open it in Excel or WPS and save it as .xlsx"),
        ("a.xls", b"<html><table>", "a.xls is a web page, no workbook"),
        ("a.xls", "户编号\t姓名\n".encode(), "a.xls is text, or nothing that is known, no workbook"),
        ("a.xlsx", b"PK\x03\x04 cut", "a.xlsx is a damaged workbook; it was probably not copied whole"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "a.xlsx has a password, or is of an older format"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "a.xls is a damaged workbook, or none"),
        ("a.xlsx", b"", "a.xlsx is empty"),
    ],
)
def test_a_file_that_is_no_workbook_is_told_for_what_it_is(tmp_path, name, content, said):
    with pytest.raises(InputError) as error:
        found(write(tmp_path, name, content))
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)


def test_a_workbook_without_a_table_given_itself_is_refused(tmp_path):
    with pytest.raises(InputError, match="none of its first 30 lines is a header"):
        found(workbook(tmp_path / "a.xlsx", a=[["x", "y"]]))


def test_a_workbook_that_would_unpack_to_very_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "_SMALL", 1 << 20)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(4 << 20))
    with pytest.raises(InputError, match="would unpack to 4 MB"):
        found(path)


@pytest.mark.parametrize("keep", [100, 1_000, 5_000])
def test_a_workbook_cut_short_is_refused_whatever_is_left(tmp_path, keep):
    path = workbook(tmp_path / "a.xlsx", a=[HEADER, RECORD])
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError):
        found(path)


def test_a_number_that_excel_has_rounded_is_one_discrepancy_that_says_so(sound_data, tmp_path):
    header, row = (sound_data / "person.csv").read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True)) | {"id_number": 990000198003150190}
    (sound_data / "person.csv").unlink()
    workbook(sound_data / "person.xlsx", a=[list(cells), list(cells.values())])
    result = census_cli.check(sound_data, language="en", reveal=True)
    (found,) = [d for d in result.discrepancies.to_pylist() if d["rule"] != "S14b"]
    assert (found["rule"], found["source"], found["row"]) == ("S21", "person.xlsx#a", 1)
    assert "its last digits are gone" in found["message"]
