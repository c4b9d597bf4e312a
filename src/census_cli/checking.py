"""The story of the program on one page: open the survey, hold the data, supply what is absent, judge it, write what was found, count, sum up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from census_cli.bilingual import Bilingual
from census_cli.comparing import compare_profiles
from census_cli.engines.base import Engine
from census_cli.expr.bound import BoundSurvey
from census_cli.findings import Overview, Visit
from census_cli.i18n import Language, language, set_language, tr
from census_cli.notes import Notes
from census_cli.opening import open_survey
from census_cli.overview import make_overview
from census_cli.parting import Part, Parts, find_parts
from census_cli.pen import Pen, Style
from census_cli.picturing import make_picture
from census_cli.raw import RawTables
from census_cli.results import COLUMNS, LIST_COLUMNS, TRANSLATION, VERDICT_COLUMNS, FailOn, Summary, discrepancy_schema
from census_cli.selection import list_checks
from census_cli.showing import shown_columns
from census_cli.sql.cells import Cells, conformed_table
from census_cli.sql.lists import ListPlan
from census_cli.sql.notes import explained
from census_cli.sql.plan import Check, Plan, TablePlan, make_plan, vocabulary
from census_cli.sql.relations import Stored
from census_cli.sql.showing import shown_rows
from census_cli.sql.unmet import Unmet, shown_of_unmet, verdict_rows
from census_cli.sql.verdicts import Verdicts, counted
from census_cli.sql.words import name, string
from census_cli.summary import Counts, Run, make_summary
from census_cli.supplying import supply
from census_cli.survey.models import Scope
from census_cli.unmet import UnmetPen
from census_cli.visiting import visits

if TYPE_CHECKING:
    import pyarrow as pa

    from census_cli.engines.base import Rewritten
    from census_cli.picture import Picture
    from census_cli.reading.discover import RawFile

SMALL_CELLS = 2_000_000
"""Cells of a table that is run sooner than it is planned."""
LARGE_CELLS = 100_000_000
"""Cells of all tables from which on one scan alone keeps the machine busy and has its memory for itself."""

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
    notes: Notes = field(default_factory=Notes)
    audience: Scope = "office"
    bilingual: bool = False
    """Whether every message is wanted in both languages, as a page shows it."""

    @property
    def style(self) -> Style:
        """How findings are written."""
        return Style(self.language, self.reveal, self.key)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are kept of every discrepancy."""
        return (*COLUMNS, TRANSLATION) if self.bilingual else COLUMNS


def quietly(_step: str) -> None:
    """Progress that nobody watches."""


