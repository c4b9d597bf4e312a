"""The empty workbook: a team types into it, and a check of it is the check of the same rows as CSV."""

from __future__ import annotations

import csv
import shutil
import subprocess
from decimal import Decimal

import openpyxl
import pytest

import census_cli
from census_cli.conform import NotConforming, conform
from census_cli.exporting import only
from census_cli.exporting.template import export
from census_cli.i18n import in_language
from census_cli.reading.headers import match_headers
from places import SAMPLE

TABLES = ("village", "household", "person", "frame")


def template(survey, path, language="zh", tables=TABLES):
    with in_language(language):
        export(only(survey, tables), path)
    return openpyxl.load_workbook(path)


def sheet_of(book, survey, table, language="zh"):
    return book[survey.tables[table].model.title[language]]


def fields_of(survey, table):
    return [f for f in survey.tables[table].model.fields if not f.made]


def sample_rows(survey, table):
    """The rows of the small sample, texts by field."""
    with (SAMPLE / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    columns = match_headers(header, survey.tables[table].model).columns
    width = len(header)
    return [{name: row[place] for name, place in columns.items()} for row in rows if len(row) == width]


def as_typed(survey, field, text, language):
    """What a person leaves in a cell: labels chosen from the drop-down, numbers and dates as Excel has them, other text as it is."""
    try:
        value = conform(field, text, survey.codes)
    except NotConforming:
        return text
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("false", "true")}[language][value]
    if field.codes and isinstance(value, str):
        labels = {c.code: c.label[language] for c in survey.codes[field.codes].codes}
        return "、".join(labels[c] for c in value.split(","))
    return float(value) if isinstance(value, Decimal) else value


def fill(survey, book, rows, language="zh"):
    for table, records in rows.items():
        sheet = sheet_of(book, survey, table, language)
        for number, record in enumerate(records, 2):
            for place, field in enumerate(fields_of(survey, table), 1):
                if (text := record.get(field.name)) and (value := as_typed(survey, field, text, language)) is not None:
                    sheet.cell(number, place, value)


def found(data):
    return sorted((d["rule"], d["unit"] or "", d["fields"] or "", d["row"] or 0) for d in census_cli.check(data).discrepancies.to_pylist())  # fmt: skip


@pytest.fixture(scope="module")
def rows(survey):
    return {table: sample_rows(survey, table) for table in TABLES}


@pytest.fixture(scope="module")
def expected(survey, rows, tmp_path_factory):
    """What a check finds in the same rows as CSV."""
    folder = tmp_path_factory.mktemp("rows")
    for table, records in rows.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [f.name for f in fields_of(survey, table)], restval="")
            writer.writeheader()
            writer.writerows(records)
    told = found(folder)
    assert len(told) > 50
    return told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_check_of_the_filled_template_is_the_check_of_the_same_rows(survey, rows, expected, tmp_path, language):
    path = tmp_path / "typed.xlsx"
    book = template(survey, path, language)
    fill(survey, book, rows, language)
    book.save(path)
    assert found(path) == expected


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_untouched_template_is_read_and_has_no_row(survey, tmp_path, language):
    template(survey, tmp_path / "new.xlsx", language, ())
    checked = census_cli.check(tmp_path / "new.xlsx")
    read = {i.table: (i.rows, i.lines_skipped, list(i.columns), i.unknown_columns) for i in checked.summary.inputs}
    assert read == {t: (0, 0, [f.name for f in fields_of(survey, t)], []) for t in survey.file.tables}
    assert checked.discrepancies.num_rows == 0


def test_headers_are_locked_and_cells_are_open_and_in_view(survey, tmp_path):
    sheet = sheet_of(template(survey, tmp_path / "new.xlsx"), survey, "person")
    assert sheet.protection.sheet
    assert all(cell.protection.locked for cell in sheet[1])
    assert not any(d.protection.locked for d in sheet.column_dimensions.values())
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("C2", "$1:$1", "landscape")


def test_numbers_of_identity_and_answers_are_text_and_days_are_days(survey, tmp_path):
    sheet = sheet_of(template(survey, tmp_path / "new.xlsx"), survey, "person")
    shapes = {d.number_format for d in sheet.column_dimensions.values()}
    assert shapes == {"@", "yyyy-mm-dd", "General"}
    for field, shape in {"id_number": "@", "household_id": "@", "sex": "@", "birth_date": "yyyy-mm-dd", "work_months": "General"}.items():  # fmt: skip
        assert dimension(sheet, survey, "person", field).number_format == shape, field


def place(survey, table, field):
    return [f.name for f in fields_of(survey, table)].index(field) + 1


def dimension(sheet, survey, table, field):
    """The style of a whole column; alike neighbours may share one."""
    at = place(survey, table, field)
    return next(d for d in sheet.column_dimensions.values() if d.min <= at <= d.max)


def validation(sheet, survey, table, field):
    at = sheet.cell(2, place(survey, table, field)).coordinate
    return next((v for v in sheet.data_validations.dataValidation if at in v.sqref), None)


def test_every_coded_field_drops_down_its_labels_in_the_language(survey, tmp_path):
    book = template(survey, tmp_path / "new.xlsx", "zh", ())
    assert book["lists"].sheet_state == "hidden"
    for table in survey.file.tables:
        for field in fields_of(survey, table):
            if field.codes:
                source = validation(sheet_of(book, survey, table), survey, table, field.name).formula1
                labels = [c[0].value for c in book["lists"][source.partition("!")[2].replace("$", "")]]
                assert labels == [c.label.zh for c in survey.codes[field.codes].codes]


def test_limits_of_the_survey_are_those_of_the_cells(survey, tmp_path):
    book = template(survey, tmp_path / "new.xlsx")
    told = {
        (t, f): validation(sheet_of(book, survey, t), survey, t, f)
        for t, f in [("person", "work_months"), ("household", "member_count"), ("household", "village_code"), ("household", "registered_on"), ("person", "insured_resident")]
    }  # fmt: skip
    assert [(v.type, v.operator, v.formula1, v.formula2) for v in told.values()][:3] == [
        ("decimal", None, "0", "12"), ("whole", None, "1", "30"), ("textLength", "equal", "12", None),
    ]  # fmt: skip
    assert [v.type for v in told.values()][3:] == ["date", "list"]
    assert [v.errorStyle for v in told.values()] == ["warning", None, None, None, None]
    assert validation(sheet_of(book, survey, "person"), survey, "person", "name") is None


def test_a_note_tells_what_belongs_into_a_column_and_colour_that_it_is_needed(survey, tmp_path):
    book = template(survey, tmp_path / "new.xlsx")
    sheet = sheet_of(book, survey, "person")
    notes = {f: sheet.cell(1, place(survey, "person", f)).comment.text for f in ("sex", "work_months", "id_number")}
    assert notes == {
        "sex": "性别 (sex)\n一个选项: 男、女\n必填",
        "work_months": "务工时间(月) (work_months)\n数\n单位：月\n0–12",
        "id_number": "证件号码 (id_number)\n文字\n必填，除非证件类型 = 无证\n证件号码",
    }
    colours = {f: sheet.cell(1, place(survey, "person", f)).fill.start_color.rgb for f in ("sex", "work_months")}
    assert colours == {"sex": "FFFFD966", "work_months": "FFD9D9D9"}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_what_was_typed(survey, rows, expected, tmp_path):
    path = tmp_path / "typed.xlsx"
    book = template(survey, path)
    fill(survey, book, rows)
    book.save(path)
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path / "saved"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert found(tmp_path / "saved" / "typed.ods") == expected
