"""The table of papers: what it adds where it is there, and that nothing else changes with it."""

from __future__ import annotations

import pytest

import census_cli

RULES = {"D01", "D02", "D03", "D04", "D05", "D06a", "D06b"}


@pytest.fixture
def folder(tmp_path, census):
    """A survey with papers and mistakes."""
    census("synth", tmp_path / "s", "--households", "400", "--seed", "3", "--errors", "0.3")
    return tmp_path / "s"


def outcome(folder):
    checked = census_cli.check(folder, language="en")
    skipped = {r.id: r.skipped for r in checked.summary.rules if r.id in RULES}
    others = [r for r in checked.discrepancies.to_pylist() if r["rule"] not in RULES and r["table"] != "evidence"]
    return skipped, checked.verdicts.to_pylist(), others


def test_without_papers_their_rules_are_skipped_and_nothing_else_changes(folder):
    skipped, verdicts, others = outcome(folder)
    assert set(skipped.values()) == {None}
    (folder / "evidence.csv").unlink()
    assert outcome(folder) == (dict.fromkeys(skipped, "absent table evidence"), verdicts, others)


def test_a_member_is_found_by_household_and_number_together(tmp_path):
    (tmp_path / "household.csv").write_text("household_id,member_count\nA,1\nB,1\n", encoding="utf-8")
    (tmp_path / "person.csv").write_text("household_id,person_no,health\nA,1,healthy\nB,2,disabled\n", encoding="utf-8")
    papers = "A,2,disability_card\nB,2,disability_card\nA,1,disability_card\n"
    (tmp_path / "evidence.csv").write_text("household_id,person_no,kind\n" + papers, encoding="utf-8")
    found = census_cli.check(tmp_path, language="en", select=["D0*"]).discrepancies.to_pylist()
    assert [(r["rule"], r["unit"], r["row"]) for r in found] == [("D04", "A/?1", 1), ("D06a", "A/?3", 3)]


def test_a_number_given_twice_does_not_make_its_papers_nobodys(tmp_path):
    (tmp_path / "household.csv").write_text("household_id,member_count\nA,2\n", encoding="utf-8")
    (tmp_path / "person.csv").write_text("household_id,person_no,health\nA,1,healthy\nA,1,disabled\n", encoding="utf-8")
    (tmp_path / "evidence.csv").write_text("household_id,person_no,kind\nA,1,disability_card\n", encoding="utf-8")
    assert census_cli.check(tmp_path, language="en", select=["D0*"]).discrepancies.num_rows == 0
