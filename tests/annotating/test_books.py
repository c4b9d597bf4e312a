"""A workbook of the team's own comes back as it was, with colours and notes on the cells that are wrong, and on no others."""

from __future__ import annotations

import datetime
import re
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from census_cli.annotating.books import _shown
from census_cli.annotating.copies import Note
from making import HOUSEHOLD, rows

TITLE, LEFT = "测试乡建档立卡户普查表", 2
"""What stands above the table, and how many columns before it."""


@pytest.fixture
def styled(tmp_path):
    """A folder with a workbook as teams have it: a title, two columns before the table, a blank line, totals, formulas, another sheet."""
    folder = tmp_path / "given"
    folder.mkdir()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "户表"
    sheet.cell(2, 1 + LEFT, TITLE).font = Font(size=18, bold=True, color="FF0000")
    sheet.merge_cells(start_row=2, start_column=1 + LEFT, end_row=2, end_column=9)
    homes = rows(
        "household", {"household_id": "H1"}, {"household_id": "H2", "food_enough": ""}, {"household_id": "H3", "house_grade": "X"}
    )
    for column, header in enumerate(HOUSEHOLD, 1 + LEFT):
        head = sheet.cell(4, column, header)
        head.fill, head.border = PatternFill("solid", fgColor="DDEEFF"), Border(bottom=Side("thick"))
        for line, home in zip((5, 7, 8), homes, strict=True):
            sheet.cell(line, column, home[header])
    income = get_column_letter(list(HOUSEHOLD).index("income_net") + 1 + LEFT)
    sheet[f"{income}5"] = f"={income}7+0"
    sheet.cell(9, 1 + LEFT, "合计")
    sheet.cell(9, 2 + LEFT, f"=SUM({income}5:{income}8)").number_format = "#,##0.00"
    sheet.column_dimensions["D"].width, sheet.row_dimensions[5].height = 33, 44
    sheet.freeze_panes, sheet.auto_filter.ref = "D5", "C4:H8"
    sheet["C5"].comment = Comment("看过了", "王队长")
    sheet["C5"].alignment = Alignment(wrap_text=True)
    sheet.conditional_formatting.add("C5:C8", CellIsRule(operator="equal", formula=['"x"'], fill=PatternFill(bgColor="00FF00")))
    choice = DataValidation(type="list", formula1='"是,否"')
    choice.add("E5:E8")
    sheet.add_data_validation(choice)
    other = book.create_sheet("说明")
    other["A1"], other["A2"], other["A3"] = "说明", "=1+1", datetime.datetime(2020, 7, 25, 13, 1, 2)
    chart = BarChart()
    chart.add_data(Reference(other, min_col=1, min_row=2, max_row=3))
    other.add_chart(chart, "C3")
    book.save(folder / "户表.xlsx")
    return folder


def cells(path):
    """All that a workbook says, but for fills and notes."""
    book = openpyxl.load_workbook(path)
    held = {}
    for sheet in book.worksheets:
        held[sheet.title] = (
            sorted(map(str, sheet.merged_cells.ranges)), sheet.freeze_panes, sheet.auto_filter.ref, sheet.dimensions, len(sheet._charts),
            {k: v.width for k, v in sheet.column_dimensions.items()}, {k: v.height for k, v in sheet.row_dimensions.items()},
            [str(c.sqref) for c in sheet.conditional_formatting], [str(v.sqref) for v in sheet.data_validations.dataValidation],
            {c.coordinate: (c.value, c.data_type, c.number_format, repr(c.font), repr(c.border), repr(c.alignment), repr(c.protection)) for row in sheet for c in row},
        )  # fmt: skip
    return held


def marked(path):
    """The cells that have a note, with its text, and those that have another fill than before."""
    book = openpyxl.load_workbook(path)
    return {(s.title, c.coordinate): c.comment.text for s in book.worksheets for row in s for c in row if c.comment}


def fills(path):
    return {(s.title, c.coordinate): c.fill.fgColor.rgb for s in openpyxl.load_workbook(path) for row in s for c in row}


def place(field, row):
    return "户表", f"{get_column_letter(list(HOUSEHOLD).index(field) + 1 + LEFT)}{row}"


@pytest.fixture
def copied(census, styled, tmp_path):
    def run(*options):
        ran = census("check", styled, "--annotate", tmp_path / "out", *options)
        assert ran.code in (0, 1), ran.err
        return tmp_path / "out" / "户表.xlsx"

    return run


