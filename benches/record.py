"""How long one household takes, as a ratio to validating the same cells with Pydantic models and nothing more."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import census_cli
from census_cli import Checker
from census_cli.reading.headers import match_headers
from census_cli.records import Records

DATA = Path(__file__).parents[1] / "sample_data"
WARM, TIMED = 30, 300


def rows(checker: Checker, table: str) -> list[dict[str, str]]:
    """The rows of a table of the sample data under the names of its fields."""
    header, *records = csv.reader((DATA / f"{table}.csv").read_text(encoding="utf-8-sig").splitlines())
    columns = match_headers(header, checker.bound.tables[table].model).columns
    return [{field: record[i] for field, i in columns.items()} for record in records]


def milliseconds(calls: list[Callable[[], object]]) -> float:
    """The median of processor time, since other programs run beside this one."""
    taken = []
    for call in calls:
        start = time.process_time_ns()
        call()
        taken.append((time.process_time_ns() - start) / 1e6)
    return median(taken[WARM:])


def main() -> None:
    """Print the medians and the ratio."""
    start = time.perf_counter()
    checker = Checker(language="en")
    made = time.perf_counter() - start
    villages = {v["village_code"]: v for v in rows(checker, "village")}
    members: dict[str, list[dict[str, str]]] = {}
    for person in rows(checker, "person"):
        members.setdefault(person["household_id"], []).append(person)
    homes = [(h, members[h["household_id"]], villages[h["village_code"]]) for h in rows(checker, "household")[: WARM + TIMED]]
    models = {t: Records(checker.bound.tables[t].model, checker.bound.codes).model for t in ("household", "person", "village")}

    def validated(home: tuple[dict[str, str], list[dict[str, str]], dict[str, str]]) -> None:
        household, persons, village = home
        models["household"].model_validate(household)
        models["village"].model_validate(village)
        for person in persons:
            models["person"].model_validate(person)

    found = [checker.check(*home) for home in homes]
    in_bulk = set(census_cli.check(DATA).discrepancies["fingerprint"].to_pylist())
    assert all(d.fingerprint in in_bulk for result in found for d in result.discrepancies)
    checked = milliseconds([lambda home=home: checker.check(*home) for home in homes])  # type: ignore[misc]
    bare = milliseconds([lambda home=home: validated(home) for home in homes])  # type: ignore[misc]
    print(f"  {'to compile the survey, once':56} {made:6.2f} s")
    print(f"  {'Pydantic models of the cells, one household':56} {bare:6.2f} ms")
    print(f"  {'Checker.check, one household':56} {checked:6.2f} ms   {checked / bare:5.2f} × the models")


if __name__ == "__main__":
    main()
