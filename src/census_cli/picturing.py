"""The picture that a page shows, counted in the engine when a page is asked for; what it holds is in `picture`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from census_cli import wording
from census_cli.expr.nodes import Column
from census_cli.i18n import LANGUAGES, in_language, tr
from census_cli.overview import group_labels, own_text
from census_cli.picture import Picture, RuleWords, Tally
from census_cli.sql.relations import Stored
from census_cli.sql.showing import unit_name
from census_cli.sql.unmet import UNMET, UNMET_RULE, unmet_rules
from census_cli.sql.verdicts import Verdicts
from census_cli.sql.words import how_often, name
from census_cli.structure import Structural, structural_rules
from census_cli.survey.models import VERDICTS, Source, Text

if TYPE_CHECKING:
    from census_cli.engines.base import Engine
    from census_cli.expr.bound import BoundSurvey
    from census_cli.results import RuleSummary, Summary

Context = Literal["village_code", "enumerator_id"]


def make_picture(
    engine: Engine, surveys: Sequence[BoundSurvey], stored: Stored, summary: Summary, verdicts: Verdicts | None
) -> Picture:
    """Count what the overview does not; `surveys` are one for each profile, and `verdicts` are those of the first."""
    bound = surveys[0]
    unit, tables = bound.file.registered_unit, bound.tables
    key = tables[unit].model.primaryKey
    picture = Picture(
        bound.file.title,
        unit,
        {r: words for s in reversed(surveys) for r, words in _rules(s, summary.profiles[s.profile].rules).items()},
        {n: t.model.title for n, t in tables.items()},
        {n: t.model.unit or t.model.title for n, t in tables.items()},
        {n: a.model.title for n, a in bound.assurances.items()},
        {n: len(key) if t.model.primaryKey[: len(key)] == key else 0 for n, t in tables.items()},
        next((n for n, a in bound.assurances.items() if a.model.worst_of), ""),
    )
    if unit in stored and all(k in stored[unit] for k in key):
        picture.villages = _groups(engine, bound, stored, "village_code", verdicts, picture.worst)
        picture.enumerators = _groups(engine, bound, stored, "enumerator_id")
        if verdicts:
            picture.days = _days(engine, bound, stored, verdicts)
    return picture


def _groups(
    engine: Engine, bound: BoundSurvey, stored: Stored, column: Context, verdicts: Verdicts | None = None, worst: str = ""
) -> list[Tally]:
    """Every village or enumerator that has a name, by rate, most to do first."""
    sql = f"SELECT code, registered, discrepant FROM {name('by_' + column)} WHERE code <> ''"
    rows = [row for batch in engine.stream(sql) for row in batch.to_pylist()]
    titles = group_labels(engine, bound, stored, column, [r["code"] for r in rows])
    ended = _ended(engine, bound, stored, column, verdicts, worst) if verdicts and worst else {}
    tallies = [
        Tally(r["code"], titles.get(r["code"], ""), int(r["registered"]), int(r["discrepant"]), ended.get(r["code"], {}))
        for r in rows
    ]
    return sorted(tallies, key=lambda t: (-t.rate, -t.discrepant, t.code))


def _ended(
    engine: Engine, bound: BoundSurvey, stored: Stored, column: Context, verdicts: Verdicts, worst: str
) -> dict[str, dict[str, int]]:
    """How many units of each group have which verdict on the worst of all assurances."""
    unit = bound.file.registered_unit
    if unit not in verdicts.judged():
        return {}
    code = own_text(bound, stored, bound.file.context.get(column, {}).get(unit))
    sql = (
        f"SELECT code, verdict, count(*) AS n FROM (SELECT rows.code, {verdicts.rank(worst, 'v.' + name(worst))} AS verdict"
        f" FROM {name(verdicts.table(unit))} v JOIN (SELECT source, row, {code} AS code FROM {name('raw_' + unit)}) rows"
        f" ON v.source = rows.source AND v.row = rows.row) GROUP BY code, verdict"
    )
    counts: dict[str, dict[str, int]] = {}
    for batch in engine.stream(sql):
        for row in batch.to_pylist():
            counts.setdefault(row["code"], {})[VERDICTS[row["verdict"]]] = row["n"]
    return counts


def _days(engine: Engine, bound: BoundSurvey, stored: Stored, verdicts: Verdicts) -> list[Tally]:
    """Units by the day on which they were registered, where the survey says which column tells it and it can be read."""
    unit, day = bound.file.registered_unit, bound.file.registered_day
    if day is None or day not in stored[unit]:
        return []
    table = bound.tables[unit]
    dated = verdicts.relations.select(unit, [Column(None, day, table.kinds[day])])
    named = unit_name([own_text(bound, stored, k) for k in table.model.primaryKey])
    sql = (
        f"SELECT CAST(dated.{name(day)} AS VARCHAR) AS code, count(*) AS registered, {how_often('d.unit IS NOT NULL')} AS discrepant"
        f" FROM (SELECT source, row, {name(day)} FROM ({dated})) dated"
        f" JOIN (SELECT source, row, {named} AS unit FROM {name('raw_' + unit)}) rows ON dated.source = rows.source AND dated.row = rows.row"
        f" LEFT JOIN discrepant d ON d.unit = rows.unit WHERE dated.{name(day)} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    return [
        Tally(r["code"], "", int(r["registered"]), int(r["discrepant"]))
        for batch in engine.stream(sql)
        for r in batch.to_pylist()
    ]


def _rules(bound: BoundSurvey, counted: Sequence[RuleSummary]) -> dict[str, RuleWords]:
    structural = {s.id: s for t in bound.tables.values() for s in structural_rules(t.model)}
    read = {n: _read_when_unmet(bound, n) for n, a in bound.assurances.items() if a.cases}
    words = {}
    for rule in counted:
        if written := bound.rules.get(rule.id):
            model = written.model
            touched = tuple(n for n, f in read.items() if f & _full(model.table, model.fields))
            words[rule.id] = RuleWords(
                rule.id, rule.severity, model.scope, rule.table, model.title, model.ask, model.why, tuple(model.source), touched
            )
        elif assurance := unmet_rules(bound).get(rule.id):
            words[rule.id] = _of_assurance(rule.id, assurance.model.title, assurance.model.ask, assurance.model.why,
                                           tuple(assurance.model.source), rule.table)  # fmt: skip
        else:
            found = structural[rule.id]
            touched = tuple(n for n, f in read.items() if f & _full(found.table, found.fields))
            title, ask = _structural(found, bound)
            words[rule.id] = RuleWords(rule.id, rule.severity, "surveyor", rule.table, title, ask, assurances=touched)
    return words


def _of_assurance(rule: str, named: Text, ask: Text, why: Text, source: tuple[Source, ...], table: str) -> RuleWords:
    said = {}
    for spoken in LANGUAGES:
        with in_language(spoken):
            said[spoken] = tr("{assurance} is not met, or contradicted", assurance=named[spoken])
    return RuleWords(rule, "verify", "surveyor", table, Text(**said), ask, why, source, (rule.removeprefix(UNMET_RULE),))


def _structural(rule: Structural, bound: BoundSurvey) -> tuple[Text, Text]:
    """Title and question of a rule that follows from a table."""
    tables = {n: t.model for n, t in bound.tables.items()}
    title, ask = {}, {}
    for spoken in LANGUAGES:
        with in_language(spoken):
            title[spoken], ask[spoken] = wording.title(rule, tables), wording.ask(rule)
    return Text(**title), Text(**ask)


def _read_when_unmet(bound: BoundSurvey, assurance: str) -> set[str]:
    """The columns, with their table, by which an assurance is found not to be met."""
    held = bound.assurances[assurance]
    nodes = [r.when for c in held.cases if c.verdict in UNMET for r in c.reasons if r.when is not None]
    columns: Iterator[Column] = (c for n in nodes for c in bound.read(held.model.table, n))
    return {f"{c.table or held.model.table}.{c.name}" for c in columns}


def _full(table: str, fields: tuple[str, ...] | list[str]) -> set[str]:
    return {f if "." in f else f"{table}.{f}" for f in fields}
