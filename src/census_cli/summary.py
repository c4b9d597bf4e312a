"""The summary of a check, put together from what was read, the rules as they ran, and their counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from census_cli.engines.base import Engine
from census_cli.errors import OptionError
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import tr
from census_cli.notes import Notes
from census_cli.raw import Held, RawTables
from census_cli.results import (
    DerivedColumn,
    FailOn,
    Ignored,
    Input,
    ListSummary,
    ProfileSummary,
    RuleSummary,
    SkippedLine,
    Summary,
)
from census_cli.sql.counts import Tally, cell_tally, rule_tally
from census_cli.sql.lists import ListPlan
from census_cli.sql.plan import Check
from census_cli.sql.verdicts import Verdicts
from census_cli.sql.words import how_often, listed, string
from census_cli.survey.models import SEVERITIES, VERDICTS, Scope, Severity, Verdict
from census_cli.version import VERSION

_SHOWN_FIRST: tuple[Verdict, ...] = ("met", "not_met", "exempt", "unknown", "contradiction", "not_applicable")


@dataclass(frozen=True)
class Counts:
    """The counts of one table: the row that the engine counted, and how often each rule was violated."""

    row: Mapping[str, int]
    violated: Mapping[str, int]


@dataclass
class Run:
    """One profile's check: its rules, their counts by table, those of the assurances, and how often each ended in which way."""

    bound: BoundSurvey
    checks: list[Check]
    number: int
    counts: dict[str, Counts] = field(default_factory=dict)
    assured: Counts | None = None
    endings: list[dict[str, Any]] = field(default_factory=list)
    verdicts: Verdicts | None = None
    lists: ListPlan | None = None
    places: dict[int | None, int] = field(default_factory=dict)

    @property
    def found(self) -> int:
        """How many discrepancies there are."""
        every = [*self.counts.values(), *([self.assured] if self.assured else ())]
        return sum(sum(counts.violated.values()) for counts in every)


def make_summary(
    engine: Engine,
    runs: Sequence[Run],
    raw: RawTables,
    ignored: Sequence[tuple[str, str]],
    notes: Notes,
    fail_on: FailOn,
    audience: Scope = "office",
) -> Summary:
    """The summary of one or several profiles; the first is also the top level."""
    inputs = [_input(held, raw) for held in raw.held]
    profiles = {run.bound.profile: _profile(engine, run, inputs) for run in runs}
    first = runs[0].bound
    top = profiles[first.profile]
    as_of = first.parameters.get("as_of")
    summary = Summary(
        survey=first.file.id, profile=first.profile, version=VERSION, as_of=str(as_of.value) if as_of else None,
        inputs=inputs, ignored=[Ignored(path=p, reason=r) for p, r in ignored], rules=top.rules,
        assurances=top.assurances, discrepancies=top.discrepancies, lists=top.lists, profiles=profiles,
        notes=notes.outcomes(engine), fail_on=fail_on, audience=audience, exit_code=0,
    )  # fmt: skip
    found = any(p.discrepancies[s] for p in profiles.values() for s in SEVERITIES if summary.counts(s))
    return summary.model_copy(update={"exit_code": int(found)})


def _input(held: Held, raw: RawTables) -> Input:
    derived = [DerivedColumn(field=s.field, made_of=list(s.made_of), how=s.how) for s in raw.supplied.get(held.table, ())]
    lines = [*((None, "title") for _ in held.titles), *held.skipped]
    skipped = [SkippedLine.model_validate({"row": row, "what": what}) for row, what in lines]
    return Input(
        path=held.path.removesuffix(f"#{held.sheet}"), sheet=held.sheet, table=held.table, rows=held.sound + held.damaged,
        rows_checked=held.sound, rows_unreadable=held.damaged, lines_skipped=held.blank + len(lines), skipped=skipped,
        encoding=held.encoding, columns=dict(held.headers), unknown_columns=list(held.unknown),
        near=dict(held.near), derived=derived, made_rows=raw.made.get(held.table), sha256=held.sha256,
        tablet=held.tablet,
    )  # fmt: skip


def _profile(engine: Engine, run: Run, inputs: Sequence[Input]) -> ProfileSummary:
    is_open = f"state = {string('open')}"
    open_ones = [f"{how_often(f'severity = {string(s)} AND {is_open}')} AS {s}" for s in SEVERITIES]
    severities = engine.one(f"SELECT {listed(open_ones)} FROM discrepancies WHERE profile = {string(run.bound.profile)}")
    rules = []
    for check in run.checks:
        tally = Tally() if check.skipped else _tally(run, check, inputs)
        units = 0 if check.skipped else run.counts[check.table].row["units"]
        if check.structural and check.structural.kind == "unreadable":
            units = tally.applicable
        rules.append(RuleSummary(
            id=check.id, severity=check.severity, table=check.table, units=units, applicable=tally.applicable,
            passed=tally.passed, violated=tally.violated, unknown=tally.unknown, skipped=check.skipped,
        ))  # fmt: skip
    found: dict[Severity, int] = {s: severities[s] for s in SEVERITIES}
    return ProfileSummary(rules=rules, assurances=_assurances(run), discrepancies=found, lists=_lists(run))


def _lists(run: Run) -> dict[str, ListSummary]:
    """How many units are on each list, and which reasons to be on it could not be looked at."""
    if run.lists is None:
        return {}
    lists, places = run.lists.lists.model.lists, run.lists.lists.places
    units = {one.name: 0 for one in lists}
    for number, n in run.places.items():
        assert number is not None, "the last line of a list holds always"
        units[places[number].list] += n
    unread = run.lists.unread()
    blind = {one.name: {code: what for (on, code), what in unread.items() if on == one.name} for one in lists}
    return {one.name: ListSummary(units=units[one.name], written=one.written, not_judged=blind[one.name]) for one in lists}


def _assurances(run: Run) -> dict[str, dict[str, dict[str, int]]]:
    """How many units have which verdict, by assurance and table; a unit that no line of a decision table takes is an error."""
    unit = run.bound.file.registered_unit
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for name, assurance in run.bound.assurances.items():
        tables = dict.fromkeys([unit, assurance.model.table])
        counts[name] = {table: dict.fromkeys(_SHOWN_FIRST, 0) for table in tables}
    for row in run.endings:
        if row["ending"] is None:
            raise OptionError(
                tr(
                    "the decision table '{name}' has no line for some of the data; end it with a line without 'when'",
                    name=row["assurance"],
                )
            )
        assurance = run.bound.assurances[row["assurance"]]
        others = assurance.model.worst_of
        verdict = VERDICTS[row["ending"] >> len(others)] if others else assurance.endings[row["ending"]].verdict
        counts[row["assurance"]][row["judged"]][verdict] += row["n"]
    return counts


def _tally(run: Run, check: Check, inputs: Sequence[Input]) -> Tally:
    if check.assurance:
        assert run.assured is not None
        return rule_tally(check.id, run.assured.row)
    counts = run.counts[check.table]
    if check.structural is None or check.structural.kind in ("unique", "reference"):
        return rule_tally(check.id, counts.row)
    if check.structural.kind == "unreadable":
        own = [i for i in inputs if i.table == check.table]
        return Tally(sum(i.rows_checked for i in own), sum(i.rows_unreadable for i in own))
    field = run.bound.tables[check.table].model.field(check.fields[0])
    assert field is not None
    return cell_tally(field, check.structural, counts.row, counts.violated)
