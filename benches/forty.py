"""Forty rules over a million households: the program beside the same rules written by hand and in libraries, each a process of its own.

The rules (forty_rules.py) are a survey folder like any other.  Before a time is printed all must have found the same.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from forty_peers import BASE, ONCE, PEERS
from forty_rules import FAILS, write_survey
from processes import Cost, cost, middle, python

ROWS = 1_000_000
RUNS = 3


def by_census(data: Path, out: Path, survey: Path) -> list[str]:
    """The program's own command line."""
    select = [x for r in FAILS for x in ("--select", r)]
    return python("-m", "census_cli", "check", data, "--survey", survey, *select, "--output", out, "--fail-on", "never")


def found(path: Path) -> list[tuple[str, str]]:
    """What was found, as (rule, household), in order."""
    import duckdb

    return duckdb.execute(f"SELECT rule, unit FROM '{path}' ORDER BY ALL").fetchall()


def raced(folder: Path) -> dict[str, list[Cost]]:
    """Every peer in turn, and again; the slow ones once.  What each found stays in the folder."""
    here, data, survey = Path(__file__).parent, folder / "household.parquet", folder / "forty"
    cost(python(here / "forty_rules.py", data, ROWS))
    write_survey(survey)
    commands = {name: python(here / "forty_peers.py", name, data, folder / f"{name}.parquet") for name in PEERS}
    commands["census"] = by_census(data, folder / "census.parquet", survey)
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for run in range(RUNS):
        for name, command in commands.items():
            if not run or name not in ONCE:
                costs[name].append(cost(command))
    return costs


def main() -> None:
    """Print the median of each and the ratio to the base."""
    with tempfile.TemporaryDirectory() as temporary:
        costs = raced(Path(temporary))
        base = found(Path(temporary, f"{BASE}.parquet"))
        differ = [name for name in costs if found(Path(temporary, f"{name}.parquet")) != base]
        assert not differ, differ
    print(f"  {ROWS:,} households, {len(FAILS)} rules, {len(base):,} failures, the same in all; whole processes, medians")
    least = middle(costs[BASE]).wall
    for name, runs in costs.items():
        one, once = middle(runs), "   one run" if name in ONCE else ""
        ratio = f"{one.wall / least:5.2f} × {BASE}"
        print(f"  {name:20} {one.wall:6.2f} s   {ratio}   {one.processors:6.2f} s of processors {one.peak:6.0f} MB{once}")


if __name__ == "__main__":
    main()
