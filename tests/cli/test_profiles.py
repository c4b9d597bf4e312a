"""`census profiles`: the list, one profile, what is inherited, and what is answered to a wrong name."""

from __future__ import annotations

import json
import shutil

import pytest

SECOND = """\
id: second
title: {zh: 第二, en: The second}
extends: national-2020
parameters:
  age_max: {value: 110, title: {zh: 年龄上限, en: Greatest age}, source: [{doc: tests, at: here}]}
  own: {value: true, title: {zh: 自有, en: Own}, source: [{doc: tests, at: here, doubt: {zh: 存疑, en: nobody knows}}]}
"""


@pytest.fixture
def two(tmp_path):
    """A survey with a profile that extends another."""
    folder = tmp_path / "survey"
    shutil.copytree("schemas/registered-households", folder)
    (folder / "profiles" / "second.yaml").write_text(SECOND, encoding="utf-8")
    return folder


def test_the_list_has_every_profile_and_what_it_extends(census, two):
    ran = census("profiles", "list", "--survey", two, "--format", "json")
    listed = {p["id"]: p for p in json.loads(ran.out)}
    assert ran.code == 0
    extended = {p["id"]: p["extends"] for p in listed.values()}
    assert (extended["national-2020"], extended["second"], extended["jilin"]) == (None, "national-2020", "programme")
    assert listed["second"]["parameters"] == listed["national-2020"]["parameters"] + 1


def test_the_list_is_a_table_for_people(census, two):
    ran = census("profiles", "list", "--survey", two)
    (line,) = (line for line in ran.out.splitlines() if "second" in line)
    assert line.split()[:4] == ["second", "The", "second", "national-2020"]


def test_a_profile_shows_value_origin_source_and_doubt(census, two):
    ran = census("profiles", "show", "second", "--survey", two)
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert (ran.code, lines[0]) == (0, "The second · second · extends national-2020")
    assert "age_max 110 second Greatest age" in lines
    assert "own yes second Own" in lines
    assert "— tests here; in doubt: nobody knows" in lines
    assert any(line.startswith("as_of 2020-12-31 national-2020 ") for line in lines)


def test_each_year_of_the_line_keeps_its_doubt(census):
    shown = json.loads(census("profiles", "show", "national-2020", "--format", "json").out)["parameters"]["poverty_line"]
    assert (shown["value"]["2010"], shown["value"]["2020"], shown["stated_in"]) == (2300, 4000, "national-2020")
    assert [s["year"] for s in shown["source"] if "year" in s] == [2016, 2017, 2018, 2019, 2020]
    assert all(s["doubt"]["en"] and s["doubt"]["zh"] for s in shown["source"])


def test_a_profile_is_shown_in_the_language_asked_for(census):
    out = census("profiles", "show", "national-2020", "--lang", "zh").out
    assert "存疑" in out
    assert "国家脱贫攻坚普查" in out


@pytest.mark.parametrize("args", [("show", "national-2021"), ("show", "national-2020", "--survey", "nowhere"), ("show",), ()])
def test_2_for_what_is_not_there(census, args):
    ran = census("profiles", *args)
    assert (ran.code, ran.out) == (2, "")


def test_the_nearest_profile_is_offered(census):
    assert "did you mean 'national-2020'?" in census("profiles", "show", "national-2021").err


def test_a_fault_in_a_profile_is_told_with_its_place(census, two):
    (two / "profiles" / "second.yaml").write_text(SECOND + "extend: x\n", encoding="utf-8")
    ran = census("profiles", "list", "--survey", two)
    assert ran.code == 2
    assert "survey/profiles/second.yaml:7:1: unknown key 'extend'" in ran.err
