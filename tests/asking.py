"""Every expression of the language put to surveys of nasty cells, all at once: each is a derived field of its table."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa

from census_cli.expr.bound import BoundDerived, BoundSurvey, TableScope
from census_cli.expr.nodes import Column, Node
from census_cli.expr.parse import parse
from census_cli.expr.resolve import Resolver
from census_cli.opening import open_survey
from census_cli.sql.cells import Cells, conformed_table
from census_cli.sql.plan import make_plan
from census_cli.sql.showing import Shown
from census_cli.sql.words import listed, name
from expressions import KINDS, OF_CHILDREN
from places import ROOT

SAMPLER = open_survey(ROOT / "tests" / "expr" / "sampler")
MORE = {
    "month(birth_date)",
    "name_base(name)",
    "on_or_before(birth_date, score, 29)",
    "on_or_before(birth_date, 2, 29)",
    "seconds(household.started_at, household.started_at)",
    "sole(health, 'healthy')",
    "score in (age, 30, wage)",
    "score < 1",
    "score <= 1",
}
ASKED = {
    table: {text: Resolver(TableScope(SAMPLER, SAMPLER.tables[table])).resolve(parse(text)) for text in texts}
    for table, texts in {"person": [*KINDS, *sorted(MORE)], "household": OF_CHILDREN}.items()
}  # fmt: skip


def asking() -> BoundSurvey:
    """The sampler, each expression being a derived field of its table, named so; of those that are always missing no engine knows the type."""
    tables = dict(SAMPLER.tables)
    for table, asked in ASKED.items():
        derived = {f"={e}": BoundDerived(f"={e}", n.kind, n, frozenset()) for e, n in asked.items() if n.kind.name != "null"}
        held = tables[table]
        tables[table] = replace(held, kinds=held.kinds | {d: x.kind for d, x in derived.items()}, derived=held.derived | derived)
    return replace(SAMPLER, tables=tables, side_by_side=True)


def answers(engine: Any, made: list[dict[str, pd.DataFrame]]) -> dict[str, list[dict[str, Any]]]:
    """What every expression gives on every row of several surveys, and whether it reads what did not conform."""
    bound, stored = asking(), {t: dict.fromkeys(frame.columns, "VARCHAR") for t, frame in made[0].items()}
    for table, columns in stored.items():
        rows = pd.concat([frames[table].assign(source=str(i), row=range(len(frames[table]))) for i, frames in enumerate(made)])
        schema = pa.schema([(c, pa.int64() if c == "row" else pa.string()) for c in ("source", "row", *columns)])
        held = f"wild_{uuid4().hex}"
        engine.add_batches(held, pa.Table.from_pandas(rows, schema, preserve_index=False).to_reader())
        engine.view(f"raw_{table}", f"SELECT {listed(map(name, schema.names))} FROM {name(held)}")
        engine.rowwise(conformed_table(table), Cells(bound.tables[table].model, columns).all(), f"raw_{table}")
    shown = {table: Shown([d for d in bound.tables[table].derived if d.startswith("=")]) for table in ASKED}
    plan = make_plan(replace(bound, assurances={}), stored, [], shown, stored)
    for lent, sql in chain.from_iterable(plan.made):
        engine.table(lent, sql)
    return {
        table: _given(engine, plan.relations.select(table, _columns(bound, table, asked.own)), asked.own)
        for table, asked in shown.items()
    }


def _columns(bound: BoundSurvey, table: str, asked: list[str]) -> list[Node]:
    return [Column(None, d, bound.tables[table].kinds[d]) for d in asked]


def _given(engine: Any, rows: str, asked: list[str]) -> list[dict[str, Any]]:
    """Under names of our own: some expressions hold a point or a backtick."""
    told = [f"{name(d + sign)} AS {kind}{i}" for i, d in enumerate(asked) for sign, kind in (("", "e"), ("!", "bad"))]
    sql = f"SELECT {listed(['source', 'row', *told])}\nFROM ({rows}) ORDER BY source, row"
    return [row for batch in engine.stream(sql) for row in batch.to_pylist()]
