"""What one pass over the bytes tells of a file, whatever the size of the chunks."""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from census_cli.reading import facts
from census_cli.reading.facts import FileFacts, inspect
from census_cli.reading.records import read_records

PIECES = ['"', ",", "\n", "\r\n", "\r", " ", "a", "测", '""', '","', '"\n"', "\0", "\ufeff"]


@pytest.fixture
def facts_of(tmp_path: Path):
    def facts_of(content: bytes) -> FileFacts:
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        return inspect(path)

    return facts_of


def inspect_in_chunks(content: bytes, size: int) -> FileFacts:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(facts, "_CHUNK", size)
        path = Path(folder, "a.csv")
        path.write_bytes(content)
        return inspect(path)


def test_hash_and_size_are_those_of_the_whole_file(facts_of):
    content = b"\xef\xbb\xbfa,b\r\n1,2\r\n"
    found = facts_of(content)
    assert (found.sha256, found.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_a_byte_order_mark_is_noted(facts_of):
    assert facts_of(b"\xef\xbb\xbfa\n").has_bom
    assert not facts_of(b"a\n").has_bom


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"\xff", (1, 1)),
        (b"\xef\xbb\xbfab\xff", (1, 3)),
        (b"a\nb\xff", (2, 2)),
        (b"a\r\nb\r\xff", (3, 1)),
        ("测,".encode() + b"\xff\n", (1, 5)),
        (b"a\n\xe6\xb5", (2, 1)),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_placed(facts_of, content, place):
    assert facts_of(content).not_utf8 == place


@pytest.mark.parametrize("content", [b"", b"a", "a,测\n1,2\n".encode(), "测\r\n".encode()])
def test_utf8_has_no_such_byte(facts_of, content):
    assert facts_of(content).not_utf8 is None


@given(st.lists(st.sampled_from([*(p.encode() for p in PIECES), b"\xff", b"\xe6", b"\xb5"]), max_size=12).map(b"".join))
def test_the_first_wrong_byte_is_where_python_stumbles(content):
    found = inspect_in_chunks(content, 1 << 16).not_utf8
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content.removeprefix(b"\xef\xbb\xbf")[: error.start].decode()
        lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert found == (len(lines), len(lines[-1].encode()) + 1)
    else:
        assert found is None


@pytest.mark.parametrize(
    ("content", "records"),
    [
        (b"a,b\n1,2\n", 1),
        (b"a,b\r\n1,2\r\n3,4", 2),
        (b"a,b\n", 0),
        (b"\xef\xbb\xbfa\n1\n", 1),
        (b'"a","b"\n"1","2"\n', 1),
        (b'"a","b"\r\n"1","2"', 1),
        (b'a,"b, ""c"""\n1,""\n', 1),
    ],
)
def test_a_file_of_one_line_per_record_is_plain(facts_of, content, records):
    found = facts_of(content)
    assert (found.plain, found.records) == (True, records)


@pytest.mark.parametrize(
    "content",
    [
        b"a\0\n1\n",
        b"a\r1\r",
        b"a\n1\r\n2\n",
        b"a\r\n1\n",
        b"a\n1\r",
        b"a\r",
        b"\na\n",
        b"\r\na\r\n",
        b"\xef\xbb\xbf\na\n",
        b"a\n\n1\n",
        b"a\r\n\r\n1\r\n",
        b"a\n1\n\n",
        b'"a\nb"\n1\n',
        b'a\n"1\n',
        b'a\n1"\n',
        b'a\n"1"2\n',
        b'a\n "1"\n',
        b'a\n"1" \n',
        b'a,b\n5","6\n',
        b'a\n"," ""\n',
        b'"a"\n"\n"1"\n',
        b"a\n\xff\n",
        b"a\n" + b"x" * 3_000_000,
    ],
)
def test_what_readers_might_take_differently_is_not_plain(facts_of, content):
    found = facts_of(content)
    assert (found.plain, found.records) == (False, None)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.integers(3, 8))
def test_the_size_of_the_chunks_makes_no_difference(text, size):
    small, large = (inspect_in_chunks(text.encode(), chunk) for chunk in (size, 1 << 16))
    assert replace(small, stamp=large.stamp) == large


@given(st.lists(st.sampled_from([p for p in PIECES if p not in {"\0", "\r"}]), max_size=14).map("".join), st.integers(3, 99))
def test_each_line_of_a_plain_file_is_a_record_of_its_own(text, size):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(text.encode())
        found, records = inspect_in_chunks(text.encode(), size), list(read_records(path))
    if found.plain:
        assert all(r.problem is None and r.line == r.number + 1 for r in records)
        assert found.records == max(len(records) - 1, 0)


def test_the_quick_look_at_quotes_never_passes_what_the_pattern_refuses():
    look = facts._Lines(_line_end=b"\n")
    for length in range(8):
        for signs in itertools.product(b'",a\n', repeat=length):
            text = b"\n" + bytes(signs) + b"\n"
            assert not look._each_cell_quoted(text) or facts._proper_quotes(b",").fullmatch(text), text
