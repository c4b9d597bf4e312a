"""`census rules new`: a sketch that no check takes for a rule, and that becomes one when it is filled in."""

from __future__ import annotations

import shutil

import pytest

from census_cli.sketching import SKETCH
from places import ROOT


@pytest.fixture
def survey(tmp_path):
    """A copy of the survey that a test may change."""
    shutil.copytree(ROOT / "schemas" / "registered-households", tmp_path / "survey", ignore=shutil.ignore_patterns("synth"))
    return tmp_path / "survey"


def test_a_sketch_is_refused_at_every_place_that_is_not_filled_in(census, survey):
    assert census("rules", "new", "Z01", "--table", "person", "--survey", survey).code == 0
    ran = census("rules", "test", "--survey", survey, "--lang", "en")
    assert ran.code == 2
    assert "rules/Z01.yaml" in ran.err


def test_a_sketch_that_is_filled_in_is_a_rule(census, survey):
    census("rules", "new", "Z01", "--survey", survey)
    path = survey / "rules" / "Z01.yaml"
    text = path.read_text(encoding="utf-8")
    for line, filled in {
        "severity: TODO": "severity: hint", "level: TODO": "level: 1", "when: TODO": "when: tv", "assert: TODO": "assert: electricity",
        "fields: [TODO]": "fields: [tv, electricity]", "TODO {字段} 的值": "{tv}{electricity}", "TODO the values, as {field}": "{tv} {electricity}",
        "violated: [{TODO: TODO}]": "violated: [{tv: true, electricity: false}]", "passed: [{TODO: TODO}]": "passed: [{tv: true, electricity: true}]",
        "unknown: [{TODO: TODO}]": "unknown: [{tv: true}]", "not_applicable: [{TODO: TODO}]": "not_applicable: [{tv: false}]",
    }.items():  # fmt: skip
        text = text.replace(line, filled)
    path.write_text(text, encoding="utf-8")
    ran = census("rules", "test", "Z01", "--survey", survey, "--lang", "en")
    assert (ran.code, ran.out.strip()) == (0, "4 of 4 examples of 1 rules hold")


@pytest.mark.parametrize(("args", "said"), [
    (["S02"], "is there already"), (["s02"], "is no id of a rule"), (["S02-b"], "is no id of a rule"), (["Z01", "--table", "persons"], "did you mean 'person'?"),
])  # fmt: skip
def test_what_cannot_be_begun_is_told_and_nothing_is_written(census, survey, args, said):
    before = (survey / "rules" / "S02.yaml").read_bytes()
    ran = census("rules", "new", *args, "--survey", survey, "--lang", "en")
    assert ran.code == 2
    assert said in ran.err
    assert (survey / "rules" / "S02.yaml").read_bytes() == before
    assert not (survey / "rules" / "Z01.yaml").exists()


def test_the_sketch_has_every_key_that_a_rule_may_have_but_those_of_other_kinds(census):
    from census_cli.survey.models import Rule

    named = {f.alias or n for n, f in Rule.model_fields.items()}
    assert named - {line.split(":")[0].strip("# ") for line in SKETCH.splitlines()} == {
        "unique",
        "exists",
        "apart",
        "needs",
        "optional",
    }
