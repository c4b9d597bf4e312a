"""`census doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

from census_cli.cli.exits import Exit
from census_cli.version import VERSION


def test_it_names_versions_engines_and_surveys(census):
    ran = census("doctor", "--lang", "en")
    assert (ran.code, ran.err) == (Exit.CLEAN, "")
    assert f"census           {VERSION}" in ran.out
    assert "duckdb  available" in ran.out
    assert "registered-households  " in ran.out


def test_an_engine_that_cannot_run_says_why_and_does_no_harm(census, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    ran = census("doctor", "--lang", "en")
    assert ran.code == Exit.CLEAN
    assert "not available" in ran.out
    assert "openjdk-17-jre-headless" in ran.out


def test_a_library_that_is_missing_is_unusable_and_named(census, monkeypatch):
    monkeypatch.setattr("census_cli.diagnosis.NEEDED", ("duckdb", "no-such-library"))
    ran = census("doctor", "--lang", "en")
    assert ran.code == Exit.UNUSABLE
    assert "pip install no-such-library" in ran.out


def test_a_survey_with_a_fault_is_named(census, monkeypatch, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "survey.yaml").write_text("id: broken\n", encoding="utf-8")
    monkeypatch.setattr("census_cli.survey.load.schemas_folder", lambda: tmp_path)
    ran = census("doctor", "--lang", "en")
    assert ran.code == Exit.UNUSABLE
    assert "faulty" in ran.out
