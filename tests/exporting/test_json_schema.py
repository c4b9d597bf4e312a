"""The JSON Schema of a record takes what the record model takes, and refuses what it refuses."""

from __future__ import annotations

import csv
import datetime
import json
import random
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from census_cli.conform import NotConforming, cell_text, conform
from census_cli.exporting.json_schema import export
from census_cli.reading.headers import match_headers
from census_cli.records import Records
from places import ROOT

TABLES = ("village", "household", "person", "frame", "evidence")
ROWS = 60


@pytest.fixture(scope="module")
def schemas(survey, tmp_path_factory):
    """The schemas as the files hold them."""
    exported = export(survey, tmp_path_factory.mktemp("schemas") / "out")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in exported.files}


def in_json(value):
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def typed(survey, table):
    """Rows of the sample as their values are in JSON; a cell that is no value stays the text that it is."""
    model = survey.tables[table].model
    with (ROOT / "sample_data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    columns = match_headers(header, model).columns
    for row in random.Random(1).sample(rows, min(ROWS, len(rows))):
        record = dict.fromkeys(f.name for f in model.fields if not f.made)
        for name, place in columns.items():
            try:
                record[name] = in_json(conform(model.field(name), row[place], survey.codes))
            except NotConforming:
                record[name] = row[place]
        yield record


@pytest.fixture(scope="module")
def sound(survey):
    """Whether the record model of a table finds no fault."""
    models = {table: Records(survey.tables[table].model, survey.codes) for table in TABLES}

    def judge(table, record):
        return not models[table].faults({k: ",".join(v) if isinstance(v, list) else cell_text(v) for k, v in record.items()})

    return judge


def test_every_schema_is_one(survey, schemas):
    assert list(schemas) == survey.file.tables
    for schema in schemas.values():
        assert validator_for(schema) is Draft202012Validator
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_the_sample_are_taken_as_the_record_model_takes_them(survey, schemas, sound, table):
    validator = Draft202012Validator(schemas[table])
    told = [(validator.is_valid(record), sound(table, record)) for record in typed(survey, table)]
    assert len(told) >= 15
    assert all(one == other for one, other in told)
    assert any(one for one, _ in told)


SPOILT = [None, "", " ", "不详", "-9", "9", "99", "x", "1900-01-01", "1899-12-31", "2020-13-01", "2020-01-01T08:00:00", 0, -1, 13, 400, 1.5, 10**12, 10**15, True, False, "none", "male", "1", [], ["healthy"], ["healthy", "x"], "chronic,serious", "illness,land,other", "990000100200", "99000010020"]  # fmt: skip


def stands_for_itself(survey, field, value):
    """Whether a value is in JSON what it is in a file: no label, no number or date written as another kind of text."""
    if value is None or value in (field.missingValues or []):
        return True
    if isinstance(value, list):
        return field.type == "list"
    if isinstance(value, str) and not value.strip():
        return field.constraints.required
    try:
        read = in_json(conform(field, cell_text(value), survey.codes))
        return read == value and isinstance(read, bool) == isinstance(value, bool)
    except NotConforming:
        return True


@pytest.mark.parametrize("table", TABLES)
def test_spoilt_cells_are_refused_as_the_record_model_refuses_them(survey, schemas, sound, table):
    schema, model = schemas[table], survey.tables[table].model
    record = next(r for r in typed(survey, table) if sound(table, r))
    refused = 0
    for field in (f for f in model.fields if not f.made):
        validator = Draft202012Validator(schema | {"properties": {field.name: schema["properties"][field.name]}})
        for value in SPOILT:
            if stands_for_itself(survey, field, value):
                spoilt = record | {field.name: value}
                taken = validator.is_valid(spoilt)
                assert taken == sound(table, spoilt), (field.name, value)
                refused += not taken
    assert refused > 10


@pytest.mark.parametrize("kind", ["id_card", "none", None, "不详"])
def test_an_answer_that_hangs_on_another_is_needed_only_where_that_one_asks_for_it(survey, schemas, sound, kind):
    record = next(r for r in typed(survey, "person") if sound("person", r)) | {"id_type": kind, "id_number": None}
    assert Draft202012Validator(schemas["person"]).is_valid(record) == sound("person", record) == (kind in ("none", "不详"))


def test_a_schema_tells_titles_and_answers_in_both_languages_and_units(schemas):
    person = schemas["person"]
    assert person["properties"]["sex"]["title"] == "性别 / Sex"
    assert "male = 男 / Male" in person["$defs"]["sex"]["description"]
    assert person["properties"]["work_months"]["unit"] == "months"
    assert person["$defs"]["sex"]["enum"] == ["male", "female"]
