"""The story of the program on one page: open the survey, hold the data, supply what is absent, judge it, write what was found, count, sum up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from census_cli.combining import remember_combinations
from census_cli.comparing import compare_profiles
from census_cli.engines.base import Engine
from census_cli.expr.bound import BoundSurvey
from census_cli.findings import Overview, Visit
from census_cli.i18n import language, set_language, tr
from census_cli.judging import judge
from census_cli.opening import open_survey
from census_cli.options import Options, Step, quietly
from census_cli.overview import make_overview
from census_cli.parting import find_parts
from census_cli.pen import Style
from census_cli.picturing import make_picture
from census_cli.raw import RawTables
from census_cli.results import COLUMNS, LIST_COLUMNS, VERDICT_COLUMNS, Summary
from census_cli.selection import list_checks
from census_cli.sql.cells import Cells, conformed_table
from census_cli.sql.lists import ListPlan
from census_cli.sql.notes import explained
from census_cli.sql.plan import vocabulary
from census_cli.sql.relations import Stored
from census_cli.sql.unmet import verdict_rows
from census_cli.sql.verdicts import Verdicts
from census_cli.sql.words import name, string
from census_cli.summary import Run, make_summary
from census_cli.supplying import supply
from census_cli.visiting import visits

if TYPE_CHECKING:
    import pyarrow as pa

    from census_cli.loading import Load
    from census_cli.picture import Picture
    from census_cli.reading.discover import RawFile

SMALL_CELLS = 2_000_000
"""Cells of a table that is run sooner than it is planned."""
LARGE_CELLS = 100_000_000
"""Cells of all tables from which on one scan alone keeps the machine busy and has its memory for itself."""


@dataclass
class Checked:
    """A finished check whose discrepancies still lie in the engine, sorted."""

    engine: Engine
    surveys: Sequence[BoundSurvey]
    """One for each profile."""
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
        return make_picture(self.engine, self.surveys, self.stored, self.summary, next(iter(self.runs), None))

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
        return visits(self.engine, self.surveys[0], self.stored, self.style, self.summary.profile, group)

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
    remember_combinations(engine, surveys[0], raw.stored, [t for t in raw.stored if t not in small])
    parts = find_parts(engine, surveys[0], raw, small)
    runs: list[Run] = []
    found: list[str] = []
    for number, bound in enumerate(surveys):
        beside = [s.profile for s in surveys]
        checks = list_checks(
            bound, raw.stored, raw.lacking, options.select, options.partial, raw.settled, beside, options.audience
        )
        run = Run(bound, checks, number)
        found += judge(parts, run, raw, small, options, step)
        runs.append(run)
    step(tr("sorting and counting"))
    _sort(engine, found, runs, options)
    raw.watch()
    summary = make_summary(engine, runs, raw, ignored, options.notes, options.fail_on, options.audience)
    summary = summary.model_copy(update={"comparison": compare_profiles(engine, runs)})
    overview = make_overview(engine, surveys[0], raw.stored, summary, runs[0].lists)
    verdicts, listed = [r.verdicts for r in runs if r.verdicts], [r.lists for r in runs if r.lists]
    return Checked(engine, surveys, summary, overview, raw.stored, options.style, verdicts, listed, raw.files)


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
        tr("cells of {table}", table=raw.sized(t)): partial(engine.rowwise, conformed_table(t), sql, f"raw_{t}")
        for t, sql in made.items()
    }
    engine.together(conforming, step)
    return small


def _sort(engine: Engine, found: Sequence[str], runs: Sequence[Run], options: Options) -> None:
    """All discrepancies in the contract's order; a cell's fault of a kind that was not selected is left out only now, and notes are set."""
    selected = [c.id for r in runs for c in r.checks if not c.skipped] if options.select else None
    union = "\nUNION ALL\n".join(f"SELECT * FROM {name(f)}" for f in found)
    chosen = f" WHERE rule IN ({', '.join(map(string, selected))})" if selected else ""
    every = f"SELECT * FROM ({union}){chosen}"
    if options.notes.notes:
        options.notes.hold(engine)
        every = explained(every, options.columns)
    by = ["rule", "table", "unit", "source", "row", "profile"]
    # Rows without a number can be alike in all of these.
    by += ["found", "message"] if engine.distributed else []
    engine.in_order("discrepancies", every, by, sum(r.found for r in runs))
    for table in found:
        engine.drop(table)
