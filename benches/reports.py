"""A hundred thousand discrepancies as a page, a workbook, JSON and annotated copies: seconds and peak memory of each, against JSON.

Each format is written by a process of its own, so that its peak is its own; the peak of the check alone stands beside it.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

FOUND = 100_000
FAULTS = ("household_type", "poverty_status", "main_cause", "food_enough", "protein_frequency", "bedding", "dangerous_house",
          "safe_water", "water_source", "seasonal_clothes")  # fmt: skip
FORMATS = {
    "json": "census_cli.report.json",
    "page": "census_cli.report.page",
    "workbook": "census_cli.report.xlsx",
    "annotated": "census_cli.annotating",
}
HOME = {
    "village_code": "9900001002", "head_name": "测试甲", "head_id_number": "990000198003150019", "member_count": "2", "registered_on": "2020-07-25",
    "income_wage": "5000", "income_business": "0", "cost_business": "0", "income_property": "0", "income_transfer": "0", "income_net": "5000", "income_net_pc": "2500",
}  # fmt: skip


def made(path: Path) -> None:
    """Households of 150 villages, each with ten answers that are none."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["household_id", "enumerator_id", *HOME, *FAULTS])
        writer.writeheader()
        for i in range(FOUND // len(FAULTS)):
            place = {"village_code": f"{HOME['village_code']}{i % 100:02d}", "enumerator_id": f"E{i % 150:03d}"}
            writer.writerow(HOME | {"household_id": f"H{i:08d}"} | place | dict.fromkeys(FAULTS, f"看不清{i}"))


def peak() -> float:
    """The most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(data: Path, name: str) -> dict[str, float]:
    """Check, then write one format; the seconds of the writing, the peak before and after, and the megabytes written."""
    from census_cli.checking import run_check
    from census_cli.engines.duckdb import DuckDBEngine
    from census_cli.loading import from_files
    from census_cli.options import Options

    engine = DuckDBEngine()
    try:
        # One field at a time is selected: other rules would have their say on these households, too.
        checked = run_check(engine, from_files([data]), Options(select=[f"household.{f}.*" for f in FAULTS]))
        before, out, module = peak(), data.parent / name, import_module(FORMATS[name])
        assert checked.overview.total == FOUND
        start, began = time.perf_counter(), time.process_time()
        if name == "annotated":
            list(module.annotate(checked, checked.files, out))
        else:
            with out.open("wb") as file:
                module.write(checked, file)
        seconds, processors = time.perf_counter() - start, time.process_time() - began
        size = sum(f.stat().st_size for f in ([out] if out.is_file() else out.iterdir())) / 1e6
        return {"seconds": seconds, "processors": processors, "before": before, "peak": peak(), "size": size}
    finally:
        engine.close()


def main() -> None:
    """Print each format and its ratio to JSON."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "household.csv")
        made(data)
        run = {
            name: json.loads(subprocess.check_output([sys.executable, __file__, str(data), name], env=os.environ))
            for name in FORMATS
        }
    print(f"  {FOUND:,} discrepancies")
    for name, m in run.items():
        ratio = m["processors"] / run["json"]["processors"]
        print(
            f"  {name:10} {m['seconds']:6.1f} s  {m['processors']:6.1f} s of processors, {ratio:5.1f} × json  peak {m['peak']:5.0f} MB (check {m['before']:.0f})  {m['size']:5.1f} MB written"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(write(Path(sys.argv[1]), sys.argv[2])))
    else:
        main()
