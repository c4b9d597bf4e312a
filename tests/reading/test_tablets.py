"""What ODK Central, KoboToolbox and SurveyCTO give back is checked as it is, and comes to the same as plain tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import census_cli
import tablets
from census_cli.errors import InputError
from census_cli.exporting.xlsform import export
from census_cli.opening import open_survey
from census_cli.results import CheckResult, TabletExport
from tablets import Rows
from test_converting import alike, converted

Shape = Callable[[Path, Rows, Rows], None]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented survey with mistakes as plain tables of codes, each household once, each person in one."""
    from census_cli.cli.main import main

    folder = tmp_path_factory.mktemp("tablets")
    asked = ["--households", "25", "--seed", "7", "--errors", "1", "--headers", "en"]
    assert main(["synth", str(folder / "made"), *asked]) == 0
    (folder / "made" / "planted.csv").unlink()
    converted(folder / "made", folder / "converted", format="csv")
    (folder / "plain").mkdir()
    once = Counter(h["household_id"] for h in tablets.read(folder / "converted" / "household.csv"))
    for file in (f for f in (folder / "converted").glob("*.csv") if f.stem != "not_read"):
        rows = [{k: v for k, v in r.items() if not k.startswith("census_")} for r in tablets.read(file)]
        kept = [r for r in rows if file.stem not in ("household", "person") or once[r["household_id"]] == 1]
        tablets.write(folder / "plain" / file.name, kept)
    return folder / "plain"


@pytest.fixture(scope="module")
def expected(plain: Path) -> CheckResult:
    return census_cli.check(plain)


def found(result: CheckResult) -> list[tuple[Any, ...]]:
    return sorted((r["rule"], r["unit"], r["fields"], r["found"]) for r in result.discrepancies.to_pylist())


def folder_of(folder: Path, plain: Path, shape: Shape) -> Path:
    """A folder as a team has it: what the app gave, and the tables that the office keeps."""
    folder.mkdir(exist_ok=True)
    for name in ("village", "frame", "evidence"):
        (folder / f"{name}.csv").write_bytes((plain / f"{name}.csv").read_bytes())
    shape(folder, tablets.read(plain / "household.csv"), tablets.read(plain / "person.csv"))
    return folder


def as_files(made: Callable[..., dict[str, tuple[Rows, list[str]]]], **how: Any) -> Shape:
    def shape(folder: Path, households: Rows, persons: Rows) -> None:
        for name, (rows, headers) in made(households, persons, **how).items():
            tablets.write(folder / name, rows, headers)

    return shape


def as_workbook(**how: Any) -> Shape:
    return lambda folder, households, persons: tablets.workbook(folder / "普查.xlsx", tablets.kobo(households, persons, **how))


def as_sheets_saved(folder: Path, households: Rows, persons: Rows) -> None:
    for name, rows in tablets.kobo(households, persons).items():
        tablets.write(folder / f"普查_{name}.csv", rows)


def as_wide(folder: Path, households: Rows, persons: Rows) -> None:
    tablets.write(folder / "hh2020_WIDE.csv", *tablets.surveycto_wide(households, persons))


