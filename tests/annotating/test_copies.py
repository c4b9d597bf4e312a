"""Copies with notes: of which files, where their notes stand, what is left over, and who can read them."""

from __future__ import annotations

import csv
import hashlib
import io
import stat
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from census_cli.annotating.copies import Note, plan_copies
from making import HOUSEHOLD, PERSON, rows, tables
from places import SAMPLE

HOSTILE = [
    "<r><t>x</t></r>",
    "<r></r></is></c><c><f>1+1</f></c><c><is></r>",
    "=cmd|'/C calc'!A1",
    "+1",
    "@SUM(1)",
    "<script>alert(1)</script>",
    "]]>",
    "\u202eabc\u200f",
    "http://a.b",
    "x" * 10_000,
]


@pytest.fixture
def annotated(census, tmp_path):
    """Check with copies; yields what was said on standard error and the folder."""

    def run(*data, options=()):
        folder = tmp_path / "out"
        ran = census("check", *data, "--annotate", folder, *options)
        assert ran.code in (0, 1), ran.err
        return ran.err, folder

    return run


def noted(path):
    """Note texts of the first sheet by (row, column)."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return {(c.row, c.column): c.comment.text for row in sheet for c in row if c.comment}


def values(path):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [["" if c is None else c for c in row] for row in sheet.iter_rows(values_only=True)]


def left(folder):
    head, *lines = openpyxl.load_workbook(folder / "census_notes.xlsx").worksheets[1].iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def in_files(folder, **changes):
    folder.mkdir()
    for name, frame in tables(**changes).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def test_every_discrepancy_is_noted_or_listed_or_counted(census, annotated, tmp_path):
    import json

    census("check", SAMPLE, "--output", tmp_path / "all.json")
    told = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))["discrepancies"]
    said, folder = annotated(SAMPLE)
    placed = sum(int(line.split(": ")[1].split()[0]) for line in said.splitlines() if "noted on" in line)
    assert placed + len(left(folder)) + sum(d["scope"] == "office" for d in told) == len(told)


def test_each_note_stands_in_the_record_and_the_column_that_the_list_names(census, annotated, tmp_path):
    import json

    census("check", SAMPLE, "--output", tmp_path / "all.json")
    told = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    columns = {i["path"]: i["columns"] for i in told["summary"]["inputs"]}
    _, folder = annotated(SAMPLE)
    for d in told["discrepancies"]:
        own = [columns[d["source"]][f] for f in d["fields"].split(",") if f in columns[d["source"]]]
        if own and d["scope"] != "office":
            head, notes = values(folder / f"{d['source']}.xlsx")[0], noted(folder / f"{d['source']}.xlsx")
            assert all(d["message"] in notes[d["row"] + 1, head.index(h) + 1] for h in own)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_titles_blank_lines_and_totals_stay_where_they_were(annotated, tmp_path, encoding):
    head = list(HOUSEHOLD)
    homes = [list(r.values()) for r in rows("household", {}, {"household_id": "H2", "food_enough": ""})]
    lines = [["测试乡普查表"], [], head, homes[0], [], ["合计"], homes[1], ["制表人：某某"]]
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    file = tmp_path / "household.csv"
    file.write_bytes(text.getvalue().encode(encoding))
    _, folder = annotated(file, options=["--select", "household.*"])
    assert [[c for c in line if c] for line in values(folder / "household.csv.xlsx")] == [[c for c in x if c] for x in lines]
    notes = noted(folder / "household.csv.xlsx")
    assert "household.food_enough.required" in notes[7, head.index("food_enough") + 1]
    assert "household.row.unreadable" in notes[8, 1]
    assert set(notes) == {(7, head.index("food_enough") + 1), (8, 1)}


def test_a_record_with_a_quote_that_is_never_closed_is_copied_as_it_stands(annotated, tmp_path):
    file = tmp_path / "household.csv"
    sound, other = (",".join(r.values()) for r in rows("household", {}, {"household_id": "H2"}))
    file.write_text(f'{",".join(HOUSEHOLD)}\n{sound}\n"broken {sound}\n{other}\n', encoding="utf-8")
    _, folder = annotated(file)
    assert values(folder / "household.csv.xlsx")[2][0] == f'"broken {sound}'
    assert "household.row.unreadable" in noted(folder / "household.csv.xlsx")[3, 1]


def test_hostile_values_stay_text_in_cells_and_notes(annotated, tmp_path):
    homes = [{"household_id": v[:50], "house_grade": v, "household_type": v} for v in HOSTILE]
    data = in_files(tmp_path / "s", household=rows("household", *homes))
    _, folder = annotated(data)
    book = openpyxl.load_workbook(folder / "household.csv.xlsx")
    cells = [c for row in book.worksheets[0] for c in row]
    assert {c.data_type for c in cells} <= {"s", "n", "inlineStr"}
    assert set(HOSTILE) <= {c.value for c in cells}
    assert all(c.hyperlink is None for c in cells)
    notes = " ".join(c.comment.text for c in cells if c.comment)
    assert all(value[:1000] in notes for value in HOSTILE)


def test_a_hostile_value_stays_as_it_was_in_a_workbook(annotated, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(list(HOUSEHOLD))
    for value in [*HOSTILE, "a\x0bb"]:
        book.active.append([*list(HOUSEHOLD.values())[:-1], ""])
        cell = book.active.cell(book.active.max_row, list(HOUSEHOLD).index("house_grade") + 1)
        cell.value, cell.data_type = value.replace("\x0b", "_x000B_"), "s"
    book.save(tmp_path / "household.xlsx")
    _, folder = annotated(tmp_path / "household.xlsx")
    assert values(folder / "household.xlsx") == values(tmp_path / "household.xlsx")
    assert len({row for row, _ in noted(folder / "household.xlsx")}) == len(HOSTILE) + 1


def test_the_cells_are_as_they_were_and_the_notes_are_masked(annotated, tmp_path):
    data = in_files(tmp_path / "s", person=rows("person", {"id_number": "990000198003150018"}))
    _, folder = annotated(data)
    notes = " ".join(noted(folder / "person.csv.xlsx").values())
    assert "990000************" in notes
    assert "990000198003150018" not in notes
    assert "990000198003150018" in values(folder / "person.csv.xlsx")[1]


def test_revealed_notes_are_in_full(annotated, tmp_path):
    data = in_files(tmp_path / "s", person=rows("person", {"id_number": "990000198003150018"}))
    _, folder = annotated(data, options=["--reveal"])
    assert "990000198003150018" in " ".join(noted(folder / "person.csv.xlsx").values())


def test_only_the_owner_can_read_the_copies(annotated):
    _, folder = annotated(SAMPLE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()} == {0o600}


def test_no_input_is_altered(annotated, sample):
    before = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sample.iterdir()}
    annotated(sample)
    assert {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sample.iterdir()} == before


def test_a_folder_that_is_there_already_is_refused(census, sample, tmp_path):
    ran = census("check", sample, "--annotate", sample)
    assert (ran.code, "exists already" in ran.err) == (2, True)


def test_a_folder_among_the_data_is_refused(census, sample):
    ran = census("check", sample, "--annotate", sample / "copies")
    assert (ran.code, "the next check would take the copies for data" in ran.err) == (2, True)


def test_what_has_no_cells_is_listed_with_the_reason(annotated, tmp_path):
    data = in_files(tmp_path / "s", household=rows("household", {"food_enough": ""}))
    import pandas as pd

    pd.read_csv(data / "household.csv", dtype=str, keep_default_na=False).to_parquet(data / "household.parquet")
    (data / "household.csv").unlink()
    said, folder = annotated(data)
    assert "no cells to colour (census_notes.xlsx)" in said
    assert "household.food_enough.required" in {r["rule"] for r in left(folder)}
    assert not list(folder.glob("household*"))


def test_a_converted_table_is_not_taken_for_what_it_was_made_from(census, annotated, tmp_path):
    data = in_files(tmp_path / "s", household=rows("household", {"food_enough": ""}))
    census("convert", data, "--output", tmp_path / "clean", "--format", "csv")
    said, folder = annotated(tmp_path / "clean")
    assert "give what they were made from" in said
    assert [f.name for f in folder.iterdir()] == ["census_notes.xlsx"]


def test_files_of_an_archive_are_copied_inside_the_folder_only(annotated, tmp_path):
    data = in_files(tmp_path / "s", household=rows("household", {"food_enough": ""}))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in data.iterdir():
            archive.write(file, f"../../{file.name}")
    _, folder = annotated(tmp_path / "all.zip")
    assert (folder / "all.zip" / "household.csv.xlsx").is_file()


def test_standard_input_has_a_copy_too(annotated, monkeypatch, tmp_path):
    text = ",".join(HOUSEHOLD) + "\n" + ",".join((HOUSEHOLD | {"food_enough": ""}).values()) + "\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(text.encode()))))
    _, folder = annotated("-")
    assert any("household.food_enough.required" in n for n in noted(folder / "input.csv.xlsx").values())


def test_a_note_on_a_column_that_a_roster_repeats_stands_in_the_roster(annotated, tmp_path):
    roster = {k: v for k, v in (HOUSEHOLD | {"food_enough": "maybe"}).items() if k not in PERSON} | PERSON
    data = tmp_path / "person.csv"
    data.write_text(",".join(roster) + "\n" + ",".join(roster.values()) + "\n", encoding="utf-8")
    _, folder = annotated(data)
    assert "household.food_enough" in noted(folder / "person.csv.xlsx")[2, list(roster).index("food_enough") + 1]


def test_notes_beyond_what_a_sheet_carries_are_listed(annotated, monkeypatch):
    from census_cli.annotating import placing

    monkeypatch.setattr(placing, "MOST_NOTES", 2)
    said, folder = annotated(SAMPLE)
    assert "more notes than a sheet can carry (2)" in said
    assert len(noted(folder / "person.csv.xlsx")) == 2


def test_a_note_with_more_than_a_cell_holds_is_listed(annotated, monkeypatch):
    from census_cli.annotating import placing

    monkeypatch.setattr(placing, "MOST_SIGNS", 120)
    said, folder = annotated(SAMPLE)
    assert "more than one note can hold" in said
    assert left(folder)


@given(st.lists(st.text("ab/.\\:*", min_size=1, max_size=6), min_size=1, max_size=8))
def test_no_two_copies_have_one_name_and_none_lies_outside(names):
    from types import SimpleNamespace

    files = [
        SimpleNamespace(format="text", converted=False, path=Path(f"/{i}.csv"), name=n, sheet=None) for i, n in enumerate(names)
    ]
    made = [c.name.casefold() for c in plan_copies(files, taken="a.xlsx")]
    assert len(set(made)) == len(names)
    assert all(".." not in n.split("/") and not n.startswith("/") for n in made)


def test_a_note_has_the_colour_of_what_is_worst_and_still_open():
    note = Note()
    note.add("", "explained")
    assert note.colour == "#DDDDDD"
    for severity, colour in (("hint", "#DDEBF7"), ("mandatory", "#F8CBAD"), ("verify", "#F8CBAD")):
        note.add(severity, severity)
        assert note.colour == colour
