"""What is published: no small count by village, none that follows from the others, and no household by itself."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from census_cli.picture import Tally
from census_cli.publishing import pooled
from census_cli.survey.models import VERDICTS
from places import SAMPLE

COUNTED = ("registered", "discrepant", *VERDICTS)


@st.composite
def tallies(draw):
    """Villages with counts of all sizes, small ones more often."""
    size = st.one_of(st.integers(0, 4), st.integers(0, 60))
    made = []
    for i in range(draw(st.integers(0, 7))):
        verdicts = {v: draw(size) for v in ("met", "not_met", "unknown")}
        registered = sum(verdicts.values())
        made.append(Tally(f"V{i}", "", registered, draw(st.integers(0, registered)), verdicts))
    return made


def cells(tally):
    """Every count of a village by name, the households without discrepancies too."""
    return {"registered": tally.registered, "discrepant": tally.discrepant, "clean": tally.registered - tally.discrepant} | {
        v: tally.verdicts.get(v, 0) for v in VERDICTS
    }


def summed(given):
    return {name: sum(cells(t)[name] for t in given) for name in cells(Tally("", "", 0, 0))}


def as_tally(counts):
    return Tally("", "", counts["registered"], counts["discrepant"], {v: counts[v] for v in VERDICTS})


@given(tallies(), st.integers(2, 6), st.booleans())
def test_no_small_count_is_told_or_follows_from_the_totals(made, least, some_without_village):
    without, named = (made[:1], made[1:]) if some_without_village else ([], made)
    whole = summed(made)
    alone, together = pooled(named, as_tally(whole), least)
    rows = [cells(t) for t in alone] + ([summed(together)] if together else [])
    if not rows:
        return
    left = {name: whole[name] - sum(row[name] for row in rows) for name in whole}
    assert not [(name, n) for row in [*rows, left] for name, n in row.items() if 0 < n < least]
    assert {t.code for t in alone} | {t.code for t in together} >= {t.code for t in named}
    assert not without or left in (cells(without[0]), summed([]))


@given(tallies(), st.integers(2, 6))
def test_each_small_count_could_as_well_be_another(made, least):
    _, together = pooled(made, as_tally(summed(made)), least)
    for hidden in together:
        for name, n in cells(hidden).items():
            if 0 < n < least:
                # A household of this kind may live in another village of the row: all that is told stays as it is.
                others = [t for t in together if t is not hidden]
                assert summed(others)[name] > 0


@given(tallies(), st.integers(2, 6))
def test_a_village_is_put_together_with_others_only_where_that_is_needed(made, least):
    if all(n == 0 or n >= least for t in made for n in cells(t).values()):
        assert pooled(made, as_tally(summed(made)), least) == (made, [])


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """An invented survey of many villages, in which some have few discrepancies."""
    from census_cli.cli.main import main

    folder = tmp_path_factory.mktemp("practice") / "data"
    main(["synth", str(folder), "--households", "1500", "--seed", "3", "--errors", "0.1"])
    return folder


def test_the_page_and_the_markdown_tell_the_same_villages_and_no_household(census, practice, tmp_path):
    page, text, whole = tmp_path / "p.html", tmp_path / "p.md", tmp_path / "whole.json"
    ran = census("check", practice, "--suppress-below", "3", "--output", page, "--output", text, "--lang", "en")
    census("check", practice, "--output", whole)
    found = json.loads(whole.read_text(encoding="utf-8"))["discrepancies"]
    units = {d["unit"] for d in found if len(d["unit"]) > 8 and d["table"] != "village"}
    messages = {d["message"] for d in found if d["table"] in ("household", "person") and re.search("[0-9]{3}", d["message"])}
    assert units
    assert messages
    for shown in (page.read_text(encoding="utf-8"), text.read_text(encoding="utf-8"), ran.out):
        assert [u for u in units | messages if re.search(rf"(?<![0-9]){re.escape(u)}(?![0-9])", shown)] == []
        assert "For publication" in shown
    rows = re.findall(
        r'<tr><th scope="row"><bdi>[^<]*</bdi> <bdi>[^<]*</bdi></th><td class="n">(\d+)</td><td class="n">(\d+)</td>',
        page.read_text(encoding="utf-8"),
    )
    assert rows
    assert all(int(n) not in (1, 2) for row in rows for n in (*row, int(row[0]) - int(row[1])))
    assert "Enumerators" not in text.read_text(encoding="utf-8")


@pytest.mark.parametrize("option", ["--output x.json", "--output x.xlsx", "--verdicts x.csv", "--reveal", "--annotate x"])
def test_what_tells_of_single_households_is_refused(census, tmp_path, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    ran = census("check", SAMPLE, "--suppress-below", "3", *option.split())
    assert (ran.code, "one by one" in ran.err) == (2, True)


def test_several_files_of_a_table_are_told_as_one(census, sample, tmp_path):
    head, *lines = (sample / "household.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (sample / "household.csv").write_text(head + "".join(lines[2:]), encoding="utf-8")
    (sample / "household_2.csv").write_text(head + "".join(lines[:2]), encoding="utf-8")
    shown = census("check", sample, "--suppress-below", "3").out
    assert "2 files" in shown
    assert "household_2.csv" not in shown


def test_a_report_for_publication_promises_no_list(census, tmp_path):
    file = tmp_path / "p.md"
    shown = census("check", SAMPLE, "--suppress-below", "3", "--output", file).out
    assert [words for words in ("whole list", "shown; --lists", "  0 of", "more rules have") if words in shown] == []
    assert "**V02b" not in file.read_text(encoding="utf-8")
