"""The overview that reports show: the rules, villages and enumerators with most to do, by rate, and the first findings of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from census_cli import wording
from census_cli.engines.base import Engine
from census_cli.expr.bound import BoundSurvey
from census_cli.findings import Group, Groups, ListFindings, Overview, RuleFindings
from census_cli.i18n import language, tr
from census_cli.results import COLUMNS, Summary
from census_cli.sql.grammar import folded, key_text, text_of
from census_cli.sql.lists import ListPlan
from census_cli.sql.relations import Stored, repeated
from census_cli.sql.showing import unit_name
from census_cli.sql.unmet import unmet_rules
from census_cli.sql.words import how_often, name, string
from census_cli.structure import structural_rules
from census_cli.survey.models import SEVERITIES

LEAST_N = 5
LISTED = 10
EXAMPLES = 3


def make_overview(
    engine: Engine, bound: BoundSurvey, stored: Stored, summary: Summary, lists: ListPlan | None = None
) -> Overview:
    """Count once, in the engine; only what is shown leaves it."""
    overview = Overview(bound.file.title, total=sum(sum(p.discrepancies.values()) for p in summary.profiles.values()))
    unit = bound.file.registered_unit
    if unit in stored and all(k in stored[unit] for k in bound.tables[unit].model.primaryKey):
        engine.table("discrepant", _discrepant(bound, summary.profile))
        engine.table("counted", _counted(bound, stored))
        for column in bound.file.context:
            engine.view(
                f"by_{column}", f"SELECT {column} AS code, registered, discrepant FROM counted WHERE {column} IS NOT NULL"
            )
        totals = (
            "SELECT coalesce(sum(registered), 0) AS registered, coalesce(sum(discrepant), 0) AS discrepant FROM by_village_code"
        )
        row = engine.one(totals)
        overview.registered, overview.discrepant = int(row["registered"]), int(row["discrepant"])
        overview.villages = _groups(engine, bound, stored, "village_code")
        overview.enumerators = _groups(engine, bound, stored, "enumerator_id")
    overview.titles = {t: held.model.title[language()] for t, held in bound.tables.items()}
    overview.titles |= {f"{t}.{f.name}": f.title[language()] for t, held in bound.tables.items() for f in held.model.fields}
    overview.titles |= {f"assurance {n}": a.model.title[language()] for n, a in bound.assurances.items()}
    overview.units = {t: (held.model.unit or held.model.title)[language()] for t, held in bound.tables.items()}
    overview.unit = overview.units[unit]
    overview.rules = _rules(engine, bound, summary)
    overview.lists = _lists(engine, lists, summary) if lists else []
    return overview


def _lists(engine: Engine, plan: ListPlan, summary: Summary) -> list[ListFindings]:
    """Each list that is written, with the first units on it."""
    first: dict[str, list[Mapping[str, Any]]] = {}
    for batch in engine.stream(f"SELECT * FROM ({plan.first_rows(language(), EXAMPLES)}) ORDER BY list, unit, source, row"):
        for row in batch.to_pylist():
            first.setdefault(row["list"], []).append(row)
    titles = {(line.list, r.model.code): r.model.text[language()] for line in plan.lists.lines for r in line.reasons}
    return [
        ListFindings(
            one.title[language()], one.what[language()], summary.lists[one.name].units, first.get(one.name, []),
            [(titles[one.name, code], what) for code, what in summary.lists[one.name].not_judged.items()],
        )
        for one in plan.lists.model.lists if one.written
    ]  # fmt: skip


def own_text(bound: BoundSurvey, stored: Stored, column: str | None) -> str:
    """SQL of the text of a column of the registered unit, '' where there is none."""
    unit = bound.file.registered_unit
    if column is None or column not in stored[unit]:
        return "''"
    field = bound.tables[unit].model.field(column)
    assert field is not None
    return f"coalesce({key_text(field, name(column), stored[unit][column])}, '')"


def _counted(bound: BoundSurvey, stored: Stored) -> str:
    """Forms registered, and those with something to do, by village and by enumerator: one scan for both, a form given twice counts once."""
    unit = bound.file.registered_unit
    keys = [own_text(bound, stored, k) for k in bound.tables[unit].model.primaryKey]
    village, enumerator = (
        own_text(bound, stored, bound.file.context.get(c, {}).get(unit)) for c in ("village_code", "enumerator_id")
    )
    twice = " AND ".join(f"twice.k{i} = {k}" for i, k in enumerate(keys))
    rows = (
        f"SELECT {unit_name(keys)} AS unit, {village} AS village_code, {enumerator} AS enumerator_id, twice.k0 IS NOT NULL AS again"
        f" FROM {name('raw_' + unit)} LEFT JOIN {name(repeated(unit))} twice ON {twice}"
    )
    once, again = how_often("NOT again"), "count(DISTINCT CASE WHEN again THEN unit END)"
    found, found_again = how_often("NOT again AND found"), "count(DISTINCT CASE WHEN again AND found THEN unit END)"
    return (
        f"SELECT village_code, enumerator_id, {once} + {again} AS registered, {found} + {found_again} AS discrepant"
        f" FROM (SELECT rows.*, d.unit IS NOT NULL AS found FROM ({rows}) rows LEFT JOIN discrepant d USING (unit))"
        f" GROUP BY GROUPING SETS ((village_code), (enumerator_id))"
    )


def _discrepant(bound: BoundSurvey, profile: str) -> str:
    """The units with something to do: their own discrepancies and those of their children, whose keys begin with theirs."""
    unit = bound.file.registered_unit
    depth = len(bound.tables[unit].model.primaryKey)
    tables = ", ".join(string(t) for t in (unit, *bound.tables[unit].children))
    key = f"array_to_string(string_split(unit, '/')[1:{depth}], '/')"
    return (
        f"SELECT DISTINCT {key} AS unit FROM discrepancies"
        f" WHERE \"table\" IN ({tables}) AND severity IN ('mandatory', 'verify') AND state = 'open' AND profile = {string(profile)}"
    )


def _groups(engine: Engine, bound: BoundSurvey, stored: Stored, column: str) -> Groups:
    named = f"FROM {name('by_' + column)} WHERE code <> ''"
    row = engine.one(f"SELECT count(*) AS n, {how_often(f'registered < {LEAST_N}')} AS small {named}")
    ranked = (
        f"SELECT code, registered, discrepant {named} AND registered >= {LEAST_N} AND discrepant > 0"
        f" ORDER BY discrepant / registered DESC, discrepant DESC, code LIMIT {LISTED}"
    )
    found = [r for batch in engine.stream(ranked) for r in batch.to_pylist()]
    titles = group_labels(engine, bound, stored, column, [r["code"] for r in found])
    groups = [Group(r["code"], titles.get(r["code"], ""), r["registered"], r["discrepant"]) for r in found]
    return Groups(groups, row["n"], row["small"], LEAST_N)


def group_labels(engine: Engine, bound: BoundSurvey, stored: Stored, column: str, codes: list[str]) -> dict[str, str]:
    """What the groups are called, where the survey says which column tells it."""
    table, _, label = bound.file.labels.get(column, "").partition(".")
    key = bound.tables[table].model.primaryKey[-1] if table else ""
    if not codes or not {key, label} <= set(stored.get(table, {})):
        return {}
    code, title = (folded(text_of(name(c), stored[table][c])) for c in (key, label))
    sql = f"SELECT {code} AS code, min({title}) AS title FROM {name('raw_' + table)} WHERE {code} IN ({', '.join(map(string, codes))}) GROUP BY 1"
    return {r["code"]: r["title"] or "" for batch in engine.stream(sql) for r in batch.to_pylist()}


def _rules(engine: Engine, bound: BoundSurvey, summary: Summary) -> list[RuleFindings]:
    told = f"state = 'open' AND profile = {string(summary.profile)}"
    found = _rows(engine, f"SELECT rule, count(*) AS n FROM discrepancies WHERE {told} GROUP BY rule")
    first: dict[str, list[Mapping[str, Any]]] = {row["rule"]: [] for row in found}
    for row in _rows(engine, _first_of_each_rule(told)):
        first[row["rule"]].append(row)
    counts = {r.id: r for r in summary.rules}
    findings = []
    for rule, n in ((row["rule"], row["n"]) for row in found):
        count = counts[rule]
        findings.append(
            RuleFindings(rule, count.severity, *rule_words(bound, rule), count.violated, count.applicable, n, first[rule])
        )
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), -f.rate, f.id))


def _first_of_each_rule(told: str) -> str:
    """The first discrepancies of each rule; only those of its first units are put in order, for all of them may be more than a disk holds."""
    last = f"SELECT rule, min(unit) AS unit FROM discrepancies WHERE {told} GROUP BY rule"
    for _ in range(EXAMPLES - 1):
        after = f"discrepancies d JOIN ({last}) l ON d.rule = l.rule AND d.unit > l.unit"
        last = f"SELECT d.rule, min(d.unit) AS unit FROM {after} WHERE {told} GROUP BY d.rule"
    numbered = "d.*, row_number() OVER (PARTITION BY d.rule ORDER BY d.unit, d.source, d.row) AS place"
    first = f"discrepancies d LEFT JOIN ({last}) l ON d.rule = l.rule WHERE {told} AND (l.unit IS NULL OR d.unit <= l.unit)"
    columns = ", ".join(map(name, COLUMNS))
    return f"SELECT {columns} FROM (SELECT {numbered} FROM {first}) WHERE place <= {EXAMPLES} ORDER BY rule, place"


def _rows(engine: Engine, sql: str) -> list[Mapping[str, Any]]:
    return [row for batch in engine.stream(sql) for row in batch.to_pylist()]


def rule_words(bound: BoundSurvey, rule: str) -> tuple[str, str, str]:
    """The title of a rule, what to ask, and why."""
    if written := bound.rules.get(rule):
        return written.model.title[language()], written.model.ask[language()], written.model.why[language()]
    if assurance := unmet_rules(bound).get(rule):
        title = tr("{assurance} is not met, or contradicted", assurance=assurance.model.title[language()])
        return title, assurance.model.ask[language()], ""
    tables = {name: table.model for name, table in bound.tables.items()}
    structural = next(s for s in structural_rules(tables[rule.split(".", maxsplit=1)[0]]) if s.id == rule)
    return wording.title(structural, tables), wording.ask(structural), ""
