"""Notes: an explanation closes a discrepancy to verify, for the value it was written about, as long as it holds."""

from __future__ import annotations

import csv
import json

import pytest


@pytest.fixture
def survey(sample, census, tmp_path, monkeypatch):
    """The sample, its sheet of notes as made by the program, and a way to check with notes."""
    monkeypatch.setenv("CENSUS_KEY", "a key")
    sheet = tmp_path / "to.notes.csv"
    assert census("notes", "template", sample, "--output", sheet).code == 0
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))

    class Survey:
        rows = lines

        def check(self, notes, encoding="utf-8-sig"):
            path = tmp_path / "filled.csv"
            with path.open("w", encoding=encoding, newline="") as file:
                writer = csv.DictWriter(file, notes[0].keys())
                writer.writeheader()
                writer.writerows(notes)
            out = tmp_path / "out.json"
            ran = census("check", sample, "--notes", path, "--output", out)
            assert ran.code in (0, 1), ran.err
            return json.loads(out.read_text(encoding="utf-8")) | {"said": ran.out}

    return Survey()


FILLED = {"note": "户主说已搬到县城", "by": "张三", "on": "2020-08-01"}


def states(result, fingerprint):
    return {(d["state"], d["note"]) for d in result["discrepancies"] if d["fingerprint"] == fingerprint}


def test_the_sheet_has_a_line_for_each_discrepancy_to_verify(survey):
    found = survey.check([r | FILLED for r in survey.rows])
    verify = [d for d in found["discrepancies"] if d["severity"] == "verify"]
    assert len(verify) == len(survey.rows) > 0


def test_a_note_closes_its_discrepancy_and_no_other(survey):
    first, *others = survey.rows
    result = survey.check([first | FILLED, *others])
    assert states(result, first["fingerprint"]) == {("explained", "户主说已搬到县城 (张三, 2020-08-01)")}
    assert result["summary"]["discrepancies"]["verify"] == len(others)
    assert [n["state"] for n in result["summary"]["notes"]] == ["applied"]


def test_a_note_on_another_value_is_outdated_and_the_discrepancy_counts(survey):
    first = survey.rows[0] | FILLED | {"evidence": "0" * 16}
    result = survey.check([first])
    assert states(result, first["fingerprint"]) == {("open", "")}
    assert [n["state"] for n in result["summary"]["notes"]] == ["outdated"]
    assert "the value has changed since" in result["said"]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"expires": "2020-12-31"}, "expired"),
        ({"by": ""}, "incomplete"),
        ({"on": "昨天"}, "incomplete"),
        ({"fingerprint": "f" * 16}, "unused"),
    ],
)
def test_a_note_that_does_not_hold_closes_nothing_and_is_listed(survey, change, state):
    result = survey.check([survey.rows[0] | FILLED | change])
    assert [n["state"] for n in result["summary"]["notes"]] == [state]
    assert all(d["state"] == "open" for d in result["discrepancies"])


def test_what_must_be_mended_cannot_be_explained_away(survey):
    found = survey.check(survey.rows)["discrepancies"]
    mandatory = next(d for d in found if d["severity"] == "mandatory")
    note = survey.rows[0] | FILLED | {"fingerprint": mandatory["fingerprint"], "evidence": mandatory["evidence"]}
    result = survey.check([note])
    assert [n["state"] for n in result["summary"]["notes"]] == ["refused"]
    assert states(result, mandatory["fingerprint"]) == {("open", "")}


def test_notes_of_chinese_excel_are_read(survey):
    first = survey.rows[0]
    chinese = {
        "指纹": first["fingerprint"],
        "证据": first["evidence"],
        "说明": "已核实",
        "说明人": "李四",
        "日期": "2020年8月1日",
    }
    result = survey.check([chinese], encoding="gb18030")
    assert states(result, first["fingerprint"]) == {("explained", "已核实 (李四, 2020年8月1日)")}


def test_a_file_without_notes_is_refused_with_its_missing_columns(census, sample):
    ran = census("check", sample, "--notes", sample / "household.csv")
    assert ran.code == 2
    assert "fingerprint" in ran.err


def test_a_sheet_of_another_name_is_refused_since_it_would_be_no_sheet(census, sample, tmp_path):
    ran = census("notes", "template", sample, "--output", tmp_path / "notes.csv")
    assert (ran.code, (tmp_path / "notes.csv").exists()) == (2, False)
    assert "ends in .notes.csv" in ran.err


def test_a_sheet_in_which_something_was_written_is_not_made_anew(census, sample, tmp_path):
    sheet = tmp_path / "explain.notes.csv"
    for _ in range(2):
        assert census("notes", "template", sample, "--output", sheet).code == 0
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        first, *others = csv.DictReader(file)
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerows([first | FILLED, *others])
    filled = sheet.read_bytes()
    for asked in (("notes", "template", sample, "--output"), ("check", sample, "--verdicts")):
        ran = census(*asked, sheet)
        assert ran.code == 2
        assert "explanations are written in it" in ran.err
    assert sheet.read_bytes() == filled


def test_what_is_no_sheet_is_not_overwritten_by_one(census, sample, tmp_path):
    (tmp_path / "mine.notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    ran = census("notes", "template", sample, "--output", tmp_path / "mine.notes.csv")
    assert ran.code == 2
    assert "is no sheet of notes" in ran.err
