"""The page in a browser: it asks no host for anything, its list, links and languages work, and everybody can read it."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from census_cli.cli.main import main
from places import ROOT

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)  # the page follows its address a moment later


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The page made from the sample data, and the same check as JSON."""
    folder = tmp_path_factory.mktemp("browser")
    main(
        [
            "check",
            str(ROOT / "sample_data"),
            "--lang",
            "en",
            "--output",
            f"{folder}/report.html",
            "--output",
            f"{folder}/all.json",
        ]
    )
    return folder


@pytest.fixture
def discrepancies(report):
    return json.loads((report / "all.json").read_text(encoding="utf-8"))["discrepancies"]


@pytest.fixture
def tab(chromium):
    """A tab that notes what goes wrong in it and what it asks for."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(20_000)
    page.wrong, page.asked = [], []
    page.on("console", lambda message: page.wrong.append(message.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    page.close()
    assert page.wrong == []
    assert [url for url in page.asked if not url.startswith("file://")] == []


@pytest.fixture
def opened(tab, report):
    """The page, opened at a place."""

    def at(place=""):
        tab.goto(f"file://{report}/report.html{place}")
        return tab

    return at


def lines(tab):
    return tab.locator("#rows tbody tr")


def seen(tab, text):
    return tab.get_by_text(text).locator("visible=true").count()


def test_the_page_opens_with_every_discrepancy_and_asks_for_nothing(opened, discrepancies):
    tab = opened()
    expect(lines(tab)).to_have_count(len(discrepancies))
    assert [url.partition("#")[0] for url in tab.asked] == [tab.url.partition("#")[0]]


def test_a_switch_changes_the_language_of_all_words(opened):
    tab = opened()
    assert seen(tab, "households need a second look")
    tab.get_by_role("button", name="中文").click()
    expect(tab.locator("html")).to_have_attribute("lang", "zh")
    assert seen(tab, "户需要再核实")
    assert not seen(tab, "households need a second look")
    assert tab.locator("#f-village option").first.text_content() == "全部"
    expect(lines(tab).first.locator("td").nth(3)).to_contain_text(re.compile("[\u4e00-\u9fff]{2}"))


def test_a_filter_shows_one_village_and_its_link_keeps_it(opened, discrepancies):
    village = next(d["village_code"] for d in discrepancies if d["village_code"])
    own = sum(d["village_code"] == village for d in discrepancies)
    tab = opened()
    tab.select_option("#f-village", village)
    expect(lines(tab)).to_have_count(own)
    again = tab.locator("#permalink").get_attribute("href")
    expect(lines(opened(again))).to_have_count(own)


@pytest.mark.parametrize(("name", "column"), [("enumerator", "enumerator_id"), ("rule", "rule"), ("severity", "severity")])
def test_every_filter_shows_what_it_says(opened, discrepancies, name, column):
    value = discrepancies[-1][column]
    tab = opened()
    tab.select_option(f"#f-{name}", value)
    expect(lines(tab)).to_have_count(sum(d[column] == value for d in discrepancies))


def test_the_filter_by_assurance_shows_what_bears_on_it(opened):
    tab = opened()
    tab.select_option("#f-assurance", "water")
    expect(lines(tab).filter(has_text="ASR-water")).not_to_have_count(0)
    expect(lines(tab).filter(has_text="ASR-food")).to_have_count(0)


def test_search_finds_a_unit(opened, discrepancies):
    unit = discrepancies[0]["unit"]
    tab = opened()
    tab.fill("#f-q", unit)
    expect(lines(tab)).to_have_count(sum(d["unit"] == unit for d in discrepancies))


def test_sorting_puts_rows_in_the_order_asked_for(opened):
    tab = opened()
    tab.select_option("#f-sort", "household")
    units = tab.locator("#rows tbody tr td:nth-child(3)")
    expect(units).to_have_text(sorted(units.all_text_contents()))


def test_a_household_link_opens_its_card_with_all_its_discrepancies(opened, discrepancies):
    tab = opened()
    home = tab.locator("a[data-household]").first.get_attribute("data-household")
    own = [d for d in discrepancies if d["unit"].split("/")[0] == home and d["table"] != "village"]
    tab.locator("a[data-household]").first.click()
    tab.wait_for_selector("#card:not([hidden])")
    expect(tab.locator("#card-list > li")).to_have_count(len(own))
    assert home in tab.locator("#card-title").text_content()
    assert "Ask at the door" in tab.locator("#card-list").text_content()
    tab.get_by_role("button", name="Close").click()
    expect(tab.locator("#card")).to_be_hidden()


def test_a_rule_link_opens_its_reason(opened):
    tab = opened()
    tab.locator("#rows tbody a[href^='#rule-']").first.click()
    expect(tab.locator("details:target[open]").get_by_text("Why").locator("visible=true")).to_have_count(1)


def test_a_village_in_the_table_leads_to_its_discrepancies(opened, discrepancies):
    tab = opened()
    link = tab.locator("#villages tbody a").first
    code = link.get_attribute("data-value")
    link.click()
    expect(lines(tab)).to_have_count(sum(d["village_code"] == code for d in discrepancies))


def serious(tab):
    found = Axe().run(tab).response["violations"]
    return [(v["id"], v["nodes"][0]["target"]) for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("place", ["", "#lang=zh&severity=mandatory", "#rule-S05"])
@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_read_it(opened, place, width):
    tab = opened()
    tab.set_viewport_size({"width": width, "height": 800})
    tab = opened(place)
    assert serious(tab) == []


def test_everybody_can_read_a_card(opened):
    tab = opened()
    tab.locator("a[data-household]").first.click()
    tab.wait_for_selector("#card:not([hidden])")
    assert serious(tab) == []


def test_nothing_runs_over_the_edge_of_a_phone(opened):
    tab = opened()
    tab.set_viewport_size({"width": 390, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_paper_the_tables_are_whole_and_the_controls_are_gone(opened):
    tab = opened()
    tab.emulate_media(media="print")
    assert tab.locator("#filters").is_hidden()
    assert tab.evaluate("[...document.querySelectorAll('.scroll')].every(e => e.scrollHeight <= e.clientHeight + 1)")


def test_a_hostile_survey_runs_nothing(tab, sample, tmp_path):
    file = sample / "household.csv"
    text = file.read_text(encoding="utf-8-sig")
    hostile = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\u202e]]>" + "长" * 10_000
    file.write_text(re.sub(r",E01,", lambda _: f",{hostile},", text), encoding="utf-8")
    main(["check", str(sample), "--output", str(tmp_path / "report.html")])
    tab.on("dialog", lambda dialog: tab.wrong.append(dialog.message))
    tab.goto(f"file://{tmp_path}/report.html")
    expect(lines(tab)).not_to_have_count(0)
    assert tab.evaluate("document.querySelectorAll('img, script').length") == 2
    tab.set_viewport_size({"width": 390, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_page_for_publication_has_no_list_and_no_serious_fault_for_axe(tab, tmp_path):
    main(["check", str(ROOT / "sample_data"), "--lang", "en", "--suppress-below", "3", "--output", f"{tmp_path}/published.html"])
    tab.goto(f"file://{tmp_path}/published.html")
    assert seen(tab, "For publication")
    assert tab.locator("#rows").locator("visible=true").count() == 0
    assert tab.locator("#filters").locator("visible=true").count() == 0
    faults = Axe().run(tab).response["violations"]
    assert [f["id"] for f in faults if f["impact"] in ("serious", "critical")] == []
