"""The careful reader's batches: every record is there, with its cells or with what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from tiny_tables import write

from census_cli.reading import careful
from census_cli.reading.careful import careful_batches, careful_schema
from census_cli.reading.records import read_records

COLUMNS = {"b": 1, "a": 0}


@pytest.fixture
def rows(tmp_path):
    """The rows of a file of two columns."""

    def rows(text: str) -> list[dict[str, Any]]:
        path = write(tmp_path, "a.csv", "A,B\n" + text)
        return [row for batch in careful_batches(read_records(path), ["A", "B"], COLUMNS) for row in batch.to_pylist()]

    return rows


def judged(row: dict[str, Any]) -> tuple[int, str, int]:
    return row["row"], row["problem"], row["cells"]


def test_a_sound_record_has_its_cells_under_their_fields(rows):
    assert rows("1,测\n,2\n") == [
        {"row": 1, "problem": "", "cells": 2, "line": 2, "place": 0, "b": "测", "a": "1"},
        {"row": 2, "problem": "", "cells": 2, "line": 3, "place": 0, "b": "2", "a": ""},
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\n", (1, "width", 1)),
        ("1,2,\n", (1, "width", 3)),
        ('1,"2\n', (1, "quote", -1)),
        ("1,\0\n", (1, "nul", 2)),
        ("\n", (1, "blank", 1)),
        (",\n", (1, "blank", 2)),
        (",,,\n", (1, "blank", 4)),
        (' \t,"\u3000\u00a0\u200b\ufeff\n"\n', (1, "blank", 2)),
    ],
)
def test_any_other_record_says_what_is_wrong_and_has_no_cells(rows, text, expected):
    (row,) = rows(text)
    assert judged(row) == expected
    assert (row["a"], row["b"]) == ("", "")


def test_every_record_has_its_number_over_all_batches(rows, monkeypatch):
    monkeypatch.setattr(careful, "BATCH_RECORDS", 2)
    found = rows('1,2\n\n3\n"x\n"y,\n4,5\n6,7\n')
    assert list(map(judged, found)) == [
        (1, "", 2), (2, "blank", 1), (3, "width", 1), (4, "quote", -1), (5, "quote", -1), (6, "quote", -1), (7, "quote", -1),
    ]  # fmt: skip


def test_a_file_of_a_header_alone_has_no_batch(rows):
    assert rows("") == []


def test_batches_have_the_schema_promised(tmp_path):
    path = write(tmp_path, "a.csv", "A,B\n1,2\n")
    assert next(careful_batches(read_records(path), ["A", "B"], COLUMNS)).schema == careful_schema(COLUMNS)