@dataclass
class Checked:
    """A finished check whose discrepancies still lie in the engine, sorted."""

    engine: Engine
    bound: BoundSurvey
    summary: Summary
    overview: Overview
    stored: Stored
    style: Style
    runs: list[Verdicts] = field(default_factory=list)
    listed: list[ListPlan] = field(default_factory=list)
    files: Sequence[RawFile] = ()
    """What was read, as `source` names it."""

    def picture(self) -> Picture:
        """What a page shows beside the overview, counted when it is asked for."""
        return make_picture(self.engine, self.bound, self.stored, self.summary, next(iter(self.runs), None))

    @property
    def revealed(self) -> bool:
        """Whether personal data are shown in full."""
        return self.style.reveal

    @property
    def suppressed(self) -> int:
        """Nothing: every count is told."""
        return 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The discrepancies in the contract's columns and order."""
        return self.engine.stream(self._discrepancies())

    def bilingual_batches(self) -> Iterator[pa.RecordBatch]:
        """The same, with the message in the other language where the check was asked for it."""
        return self.engine.stream("SELECT * FROM discrepancies")

    def lists(self) -> Iterator[pa.RecordBatch]:
        """The lists of the survey in their columns, sorted by list, unit, source, row and profile."""
        if sql := self._lists():
            yield from self.engine.stream(sql)

    def write_parts(self, folder: Path) -> None:
        """The discrepancies as Parquet files in a new folder, in order from file to file."""
        self.engine.write_parts(self._discrepancies(), folder)

    def visits(self, group: str) -> Iterator[Visit]:
        """The open discrepancies that are not for the office, by a column of theirs and then from door to door."""
        return visits(self.engine, self.bound, self.stored, self.style, self.summary.profile, group)

    def verdict_rows(self) -> str | None:
        """SQL of all verdicts, in no order."""
        rows = [sql for verdicts in self.runs if (sql := verdict_rows(verdicts, language()))]
        return " UNION ALL ".join(rows) or None

    def verdicts(self) -> Iterator[pa.RecordBatch]:
        """The verdicts in the contract's columns, sorted by table, unit, assurance, source, row and profile."""
        if sql := self._verdicts():
            yield from self.engine.stream(sql)

    def write_verdict_parts(self, folder: Path) -> None:
        """The verdicts likewise."""
        self.engine.write_parts(self._verdicts() or _nothing(VERDICT_COLUMNS), folder)

    def write_list_parts(self, folder: Path) -> None:
        """The lists likewise."""
        self.engine.write_parts(self._lists() or _nothing(LIST_COLUMNS), folder)

    def _discrepancies(self) -> str:
        return f"SELECT {', '.join(map(name, COLUMNS))} FROM discrepancies"

    def _verdicts(self) -> str | None:
        rows, columns = self.verdict_rows(), ", ".join(map(name, VERDICT_COLUMNS))
        order = 'ORDER BY "table", unit, assurance, source, "row", profile'
        return f"SELECT {columns} FROM ({rows}) {order}" if rows else None

    def _lists(self) -> str | None:
        rows, columns = (
            " UNION ALL ".join(plan.listed_rows(language()) for plan in self.listed),
            ", ".join(map(name, LIST_COLUMNS)),
        )
        return f'SELECT {columns} FROM ({rows}) ORDER BY list, unit, source, "row", profile' if rows else None


def _nothing(columns: Sequence[str]) -> str:
    blank = ", ".join(f"'' AS {name(c)}" for c in columns)
    return f"SELECT {blank} LIMIT 0"


def run_check(engine: Engine, load: Load, options: Options, step: Step = quietly) -> Checked:
    """Check data under one or several profiles; raises CensusError for what the user can mend."""
    set_language(options.language)
    step(tr("opening the survey"))
    surveys = [open_survey(options.survey, p, options.as_of) for p in dict.fromkeys(options.profiles) or [None]]
    engine.teach(vocabulary(surveys[0]))
    raw, ignored = load(engine, surveys[0], step)
    step(tr("preparing the tables"))
    supply(engine, surveys[0], raw)
    small = _hold(engine, surveys[0], raw, step)
    parts = find_parts(engine, surveys[0], raw, small)
    runs: list[Run] = []
    found: list[str] = []
    for number, bound in enumerate(surveys):
        beside = [s.profile for s in surveys]
        checks = list_checks(
            bound, raw.stored, raw.lacking, options.select, options.partial, raw.settled, beside, options.audience
        )
        run = Run(bound, checks, number)
        _judge(parts, run, raw, small, options, step, found)
        runs.append(run)
    step(tr("sorting and counting"))
    _sort(engine, found, [c.id for r in runs for c in r.checks if not c.skipped] if options.select else None, options)
    raw.watch()
    summary = make_summary(engine, runs, raw, ignored, options.notes, options.fail_on, options.audience)
    summary = summary.model_copy(update={"comparison": compare_profiles(engine, runs)})
    overview = make_overview(engine, surveys[0], raw.stored, summary, runs[0].lists)
    verdicts, listed = [r.verdicts for r in runs if r.verdicts], [r.lists for r in runs if r.lists]
    return Checked(engine, surveys[0], summary, overview, raw.stored, options.style, verdicts, listed, raw.files)


