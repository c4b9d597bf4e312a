"""Makes one chunk of a survey in an engine of its own: the steps of the recipe in turn, then the faults, then the parts of the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from census_cli.engines.base import EngineFault
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.errors import DescriptorErrors, Problem
from census_cli.i18n import tr
from census_cli.sql.words import listed, name, string
from census_cli.synth.draws import macros
from census_cli.synth.expecting import Found

if TYPE_CHECKING:
    import pyarrow as pa

    from census_cli.synth.load import Kitchen
    from census_cli.synth.models import SmallTable, Step
    from census_cli.synth.planting import Planting
    from census_cli.synth.writing import Tables


@dataclass(frozen=True)
class Task:
    """A chunk to be made: the groups from `first` up to `last`, of `groups` with `units` in all."""

    kitchen: Kitchen
    planting: Planting
    tables: Tables
    seed: int
    units: int
    groups: int
    first: int
    last: int
    memory: str | None


@dataclass
class Chunk:
    """A chunk that is made: a part of each table's file, and what must be found in it."""

    parts: dict[str, pa.Table] = field(default_factory=dict)
    found: Found = field(default_factory=Found)


def make_chunk(task: Task, running: set[DuckDBEngine]) -> Chunk:
    """Make one chunk, by an engine that is among the running ones for so long."""
    engine = DuckDBEngine(task.memory, threads=1)
    running.add(engine)
    try:
        return _make(engine, task)
    finally:
        running.remove(engine)
        engine.close()


def _make(engine: DuckDBEngine, task: Task) -> Chunk:
    kitchen = task.kitchen
    engine.execute(list(macros(kitchen.numbers, task.seed)))
    engine.execute([f"CREATE MACRO {head} AS ({sql})" for head, sql in kitchen.recipe.macros.items()])
    for small in kitchen.lists:
        engine.table(small.name, _rows(small))
    engine.table("plan", _plan(task))
    for number, step in enumerate(kitchen.steps, 1):
        with _blamed(f"synth/steps/{step.name}.yaml"):
            engine.table(step.name, step_sql(step))
        for done in kitchen.done_after(number):
            engine.drop(done)
    chunk = Chunk()
    if task.planting.unit_faults:
        with _blamed("synth/faults"):
            chunk.found = task.planting.plant(engine)
    for table in kitchen.recipe.tables:
        chunk.parts[table] = task.tables.part(engine, table, task.planting.rows(table, task.tables.cell))
    return chunk


@contextmanager
def _blamed(file: str) -> Iterator[None]:
    """SQL that the engine refuses is a fault of the file that says it."""
    try:
        yield
    except EngineFault as error:
        why = tr("the engine refuses it: {why}", why=str(error).splitlines()[0])
        raise DescriptorErrors([Problem(file, 1, 1, why)]) from error


def _plan(task: Task) -> str:
    """The groups of a chunk, each with its first unit and how many it has: alike but for a fifth more or less at either end."""
    jitter = task.units // task.groups // 5

    def cut(number: str) -> str:
        shift = f"within(luck({number}), 'group end', -{jitter}, {jitter})"
        return f"({number} * {task.units} // {task.groups} + if({number} IN (0, {task.groups}), 0, {shift}))"

    groups = f"range({task.first}, {task.last}) AS numbers(g)"
    return f"SELECT g AS group_no, {cut('g')} AS first_unit, {cut('(g + 1)')} - {cut('g')} AS size FROM {groups}"


def _rows(small: SmallTable) -> str:
    columns = list(small.rows[0])
    rows = (", ".join(string(v) if isinstance(v, str) else str(v) for v in (row[c] for c in columns)) for row in small.rows)
    return f"SELECT * FROM (VALUES {', '.join(f'({r})' for r in rows)}) AS listed({', '.join(map(name, columns))})"


def step_sql(step: Step) -> str:
    """The SELECT of a step.  A column may use those above it: each that does is computed in a layer of its own."""
    depths: dict[str, int] = {}
    for column, sql in step.columns.items():
        used = set(re.findall(r"[a-z_0-9]+", re.sub(r"'[^']*'", "", sql))) & set(depths)
        depths[column] = max((depths[u] + 1 for u in used), default=0)
    kept = ["*"] if step.keep is None else [name(column) for column in step.keep]
    deepest = max(depths.values())
    if deepest == 0:
        return f"SELECT {listed([*kept, *_columns(step.columns)])}\nFROM {step.made_from}"
    made = step.made_from
    for depth in range(deepest + 1):
        layer = {c: sql for c, sql in step.columns.items() if depths[c] == depth}
        made = f"(SELECT *,\n  {listed(_columns(layer))}\nFROM {made})"
    return f"SELECT {listed(kept if step.keep is None else [*kept, *map(name, step.columns)])}\nFROM {made}"


def _columns(columns: dict[str, str]) -> list[str]:
    return [f"{sql} AS {name(column)}" for column, sql in columns.items()]
