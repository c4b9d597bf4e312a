"""Forty rules over many households on Spark with one core and with two, beside DuckDB: whole processes, the same findings.

CENSUS_BENCH_HOUSEHOLDS says how many.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from forty import by_census, found
from forty_rules import FAILS, write_survey
from processes import cost, python

ROWS = int(os.environ.get("CENSUS_BENCH_HOUSEHOLDS", "100000"))
CORES = (1, 2)


def clocked(folder: Path) -> dict[str, float]:
    """Seconds by the clock of each engine with each number of cores, once; what the JVM takes of processors nobody is told."""
    data, survey = folder / "household.parquet", folder / "forty"
    cost(python(Path(__file__).parent / "forty_rules.py", data, ROWS))
    write_survey(survey)
    told: dict[str, float] = {}
    for engine in ("duckdb", "spark"):
        for cores in CORES:
            out = folder / f"{engine}_{cores}.parquet"
            command = [*by_census(data, out, survey), "--engine", engine, "--threads", str(cores)]
            told[_named(engine, cores)] = cost(command).wall
    findings = [found(out) for out in sorted(folder.glob("*_?.parquet"))]
    assert all(one == findings[0] for one in findings)
    return told


def _named(engine: str, cores: int) -> str:
    return f"{engine}, {'one core' if cores == 1 else f'{cores} cores'}"


def main() -> None:
    """Print each and its ratio to Spark on one core."""
    if not (find_spec("pyspark") and (shutil.which("java") or os.environ.get("JAVA_HOME"))):
        print("  not run: Spark needs the extra 'spark' and Java 17")
        return
    with tempfile.TemporaryDirectory() as temporary:
        told = clocked(Path(temporary))
    base = told[_named("spark", 1)]
    print(f"  {ROWS:,} households, {len(FAILS)} rules, the same found; whole processes, one run each")
    for name, seconds in told.items():
        print(f"  {name:16} {seconds:6.1f} s   {seconds / base:5.2f} ×")


if __name__ == "__main__":
    main()
