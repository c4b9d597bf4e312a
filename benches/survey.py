"""The registered-households survey whole, every rule and every assurance, from Parquet and from CSV, as a user runs it.

Both must find just the mistakes that were planted.  10,000 households; `CENSUS_BENCH_HOUSEHOLDS=1000000` adds 100,000 and a million.
"""

from __future__ import annotations

import csv
import os
import tempfile
from pathlib import Path

from processes import Cost, cost, python

SIZES = (10_000, 100_000, 1_000_000)
MOST = int(os.environ.get("CENSUS_BENCH_HOUSEHOLDS", "10000"))
ERRORS = 0.02

# What no program that reads the same files can do without: every cell of them, of which nothing is kept.
SCAN = """
import sys, duckdb
for path in sys.argv[1:]:
    read = f"read_csv('{path}', all_varchar=true, header=true)" if path.endswith(".csv") else f"'{path}'"
    duckdb.execute(f"SELECT count(COLUMNS(*)) FROM {read}").fetchall()
"""

Fault = tuple[str, str, str]


def faults(path: Path) -> set[Fault]:
    """Rule, table and unit of what was planted or found."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(r["rule"], r["table"], r["unit"]) for r in csv.DictReader(file)}


def made(folder: Path, households: int, kind: str) -> list[Path]:
    """A made survey with mistakes in it; its tables."""
    cost(python("-m", "census_cli", "synth", folder, "--households", households, "--errors", ERRORS, "--format", kind))
    return sorted(p for p in folder.glob(f"*.{kind}") if not p.name.startswith("planted"))


def checked(folder: Path, out: Path) -> Cost:
    """What the whole check costs, with its list of discrepancies and its verdicts; it must have found what was planted."""
    found, verdicts = out / "found.csv", out / "verdicts.csv"
    used = cost(
        python("-m", "census_cli", "check", folder, "-q", "--output", found, "--verdicts", verdicts, "--fail-on", "never")
    )
    differ = faults(found) ^ faults(folder / "planted.csv")
    assert not differ, sorted(differ)
    return used


def told(households: int, folder: Path) -> None:
    """Make the survey in both forms and print what each costs; one run each."""
    costs = {}
    print(f"  {households:,} households, {ERRORS:.0%} with a planted mistake; all found and nothing else; one run each")
    for kind in ("parquet", "csv"):
        tables = made(folder / kind, households, kind)
        costs[kind] = one = checked(folder / kind, folder)
        scan, size = cost(python("-c", SCAN, *tables)), sum(p.stat().st_size for p in tables) / 1e6
        print(
            f"  {kind:8}{size:6,.0f} MB {one.wall:8.2f} s {one.processors:8.2f} s of processors {one.peak:6,.0f} MB peak"
            f"   {one.wall / households * 1000:.3f} s for 1,000 households\n"
            f"    a bare scan by DuckDB takes {scan.wall:.2f} s, {scan.processors:.2f} s of processors: {ratio(one, scan)}"
        )
    print(f"    CSV to Parquet: {ratio(costs['csv'], costs['parquet'])}")


def ratio(one: Cost, other: Cost) -> str:
    """How many times as long one takes."""
    return f"{one.wall / other.wall:.2f} × the time, {one.processors / other.processors:.2f} × the processors"


def main() -> None:
    """Print every size up to the most."""
    for households in sorted({*(n for n in SIZES if n < MOST), MOST}):
        with tempfile.TemporaryDirectory() as folder:
            told(households, Path(folder))


if __name__ == "__main__":
    main()
