"""Conditions packed into bits are read back as they were."""

from __future__ import annotations

import random

import duckdb
import pytest

from census_cli.sql.counts import counted
from census_cli.sql.packed import Packed

ANSWERS = (True, False, None)
MANY = 150  # more than two numbers hold


@pytest.fixture(scope="module")
def table() -> duckdb.DuckDBPyConnection:
    draw, connection = random.Random(7), duckdb.connect()
    kinds = ", ".join(f"c{i} BOOLEAN" for i in range(MANY))
    connection.execute(f"CREATE TABLE answers (id INTEGER, {kinds})")
    rows = [[n, *draw.choices(ANSWERS, k=MANY)] for n in range(200)]
    connection.executemany(f"INSERT INTO answers VALUES ({', '.join('?' * (MANY + 1))})", rows)
    columns = ", ".join(["id", *PACKED.columns()])
    connection.execute(f"CREATE TABLE packed AS SELECT {columns} FROM answers")
    return connection


PACKED = Packed({f"the {i}th": f"c{i}" for i in range(MANY)})


def test_each_condition_is_counted_as_it_is_by_itself(table):
    by_themselves = table.execute(f"SELECT {counted(PACKED.conditions)} FROM answers")
    expected = dict(zip((d[0] for d in by_themselves.description), by_themselves.fetchone(), strict=True))
    packed = table.execute(PACKED.counts("packed"))
    assert dict(zip((d[0] for d in packed.description), packed.fetchone(), strict=True)) == expected


@pytest.mark.parametrize("condition", [0, 61, 62, 123, 124, MANY - 1])
def test_a_bit_holds_where_its_condition_does(table, condition):
    rows = f"SELECT {PACKED.holds(f'the {condition}th')}, coalesce(c{condition}, FALSE) FROM packed JOIN answers USING (id)"
    held = table.execute(rows).fetchall()
    assert all(bit == answer for bit, answer in held)
    assert {bit for bit, _ in held} == {True, False}


def test_some_of_several_hold_across_numbers(table):
    asked = [f"the {i}th" for i in (3, 70, 140)]
    rows = f"SELECT {PACKED.some(asked)}, coalesce(c3 OR c70 OR c140, FALSE) FROM packed JOIN answers USING (id)"
    assert all(bit == answer for bit, answer in table.execute(rows).fetchall())


def test_of_no_rows_every_count_is_zero(table):
    table.execute("CREATE TABLE nobody AS SELECT * FROM packed LIMIT 0")
    assert set(table.execute(PACKED.counts("nobody")).fetchone()) == {0}
