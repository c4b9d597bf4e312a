"""The report as Markdown, for the summary of a CI job or a message: the verdict, the assurances, the rules, the first findings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from census_cli.findings import Findings, Groups
from census_cli.i18n import language, tr
from census_cli.report.rows import published_words, severity_word, told
from census_cli.results import kept_words, verdict_words
from census_cli.survey.models import SEVERITIES, VERDICTS

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+|~!-])")


def write(findings: Findings, file: BinaryIO) -> None:
    """Write UTF-8 Markdown with tables as GitHub and GitLab have them."""
    file.write("\n".join(_lines(findings)).encode() + b"\n")


def _lines(findings: Findings) -> Iterator[str]:
    summary, overview = findings.summary, findings.overview
    yield f"# {_plain(overview.title[language()])} · {_plain(summary.profile)}"
    yield ""
    counts = ", ".join(f"{severity_word(s)} {sum(p.discrepancies[s] for p in summary.profiles.values())}" for s in SEVERITIES)
    yield tr("{n} discrepancies ({counts}); {d} of {r} units need another look", n=overview.total, counts=counts, d=overview.discrepant, r=overview.registered)  # fmt: skip
    if told_of := published_words(findings):
        yield ""
        yield told_of
    if kept := summary.kept():
        yield ""
        yield kept_words(summary, kept)
    yield from _assurances(findings)
    if overview.rules:
        head = [tr("Rule"), tr("Severity"), tr("Defect"), tr("Violated"), tr("Applicable"), tr("What to ask")]
        yield from _table(head, [
            [r.id, severity_word(r.severity), r.title, str(r.violated), str(r.applicable), r.ask] for r in overview.rules
        ])  # fmt: skip
    yield from _lists(findings)
    for title, groups in (
        (tr("Villages with most to do"), overview.villages),
        (tr("Enumerators with most to do"), overview.enumerators),
    ):
        yield from _groups(title, groups)
    for rule in (r for r in overview.rules if r.first):
        yield ""
        yield f"**{_plain(rule.id)} {_plain(rule.title)}**"
        yield ""
        yield from (f"- {_plain(told(row))}" for row in rule.first)
    skipped = [r for r in summary.rules if r.skipped is not None]
    if skipped:
        yield ""
        yield tr("{n} rules were not run; the .json output says why", n=len(skipped))


def _assurances(findings: Findings) -> Iterator[str]:
    counted = findings.summary.assurances
    if not counted:
        return
    head = [tr("Assurance"), *(verdict_words(v) for v in VERDICTS)]
    lines = []
    for name, tables in counted.items():
        title = findings.overview.titles.get(f"assurance {name}", name)
        for table, verdicts in tables.items():
            unit = findings.overview.units.get(table, table)
            lines.append([f"{title} ({unit})", *(str(verdicts[v]) for v in VERDICTS)])
    yield from _table(head, lines)


def _lists(findings: Findings) -> Iterator[str]:
    if lists := findings.overview.lists:
        yield from _table(
            [tr("Exit and identification"), tr("how many"), ""], [[one.title, str(one.units), one.what] for one in lists]
        )


def _groups(title: str, groups: Groups | None) -> Iterator[str]:
    if groups and groups.ranked:
        head = [title, tr("Registered"), tr("With discrepancies"), tr("Rate")]
        yield from _table(head, [
            [f"{g.title} {g.code}".strip(), str(g.registered), str(g.discrepant), f"{g.rate:.1%}"] for g in groups.ranked
        ])  # fmt: skip


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(map(_plain, head))} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(map(_plain, line))} |" for line in lines)


def _plain(text: str) -> str:
    """Text that stays text: no mark of Markdown or HTML acts, no line ends."""
    return _MARKS.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;")
