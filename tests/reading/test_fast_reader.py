"""DuckDB's CSV reader, with the right options, gives of a plain file what the careful reader gives, or refuses it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from census_cli.reading.facts import inspect
from census_cli.reading.records import read_records

OPTIONS = (
    "auto_detect=false, header=true, delim=',', quote='\"', escape='\"', strict_mode=true, null_padding=false,"
    " nullstr=chr(0), hive_partitioning=false"
)
PIECES = ['"', ",", "\n", "\n", "a", " ", "测", "#", "\\", "NULL", "'", ";", "\t", '""', '","', '"\n"', "\u3000", "\ufeff"]


@pytest.fixture(scope="module")
def fast() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def read_fast(connection: duckdb.DuckDBPyConnection, path: Path, width: int) -> list[list[str]] | None:
    """The cells of each record, or None when DuckDB refuses the file."""
    columns = ", ".join(f"c{i}: 'VARCHAR'" for i in range(width))
    try:
        found = connection.execute(f"SELECT * FROM read_csv('{path}', columns={{{columns}}}, {OPTIONS})").fetchall()
    except duckdb.Error:
        return None
    return [list(row) for row in found]


def compare(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(text.encode())
        if not inspect(path).plain:
            return "not plain"
        header, *records = read_records(path)
        found = read_fast(connection, path, len(header.cells or []))
    if found is None:
        return "refused"
    assert found == [record.cells for record in records]
    return "same"


@given(
    st.integers(1, 3),
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n"]),
)
def test_plain_text_is_read_alike_or_refused(fast, width, text, line_end, last):
    compare(fast, (",".join("hij"[:width]) + "\n" + text + last).replace("\n", line_end))


@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(st.sampled_from(["", "a", "测", '"x,y"', '""', '"say ""b"""', " ", "#", "\\", "NULL", '","']),
                     min_size=width, max_size=width), min_size=1, max_size=5)),
    st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_a_sound_plain_file_is_not_refused(fast, rows, line_end):
    text = line_end.join([",".join("hij"[: len(rows[0])]), *map(",".join, rows)]) + line_end
    assert compare(fast, text) == ("same" if "" not in map(",".join, rows) else "not plain")


@pytest.mark.parametrize("row", ["1,2,", "1,2,,,", "1", "1,2,3", '1,2,""'])
def test_a_record_of_another_width_is_refused(fast, row):
    assert compare(fast, f"a,b\n1,2\n{row}\n") == "refused"
