"""A survey taken household by household, to be held against the same survey taken as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from census_cli import Checker
from census_cli.folding import fold
from census_cli.reading.headers import match_headers
from census_cli.results import COLUMNS, VERDICT_COLUMNS, CheckResult

Rows = list[dict[str, Any]]

PLACED = ("source", "row")
"""Where a record stood in a file, which a record by itself does not tell."""
TOLD = [c for c in COLUMNS if c not in PLACED]


def by_household(checker: Checker, tables: Mapping[str, Rows]) -> Iterator[tuple[dict[str, Any], dict[str, Rows]]]:
    """Each household that has a number of its own, with the rows of all other tables that belong to it."""
    models = {t: held.model for t, held in checker.bound.tables.items()}
    keys = {t: _texts(models[t], "household_id", rows) for t, rows in tables.items() if t != "village"}
    villages = {t: _texts(models[t], "village_code", tables[t]) for t in ("village", "household")}
    of: dict[str, dict[str, Rows]] = {t: {} for t in tables}
    for table, texts in (keys | {"village": villages["village"]}).items():
        for row, key in zip(tables[table], texts, strict=True):
            of[table].setdefault(key, []).append(row)
    for row, key, village in zip(tables["household"], keys["household"], villages["household"], strict=True):
        if key and len(of["household"][key]) == 1:
            own = {t: of[t].get(village if t == "village" else key, []) for t in tables if t != "household"}
            yield row, own


def _texts(table: Any, field: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    place = match_headers(list(rows[0]), table).columns.get(field) if rows else None
    return ["" if place is None else fold(list(row.values())[place] or "") for row in rows]


def found(checker: Checker, tables: Mapping[str, Rows], every: int = 1) -> tuple[set[Any], set[Any], set[Any]]:
    """The units judged, and all discrepancies and verdicts on them; of many households `every` so many one is taken."""
    units, discrepancies, verdicts = set[Any](), set[Any](), set[Any]()
    for number, (household, own) in enumerate(by_household(checker, tables)):
        if number % every == 0:
            village, persons = own.pop("village"), own.pop("person")
            result = checker.check(household, persons, village, **own)
            discrepancies |= {tuple(getattr(d, c) for c in TOLD) for d in result.discrepancies}
            verdicts |= {tuple(getattr(v, c) for c in VERDICT_COLUMNS) for v in result.verdicts}
            units |= {(v.table, v.unit) for v in result.verdicts if "?" not in v.unit}
    return units, *_on(units, discrepancies, verdicts)


def _on(units: set[Any], discrepancies: set[Any], verdicts: set[Any]) -> tuple[set[Any], set[Any]]:
    """What is said of these units; one without a key of its own goes by its number, which is another in a file."""
    return {d for d in discrepancies if (d[2], d[3]) in units}, {v for v in verdicts if v[:2] in units}


def in_bulk(result: CheckResult, units: set[Any], without: Iterable[str]) -> tuple[set[Any], set[Any]]:
    """Discrepancies and verdicts of a check of all, as far as these units had them, without rules that were skipped."""
    skipped = set(without)
    rows = {tuple(d[c] for c in TOLD) for d in result.discrepancies.to_pylist() if d["rule"] not in skipped}
    return _on(units, rows, {tuple(v[c] for c in VERDICT_COLUMNS) for v in result.verdicts.to_pylist()})
