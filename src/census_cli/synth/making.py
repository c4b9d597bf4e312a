"""The story of a synthetic survey on one page: open the recipe, make its tables chunk by chunk, write them in order.

A chunk is a run of whole groups (villages).  Chunks are made side by side, and no row depends on the chunk in which it is made.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from census_cli.complete import new_folder
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.errors import OptionError
from census_cli.i18n import tr
from census_cli.synth.chunks import Chunk, Task, make_chunk
from census_cli.synth.expecting import Found
from census_cli.synth.load import Kitchen, open_kitchen
from census_cli.synth.planting import Planting
from census_cli.synth.texts import Headers
from census_cli.synth.writing import Format, Tables, open_tables, write_lists

CHUNK_UNITS = 80_000
AGAIN = 0.02
"""Seconds after which what runs is stopped once more: a statement that is just beginning does not hear it."""
MOST_WORKERS = 4
"""Unless more are asked for: each worker takes about 400 MB."""


@dataclass(frozen=True)
class Order:
    """What a user may ask of a synthetic survey; `errors` is the share of units that get a fault."""

    units: int
    seed: int = 1
    errors: float = 0.0
    format: Format = "csv"
    headers: Headers = "zh"
    survey: str | Path = "registered-households"
    profile: str | None = None
    memory: str | None = None
    threads: int | None = None
    chunk_units: int = CHUNK_UNITS


@dataclass(frozen=True)
class Made:
    """How many rows each table has and how many discrepancies were planted."""

    rows: dict[str, int]
    planted: int


def make_survey(out: Path, order: Order, step: Callable[[str], None] = lambda _step: None) -> Made:
    """Write a synthetic survey into a new or empty folder; raises CensusError for what the user can mend."""
    kitchen = open_kitchen(order.survey, order.profile)
    _check(order, kitchen)
    with new_folder(out) as folder:
        with open_tables(kitchen, order.format, order.headers, folder) as tables:
            found = _fill(tables, kitchen, order, step)
        write_lists(folder, found)
    return Made(dict(tables.rows), len({line[:3] for line in found.planted}))


def _check(order: Order, kitchen: Kitchen) -> None:
    most = kitchen.recipe.most_units
    if not 1 <= order.units <= most:
        raise OptionError(tr("--households {value}: give a number from 1 to {most}", value=order.units, most=most))
    if not 0 <= order.errors <= 1:
        raise OptionError(tr("--errors {value}: give a share from 0 to 1, such as 0.02", value=order.errors))
    if order.seed < 0:
        raise OptionError(tr("--seed {value}: give a whole number from 0", value=order.seed))


def _fill(tables: Tables, kitchen: Kitchen, order: Order, step: Callable[[str], None]) -> Found:
    """Make all chunks and write them in their order; yields what must be found."""
    found = Found()
    workers = order.threads or min(os.cpu_count() or 1, MOST_WORKERS)
    tasks = list(_tasks(tables, kitchen, order, workers))
    for done, chunk in enumerate(_side_by_side(tasks, workers), 1):
        for table, part in chunk.parts.items():
            tables.add(table, part)
        found.add(chunk.found)
        step(f"{done * 100 // len(tasks)} %")
    return found


def _tasks(tables: Tables, kitchen: Kitchen, order: Order, workers: int) -> Iterator[Task]:
    groups = max(1, (order.units + kitchen.recipe.units_per_group // 2) // kitchen.recipe.units_per_group)
    planting = Planting(kitchen, order.units, groups, order.errors)
    size = max(1, order.chunk_units * groups // order.units)
    memory = _shared(order.memory, workers)
    for first in range(0, groups, size):
        yield Task(kitchen, planting, tables, order.seed, order.units, groups, first, min(first + size, groups), memory)


def _shared(memory: str | None, workers: int) -> str | None:
    """An equal part of the memory allowed; what is no amount is left for the engine to refuse."""
    amount = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)( ?[KMGTkmgt]i?[Bb])", memory or "")
    return f"{float(amount[1]) / workers:.3f}{amount[2]}" if amount else memory


def _side_by_side(tasks: list[Task], workers: int) -> Iterator[Chunk]:
    """The chunks in the order of their tasks; only few are under way or waiting at a time."""
    waiting: deque[Future[Chunk]] = deque()
    running: set[DuckDBEngine] = set()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for task in tasks:
                waiting.append(pool.submit(make_chunk, task, running))
                if len(waiting) > workers:
                    yield _next(waiting)
            while waiting:
                yield _next(waiting)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            while wait([f for f in waiting if not f.cancelled()], AGAIN).not_done:
                for engine in [*running]:
                    engine.stop()


def _next(waiting: deque[Future[Chunk]]) -> Chunk:
    """One that has not ended stays among those that wait."""
    chunk = waiting[0].result()
    waiting.popleft()
    return chunk
