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
    packed = table.execute(PACKED.counts("packed", PACKED.conditions))
    assert dict(zip((d[0] for d in packed.description), packed.fetchone(), strict=True)) == expected


@pytest.mark.parametrize("condition", [0, 61, 62, 123, 124, MANY - 1])
def test_a_bit_holds_where_its_condition_does(table, condition):
    rows = f"SELECT {PACKED.some([f'the {condition}th'])}, coalesce(c{condition}, FALSE) FROM packed JOIN answers USING (id)"
    held = table.execute(rows).fetchall()
    assert all(bit == answer for bit, answer in held)
    assert {bit for bit, _ in held} == {True, False}


def test_some_of_several_hold_across_numbers(table):
    asked = [f"the {i}th" for i in (3, 70, 140)]
    rows = f"SELECT {PACKED.some(asked)}, coalesce(c3 OR c70 OR c140, FALSE) FROM packed JOIN answers USING (id)"
    assert all(bit == answer for bit, answer in table.execute(rows).fetchall())


def test_of_no_rows_every_count_is_zero(table):
    table.execute("CREATE TABLE nobody AS SELECT * FROM packed LIMIT 0")
    assert set(table.execute(PACKED.counts("nobody", PACKED.conditions)).fetchone()) == {0}


def test_conditions_that_are_the_same_share_a_bit():
    twice = Packed(PACKED.conditions | {"again": "c3"})
    assert twice.columns() == PACKED.columns()
    assert twice.some(["again"]) == twice.some(["the 3th"])


RULES = Packed({"c1": "c1", "c2": "c2"}, {f"rule {i}": (f"c{i}", f"c{i + 1}") for i in range(0, MANY - 1)})


@pytest.fixture(scope="module")
def judged(table) -> duckdb.DuckDBPyConnection:
    table.execute(f"CREATE TABLE judged AS SELECT {', '.join(['id', *RULES.columns()])} FROM answers")
    return table


@pytest.mark.parametrize("rule", [0, 19, 20, 21, MANY - 2])
@pytest.mark.parametrize(("outcome", "condition"), [
    (".passed", "w AND a"), (".violated", "w AND NOT a"), ("", "w AND NOT a"), (".unknown", "w IS NULL OR w AND a IS NULL"),
])  # fmt: skip
def test_a_rule_has_the_outcome_that_its_two_conditions_give(judged, rule, outcome, condition):
    rows = f"SELECT id, c{rule} AS w, c{rule + 1} AS a FROM answers"
    found = f"SELECT {RULES.some([f'rule {rule}{outcome}'])}, coalesce({condition}, FALSE) FROM judged JOIN ({rows}) USING (id)"
    held = judged.execute(found).fetchall()
    assert all(bit == answer for bit, answer in held)
    assert {bit for bit, _ in held} == {True, False}


def test_rules_and_conditions_are_counted_beside_one_another(judged):
    names = ["c1", "c2", *(f"rule {i}.{outcome}" for i in (0, 40) for outcome in ("passed", "violated", "unknown"))]
    counted_bits = judged.execute(RULES.counts("judged", names))
    found = dict(zip((d[0] for d in counted_bits.description), counted_bits.fetchone(), strict=True))
    alone = {n: judged.execute(f"SELECT count(*) FROM judged WHERE {RULES.some([n])}").fetchone()[0] for n in names}
    assert found == {"units": 200} | alone
