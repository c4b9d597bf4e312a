"""Where the header stands, and what separates the cells."""

from __future__ import annotations

import pytest
from tiny_tables import TABLES, write

from census_cli.reading.layout import find_header, find_layout

HEADER = ["户编号", "村编码", "县", "住址"]


def names(*rows: list[str]) -> tuple[list[str], int, list[str]]:
    header = find_header(rows, TABLES)
    assert header is not None
    return header.names, header.rows, header.titles


def test_the_first_row_is_the_header():
    assert names(HEADER, ["1", "2", "x", "y"]) == (HEADER, 1, [])


def test_title_rows_above_it_are_told():
    assert names(["某县名单", "", "", ""], ["", "2020年", "", ""], HEADER) == (HEADER, 3, ["某县名单", "2020年"])


def test_a_header_of_two_rows_is_one_where_cells_were_merged():
    above, below = ["户编号", "村编码", "位置", ""], ["", "", "县", "住址"]
    assert names(["名单", "", "", ""], above, below, ["1", "", "x", "y"]) == (HEADER, 3, ["名单"])


def test_blank_answers_in_the_first_record_do_not_join_it_to_the_header():
    assert names(HEADER, ["1", "", "", ""]) == (HEADER, 1, [])


def test_without_a_known_name_the_first_row_stands_for_the_header():
    assert names(["x", "y"], ["1", "2"]) == (["x", "y"], 1, [])


def test_no_row_has_no_header():
    assert find_header([], TABLES) is None


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，"])
def test_the_delimiter_is_the_one_that_gives_columns_known_names(tmp_path, delimiter):
    path = write(tmp_path, "a.txt", f"名单,2020;1\n{delimiter.join(HEADER)}\n")
    layout = find_layout(path, "utf-8", TABLES)
    assert layout is not None
    assert (layout.delimiter, layout.header.names, layout.header.rows) == (delimiter, HEADER, 2)
