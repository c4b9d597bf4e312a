"""For whom a report is: rules that are kept for others are not run, and the report says so."""

from __future__ import annotations

import json

import pytest

from census_cli.opening import open_survey

RULES = open_survey("registered-households").rules


def of(*scopes):
    return {r.model.id for r in RULES.values() if r.model.scope in scopes}


def summary(census, sample, *more):
    return json.loads(census("check", sample, "--lang", "en", "--format", "json", "--output", "-", *more).out)["summary"]


@pytest.mark.parametrize(
    ("audience", "kept"), [("surveyor", of("supervisor", "office")), ("supervisor", of("office")), ("office", set())]
)
def test_rules_that_are_kept_for_others_are_skipped_with_that_reason(census, sample, audience, kept):
    rules = summary(census, sample, "--for", audience)["rules"]
    assert {r["id"] for r in rules if "kept for" in (r["skipped"] or "")} <= kept
    assert kept <= {r["id"] for r in rules if r["skipped"]}


def test_without_for_everything_is_shown(census, sample):
    assert summary(census, sample)["audience"] == "office"
    assert "kept for others" not in census("check", sample, "--lang", "en").out


def test_the_report_says_how_many_rules_are_kept_and_why(census, sample):
    shown = " ".join(census("check", sample, "--lang", "en", "--for", "surveyor").out.split())
    assert "for the surveyor: " in shown
    assert "rules that are kept for others were not run, so that nobody edits until a message goes away" in shown
    markdown = census("check", sample, "--lang", "en", "--for", "surveyor", "--format", "md", "--output", "-").out
    assert "kept for others were not run" in markdown


def test_census_toml_may_name_the_audience(census, sample, monkeypatch):
    (sample / "census.toml").write_text('for = "surveyor"\n', encoding="utf-8")
    monkeypatch.chdir(sample)
    assert "for the surveyor: " in census("check", "--lang", "en").out
