"""Which encoding a file is in, and what becomes of bytes that are in none."""

from __future__ import annotations

import pytest
from tiny_tables import TABLES, write

from census_cli.errors import OptionError
from census_cli.reading.discover import discover
from census_cli.reading.encodings import MARK, as_utf8, encoding_of, open_text
from census_cli.reading.facts import inspect
from census_cli.reading.records import read_records

TEXT = "户编号,村编码,住址\r\n1,990000100200,测试县一号\r\n"


@pytest.fixture
def encoding(tmp_path):
    """The encoding found for these bytes."""

    def encoding(content: bytes, chosen: str | None = None) -> str:
        path = write(tmp_path, "a.csv", content)
        return encoding_of(path, inspect(path), chosen)

    return encoding


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_bytes_tell_the_encoding(encoding, written, found):
    assert encoding(TEXT.encode(written)) == found


def test_ascii_in_utf16_without_a_mark_is_not_taken_for_nul_bytes(encoding):
    assert encoding("a,b\n1,2\n".encode("utf-16-le")) == "utf-16-le"


def test_the_last_line_counts_as_much_as_the_first(encoding):
    assert encoding(b"a,b\n" + b"1,2\n" * 200_000 + "测".encode("gbk")) == "gb18030"


def test_a_few_wrong_bytes_do_not_make_utf8_another_encoding(encoding):
    assert encoding(TEXT.encode() + b"2,\xff,x\r\n") == "utf-8"


def test_the_user_knows_better(encoding):
    assert encoding(TEXT.encode("big5", "ignore"), "Big5") == "big5"


@pytest.mark.parametrize("name", ["klingon", "hex"])
def test_an_encoding_that_is_none_is_refused(encoding, name):
    with pytest.raises(OptionError, match="no such encoding"):
        encoding(b"a", name)


@pytest.mark.parametrize("written", ["gb18030", "utf-16", "utf-16-be"])
def test_a_copy_in_utf8_is_the_same_text_and_is_removed(tmp_path, written):
    text = TEXT + "2,\U00020000,\u3000\r\n" * 100_000
    path = write(tmp_path, "a.csv", text.encode(written))
    with as_utf8(path, written, tmp_path) as copy:
        assert copy is not None
        assert copy.parent == tmp_path
        assert copy.read_bytes() == text.encode()
    assert not copy.exists()


def test_there_is_no_copy_of_what_cannot_be_decoded(tmp_path):
    with as_utf8(write(tmp_path, "a.csv", b"a\n\xff\n"), "gb18030", tmp_path) as copy:
        assert copy is None


def test_a_byte_that_cannot_be_decoded_is_marked(tmp_path):
    path = write(tmp_path, "a.csv", "测".encode("gbk") + b"\xff,1\n")
    with open_text(path, "gb18030") as file:
        assert file.read() == f"测{MARK},1\n"


def test_it_costs_its_own_record_and_is_placed(tmp_path):
    lines = ["户编号,住址", "1,测", '2,"x', "BADy", '"', "3,z", ""]
    path = write(tmp_path, "a.csv", "\n".join(lines).encode("gbk").replace(b"BAD", b"\xff"))
    found = [(r.number, r.line, r.problem, r.place) for r in read_records(path, "gb18030")]
    assert found == [(0, 1, None, None), (1, 2, None, None), (2, 3, "encoding", (4, 1)), (3, 6, None, None)]


def test_an_encoding_chosen_is_that_of_all_text_files(tmp_path):
    write(tmp_path, "household.csv", TEXT.encode("gbk"))
    (file,) = discover([tmp_path], TABLES, "GBK").files
    assert (file.encoding, file.table) == ("gbk", "household")


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ('="001",b\n="2",="x"\n', "001,b\n2,x\n"),
        ('a,="1"', "a,1"),
        ('="",b\r\n', ",b\r\n"),
        ('="a"x,b="c"\n', '="a"x,b="c"\n'),
        ('="a,b"\n', '="a,b"\n'),
        ('"=""1""",2\n', '"=""1""",2\n'),
    ],
)
def test_the_copy_has_no_signs_around_digits(tmp_path, text, copied):
    with as_utf8(write(tmp_path, "a.csv", text), "utf-8", tmp_path) as copy:
        assert copy is not None
        assert copy.read_bytes() == copied.encode()
