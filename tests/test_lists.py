"""The lists of exit and identification: every example is a test, and what `census check` shows and writes of them."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from census_cli.examples import places
from census_cli.opening import open_survey

LISTS = open_survey("registered-households").lists
EXAMPLES = [
    (f"{line.list}-{reason.code}-{number}", line.list, reason.code, example)
    for line in LISTS.model.cases
    for reason in line.any
    for number, example in enumerate(reason.examples, 1)
]
READY = {"household_id": "1", "poverty_status": "exited", "income_year": "2020", "income_net_pc": "9000", "income_net": "9000"}


@pytest.fixture(scope="module")
def found_places(engine, survey):
    """Where every example is put: to judge them all takes little longer than to judge one."""
    return dict(zip((e[0] for e in EXAMPLES), places(engine, survey, [e[-1] for e in EXAMPLES]), strict=True))


@pytest.mark.parametrize(("name", "expected", "code"), [e[:-1] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES])
def test_an_example_is_put_on_the_list_it_is_filed_under(found_places, name, expected, code):
    found = found_places[name]
    assert found.list == expected
    assert code in found.code.split(",")


def test_a_value_that_cannot_be_read_is_named_and_nobody_is_called_fine(survey, duckdb):
    (found,) = places(duckdb, survey, [{"poverty_status": "exited", "inpatient_self_paid": "很多", "income_net_pc": 9000}])
    assert found.list == "cannot_say"
    assert "Inpatient cost paid by household" in found.text.en


def lists_of(census, folder, *more):
    ran = census("check", folder, "--lang", "en", "--format", "json", "--output", "-", "--lists", folder / "lists.csv", *more)
    rows = csv.DictReader(io.StringIO((folder / "lists.csv").read_text(encoding="utf-8-sig")))
    return json.loads(ran.out)["summary"]["lists"], list(rows)


@pytest.fixture
def folder(tmp_path):
    """Three households, of whom little is known, and no members."""

    def write(*households):
        heads = list(dict.fromkeys(k for h in households for k in h))
        lines = [",".join(heads), *(",".join(h.get(k, "") for k in heads) for h in households)]
        (tmp_path / "household.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path

    return write


def test_without_a_table_of_members_nobody_is_ready_or_out(census, folder):
    counts, rows = lists_of(census, folder(READY, READY | {"household_id": "2", "poverty_status": "poor"}))
    assert {name: c["units"] for name, c in counts.items() if c["units"]} == {"cannot_say": 2}
    assert all("medical:no_members" in row["reason_code"] and "Medical care" in row["reason"] for row in rows)


def test_who_is_registered_as_out_of_poverty_and_hungry_is_wrongly_exited_whatever_else_is_unknown(census, folder):
    _, rows = lists_of(census, folder(READY | {"food_enough": "否"}))
    assert [(r["list"], r["unit"]) for r in rows] == [("wrongly_exited", "1")]
    assert rows[0]["reason"].endswith("Food: not enough to eat at ordinary times")


def test_every_household_is_on_exactly_one_list(census, tmp_path):
    census("synth", tmp_path / "s", "--households", "300", "--seed", "3", "--errors", "0.3")
    counts, rows = lists_of(census, tmp_path / "s")
    held = (tmp_path / "s" / "household.csv").read_text(encoding="utf-8-sig").count("\n") - 1
    assert sum(c["units"] for c in counts.values()) == held
    assert sum(c["units"] for c in counts.values() if c["written"]) == len(rows)


def test_a_reason_that_could_not_be_looked_at_is_told(census, folder):
    counts, _ = lists_of(census, folder(READY))
    assert counts["at_risk"]["not_judged"]["large_medical_costs"] == "household.inpatient_self_paid"
    shown = census("check", folder(READY), "--lang", "en").out
    assert re.search("At risk: not looked at: hospital costs .* is absent", " ".join(shown.split()))


def test_the_lists_can_be_a_folder_of_parquet_files(census, folder, tmp_path):
    import pyarrow.parquet as pq

    census("check", folder(READY | {"food_enough": "否"}), "--lists", f"{tmp_path / 'lists'}/")
    assert pq.read_table(tmp_path / "lists").column("list").to_pylist() == ["wrongly_exited"]


def test_both_engines_list_the_same(tmp_path, spark, census):
    import census_cli

    census("synth", tmp_path / "s", "--households", "200", "--seed", "3", "--errors", "0.3")
    one, other = (census_cli.check(tmp_path / "s", language="en", engine=e).lists.to_pylist() for e in ("duckdb", "spark"))
    assert one
    assert one == other
