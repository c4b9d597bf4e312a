"""The page's own words, each in both languages; what comes from a survey carries both already."""

from __future__ import annotations

from typing import Any

from census_cli.i18n import LANGUAGES, in_language, tr
from census_cli.survey.models import Text


def both(text: Text) -> Any:
    """Both languages as HTML; the style shows the one that was chosen."""
    from markupsafe import Markup

    return Markup('<span class="l" lang="zh">{}</span><span class="l" lang="en">{}</span>').format(text.zh, text.en)


def words() -> dict[str, Text]:
    """Every word of the page by its name."""
    said: dict[str, dict[str, str]] = {}
    for spoken in LANGUAGES:
        with in_language(spoken):
            for key, text in _words().items():
                said.setdefault(key, {})[spoken] = text
    return {key: Text(**texts) for key, texts in said.items()}


def _words() -> dict[str, str]:
    return _frame() | _figures() | _list() | _appendix()


def _frame() -> dict[str, str]:
    return {
        "report": tr("Check report"),
        "skip_link": tr("To the content"),
        "language": tr("Language"),
        "contents": tr("Contents"),
        "to_list": tr("Discrepancies"),
        "to_rules": tr("Rules"),
        "to_appendix": tr("Appendix"),
        "revealed": tr("This page shows personal data in full. Pass it on to nobody who may not see them."),
        "masked": tr("Personal data are masked."),
    }


def _figures() -> dict[str, str]:
    return {
        "clean": tr("Nothing was found that needs another look."),
        "verdict": tr("{discrepant} of {registered} registered households need a second look: {mandatory} discrepancies are mistakes, {verify} are to be verified at the door."),
        "verdict_short": tr("{mandatory} discrepancies are mistakes, {verify} are to be verified at the door."),
        "hints_too": tr("Hints besides: {n}."),
        "mandatory": tr("mandatory"), "verify": tr("to verify"), "hint": tr("hints"),
        "assurances": tr("Assurances"), "assurance": tr("Assurance"), "assurances_title": tr("Verdicts by assurance (%)"), "judged_n": tr("judged"),
        "not_applicable": tr("n/a"),
        "villages": tr("Villages"), "village": tr("Village"),
        "village_verdicts": tr("Overall verdict of the households, by village"),
        "enumerators": tr("Enumerators"), "enumerator": tr("Enumerator"),
        "registered": tr("Registered"), "discrepant": tr("With discrepancies"), "rate": tr("Rate"),
        "n_households": tr("n (households)"),
        "rate_of_enumerators": tr("Share of households with discrepancies, by enumerator, against the team (%)"),
        "spread": tr("The team: a quarter below {low}, half below {median}, a quarter above {high}."),
        "team_low": tr("team: lower quartile"), "team_median": tr("team: median"), "team_high": tr("team: upper quartile"),
        "few": tr("below {least} households a rate says little; these stand last"),
        "rows_cut": tr("{shown} of {total} shown"),
        "by_rule": tr("Discrepancies by rule"), "rule": tr("Rule"), "severity": tr("Severity"), "violated": tr("Violated"),
        "applicable": tr("Applicable"), "passed": tr("Passed"), "unknown_n": tr("Unknown"),
        "days": tr("Days of registration"), "day": tr("Day"), "days_title": tr("Households registered and with discrepancies, by day"),
        "no_charts": tr("There are no charts, for the library that draws them is not installed: pip install pygal. The tables hold the same numbers."),
        "numbers": tr("At most {bars} bars; the table beside it has all numbers."),
    }  # fmt: skip


def _list() -> dict[str, str]:
    return {
        "list": tr("Discrepancies"),
        "no_script": tr("The list needs JavaScript, which this browser has switched off. A .csv output holds the same discrepancies."),
        "embedded": tr("This page holds {shown} of {total} discrepancies, the worst first; the whole list is in the .csv or .parquet output of the same check."),
        "all_embedded": tr("This page holds all {total} discrepancies."),
        "office": tr("{n} more are for the office alone and not shown here; they are in the .csv output."),
        "explained_n": tr("{n} of them are explained by a note and no longer to be done."),
        "published": tr("For publication: discrepancies are not listed one by one, and villages with a count below {least} are put together."),
        "search": tr("Search"), "all": tr("all"), "state": tr("State"), "open": tr("open"), "explained": tr("explained"), "waived": tr("waived"),
        "sort": tr("Sort by"), "household": tr("Household"), "unit": tr("Where"), "message": tr("What was found"), "record": tr("Record"),
        "reset": tr("Show all"), "link": tr("Link to this selection"),
        "count": tr("{n} discrepancies, {from}–{to} shown"), "none": tr("No discrepancy is of this selection."),
        "previous": tr("Previous"), "next": tr("Next"), "pages": tr("Pages of the list"),
        "card": tr("{unit} {name}: all discrepancies"), "close": tr("Close"), "ask": tr("Ask at the door"),
        "note": tr("Note"), "card_cut": tr("There may be more of this one: this page does not hold all discrepancies."),
        "place": tr("{source}, record {row}"), "filters": tr("Filters"), "profile": tr("Profile"),
    }  # fmt: skip


def _appendix() -> dict[str, str]:
    return {
        "rules": tr("Rules"), "why": tr("Why"), "what_to_ask": tr("What to ask"), "source": tr("Source"), "doubt": tr("in doubt"),
        "show_these": tr("Show its discrepancies"), "scope": tr("Scope"), "scope_office": tr("office"), "scope_surveyor": tr("surveyor"),
        "scope_supervisor": tr("supervisor"), "not_run": tr("not run"),
        "outcome": tr("{violated} violated of {applicable} applicable; {passed} passed, {unknown} unknown"),
        "appendix": tr("Appendix"), "inputs": tr("What was read"), "file": tr("File"), "table": tr("Table"), "rows": tr("Rows"),
        "checked": tr("checked"), "unreadable": tr("unreadable"), "unknown_columns": tr("unknown columns"), "ignored": tr("Not read"),
        "skipped": tr("Rules that did not run"), "reason": tr("Reason"), "how": tr("How it was checked"), "survey": tr("Survey"),
        "version": tr("Version of census"), "as_of": tr("Date for ages without a date of registration"), "personal": tr("Personal data"),
        "all_rules": tr("Every rule with its counts"), "units": tr("Units"), "none_skipped": tr("All rules ran."), "sheet": tr("Sheet"),
        "several": tr("Several profiles were checked; the figures are of {profile}, the list is of all."),
    }  # fmt: skip
