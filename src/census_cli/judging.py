"""One profile's rules: what they look up is made, each table is judged, assurances are decided, and what was found is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from census_cli.bilingual import Bilingual
from census_cli.engines.base import Engine
from census_cli.i18n import tr
from census_cli.options import Options, Step
from census_cli.parting import Part, Parts
from census_cli.pen import Pen
from census_cli.raw import RawTables
from census_cli.results import COLUMNS, discrepancy_schema
from census_cli.showing import shown_columns
from census_cli.sql.plan import Check, Plan, TablePlan, make_plan
from census_cli.sql.unmet import Unmet, shown_of_unmet
from census_cli.sql.verdicts import counted
from census_cli.sql.words import name
from census_cli.summary import Counts, Run
from census_cli.unmet import UnmetPen

if TYPE_CHECKING:
    from census_cli.engines.base import Rewritten


def judge(parts: Parts, run: Run, raw: RawTables, small: Collection[str], options: Options, step: Step) -> list[str]:
    """Run the rules of one profile, put their counts into the run, and return the tables that hold what was found."""
    bound, checks = run.bound, run.checks
    shown = {
        table: shown_columns(bound, [c for c in checks if c.table == table and not c.skipped], table) for table in raw.stored
    }
    plan = make_plan(bound, raw.stored, checks, shown, small, run.number)
    run.verdicts, run.lists = plan.verdicts, plan.lists
    judging = _Judging(parts, run, raw, options, step, plan, _plan_unmet(run))
    judging.look_up()
    judging.scan()
    return judging.write()


def _plan_unmet(run: Run) -> TablePlan | None:
    """The scan for assurances that are not met where they should be; None where nothing is to be found by it."""
    rules, unit = {c.id: c.assurance for c in run.checks if c.assurance and not c.skipped}, run.bound.file.registered_unit
    if run.verdicts is None or unit not in run.verdicts.judged() or not rules:
        return None
    plan = TablePlan(unit, [c for c in run.checks if c.id in rules], name="_unmet")
    Unmet(run.verdicts, plan, shown_of_unmet(run.bound, list(rules)), rules).fill()
    return plan


@dataclass
class _Judging:
    """The plan of a run as it is gone through: of tables that are parted, part by part."""

    parts: Parts
    run: Run
    raw: RawTables
    options: Options
    step: Step
    plan: Plan
    unmet: TablePlan | None
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def look_up(self) -> None:
        """Make the tables that are looked up, stage by stage; those that are found within each part, part by part."""
        self.step(tr("what rules look up"))
        parts, links = self.parts, self.plan.links
        for stage in self.plan.made:
            own = {made: sql for made, sql in stage if parts.holds(links.get(made, ()))}
            others = {made: partial(parts.engine.table, made, sql) for made, sql in stage if made not in own}
            parts.engine.together(others)
            for part in parts if own else ():
                for made, sql in own.items():
                    part.table(made, sql)

    def scan(self) -> None:
        """Judge all tables and decide what follows."""
        self.counts = {p.name: Counter() for p in (*self.plan.tables, *([self.unmet] if self.unmet else []))}
        parted = [p for p in self.plan.tables if p.table in self.parts.keys]
        for number, part in enumerate(self.parts if parted else (), 1):
            for plan in parted:
                self._tell_part(self._rules_of(plan), number)
                self._scan(part, plan)
            self._tell_part(tr("verdicts"), number)
            self._decide(part)
        whole = sorted((p for p in self.plan.tables if p not in parted), key=lambda p: -len(p.judgements))
        scans = {self._rules_of(p): partial(self._scan, self.parts.engine, p) for p in whole}
        decided = {} if parted else {tr("verdicts"): partial(self._decide, self.parts.engine)}
        self.parts.engine.together({**scans, **decided}, self.step)

    def _rules_of(self, plan: TablePlan) -> str:
        return tr("rules of {table}", table=self.raw.sized(plan.table))

    def _tell_part(self, step: str, number: int) -> None:
        self.step(tr("{step}, part {n} of {all}", step=step, n=number, all=len(self.parts)))

    def _scan(self, within: Engine | Part, plan: TablePlan) -> None:
        """Judge a table: what its violations show is kept in a table of its own, its counts are added to the others."""
        if plan.making:
            within.table(plan.made, plan.making)
        self.counts[plan.name].update(within.one(plan.counts))
        within.table(plan.hits, plan.violations)
        within.table(plan.shown, plan.showing)
        within.drop(plan.hits)
        if plan.making:
            within.drop(plan.made)

    def _decide(self, within: Engine | Part) -> None:
        """Verdicts, lists, and the assurances that are not met."""
        for made, sql in self.plan.decided:
            within.table(made, sql)
        if self.unmet:
            self._scan(within, self.unmet)

    def write(self) -> list[str]:
        """Put what was found into words and into tables of its own, whose names are returned, and count it."""
        found = []
        for plan in self.plan.tables:
            self.step(tr("discrepancies of {table}", table=plan.table))
            target, counts = self._write(plan, Pen(self.run.bound, plan.table, plan.checks, self.options.style, plan.cells))
            self.run.counts[plan.table] = counts
            found.append(target)
        self.step(tr("assurances"))
        self._count_verdicts()
        if unmet := self.unmet:
            pen = UnmetPen(self.run.bound, unmet.table, unmet.checks, self.options.style, [])
            target, self.run.assured = self._write(unmet, pen)
            found.append(target)
        return found

    def _write(self, plan: TablePlan, pen: Pen) -> tuple[str, Counts]:
        engine, target = self.parts.engine, f"found_{self.run.number}_{plan.name}"
        writer = Bilingual.of(pen) if self.options.bilingual else pen
        rewritten: list[Rewritten] = [(f"SELECT * FROM {name(plan.shown)}", writer.write)]
        if check := self._unreadable(plan):
            records = f"SELECT * FROM {name('unreadable_' + plan.table)}"
            rewritten.append((records, partial(writer.unreadable, check=check)))
        engine.rewritten(target, rewritten, discrepancy_schema(*self.options.columns[len(COLUMNS) :]))
        self.parts.drop(plan.shown)
        return target, Counts(self.counts[plan.name], _times(engine, target))

    def _unreadable(self, plan: TablePlan) -> Check | None:
        """The rule that a table's records can be read, where some could not."""
        check = next((c for c in plan.checks if c.structural and c.structural.kind == "unreadable"), None)
        return check if check and not check.skipped and plan.table in self.raw.unreadable else None

    def _count_verdicts(self) -> None:
        """How often each assurance ends in each way, and how many units are at each place of the lists."""
        engine, run = self.parts.engine, self.run
        if run.verdicts is None or not run.verdicts.judged():
            return
        run.endings = [r for batch in engine.stream(counted(run.verdicts)) for r in batch.to_pylist()]
        if run.lists:
            run.places = {r["place"]: r["n"] for batch in engine.stream(run.lists.counted()) for r in batch.to_pylist()}


def _times(engine: Engine, target: str) -> dict[str, int]:
    """How often each rule was violated."""
    violated = f"SELECT rule, count(*) AS n FROM {name(target)} GROUP BY rule"
    return {row["rule"]: row["n"] for batch in engine.stream(violated) for row in batch.to_pylist()}
