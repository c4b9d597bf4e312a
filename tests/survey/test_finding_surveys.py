"""Finding a survey, its profile and its parameters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from census_cli.errors import OptionError
from census_cli.survey.load import find_survey, schemas_folder

NEXT = """\
id: next
title: {zh: 次, en: Next}
extends: base
parameters:
  age_min: {value: 6, title: {zh: 年龄下限, en: Least age}, source: [{doc: tests, at: tiny}]}
"""


def test_the_surveys_lie_in_the_schemas_folder():
    assert (schemas_folder() / "registered-households" / "survey.yaml").is_file()


def test_a_survey_is_found_by_its_id():
    assert find_survey("registered-households") == schemas_folder() / "registered-households"


@pytest.mark.parametrize("kind", [str, Path])
def test_a_survey_is_found_by_its_folder(tiny, kind):
    assert find_survey(kind(tiny.folder)) == tiny.folder


def test_a_survey_is_found_by_its_file(tiny):
    assert find_survey(str(tiny.folder / "survey.yaml")) == tiny.folder


@pytest.mark.parametrize("name", ["registered-household", "", "/no/such/folder", Path("registered-households"), ".."])
def test_an_unknown_survey_is_answered_with_the_known_ones(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OptionError, match=rf"no survey '{re.escape(str(name))}'.*\(.*registered-households.*\)"):
        find_survey(name)


def test_a_folder_named_by_a_dot_is_shown_by_its_name(tiny, monkeypatch):
    tiny.change("rules/S01.yaml", "table: person", "table: persn")
    monkeypatch.chdir(tiny.folder)
    tiny.folder = Path()
    assert tiny.problems()[0].file == "tiny/rules/S01.yaml"


def test_an_unknown_profile_is_answered_with_the_near_miss(tiny):
    with pytest.raises(OptionError, match=r"no profile 'bas' \(there are: base\); did you mean 'base'\?"):
        tiny.open(profile="bas")


def test_a_survey_without_profiles_is_answered(tiny):
    (tiny.folder / "profiles/base.yaml").unlink()
    with pytest.raises(OptionError, match="no profile 'base'"):
        tiny.open()


def test_a_profile_keeps_what_it_extends(tiny):
    tiny.put("profiles/next.yaml", NEXT)
    bound = tiny.open(profile="next")
    assert {name: p.value for name, p in bound.parameters.items()} == {"age_max": 120, "age_min": 6}


def test_a_profile_overrides_what_it_extends(tiny):
    tiny.put("profiles/next.yaml", NEXT.replace("age_min", "age_max"))
    assert tiny.open(profile="next").parameters["age_max"].value == 6


def test_the_default_profile_does_not_know_what_extends_it(tiny):
    tiny.put("profiles/next.yaml", NEXT)
    assert list(tiny.open().parameters) == ["age_max"]


def test_the_reference_day_of_the_command_line_is_a_parameter(tiny):
    parameter = tiny.open(as_of="2021-06-30").parameters["as_of"]
    assert (parameter.value, parameter.type) == ("2021-06-30", "date")


@pytest.mark.parametrize("day", ["yesterday", "2021-02-29", "1/2/2021"])
def test_a_reference_day_that_is_no_day_is_a_fault_of_the_option(tiny, day):
    with pytest.raises(OptionError, match="as-of"):
        tiny.open(as_of=day)
