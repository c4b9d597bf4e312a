"""How time and memory of a whole check grow with the households and with the rules: straight lines through a few points, in words.

The survey is the registered households, made without mistakes, from Parquet; every point is one process.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression
from typing import Any

from processes import Cost, cost, python

HOUSEHOLDS = (5_000, 10_000, 20_000, 40_000)
# Of the rules that have a file of their own, thinned evenly; those that come from the columns of tables and from assurances are left out.
OF_RULES, SHARES = 10_000, (1 / 16, 1 / 4, 1)

Point = tuple[int, Cost]
UNITS = {"wall": "s", "processors": "s of processors", "peak": "MB"}  # the fields of Cost


def check(folder: Path, *options: object) -> tuple[Cost, dict[str, Any]]:
    """What a check costs that writes its discrepancies, and its summary: it must find nothing to object to."""
    out = folder.with_suffix(".json")
    used = cost(python("-m", "census_cli", "check", folder, "-q", "--output", out, "--fail-on", "never", *options))
    summary = json.loads(out.read_text(encoding="utf-8"))["summary"]
    assert not any(summary["discrepancies"].values()), summary["discrepancies"]
    return used, summary


def ran(summary: dict[str, Any]) -> list[str]:
    """The rules that ran, in order."""
    return [r["id"] for r in summary["rules"] if not r["skipped"]]


def by_households(folder: Path) -> tuple[list[Point], list[str]]:
    """The same check of ever more households, and the rules that it has."""
    points, rules = [], list[str]()
    for households in HOUSEHOLDS:
        data = folder / str(households)
        cost(python("-m", "census_cli", "synth", data, "--households", households, "--format", "parquet"))
        used, summary = check(data)
        points.append((households, used))
        rules = ran(summary)
    return points, rules


def by_rules(data: Path, ids: Sequence[str]) -> list[Point]:
    """Ever more rules on the same households; the assurances are judged every time."""
    own = [r for r in ids if "." not in r and not r.startswith("ASR-")]
    points = []
    for share in SHARES:
        some = [r for i, r in enumerate(own) if int((i + 1) * share) > int(i * share)]
        used, summary = check(data, "--select", ",".join(some))
        assert ran(summary) == some
        points.append((len(some), used))
    return points


def told(what: str, points: Sequence[Point], by: int, of: str) -> None:
    """Print the points, and the lines of least squares through them."""
    sizes = [n for n, _ in points]
    for n, one in points:
        print(f"  {n:8,} {what:12} {one.wall:6.2f} s {one.processors:6.2f} s of processors {one.peak:6.0f} MB")
    for name, unit in UNITS.items():
        line = linear_regression(sizes, [getattr(one, name) for _, one in points])
        print(f"    {line.intercept:.2f} {unit} + {line.slope * by:.3f} {unit} per {of}")


def main() -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as temporary:
        points, rules = by_households(Path(temporary))
        print(f"  all rules ({len(rules)}) and assurances, of ever more households; one run each")
        told("households", points, 10_000, "10,000 households")
        points = by_rules(Path(temporary, str(OF_RULES)), rules)
        print(f"  {OF_RULES:,} households, all assurances, ever more of the rules that have a file of their own; one run each")
        told("rules", points, 1, "rule")


if __name__ == "__main__":
    main()
