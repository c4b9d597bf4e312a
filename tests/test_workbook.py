"""The workbook that a team takes along: every door once, in the order of the walk, with nothing that harms who opens it."""

from __future__ import annotations

import json
import shutil
import subprocess

import openpyxl
import pytest

from census_cli.report import xlsx
from making import FRAME, HOUSEHOLD, tables
from places import SAMPLE

HOSTILE = [
    "<r></r></is></c><c><f>1+1</f></c><c><is></r>",
    "=cmd|'/C calc'!A1",
    "+1",
    "-1",
    "@SUM(1)",
    "\tx",
    "<script>",
    "]]>",
    "\u202eabc",
    "http://a.b",
    "x" * 10_000,
]


@pytest.fixture
def book(census, tmp_path):
    """Check the sample, or what a test made of it, into a workbook."""

    def write(data=SAMPLE, *options, name="revisit.xlsx"):
        file = tmp_path / name
        ran = census("check", data, "--output", file, *options)
        assert ran.code in (0, 1), ran.err
        return openpyxl.load_workbook(file)

    return write


def lists(workbook):
    """The revisit lists: sheet → rows as dictionaries."""
    held = {}
    for sheet in workbook.worksheets[2:]:
        head, *lines = [["" if c is None else c for c in row] for row in sheet.iter_rows(values_only=True)]
        held[sheet.title] = [dict(zip(head, line, strict=True)) for line in lines]
    return held


def survey(folder, **changes):
    """A sound survey of one household in files, with rows of a test in place of its own."""
    folder.mkdir()
    for name, frame in tables(**changes).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.mark.parametrize("by", ["village", "enumerator", "rule"])
def test_every_open_discrepancy_that_is_not_for_the_office_is_listed_once(census, book, tmp_path, by):
    census("check", SAMPLE, "--output", tmp_path / "all.json")
    told = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))["discrepancies"]
    listed = [r["fingerprint"] for rows in lists(book(SAMPLE, "--by", by)).values() for r in rows]
    assert sorted(listed) == sorted(d["fingerprint"] for d in told if d["scope"] != "office")


def test_each_village_has_a_sheet_of_its_own_with_cells_to_fill_in(book):
    held = lists(book())
    assert list(held) == ["no village", "测试东村 990000100200", "测试西村 990000100201", "990000100209"]
    for rows in held.values():
        assert {r[c] for r in rows for c in ("found on the spot", "corrected value", "who", "when")} == {""}


def test_doors_come_in_the_order_of_the_walk(book, tmp_path):
    homes = [{"household_id": f"H{i}", "village_group": f"第{n}组", "food_enough": ""} for i, n in enumerate((10, 2, 1))]
    rows = lists(book(survey(tmp_path / "s", household=[HOUSEHOLD | h for h in homes])))["测试村 990000100200"]
    assert list(dict.fromkeys(r["Villager group"] for r in rows if r["Villager group"])) == ["第1组", "第2组", "第10组"]


def test_a_unit_that_is_on_the_roll_alone_is_found_by_what_the_roll_tells(book, tmp_path):
    homes = [HOUSEHOLD | {"household_id": h, "village_group": "第2组", "food_enough": ""} for h in ("H1", "H3")]
    roll = [FRAME | {"household_id": h, "village_group": g} for h, g in (("H1", "第9组"), ("H2", "第1组"), ("H3", "第9组"))]
    rows = lists(book(survey(tmp_path / "s", household=homes, frame=roll), "--lang", "en"))["测试村 990000100200"]
    told = [(r["Villager group"], "测**" in r.values(), r["rule"]) for r in rows if r["rule"][:3] in ("F01", "hou")]
    assert told == [("第1组", True, "F01"), *[("第2组", True, "household.food_enough.required")] * 2]


def test_personal_data_are_masked_and_hidden_ones_left_out(book):
    workbook = book()
    rows = [r for rows in lists(workbook).values() for r in rows]
    assert "Address" not in rows[0]
    assert {r["Name of head"][1:].strip("*") for r in rows if r["Name of head"]} == {""}
    assert any("masked" in str(c.value) for c in workbook.worksheets[0]["A"])


