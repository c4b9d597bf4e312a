"""The page as a file, without a browser: what it holds, what it leaves out, and that nothing in it acts but our own script."""

from __future__ import annotations

import csv
import json
import re
import sys
from html.parser import HTMLParser

import pytest

from census_cli.cli.main import main
from census_cli.report.page import data
from places import IN_SAMPLE, SAMPLE

HOSTILE = "<script>alert(1)</script>&]]>=cmd|'/c'!A0{{7*7}}\u202e\u2028--><img src=x onerror=alert(2)>" + "长" * 10_000

FOR_THE_OFFICE = 8


class Elements(HTMLParser):
    """The elements of a page, and the embedded data."""

    def __init__(self, page):
        super().__init__()
        self.found, self.ids, self.text, self.inside = [], [], {}, ""
        self.feed(page)
        self.data = json.loads(self.text["data"])

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.found.append((tag, given))
        self.inside = given.get("id") or tag
        if "id" in given:
            self.ids.append(given["id"])

    def handle_data(self, data):
        self.text[self.inside] = self.text.get(self.inside, "") + data


@pytest.fixture
def page(census, tmp_path):
    """Check data into a page, or what is given besides."""

    def write(given=SAMPLE, *options):
        ran = census("check", given, "--output", tmp_path / "report.html", *options)
        assert ran.code in (0, 1), ran.err
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return write


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The page of the sample, and the same check as JSON."""
    folder = tmp_path_factory.mktemp("page")
    main(["check", str(SAMPLE), "--lang", "en", "--output", f"{folder}/report.html", "--output", f"{folder}/all.json"])
    return (folder / "report.html").read_text(encoding="utf-8"), json.loads((folder / "all.json").read_text(encoding="utf-8"))


@pytest.fixture
def text(written):
    return written[0]


@pytest.fixture
def summary(written):
    return written[1]["summary"]


def changed(sample, table, head, text, count=1):
    """The sample with the first cells of a column changed."""
    with (sample / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[:count]:
        row[head] = text
    with (sample / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return sample


@pytest.fixture
def hostile(sample):
    """Texts that would break out of a page, in a cell that a message shows, in an enumerator's number and in a village's name."""
    changed(sample, "household", "家庭人口数", HOSTILE)
    changed(sample, "household", "普查员编号", HOSTILE, 8)
    return changed(sample, "village", "村名称", HOSTILE)


def test_the_page_holds_every_discrepancy_that_is_not_for_the_office_alone(written):
    held, every = Elements(written[0]).data, written[1]["discrepancies"]
    units = [(held["names"]["rule"][r], u) for r, u in zip(held["columns"]["rule"], held["columns"]["unit"], strict=True)]
    assert sorted(units) == sorted((d["rule"], d["unit"]) for d in every if d["scope"] != "office")


def test_no_address_stands_in_the_page(text):
    assert re.findall(r"(?i)(?:https?:|\bftp:|src=|@import|url\(|<link|<iframe|<object)", text) == []


def test_the_page_forbids_every_connection(text):
    (policy,) = [a["content"] for t, a in Elements(text).found if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_a_hostile_survey_adds_no_element_of_its_own(page, hostile):
    found = Elements(page(hostile))
    kinds = [a.get("type", "") for t, a in found.found if t == "script"]
    assert kinds == ["application/json", ""]
    assert not [t for t, _ in found.found if t in ("img", "iframe", "object", "embed", "base")]
    assert not [a for _, attributes in found.found for a in attributes if a.startswith("on")]
    assert any("<script>alert(1)" in m for m in found.data["columns"]["message"])


def test_embedded_data_cannot_end_their_element(page, hostile):
    block = page(hostile).split('id="data">', 1)[1].split("</script>", 1)[0]
    assert not set("<>&\u2028\u2029") & set(block)


def test_no_id_is_given_twice(text):
    ids = Elements(text).ids
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(("lang", "said"), [("zh", "户需要再核实"), ("en", "households need a second look")])
def test_the_first_sentence_is_there_in_both_languages(page, lang, said):
    text = page(SAMPLE, "--lang", lang)
    assert f'<html lang="{lang}"' in text
    assert "户需要再核实" in text
    assert "households need a second look" in text


def test_every_word_is_there_in_both_languages(text):
    words = Elements(text).data["words"]
    assert [k for k, text in words.items() if not text["zh"] or not text["en"]] == []
    assert [k for k, text in words.items() if text["zh"] == text["en"]] == []


@pytest.mark.parametrize(("lang", "other"), [("zh", "en"), ("en", "zh")])
def test_every_message_is_there_as_a_check_in_the_other_language_would_say_it(page, lang, other):
    one, two = (Elements(page(SAMPLE, "--lang", spoken)).data["columns"] for spoken in (lang, other))
    assert one["translation"] == two["message"]
    assert one["message"] == two["translation"]
    assert all(a != b for a, b in zip(one["message"], one["translation"], strict=True))


def test_the_figures_of_the_page_are_those_of_the_summary(text, summary):
    for counts in (of for tables in summary["assurances"].values() for of in tables.values()):
        cells = [sum(counts.values()) - counts["not_applicable"], *(counts[v] for v in ("met", "not_met", "contradiction"))]
        line = "".join(rf'<td class="n(?: bad)?">{n}</td>' for n in cells)
        assert re.search(line, text), counts


def test_every_rule_stands_in_the_page_with_its_counts(text, summary):
    rules = summary["rules"]
    assert [r["id"] for r in rules if f'<th scope="row">{r["id"]}</th>' not in text] == []
    assert [r["skipped"] for r in rules if r["skipped"] and r["skipped"].replace("'", "&#39;") not in text] == []


def test_a_rule_has_its_reason_its_source_and_its_question(text):
    section = text.split('id="rule-S05"', 1)[1].split("</details>", 1)[0]
    assert all(part in section for part in ("为什么", "Why", "问什么", "What to ask", "出处", "Source", "domain §"))


def test_the_inputs_stand_in_the_appendix_with_their_hashes(text, summary):
    inputs = summary["inputs"]
    assert all(i["sha256"] in text for i in inputs)


def test_personal_data_are_masked_and_the_page_says_so(text):
    assert "Personal data are masked." in text
    assert "990000198003150019" not in text


def test_a_page_with_revealed_data_warns_and_is_for_its_owner_alone(page, tmp_path):
    text = page(SAMPLE, "--reveal")
    assert '<p class="warning"><strong>' in text
    assert (tmp_path / "report.html").stat().st_mode & 0o077 == 0


def test_of_too_many_discrepancies_the_worst_are_embedded_and_the_page_says_so(page, monkeypatch):
    monkeypatch.setattr(data, "EMBEDDED", 2)
    text = page()
    held = Elements(text).data
    severities = [held["rules"][held["names"]["rule"][r]]["severity"] for r in held["columns"]["rule"]]
    assert severities == ["mandatory", "mandatory"]
    assert f"This page holds 2 of {IN_SAMPLE - FOR_THE_OFFICE} discrepancies" in text
    assert not held["complete"]


def test_of_too_many_discrepancies_every_rule_of_the_worst_has_its_share(page, text, monkeypatch):
    whole = Elements(text).data
    mandatory = {r for r in whole["names"]["rule"] if whole["rules"][r]["severity"] == "mandatory"}
    monkeypatch.setattr(data, "EMBEDDED", len(mandatory))
    held = Elements(page()).data
    assert set(held["names"]["rule"]) == mandatory
    assert held["n"] == len(mandatory)


def test_without_the_library_that_draws_the_page_is_written_and_says_so(page, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygal", None)
    text = page()
    assert "<svg" not in text
    assert "pip install pygal" in text


def test_every_chart_stands_in_both_languages_beside_its_table(text):
    assert text.count("<svg") == 2 * text.count('<figure class="chart"')
    for figure in re.findall(r'<div class="pair">(.*?)</figure>', text, re.S):
        assert "<table>" in figure


def test_a_sound_survey_says_that_nothing_was_found(page, sound_data):
    text = page(sound_data)
    assert "Nothing was found that needs another look." in text


def test_the_same_data_give_the_same_page(page, text):
    assert page() == text


def test_an_explained_discrepancy_is_shown_as_explained(page, census, tmp_path):
    sheet = tmp_path / "to.notes.csv"
    census("notes", "template", SAMPLE, "--output", sheet)
    head, first, *_ = sheet.read_text(encoding="utf-8-sig").splitlines()
    sheet.write_text(f"{head}\n{first.removesuffix(',,,,')},<b>seen</b>,Li,2020-08-01,\n", encoding="utf-8")
    text = page(SAMPLE, "--notes", sheet)
    held = Elements(text).data
    explained = [
        n for s, n in zip(held["columns"]["state"], held["columns"]["note"], strict=True) if held["names"]["state"][s] != "open"
    ]
    assert [("seen" in n) for n in explained] == [True]
    assert "1 of them are explained by a note" in text
    assert "<b>seen" not in text


def test_what_is_for_the_office_alone_is_counted_and_not_listed(text, written):
    office = {d["rule"] for d in written[1]["discrepancies"] if d["scope"] == "office"}
    held = Elements(text).data
    assert held["n"] == IN_SAMPLE - FOR_THE_OFFICE
    assert not office & set(held["names"]["rule"])
    assert f"{FOR_THE_OFFICE} more are for the office alone" in text
