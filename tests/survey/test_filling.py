"""Texts: places in braces are filled by name and by nothing else."""

from __future__ import annotations

import pytest

from census_cli.i18n import fill, language, places, set_language, tr


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{x}", "1"), ("{x}{x}, {x}", "11, 1"), ("{姓名}：{x}岁", "测试：1岁"), ("no place", "no place"), ("", ""), ("{{x}}", "{1}"),
        ("{none}", "null"),
    ],
)  # fmt: skip
def test_a_place_takes_the_value_of_its_name(template, filled):
    assert fill(template, {"x": 1, "姓名": "测试", "none": "null"}) == filled


@pytest.mark.parametrize(
    "template", ["{x.__class__}", "{x[0]}", "{x!r}", "{x:>9}", "{0}", "{}", "{ x }", "{y}", "{", "}{", "%(x)s", "$x"]
)
def test_whatever_is_no_name_stays_as_it_is(template):
    assert fill(template, {"x": "value"}) == template


@pytest.mark.parametrize("value", ["{x}", "{y}", "\\1", "\\g<0>", "{x.__class__}"])
def test_a_value_is_not_filled_in_its_turn(value):
    assert fill("<{x}>", {"x": value, "y": "secret"}) == f"<{value}>"


def test_the_places_of_a_text_are_listed_in_order():
    assert places("{b}，{a}: {b} {} {c.d}") == ["b", "a", "b", "c.d"]


def test_a_text_is_filled_in_english():
    assert tr("no {what} '{name}'", what="table", name="{x}") == "no table '{x}'"


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh_CN.UTF-8", "zh"), ("zh", "zh"), ("en_US.UTF-8", "en"), ("C", "en"), ("de_DE", "en")]
)
def test_the_language_is_that_of_the_environment(monkeypatch, locale, expected):
    monkeypatch.setenv("LC_ALL", locale)
    set_language(None)
    assert language() == expected


def test_a_chosen_language_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    set_language("zh")
    assert language() == "zh"
