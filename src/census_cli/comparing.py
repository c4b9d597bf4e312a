"""What two profiles say differently of the same data: the account of it, from what the engine compared.  Nothing is judged here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from census_cli.engines.base import Engine
from census_cli.expr.bound import BoundSurvey
from census_cli.overview import rule_words
from census_cli.results import ChangedUnit, Comparison, ToldHere, ToldOnce, VerdictShift
from census_cli.sql.comparing import AFTER, BEFORE, Shifts, told_first, told_once
from census_cli.sql.verdicts import Verdicts
from census_cli.summary import Run
from census_cli.survey.models import SEVERITIES, VERDICTS, Verdict

LISTED = 1000
EXAMPLES = 3


def compare_profiles(engine: Engine, runs: Sequence[Run]) -> list[Comparison] | None:
    """Each further profile held against the first; None where there is but one."""
    return [_compare(engine, runs[0], run) for run in runs[1:]] or None


def _compare(engine: Engine, first: Run, other: Run) -> Comparison:
    changed, verdicts, units = _verdicts(engine, first.verdicts, other.verdicts)
    return Comparison(
        profile=other.bound.profile, against=first.bound.profile, changed=changed, verdicts=verdicts, units=units,
        told_once=_told(engine, first, other),
    )  # fmt: skip


def _verdicts(
    engine: Engine, first: Verdicts | None, other: Verdicts | None
) -> tuple[int, dict[str, list[VerdictShift]], list[ChangedUnit]]:
    """How many units have another verdict, which ones by assurance, and the first of them."""
    if first is None or other is None or first.unit not in first.judged() or not first.relations.bound.assurances:
        return 0, {}, []
    shifts = Shifts(first, other)
    engine.table(shifts.table, shifts.made())
    bounds = first.relations.bound, other.relations.bound
    counts: dict[str, Counter[tuple[Verdict, Verdict]]] = {}
    for row in _rows(engine, shifts.counted()):
        pair = _verdict(bounds[0], row["assurance"], row["was"]), _verdict(bounds[1], row["assurance"], row["now"])
        counts.setdefault(row["assurance"], Counter())[pair] += row["n"]
    verdicts = {
        assurance: [
            VerdictShift(against=was, verdict=now, units=counts[assurance][was, now])
            for was in VERDICTS for now in VERDICTS if was != now and counts[assurance][was, now]
        ]
        for assurance in shifts.assurances() if assurance in counts
    }  # fmt: skip
    units = [_unit(row, shifts, bounds) for row in _rows(engine, shifts.units(LISTED))]
    changed = engine.one(f"SELECT count(*) AS n FROM {shifts.table}")["n"]
    return changed, {name: found for name, found in verdicts.items() if found}, units


def _unit(row: dict[str, Any], shifts: Shifts, bounds: tuple[BoundSurvey, BoundSurvey]) -> ChangedUnit:
    verdicts = {}
    for name in shifts.assurances():
        was, now = _verdict(bounds[0], name, row[BEFORE + name]), _verdict(bounds[1], name, row[AFTER + name])
        if was != now:
            verdicts[name] = VerdictShift(against=was, verdict=now, units=1)
    return ChangedUnit(unit=row["unit"], verdicts=verdicts)


def _verdict(bound: BoundSurvey, assurance: str, ending: int) -> Verdict:
    held = bound.assurances[assurance]
    others = held.model.worst_of
    return VERDICTS[ending >> len(others)] if others else held.endings[ending].verdict


def _told(engine: Engine, first: Run, other: Run) -> list[ToldOnce]:
    """The discrepancies that only one of two profiles tells, by rule, the gravest first."""
    names, table = (first.bound.profile, other.bound.profile), f"told_once_{other.number}"
    engine.table(table, told_once(*names))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(engine, told_first(table, EXAMPLES)):
        found.setdefault(row["rule"], []).append(row)
    told = [_told_rule(rule, rows, first, other) for rule, rows in found.items()]
    return sorted(told, key=lambda t: (SEVERITIES.index(t.severity), t.rule))


def _told_rule(rule: str, rows: Sequence[dict[str, Any]], first: Run, other: Run) -> ToldOnce:
    ran = {run.bound.profile: any(c.id == rule and not c.skipped for c in run.checks) for run in (first, other)}
    counts = {row["profile"]: row["n"] for row in rows}
    teller = other if ran[other.bound.profile] else first
    return ToldOnce(
        rule=rule, severity=rows[0]["severity"], title=rule_words(teller.bound, rule)[0],
        only={profile: counts.get(profile, 0) if ran[profile] else None for profile in ran},
        first=[ToldHere(profile=r["profile"], table=r["table"], unit=r["unit"], message=r["message"]) for r in rows],
    )  # fmt: skip


def _rows(engine: Engine, sql: str) -> list[dict[str, Any]]:
    return [row for batch in engine.stream(sql) for row in batch.to_pylist()]
