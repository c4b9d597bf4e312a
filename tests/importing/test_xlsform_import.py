"""A team's own form: the folder that is made of it is a survey, its rules find what the form refuses, and what was not understood is named."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter

import census_cli
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.errors import InputError
from census_cli.examples import run_examples
from census_cli.exporting.xlsform import export
from census_cli.importing.xlsform import LIST, Imported, import_form
from census_cli.opening import open_survey
from census_cli.sql.plan import vocabulary

CHOICES = """
list_name | name | label::English (en) | label::中文 (zh)
yes_no    | yes  | Yes                 | 是
yes_no    | no   | No                  | 否
illness   | none | None                | 无
illness   | cold | Cold                | 感冒
illness   | flu  | Flu                 | 流感
"""
SURVEY = """
type                    | name       | label::English (en) | label::中文 (zh) | required | relevant                | constraint                     | constraint_message
today                   | today      |                     |                  |          |                         |                                |
text                    | village    | Village             | 村               | yes      |                         |                                |
integer                 | rooms      | Rooms               | 房间数           |          |                         | . > 0 and . <= 20              | ${village}: 1 to 20 rooms
select_one yes_no       | Has Land   | Land?               | 有地吗           | true()   |                         |                                |
begin_group             | land       | Land                | 土地             |          | ${Has Land} = 'yes'     |                                |
decimal                 | area       | Area                | 面积             | yes      |                         | . > 0                          | More than 0
end_group               |            |                     |                  |          |                         |                                |
begin repeat            | member     | Member              | 成员             |          |                         |                                |
text                    | name       | Name                | 姓名             | yes      |                         |                                |
date                    | born       | Born                | 出生             |          |                         | . <= today()                   | Not born yet
select_multiple illness | ill        | Illnesses           | 疾病             |          |                         | not(selected(., 'none') and count-selected(.) > 1) |
text                    | which      | Which               | 哪种             |          | selected(${ill}, 'flu') |                                |
end repeat              |            |                     |                  |          |                         |                                |
""".replace("Has Land", "HasLand")  # fmt: skip


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def workbook(path: Path, **sheets: str) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        for name, text in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(cells(text)):
                sheet.write_row(i, 0, [cell or None for cell in row])
    return path


def form(path: Path, *rows: str, choices: str = CHOICES) -> Imported:
    """Import a form of a few rows: type | name | relevant | constraint | required."""
    survey = "\n".join(["type | name | relevant | constraint | required | choice_filter", *rows])
    return import_form(workbook(path / "small.xlsx", survey=survey, choices=choices), path / "folder")


def reasons(made: Imported) -> list[tuple[int, str]]:
    return [(r.row, r.column) for r in made.refused]


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("land")
    made = import_form(workbook(folder / "land.xlsx", survey=SURVEY, choices=CHOICES), folder / "survey")
    assert made.refused == []
    return folder / "survey"


def checked(survey: Path, data: Path, **files: str) -> list[tuple[str, str]]:
    """The rule and the unit of each discrepancy."""
    data.mkdir()
    for name, text in files.items():
        with (data / f"{name.replace('_', '-')}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(cells(text))
    found = census_cli.check(data, survey=survey).discrepancies
    return list(zip(found["rule"].to_pylist(), found["unit"].to_pylist(), strict=True))


HEAD = "KEY | SubmissionDate | today | village | rooms | HasLand | land-area"
MEMBERS = "PARENT_KEY | KEY | name | born | ill | which"


def test_the_folder_is_a_survey_whose_examples_hold(land):
    bound, engine = open_survey(land), DuckDBEngine()
    engine.teach(vocabulary(bound))
    assert sorted(bound.rules) == ["C01", "C02", "C03", "C04", "Q01", "R01", "R02"]
    assert all(result.holds for result in run_examples(engine, bound, bound.rules.values()))
    engine.close()


def test_labels_and_messages_keep_both_languages(land):
    bound = open_survey(land)
    assert bound.tables["land"].model.field("rooms").title.zh == "房间数"
    assert bound.rules["C01"].model.message.en == "{village}: 1 to 20 rooms"


def test_a_sound_export_has_no_discrepancy(land, tmp_path):
    form = f"{HEAD}\nuuid:1 | 2020-07-20T09:00:00.000+08:00 | 2020-07-20 | A | 3 | yes | 2.5"
    members = f"{MEMBERS}\nuuid:1 | uuid:1/member[1] | B | 1990-01-01 | cold flu | which"
    assert checked(land, tmp_path / "data", land=form, land_member=members) == []


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("2020-07-20 | A | 30 | no |", "C01"),
        ("2020-07-20 | A | 3 | yes | -1", "C02"),
        ("2020-07-20 | A | 3 | no | 2", "R01"),
        ("2020-07-20 | A | 3 | yes |", "Q01"),
        ("2020-07-20 |  | 3 | no |", "land.village.required"),
        ("2020-07-20 | A | 3 | perhaps |", "land.hasland.code"),
    ],
)
def test_an_answer_that_the_form_refuses_is_that_discrepancy(land, tmp_path, row, rule):
    assert checked(land, tmp_path / "data", land=f"{HEAD}\nuuid:1 | x | {row}") == [(rule, "uuid:1")]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("B | 2020-07-21 | cold |", "C03"),
        ("B | 1990-01-01 | none cold |", "C04"),
        ("B | 1990-01-01 | cold | flu", "R02"),
    ],
)
def test_a_repeat_is_checked_with_its_form(land, tmp_path, row, rule):
    form = f"{HEAD}\nuuid:1 | x | 2020-07-20 | A | 3 | no |"
    found = checked(land, tmp_path / "data", land=form, land_member=f"{MEMBERS}\nuuid:1 | uuid:1/member[1] | {row}")
    assert found == [(rule, "uuid:1%2Fmember[1]")]


def test_a_repeat_without_its_form_is_told(land, tmp_path):
    form = f"{HEAD}\nuuid:1 | x | 2020-07-20 | A | 3 | no |"
    members = f"{MEMBERS}\nuuid:9 | uuid:9/member[1] | B | | |"
    found = checked(land, tmp_path / "data", land=form, land_member=members)
    assert found == [("member.parent_key.reference", "uuid:9%2Fmember[1]")]


EXPRESSIONS = {
    ". >= 0 and . <= 10 or . = -99": "((f >= 0 and f <= 10) or f = -99)",
    "${t} != ''": "t is not null",
    "string-length(${t}) = 0": "t is null",
    "regex(${t}, '^[A-Z]{2}\\d{3}$')": "matches(t, '[A-Z]{2}[0-9]{3}')",
    "${one} = 'yes' or selected(${number}, 2)": "(one = 'yes' or number in ('2'))",
    "selected(${many}, 'flu')": "has(many, 'flu')",
    "${many} = 'flu'": "sole(many, 'flu')",
    "${number} >= 2": "number in ('2', '3')",
    "int((today() - ${d}) div 365.25) >= 18": "age(d, day) >= 18",
    "${d} > date('2019-12-31')": "d > date '2019-12-31'",
    ". mod 2 = 0": "(f % 2) = 0",
    "if(${t} = 'a', . < 5, . < 9)": "((t = 'a' and f < 5) or (not (t = 'a') and f < 9))",
    "coalesce(${g}, 3) > .": "coalesce(g, 3) > f",
    "count(${rep}) > 1": "count(rep.row_key) > 1",
    "sum(${in_rep}) <= .": "sum(rep.in_rep) <= f",
    "selected(${one}, 'yes') = false()": "not (one = 'yes')",
    "selected(${one}, 'yes') = '0'": "not (one = 'yes')",
    "../g < 3": "g < 3",
}
NUMBERED = CHOICES + "\nnumbered | 1 | One |\nnumbered | 2 | Two |\nnumbered | 3 | Three |"
AROUND = (
    "today | day", "text | t", "select_one yes_no | one", "select_multiple illness | many", "select_one numbered | number", "date | d",
    "integer | g", "begin repeat | rep", "integer | in_rep", "end repeat |",
)  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """Each expression as the constraint of a number, in one form, and what became of it."""
    names = {f"f{n}": text for n, text in enumerate(EXPRESSIONS)}
    rows = [*AROUND, *(f"integer | {name} || {text}" for name, text in names.items())]
    folder = tmp_path_factory.mktemp("said")
    form(folder, *rows, choices=NUMBERED)
    rules = {r.model.fields[0]: r.model.asserts for r in open_survey(folder / "folder").rules.values()}
    return {text: rules.get(name) for name, text in names.items()}


@pytest.mark.parametrize(("n", "text"), list(enumerate(EXPRESSIONS)))
def test_xpath_is_said_in_the_rule_language(said, n, text):
    rule = said[text]
    assert rule is not None
    assert rule.replace(f"f{n}", "f") == EXPRESSIONS[text]


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [
        ("pulldata('a', 'b', 'c', .) = 1", "no counterpart"),
        (". > ${nobody}", "no question 'nobody'"),
        (". >", "cannot be read as XPath"),
        (". < today()", "day of the visit"),
        ("regex(${t}, '.*@.*')", "plain pattern"),
        ("${t} > 3", "is text"),
        ("${one} = 'perhaps'", "no code 'perhaps'"),
        (". = . or . != 1", "no answers were found"),
        ("floor(. div 2) = 1", "floor()"),
        ("${in_rep} > 1", "in a repeat"),
    ],
)
def test_what_cannot_be_said_is_listed_with_its_row_and_reason(tmp_path, constraint, reason):
    made = form(tmp_path, "integer | n | | " + constraint, *AROUND[1:], choices=NUMBERED)
    with (tmp_path / "folder" / LIST).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["row"], row["name"], row["column"], row["expression"]) == ("2", "n", "constraint", constraint)
    assert reason in row["reason"]
    assert made.understood["constraint"] == (0, 1)


@pytest.mark.parametrize(
    ("rows", "listed"),
    [
        (["text | a", "telepathy | b"], (3, "type")),
        (["text | a", "select_one_from_file x.csv | b"], (3, "type")),
        (["text | a", "select_one_external x | b"], (3, "type")),
        (["text | a", "select_one nowhere | b"], (3, "type")),
        (["text | a", "select_one yes_no | b | | | | a = ${a}"], (3, "choice_filter")),
        (["text | a", "text |"], (3, "type")),
        (["text | a", " | b"], (3, "name")),
    ],
)
def test_odd_rows_are_named_and_the_rest_is_imported(tmp_path, rows, listed):
    made = form(tmp_path, *rows)
    assert reasons(made) == [listed]
    assert open_survey(tmp_path / "folder").tables["small"].model.field("a")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["text | a", "text | a"], "rows 2 and 3: two things are named 'a'"),
        (["begin group | g", "text | a"], "row 2: 'g' is begun and never ended"),
        (["text | a", "end group |"], "row 3: 'end group' ends what was never begun"),
        (["begin group | g", "text | a", "end repeat |"], "row 4: 'end repeat' does not fit what row 2 began"),
        (["note | a"], "no question with an answer"),
    ],
)
def test_a_form_that_is_none_is_refused_with_its_rows(tmp_path, rows, message):
    with pytest.raises(InputError, match=message):
        form(tmp_path, *rows)
    assert not (tmp_path / "folder").exists()


def test_a_workbook_without_the_sheet_survey_is_refused(tmp_path):
    with pytest.raises(InputError, match="no sheet 'survey'"):
        import_form(workbook(tmp_path / "x.xlsx", questions=SURVEY), tmp_path / "folder")


def test_what_is_no_workbook_ends_with_exit_code_2(census, tmp_path):
    (tmp_path / "form.xlsx").write_text("type,name", encoding="utf-8")
    assert census("schema", "import", tmp_path / "form.xlsx", "-o", tmp_path / "folder").code == 2


def test_a_head_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match="'name' stands twice"):
        import_form(workbook(tmp_path / "x.xlsx", survey="type | name | Name\ntext | a | b"), tmp_path / "folder")


def test_two_spellings_of_a_head_are_one_column_unless_they_differ(tmp_path):
    sound = "type | name | relevant | relevance\ntext | a | |\ntext | b | | ${a} = '1'"
    assert import_form(workbook(tmp_path / "x.xlsx", survey=sound), tmp_path / "folder").understood["relevant"] == (1, 1)
    with pytest.raises(InputError, match="row 3: the head 'relevant' stands twice"):
        import_form(workbook(tmp_path / "y.xlsx", survey=sound.replace("b | |", "b | ${a} = '2' |")), tmp_path / "other")


def test_names_of_two_groups_are_told_apart(tmp_path):
    rows = ["begin group | one", "text | x", "end group |", "begin group | two", "text | x", "end group |"]
    form(tmp_path, *rows)
    model = open_survey(tmp_path / "folder").tables["small"].model
    assert [f.name for f in model.fields] == ["form_key", "one_x", "two_x"]
    assert "two/x" in model.field("two_x").aliases


@pytest.mark.parametrize("name", ["Order", "1st", "村名", "row", "k1", "c01", "end", "Total-Income"])
def test_a_name_that_is_not_ours_is_mapped_and_still_known(tmp_path, name):
    form(tmp_path, f"integer | {name} | | . > 1")
    data = tmp_path / "small.csv"
    data.write_text(f"KEY,SubmissionDate,{name}\nu1,x,0\n", encoding="utf-8")
    result = census_cli.check(data, survey=tmp_path / "folder")
    assert len(result.discrepancies) == 1


def test_the_share_that_was_understood_is_printed(census, tmp_path):
    path = workbook(tmp_path / "f.xlsx", survey="type|name|constraint\ninteger|a|. > 1\ninteger|b|. > pow(2, 3)")
    told = census("schema", "import", path, "-o", tmp_path / "folder")
    assert told.code == 0
    assert "constraint understood: 1 of 2" in told.err
    assert "row 3, b, constraint" in told.err


def test_our_own_form_comes_back_with_most_of_its_constraints(survey, tmp_path):
    export(survey, tmp_path / "own.xlsx")
    understood, of = import_form(tmp_path / "own.xlsx", tmp_path / "folder").understood["constraint"]
    assert of > 40
    assert understood / of > 0.75
