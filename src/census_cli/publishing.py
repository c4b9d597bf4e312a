"""What may be published: no household by itself, and no village of which a count is so small that it tells of single households.

Villages with a small count are put together in one row.  So no cell is left blank that the totals would give back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from census_cli.findings import Findings, Group, Groups, Overview, Visit
from census_cli.i18n import tr
from census_cli.overview import LEAST_N, LISTED
from census_cli.picture import Picture, Tally
from census_cli.results import Input
from census_cli.survey.models import VERDICTS

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

Rows = Sequence[Tally]


def pooled(tallies: Rows, whole: Tally, least: int) -> tuple[list[Tally], list[Tally]]:
    """The tallies that stand for themselves, and those to be put together: then no count of 1 to `least` - 1 is told or follows.

    `whole` are the totals that are published beside them; what it has more than all tallies, units of no village, may be small
    as well and is put together with the others.  The smallest follow until the row of all has no small count either.  If that
    takes all of them, nothing can be told by village, and both lists are empty.
    """
    rest = _minus(whole, _sum(tallies))
    together = [t for t in [*tallies, rest] if _small(t, least)]
    alone = sorted((t for t in tallies if not _small(t, least)), key=lambda t: -t.registered)
    while together and alone and (len(together) == 1 or _small(_sum(together), least)):
        together.append(alone.pop())
    if together and not alone:
        return [], []
    return [t for t in tallies if t in alone], together


def _small(tally: Tally, least: int) -> bool:
    return any(0 < n < least for n in _counts(tally))


def _counts(tally: Tally) -> list[int]:
    """Each count that a table shows of a village, or that follows from two of them."""
    clean = tally.registered - tally.discrepant
    return [tally.registered, tally.discrepant, clean, *(tally.verdicts.get(v, 0) for v in VERDICTS)]


def _sum(tallies: Rows) -> Tally:
    verdicts: dict[str, int] = {v: n for v in VERDICTS if (n := sum(t.verdicts.get(v, 0) for t in tallies))}
    return Tally("", "", sum(t.registered for t in tallies), sum(t.discrepant for t in tallies), verdicts)


def _bare(tallies: Rows) -> list[Tally]:
    return [replace(t, verdicts={}) for t in tallies]


def _minus(whole: Tally, part: Tally) -> Tally:
    verdicts: dict[str, int] = {v: n for v in VERDICTS if (n := whole.verdicts.get(v, 0) - part.verdicts.get(v, 0))}
    return Tally("", "", whole.registered - part.registered, whole.discrepant - part.discrepant, verdicts)


def _by_table(inputs: Sequence[Input]) -> list[Input]:
    """The files of a table together, where there are several."""
    tables: dict[str, list[Input]] = {}
    for read in inputs:
        tables.setdefault(read.table, []).append(read)
    return [of[0] if len(of) == 1 else _together(of) for of in tables.values()]


def _together(inputs: Sequence[Input]) -> Input:
    counts = {c: sum(getattr(i, c) for i in inputs) for c in ("rows", "rows_checked", "rows_unreadable", "lines_skipped")}
    none: dict[str, object] = {"sheet": None, "skipped": [], "near": {}, "unknown_columns": [], "sha256": None}
    return inputs[0].model_copy(update={"path": tr("{n} files", n=len(inputs))} | counts | none)


class Published:
    """Findings as they may be published: counts only.

    Nothing is told by enumerator or by day: they part the same households in another way, and the differences would be small.
    """

    revealed = False

    def __init__(self, findings: Findings, least: int) -> None:
        self.suppressed = least
        # What profiles say differently is told household by household; and there may be a file for each village.
        without = {"comparison": None, "inputs": _by_table(findings.summary.inputs)}
        self.summary = findings.summary.model_copy(update=without)
        self._picture = self._pictured(findings.picture(), findings.overview)
        self.overview = self._viewed(findings.overview)

    def picture(self) -> Picture:
        """What a page shows, by village where the counts allow it."""
        return self._picture

    def _pictured(self, picture: Picture, overview: Overview) -> Picture:
        totals = self.summary.assurances.get(picture.worst, {}).get(picture.unit, {})
        whole = Tally("", "", overview.registered, overview.discrepant, totals)
        alone, together = pooled(picture.villages, whole, self.suppressed)
        if 2 * len(alone) < len(picture.villages):
            # Hardly a village is without a rare verdict; more of them can be told without verdicts.
            alone, together = pooled(_bare(picture.villages), replace(whole, verdicts={}), self.suppressed)
        title = tr(
            "{n} others together, each with a count below {least}, or put with them", n=len(together), least=self.suppressed
        )
        rows = [*alone, replace(_sum(together), title=title)] if together else alone
        return replace(picture, villages=rows, enumerators=[], days=[])

    def _viewed(self, overview: Overview) -> Overview:
        """The overview with the same villages, and without an example of any rule or list."""
        villages = self._picture.villages
        ranked = [t for t in villages if t.discrepant and (t.registered >= LEAST_N or not t.code)][:LISTED]
        groups = Groups(
            [Group(t.code, t.title, t.registered, t.discrepant) for t in ranked],
            len(villages), sum(t.registered < LEAST_N for t in villages), LEAST_N,
        )  # fmt: skip
        rules = [replace(rule, first=[]) for rule in overview.rules]
        lists = [replace(one, first=[]) for one in overview.lists]
        return replace(overview, villages=groups, enumerators=None, rules=rules, lists=lists)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """None: discrepancies are of single households."""
        return iter(())

    bilingual_batches = verdicts = lists = batches

    def visits(self, _group: str) -> Iterator[Visit]:
        """None likewise."""
        return iter(())

    def write_parts(self, _folder: Path) -> None:
        """None likewise; such outputs are refused before."""
        raise AssertionError("what is published has no discrepancies one by one")

    write_verdict_parts = write_list_parts = write_parts
