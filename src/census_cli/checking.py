"""The story of the program on one page: open the survey, hold the data, judge it, write what was found, count, sum up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from census_cli.engines.base import Engine
from census_cli.expr.bind import BoundSurvey, open_survey
from census_cli.i18n import Language, language, set_language
from census_cli.overview import make_overview
from census_cli.pen import Pen, Style
from census_cli.raw import RawTables
from census_cli.results import COLUMNS, FailOn, Overview, Summary, discrepancy_schema
from census_cli.selection import list_checks
from census_cli.showing import shown_columns
from census_cli.sql.cells import Cells, conformed_table
from census_cli.sql.plan import Check, Plan, TablePlan, make_plan, vocabulary
from census_cli.sql.showing import Shown, shown_rows
from census_cli.sql.words import name, string
from census_cli.summary import Counts, make_summary

if TYPE_CHECKING:
    import pyarrow as pa

HELD_CELLS = 2_000_000

Step = Callable[[str], None]
Load = Callable[[Engine, BoundSurvey, Step], "tuple[RawTables, list[tuple[str, str]]]"]


@dataclass(frozen=True)
class Options:
    """What a user may ask of a check."""

    survey: str | Path = "registered-households"
    profiles: Sequence[str] = ()
    select: Sequence[str] = ()
    partial: bool = False
    as_of: str | None = None
    fail_on: FailOn = "mandatory"
    reveal: bool = False
    key: bytes | None = None
    language: Language = field(default_factory=language)


def quietly(_step: str) -> None:
    """Progress that nobody watches."""


@dataclass
class Checked:
    """A finished check whose discrepancies still lie in the engine, sorted."""

    engine: Engine
    bound: BoundSurvey
    summary: Summary
    overview: Overview

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The discrepancies in the contract's columns and order."""
        return self.engine.stream(f"SELECT {', '.join(map(name, COLUMNS))} FROM discrepancies")


def run_check(engine: Engine, load: Load, options: Options, step: Step = quietly) -> Checked:
    """Check data under one or several profiles; raises CensusError for what the user can mend."""
    set_language(options.language)
    surveys = [open_survey(options.survey, p, options.as_of) for p in dict.fromkeys(options.profiles) or [None]]
    engine.teach(vocabulary(surveys[0]))
    raw, ignored = load(engine, surveys[0], step)
    small = _hold_small(engine, surveys[0], raw)
    runs = []
    found: list[str] = []
    for number, bound in enumerate(surveys):
        checks = list_checks(bound, raw.stored, raw.lacking, options.select, options.partial)
        tallies = _judge(engine, bound, checks, raw, small, options, f"found_{number}", step, found)
        runs.append((bound, checks, tallies))
    _sort(engine, found, [c.id for _, checks, _ in runs for c in checks if not c.skipped] if options.select else None)
    summary = make_summary(engine, runs, raw, ignored, options.fail_on)
    return Checked(engine, surveys[0], summary, make_overview(engine, surveys[0], raw.stored, summary))


def _hold_small(engine: Engine, bound: BoundSurvey, raw: RawTables) -> list[str]:
    """Conform the cells of small tables once and hold them: planning to conform them takes longer than doing it."""
    rows: dict[str, int] = {}
    for held in raw.held:
        rows[held.table] = rows.get(held.table, 0) + held.sound
    small = [t for t, stored in raw.stored.items() if rows[t] * len(stored) <= HELD_CELLS]
    for table in small:
        cells = Cells(bound.tables[table].model, raw.stored[table])
        engine.table(conformed_table(table), cells.all())
    return small


def _judge(
    engine: Engine,
    bound: BoundSurvey,
    checks: list[Check],
    raw: RawTables,
    small: Collection[str],
    options: Options,
    label: str,
    step: Step,
    found: list[str],
) -> dict[str, Counts]:
    """Run the plan of one profile: discrepancies go to tables named in `found`, the counts are returned by table."""
    shown = {
        table: shown_columns(bound, [c for c in checks if c.table == table and not c.skipped], table) for table in raw.stored
    }
    plan = make_plan(bound, raw.stored, checks, {table: s.own for table, s in shown.items()}, small)
    for made, sql in plan.made:
        engine.table(made, sql)
    style = Style(options.language, options.reveal, options.key)
    counts: dict[str, Counts] = {}
    for table_plan in plan.tables:
        step(table_plan.table)
        pen = Pen(bound, table_plan.table, table_plan.checks, style, table_plan.cells)
        target = f"{label}_{table_plan.table}"
        if table_plan.made:
            engine.table(table_plan.made, table_plan.judged)
        _write(engine, plan, table_plan, shown[table_plan.table], pen, target, raw)
        found.append(target)
        violated = f"SELECT rule, count(*) AS n FROM {name(target)} GROUP BY rule"
        times = {row["rule"]: row["n"] for batch in engine.stream(violated) for row in batch.to_pylist()}
        counts[table_plan.table] = Counts(dict(engine.one(table_plan.counts)), times)
    return counts


def _write(engine: Engine, plan: Plan, table_plan: TablePlan, shown: Shown, pen: Pen, target: str, raw: RawTables) -> None:
    assert plan.relations is not None
    table = table_plan.table
    engine.table(f"hits_{table}", table_plan.violations)
    flags = [*table_plan.judgements, *("!" + f for f in table_plan.cells)]
    rows = shown_rows(plan.relations, table, f"hits_{table}", shown, flags)
    unreadable = next((c for c in table_plan.checks if c.structural and c.structural.kind == "unreadable"), None)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in engine.stream(rows):
            yield pen.write(batch)
        if table in raw.unreadable and unreadable and not unreadable.skipped:
            for batch in engine.stream(f"SELECT * FROM {name('unreadable_' + table)}"):
                yield pen.unreadable(batch, unreadable)

    engine.add_batches(target, _reader(batches()))
    engine.drop(f"hits_{table}")


def _reader(batches: Iterator[pa.RecordBatch]) -> pa.RecordBatchReader:
    import pyarrow as pa

    return pa.RecordBatchReader.from_batches(discrepancy_schema(), batches)


def _sort(engine: Engine, found: Sequence[str], selected: Sequence[str] | None) -> None:
    """All discrepancies in the contract's order; a cell's fault of a kind that was not selected is left out only now."""
    union = "\nUNION ALL\n".join(f"SELECT * FROM {name(f)}" for f in found)
    chosen = f" WHERE rule IN ({', '.join(map(string, selected))})" if selected else ""
    order = ", ".join(f"{c} NULLS FIRST" for c in ("rule", '"table"', "unit", "source", '"row"', "profile"))
    engine.table("discrepancies", f"SELECT * FROM ({union}){chosen} ORDER BY {order}")
