"""Reading YAML: what is typed, what stays text, and where a fault is said to be."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from census_cli.survey.yaml import Document, read_yaml


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str | bytes) -> Document:
        path = tmp_path / "a.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_yaml(path, "a.yaml")

    return read


@pytest.fixture
def fault(read):
    """The one fault of a text, as it is shown."""

    def fault(text: str | bytes) -> str:
        (problem,) = read(text).problems
        return str(problem)

    return fault


TYPED = {
    "": None, "~": None, "null": None, "Null": None, "true": True, "True": True, "false": False, "False": False,
    "0": 0, "7": 7, "-12": -12, "2020": 2020, "1.5": Decimal("1.5"), "-0.50": Decimal("-0.50"), "0.005": Decimal("0.005"),
}  # fmt: skip
TEXTS = (
    "no", "yes", "on", "off", "y", "n", "NULL", "TRUE", "01", "+1", "1.", ".5", "1e5", "0x10", "0o7", "1_000", "12:30:00",
    "2020-12-31", "１", "是", "1 000", ".inf", ".nan", "nan", "A01",
)  # fmt: skip


@pytest.mark.parametrize(("written", "value"), TYPED.items())
def test_null_true_false_and_plain_decimals_are_typed(read, written, value):
    found = read(f"a: {written}").value["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("written", TEXTS)
def test_all_else_stays_text(read, written):
    assert read(f"a: {written}").value == {"a": written}


@pytest.mark.parametrize("written", ["1", "1.5", "true", "null", "", "~"])
@pytest.mark.parametrize("quoted", ["'{}'", '"{}"'])
def test_what_is_quoted_stays_text(read, quoted, written):
    assert read("a: " + quoted.format(written)).value == {"a": written}


def test_a_block_stays_text(read):
    assert read("a: |\n  1\nb: >-\n  true\n").value == {"a": "1\n", "b": "true"}


def test_tags_make_nothing_of_a_text(read):
    assert read("a: !!python/object/apply:os.system [x]").value == {"a": ["x"]}


def test_an_empty_file_holds_nothing(read):
    assert read("").value is None


def test_a_byte_order_mark_is_accepted(read):
    assert read(b"\xef\xbb\xbfa: 1").value == {"a": 1}


def test_every_value_has_its_place(read):
    document = read("甲: {乙: x,\n  c: [1, 2]}")
    assert [document.at(p) for p in (("甲",), ("甲", "乙"), ("甲", "c"), ("甲", "c", 1))] == [(1, 4), (1, 8), (2, 6), (2, 10)]


def test_a_missing_value_is_where_its_holder_is(read):
    assert read("a:\n  b: 1").at(("a", "x", "y")) == (2, 3)


@pytest.mark.parametrize(
    ("text", "place"),
    [("a: 1\nb: 2\na: 3", "3:1"), ("- {x: 1, y: 2, x: 1}", "1:16"), ("a:\n  中: 1\n  中: 1", "3:3"), ('a: 1\n"a": 2', "2:1")],
)
def test_a_key_given_twice_is_a_fault_at_the_second(fault, text, place):
    assert fault(text).startswith(f"a.yaml:{place}: the key '")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b: c", "1:5"), ("a: [1\n", "2:1"), ("a: *x", "1:4"), ("\ta: 1", "1:1"), ("a: 1\n---\nb: 2", "2:1"),
        ("甲乙: @x", "1:5"), ("a:\n  - b\n c: 1", "3:2"), ("a: 'x", "1:6"),
    ],
)  # fmt: skip
def test_broken_yaml_is_a_fault_at_its_line_and_column(fault, text, place):
    assert fault(text).startswith(f"a.yaml:{place}: not YAML: ")


@pytest.mark.parametrize("content", [b"a: \xb0\xa1", b"\xff\xfea\x00", b"a: \x07"])
def test_a_file_that_is_no_text_is_one_fault(fault, content):
    assert fault(content).startswith("a.yaml:1:1: not YAML: ")


def test_a_file_that_is_not_there_is_one_fault(tmp_path):
    (problem,) = read_yaml(tmp_path / "none.yaml", "none.yaml").problems
    assert str(problem) == "none.yaml:1:1: cannot be read: there is no such file or folder"


@pytest.mark.parametrize("text", ["a: &x [*x]", "a: &x {b: *x}", "[" * 500 + "]" * 500])
def test_what_nests_without_end_is_a_fault(read, text):
    assert len(read(text).problems) == 1


def test_a_number_of_thousands_of_digits_does_not_stop_the_reader(read):
    assert read("a: " + "1" * 5000).value is not None
