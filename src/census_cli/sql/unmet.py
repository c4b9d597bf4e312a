"""The scans for assurances that are not met where they should be: which households, which members, and how often; and all verdicts as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from census_cli.expr.assurances import BoundAssurance
from census_cli.expr.bound import BoundSurvey
from census_cli.expr.nodes import Column, Node
from census_cli.i18n import places
from census_cli.sql.counts import counted, rule_counts
from census_cli.sql.grammar import text_of
from census_cli.sql.judge import Judgement
from census_cli.sql.plan import TablePlan, derived_shown, shown_cells
from census_cli.sql.relations import Relations
from census_cli.sql.showing import Shown, derived_text, shown_rows, unit_rows
from census_cli.sql.verdicts import Verdicts, of_ending
from census_cli.sql.words import either, listed, name, string
from census_cli.survey.models import VERDICTS, Verdict

UNMET: tuple[Verdict, ...] = ("not_met", "contradiction")
UNMET_RULE = "ASR-"


def unmet_rules(bound: BoundSurvey) -> dict[str, BoundAssurance]:
    """The rules that an assurance be met, by id; the worst of several assurances has none of its own."""
    return {UNMET_RULE + n: a for n, a in bound.assurances.items() if a.cases and bound.discrepancy_when is not None}


@dataclass
class Unmet:
    """Spells the scans of one run into its plan; `rules` are those that are run."""

    verdicts: Verdicts
    plan: TablePlan
    shown: Shown
    rules: dict[str, BoundAssurance] = field(default_factory=dict)

    @property
    def relations(self) -> Relations:
        """The tables as rules see them."""
        return self.verdicts.relations

    def fill(self) -> None:
        """Write the scans into the plan."""
        self.plan.showing = self._rows()
        unit = self.verdicts.unit
        pairs = []
        for rule, assurance in self.rules.items():
            self.plan.judgements[rule] = Judgement(rule, [], "", "")
            met = ["NULL" if e.verdict == "unknown" else str(e.verdict not in UNMET).upper() for e in assurance.endings]
            pairs += [
                f"{name('<applies>')} AS {name(rule + '.w')}",
                f"{of_ending(met, name(assurance.model.name))} AS {name(rule + '.a')}",
            ]
        self.plan.judged = f"SELECT {listed(['*', *pairs])}\nFROM {name(self.verdicts.table(unit))}"
        counts = {n: c for j in self.plan.judgements.values() for n, c in rule_counts(j).items()}
        self.plan.counts = f"SELECT {counted(counts)}\nFROM ({self.plan.judged})"
        hits = {r: f"{name(r + '.w')} AND NOT {name(r + '.a')}" for r in self.rules}
        flags = [f"{sql} AS {name(r)}" for r, sql in hits.items()]
        endings = [f"{name(a.model.name)} AS {name('#' + a.model.name)}" for a in self.rules.values()]
        held, key = self.relations.bound.tables[unit], self.relations.bound.tables[unit].model.primaryKey[-1]
        derived = [d for d in derived_shown(self.relations.bound, unit, self.shown.own) if not self.relations.absent(unit, d)]
        keys: list[Node] = [
            Column(None, k, held.kinds[k])
            for k in dict.fromkeys([key, *(f for fields in held.parents.values() for f in fields)])
            if k in self.relations.stored[unit]
        ]
        found = f"SELECT {listed(['source', 'row', *flags, *endings])}\nFROM ({self.plan.judged}) WHERE {either(hits.values())}"
        cells = [c for c in self.shown.own if c in self.relations.stored[unit]]
        rows = self.relations.select(unit, [*keys, *derived], cells, among=f"SELECT source, row FROM ({found})")
        kept = [
            "rows.source",
            "rows.row",
            *(f"found.{name(x)}" for x in (*hits, *("#" + a.model.name for a in self.rules.values()))),
        ]
        kept += [f"rows.{c}" for c in shown_cells(self.relations, unit, self.shown.own, derived)]
        self.plan.violations = f"SELECT {listed(kept)}\nFROM ({rows}) rows JOIN ({found}) found USING (source, row)"

    def _rows(self) -> str:
        """The households that were hit with what is shown of them, and of each assurance of persons the members concerned."""
        flags = [*self.rules, *("#" + a.model.name for a in self.rules.values())]
        sql = shown_rows(self.relations, self.verdicts.unit, self.plan.hits, self.shown, flags)
        for rule, assurance in self.rules.items():
            if assurance.model.table != self.verdicts.unit and self.verdicts.linked(assurance.model.table):
                members = self._members(rule, assurance)
                sql = f"SELECT shown.*, members.{name('@' + assurance.model.name)}\nFROM ({sql}) shown LEFT JOIN ({members}) members USING (source, row)"
        return sql

    def _members(self, rule: str, assurance: BoundAssurance) -> str:
        """For each household hit the members whose verdict is to blame, as a list of what their words need."""
        table, relations = assurance.model.table, self.relations
        held, unit = relations.bound.tables[table], relations.bound.tables[self.verdicts.unit].model
        (foreign,), number = held.parents[unit.name], held.model.primaryKey[-1]
        told = member_words(assurance)
        derived = [d for d in derived_shown(relations.bound, table, told) if not relations.absent(table, d)]
        cells = [c for c in told if c in relations.stored[table]]
        keys: list[Node] = [Column(None, k, held.kinds[k]) for k in (foreign, number) if k in relations.stored[table]]
        blamed = of_ending([str(e.verdict in UNMET).upper() for e in assurance.endings], name(assurance.model.name))
        among = f"SELECT source, row FROM {name(self.verdicts.table(table))} WHERE {blamed}"
        rows = relations.select(table, [*keys, *derived], cells, among=among)
        parts = [f"ending := v.{name(assurance.model.name)}"]
        parts += [f"{name(c)} := coalesce({text_of('p.' + name(c + '~'), relations.stored[table][c])}, '')" for c in cells]
        parts += [f"{name(d.name)} := {derived_text(f'p.{name(d.name)}', d.kind)}" for d in derived if isinstance(d, Column)]
        order = [f"length(p.{name(number)})", f"p.{name(number)}"] if number in relations.stored[table] else []
        members = f"list(struct_pack({', '.join(parts)}) ORDER BY {', '.join([*order, 'p.source', 'p.row'])})"
        own, theirs = relations.link("hits", unit.primaryKey[-1:]), relations.link("p", [foreign])
        return (
            f"SELECT hits.source, hits.row, {members} AS {name('@' + assurance.model.name)}\nFROM {name(self.plan.hits)} hits"
            f" JOIN ({rows}) p ON {theirs} = {own}"
            f" JOIN {name(self.verdicts.table(table))} v ON v.source = p.source AND v.row = p.row\n"
            f"WHERE hits.{name(rule)} GROUP BY hits.source, hits.row"
        )


def member_words(assurance: BoundAssurance) -> list[str]:
    """The columns of a member that the words about it need."""
    texts = [assurance.model.who, *(r.model.message for c in assurance.cases for r in c.reasons)]
    return list(dict.fromkeys(p for t in texts if t for p in places(t.en)))


def shown_of_unmet(bound: BoundSurvey, rules: Sequence[str]) -> Shown:
    """What the findings of these rules show of a household, its ancestors and its members."""
    unit, shown = bound.file.registered_unit, Shown()
    own = dict.fromkeys(bound.tables[unit].model.primaryKey)
    above: dict[str, None] = {}
    for columns in bound.file.context.values():
        if column := columns.get(unit):
            (above if "." in column else own)[column] = None
    for rule in rules:
        assurance = unmet_rules(bound)[rule]
        if assurance.model.table == unit:
            own |= dict.fromkeys(member_words(assurance))
        for column in (f for c in assurance.cases if c.verdict in UNMET for r in c.reasons for f in r.fields):
            table, _, cell = column.rpartition(".")
            if not table:
                own[column] = None
            elif table in bound.tables[unit].children:
                cells = shown.children.setdefault(table, [])
                cells += [cell] if cell not in cells else []
                told = shown.child_rules.setdefault(table, [])
                told += [rule] if rule not in told else []
            else:
                above[column] = None
    shown.own, shown.above = list(own), list(above)
    return shown


def verdict_rows(verdicts: Verdicts, language: str) -> str:
    """All verdicts of a run, a row each; `source` and `row` tell apart units that share a key."""
    selects = [_rows_of(verdicts, table, assurance, language) for table in verdicts.judged() for assurance in verdicts.of(table)]
    return "\nUNION ALL\n".join(selects)


def _rows_of(verdicts: Verdicts, table: str, assurance: str, language: str) -> str:
    bound, ending = verdicts.relations.bound, f"v.{name(assurance)}"
    told = [f"{string(assurance)} AS assurance", *_told(bound.assurances[assurance], ending, bound, language)]
    return unit_rows(verdicts.relations, table, verdicts.table(table), told, f"{ending} <> -1")


def _told(assurance: BoundAssurance, ending: str, bound: BoundSurvey, language: str) -> list[str]:
    others = assurance.model.worst_of
    if others:
        verdict = of_ending([string(v) for v in VERDICTS], f"({ending} >> {len(others)})")

        def those(words: Sequence[str], sign: str) -> str:
            chosen = [f"CASE WHEN ({ending} >> {i}) & 1 = 1 THEN {string(w)} END" for i, w in enumerate(words)]
            return f"concat_ws({string(sign)}, {', '.join(chosen)})"

        titles = [bound.assurances[o].model.title[language] for o in others]
        return [
            f"{verdict} AS verdict",
            f"{those(others, ',')} AS reason_code",
            f"{those(titles, '、' if language == 'zh' else ', ')} AS reason",
        ]
    endings = assurance.endings
    return [
        f"{of_ending([string(e.verdict) for e in endings], ending)} AS verdict",
        f"{of_ending([string(e.code) for e in endings], ending)} AS reason_code",
        f"{of_ending([string(e.text[language]) for e in endings], ending)} AS reason",
    ]
