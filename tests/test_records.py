"""The record model and the bulk pass judge every cell of every row alike."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from census_cli.conform import spellings
from census_cli.records import Records
from census_cli.sql.cells import Cells
from census_cli.sql.words import name
from nasty import PIECES

ROWS = 400


def random_cell(chance, survey, field):
    if chance.random() < 0.2:
        return chance.choice(["", " ", None])
    if field.codes and chance.random() < 0.6:
        return ",".join(
            chance.choices(list(spellings(survey.codes[field.codes])), k=chance.randint(1, 3 if field.type == "list" else 1))
        )
    sound = {"integer": "3", "number": "12.5", "boolean": "是", "date": "2020-07-25", "datetime": "2020-07-25 08:00:00"}
    if chance.random() < 0.5:
        return chance.choice([sound.get(field.type, "990000100200"), "0", "-1", "13", "31", "990100"])
    return "".join(chance.choices(PIECES, k=chance.randint(1, 4)))


@pytest.mark.parametrize("table", ["village", "household", "person", "frame"])
@pytest.mark.parametrize("seed", range(3))
def test_bulk_pass_and_record_model_find_the_same_cells(survey, duckdb, table, seed):
    chance, model = random.Random(seed), survey.tables[table].model
    fields = [f for f in model.fields if chance.random() < 0.9]
    rows = [{f.name: random_cell(chance, survey, f) for f in fields} for _ in range(ROWS)]
    columns = {f.name: pa.array([r[f.name] for r in rows], pa.string()) for f in fields}
    duckdb.add_batches("many_rows", pa.table({"source": ["x"] * ROWS, "row": range(ROWS), **columns}).to_reader())
    duckdb.view(f"raw_{table}", "SELECT * FROM many_rows")
    cells = Cells(model, dict.fromkeys(columns, "VARCHAR"))
    faulty = ", ".join(f"{cells.faulty(f)} AS {name(f)}" for f in columns)
    found = [
        r
        for b in duckdb.stream(f"SELECT {faulty} FROM ({cells.select([], list(columns), list(columns))}) ORDER BY row")
        for r in b.to_pylist()
    ]
    duckdb.drop("many_rows")
    records = Records(model, survey.codes)
    for row, flagged in zip(rows, found, strict=True):
        assert sorted(f.field for f in records.faults(row)) == sorted(f for f, bad in flagged.items() if bad), row


def faults(survey, table, **cells):
    return [(f.field, f.kind) for f in Records(survey.tables[table].model, survey.codes).faults(cells)]


def test_a_blank_required_cell_is_a_fault(survey):
    assert faults(survey, "person", name=" ") == [("name", "required")]


def test_an_absent_column_is_no_fault(survey):
    assert faults(survey, "person", person_no="1") == []


def test_an_id_number_may_be_blank_only_for_one_without_id(survey):
    assert faults(survey, "person", id_type="无证", id_number="") == []
    assert faults(survey, "person", id_type="居民身份证", id_number="") == [("id_number", "required")]
    assert faults(survey, "person", id_type="", id_number="") == [("id_number", "required")]
    assert faults(survey, "person", id_number="") == [("id_number", "required")]


def test_an_id_type_that_cannot_be_read_does_not_make_the_number_required(survey):
    assert faults(survey, "person", id_type="什么", id_number="") == [("id_type", "code")]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ({"member_count": "31"}, "range"),
        ({"member_count": "三"}, "type"),
        ({"village_code": "99"}, "pattern"),
        ({"sex": "x"}, None),
    ],
)
def test_each_kind_of_fault_has_its_name(survey, cell, kind):
    assert faults(survey, "household", **cell) == ([(next(iter(cell)), kind)] if kind else [])


def test_a_list_holds_no_more_codes_than_its_field_allows(survey):
    assert faults(survey, "household", other_causes="因病、因学") == []
    assert faults(survey, "household", other_causes="因病、因学、因残") == [("other_causes", "range")]
