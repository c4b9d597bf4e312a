"""The discrepancies as columns that fit into a page; which of them are embedded, and how many are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from census_cli.i18n import language
from census_cli.report.rows import Row
from census_cli.results import TRANSLATION
from census_cli.survey.models import SEVERITIES

if TYPE_CHECKING:
    from census_cli.findings import Findings
    from census_cli.picture import Picture
    from census_cli.results import Summary

EMBEDDED = 20_000
"""Of more discrepancies the worst are embedded; browsers open this many at once."""

# What repeats is written once and named by number.
_REPEATING = ("rule", "table", "village_code", "enumerator_id", "source", "state", "profile")
_OWN = ("unit", "message", "row", "note")


@dataclass
class Held:
    """The embedded discrepancies, and the account of the others."""

    total: int = 0
    shown: int = 0
    office: int = 0
    explained: int = 0
    columns: dict[str, Any] = field(default_factory=dict)


def embedded(findings: Findings, picture: Picture) -> Held:
    """The worst discrepancies that are not for the office alone, of each rule some, in the contract's order within each severity."""
    held = Held()
    room = _room(findings.summary, picture)
    kept: dict[str, list[Row]] = {s: [] for s in SEVERITIES}
    for row in _rows(findings):
        if row["scope"] == "office":
            held.office += 1
            continue
        held.total += 1
        held.explained += row["state"] != "open"
        if room[row["rule"]] > 0:
            room[row["rule"]] -= 1
            kept[row["severity"]].append(row)
    rows = [row for s in SEVERITIES for row in kept[s]]
    held.shown = len(rows)
    held.columns = {
        "language": language(),
        "n": len(rows),
        "complete": held.shown == held.total,
        **_columns(rows),
        **_named(picture, rows),
    }
    return held


def _room(summary: Summary, picture: Picture) -> dict[str, int]:
    """How many discrepancies of each rule are embedded: the worst severity first, and within it a fair share for each rule."""
    counts: dict[str, int] = {}
    for counted in (r for of in summary.profiles.values() for r in of.rules):
        if picture.rules[counted.id].scope != "office":
            counts[counted.id] = counts.get(counted.id, 0) + counted.violated
    left, room = EMBEDDED, dict.fromkeys(counts, 0)
    for severity in SEVERITIES:
        rules = sorted((r for r in counts if picture.rules[r].severity == severity), key=lambda r: counts[r])
        for before, rule in enumerate(rules):
            room[rule] = min(counts[rule], left // (len(rules) - before))
            left -= room[rule]
    return room


def _rows(findings: Findings) -> Iterator[Row]:
    """Only the columns that a page shows are turned into Python."""
    for batch in findings.bilingual_batches():
        further = [c for c in (TRANSLATION,) if c in batch.schema.names]
        yield from batch.select([*_REPEATING, *_OWN, "severity", "scope", *further]).to_pylist()


def _columns(rows: list[Row]) -> dict[str, Any]:
    names: dict[str, list[str]] = {}
    columns: dict[str, list[Any]] = {c: [row[c] for row in rows] for c in _OWN}
    columns[TRANSLATION] = [row.get(TRANSLATION, row["message"]) for row in rows]
    for column in _REPEATING:
        number: dict[str, int] = {}
        columns[column] = [number.setdefault(row[column], len(number)) for row in rows]
        names[column] = list(number)
    return {"columns": columns, "names": names}


def _named(picture: Picture, rows: list[Row]) -> dict[str, Any]:
    """What the numbers and codes of the embedded discrepancies are called."""
    found = dict.fromkeys(row["rule"] for row in rows)
    places = {row["village_code"] for row in rows}
    return {
        "rules": {
            r.id: {"severity": r.severity, "title": r.title.model_dump(), "ask": r.ask.model_dump(), "assurances": r.assurances}
            for r in (picture.rules[rule] for rule in found)
        },
        "villages": {v.code: v.title for v in picture.villages if v.code in places},
        "assurances": {name: title.model_dump() for name, title in picture.assurances.items()},
        "title": picture.title.model_dump(),
        "unit": picture.unit,
        "depth": picture.depth,
        "units": {table: unit.model_dump() for table, unit in picture.units.items()},
    }
