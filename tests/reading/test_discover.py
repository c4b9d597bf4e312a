"""Which file holds which table; what cannot be used is said, and what is not read is listed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import feather, parquet
from tiny_tables import TABLES, write

from census_cli.errors import InputError
from census_cli.reading.discover import Discovery, discover

HEADERS = {
    "village": "村编码,村名称,得分\n",
    "household": "户编号,村编码,县,住址\n",
    "person": "户编号,人口编号,姓名,务工时间（月）\n",
}


@pytest.fixture
def found(tmp_path):
    """What is found in a folder of these files."""

    def found(**files: str | bytes) -> Discovery:
        for name, content in files.items():
            write(tmp_path, name, content)
        return discover([tmp_path], TABLES)

    return found


@pytest.fixture
def refused(found):
    """What is said of a folder that cannot be used."""

    def refused(**files: str | bytes) -> str:
        with pytest.raises(InputError) as error:
            found(**files)
        return str(error.value)

    return refused


def matched(discovery: Discovery) -> dict[str, str]:
    return {file.name: file.table for file in discovery.files}


def ignored(discovery: Discovery) -> dict[str, str]:
    return {file.name: file.reason for file in discovery.ignored}


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("household.csv", "household"),
        ("HOUSEHOLD.CSV", "household"),
        ("household_2020.csv", "household"),
        ("建档立卡户普查表.csv", "household"),
        ("建档立卡户普查表_某县.csv", "household"),
        ("建档立卡户普查表（2）.csv", "household"),
        ("贫困户-2020.csv", "household"),
        ("sub/household.csv", "household"),
    ],
)
def test_a_file_is_known_by_its_name(found, name, table):
    assert matched(found(**{name: HEADERS[table]})) == {name: table}


def test_an_exact_name_needs_one_known_column_only(found):
    assert matched(found(**{"village.csv": "得分,别的\n"})) == {"village.csv": "village"}


def test_a_name_that_only_begins_like_a_table_does_not_outweigh_the_header(found):
    assert matched(found(**{"household_members.csv": HEADERS["person"]})) == {"household_members.csv": "person"}


@pytest.mark.parametrize("name", ["householders.csv", "贫困户名单.csv", "data.csv"])
def test_without_a_name_the_header_tells(found, name):
    assert matched(found(**{name: HEADERS["person"]})) == {name: "person"}


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("x,y,z\n", "neither its name nor its header is that of a table"),
        ("户编号,人口编号\n", "neither its name nor its header is that of a table"),
        ("村编码,姓名,住址\n", "neither its name nor its header is that of a table"),
        ("户编号,县,住址,人口编号,姓名\n", "its header fits several tables: household, person"),
        ("rule,severity,table,unit,village_code\n", "an output of census itself"),
        ("table,unit,village_code,assurance\n", "an output of census itself"),
        ("rule,table,unit,field\n", "an output of census itself"),
    ],
)
def test_a_file_of_no_table_is_ignored_with_its_reason(found, header, reason):
    assert ignored(found(**{"village.csv": HEADERS["village"], "data.csv": header})) == {"data.csv": reason}


def test_an_output_of_ours_is_ignored_even_under_the_name_of_a_table(found):
    files = {"village.csv": HEADERS["village"], "household.csv": "rule,severity,table,unit,village_code\n"}
    assert ignored(found(**files)) == {"household.csv": "an output of census itself"}


@pytest.mark.parametrize("name", ["a.dbf", "a.json", "README"])
def test_other_files_in_a_folder_are_ignored(found, name):
    assert ignored(found(**{"village.csv": HEADERS["village"], name: "x"})) == {name: "not a table file"}


def test_a_file_tells_its_columns_and_its_facts(found):
    (file,) = found(**{"household.csv": "\ufeff备注,户编号,住址\n1,2,3\n"}).files
    assert (file.headers, file.columns) == (["备注", "户编号", "住址"], {"household_id": 1, "address": 2})
    assert (file.unknown_columns, file.facts.has_bom, file.facts.records) == (["备注"], True, 1)


def test_a_header_may_hold_quoted_line_breaks(found):
    (file,) = found(**{"household.csv": '"户\n编号","住址"\n1,2\n'}).files
    assert file.columns == {"household_id": 0, "address": 1}


def test_a_parquet_file_is_known_by_its_columns(tmp_path):
    parquet.write_table(pa.table({"户编号": ["1"], "人口编号": [1], "姓名": ["x"], "more": [[1]]}), tmp_path / "p.parquet")
    (file,) = discover([tmp_path], TABLES).files
    assert (file.table, file.format, file.unknown_columns) == ("person", "parquet", ["more"])


def test_an_arrow_file_is_known_by_its_columns(tmp_path):
    feather.write_feather(pa.table({"户编号": ["1"], "人口编号": [1], "姓名": ["x"]}), tmp_path / "p.feather")
    (file,) = discover([tmp_path], TABLES).files
    assert (file.table, file.format) == ("person", "arrow")


def test_several_files_of_one_table_come_in_the_order_of_their_names(found):
    assert list(matched(found(**{f"household_{n}.csv": HEADERS["household"] for n in "cab"}))) == [
        "household_a.csv",
        "household_b.csv",
        "household_c.csv",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("household.csv", b"", "household.csv is empty"),
        ("household.csv", b"\n1,2\n", "household.csv has no header line"),
        ("household.csv", b'"a\n', "household.csv has no header line"),
        ("household.csv", b"x,y\n", "household.csv: none of its first 30 lines is a header that names a column"),
        ("household.csv", b"%PDF-1.7\n", "household.csv is a PDF document, not text; export it again as CSV"),
        ("household.csv", ("户编号," * 2001).encode(), "household.csv has 2002 columns; a table has at most 2000"),
        ("household.csv", "户编号,户编码\n".encode(), "household.csv: the columns '户编号' and '户编码' both mean"),
        ("person.parquet", b"PAR1 no", "person.parquet is no Parquet file, or a damaged one"),
        ("person.arrow", b"ARROW1 no", "person.arrow is no Arrow file, or a damaged one"),
        ("data.csv", b"x,y\n", "no table found. Seen: data.csv (neither its name nor its header is that of a table)"),
        ("data.dbf", b"x", "no table found. Seen: data.dbf (not a table file)"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(refused, name, content, said):
    told = refused(**{name: content})
    assert told.startswith(said)
    assert "\n" not in told


def test_an_empty_folder_has_no_table(refused):
    assert refused().startswith("no table found. Seen: no file at all. Expected are files such as village.csv")


def test_a_file_of_another_kind_given_itself_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"a\.dbf is of a kind that cannot be read; save it as \.xlsx or CSV"):
        discover([write(tmp_path, "a.dbf", "x")], TABLES)


def test_a_file_that_may_not_be_read_is_refused(refused, monkeypatch):
    def forbidden(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("census_cli.reading.discover.inspect", forbidden)
    assert refused(**{"household.csv": HEADERS["household"]}) == "household.csv cannot be read: access is denied"
