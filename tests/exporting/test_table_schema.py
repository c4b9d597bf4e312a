"""A converted folder with its descriptor is a Data Package, in which frictionless finds the cells that the structural rules find."""

from __future__ import annotations

import csv
import json

import frictionless
import pyarrow as pa
import pyarrow.parquet
import pytest

import census_cli
from census_cli.conform import cell_text
from census_cli.errors import OptionError
from census_cli.exporting.table_schema import FILE, export
from making import rows
from test_converting import converted

TABLES = ("village", "household", "person", "frame")
CELLS = ("required", "type", "code", "range", "pattern")
KINDS = {"constraint-error": "cell", "type-error": "cell", "primary-key": "unique", "foreign-key": "reference"}

# Table, record, field, text, and whether the cell is a fault.
PLANTED = [
    ("household", 1, "poverty_status", "脱贫了", True),
    ("household", 2, "registered_on", "2020-13-01", True),
    ("household", 3, "income_wage", "一百", True),
    ("household", 4, "member_count", "31", True),
    ("household", 5, "enumerator_county", "12345", True),
    ("household", 6, "other_causes", "因病、缺土地、因学", True),
    ("household", 7, "food_enough", "不详", True),
    ("household", 8, "house_area_m2", "不详", False),
    ("household", 9, "started_at", "2020-07-24 25:00", True),
    ("person", 1, "health", "健康、什么", True),
    ("person", 2, "name", " ", True),
    ("person", 3, "sex", "男", False),
    ("person", 4, "birth_date", "1830年1月1日", True),
    ("person", 5, "work_months", "-1", True),
    ("village", 1, "township_clinic", "不需要", False),
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Twelve households with planted cells, one in no village, one of them twice, converted to CSV."""
    held = {"village": rows("village"), "frame": [], "household": [], "person": []}
    for n in range(1, 13):
        held["household"].append(rows("household")[0] | {"household_id": f"H{n}"})
        held["frame"].append(rows("frame")[0] | {"household_id": f"H{n}"})
        held["person"] += [r | {"household_id": f"H{n}"} for r in rows("person")]
    for table, record, field, text, _ in PLANTED:
        held[table][record - 1][field] = text
    held["household"][9]["village_code"] = "990000100299"
    held["household"].append(held["household"][10])
    folder = tmp_path_factory.mktemp("package")
    (folder / "data").mkdir()
    for table, records in held.items():
        header = list(dict.fromkeys(name for r in records for name in r))
        with (folder / "data" / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows({k: cell_text(v) or "" for k, v in r.items()} for r in records)
    converted(folder / "data", folder / "out", format="csv")
    return folder / "out"


@pytest.fixture(scope="module")
def report(survey, data):
    exported = export(survey, data)
    assert [p.name for p in exported.files] == [FILE]
    return frictionless.validate(str(data / FILE))


def errors(report):
    """What frictionless finds, as (kind, table, record, fields)."""
    for task in report.tasks:
        for error in task.errors:
            assert error.type in KINDS, error
            fields = tuple(getattr(error, "field_names", None) or ()) if error.type == "foreign-key" else ()
            yield KINDS[error.type], task.name, error.row_number - 1, getattr(error, "field_name", None) or fields


def discrepancies(data):
    """What the structural rules find, in the same form; the first of rows with one key is no fault to frictionless."""
    for found in census_cli.check(data).discrepancies.to_pylist():
        table, field, kind = (*found["rule"].split("."), "", "")[:3]
        if kind and field != "id_number":
            yield ("cell" if kind in CELLS else kind), table, found["row"], field


def test_frictionless_finds_every_cell_that_a_check_finds_and_no_other(report, data):
    told = {e for e in errors(report) if e[0] == "cell"}
    assert told == {e for e in discrepancies(data) if e[0] == "cell"}
    assert told == {("cell", table, record, field) for table, record, field, _, fault in PLANTED if fault}


def test_frictionless_finds_keys_given_twice_and_those_that_lead_nowhere(report, data):
    told = {e[:3] for e in errors(report) if e[0] != "cell"}
    assert told == {e[:3] for e in discrepancies(data) if e[0] != "cell"} - {("unique", "household", 11)}
    assert {e[0] for e in told} == {"unique", "reference"}


def test_sound_data_are_a_valid_package(survey, sound_data, tmp_path):
    converted(sound_data, tmp_path / "out", format="csv")
    export(survey, tmp_path / "out")
    told = frictionless.validate(str(tmp_path / "out" / FILE))
    assert told.valid, told.flatten(["type", "note"])
    assert {t.name for t in told.tasks} >= set(TABLES)


def test_a_new_folder_gets_the_whole_survey_under_the_names_that_a_conversion_writes(survey, tmp_path):
    export(survey, tmp_path / "out")
    package = json.loads((tmp_path / "out" / FILE).read_text(encoding="utf-8"))
    assert [r["path"] for r in package["resources"]] == [f"{t}.csv" for t in survey.file.tables]
    assert not frictionless.Package.validate_descriptor(package).errors


def test_the_descriptor_of_somebody_else_stays(survey, tmp_path):
    (tmp_path / FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(OptionError, match=FILE):
        export(survey, tmp_path)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == "{}"


def test_a_new_descriptor_replaces_our_own_and_nothing_else(survey, tmp_path):
    pyarrow.parquet.write_table(pa.table({"village_code": ["990000100201"]}), tmp_path / "village.parquet")
    written = (tmp_path / "village.parquet").read_bytes()
    export(survey, tmp_path)
    export(survey, tmp_path)
    package = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert [r["path"] for r in package["resources"]] == ["village.parquet"]
    assert (tmp_path / "village.parquet").read_bytes() == written


def test_tables_that_were_not_converted_are_not_described(survey, sample):
    with pytest.raises(OptionError, match="census convert"):
        export(survey, sample)
    assert not (sample / FILE).exists()


def test_a_table_that_is_damaged_is_not_described(survey, tmp_path):
    (tmp_path / "village.parquet").write_bytes(b"x")
    with pytest.raises(OptionError, match=r"village\.parquet"):
        export(survey, tmp_path)


def test_what_a_table_schema_cannot_say_is_named(survey, tmp_path):
    (tmp_path / "person.csv").write_text("household_id\n", encoding="utf-8")
    assert {left.part for left in export(survey, tmp_path).left} == {"person.id_number", "person.household_id"}
