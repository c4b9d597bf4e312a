"""The proof at scale: of 100,000 households with planted mistakes exactly those are found, and every line of every decision table is
reached, and Spark gives the same bytes as DuckDB; a million clean ones are clean.

Fails with exit code 1 and says what is missing or too much.  Times are printed, not judged.
"""

from __future__ import annotations

import csv
import hashlib
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from census_cli.checking import run_check
from census_cli.engines import open_engine
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.loading import from_files
from census_cli.options import Options
from census_cli.report import csv as csv_report
from census_cli.report import json as json_report
from census_cli.results import Summary
from census_cli.synth.making import Order, make_survey

PLANTED = 100_000
# Smaller where time is short; Spark on one machine is many times slower than DuckDB.
CLEAN = int(os.environ.get("CENSUS_PROVE_CLEAN", "1000000"))
ALIKE = int(os.environ.get("CENSUS_PROVE_SPARK", "100000"))
SHOWN = 10

Found = set[tuple[str, str, str]]


def checked(folder: Path) -> tuple[Summary, Found, set[tuple[str, str]]]:
    """The summary of a check, the rule, table and unit of each discrepancy, and the lines of decision tables that no unit reached."""
    engine = DuckDBEngine()
    try:
        held = run_check(engine, from_files([folder]), Options())
        found = {(r["rule"], r["table"], r["unit"]) for batch in held.batches() for r in batch.to_pylist()}
        reached = f"SELECT DISTINCT assurance, reason_code FROM ({held.verdict_rows()})"
        codes = {
            (r["assurance"], c) for b in held.engine.stream(reached) for r in b.to_pylist() for c in r["reason_code"].split(",")
        }
        lines = {(n, r.model.code) for n, a in held.surveys[0].assurances.items() for c in a.cases for r in c.reasons}
        return held.summary, found, lines - codes
    finally:
        engine.close()


def made(folder: Path, households: int, errors: float) -> None:
    """A synthetic survey, and how long it took."""
    start = time.perf_counter()
    make_survey(folder, Order(households, 7, errors, "parquet" if households > PLANTED else "csv", "zh"))
    print(f"  made {households:,} households in {time.perf_counter() - start:.1f} s")


def planted(folder: Path) -> list[str]:
    """What was planted and not found, and what was found and not planted."""
    made(folder, PLANTED, 0.02)
    with (folder / "planted.csv").open(encoding="utf-8-sig", newline="") as file:
        expected = {(r["rule"], r["table"], r["unit"]) for r in csv.DictReader(file)}
    start = time.perf_counter()
    _, found, unreached = checked(folder)
    print(f"  checked in {time.perf_counter() - start:.1f} s: {len(expected):,} planted, {len(expected & found):,} of them found")
    missed, extra = Counter(r for r, *_ in expected - found), Counter(r for r, *_ in found - expected)
    return (
        [f"missed: {dict(missed)} {sorted(expected - found)[:SHOWN]}"] * bool(missed)
        + [f"not planted: {dict(extra)} {sorted(found - expected)[:SHOWN]}"] * bool(extra)
        + [f"lines that no household reached: {sorted(unreached)}"] * bool(unreached)
    )


def digests(folder: Path, engine_name: str) -> dict[str, str]:
    """What a check writes, each output as its hash."""
    engine = open_engine(engine_name)
    try:
        start = time.perf_counter()
        held, found = run_check(engine, from_files([folder]), Options()), {}
        for name, write in (
            ("discrepancies", csv_report.write),
            ("verdicts", csv_report.write_verdicts),
            ("json", json_report.write),
        ):
            written = folder.parent / f"{engine_name}-{name}"
            with written.open("wb") as file:
                write(held, file)
            found[name] = hashlib.sha256(written.read_bytes()).hexdigest()
        print(f"  on {engine_name} checked and written in {time.perf_counter() - start:.1f} s")
        return found
    finally:
        engine.close()


def alike(folder: Path) -> list[str]:
    """Which outputs differ from engine to engine, on a survey with planted mistakes."""
    made(folder, ALIKE, 0.02)
    one, other = (digests(folder, engine) for engine in ("duckdb", "spark"))
    return [f"{name} differ between the engines" for name in one if one[name] != other[name]]


def clean(folder: Path) -> list[str]:
    """What is wrong with a survey in which nothing is wrong."""
    made(folder, CLEAN, 0.0)
    start = time.perf_counter()
    summary, found, _ = checked(folder)
    rows = {i.table: i.rows for i in summary.inputs}
    print(f"  checked in {time.perf_counter() - start:.1f} s: {rows}, {len(found):,} discrepancies")
    faults = [
        f"{n} {severity}: {sorted(found)[:SHOWN]}" for severity, n in summary.discrepancies.items() if n and severity != "hint"
    ]
    for name, levels in summary.assurances.items():
        for level, counts in levels.items():
            bad = {v: n for v, n in counts.items() if n and v in ("not_met", "contradiction", "unknown")}
            faults += [f"{name} of {level}: {bad}"] if bad else []
            if sum(counts.values()) < rows[level] and level == "household":
                faults.append(f"{name}: {sum(counts.values()):,} verdicts on {rows[level]:,}")
    return faults


def main() -> int:
    """Run both proofs."""
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for label, proof in (
            (f"{PLANTED:,} households with mistakes", planted),
            (f"{ALIKE:,} of them on both engines", alike),
            (f"{CLEAN:,} households without", clean),
        ):
            print(label)
            faults += proof(Path(folder, proof.__name__))
    print(f"  at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
