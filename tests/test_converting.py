"""A check of converted tables is a check of what they were made from, and nothing is lost on the way."""

from __future__ import annotations

import csv
import os
import stat
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import census_cli
from census_cli.converting import Converted, Order, convert
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.errors import InputError, OptionError
from census_cli.scratch import PREFIX
from making import rows
from reading.test_forms import FORMS, TABLES, discrepancies, even, fill, rows_read, survey, text

FORMATS = ("parquet", "csv")


def converted(data: Path | list[Path], out: Path, **order: Any) -> Converted:
    engine = DuckDBEngine()
    try:
        return convert(engine, data if isinstance(data, list) else [data], out, Order(**order))
    finally:
        engine.close()


def listed(out: Path) -> list[dict[str, str]]:
    with (out / "not_read.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def alike(one: Path, other: Path) -> None:
    """Assert that a check of both gives the same: discrepancies with their places, verdicts, counts of every rule, and rows."""
    a, b = census_cli.check(one), census_cli.check(other)
    assert discrepancies(a) == discrepancies(b)
    columns = ("rule", "unit", "source", "row", "fingerprint")
    places = [[tuple(r[c] for c in columns) for r in x.discrepancies.to_pylist()] for x in (a, b)]
    assert places[0] == places[1]
    assert a.verdicts.to_pylist() == b.verdicts.to_pylist()
    counts = [[(r.id, r.units, r.applicable, r.passed, r.violated, r.unknown, bool(r.skipped)) for r in x.summary.rules] for x in (a, b)]  # fmt: skip
    assert counts[0] == counts[1]
    assert rows_read(a) == rows_read(b)
    assert all(not i.skipped and i.lines_skipped == 0 for i in b.summary.inputs)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plain form of the survey, converted to CSV: what every other form must become."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "data").mkdir()
    converted(survey(folder / "data", text()), folder / "out", format="csv")
    return folder


@pytest.mark.parametrize("form", [f for f in FORMS if f != "full width"])
def test_every_form_becomes_the_same_tables(plain, tmp_path, form):
    (tmp_path / "data").mkdir()
    converted(survey(tmp_path / "data", FORMS[form]), tmp_path / "out", format="csv")
    for name in TABLES:
        assert (tmp_path / "out" / f"{name}.csv").read_bytes() == (plain / "out" / f"{name}.csv").read_bytes()
    columns = ("table", "source", "row", "field", "problem", "cells", "width", "found", "became")
    kept = [
        [tuple(r[c] for c in columns) for r in listed(f / "out") if r["row"] and r["problem"] != "total"]
        for f in (tmp_path, plain)
    ]
    assert kept[0] == kept[1]


def test_a_check_of_what_was_converted_is_the_check_of_the_original(plain):
    alike(plain / "data", plain / "out")


@pytest.mark.parametrize("form", ["full width", "UTF-16 and tab", "columns turned round"])
def test_a_check_of_parquet_is_the_check_of_the_original(tmp_path, form):
    (tmp_path / "data").mkdir()
    converted(survey(tmp_path / "data", FORMS[form]), tmp_path / "out")
    alike(tmp_path / "data", tmp_path / "out")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The sample with a byte that is no text, a stray quote, a total, an unknown column, and a column that some files lack."""
    folder = tmp_path / "data"
    folder.mkdir()
    remarked = [[*TABLES["household"][0], "备注,甲", "备注,甲"], *([*r, "'=1", '="x"'] for r in TABLES["household"][1:])]
    for name, (header, *lines) in (TABLES | {"household": remarked}).items():
        text()(folder / f"{name}_1.csv", [header, *lines[:3], ["合计", *[""] * (len(header) - 1)]])
        place = header.index("饮水来源") if name == "household" else 0
        text("gbk", "\t")(folder / f"{name}_2.txt", [r[:place] + r[place + 1 :] if place else r for r in [header, *lines[3:]]])
    with (folder / "person_1.csv").open("ab") as file:
        file.write(b'H9,1,"a"b,\r\n\xff\xfe,1\r\n')
    return folder


@pytest.mark.parametrize("order", [{"format": f, "raw": raw} for f in FORMATS for raw in (False, True)], ids=str)
def test_damaged_and_uneven_files_give_the_same_too(data, tmp_path, order):
    result = converted(data, tmp_path / "out", **order)
    assert result.unreadable == 3
    alike(data, tmp_path / "out")


def test_to_convert_again_changes_nothing(data, tmp_path):
    converted(data, tmp_path / "csv", format="csv")
    converted(tmp_path / "csv", tmp_path / "parquet")
    converted(tmp_path / "parquet", tmp_path / "again", format="csv")
    again, first = tmp_path / "again", tmp_path / "csv"
    for name in TABLES:
        assert (again / f"{name}.csv").read_bytes() == (first / f"{name}.csv").read_bytes()
    records = [[(r["table"], r["source"], r["row"], r["problem"]) for r in listed(f) if r["cells"]] for f in (again, first)]
    assert records[0] == records[1]


def test_a_workbook_gives_the_same(tmp_path):
    import xlsxwriter

    (tmp_path / "data").mkdir()
    book = xlsxwriter.Workbook(tmp_path / "data" / "普查.xlsx")
    for name, cells in TABLES.items():
        fill(book, name, cells)
    book.close()
    converted(tmp_path / "data", tmp_path / "out")
    alike(tmp_path / "data", tmp_path / "out")


def test_typed_columns_of_other_programs_give_the_same(tmp_path):
    (tmp_path / "data").mkdir()
    for name, cells in TABLES.items():
        header, *lines = even(cells)
        columns: dict[str, pa.Array] = dict(zip(header, map(pa.array, zip(*lines, strict=True)), strict=True))
        if name == "household":
            columns["工资性收入"] = pa.array([float(i) * 1e9 + 0.1 for i in range(len(lines))])
            columns["访问开始时间"] = pa.array([i * 86_400_000_000 for i in range(len(lines))], pa.timestamp("us"))
            columns["联系电话"] = pa.array(["'\n\"", '="1"', "=", ' ="2"', "a,b", *["''"] * (len(lines) - 5)])
        pq.write_table(pa.table(columns), tmp_path / "data" / f"{name}.parquet")
    for form in FORMATS:
        converted(tmp_path / "data", tmp_path / form, format=form)
        alike(tmp_path / "data", tmp_path / form)


def test_every_row_that_was_read_is_written_or_listed(data, tmp_path):
    result = converted(data, tmp_path / "out")
    inputs = census_cli.check(data).summary.inputs
    lists = listed(tmp_path / "out")
    assert sum(t.rows for t in result.tables) + sum(r["cells"] != "" for r in lists) == sum(i.rows for i in inputs)
    assert sum(r["problem"] == "total" for r in lists) == len(TABLES)
    assert {(r["source"], r["problem"]) for r in lists if r["cells"]} == {
        ("person_1.csv", "quote"), ("person_1.csv", "encoding"), ("frame_2.txt", "width"),
    }  # fmt: skip


def test_each_cell_that_is_no_value_is_listed_and_its_column_stays_text(tmp_path):
    (tmp_path / "data").mkdir()
    result = converted(survey(tmp_path / "data", text()), tmp_path / "out")
    cells = {(r["field"], r["row"], r["found"], r["problem"], r["became"]) for r in listed(tmp_path / "out") if r["field"]}
    assert cells == {
        ("income_wage", "19", "两万", "type", "text"), ("water_source", "20", "山泉", "code", "text"),
        ("registered_on", "25", "2020-07-32", "type", "text"),
    }  # fmt: skip
    schema = pq.read_schema(tmp_path / "out" / "household.parquet")
    assert str(schema.field("income_wage").type) == "string"
    assert str(schema.field("income_net").type) == "decimal128(16, 4)"
    assert str(schema.field("member_count").type) == "int64"
    assert str(schema.field("food_enough").type) == "bool"
    assert next(t for t in result.tables if t.path.name == "household.parquet").failed == {
        "registered_on": 1, "water_source": 1, "income_wage": 1,
    }  # fmt: skip


def test_a_personal_value_that_cannot_be_read_is_masked_in_the_list(tmp_path):
    (tmp_path / "data").mkdir()
    person = rows("person")[0] | {"birth_date": "1980-13-15"}
    text()(tmp_path / "data" / "person.csv", [list(person), list(person.values())])
    converted(tmp_path / "data", tmp_path / "out")
    assert [r["found"] for r in listed(tmp_path / "out")] == ["1980-13-**"]
    assert "1980-13-15" not in (tmp_path / "out" / "not_read.csv").read_text(encoding="utf-8")


def test_typed_gives_every_column_its_type_and_a_check_refuses_what_was_emptied(tmp_path):
    (tmp_path / "data").mkdir()
    converted(survey(tmp_path / "data", text()), tmp_path / "out", typed=True)
    assert str(pq.read_schema(tmp_path / "out" / "household.parquet").field("income_wage").type) == "decimal128(16, 4)"
    assert {r["became"] for r in listed(tmp_path / "out") if r["field"]} == {"empty"}
    with pytest.raises(InputError, match="--typed"):
        census_cli.check(tmp_path / "out")


def test_csv_is_in_canonical_text_with_a_mark_of_its_encoding(tmp_path):
    household = rows("household")[0] | {
        "户主姓名": "测 试", "脱贫标志": "已脱贫", "registered_on": "2020年7月5日", "started_at": "2020/7/5 8:00", "other_causes": "因学、因病",
        "income_wage": "5,000.50", "food_enough": "有",
    }  # fmt: skip
    del household["head_name"], household["poverty_status"]
    (tmp_path / "data").mkdir()
    text("gbk")(tmp_path / "data" / "household.csv", [list(household), list(household.values())])
    converted(tmp_path / "data", tmp_path / "out", format="csv")
    raw = (tmp_path / "out" / "household.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(raw.decode("utf-8-sig").splitlines())
    wanted = {
        "head_name": "测 试", "poverty_status": "exited", "registered_on": "2020-07-05", "started_at": "2020-07-05 08:00:00",
        "other_causes": "illness,schooling", "income_wage": "5000.5", "food_enough": "true", "census_source": "household.csv", "census_row": "1",
    }  # fmt: skip
    assert {f: row[f] for f in wanted} == wanted


def test_unknown_columns_are_kept_under_their_own_heads(data, tmp_path):
    converted(data, tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "household.parquet")
    assert table.column_names[-5:] == ["partly:water_source", "备注,甲", "备注,甲 (2)", "census_source", "census_row"]
    assert set(table["备注,甲"].to_pylist()) == {"=1"}


def test_only_the_owner_can_read_the_tables(data, tmp_path):
    converted(data, tmp_path / "out")
    assert {stat.S_IMODE(f.stat().st_mode) for f in (tmp_path / "out").iterdir()} == {0o600}


def test_a_table_without_its_list_is_refused(data, tmp_path):
    converted(data, tmp_path / "out")
    (tmp_path / "out" / "not_read.csv").unlink()
    with pytest.raises(InputError, match=r"not_read\.csv"):
        census_cli.check(tmp_path / "out")


def test_a_row_that_was_copied_in_a_converted_table_is_a_row_of_its_own(data, tmp_path):
    converted(data, tmp_path / "out", format="csv")
    path = tmp_path / "out" / "person.csv"
    header, *lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([header, *lines, lines[-1]]) + "\n", encoding="utf-8")
    found = census_cli.check(tmp_path / "out", select="person.person_no.unique").discrepancies.to_pylist()
    assert [(r["source"], r["row"]) for r in found][-2:] == [("person.csv", len(lines)), ("person.csv", len(lines) + 1)]


@pytest.mark.parametrize("place", ["data", "data/out", "."])
def test_a_folder_that_is_read_is_no_output(data, tmp_path, place):
    before = sorted(data.iterdir())
    with pytest.raises(OptionError):
        converted(data, tmp_path / place)
    assert sorted(data.iterdir()) == before


def test_what_is_there_is_overwritten_only_when_told_and_only_if_it_is_ours(data, tmp_path):
    out = tmp_path / "out"
    converted(data, out)
    with pytest.raises(OptionError, match="not empty"):
        converted(data, out)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    converted(data, out, format="csv", overwrite=True)
    assert sorted(f.name for f in out.iterdir()) == sorted([*(f"{t}.csv" for t in TABLES), "not_read.csv", "notes.txt"])
    (out / "person.csv").write_text("姓名\n甲\n", encoding="utf-8")
    with pytest.raises(OptionError, match=r"person\.csv"):
        converted(data, out, format="csv", overwrite=True)
    assert (out / "person.csv").read_text(encoding="utf-8") == "姓名\n甲\n"
    assert list(tmp_path.glob(".*")) == []


def test_the_command_says_what_it_wrote_and_nothing_on_standard_output(census, sample, tmp_path):
    ran = census("convert", sample, "--output", tmp_path / "out", "--format", "csv")
    assert (ran.code, ran.out) == (0, "")
    assert "kept as text: registered_on (1), water_source (1), income_wage (1)" in ran.err
    assert "personal data in full" in ran.err
    assert census("check", tmp_path / "out").code == census("check", sample).code


def test_typed_csv_is_refused(census, sample, tmp_path):
    assert census("convert", sample, "--output", tmp_path / "out", "--format", "csv", "--typed").code == 2


def test_a_text_that_csv_cannot_hold_is_refused_and_nothing_is_left(tmp_path):
    (tmp_path / "data").mkdir()
    columns = {k: [v] for k, v in (rows("person")[0] | {"name": "a\0b"}).items()}
    pq.write_table(pa.table(columns), tmp_path / "data" / "person.parquet")
    with pytest.raises(OptionError, match="--format parquet"):
        converted(tmp_path / "data", tmp_path / "out", format="csv")
    assert not (tmp_path / "out").exists()
    converted(tmp_path / "data", tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "person.parquet")["name"].to_pylist() == ["a\0b"]


def test_what_is_packed_is_converted_and_a_converted_folder_may_be_packed(sample, tmp_path):
    import shutil

    shutil.make_archive(str(tmp_path / "data"), "zip", sample)
    converted(tmp_path / "data.zip", tmp_path / "out")
    (tmp_path / "again").mkdir()
    shutil.make_archive(str(tmp_path / "again" / "out"), "zip", tmp_path / "out")
    assert discrepancies(census_cli.check(tmp_path / "again")) == discrepancies(census_cli.check(sample))


def test_what_a_killed_conversion_left_goes_with_the_next_one(census, sample, tmp_path):
    left = "import os, sys; from pathlib import Path; from census_cli.complete import new_folder\n"
    left += "with new_folder(Path(sys.argv[1])) as part: (part / 'household.csv').touch(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", left, str(tmp_path / "out")], check=False)
    assert [*tmp_path.glob(f"{PREFIX}*/out/household.csv")]
    assert census("convert", sample, "--output", tmp_path / "another").code == 0
    assert not [*tmp_path.glob(f"{PREFIX}*")]


def test_what_a_conversion_gives_may_lie_on_another_disk(sample, tmp_path):
    there = Path("/dev/shm")
    if not there.is_dir() or there.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("one disk only")
    with TemporaryDirectory(dir=there) as other:
        (tmp_path / "out").symlink_to(other)
        converted(sample, tmp_path / "out", format="csv")
        before = {f.name for f in (tmp_path / "out").iterdir()}
        converted(sample, tmp_path / "out", format="csv", overwrite=True)
        assert {f.name for f in (tmp_path / "out").iterdir()} == before >= {"household.csv"}


def test_what_is_no_file_is_not_opened_to_see_whose_it_is(sample, tmp_path):
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / "x.csv")
    converted(sample, tmp_path / "out", format="csv", overwrite=True)
    assert (tmp_path / "out" / "household.csv").exists()


def test_nothing_is_lost_where_the_new_tables_cannot_be_put(sample, tmp_path, monkeypatch):
    converted(sample, tmp_path / "out", format="csv")
    before = {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()}
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(18, "Invalid cross-device link")))
    with pytest.raises(OptionError, match="cannot be written"):
        converted(sample, tmp_path / "out", format="csv", overwrite=True)
    assert {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()} == before