def test_revealed_data_are_shown_and_said_to_be(book, tmp_path):
    data = survey(tmp_path / "s", household=[HOUSEHOLD | {"address": "幸福路3号", "food_enough": ""}])
    workbook = book(data, "--reveal")
    assert "幸福路3号" in {r["Address"] for rows in lists(workbook).values() for r in rows}
    assert any("in full" in str(c.value) for c in workbook.worksheets[0]["A"])
    assert (tmp_path / "revisit.xlsx").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_text(book, tmp_path, value):
    home = HOUSEHOLD | {"village_group": value, "enumerator_id": value, "food_enough": "", "member_count": value}
    data = survey(tmp_path / "s", household=[home])
    workbook = book(data, "--by", "enumerator")
    cells = [c for sheet in workbook.worksheets for row in sheet.iter_rows() for c in row]
    assert {c.data_type for c in cells} <= {"s", "n", "inlineStr"}
    assert all(c.hyperlink is None or c.hyperlink.target is None for c in cells)
    assert value.strip() in {str(c.value).strip() for c in cells}


def test_names_that_excel_forbids_or_cannot_tell_apart_get_sheets_all_the_same(book, tmp_path):
    names = ["a/b*c?", "A:B*C?", "History", "'x'", "长" * 40]
    homes = [HOUSEHOLD | {"household_id": f"H{i}", "enumerator_id": n, "food_enough": ""} for i, n in enumerate(names)]
    held = lists(book(survey(tmp_path / "s", household=homes), "--by", "enumerator"))
    assert {"A B C", "a b c 2", "History 2", "x", "长" * 31} <= set(held)


def test_groups_beyond_the_sheets_share_the_last_one(book, monkeypatch):
    rows = sum(len(r) for r in lists(book(name="all.xlsx")).values())
    monkeypatch.setattr(xlsx, "MOST_SHEETS", 2)
    first, others = lists(book()).values()
    assert len(first) + len(others) == rows
    assert {"测试东村 990000100200", "测试西村 990000100201"} <= {r["village"] for r in others}


def test_the_first_of_each_rule_on_a_sheet_says_why_it_is_asked(book):
    sheet = book()["测试东村 990000100200"]
    column = next(c.column for c in sheet[1] if c.value == "rule")
    rules = [(row[column - 1].value, row[column - 1].comment) for row in sheet.iter_rows(min_row=2)]
    assert [rule for rule, note in rules if note] == list(dict.fromkeys(rule for rule, _ in rules))
    assert all(note.text.startswith(f"{rule} ") for rule, note in rules if note)


def test_the_overview_counts_what_the_sheets_hold_and_leads_to_them(book):
    workbook = book()
    overview = workbook.worksheets[0]
    counted = {r[0].value: (r[2].value, r[0].hyperlink.location) for r in overview.iter_rows() if r[0].hyperlink}
    assert counted == {name: (len(rows), f"'{name}'!A1") for name, rows in lists(workbook).items()}


def test_a_sheet_prints_on_a4_with_its_header_on_each_page(book):
    sheet = book()["测试东村 990000100200"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (9, "landscape", 0)
    assert (sheet.print_title_rows, sheet.freeze_panes, bool(sheet.auto_filter.ref)) == ("$1:$1", "A2", True)


def test_the_same_findings_are_the_same_bytes(book, tmp_path):
    book(name="one.xlsx"), book(name="two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_by_goes_with_a_workbook(census, tmp_path):
    ran = census("check", SAMPLE, "--output", tmp_path / "a.json", "--by", "rule")
    assert (ran.code, "--output revisit.xlsx" in ran.err) == (2, True)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_gives_back_the_same_cells(book, tmp_path):
    written = book()
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        tmp_path,
    ]
    subprocess.run([*command, tmp_path / "revisit.xlsx"], check=True, capture_output=True)
    subprocess.run(
        [*command[:3], "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path / "back", tmp_path / "revisit.ods"],
        check=True,
        capture_output=True,
    )
    back = openpyxl.load_workbook(tmp_path / "back" / "revisit.xlsx")
    assert lists(back) == lists(written)
