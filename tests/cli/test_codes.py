"""`census codes`: the lists of answers."""

from __future__ import annotations

import json

import pytest

from census_cli.opening import open_survey

CODES = open_survey("registered-households").codes


def test_without_a_name_every_list_is_told_with_the_fields_that_take_it(census):
    shown = census("codes", "show", "--lang", "en").out
    assert all(name in shown for name in CODES)
    assert "household.poverty_status" in shown


@pytest.mark.parametrize("name", ["relation", "evidence_kind", "ethnicity"])
def test_a_list_shows_every_answer_in_both_languages(census, name):
    shown = census("codes", "show", name, "--lang", "zh").out
    assert all(c.code in shown and c.label.zh[:4] in shown for c in CODES[name].codes)


def test_as_json_it_is_all_that_the_file_says(census):
    told = json.loads(census("codes", "show", "relation", "--format", "json").out)
    assert [c["code"] for c in told["codes"]] == [c.code for c in CODES["relation"].codes]
    assert told["codes"][0]["attributes"] is not None


def test_a_list_that_is_not_there_is_answered_with_the_nearest(census):
    ran = census("codes", "show", "relations", "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean 'relation'?" in ran.err
