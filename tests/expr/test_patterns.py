"""Plain patterns: those that every engine reads alike."""

from __future__ import annotations

import pytest

from census_cli.expr.patterns import is_plain

PLAIN = (
    "", "a", "abc", "[0-9]{12}", "[0-9]{17}[0-9Xx]", "[A-Za-z]+", "a|b", "(a|b)*", "((a))", "ab?c*d+", "a{2}", "a{2,}",
    "a{2,3}", "村", "[一-龥]+",
    r"\.", r"a\+b", r"\(\)", r"\\", r"\[x\]", "[.]", "[$]", "[+*?]", r"[\\]", r"[\]]", "a-b", r"a\-b", "[a-]", "a b", "a/b",
    "(a|)b", "[ab][cd]",
)  # fmt: skip
NOT_PLAIN = (
    r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\b", r"\B", r"\n", r"\t", r"\1", r"\x41", r"\u0041", r"\p{Han}", r"\A",
    r"\Z", r"\Qa\E", "\\",
    ".", "a.b", "^a", "a$", "^", "$", "[^a]", "[a^]", "[]", "[", "]", "[a", "[[:alpha:]]", "[[a]]", r"[\d]", r"[\w-]", "[z-a]",
    "*", "+a", "?", "a**", "a+*", "a*?", "a+?", "a??", "a*+", "a++", "a?+", "a{2}?", "a{2}+", "a{2}{3}", "a{", "a}", "a{,3}",
    "a{x}", "a{1000}", "a{3,2}",
    "(", ")", "(a", "a)", "(?i)a", "(?:a)", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?P<x>a)", "(?#a)", "(*)", "|*",
)  # fmt: skip
SET_OPERATIONS = ("[a&&b]", "[a--b]", "[a||b]", "[a~~b]", "[&&]")


@pytest.mark.parametrize("pattern", PLAIN)
def test_a_plain_pattern_is_plain(pattern):
    assert is_plain(pattern)


@pytest.mark.parametrize("pattern", NOT_PLAIN)
def test_another_pattern_is_not_plain(pattern):
    assert not is_plain(pattern)


@pytest.mark.parametrize("pattern", SET_OPERATIONS)
def test_a_class_that_some_engines_read_as_a_set_operation_is_not_plain(pattern):
    assert not is_plain(pattern)


@pytest.mark.parametrize("pattern", PLAIN)
def test_a_plain_pattern_is_understood_by_the_engine_and_by_the_record_model(engine, pattern):
    from typing import Annotated

    from pydantic import Field, TypeAdapter

    TypeAdapter(Annotated[str, Field(pattern=f"^(?:{pattern})$")])
    quoted = pattern.replace("'", "''")
    assert engine.one(f"SELECT regexp_full_match('', '{quoted}') AS x")["x"] in (True, False)
