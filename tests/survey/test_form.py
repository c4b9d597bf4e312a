"""What `form.yaml` may say: every field asked once, or told who fills it; faults are shown at their place."""

from __future__ import annotations

import pytest

from census_cli.survey.form import forgotten

FORM = """\
id: tiny
title: {zh: 小问卷, en: A tiny form}
table: household
blocks:
  - {name: place, title: {zh: 地点, en: Place}, fields: [household_id, village_code, income]}
  - table: person
    title: {zh: 人, en: Persons}
    blocks:
      - {name: who, title: {zh: 谁, en: Who}, fields: [name, age, sex]}
filled: {person.person_no: position}
not_asked: {household.enumerator_id: {zh: 内业填写, en: filled by the office}}
"""
FIELDS = "fields: [household_id, village_code, income]"


def test_a_form_that_names_every_field_is_sound(tiny):
    tiny.put("form.yaml", FORM)
    form = tiny.open().form
    assert form.tables == ["household", "person"]
    assert [b.name for b in form.asked("person")] == ["who"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (FIELDS, "fields: [household_id, village_code, ▸incom, income]", "no field 'incom'; did you mean 'income'?"),
        (FIELDS, "fields: [household_id, village_code, income, ▸income]", "the name 'income' is given twice"),
        ("table: household", "table: ▸household_", "no table 'household_'; did you mean 'household'?"),
        ("name: who", "name: ▸place", "the name 'place' is given twice"),
        ("filled: {person.person_no", "filled: {household.income: ▸noon, person.person_no", None),
        ("not_asked:", "attached: [▸roll]\nnot_asked:", "no table 'roll'"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place(tiny, old, new, said):
    tiny.put("form.yaml", FORM.replace(old, new))
    found = tiny.problems()
    assert [(p.file, p.line, p.column) for p in found][:1] == tiny.marks
    assert said is None or found[0].message == said


def test_a_field_that_is_forgotten_is_named_when_the_form_is_made(census, tiny, tmp_path):
    tiny.put("form.yaml", FORM.replace(", income]", "]"))
    ran = census("schema", "export", "--format", "xlsform", "--survey", tiny.folder, "-o", tmp_path / "f.xlsx", "--lang", "en")
    assert ran.code == 0
    assert (
        "left out: household.income (form.yaml does not name it; put it in a block, or in not_asked with the reason)" in ran.err
    )


def test_the_form_of_the_registered_households_forgets_no_field(survey):
    assert {t: forgotten(survey.form, survey.tables[t].model) for t in survey.form.tables} == {"household": [], "person": []}


def test_a_unit_needs_words(tiny):
    tiny.put("form.yaml", FORM)
    tiny.change("tables/household.yaml", "title: {zh: 收入, en: Income}", "title: {zh: 收入, en: Income}, unit: yuan")
    assert tiny.problems()[0].message == "the unit 'yuan' has no words under 'units'"


def test_a_survey_without_a_form_says_what_to_write(census, tiny, tmp_path):
    ran = census("schema", "export", "--format", "xlsform", "--survey", tiny.folder, "-o", tmp_path / "f.xlsx", "--lang", "en")
    assert ran.code == 2
    assert "the survey has no form.yaml: write one that names the table that a visit fills" in ran.err