def _hold(engine: Engine, bound: BoundSurvey, raw: RawTables, step: Step) -> list[str]:
    """Conform the cells of small tables and hold them, for planning to do so takes longer than doing it; returns these tables."""
    cells = dict.fromkeys(raw.stored, 0)
    for part in raw.held:
        cells[part.table] += part.sound * len(raw.stored[part.table])
    small = [t for t, n in cells.items() if engine.distributed or n <= SMALL_CELLS]
    if sum(cells.values()) < LARGE_CELLS:
        engine.side_by_side()
    if len(small) == len(cells):
        engine.hasten()
    widest = sorted(small, key=lambda t: -len(raw.stored[t]))
    made = {t: Cells(bound.tables[t].model, raw.stored[t]).all() for t in widest}
    conforming = {
        tr("cells of {table}", table=_sized(raw, t)): partial(engine.rowwise, conformed_table(t), sql, f"raw_{t}")
        for t, sql in made.items()
    }
    engine.together(conforming, step)
    return small


def _sized(raw: RawTables, table: str) -> str:
    """A table, and how many rows of it were read."""
    rows = sum(held.sound for held in raw.held if held.table == table)
    return tr("{table} ({n} rows)", table=table, n=f"{rows:,}") if rows else table


def _judge(parts: Parts, run: Run, raw: RawTables, small: list[str], options: Options, step: Step, found: list[str]) -> None:
    """Run the plan of one profile: discrepancies go to tables named in `found`, the counts to the run."""
    engine, bound, checks = parts.engine, run.bound, run.checks
    shown = {
        table: shown_columns(bound, [c for c in checks if c.table == table and not c.skipped], table) for table in raw.stored
    }
    plan = make_plan(bound, raw.stored, checks, {table: s.own for table, s in shown.items()}, small, run.number)
    step(tr("what rules look up"))
    _look_up(parts, plan)
    run.verdicts = plan.verdicts
    run.lists = plan.lists
    counts = {p.table: Counter[str]() for p in plan.tables}
    _scan_parts(parts, plan, raw, counts, step)
    longest = sorted((p for p in plan.tables if p.table not in parts.keys), key=lambda p: -len(p.judgements))
    scans = {tr("rules of {table}", table=_sized(raw, p.table)): partial(_scan, engine, p, counts) for p in longest}
    decided = {} if parts.keys else {tr("verdicts"): partial(_decide, engine, plan)}
    engine.together({**scans, **decided}, step)
    for table_plan in plan.tables:
        step(tr("discrepancies of {table}", table=table_plan.table))
        pen = Pen(bound, table_plan.table, table_plan.checks, options.style, table_plan.cells)
        target, hits = f"found_{run.number}_{table_plan.table}", f"hits_{table_plan.table}"
        flags = [*table_plan.judgements, *("!" + f for f in table_plan.cells)]
        assert plan.relations is not None
        rows = shown_rows(plan.relations, table_plan.table, hits, shown[table_plan.table], flags)
        _write(engine, rows, pen, target, options, _unreadable(table_plan, raw))
        parts.drop(hits)
        found.append(target)
        run.counts[table_plan.table] = Counts(counts[table_plan.table], _times(engine, target))
    step(tr("assurances"))
    _judge_assurances(engine, run, raw, options, found)


def _look_up(parts: Parts, plan: Plan) -> None:
    """Make the tables that are looked up, stage by stage; those that are found within each part, part by part."""
    engine, in_parts = parts.engine, {made for made, links in plan.links.items() if parts.holds(links)}
    for stage in plan.made:
        engine.together({made: partial(engine.table, made, sql) for made, sql in stage if made not in in_parts})
        own = [(made, sql) for made, sql in stage if made in in_parts]
        for part in parts if own else ():
            for made, sql in own:
                part.table(made, sql)


def _scan_parts(parts: Parts, plan: Plan, raw: RawTables, counts: dict[str, Counter[str]], step: Step) -> None:
    """Judge the tables that are parted, and decide their verdicts, part by part."""
    for number, part in enumerate(parts if parts.keys else (), 1):
        for table_plan in (p for p in plan.tables if p.table in parts.keys):
            rules = tr("rules of {table}", table=_sized(raw, table_plan.table))
            step(tr("{step}, part {n} of {all}", step=rules, n=number, all=len(parts)))
            _scan(part, table_plan, counts)
        step(tr("{step}, part {n} of {all}", step=tr("verdicts"), n=number, all=len(parts)))
        _decide(part, plan)


