"""A survey as a form for tablets: what is asked and how, and that each answer is taken or refused as the record model would."""

from __future__ import annotations

import errno
from pathlib import Path

import openpyxl
import pytest

from census_cli.errors import OptionError
from census_cli.exporting.xlsform import export, place
from census_cli.exporting.xlsform.words import all_of, any_of, either, negated, quoted
from census_cli.opening import open_survey
from census_cli.records import Records
from odk import Form

SURVEY = open_survey("registered-households")
FIELDS = {
    ("household", "village_code"): ["990000100201", "99", "99000010020a", "9900001002011", ""],
    ("household", "enumerator_county"): ["990000", "99000", ""],
    ("household", "other_causes"): ["illness", "illness,disability", "illness,disability,schooling", ""],
    ("household", "registered_on"): ["1899-12-31", "1900-01-01", "2100-12-31", "2101-01-01", ""],
    ("household", "satisfied"): ["true", ""],
    ("person", "name"): ["测试甲", ""],
} | {
    (table, field.name): [str(edge + step) for edge in edges for step in (-1, 0, 1)] + [""]
    for table in SURVEY.form.tables
    for field in SURVEY.tables[table].model.fields
    if (edges := [e for e in (field.constraints.minimum, field.constraints.maximum) if e is not None])
}  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    export(SURVEY, path)
    return path


@pytest.fixture(scope="module")
def form(book: Path) -> Form:
    from pyxform.xls2xform import convert

    return Form(convert(book, validate=False).xform)


