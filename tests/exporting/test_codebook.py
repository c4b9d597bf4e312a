"""The codebook tells all that the survey says of every field, in both languages, and nothing in it can run."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import openpyxl
import pytest

from census_cli.exporting import only
from census_cli.exporting.codebook import codebook, export
from census_cli.survey.models import Text


@pytest.fixture(scope="module")
def book(survey):
    return codebook(survey)


@pytest.fixture(scope="module")
def page(survey, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "codebook.html"
    export(survey, path)
    return path.read_text(encoding="utf-8")


class Page(HTMLParser):
    """The elements of a page, its addresses and its anchors."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.ids = set(), set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links |= {v for k, v in attrs if k in ("href", "src")}
        self.ids += [v for k, v in attrs if k == "id"]


def entry(book, table, field):
    part = next(p for p in book.parts if p.model.name == table)
    return next(e for e in part.entries if e.model.name == field)


def test_every_field_and_every_code_stands_in_the_page_once(survey, page):
    told = Page(page)
    wanted = [f"{t}.{f.name}" for t in survey.file.tables for f in survey.tables[t].model.fields if not f.made]
    wanted += [f"{t}.{d.name}" for t in survey.file.tables for d in survey.tables[t].model.derived]
    assert sorted(i for i in told.ids if "." in i) == sorted(wanted)
    assert len(set(told.ids)) == len(told.ids)
    assert all(c.label.zh in page and c.label.en.replace("'", "&#39;") in page for codes in survey.codes.values() for c in codes.codes if f"codes-{codes.name}" in told.ids)  # fmt: skip


def test_the_page_asks_no_host_and_runs_nothing_and_every_link_leads_somewhere(page):
    told = Page(page)
    assert "script" not in told.tags
    assert {link[1:] for link in told.links} <= set(told.ids)
    assert all(link.startswith("#") for link in told.links)


def test_a_codebook_of_one_table_has_its_codes_only_and_no_link_to_another(survey, tmp_path):
    export(only(survey, ["person"]), tmp_path / "person.html")
    told = Page((tmp_path / "person.html").read_text(encoding="utf-8"))
    assert {link[1:] for link in told.links} <= set(told.ids)
    assert "codes-sex" in told.ids
    assert not {"codes-cause", "table-household"} & set(told.ids)


def test_a_hostile_title_stays_text(survey, tmp_path):
    hostile = "<script>alert(1)</script>=1+1"
    file = survey.file.model_copy(update={"title": Text(zh=hostile, en=hostile)})
    export(replace(only(survey, ["frame"]), file=file.model_copy(update={"tables": ["frame"]})), tmp_path / "x.html")
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "script" not in Page(page).tags
    assert "&lt;script&gt;" in page


def test_a_field_tells_what_it_is_in_both_languages(book):
    months = entry(book, "person", "work_months")
    assert (months.kind, months.unit, months.limits) == (Text(zh="数", en="number"), Text(zh="月", en="months"), Text(zh="0–12", en="0–12"))  # fmt: skip
    assert entry(book, "person", "id_number").need == Text(zh="必填，除非证件类型 = 无证", en="needed unless ID type = None")
    assert entry(book, "household", "village_code").limits == Text(zh="12 位数字", en="12 digits")
    assert entry(book, "household", "other_causes").limits == Text(zh="0–2 个选项", en="0–2 answers")
    assert entry(book, "household", "address").pii == Text(zh="个人信息，从不显示", en="personal, never shown")


def test_every_unit_has_its_chinese(survey, book):
    units = {f.unit for t in survey.file.tables for f in survey.tables[t].model.fields if f.unit}
    assert units == set(survey.file.units)


def test_a_field_names_the_rules_that_read_it_behind_derived_fields_and_from_other_tables_too(survey, book):
    assert "S07" in entry(book, "person", "birth_date").readers
    assert "ASR-housing" in entry(book, "household", "house_grade").readers
    assert survey.rules["I01"].model.title in entry(book, "household", "income_net").readers.values()
    members = entry(book, "person", "member_status").readers
    assert any(survey.rules[rule].model.table == "household" for rule in members if not rule.startswith("ASR"))


def test_only_rules_about_what_census_made_itself_read_no_field_of_the_form(survey, book):
    told = {rule for p in book.parts for e in p.entries for rule in e.readers}
    made = {f.name for t in survey.file.tables for f in survey.tables[t].model.fields if f.made}
    assert set(survey.rules) - told == {"S22a", "S22b", "S23"}
    for rule in set(survey.rules) - told:
        bound = survey.rules[rule]
        assert {c.name for n in bound.nodes() for c in survey.read(bound.model.table, n)} <= made


def test_the_workbook_has_a_row_for_each_field_and_each_code(survey, tmp_path, book):
    export(survey, tmp_path / "book.xlsx")
    fields, derived, codes = openpyxl.load_workbook(tmp_path / "book.xlsx").worksheets
    assert fields.max_row - 1 == sum(len(p.entries) for p in book.parts)
    assert derived.max_row - 1 == sum(len(p.derived) for p in book.parts)
    assert codes.max_row - 1 == sum(len(c.codes) for c in book.codes)
    assert {c.data_type for sheet in (fields, derived, codes) for row in sheet.iter_rows() for c in row if c.value} == {"s"}
    assert fields["A1"].value == "表\nTable"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--format", "codebook", "-o", "{out}/book.pdf"), "ends in .html or .xlsx"),
        (("--format", "xlsx-template", "-o", "{out}/new.csv"), "ends in .xlsx"),
        (("--format", "codebook", "-o", "{out}/there.html"), "there already"),
        (("--format", "json-schema", "-o", "{out}/new", "--table", "persn"), "did you mean 'person'"),
    ],
)
def test_what_cannot_be_written_is_refused_with_what_to_do(census, tmp_path, options, words):
    (tmp_path / "there.html").write_text("mine", encoding="utf-8")
    ran = census("schema", "export", *(o.format(out=tmp_path) for o in options))
    assert ran.code == 2
    assert words in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["there.html"]
    assert (tmp_path / "there.html").read_text(encoding="utf-8") == "mine"


def test_the_program_writes_what_it_says_and_names_what_it_left_out(census, tmp_path):
    ran = census("schema", "export", "--format", "table-schema", "--table", "person", "-o", tmp_path / "package")
    assert ran.code == 0
    assert f"written: {tmp_path / 'package' / 'datapackage.json'}" in ran.err
    assert "left out: person.id_number" in ran.err
    assert ran.out == ""
