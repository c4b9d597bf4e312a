"""`census synth` as a user meets it."""

from __future__ import annotations

import pytest


def test_it_says_what_it_wrote_on_standard_error_only(census, tmp_path):
    ran = census("synth", tmp_path / "survey", "--households", "30", "--errors", "0.1", "--lang", "en")
    assert (ran.code, ran.out) == (0, "")
    assert "household.csv (30)" in ran.err


def test_its_survey_can_be_checked_at_once(census, tmp_path):
    census("synth", tmp_path / "survey", "--households", "30")
    assert census("check", tmp_path / "survey").code == 0


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--households", "0", "from 1 to"), ("--households", "99999999", "from 1 to"), ("--errors", "1.5", "from 0 to 1"),
        ("--errors", "nan", "from 0 to 1"), ("--seed", "-1", "from 0"), ("--format", "xlsx", "xlsx"), ("--headers", "fr", "fr"),
        ("--survey", "no-such", "no survey"), ("--memory", "much", "2GB"),
    ],
)  # fmt: skip
def test_an_option_that_makes_no_sense_is_answered(census, tmp_path, option, value, said):
    ran = census("synth", tmp_path / "survey", option, value, "--lang", "en")
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert list(tmp_path.iterdir()) == []


def test_an_existing_survey_is_not_overwritten(census, tmp_path):
    census("synth", tmp_path / "survey", "--households", "5")
    ran = census("synth", tmp_path / "survey", "--households", "5", "--lang", "en")
    assert (ran.code, "not empty" in ran.err) == (2, True)


def test_a_survey_without_a_recipe_is_told_so(census, tmp_path):
    from places import ROOT

    ran = census("synth", tmp_path / "survey", "--survey", ROOT / "tests" / "expr" / "sampler", "--lang", "en")
    assert (ran.code, "no recipe" in ran.err) == (2, True)
