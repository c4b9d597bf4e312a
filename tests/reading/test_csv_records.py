"""The careful CSV reader: RFC 4180 for what is sound, one line at a time for what is not."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from census_cli.reading import records
from census_cli.reading.records import Record, read_records, records_of

PIECES = ['"', '"', ",", "\n", "\r\n", "\r", "a", "测", " ", '""', '","', '"\n', "\0", "\u2028"]
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
CELL = re.compile(r'"((?:[^"]|"")*)"(?=[,\r\n]|\Z)|((?!")[^,\r\n]*)')


def physical_lines(text: str) -> list[str]:
    return LINE.findall(text)


def read(text: str) -> list[Record]:
    return list(records_of(iter(physical_lines(text))))


def outcome(text: str) -> list[list[str] | str]:
    """The cells of each record, or what is wrong with it."""
    return [r.problem or r.cells or [] for r in read(text)]


def by_the_book(text: str) -> list[Record]:
    """The same rules over the whole text at once, slowly: the measure for the reader that streams."""
    found: list[Record] = []
    lines = physical_lines(text)
    line = 0
    while line < len(lines):
        rest = "".join(lines[line:])
        cells, end = _cells(rest)
        if end is None:
            taken, problem = 1, "quote"
            if _never_closed(rest):
                taken = len(lines) - line
        else:
            taken, problem = len(physical_lines(rest[:end])), "nul" if "\0" in rest[:end] else None
        for i in range(taken if problem == "quote" else 1):
            found.append(Record(len(found), line + 1 + i, None if end is None else cells, problem))
        line += taken
    return found


def _cells(text: str) -> tuple[list[str], int | None]:
    """The cells of the first record and where it ends, None if a quote is in its way."""
    cells, at = [], 0
    while match := CELL.match(text, at):
        quoted, bare = match.groups()
        cells.append(bare if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if not text.startswith(",", at):
            end = re.compile(r"\r\n|\r|\n|").match(text, at)
            return cells, end.end() if end else None
        at += 1
    return cells, None


def _never_closed(text: str) -> bool:
    """Whether the quote in the way is one without an end."""
    at = 0
    while match := CELL.match(text, at):
        at = match.end() + 1
    return re.fullmatch(r'"(?:[^"]|"")*', text[at:]) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a,b", [["a", "b"]]),
        ("a\nb\r\nc\rd", [["a"], ["b"], ["c"], ["d"]]),
        ("a,\n,b\n", [["a", ""], ["", "b"]]),
        ("a\n\nb\n", [["a"], [""], ["b"]]),
        ('"a,b","c\r\nd"\n', [["a,b", "c\r\nd"]]),
        ('"a ""b""",""\n', [['a "b"', ""]]),
        ('a"b,c""\n', [['a"b', 'c""']]),
        (' "a"\n', [[' "a"']]),
        ("a\u2028b\x0bc\x85d\n", [["a\u2028b\x0bc\x85d"]]),
    ],
)
def test_sound_records_give_their_cells(text, expected):
    assert outcome(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a"b\nc\n', ["quote", ["c"]]),
        ('"a" ,b\nc\n', ["quote", ["c"]]),
        ('"a\nb"c\nd\n', ["quote", ['b"c'], ["d"]]),
        ('x,"a\n"b\nc\n', ["quote", "quote", "quote"]),
        ('a\n"b\nc\n\nd', [["a"], "quote", "quote", "quote", "quote"]),
        ('"', ["quote"]),
    ],
)
def test_a_stray_quote_costs_its_line_and_one_never_closed_the_rest(text, expected):
    assert outcome(text) == expected


@pytest.mark.parametrize("text", ["a,\0\n", '"a\0"\n', '"a\n\0"\n', "\0"])
def test_a_record_that_holds_nul_is_unreadable(text):
    (record,) = read(text)
    assert record.problem == "nul"


def test_a_nul_costs_no_other_record():
    assert outcome("a\n\0\nb\n") == [["a"], "nul", ["b"]]


def test_a_record_knows_its_number_and_its_first_line():
    assert [(r.number, r.line) for r in read('h\n"a\nb"\n\nc\n')] == [(0, 1), (1, 2), (2, 4), (3, 5)]


def test_a_byte_order_mark_is_no_part_of_the_first_cell(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbf"a",b\r\n\xef\xbb\xbf1,2\r\n')
    assert [r.cells for r in read_records(path)] == [["a", "b"], ["\ufeff1", "2"]]


def test_a_line_end_between_two_reads_of_the_file_is_one_line_end(tmp_path):
    path = tmp_path / "a.csv"
    for length in range(8_180, 8_200):
        path.write_bytes(b"x" * length + b"\r\ny")
        assert [r.cells for r in read_records(path)] == [["x" * length], ["y"]]


@given(
    st.lists(st.lists(st.text('a,"\n\r测 ;', max_size=5), min_size=1, max_size=4), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_python_writes_is_read_as_it_was(rows, line_end, quoting):
    if quoting == csv.QUOTE_MINIMAL and line_end == "\n":
        # Here the module leaves a CR without quotes, so that it would end the record.
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=line_end, quoting=quoting).writerows(rows)
    assert outcome(written.getvalue()) == rows


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_is_read_by_the_book(text):
    assert read(text) == by_the_book(text)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_number_and_no_line_is_left_out(text):
    found = read(text)
    assert [r.number for r in found] == list(range(len(found)))
    begins = [*(r.line for r in found), len(physical_lines(text)) + 1]
    assert begins[0] == 1
    for record, line, following in zip(found, begins, begins[1:], strict=False):
        assert following == line + 1 if record.problem == "quote" else following > line


HOSTILE = ['"\n', '"a\n', 'a","b\n', '"a"b\n', '"""\n', 'a,"b\n"c","d\n', 'x,"\n","y\n"z"","\n', ',"\n",\n', '"",\n"\n']


@pytest.mark.parametrize("end", ["", '"x', 'a"x\n', '"x"y\n'])
@pytest.mark.parametrize("unit", HOSTILE)
def test_no_line_is_followed_more_than_a_few_times(monkeypatch, unit, end):
    taken = 0
    take = records._Lines.take

    def counted(lines: records._Lines) -> str:
        nonlocal taken
        taken += 1
        return take(lines)

    monkeypatch.setattr(records._Lines, "take", counted)
    text = unit * 2_000 + end
    assert read(text)
    assert taken <= 4 * len(physical_lines(text))


def test_a_quote_open_for_too_long_counts_as_never_closed(monkeypatch):
    monkeypatch.setattr(records, "LONGEST_RECORD", 20)
    assert outcome('a\n"b\n' + "c\n" * 12 + '"\nd\n') == [["a"], *["quote"] * 15]


def test_records_come_before_the_rest_is_read():
    lines = iter(['"a\n', 'b"\n', "c\n", "d\n"])
    assert next(records_of(lines)).cells == ["a\nb"]
    assert list(lines) == ["c\n", "d\n"]
