"""Checks many small surveys as one: on Spark, where to plan takes long, each has a source of its own and sees nothing of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import pyarrow as pa

from census_cli import checking
from census_cli.checking import run_check
from census_cli.conform import cell_text
from census_cli.engines import open_engine
from census_cli.expr.bound import BoundSurvey
from census_cli.opening import open_survey
from census_cli.options import Options
from census_cli.raw import Held, RawTables
from census_cli.sql import counts
from census_cli.sql.judge import Judgement
from census_cli.sql.words import listed, name

Surveys = Mapping[str, Mapping[str, list[dict[str, Any]]]]


@dataclass
class Part:
    """What was found in one of the surveys: rule and unit of each discrepancy, and the counts of rules."""

    found: list[tuple[str, str]] = field(default_factory=list)
    counts: dict[str, tuple[int, ...]] = field(default_factory=dict)


def check_side_by_side(engine_name: str, surveys: Surveys, counted: Iterable[str]) -> dict[str, Part]:
    """Check surveys that all have the same columns; `counted` are the rules of which the counts are told."""
    parts = {source: Part() for source in surveys}
    engine = open_engine(engine_name)
    try:
        kept = patch.object(engine, "drop", lambda _table: None)  # what was judged is counted by source afterwards
        with kept, patch.object(checking, "open_survey", lambda *given: replace(open_survey(*given), side_by_side=True)):
            checked = run_check(engine, lambda held, _bound, _step: (_hold(held, surveys), []), Options(language="en"))
        for row in (row for batch in checked.batches() for row in batch.to_pylist()):
            parts[row["source"]].found.append((row["rule"], row["unit"]))
        for table in surveys[next(iter(surveys))]:
            rules = [rule for rule in counted if _table_of(checked.surveys[0], rule) == table]
            conditions = {n: c for rule in rules for n, c in counts.rule_counts(Judgement(rule, [], "", "")).items()}
            sql = f"SELECT source, {counts.counted(conditions)} FROM {name('judged_' + table)} GROUP BY source"
            for row in (row for batch in engine.stream(sql) for row in batch.to_pylist()):
                for rule in rules:
                    tally = counts.rule_tally(rule, row)
                    told = (row["units"], tally.applicable, tally.passed, tally.violated, tally.unknown)
                    parts[row["source"]].counts[rule] = told
        return parts
    finally:
        engine.close()


def _table_of(bound: BoundSurvey, rule: str) -> str:
    return bound.rules[rule].model.table if rule in bound.rules else rule.split(".", maxsplit=1)[0]


def _hold(engine: Any, surveys: Surveys) -> RawTables:
    raw = RawTables()
    for table in next(iter(surveys.values())):
        lines = [(source, i, row) for source, tables in surveys.items() for i, row in enumerate(tables[table], 1)]
        columns = list(lines[0][2])
        assert all(list(row) == columns for *_, row in lines)
        cells = {c: pa.array([cell_text(row[c]) or None for *_, row in lines], pa.string()) for c in columns}
        numbered = {"source": pa.array([s for s, *_ in lines]), "row": pa.array([n for _, n, _ in lines], pa.int64())}
        engine.add_batches(f"beside_{table}", pa.table(numbered | cells).to_reader())
        raw.rows[table] = f"SELECT {listed(map(name, [*numbered, *columns]))}\nFROM {name('beside_' + table)}"
        raw.stored[table], raw.repeated[table] = dict.fromkeys(columns, "VARCHAR"), {}
        raw.held.append(Held(table, table, {c: c for c in columns}, [], None, None, raw.rows[table], sound=len(lines)))
        engine.view(f"raw_{table}", raw.rows[table])
    return raw
