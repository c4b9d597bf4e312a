"""Makes small surveys: sound rows of each table, to be varied by a test."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import census_cli
import census_cli.results
from census_cli import checking

SIZES = ("small", "middling", "large")


def as_of_size(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every survey as one of that size: small tables, larger ones that are judged side by side, or one by one."""
    monkeypatch.setattr(checking, "SMALL_CELLS", checking.SMALL_CELLS if size == "small" else -1)
    monkeypatch.setattr(checking, "LARGE_CELLS", 0 if size == "large" else checking.LARGE_CELLS)


VILLAGE = {
    "village_code": "990000100200", "village_name": "测试村", "households_total": "300", "population_total": "1100",
    "registered_households": "1", "registered_persons": "1",
    "filled_on": "2020-07-20", "village_reviewed_on": "2020-07-21", "township_reviewed_on": "2020-07-22", "county_forwarded_on": "2020-07-23",
}  # fmt: skip
HOUSEHOLD = {
    "household_id": "H1", "village_code": "990000100200", "head_name": "测试甲", "head_id_number": "990000198003150019", "member_count": "1",
    "household_type": "general", "poverty_status": "exited", "main_cause": "skills", "registered_on": "2020-07-25", "enumerator_id": "E1",
    "food_enough": "是", "protein_frequency": "often", "seasonal_clothes": "是", "bedding": "是", "dangerous_house": "否", "house_grade": "A",
    "water_source": "piped", "safe_water": "是", "income_wage": "5000", "income_business": "0", "cost_business": "0", "income_property": "0",
    "income_transfer": "0", "income_net": "5000", "income_net_pc": "5000",
}  # fmt: skip
PERSON = {
    "household_id": "H1", "person_no": "1", "name": "测试甲", "id_type": "id_card", "id_number": "990000198003150019", "sex": "male",
    "birth_date": "1980-03-15", "relation": "head", "health": "healthy", "labour_skill": "ordinary", "insured_resident": "是", "insured_employee": "否",
    "member_status": "present",
}  # fmt: skip
FRAME = {"household_id": "H1", "village_code": "990000100200", "head_name": "测试甲", "listing_status": "at_home"}
SOUND = {"village": VILLAGE, "household": HOUSEHOLD, "person": PERSON, "frame": FRAME}

Rows = list[dict[str, Any]]


def rows(table: str, *changes: dict[str, Any]) -> Rows:
    """Sound rows of a table with these changes; without any, one sound row."""
    return [SOUND[table] | change for change in changes or ({},)]


def tables(**given: Rows | None) -> dict[str, pd.DataFrame]:
    """A sound survey of one household, with the tables given in place of its own; None leaves a table out."""
    chosen = {name: given.get(name, rows(name)) for name in SOUND if name not in given or given[name] is not None}
    return {name: pd.DataFrame(held, dtype=object) for name, held in chosen.items()}


def check(select: str | None = None, **given: Any) -> census_cli.results.CheckResult:
    """Check a sound survey with these tables in place of its own."""
    return census_cli.check(tables(**given), select=select or ())


def found(result: census_cli.results.CheckResult) -> list[tuple[str, str]]:
    """Rule and unit of each discrepancy."""
    return list(zip(result.discrepancies["rule"].to_pylist(), result.discrepancies["unit"].to_pylist(), strict=True))


def counts(result: census_cli.results.CheckResult, rule: str) -> tuple[int, int, int, int, int]:
    """Units, applicable, passed, violated, unknown of one rule."""
    r = next(r for r in result.summary.rules if r.id == rule)
    assert r.skipped is None, r.skipped
    return r.units, r.applicable, r.passed, r.violated, r.unknown
