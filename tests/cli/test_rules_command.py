"""`census rules`: what rule owners see without a programmer."""

from __future__ import annotations

import json
import shutil

import pytest

from places import ROOT


@pytest.fixture
def survey(tmp_path):
    """The real survey, to be changed."""
    return shutil.copytree(ROOT / "schemas" / "registered-households", tmp_path / "mine")


def test_the_list_has_every_rule_file(census):
    listed = {r["id"] for r in json.loads(census("rules", "list", "--format", "json").out)}
    assert listed == {f.stem for f in (ROOT / "schemas/registered-households/rules").glob("*.yaml")}


@pytest.mark.parametrize(("lang", "words"), [("zh", "问什么"), ("en", "What to ask")])
def test_a_rule_is_shown_in_both_languages_with_source_examples_and_sql(census, lang, words):
    shown = census("rules", "show", "S02", "--lang", lang).out
    assert words in shown
    assert "户主不是恰好一人" in shown
    assert "Not exactly one head" in shown
    assert "domain §8.1 S02" in shown
    assert "violated: " in shown
    assert "SELECT" in shown


def test_a_rule_nearly_named_is_suggested(census):
    ran = census("rules", "show", "S99")
    assert ran.code == 2
    assert "no rule 'S99'" in ran.err


def test_examples_that_hold_are_counted(census):
    ran = census("rules", "test", "S02", "H02")
    assert ran.code == 0
    assert "of 2 rules hold" in ran.out


def test_decision_tables_and_lists_are_tested_by_their_names(census):
    ran = census("rules", "test", "S02", "ASR-food", "lists")
    assert ran.code == 0
    assert "of 1 rules hold" in ran.out
    assert "of 2 decision tables and lists hold" in ran.out


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "message"),
    [
        ("food", "assurances/food.yaml", "when: not food_enough", "when: food_enough", "example 1 of 'not_met hungry': it is 'unknown no_answer'"),
        (
            "lists", "lists.yaml", "when: poverty_status = 'relapsed' and", "when: poverty_status = 'pre_exit' and",
            "example 1 of 'relapsed relapsed_not_met': it is 'still_poor poor_not_met'",
        ),
        ("overall", "assurances/overall.yaml", "  not_met: [{food_enough: false}", "  met: [{food_enough: false}", "example 1 of 'met': it is 'not_met'"),
    ],
)  # fmt: skip
def test_an_example_of_another_table_that_does_not_hold_is_named_with_its_file(census, survey, name, file, old, new, message):
    text = (survey / file).read_text(encoding="utf-8")
    assert old in text
    (survey / file).write_text(text.replace(old, new), encoding="utf-8")
    ran = census("rules", "test", name, "--survey", survey)
    assert ran.code == 2
    assert f"{file}, {message}" in " ".join(ran.out.split())


def test_an_example_that_does_not_hold_is_named_with_its_file(census, survey):
    rule = survey / "rules" / "S02.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("assert: heads = 1", "assert: heads = 2"), encoding="utf-8")
    ran = census("rules", "test", "S02", "--survey", survey)
    assert ran.code == 2
    assert "rules/S02.yaml, example 1 of 'violated': it is 'passed'" in ran.out