@pytest.fixture(scope="module")
def sheets(book: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for sheet in openpyxl.load_workbook(book):
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [{k: v for k, v in zip(head, row, strict=True) if v} for row in rows]
    return found


def named(sheets: dict[str, list[dict[str, str]]], name: str) -> dict[str, str]:
    return next(row for row in sheets["survey"] if row.get("name") == name)


@pytest.mark.parametrize(("table", "field"), FIELDS)
def test_an_answer_is_taken_if_the_record_model_takes_it(form, table, field):
    records = Records(SURVEY.tables[table].model, SURVEY.codes)
    for cell in FIELDS[table, field]:
        answer = {field: cell.replace(",", " ")}
        others = {"member_status": "present"} if table == "person" else {}
        filled = form.filled(*(({}, "person", [answer | others]) if table == "person" else (answer, "person", [])), {})
        bind = form.binds[form.paths[field]]
        filled.calculate([bind.get("constraint", ""), bind.get("required", "")], {})
        assert filled.sound(field) == (not records.faults({field: cell})), cell


@pytest.mark.parametrize(("kind", "needed"), [("id_card", True), ("disability_card", True), ("none", False), ("", True)])
def test_an_answer_is_needed_as_another_says(form, kind, needed):
    filled = form.filled({}, "person", [{"id_type": kind, "id_number": ""}], {})
    assert filled.sound("id_number") is not needed


def test_every_field_is_asked_under_its_own_name_and_in_both_languages(sheets):
    rows = {row["name"]: row for row in sheets["survey"] if "name" in row and row["type"] != "calculate"}
    given = {row["name"] for row in sheets["survey"] if "name" in row}
    for table in SURVEY.form.tables:
        asked = {f for block in SURVEY.form.asked(table) for f in block.fields}
        assert given >= {f.name for f in SURVEY.tables[table].model.fields if not f.made}
        assert all({"label::中文 (zh)", "label::English (en)"} <= set(rows[name]) for name in asked)


def test_a_unit_stands_in_the_hint(sheets):
    row = named(sheets, "income_wage")
    assert (row["hint::中文 (zh)"], row["hint::English (en)"]) == ("单位：元/年", "in yuan per year")


def test_codes_are_choices_and_yes_is_a_word_that_reads_back(sheets):
    choices = {(row["list_name"], row["name"]) for row in sheets["choices"]}
    assert {("relation", "head"), ("yes_no", "true"), ("yes_no", "false")} <= choices
    assert named(sheets, "health")["type"] == "select_multiple health"


def test_a_hint_never_holds_the_visit_up(sheets):
    notes = {row["name"]: row for row in sheets["survey"] if row.get("type") == "note"}
    for name, row in notes.items():
        severity = SURVEY.rules[name[5:6].upper() + name[6:]].model.severity
        assert ("required" in row) == (severity == "mandatory"), name


def test_the_same_survey_gives_the_same_bytes(book, tmp_path):
    export(SURVEY, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_another_standard_gives_another_version(sheets, tmp_path):
    other = tmp_path / "other.xlsx"
    export(open_survey("registered-households", "jilin"), other)
    settings = list(openpyxl.load_workbook(other)["settings"].iter_rows(values_only=True))
    assert dict(zip(*settings, strict=True))["version"] != sheets["settings"][0]["version"]


def test_members_are_numbered(form):
    filled = form.filled({"household_id": "H7"}, "person", [{"name": "甲"}, {"name": "乙"}], {})
    numbers = filled.data.xpath("/data/person/person_no")
    assert [filled.evaluate(form.binds["/data/person/person_no"]["calculate"], n) for n in numbers] == [1, 2]


def test_no_expression_names_the_root_which_servers_rename(sheets):
    assert [v for row in sheets["survey"] for v in row.values() if "/data" in str(v)] == []


def test_what_cannot_be_said_is_named_with_the_reason(census, tmp_path):
    ran = census("schema", "export", "--format", "xlsform", "-o", tmp_path / "f.xlsx", "--lang", "en")
    assert ran.code == 0
    assert "left out: S09 (only all forms together tell)" in ran.err
    assert "left out: T01 (the device sets the time at the end of the visit)" in ran.err
    for table in set(SURVEY.file.tables) - set(SURVEY.form.tables):
        assert f"left out: {table} (" in ran.err


def test_the_files_that_go_with_a_form_are_named_with_their_columns(census, tmp_path):
    ran = census("schema", "export", "--format", "xlsform", "-o", tmp_path / "f.xlsx", "--lang", "en")
    (told,) = (line for line in ran.err.splitlines() if line.startswith("upload beside it: frame.csv"))
    assert told.endswith(": household_id, listing_status, member_count, head_name, poverty_status, head_id_number")


@pytest.mark.parametrize(("kind", "file"), [("xlsform", "f.xlsx"), ("codebook", "c.xlsx"), ("xlsx-template", "t.xlsx")])
def test_a_folder_that_takes_no_file_is_told_and_no_fault_of_the_program(census, tmp_path, monkeypatch, kind, file):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", refuse)
    ran = census("schema", "export", "--format", kind, "-o", tmp_path / file, "--lang", "en")
    assert (ran.code, "cannot be written: access is denied" in ran.err, list(tmp_path.iterdir())) == (2, True, [])


def test_a_form_is_never_written_over_another_file(tmp_path):
    taken = tmp_path / "taken.xlsx"
    taken.write_text("mine")
    with pytest.raises(OptionError):
        export(SURVEY, taken)
    assert taken.read_text() == "mine"


def test_a_part_of_a_form_is_no_form(census, tmp_path):
    ran = census("schema", "export", "--format", "xlsform", "--table", "person", "-o", tmp_path / "f.xlsx", "--lang", "en")
    assert (ran.code, "the form also asks household; leave --table out" in ran.err) == (2, True)


def test_a_form_is_a_workbook(census, tmp_path):
    ran = census("schema", "export", "--format", "xlsform", "-o", tmp_path / "form.csv", "--lang", "en")
    assert (ran.code, "a form ends in .xlsx" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (all_of(["a = 1", "true()", "a = 1", "b = 2"]), "(a = 1 and b = 2)"),
        (all_of(["a = 1", "false()"]), "false()"),
        (any_of(["(a != '' and a = 1)", "(a != '' and a = 2)"]), "(a != '' and (a = 1 or a = 2))"),
        (all_of(["a != ''", "((a != '' and b = 1) or c = 2)"]), "(a != '' and (b = 1 or c = 2))"),
        (negated("not(a = 1)"), "a = 1"),
        (negated("not(a = 1) and b = 2"), "not(not(a = 1) and b = 2)"),
        (either("a = 1", "b = 2", "false()"), "(a = 1 and b = 2)"),
        (quoted("it's"), '"it\'s"'),
    ],
)
def test_conditions_are_said_short(made, said):
    assert made == said


def test_no_answer_is_needed_where_a_blank_cannot_violate_the_rule(survey):
    parts = {c.part for c in place(survey).carried if c.rule.id == "E05a"}
    assert parts == {"constraint"}
