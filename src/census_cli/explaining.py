"""All that is known of one household: its rows, its discrepancies, and the way through each decision table with the values that decided."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from census_cli.checking import Checked
from census_cli.errors import InputError
from census_cli.expr.assurances import BoundAssurance, BoundCase, BoundReason
from census_cli.expr.bound import BoundSurvey
from census_cli.findings import Explanation, Line, Path, Record
from census_cli.i18n import fill, language, places, tr
from census_cli.identity import mask
from census_cli.options import Options
from census_cli.overview import rule_words
from census_cli.results import verdict_words
from census_cli.sql.explaining import Related, derived_read, path_rows, rows_of
from census_cli.sql.verdicts import Verdicts
from census_cli.sql.words import string
from census_cli.survey.models import VERDICTS, FieldModel

Row = Mapping[str, Any]
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")


def explain(checked: Checked, unit: str, options: Options) -> Explanation:
    """Explain one household of a finished check, or that of a member; raises InputError when there is none of that name."""
    unit = unit.partition("/")[0].replace("%2F", "/")
    verdicts = checked.runs[0]
    explainer = _Explainer(checked, verdicts, verdicts.relations.bound, options)
    related = explainer.related(unit)
    own = verdicts.relations.bound.tables[verdicts.relations.bound.file.registered_unit].model
    key = own.field(own.primaryKey[-1])
    if key and unit in (key.missingValues or []):  # many may say so, and none is called by it
        raise InputError(tr("no household '{unit}' in these data", unit=unit))
    found = Explanation(unit, checked.summary.profile, list(explainer.records(related)))
    if not found.records:
        raise InputError(tr("no household '{unit}' in these data", unit=unit))
    found.discrepancies = list(explainer.discrepancies(unit))
    found.paths = list(explainer.paths(related))
    found.overall = explainer.overall(unit)
    found.listed = explainer.listed(unit)
    return found


@dataclass(frozen=True)
class _Explainer:
    checked: Checked
    verdicts: Verdicts
    bound: BoundSurvey
    options: Options

    def related(self, unit: str) -> list[Related]:
        """Where rows of the household are looked for: its own table, those it looks up by its key, its members."""
        own = self.bound.file.registered_unit
        key = self.bound.tables[own].model.primaryKey[-1]
        wanted = [Related(own, key, unit)]
        wanted += [
            Related(p, self.bound.tables[p].model.primaryKey[-1], unit)
            for p, f in self.bound.tables[own].parents.items()
            if f == (key,)
        ]
        wanted += [Related(c, f[0], unit) for c, f in self.bound.tables[own].children.items()]
        stored = self.verdicts.relations.stored
        return [r for r in wanted if r.column in stored.get(r.table, {})]

    def records(self, related: Sequence[Related]) -> Iterator[Record]:
        for each in related:
            model = self.bound.tables[each.table].model
            for row in self._stream(rows_of(self.verdicts.relations, each)):
                cells = [(f.title[language()], self._masked(f, row[f.name])) for f in model.fields if row.get(f.name)]
                where = tr("{source}, record {row}", source=row["source"], row=row["row"])
                yield Record(f"{model.title[language()]} · {where}", cells)

    def discrepancies(self, unit: str) -> Iterator[Row]:
        own = self.bound.file.registered_unit
        key = unit.replace("/", "%2F")
        beside = [r.table for r in self.related(unit) if r.table not in (own, *self.bound.tables[own].children)]
        members = ", ".join(string(c) for c in self.bound.tables[own].children) or "''"
        same = ", ".join(string(t) for t in (own, *beside))
        where = f'("table" IN ({same}) AND unit = {string(key)}) OR ("table" IN ({members}) AND starts_with(unit, {string(key + "/")}))'
        for row in self._stream(
            f"SELECT * FROM discrepancies WHERE profile = {string(self.bound.profile)} AND ({where}) ORDER BY rule, unit"
        ):
            title, ask, _ = rule_words(self.bound, row["rule"])
            yield {**row, "title": title, "ask": ask}

    def listed(self, unit: str) -> str:
        """The list that each row of the household is on, written or not, and why."""
        said = []
        for plan in self.checked.listed[:1]:
            title, lists = plan.lists.model.title[language()], {x.name: x.title[language()] for x in plan.lists.model.lists}
            of = f"unit = {string(unit.replace('/', '%2F'))}"
            for row in self._stream(
                f"SELECT * FROM ({plan.listed_rows(language(), every=True)}) WHERE {of} ORDER BY source, row"
            ):
                said.append(tr("{title}: {value} ({reason})", title=title, value=lists[row["list"]], reason=row["reason"]))
        return "\n".join(dict.fromkeys(said))

    def overall(self, unit: str) -> str:
        """The worst of all, of each row of the household."""
        own, rows = self.bound.file.registered_unit, self.checked.verdict_rows()
        if rows is None:
            return ""
        said = []
        of = f'"table" = {string(own)} AND unit = {string(unit.replace("/", "%2F"))} AND profile = {string(self.bound.profile)}'
        for row in self._stream(f"SELECT * FROM ({rows}) WHERE {of} ORDER BY source, row"):
            assurance = self.bound.assurances[row["assurance"]]
            if assurance.model.worst_of:
                verdict, title = verdict_words(row["verdict"]), assurance.model.title[language()]
                said.append(tr("{title}: {value} ({reason})", title=title, value=verdict, reason=row["reason"]))
        return "\n".join(dict.fromkeys(said))

    def paths(self, related: Sequence[Related]) -> Iterator[Path]:
        """The way of each row through each decision table, the bad news first."""
        judged = self.verdicts.judged()
        rows = {r.table: list(self._stream(path_rows(self.verdicts, r.table, r))) for r in related if r.table in judged}
        cells = {
            r.table: {(c["source"], c["row"]): c for c in self._stream(rows_of(self.verdicts.relations, r))} for r in related
        }
        found = []
        for assurance in (a for a in self.bound.assurances.values() if a.cases):
            table, name = assurance.model.table, assurance.model.name
            held = [r for r in rows.get(table, []) if r[name] >= 0]
            found += [self._path(assurance, r, cells[table][r["source"], r["row"]], len(held) > 1) for r in held]
            if not held and rows.get(self.bound.file.registered_unit):
                ending = assurance.endings[-1]
                found.append(Path(assurance.model.title[language()], "", ending.verdict, ending.text[language()], []))
        yield from sorted(found, key=lambda path: VERDICTS.index(path.verdict))

    def _path(self, assurance: BoundAssurance, row: Row, cells: Row, several: bool) -> Path:
        ending = assurance.endings[row[assurance.model.name]]
        table, lines, seen = assurance.model.table, list[Line](), set[str]()
        for number, case in enumerate(assurance.cases if row[assurance.model.name] else []):
            label = f"{assurance.model.name}.{number}"
            held = [j for j in range(len(case.reasons)) if row[f"{label}.{j}"]]
            unreadable = bool(row[label + "!"])
            if unreadable or held:
                lines.append(self._deciding(assurance, case, number, [] if unreadable else held, row, cells))
                break
            lines.append(self._passed_over(assurance, case, number, cells, seen))
        who = assurance.model.who
        told = ""
        if who is not None:
            told = fill(who[language()], {p: self._value(table, p, row, cells) for p in places(who.en)})
        elif several:
            told = tr("{source}, record {row}", source=row["source"], row=row["row"])
        return Path(assurance.model.title[language()], told, ending.verdict, ending.text[language()], lines)

    def _passed_over(self, assurance: BoundAssurance, case: BoundCase, number: int, cells: Row, seen: set[str]) -> Line:
        """A line that did not hold: what it says, and the answers that it read and no line above had."""
        table = assurance.model.table
        fresh = [f for f in self._own_fields(table, case.reasons) if f not in seen]
        seen |= set(fresh)
        read = [(self._title(table, f), self._value(table, f, {}, cells) or tr("blank")) for f in fresh]
        says = " / ".join(r.model.text[language()] for r in case.reasons)
        return Line(number + 1, case.verdict, says, False, read)

    def _deciding(
        self, assurance: BoundAssurance, case: BoundCase, number: int, held: Sequence[int], row: Row, cells: Row
    ) -> Line:
        """The line that decided: the reasons that hold, with all they read and what that was held against."""
        table = assurance.model.table
        shown = [case.reasons[j] for j in held] or list(case.reasons)
        names = " ".join(r.model.when or "" for r in shown)
        derived = [c for c in derived_read(self.verdicts.relations, table, assurance) if re.search(rf"\b{c.name}\b", names)]
        read = [(self._title(table, d.name), self._value(table, d.name, row, cells)) for d in derived]
        own = [(f, self._value(table, f, row, cells)) for f in self._own_fields(table, shown)]
        read += [(self._title(table, f), value or tr("blank")) for f, value in own if value or not derived]
        yes_no = [d.name for d in derived if d.kind.name == "boolean"]
        read += self._limits(" ".join([names, *self._expressions(table, yes_no)]))
        if not held:
            return Line(number + 1, "unknown", tr("an answer cannot be read"), True, read)
        return Line(number + 1, case.verdict, tr("; ").join(r.model.text[language()] for r in shown), True, read)

    def _own_fields(self, table: str, reasons: Sequence[BoundReason]) -> list[str]:
        fields = dict.fromkeys(f for r in reasons for f in r.fields)
        return [f.rpartition(".")[2] for f in fields if self._is_own(table, f)]

    def _is_own(self, table: str, column: str) -> bool:
        owner, _, _ = column.rpartition(".")
        return (owner or self.bound.file.registered_unit) == table

    def _expressions(self, table: str, derived: Sequence[str]) -> list[str]:
        return [d.expression for d in self.bound.tables[table].model.derived if d.name in derived]

    def _limits(self, expressions: str) -> list[tuple[str, str]]:
        """The profile's values that a line holds its answers against; lists of answers speak for themselves."""
        found = dict.fromkeys(_PARAMETER.findall(expressions))
        values = {p: self.bound.parameters[p] for p in found if p in self.bound.parameters}
        return [(v.title[language()], str(v.value)) for v in values.values() if not isinstance(v.value, list | dict | bool)]

    def _title(self, table: str, column: str) -> str:
        model = self.bound.tables[table].model
        titles = {f.name: f.title for f in model.fields} | {d.name: d.title for d in model.derived}
        return titles[column][language()]

    def _value(self, table: str, column: str, row: Row, cells: Row) -> str:
        model = self.bound.tables[table].model.field(column)
        if model is not None:
            return self._masked(model, str(cells.get(column) or ""))
        value = row.get("=" + column)
        return {"true": tr("yes"), "false": tr("no"), None: tr("unknown")}.get(value, str(value))

    def _masked(self, model: FieldModel, text: str) -> str:
        return text if self.options.reveal else mask(text, model.pii, self.options.key)

    def _stream(self, sql: str) -> Iterator[Row]:
        for batch in self.checked.engine.stream(sql):
            yield from batch.to_pylist()