def _decide(within: Engine | Part, plan: Plan) -> None:
    for made, sql in plan.decided:
        within.table(made, sql)


def _scan(within: Engine | Part, plan: TablePlan, counts: dict[str, Counter[str]]) -> None:
    """Judge a table: its violations are kept in a table of their own, its counts are added to `counts`."""
    within.table(plan.made, plan.making)
    within.table(f"hits_{plan.table}", plan.violations)
    counts[plan.table].update(within.one(plan.counts))
    within.drop(plan.made)


def _judge_assurances(engine: Engine, run: Run, raw: RawTables, options: Options, found: list[str]) -> None:
    """Count the verdicts, and write a discrepancy where one is not met that should be."""
    verdicts, unit = run.verdicts, run.bound.file.registered_unit
    if verdicts is None or not verdicts.judged():
        return
    run.endings = [r for batch in engine.stream(counted(verdicts)) for r in batch.to_pylist()]
    if run.lists:
        run.places = {r["place"]: r["n"] for batch in engine.stream(run.lists.counted()) for r in batch.to_pylist()}
    rules = {c.id: c.assurance for c in run.checks if c.assurance and not c.skipped}
    if unit not in raw.stored or not rules:
        return
    plan = TablePlan(unit, [c for c in run.checks if c.id in rules])
    unmet = Unmet(verdicts, plan, shown_of_unmet(run.bound, list(rules)), rules)
    unmet.make()
    engine.table("hits_unmet", plan.violations)
    target = f"found_{run.number}_unmet"
    _write(engine, unmet.rows("hits_unmet"), UnmetPen(run.bound, unit, plan.checks, options.style, []), target, options)
    engine.drop("hits_unmet")
    found.append(target)
    run.assured = Counts(dict(engine.one(plan.counts)), _times(engine, target))


def _times(engine: Engine, target: str) -> dict[str, int]:
    """How often each rule was violated."""
    violated = f"SELECT rule, count(*) AS n FROM {name(target)} GROUP BY rule"
    return {row["rule"]: row["n"] for batch in engine.stream(violated) for row in batch.to_pylist()}


def _unreadable(plan: TablePlan, raw: RawTables) -> Check | None:
    """The rule that a table's records can be read, where some could not."""
    check = next((c for c in plan.checks if c.structural and c.structural.kind == "unreadable"), None)
    return check if check and not check.skipped and plan.table in raw.unreadable else None


def _write(engine: Engine, rows: str, pen: Pen, target: str, options: Options, unreadable: Check | None = None) -> None:
    writer = Bilingual.of(pen) if options.bilingual else pen
    parts: list[Rewritten] = [(rows, writer.write)]
    if unreadable:
        parts.append((f"SELECT * FROM {name('unreadable_' + unreadable.table)}", partial(writer.unreadable, check=unreadable)))
    engine.rewritten(target, parts, discrepancy_schema(*options.columns[len(COLUMNS) :]))


def _sort(engine: Engine, found: Sequence[str], selected: Sequence[str] | None, options: Options) -> None:
    """All discrepancies in the contract's order; a cell's fault of a kind that was not selected is left out only now, and notes are set."""
    union = "\nUNION ALL\n".join(f"SELECT * FROM {name(f)}" for f in found)
    chosen = f" WHERE rule IN ({', '.join(map(string, selected))})" if selected else ""
    every = f"SELECT * FROM ({union}){chosen}"
    if options.notes.notes:
        options.notes.hold(engine)
        every = explained(every, options.columns)
    by = ["rule", '"table"', "unit", "source", '"row"', "profile"]
    # Rows without a number can be alike in all of these.
    by += ["found", "message"] if engine.distributed else []
    order = ", ".join(f"{c} NULLS FIRST" for c in by)
    engine.table("discrepancies", f"SELECT * FROM ({every}) ORDER BY {order}")
