"""What the program writes: payload and messages apart, formats, masks, and inputs left as they were."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import stat
from collections import Counter

import pyarrow.parquet as pq
import pytest

from census_cli.complete import completed
from census_cli.results import COLUMNS, VERDICT_COLUMNS, Summary
from places import ROOT


def digest(folder):
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir()}


def test_the_payload_goes_to_standard_output_and_messages_to_standard_error(census, sample, tmp_path):
    ran = census("check", sample, "--output", tmp_path / "x.csv")
    assert "discrepancies" in ran.out
    assert ran.err == f"written: {tmp_path / 'x.csv'}\n"


def test_standard_output_carries_nothing_but_the_json(census, sample):
    ran = census("check", sample, "--output", "-", "--format", "json")
    assert set(json.loads(ran.out)) == {"summary", "discrepancies"}
    assert ran.err == ""


def test_csv_has_a_bom_the_columns_of_the_contract_and_plain_line_ends(census, sample, tmp_path):
    census("check", sample, "--output", tmp_path / "x.csv")
    raw = (tmp_path / "x.csv").read_bytes()
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert tuple(rows[0]) == COLUMNS
    assert {len(r) for r in rows} == {len(COLUMNS)}


def test_every_format_holds_the_same_discrepancies(census, sample, tmp_path):
    census("check", sample, *(a for e in ("csv", "json", "parquet") for a in ("--output", tmp_path / f"x.{e}")))
    in_json = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["discrepancies"]
    in_parquet = pq.read_table(tmp_path / "x.parquet").to_pylist()
    in_csv = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8-sig"))))
    assert in_json == in_parquet
    assert [{k: str(v) for k, v in row.items()} for row in in_json] == in_csv


def test_discrepancies_are_sorted_and_the_same_in_every_run(census, sample, tmp_path):
    for name in ("one.csv", "two.csv"):
        census("check", sample, "--output", tmp_path / name)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "one.csv").read_text(encoding="utf-8-sig"))))
    keys = [(r["rule"], r["table"], r["unit"], r["source"], int(r["row"]), r["profile"]) for r in rows]
    assert keys == sorted(keys)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_the_summary_in_json_is_valid_against_its_model(census, sample):
    ran = census("check", sample, "--output", "-", "--format", "json")
    summary = Summary.model_validate(json.loads(ran.out)["summary"])
    assert all(i.rows == i.rows_checked + i.rows_unreadable for i in summary.inputs)


def test_no_input_is_altered(census, sample, tmp_path):
    before = digest(sample)
    census("check", sample, "--output", tmp_path / "x.csv")
    assert digest(sample) == before


@pytest.mark.parametrize("name", ["person.csv", "household.csv"])
def test_an_input_is_refused_as_output(census, sample, name):
    before = digest(sample)
    ran = census("check", sample, "--output", sample / name)
    assert ran.code == 2
    assert "inputs are never altered" in ran.err
    assert digest(sample) == before


def test_a_table_of_a_pattern_is_refused_as_output(census, sample):
    before = digest(sample)
    ran = census("check", f"{sample}/*.csv", "--output", sample / "household.csv")
    assert "inputs are never altered" in ran.err
    assert digest(sample) == before


def test_a_report_that_a_pattern_covers_is_written_again(census, sample):
    for _ in range(2):
        assert census("check", f"{sample}/*.csv", "--output", sample / "found.csv", "--fail-on", "never").code == 0


def test_the_explanations_that_are_read_are_refused_as_output(census, sample, tmp_path):
    notes = tmp_path / "notes.csv"
    notes.write_text("fingerprint,evidence,note,by,on\n", encoding="utf-8")
    ran = census("check", sample, "--notes", notes, "--output", notes)
    assert "inputs are never altered" in ran.err
    assert notes.read_text(encoding="utf-8").startswith("fingerprint")


def test_two_runs_at_once_to_one_output_each_write_the_whole_of_it(tmp_path):
    with completed(tmp_path / "x.csv") as first, completed(tmp_path / "x.csv") as second:
        first.write_text("first", encoding="utf-8")
        second.write_text("second", encoding="utf-8")
    assert [(f.name, f.read_text(encoding="utf-8")) for f in tmp_path.iterdir()] == [("x.csv", "first")]


def test_what_an_output_that_is_a_link_leads_to_is_written(census, sample, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "x.csv").symlink_to(tmp_path / "there" / "x.csv")
    census("check", sample, "--output", tmp_path / "x.csv")
    assert (tmp_path / "x.csv").is_symlink()
    assert (tmp_path / "there" / "x.csv").exists()


def test_a_folder_of_copies_and_one_of_verdicts_are_not_the_same(census, sample, tmp_path):
    ran = census("check", sample, "--annotate", tmp_path / "same", "--verdicts", f"{tmp_path}/same/")
    assert "is named for two outputs" in ran.err


def test_an_output_among_the_inputs_is_ignored_by_the_next_run(census, sample):
    for _ in range(2):
        census("check", sample, "--output", sample / "found.csv")
    ran = census("check", sample)
    assert "not read: found.csv (an output of census itself)" in ran.out


def personal(sample):
    with (sample / "person.csv").open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    return (
        {p["证件号码"] for p in people if len(p["证件号码"]) > 10} | {p["姓名"] for p in people} | {p["出生日期"] for p in people}
    )


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_personal_data_are_masked_in_every_output(census, sample, tmp_path, ending):
    ran = census("check", sample, "--output", tmp_path / f"x.{ending}")
    if ending == "parquet":
        written = str(pq.read_table(tmp_path / "x.parquet").to_pylist())
    else:
        written = (tmp_path / f"x.{ending}").read_text(encoding="utf-8")
    dates = {"2020-07-25"}
    assert [v for v in personal(sample) - dates if v in written + ran.out] == []


def test_revealed_data_are_shown_in_a_file_of_the_owners_own(census, sample, tmp_path):
    out = tmp_path / "x.csv"
    census("check", sample, "--output", out, "--reveal")
    assert any(v in out.read_text(encoding="utf-8") for v in personal(sample))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_with_a_key_the_same_person_keeps_the_same_pseudonym(census, sample, tmp_path, monkeypatch):
    monkeypatch.setenv("CENSUS_KEY", "a secret")
    census("check", sample, "--select", "S09", "--output", tmp_path / "x.json")
    found = [
        json.loads(d["found"])["id_number"]
        for d in json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["discrepancies"]
    ]
    names = [f.split(" ")[1] for f in found]
    assert all(n.startswith("p:") and len(n) == 10 for n in names)
    assert sorted(names.count(n) for n in names) == [2, 2, 2, 2]


@pytest.mark.parametrize(("key", "changes"), [(None, False), ("a secret", True)])
def test_evidence_covers_personal_values_only_under_a_key(census, sample, tmp_path, monkeypatch, key, changes):
    if key:
        monkeypatch.setenv("CENSUS_KEY", key)

    def evidence(name):
        census("check", sample, "--select", "S04", "--output", tmp_path / name)
        (found,) = json.loads((tmp_path / name).read_text(encoding="utf-8"))["discrepancies"]
        return found["evidence"]

    before, file = evidence("a.json"), sample / "person.csv"
    (short,) = {
        c for line in file.read_text(encoding="utf-8").splitlines() for c in line.split(",") if len(c) == 17 and c[:6] == "990000"
    }
    file.write_text(file.read_text(encoding="utf-8").replace(short, short[:-1]), encoding="utf-8")
    assert (evidence("b.json") != before) == changes


def test_a_fingerprint_does_not_depend_on_the_values(census, sample, tmp_path):
    def prints(name):
        census("check", sample, "--select", "H02", "--output", tmp_path / name)
        return [d["fingerprint"] for d in json.loads((tmp_path / name).read_text(encoding="utf-8"))["discrepancies"]]

    before = prints("a.json")
    file = sample / "household.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("D级", "C级"), encoding="utf-8")
    assert prints("b.json") == before


def test_no_half_written_output_is_left_behind(census, sample, tmp_path, monkeypatch):
    from census_cli.report import csv as writer

    def fails(findings, file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "write", fails)
    ran = census("check", sample, "--output", tmp_path / "x.csv")
    assert (ran.code, list(tmp_path.glob("*.csv")), list(tmp_path.glob(".*"))) == (2, [], [])
    assert "the disk is full" in ran.err


def test_a_text_computed_from_personal_data_is_masked_too(census, sample, tmp_path):
    folder = tmp_path / "survey"
    shutil.copytree(ROOT / "schemas" / "registered-households", folder)
    table, rule = folder / "tables" / "person.yaml", folder / "rules" / "S04.yaml"
    derived = "  - {name: started, type: string, title: {zh: 甲, en: A}, expression: 'left(id_number, 17)'}\n"
    table.write_text(table.read_text(encoding="utf-8") + derived, encoding="utf-8")
    rule.write_text(rule.read_text(encoding="utf-8").replace("{id_number}", "{started}"), encoding="utf-8")
    out = census("check", sample, "--survey", folder, "--select", "S04").out
    assert "990000***********'" in out


def test_verdicts_are_written_for_every_household_and_member(census, sample, tmp_path):
    census("check", sample, "--verdicts", tmp_path / "v.csv", "--output", tmp_path / "x.json")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "v.csv").read_text(encoding="utf-8-sig"))))
    assert list(rows[0]) == list(VERDICT_COLUMNS)
    summary = json.loads((tmp_path / "x.json").read_bytes())["summary"]["assurances"]
    counted = {(n, t): sum(c.values()) for n, levels in summary.items() for t, c in levels.items()}
    assert counted == Counter((r["assurance"], r["table"]) for r in rows)


def test_verdicts_in_parquet_are_those_in_csv(census, sample, tmp_path):
    census("check", sample, "--verdicts", tmp_path / "v.csv")
    census("check", sample, "--verdicts", tmp_path / "v.parquet")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "v.csv").read_text(encoding="utf-8-sig"))))
    assert pq.read_table(tmp_path / "v.parquet").to_pylist() == rows


def test_verdicts_are_not_written_in_a_format_that_cannot_hold_them(census, sample, tmp_path):
    ran = census("check", sample, "--verdicts", tmp_path / "v.json")
    assert ran.code == 2
    assert ".csv, .parquet" in ran.err


def test_two_outputs_of_one_name_are_refused(census, sample, tmp_path):
    ran = census("check", sample, "--output", tmp_path / "x.csv", "--verdicts", tmp_path / "x.csv")
    assert ran.code == 2
    assert "two outputs" in ran.err
