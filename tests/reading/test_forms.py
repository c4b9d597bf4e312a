"""The same survey in many forms gives the same discrepancies, and no row is lost on the way."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import feather, parquet

import census_cli
from census_cli.results import CheckResult
from places import SAMPLE

Rows = list[list[str]]
Write = Callable[[Path, Rows], None]


def table(name: str) -> Rows:
    with (SAMPLE / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


TABLES = {name: table(name) for name in ("frame", "household", "person", "village")}


def survey(folder: Path, write: Write, ending: str = ".csv") -> Path:
    for name, rows in TABLES.items():
        write(folder / f"{name}{ending}", rows)
    return folder


def text(encoding: str = "utf-8", delimiter: str = ",", **how: Any) -> Write:
    def write(path: Path, rows: Rows) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter, **how).writerows(rows)

    return write


def changed(change: Callable[[Rows], Rows]) -> Write:
    return lambda path, rows: text()(path, change(rows))


def full_width(rows: Rows) -> Rows:
    wide = str.maketrans({chr(i): chr(i + 0xFEE0) for i in range(0x21, 0x7F)} | {" ": "\u3000"})
    return [[cell.translate(wide) for cell in row] for row in rows]


def shuffled(rows: Rows) -> Rows:
    width = len(rows[0])
    return [row[::-1] if len(row) == width else row for row in rows]


def titled(rows: Rows) -> Rows:
    return [["某县普查数据", *[""] * (len(rows[0]) - 1)], ["填报单位：测试县", "2020年"], *rows]


def totalled(rows: Rows) -> Rows:
    return [*rows, ["合计", *[""] * (len(rows[0]) - 1)], ["", "小　计："]]


def wrapped(rows: Rows) -> Rows:
    return [rows[0], *([f'="{cell}"' if cell else "" for cell in row] for row in rows[1:])]


def apostrophes(rows: Rows) -> Rows:
    return [rows[0], *(["'" + cell for cell in row] for row in rows[1:])]


FORMS: dict[str, Write] = {
    "UTF-8 with BOM": text("utf-8-sig"),
    "GBK": text("gbk"),
    "GB18030": text("gb18030"),
    "UTF-16": text("utf-16"),
    "UTF-16-LE without BOM": text("utf-16-le"),
    "UTF-16-BE without BOM": text("utf-16-be"),
    "tab": text(delimiter="\t"),
    "semicolon": text(delimiter=";"),
    "full-width comma": text(delimiter="，"),
    "GBK and tab": text("gbk", "\t"),
    "UTF-16 and tab": text("utf-16", "\t"),
    "all quoted": text(quoting=csv.QUOTE_ALL),
    "LF": text(lineterminator="\n"),
    "CR": text(lineterminator="\r"),
    "full width": changed(full_width),
    "columns turned round": changed(shuffled),
    "title rows": changed(titled),
    "totals": changed(totalled),
    '="…"': changed(wrapped),
    "apostrophes": changed(apostrophes),
}


def discrepancies(result: CheckResult) -> set[tuple[Any, ...]]:
    columns = ("rule", "severity", "unit", "fields", "fingerprint", "state")
    return {tuple(row[c] for c in columns) for row in result.discrepancies.to_pylist()}


def rows_read(result: CheckResult) -> dict[str, tuple[int, int]]:
    read: dict[str, tuple[int, int]] = {}
    for i in result.summary.inputs:
        assert i.rows == i.rows_checked + i.rows_unreadable
        checked, unreadable = read.get(i.table, (0, 0))
        read[i.table] = (checked + i.rows_checked, unreadable + i.rows_unreadable)
    return read


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    return census_cli.check(survey(tmp_path_factory.mktemp("plain"), text()))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_discrepancies(plain, tmp_path, form):
    result = census_cli.check(survey(tmp_path, FORMS[form]))
    assert discrepancies(result) == discrepancies(plain)
    assert rows_read(result) == rows_read(plain)


def test_one_table_in_many_files_is_the_same_table(plain, tmp_path):
    for name, (header, *rows) in TABLES.items():
        text()(tmp_path / f"{name}_a.csv", [header, *rows[:2]])
        text("gbk", "\t")(tmp_path / f"{name}_b.txt", shuffled([header, *rows[2:]]))
    result = census_cli.check(tmp_path)
    assert discrepancies(result) - {d for d in discrepancies(result) if "?" in d[2]} <= discrepancies(plain)
    assert rows_read(result) == rows_read(plain)


@pytest.mark.parametrize("ending", [".parquet", ".feather", ".csv.gz"])
def test_typed_and_packed_files_give_the_same_discrepancies(plain_even, tmp_path, ending):
    def write(path: Path, rows: Rows) -> None:
        header, *cells = even(rows)
        columns = pa.table(dict(zip(header, map(pa.array, zip(*cells, strict=True)), strict=True)))
        if ending == ".csv.gz":
            path.write_bytes(gzip.compress("\n".join(map(",".join, even(rows))).encode("gb18030")))
        elif ending == ".parquet":
            parquet.write_table(columns, path)
        else:
            feather.write_feather(columns, path)

    result = census_cli.check(survey(tmp_path, write, ending))
    assert discrepancies(result) == discrepancies(plain_even)
    assert rows_read(result) == rows_read(plain_even)


def test_lines_that_are_no_records_are_listed(tmp_path):
    result = census_cli.check(survey(tmp_path, changed(lambda rows: totalled([*titled(rows[:1]), rows[0], *rows[1:]]))))
    village = next(i for i in result.summary.inputs if i.table == "village")
    rows = len(TABLES["village"]) - 1
    assert [(line.row, line.what) for line in village.skipped] == [
        (None, "title"), (None, "title"), (1, "header"), (rows + 2, "total"), (rows + 3, "total"),
    ]  # fmt: skip
    assert village.lines_skipped == 5


@pytest.mark.parametrize("first", [True, False])
def test_a_header_that_stands_twice_is_known_where_a_column_has_no_name(tmp_path, first):
    def nameless(rows: Rows) -> Rows:
        return [["", *row] if first else [*row, ""] for row in [rows[0], *rows]]

    result = census_cli.check(survey(tmp_path, changed(nameless)))
    assert [[(line.row, line.what) for line in i.skipped] for i in result.summary.inputs] == [[(1, "header")]] * len(TABLES)


def test_the_encoding_is_named(tmp_path):
    result = census_cli.check(survey(tmp_path, text("gbk")))
    assert {i.encoding for i in result.summary.inputs} == {"gb18030"}


def test_a_record_with_a_byte_that_is_no_text_is_listed_with_its_place(tmp_path):
    survey(tmp_path, text("gbk"))
    path = tmp_path / "village.csv"
    path.write_bytes(path.read_bytes().replace("测试".encode("gbk"), b"\xff", 1))
    result = census_cli.check(tmp_path, language="en", select="village.row.*")
    (found,) = result.discrepancies.to_pylist()
    assert (found["rule"], found["row"]) == ("village.row.unreadable", 1)
    assert "record 1 (line 2) cannot be read: at place" in found["message"]


def even(rows: Rows) -> Rows:
    """The rows that a sheet can hold as they are: all of one width."""
    return [row for row in rows if len(row) == len(rows[0])]


def fill(book: xlsxwriter.Workbook, name: str, rows: Rows) -> None:
    """A sheet below a title, in which every other number is a number and the rest is text."""
    sheet = book.add_worksheet(name)
    sheet.write(0, 0, "某县普查数据")
    for number, row in enumerate(even(rows), 1):
        for place, cell in enumerate(row):
            as_number = cell.isdecimal() and (cell == "0" or not cell.startswith("0")) and len(cell) < 15 and (number + place) % 2
            (sheet.write_number if as_number else sheet.write_string)(number, place, float(cell) if as_number else cell)


@pytest.fixture(scope="module")
def plain_even(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    return census_cli.check(survey(tmp_path_factory.mktemp("even"), changed(even)))


def test_a_workbook_of_all_tables_gives_the_same_discrepancies(plain_even, tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "普查.xlsx")
    for name, rows in TABLES.items():
        fill(book, name, rows)
    book.close()
    result = census_cli.check(tmp_path)
    assert discrepancies(result) == discrepancies(plain_even)
    assert rows_read(result) == rows_read(plain_even)
    assert {(i.path, i.sheet) for i in result.summary.inputs} == {("普查.xlsx", name) for name in TABLES}
    assert {row["source"] for row in result.discrepancies.to_pylist()} <= {f"普查.xlsx#{name}" for name in TABLES}


# Forms that lack columns, or a whole table.  Some rules honestly cannot run on them; all else stays equal.


def without(*headers: str) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        kept = [i for i, header in enumerate(rows[0]) if header not in headers]
        return [[row[i] for i in kept] for row in even(rows)]

    return change


def linked(name: str) -> Rows:
    """A table of which every household has a form, members and a village, each once."""
    rows = even(TABLES[name])
    homes = {row[0]: row for row in even(TABLES["household"])[1:] if row[1] in {v[0] for v in even(TABLES["village"])}}
    chosen = {row[0] for row in even(TABLES["person"])[1:]} & set(homes)
    if name == "village":
        return rows
    return [rows[0], *({row[0] if name == "household" else tuple(row): row for row in rows[1:] if row[0] in chosen}.values())]


def linked_survey(folder: Path, **changes: Callable[[Rows], Rows]) -> CheckResult:
    for name in TABLES:
        text()(folder / f"{name}.csv", changes.get(name, list)(linked(name)))
    return census_cli.check(folder)


@pytest.fixture(scope="module")
def plain_linked(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    return linked_survey(tmp_path_factory.mktemp("linked"))


def skipped(result: CheckResult) -> set[str]:
    return {rule.id for rule in result.summary.rules if rule.skipped}


def of_rules(result: CheckResult, left_out: set[str]) -> set[tuple[Any, ...]]:
    return {d for d in discrepancies(result) if d[0] not in left_out}


def test_names_in_place_of_codes_give_the_same_discrepancies(plain_linked, tmp_path):
    result = linked_survey(tmp_path, household=without("村编码"))
    lost = skipped(result) - skipped(plain_linked)
    assert lost == {f"household.village_code.{kind}" for kind in ("required", "pattern", "reference")}
    assert of_rules(result, lost) == of_rules(plain_linked, lost)
    assert rows_read(result) == rows_read(plain_linked)


def test_numbers_in_place_of_birth_dates_and_sexes_give_the_same_discrepancies(plain_linked, tmp_path):
    """But for S03b (of a couple of one sex, one sex was miscopied), and where a number gives no birth date: less is known there."""
    result = linked_survey(tmp_path, person=without("出生日期", "性别"))
    lost = skipped(result) - skipped(plain_linked)
    assert lost == {
        "S07",
        "S08",
        "person.birth_date.required",
        "person.birth_date.type",
        "person.sex.required",
        "person.sex.code",
    }
    no_number = {"S04", "S06", "S10b", "person.id_number.required"}
    unread = {d[2].split("/")[0] for d in discrepancies(plain_linked) if d[0] in no_number}
    supplied, plain = (of_rules(r, lost | {"S03b"}) for r in (result, plain_linked))
    assert supplied <= plain
    assert {d[2].split("/")[0] for d in plain - supplied} <= unread
    assert rows_read(result) == rows_read(plain_linked)


def test_a_roster_gives_the_same_discrepancies_as_its_two_tables(plain_linked, tmp_path):
    homes = {row[0]: row[1:] for row in linked("household")}
    text()(tmp_path / "花名册.csv", [row + homes[row[0]] for row in linked("person")])
    for name in ("village", "frame"):
        text()(tmp_path / f"{name}.csv", linked(name))
    result = census_cli.check(tmp_path)
    lost = skipped(result) - skipped(plain_linked)
    assert lost == {"S13b", "household.household_id.unique", "household.row.unreadable", "person.household_id.reference"}
    assert of_rules(result, lost) == of_rules(plain_linked, lost)
    assert rows_read(result) == rows_read(plain_linked)