def test_nothing_but_fills_and_notes_differs(copied, styled):
    before, after = styled / "户表.xlsx", copied()
    assert cells(after) == cells(before)
    changed = {cell for cell, fill in fills(after).items() if fill != fills(before)[cell]}
    assert changed == {cell for cell, text in marked(after).items() if text != marked(before).get(cell)}


def test_a_note_stands_on_the_cell_it_is_about_below_titles_and_blank_lines(copied):
    notes = marked(copied("--select", "household.*"))
    assert set(notes) == {place("household_id", 5), place("income_net", 5), place("food_enough", 7), place("house_grade", 8)}
    assert notes[place("food_enough", 7)].startswith("household.food_enough.required ")
    assert "'X'" in notes[place("house_grade", 8)]


def test_a_note_of_the_teams_own_stays_above_ours(copied, styled):
    book = openpyxl.load_workbook(styled / "户表.xlsx")
    book["户表"][place("food_enough", 7)[1]].comment = Comment("问过", "王队长")
    book.save(styled / "户表.xlsx")
    book = openpyxl.load_workbook(copied())
    note = book["户表"][place("food_enough", 7)[1]].comment
    assert (note.text.startswith("问过\n\nhousehold.food_enough.required"), note.author) == (True, "王队长")


def test_several_discrepancies_of_one_cell_are_one_note(census, styled, tmp_path):
    book = openpyxl.load_workbook(styled / "户表.xlsx")
    sheet = book["户表"]
    for row in (7, 8):
        sheet[place("household_id", row)[1]] = "H1"
    book.save(styled / "户表.xlsx")
    census("check", styled, "--annotate", tmp_path / "out", "--select", "household.*", "--select", "S*")
    notes = marked(tmp_path / "out" / "户表.xlsx")
    assert all("household.household_id.unique" in notes[place("household_id", row)] for row in (5, 7, 8))


def test_a_cell_behind_a_merged_one_is_noted_on_that(copied, styled):
    book = openpyxl.load_workbook(styled / "户表.xlsx")
    cell = place("food_enough", 7)[1]
    book["户表"].merge_cells(f"{cell[:-1]}5:{cell}")
    book.save(styled / "户表.xlsx")
    assert "household.food_enough.required" in marked(copied())["户表", f"{cell[:-1]}5"]


def test_numbers_that_are_no_dates_and_times_between_seconds_stay_as_they_are(copied, styled):
    book, numbers = openpyxl.load_workbook(styled / "户表.xlsx"), [110101199001011234, 44037.123456789012, -1]
    for row, number in enumerate(numbers, 10):
        cell = book["说明"].cell(row, 1, number)
        cell.number_format = "yyyy-mm-dd"
    book.save(styled / "户表.xlsx")
    before, after = (raw_numbers(path) for path in (styled / "户表.xlsx", copied()))
    assert len(before) == 3
    assert after == before


def raw_numbers(path):
    with zipfile.ZipFile(path) as archive:
        return re.findall(r'<c r="A1[0-2]"[^>]*><v>([^<]+)</v>', archive.read("xl/worksheets/sheet2.xml").decode())


def test_what_cannot_be_kept_is_said(census, styled, tmp_path):
    with zipfile.ZipFile(styled / "户表.xlsx", "a") as archive:
        archive.writestr("xl/threadedComments/threadedComment1.xml", "<a/>")
    ran = census("check", styled, "--annotate", tmp_path / "out")
    assert "户表.xlsx: not kept: xl/threadedComments (1)" in ran.err


def test_a_workbook_that_openpyxl_cannot_take_comes_back_as_text(copied, monkeypatch, capfd):
    from census_cli.annotating import books

    monkeypatch.setattr(books, "MOST_UNPACKED", 10)
    sheet = openpyxl.load_workbook(copied("--select", "household.*"))["户表"]
    assert [c.row for row in sheet for c in row if c.comment] == [5, 7, 8]
    assert sheet["A2"].value == TITLE


def test_the_notes_of_merged_cells_are_coloured_by_the_worst():
    hint, mandatory, other = Note(), Note(), Note()
    mandatory.add("mandatory", "wrong")
    hint.add("hint", "odd")
    other.add("verify", "look")
    shown = _shown({(1, 1): mandatory, (2, 1): hint, (2, 2): other}, {(1, 1): (1, 1), (2, 1): (1, 1)})
    assert {place: (n.worst, n.text) for place, n in shown.items()} == {
        (1, 1): ("mandatory", "wrong\n\nodd"),
        (2, 2): ("verify", "look"),
    }