SHAPES: dict[str, Shape] = {
    "ODK Central": as_files(tablets.odk),
    "ODK Central, answers in columns too": as_files(tablets.odk, split="both"),
    "ODK Central without groups, named as a table": as_files(tablets.odk, groups=False, form="household"),
    "ODK Central, zip": lambda folder, h, p: tablets.odk_zip(folder / "hh2020.zip", tablets.odk(h, p, split="both")),
    "KoboToolbox": as_workbook(),
    "KoboToolbox, answers in columns": as_workbook(split="apart"),
    "KoboToolbox, both ways, groups with a colon": as_workbook(split="both", sign=":"),
    "KoboToolbox, sheets saved as CSV": as_sheets_saved,
    "SurveyCTO, long": as_files(tablets.surveycto_long),
    "SurveyCTO, wide": as_wide,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_an_export_gives_the_discrepancies_of_plain_tables(plain, expected, tmp_path, shape):
    result = census_cli.check(folder_of(tmp_path / "data", plain, SHAPES[shape]))
    assert found(result) == found(expected)
    assert expected.discrepancies.num_rows > 20
    assert result.verdicts.num_rows == expected.verdicts.num_rows
    exports = [i for i in result.summary.inputs if i.tablet]
    assert {i.tablet.app for i in exports if i.tablet} == {shape.partition(",")[0].removesuffix(" without groups")}
    assert {u for i in exports for u in i.unknown_columns} <= {"person_count"}
    assert sum(i.rows_checked for i in exports if i.table == "person") == len(tablets.read(plain / "person.csv"))


def test_what_our_own_form_gives_back_has_the_discrepancies_of_plain_tables(plain, tmp_path):
    form = tmp_path / "form.xlsx"
    export(open_survey("registered-households"), form)
    asked = tablets.columns_of(form)
    for name in ("village", "frame", "evidence"):
        (tmp_path / "plain").mkdir(exist_ok=True)
        (tmp_path / "plain" / f"{name}.csv").write_bytes((plain / f"{name}.csv").read_bytes())
    for table, columns in asked.items():
        rows = [
            {f: v for f, v in row.items() if f in columns or f == "household_id"} for row in tablets.read(plain / f"{table}.csv")
        ]
        tablets.write(tmp_path / "plain" / f"{table}.csv", rows)
    given = folder_of(tmp_path / "data", tmp_path / "plain", as_files(tablets.odk_of_form, form=form))
    expected, result = census_cli.check(tmp_path / "plain"), census_cli.check(given)
    assert found(result) == found(expected)
    assert len(found(expected)) > 20
    assert {u for i in result.summary.inputs for u in i.unknown_columns} == set()


@pytest.mark.parametrize("shape", ["KoboToolbox, answers in columns", "SurveyCTO, wide"])
def test_a_check_of_the_converted_export_is_the_check_of_the_export(plain, tmp_path, shape):
    converted(folder_of(tmp_path / "data", plain, SHAPES[shape]), tmp_path / "out", format="csv")
    alike(tmp_path / "data", tmp_path / "out")


# What is odd


@pytest.fixture
def small(plain: Path) -> tuple[Rows, Rows]:
    """Three households and their members."""
    households = tablets.read(plain / "household.csv")[:3]
    ids = {h["household_id"] for h in households}
    return households, [p for p in tablets.read(plain / "person.csv") if p["household_id"] in ids]


Files = dict[str, tuple[Rows, list[str]]]
PARENTS = "person.household_id.*,household.household_id.*"


def checked(folder: Path, files: Files, **how: Any) -> CheckResult:
    for name, (rows, headers) in files.items():
        tablets.write(folder / name, rows, headers)
    return census_cli.check(folder, **how)


def told(result: CheckResult, table: str) -> TabletExport:
    """What is told of the one file of a table."""
    (export,) = (i.tablet for i in result.summary.inputs if i.table == table and i.tablet)
    return export


def test_a_repeat_without_its_form_among_others_is_reported_with_its_row(small, tmp_path, census):
    files = tablets.odk(*small)
    lost, left = files["hh2020.csv"][0].pop(1), files["hh2020-person.csv"][0]
    rows = [i for i, r in enumerate(left, 1) if r["PARENT_KEY"] == lost["KEY"]]
    result = checked(tmp_path, files, select=PARENTS)
    assert [(d["rule"], d["source"], d["row"]) for d in result.discrepancies.to_pylist()] == [
        ("person.household_id.required", "hh2020-person.csv", row) for row in rows
    ]
    assert (told(result, "person").orphans, told(result, "person").first_orphans) == (len(rows), rows[:5])
    assert (
        f"hh2020-person.csv: {len(rows)} rows belong to no form that is there (record {rows[0]}"
        in census("check", tmp_path, "--select", PARENTS).out
    )


def test_a_repeat_alone_has_no_household_and_says_so(small, tmp_path, census):
    files = tablets.odk(*small)
    del files["hh2020.csv"]
    result = checked(tmp_path, files, select=PARENTS)
    assert told(result, "person").lacks == "household"
    skipped = next(r.skipped for r in result.summary.rules if r.id == "person.household_id.required")
    assert skipped == "absent column person.household_id"
    assert "a repeat without its form: the file of household is not there" in census("inspect", tmp_path).out


def test_a_form_without_its_repeat_is_checked_as_any_table_alone(small, tmp_path):
    files = tablets.surveycto_long(*small)
    del files["hh2020-person.csv"]
    result = checked(tmp_path, files, select="S02")
    assert [i.table for i in result.summary.inputs] == ["household"]
    assert next(r.skipped for r in result.summary.rules if r.id == "S02") == "absent table person"


def test_a_submission_that_is_there_twice_is_reported_in_all_its_rows(small, tmp_path):
    files = tablets.odk(*small)
    main, below = (rows for rows, _ in files.values())
    main.append(dict(main[0]))
    result = checked(tmp_path, files, select="household.household_id.unique," + PARENTS)
    assert [(d["rule"], d["row"]) for d in result.discrepancies.to_pylist()] == [
        ("household.household_id.unique", 1), ("household.household_id.unique", 4),
    ]  # fmt: skip
    assert told(result, "household").keys_twice == 1
    assert next(i for i in result.summary.inputs if i.table == "person").rows_checked == len(below)


def test_two_forms_of_one_key_give_their_repeats_no_household(small, tmp_path):
    files = tablets.odk(*small)
    main, below = (rows for rows, _ in files.values())
    main[1]["KEY"] = main[0]["KEY"]
    result = checked(tmp_path, files, select="person.household_id.required")
    doubtful = [i for i, r in enumerate(below, 1) if r["PARENT_KEY"] in (main[0]["KEY"], tablets.uuid(2))]
    assert result.discrepancies["row"].to_pylist() == doubtful


def test_a_household_filled_in_twice_is_two_forms_of_one_number(small, tmp_path):
    households, persons = small
    result = checked(
        tmp_path, tablets.odk([*households, households[0]], persons), select="household.household_id.unique,person.person_no.*"
    )
    assert [d["rule"] for d in result.discrepancies.to_pylist()].count("household.household_id.unique") == 2
    assert told(result, "household").keys_twice == 0


def test_versions_of_the_form_and_states_of_review_are_told_and_every_row_is_checked(small, tmp_path, census):
    files = tablets.odk(*small)
    for row, version, state in zip(files["hh2020.csv"][0], "112", ("rejected", "approved", ""), strict=True):
        row |= {"FormVersion": version, "ReviewState": state}
    result = checked(tmp_path, files, select="S02")
    export = told(result, "household")
    assert (export.versions, export.reviews) == ({"1": 2, "2": 1}, {"approved": 1, "rejected": 1})
    assert next(i.rows_checked for i in result.summary.inputs if i.table == "household") == 3
    out = " ".join(census("check", tmp_path, "--select", "S02").out.split())
    assert "filled in with several versions of the form: 1 (2), 2 (1)" in out
    assert "states of review: approved (1), rejected (1); rows of every state are checked" in out


def test_a_form_whose_key_is_kept_elsewhere_is_told(small, tmp_path):
    files = tablets.odk(*small)
    files["hh2020.csv"][0].append(dict.fromkeys(files["hh2020.csv"][0][0], "") | {"KEY": "uuid:x", "Status": "not decrypted"})
    result = checked(tmp_path, files, select="household.household_id.required")
    assert told(result, "household").statuses == {"not decrypted": 1}
    assert result.discrepancies["row"].to_pylist() == [4]


def test_a_column_of_an_older_form_is_unknown_and_a_new_one_is_absent(small, tmp_path):
    files = tablets.odk(*small)
    older = [{"house-colour": "red", **{k: v for k, v in row.items() if k != "phone"}} for row in files["hh2020.csv"][0]]
    files["hh2020.csv"] = (older, [])
    result = checked(tmp_path, files, select="S02")
    household = next(i for i in result.summary.inputs if i.table == "household")
    assert household.unknown_columns == ["house-colour"]
    assert "phone" not in household.columns
    assert household.columns["income_wage"] == "income-income_wage"


def test_two_groups_with_one_field_are_both_named(small, tmp_path):
    files = tablets.odk(*small)
    files["hh2020.csv"] = ([{"old-income_wage": "1", **row} for row in files["hh2020.csv"][0]], [])
    with pytest.raises(InputError, match="'old-income_wage' and 'income-income_wage' both mean 'income_wage'"):
        checked(tmp_path, files)


def test_answers_that_are_no_codes_stay_as_they_were_found(small, tmp_path):
    files = tablets.odk(*small)
    files["hh2020-person.csv"][0][0]["health_state-health"] = "chronic flu"
    files["hh2020-person.csv"][0][1]["health_state-health"] = "disabled  chronic"
    files["hh2020-person.csv"][0][2]["health_state-health"] = "Long-term chronic illness"
    result = checked(tmp_path, files, select="person.health.*")
    assert [(d["row"], json.loads(d["found"])["health"]) for d in result.discrepancies.to_pylist()] == [(1, "chronic flu")]


def test_a_cell_of_an_answer_that_is_neither_yes_nor_no_is_reported(small, tmp_path):
    sheets = tablets.kobo(*small, split="apart")
    row = sheets["person"][0]
    row |= {h: "" for h in row if "/health/" in h} | {
        "person/health_state/health/chronic": "maybe",
        "person/health_state/health/serious": "1",
    }
    tablets.workbook(tmp_path / "x.xlsx", sheets)
    result = census_cli.check(tmp_path, select="person.health.*")
    assert [json.loads(d["found"])["health"] for d in result.discrepancies.to_pylist()] == ["maybe,serious"]


def test_numbers_for_what_is_not_known_are_no_values(small, tmp_path):
    files = tablets.odk(*small)
    for row, code in zip(files["hh2020-person.csv"][0], ("-999", "-88", "99"), strict=False):
        row["work_months"] = code
    result = checked(tmp_path, files, select="person.work_months.*")
    assert [(d["rule"], d["row"]) for d in result.discrepancies.to_pylist()] == [("person.work_months.range", 3)]


def test_exports_of_two_servers_lie_beside_one_another(small, tmp_path):
    households, persons = small
    one, two = tablets.kobo(households[:1], persons), tablets.kobo(households[1:], persons)
    for name, sheets in (("a", one), ("b", two)):
        for row in sheets["person"]:
            del row["_submission__uuid"], row["_submission__id"]
        tablets.workbook(tmp_path / f"{name}.xlsx", sheets)
    result = census_cli.check(tmp_path, select=PARENTS)
    assert result.discrepancies.num_rows == 0
    assert sum(i.rows for i in result.summary.inputs if i.table == "person") == len(persons)


def test_exports_of_two_apps_lie_beside_one_another(small, tmp_path):
    households, persons = small
    alone = tablets.kobo(households[2:], [p for p in persons if p["household_id"] == households[2]["household_id"]])
    tablets.workbook(tmp_path / "普查.xlsx", {**alone, "普查": [alone["普查"][0]] * 2})
    result = checked(tmp_path, tablets.odk(households[:2], persons), select=PARENTS)
    assert {d["rule"] for d in result.discrepancies.to_pylist()} == {"household.household_id.unique"}
    exports = {(i.path, i.table): i.tablet for i in result.summary.inputs if i.tablet}
    assert [(e.lacks, e.orphans) for e in exports.values()] == [(None, 0)] * 4
    assert {where: e.keys_twice for where, e in exports.items() if e.keys_twice} == {("普查.xlsx", "household"): 1}


def test_questions_with_names_like_those_of_an_app_or_of_an_answer_are_no_such_columns(small, tmp_path, census):
    sheets = tablets.kobo(*small)
    sheets["普查"] = [{"Status": "Zhang San", "other_causes_said": "flood", **row} for row in sheets["普查"]]
    tablets.workbook(tmp_path / "普查.xlsx", sheets)
    result = checked(tmp_path, {}, select="S02")
    assert next(i for i in result.summary.inputs if i.table == "household").unknown_columns == ["other_causes_said"]
    assert told(result, "household").statuses == {}
    files = tablets.odk(*small)
    below = (
        tablets.text(files["hh2020.csv"][0]).replace("SubmissionDate,", "SubmissionDate,Status,", 1).replace("Z,", "Z,Zhang San,")
    )
    (tmp_path / "odk").mkdir()
    (tmp_path / "odk" / "hh2020.csv").write_text(below, encoding="utf-8")
    assert "Zhang San" not in census("check", tmp_path / "odk", "--select", "S02").out


def test_an_inspection_tells_what_each_column_is_and_what_would_be_joined(small, tmp_path, census):
    tablets.write(tmp_path / "hh2020.csv", *tablets.surveycto_wide(*small))
    seen = {f["sheet"]: f for f in json.loads(census("inspect", tmp_path, "--format", "json").out)["files"]}
    how = {c["header"]: c["how"] for c in seen[None]["columns"]}
    assert seen[None]["app"] == "SurveyCTO"
    assert [how[h] for h in ("KEY", "starttime", "other_causes_land", "name_1", "person_count")] == [
        "link",
        "app",
        "answer",
        "repeat",
        "unknown",
    ]
    assert (seen["person[1]"]["table"], seen["person[1]"]["rows"]) == ("person", 3)
    assert {"name_1", "sex_1"} <= {c["header"] for c in seen["person[1]"]["columns"]}


def test_an_inspection_counts_the_rules_that_a_check_would_run(small, tmp_path, census):
    tablets.workbook(tmp_path / "x.xlsx", tablets.kobo(*small, split="apart"))
    inspected = json.loads(census("inspect", tmp_path, "--format", "json").out)
    skipped = sum(r.skipped is not None for r in census_cli.check(tmp_path).summary.rules)
    assert inspected["rules_skipped"] == skipped
    person = next(f for f in inspected["files"] if f["sheet"] == "person")
    assert person["supplied"] == ["Household number"]


@pytest.mark.parametrize("split", ["one", "apart"])
def test_headers_and_answers_may_be_labels(survey, small, tmp_path, split):
    titles = {f.name: f.title.zh for t in ("household", "person") for f in survey.tables[t].model.fields}
    answers = {c.code: c.label.zh for c in survey.codes["health"].codes}
    words = titles | answers | {"income": "收入", "person": "家庭成员", "health_state": "健康"}

    def labelled(row: dict[str, str]) -> dict[str, str]:
        named = {"/".join(words.get(part, part) for part in h.split("/")): v for h, v in row.items()}
        health = "家庭成员/健康/健康状况"
        return named | ({health: " ".join(answers[c] for c in named[health].split())} if health in named else {})

    sheets = {name: [labelled(r) for r in rows] for name, rows in tablets.kobo(*small, split=split).items()}
    tablets.workbook(tmp_path / "x.xlsx", sheets)
    result = census_cli.check(tmp_path, select="person.health.*,household.income_wage.*," + PARENTS)
    assert result.discrepancies.num_rows == 0
    assert [i.unknown_columns for i in result.summary.inputs] == [[], []]
    assert next(r for r in result.summary.rules if r.id == "person.health.code").passed == len(small[1])


def test_a_table_with_paths_for_headers_is_no_export(tmp_path):
    tablets.write(
        tmp_path / "household.csv", [{"household_id": "1", "village_code": "990000100200", "head_name": "测", "old/phone": "1"}]
    )
    (household,) = census_cli.check(tmp_path).summary.inputs
    assert (household.tablet, household.unknown_columns) == (None, ["old/phone"])
