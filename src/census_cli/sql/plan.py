"""The whole plan of a check as SQL: tables made once, then each table judged in one pass, from which violations and counts are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from census_cli.expr.assurances import BoundAssurance
from census_cli.expr.bound import BoundRule, BoundSurvey
from census_cli.expr.nodes import Column, Node
from census_cli.sql import grammar, spelling
from census_cli.sql.cells import Cells
from census_cli.sql.counts import cell_counts, counted, rule_counts
from census_cli.sql.judge import Judge, Judgement, Lookup
from census_cli.sql.lists import ListPlan
from census_cli.sql.packed import Packed
from census_cli.sql.relations import Relations, Stored, repeated
from census_cli.sql.showing import Shown, shown_rows
from census_cli.sql.verdicts import Verdicts
from census_cli.sql.words import Vocabulary, both, either, listed, name
from census_cli.structure import Structural, structural_rules
from census_cli.survey.models import Scope, Severity

Made = list[tuple[str, str]]


@dataclass
class Check:
    """One rule as this run treats it; `skipped` is the reason why it does not run, or None."""

    id: str
    table: str
    severity: Severity
    scope: Scope
    fields: tuple[str, ...]
    skipped: str | None = None
    written: BoundRule | None = None
    structural: Structural | None = None
    assurance: BoundAssurance | None = None


@dataclass
class TablePlan:
    """What is run on one table.  `cells` are the fields whose cells are held against their constraints.

    `judged` is all its rows with the two conditions of each rule, and `alone` finds the violations by itself.  A check makes
    once, under the name `made`, what `judgements` came to: `making`, from which violations and counts are then read.  What
    the violations show is read from them where they lie under the name `hits`.
    """

    table: str
    checks: list[Check]
    judgements: dict[str, Judgement] = field(default_factory=dict)
    cells: list[str] = field(default_factory=list)
    judged: str = ""
    alone: str = ""
    made: str = ""
    making: str = ""
    violations: str = ""
    counts: str = ""
    showing: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        self.name = self.name or self.table

    @property
    def hits(self) -> str:
        """The name of the table of the rows that were hit."""
        return f"hits_{self.name}"

    @property
    def shown(self) -> str:
        """The name of the table of what is shown of them."""
        return f"shown_{self.name}"


@dataclass
class Plan:
    """Tables to be made, as (name, SQL), and the scans of each table.

    Of the tables `made` those of one stage do not hang on one another; `decided`, the verdicts and the lists, come after
    them one by one.  `links` tells for tables made of which columns, as (table, column), rows find them.
    """

    made: list[Made] = field(default_factory=list)
    links: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    decided: Made = field(default_factory=list)
    tables: list[TablePlan] = field(default_factory=list)
    relations: Relations | None = None
    verdicts: Verdicts | None = None
    lists: ListPlan | None = None


def make_plan(
    bound: BoundSurvey,
    stored: Stored,
    checks: Iterable[Check],
    shown: Mapping[str, Shown],
    small: Collection[str] = (),
    run: int = 0,
) -> Plan:
    """Plan the checks that are not skipped, and the verdicts of one of several runs.

    `shown` names for each table what messages and findings show of its rows; of `small` tables the cells were conformed beforehand, and what they came to is held instead of bits.
    """
    relations = Relations(bound, stored, small)
    plan, lookups = Plan(relations=relations, verdicts=Verdicts(relations, run)), dict[str, Lookup]()
    groups = {table: [c for c in checks if c.table == table] for table in bound.file.tables if table in stored}
    for group in groups.values():
        for check in group:
            if check.written and not check.skipped:
                for node in check.written.nodes():
                    relations.register(check.table, node)
    assert plan.verdicts is not None
    plan.verdicts.register()
    if bound.lists and bound.assurances and bound.file.registered_unit in stored:
        plan.lists = ListPlan(relations, run)
        plan.lists.register()
    for table, columns in shown.items():
        for node in derived_shown(bound, table, columns.own):
            relations.register(table, node)
    for table, group in groups.items():
        table_plan = TablePlan(table, group, made=f"judged_{table}")
        _fill(table_plan, relations, lookups, shown.get(table, Shown()), small=table in small)
        plan.tables.append(table_plan)
    lent, verdicts = relations.lent_tables(), plan.verdicts.tables()
    parents = {p for t in (*shown, *relations.joined) for p in (*bound.tables[t].parents, t) if p in stored}
    for table in sorted(parents):
        key_rule = next(r for r in structural_rules(bound.tables[table].model) if r.kind == "unique")
        if all(f in stored[table] for f in key_rule.fields):
            _, lookup = Judge(relations, table).structural(key_rule)
            lookups.setdefault(lookup.name, lookup)
    keys = [(x.name, x.sql) for x in lookups.values() if x.name in {repeated(t) for t in groups}]
    others = [(x.name, x.sql) for x in lookups.values() if (x.name, x.sql) not in keys]
    plan.made, plan.decided = [keys, *lent, others], verdicts
    plan.links = {x.name: x.links for x in lookups.values()} | {x.name: relations.links(x) for x in relations.lendings}
    if plan.lists:
        plan.decided.append((plan.lists.made, plan.lists.sql()))
    return plan


def vocabulary(bound: BoundSurvey) -> Vocabulary:
    """The words of a plan that an engine must be taught."""
    types, functions = grammar.words((t.model for t in bound.tables.values()), bound.codes)
    cells = {function: ("x", sql) for function, sql in functions.items()}
    return Vocabulary(types, cells | spelling.words(), grammar.text_of)


def derived_shown(bound: BoundSurvey, table: str, columns: Iterable[str]) -> list[Node]:
    """The derived fields among the columns that are shown."""
    held = bound.tables[table]
    return [Column(None, c, held.kinds[c]) for c in columns if c in held.derived]


def _fill(plan: TablePlan, relations: Relations, lookups: dict[str, Lookup], shown: Shown, *, small: bool) -> None:
    """Write the scans of a table into its plan."""
    _judge(plan, Judge(relations, plan.table), lookups)
    cells = relations.cells(plan.table)
    stored = [f for f in shown.own if f in relations.stored[plan.table]]
    derived = [c for c in derived_shown(relations.bound, plan.table, shown.own) if not relations.absent(plan.table, c)]
    loose = [f for f in plan.cells if not cells.field(f).constraints.required]
    raws = [*loose, *cells.disputes()]
    told: list[Node] = [Column(None, f, relations.bound.tables[plan.table].kinds[f]) for f in loose if cells.needs_value(f)]
    hits, counts = _hits(plan, cells), _counts(plan, cells)
    kept = shown_cells(relations, plan.table, shown.own, derived)
    plan.judged = _judged(relations, plan, dict.fromkeys([*stored, *raws]), [*derived, *told])
    plan.alone = _violations(hits, kept, f"({plan.judged})")
    plan.showing = shown_rows(relations, plan.table, plan.hits, shown, list(hits))
    if small:
        plan.making, plan.violations = plan.judged, _violations(hits, kept, name(plan.made))
        plan.counts = f"SELECT {counted(counts)}\nFROM {name(plan.made)}"
        return
    packed = Packed(
        _cell_counts(plan, cells) | _faults(plan, cells), {j: (name(j + ".w"), name(j + ".a")) for j in plan.judgements}
    )
    plan.making = f"SELECT {listed(['source', 'row', *packed.columns()])}\nFROM ({_judged(relations, plan, raws, told)})"
    plan.counts = packed.counts(plan.made, counts)
    found = f"SELECT * FROM {name(plan.made)} WHERE {packed.some(hits)}"
    among = f"SELECT source, row FROM ({found})"
    rows = relations.select(plan.table, [*_keys(relations, plan.table), *derived], stored, among=among)
    bits = {hit: packed.some([hit]) for hit in hits}
    plan.violations = _violations(bits, kept, f"({rows}) JOIN ({found}) USING (source, row)")


def _judge(plan: TablePlan, judge: Judge, lookups: dict[str, Lookup]) -> None:
    """The fields whose cells are judged, and how each other rule is."""
    for check in plan.checks:
        if check.skipped or check.assurance:
            continue
        if check.structural and check.structural.kind not in ("unique", "reference"):
            if check.fields and check.fields[0] not in plan.cells:
                plan.cells.append(check.fields[0])
            continue
        judgement, lookup = judge.structural(check.structural) if check.structural else judge.rule(check.written)  # type: ignore[arg-type]
        plan.judgements[check.id] = judgement
        if lookup:
            known = lookups.get(lookup.name, lookup)
            lookups[lookup.name] = replace(known, links=known.links | lookup.links)


def _hits(plan: TablePlan, cells: Cells) -> dict[str, str]:
    """When a rule is violated, by its id, and a cell not sound, by `!` and its field."""
    return {j: rule_counts(judgement)[f"{j}.violated"] for j, judgement in plan.judgements.items()} | _faults(plan, cells)


def _faults(plan: TablePlan, cells: Cells) -> dict[str, str]:
    return {"!" + f: both([cells.faulty(f), *(f"NOT {c}" for c in [cells.contested(f)] if c)]) for f in plan.cells}


def _cell_counts(plan: TablePlan, cells: Cells) -> dict[str, str]:
    return {n: c for f in plan.cells for n, c in cell_counts(cells, f).items()}


def _counts(plan: TablePlan, cells: Cells) -> dict[str, str]:
    """All conditions that are counted."""
    return _cell_counts(plan, cells) | {n: c for j in plan.judgements.values() for n, c in rule_counts(j).items()}


def _violations(hits: Mapping[str, str], kept: Iterable[str], rows: str) -> str:
    """A SELECT of the rows that were hit, by what, and what is shown of them."""
    flags = [f"{sql} AS {name(hit)}" for hit, sql in hits.items()]
    return f"SELECT {listed(['source', 'row', *flags, *kept])}\nFROM {rows} WHERE {either(hits.values())}"


def _keys(relations: Relations, table: str) -> list[Node]:
    """The columns by which rows of a table and of others find one another."""
    held = relations.bound.tables[table]
    keys = dict.fromkeys([*held.model.primaryKey, *(f for fields in held.parents.values() for f in fields)])
    return [Column(None, k, held.kinds[k]) for k in keys if k in relations.stored[table]]


def shown_cells(relations: Relations, table: str, shown: list[str], derived: list[Node]) -> list[str]:
    """The columns of a hit that are kept for its words: cells as stored, derived fields, and the keys that lead elsewhere."""
    raws = [name(f + "~") for f in shown if f in relations.stored[table]]
    keys = [c for c in relations.bound.tables[table].model.primaryKey if c in relations.stored[table]]
    above = [f for fields in relations.bound.tables[table].parents.values() for f in fields]
    keys += [f for f in dict.fromkeys(above) if f in relations.stored[table] and f not in keys]
    return [*raws, *(name(d.name) for d in derived if isinstance(d, Column)), *(name(k) for k in keys)]


def _judged(relations: Relations, plan: TablePlan, raws: Iterable[str], nodes: Iterable[Node]) -> str:
    """All rows with the two conditions of each rule and what counts read: parts made, tables looked up."""
    judgements = list(plan.judgements.values())
    read = [*_keys(relations, plan.table), *(n for j in judgements for n in j.nodes), *nodes]
    sql = relations.select(plan.table, read, raws, flags=plan.cells)
    parts = [f"{made} AS {name(part)}" for j in judgements for part, made in j.parts.items()]
    if parts:
        sql = f"SELECT *, {listed(parts)}\nFROM ({sql})"
    joins = [j for j in judgements if j.join]
    if joins:
        sql = f"SELECT rows.*, {listed(j.found for j in joins)}\nFROM ({sql}) rows\n" + "\n".join(j.join for j in joins)
    pairs = [f"{j.when} AS {name(j.id + '.w')}, {j.asserts} AS {name(j.id + '.a')}" for j in judgements]
    return f"SELECT *, {listed(pairs)}\nFROM ({sql})" if pairs else sql
