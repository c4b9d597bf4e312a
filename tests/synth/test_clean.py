"""A survey without faults is consistent in itself and looks like the published one."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from census_cli.conform import parse_date


def test_no_rule_is_violated(clean):
    assert clean.checked.discrepancies.num_rows == 0


def test_every_rule_runs_but_those_about_what_files_lack(clean):
    assert [r.id for r in clean.checked.summary.rules if r.skipped] == ["S22a", "S22b", "S23"]


def test_no_assurance_is_unmet_or_unknown(clean):
    assert set(clean.checked.verdicts["verdict"].to_pylist()) == {"met", "exempt", "not_applicable"}


def test_nothing_is_planted(clean):
    assert clean.rows("planted") == clean.rows("planted_verdicts") == []


def test_every_column_of_every_table_is_there(clean, kitchen):
    for name, table in kitchen.tables.items():
        assert list(clean.rows(name)[0]) == [f.name for f in table.fields]


def test_no_id_number_is_given_twice_and_all_begin_with_an_unassigned_prefix(clean):
    numbers = [row["id_number"] for row in clean.rows("person")]
    assert len(numbers) == len({n[:18] for n in numbers})
    assert {n[:3] for n in numbers} == {"990"}


def test_numbers_stay_apart_where_the_prefixes_come_round_again(kitchen):
    # Persons whose numbers lie a whole round apart share prefix and sequence; their birthdays must differ.
    import duckdb

    from census_cli.synth.draws import macros

    connection = duckdb.connect()
    for macro in macros(kitchen.numbers, 7):
        connection.execute(macro)
    day = "(within(luck(n % 500000), 'birthday', 0, 364) + n // 500000) % 365"
    same = f"SELECT n % 500000, {day} FROM (SELECT r * 500000 + 123 AS n FROM range(365) AS rounds(r)) GROUP BY ALL HAVING count(*) > 1"
    assert connection.execute(same).fetchall() == []


def test_villages_declare_what_the_other_tables_hold(clean):
    current = Counter(r["household_id"] for r in clean.rows("person") if r["member_status"] not in ("died", "married_out"))
    forms, persons = Counter(), Counter()
    for row in clean.rows("household"):
        forms[row["village_code"]] += 1
        persons[row["village_code"]] += current[row["household_id"]]
    declared = {r["village_code"]: (r["registered_households"], r["registered_persons"]) for r in clean.rows("village")}
    assert declared == {code: (str(forms[code]), str(persons[code])) for code in forms}


def test_the_roll_also_has_households_that_were_rightly_not_registered(clean):
    forms = {row["household_id"] for row in clean.rows("household")}
    without = {row["listing_status"] for row in clean.rows("frame") if row["household_id"] not in forms}
    assert without
    assert without <= {"vanished", "merged", "lost", "refused"}


def test_no_enumerator_is_in_two_places_at_once(clean):
    visits = sorted((r["enumerator_id"], r["started_at"], r["ended_at"]) for r in clean.rows("household"))
    assert all(a[2] < b[1] for a, b in pairwise(visits) if a[0] == b[0])


def test_visits_lie_in_the_field_work_window(clean):
    days = [parse_date(row["registered_on"]).isoformat() for row in clean.rows("household")]
    assert "2020-07-20" <= min(days) <= max(days) <= "2020-08-10"


def test_households_are_as_large_as_the_published_ones(clean):
    assert len(clean.rows("person")) / len(clean.rows("household")) == pytest.approx(3.58, abs=0.1)


@pytest.mark.parametrize(
    ("table", "column", "answer", "published"),
    [
        ("household", "protein_frequency", "anytime", 0.9894),
        ("household", "house_route", "renovated", 0.4225),
        ("household", "house_route", "relocated", 0.1401),
        ("household", "water_piped", "true", 0.9367),
        ("household", "help_industry", "true", 0.989),
        ("person", "insured_resident", "true", 0.9985),
    ],
)
def test_shares_are_roughly_as_published(clean, table, column, answer, published):
    rows = clean.rows(table)
    assert sum(r[column] == answer for r in rows) / len(rows) == pytest.approx(published, abs=0.03)
