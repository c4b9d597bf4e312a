"""The numbers that a page shows, put in the order in which it shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING

from census_cli.i18n import LANGUAGES, in_language, language
from census_cli.results import verdict_words
from census_cli.survey.models import SEVERITIES, VERDICTS, Severity, Text, Verdict

if TYPE_CHECKING:
    from census_cli.findings import Findings
    from census_cli.picture import Picture, RuleWords, Tally
    from census_cli.results import RuleSummary, Summary

LEAST = 5
"""Of fewer households a rate says little: such groups stand below the others."""
ROWS = 1_000
"""Rows of one table of villages or enumerators."""
SHOWN: tuple[Verdict, ...] = ("not_met", "contradiction", "unknown", "exempt", "met")
"""As bars are stacked: what matters first, so that it is seen where a chart is wider than the screen."""
COLUMNS: tuple[Verdict, ...] = ("met", "not_met", "contradiction", "unknown", "exempt")
"""As columns stand, for the same reason."""


@dataclass(frozen=True)
class Assured:
    """One assurance as judged on the units of one table."""

    title: Text
    by: Text
    counts: Mapping[str, int]

    @property
    def of(self) -> int:
        return sum(self.counts[v] for v in SHOWN)


@dataclass(frozen=True)
class Spread:
    """The team's rates: quartiles of those with enough households."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Figures:
    """What the template reads."""

    picture: Picture
    summary: Summary
    language: str
    revealed: bool
    suppressed: int
    total: int
    registered: int
    discrepant: int
    assured: Sequence[Assured]
    villages: Sequence[Tally]
    enumerators: Sequence[Tally]
    days: Sequence[Tally]
    spread: Spread | None
    found: Sequence[RuleSummary]
    sections: Sequence[RuleWords]
    skipped: Mapping[str, Sequence[RuleSummary]]
    verdicts: Mapping[str, Text]
    severities: Sequence[Severity] = SEVERITIES
    shown: Sequence[Verdict] = SHOWN
    columns: Sequence[Verdict] = COLUMNS
    least: int = LEAST
    rows: int = ROWS


def figures(findings: Findings) -> Figures:
    """Order what was counted."""
    summary, overview, picture = findings.summary, findings.overview, findings.picture()
    found = sorted((r for r in summary.rules if r.violated), key=lambda r: (SEVERITIES.index(r.severity), -r.violated, r.id))
    return Figures(
        picture, summary, language(), findings.revealed, findings.suppressed, overview.total, overview.registered, overview.discrepant,
        _assured(summary, picture), _ranked(picture.villages), _ranked(picture.enumerators), picture.days,
        _spread(picture.enumerators), found, _sections(picture, found), _skipped(summary), _verdicts(),
    )  # fmt: skip


def _assured(summary: Summary, picture: Picture) -> list[Assured]:
    return [
        Assured(picture.assurances[name], picture.units[table], counts)
        for name, tables in summary.assurances.items()
        for table, counts in tables.items()
        if sum(counts.values())
    ]


def _ranked(tallies: Sequence[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda t: t.registered < LEAST)


def _spread(tallies: Sequence[Tally]) -> Spread | None:
    rates = [t.rate for t in tallies if t.registered >= LEAST]
    return Spread(*quantiles(rates, n=4, method="inclusive")) if len(rates) > 1 else None


def _sections(picture: Picture, found: Sequence[RuleSummary]) -> list[RuleWords]:
    """The rules that have a reason of their own, and those that follow from a table where they found something."""
    ids = {r.id for r in found}
    return sorted((r for r in picture.rules.values() if r.why or r.id in ids), key=lambda r: r.id)


def _skipped(summary: Summary) -> dict[str, list[RuleSummary]]:
    reasons: dict[str, list[RuleSummary]] = {}
    for rule in summary.rules:
        if rule.skipped is not None:
            reasons.setdefault(rule.skipped, []).append(rule)
    return reasons


def _verdicts() -> dict[str, Text]:
    said: dict[str, dict[str, str]] = {v: {} for v in VERDICTS}
    for spoken in LANGUAGES:
        with in_language(spoken):
            for verdict in VERDICTS:
                said[verdict][spoken] = verdict_words(verdict)
    return {verdict: Text(**texts) for verdict, texts in said.items()}
