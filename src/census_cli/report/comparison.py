"""The section of a report that shows where profiles differ: households with another verdict, discrepancies that only one tells."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from census_cli.findings import Overview
from census_cli.i18n import tr
from census_cli.results import ChangedUnit, Comparison, ToldOnce, verdict_words

SHOWN_UNITS = 5
SHOWN_RULES = 12


def section(comparison: Comparison, overview: Overview, registered: str) -> Iterator[Text | Table]:
    """What one profile says differently from the first one; `registered` is what a unit is called."""
    yield Text("\n" + tr("Where {other} differs from {first}", other=comparison.profile, first=comparison.against), "bold")
    yield Text(tr("another verdict: {n} ({unit})", n=comparison.changed, unit=registered))
    if comparison.verdicts:
        yield _verdicts(comparison, overview)
    yield from (Text("  " + _changed(unit, overview)) for unit in comparison.units[:SHOWN_UNITS])
    if comparison.changed > SHOWN_UNITS:
        shown = min(len(comparison.units), SHOWN_UNITS)
        yield Text("  " + tr("{shown} of {total} shown; --verdicts lists them all", shown=shown, total=comparison.changed), "dim")
    yield from _told_once(comparison)


def _verdicts(comparison: Comparison, overview: Overview) -> Table:
    table = _table("", comparison.against, comparison.profile, "#")
    for name, shifts in comparison.verdicts.items():
        for i, shift in enumerate(shifts):
            title = overview.titles.get(f"assurance {name}", name) if i == 0 else ""
            table.add_row(title, verdict_words(shift.against), verdict_words(shift.verdict), str(shift.units))
    return table


def _changed(unit: ChangedUnit, overview: Overview) -> str:
    shifts = (
        f"{overview.titles.get(f'assurance {name}', name)} {verdict_words(s.against)} → {verdict_words(s.verdict)}"
        for name, s in unit.verdicts.items()
    )
    return f"{unit.unit}  {'; '.join(shifts)}"


def _told_once(comparison: Comparison) -> Iterator[Text | Table]:
    if not comparison.told_once:
        yield Text(tr("discrepancies that only one of them tells: none"))
        return
    yield Text(tr("discrepancies that only one of them tells:"))
    names = (comparison.against, comparison.profile)
    table = _table(tr("rule"), "", *names)
    for told in comparison.told_once:
        table.add_row(told.rule, escape(told.title), *(_count(told.only[name]) for name in names))
    yield table
    for told in comparison.told_once[:SHOWN_RULES]:
        yield from _first(told)
    if len(comparison.told_once) > SHOWN_RULES:
        yield Text("  " + tr("{shown} of {total} shown", shown=SHOWN_RULES, total=len(comparison.told_once)), "dim")
    if any(count is None for told in comparison.told_once for count in told.only.values()):
        yield Text("  " + tr("–: the rule is not run under that profile"), "dim")


def _first(told: ToldOnce) -> Iterator[Text]:
    """The first discrepancy that each profile alone tells."""
    for profile in told.only:
        here = next((f for f in told.first if f.profile == profile), None)
        if here:
            yield Text(tr("  {rule} {unit} ({profile} only): {message}", rule=told.rule, unit=here.unit, profile=profile, message=here.message))  # fmt: skip


def _count(count: int | None) -> str:
    return "–" if count is None else str(count)


def _table(*headers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    for header in headers:
        table.add_column(header, overflow="fold")
    return table
