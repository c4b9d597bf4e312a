"""The program for one household at a time: what `census_cli.Checker` is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext
from pathlib import Path
from typing import Any

from census_cli.errors import OptionError
from census_cli.expr.nodes import Column
from census_cli.i18n import LANGUAGES, in_language, tr
from census_cli.i18n import language as current_language
from census_cli.identity import secret_key
from census_cli.opening import open_survey
from census_cli.pen import Style
from census_cli.record.cells import Cells
from census_cli.record.findings import Findings
from census_cli.record.functions import EXACT
from census_cli.record.given import Forms, Record, Texts
from census_cli.record.judge import Judge, Judged, Reach
from census_cli.record.relations import Given, Links, Row
from census_cli.record.supplying import Supply
from census_cli.record.verdicts import NOT_JUDGED, Verdicts
from census_cli.results import Discrepancy, Result, VerdictRow
from census_cli.selection import list_checks
from census_cli.sql.plan import Check
from census_cli.sql.relations import Relations
from census_cli.sql.unmet import UNMET
from census_cli.survey.models import SCOPES

KEPT = 64
Members = dict[str, list[tuple[Row, dict[str, int]]]]


class RecordResult(Result):
    """What was found in one household: discrepancies and verdicts as a check of files has them.

    `skipped` names every rule that was not held against it, with the reason; `unknown` are keys that are the name of no field.
    """

    discrepancies: list[Discrepancy]
    verdicts: list[VerdictRow]
    skipped: dict[str, str]
    unknown: list[str]


@dataclass
class Shape:
    """What follows from the columns that are there: how rows are read, what is judged, and what is not."""

    cells: dict[str, Cells]
    absent: dict[str, frozenset[str]]
    checks: dict[str, list[tuple[Check, Judged]]]
    assured: list[Check]
    running: frozenset[str]
    skipped: dict[str, str]
    findings: Findings
    supply: Supply


class Checker:
    """A survey under one profile, compiled to hold one household at a time; the arguments are those of `census_cli.check`.

    To compile takes a moment, so keep it.  Raises census_cli.errors.CensusError for unusable surveys, profiles and options.
    """

    def __init__(
        self,
        survey: str | Path = "registered-households",
        profile: str | None = None,
        *,
        select: str | Sequence[str] = (),
        partial: bool = False,
        as_of: str | None = None,
        language: str | None = None,
        reveal: bool = False,
        audience: str = "office",
    ) -> None:
        if language is not None and language not in LANGUAGES:
            raise OptionError(tr("no language '{name}'; there are {known}", name=language, known=", ".join(LANGUAGES)))
        if audience not in SCOPES:
            raise OptionError(tr("no audience '{name}'; there are {known}", name=audience, known=", ".join(SCOPES)))
        self.bound = open_survey(survey, profile, as_of)
        self._select, self._partial = [select] if isinstance(select, str) else list(select), partial
        self._audience = next(s for s in SCOPES if s == audience)
        self._style = Style(language or current_language(), reveal, secret_key())
        with in_language(self._style.language):
            list_checks(self.bound, {}, {}, self._select)  # refuses what selects no rule
        self._links, self._shapes = Links(self.bound), dict[Any, Shape]()
        self._forms, self._judge, self._reach = Forms(self.bound), Judge(self._links), Reach(self.bound)
        self._verdicts = Verdicts(self._links, [n for n in self.bound.assurances if self._reach.assurance(n)])
        self._rules = {n: self._judge.rule(r) for n, r in self.bound.rules.items() if self._reach.rule(r)}

    def check(
        self, household: Record, persons: Sequence[Record] | None = None, village: Record | None = None, **tables: Any
    ) -> RecordResult:
        """Hold one household with its members, its village and further tables, each by its name, against the survey.

        A record maps names of fields, or the headers and aliases that files may carry, to texts or Python values.  A key that is
        left out is a column that is absent; a form gives every field it has, blank ones as None or ''.
        """
        with in_language(self._style.language), localcontext(EXACT):
            texts, unknown = self._forms.read(household, persons, village, tables)
            shape, given = self._shape(texts), Given()
            shape.supply.fill(texts)
            for table, rows in texts.items():
                told = {"made": self._links.made[table], "absent": shape.absent[table]}
                given.rows[table] = [shape.cells[table].row(t, n, given, **told) for n, t in enumerate(rows, 1)]
            lines = [line for table, rows in given.rows.items() for line in self._found(shape, table, rows)]
            verdicts = list(self._decide(shape, given, lines))
        lines.sort(key=lambda line: [line[c] for c in ("rule", "table", "unit", "source", "row")])
        verdicts.sort(key=lambda v: (v.table, v.unit, v.assurance))
        found = [Discrepancy(**line) for line in lines]
        return RecordResult(discrepancies=found, verdicts=verdicts, skipped=shape.skipped, unknown=unknown)

    def _shape(self, texts: Mapping[str, list[Texts]]) -> Shape:
        """Made once for the same columns; forms have few shapes."""
        key = tuple((table, tuple(dict.fromkeys(c for row in rows for c in row)), bool(rows)) for table, rows in texts.items())
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= KEPT:
                self._shapes.clear()
            shape = self._shapes[key] = self._made({t: self._forms.columns(t, rows) for t, rows in texts.items()})
        return shape

    def _made(self, stored: dict[str, dict[str, str]]) -> Shape:
        bound, supply = self.bound, Supply(self._links, stored)
        relations = Relations(bound, stored)
        checks = list_checks(bound, stored, {}, self._select, self._partial, supply.settled, audience=self._audience)
        for check in checks:
            if not check.skipped and not self._answers(check):
                check.skipped = tr("one household does not tell; check the whole survey")
        running: dict[str, list[tuple[Check, Judged]]] = {table: [] for table in stored}
        for check in checks:
            if not check.skipped and (judged := self._judged(check)):
                running[check.table].append((check, judged))
        return Shape(
            {t: Cells(bound.tables[t].model, bound.codes, there) for t, there in stored.items()},
            {t: _absent(relations, t) for t in stored},
            running,
            [c for c in checks if c.assurance and not c.skipped],
            frozenset(c.id for c in checks if not c.skipped),
            {c.id: c.skipped for c in checks if c.skipped},
            Findings(self._links, stored, checks, self._style),
            supply,
        )

    def _answers(self, check: Check) -> bool:
        if check.written:
            return check.id in self._rules
        if check.assurance:
            return self._reach.assurance(check.assurance.model.name) and self._reach.should_be_met()
        return check.structural is None or self._reach.structural(check.structural)

    def _judged(self, check: Check) -> Judged | None:
        if check.structural:
            of_row = check.structural.kind in ("unique", "reference")
            return self._judge.structural(check.structural) if of_row else None
        return self._rules[check.id] if check.written else None

    def _found(self, shape: Shape, table: str, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
        for check, judged in shape.checks[table]:
            for row in judged.violated(rows):
                yield shape.findings.of_rule(check, row)
        for row in rows:
            if row.faults:
                yield from (line for line in shape.findings.of_cells(table, row) if line["rule"] in shape.running)

    def _decide(self, shape: Shape, given: Given, lines: list[dict[str, Any]]) -> Iterator[VerdictRow]:
        """The verdicts on members and household; where one should be met and is not, a discrepancy is added to the lines."""
        decided, unit = self._verdicts, self.bound.file.registered_unit
        members: Members = {}
        for table in {a.model.table: None for a in self.bound.assurances.values() if a.model.table != unit}:
            for row in given.rows.get(table, ()):
                endings = {n: decided.ending(n, row) for n in decided.of(table)}
                yield from shape.findings.verdicts(table, row, decided.told(table, endings))
                if self._links.above(row, table, unit) is not None:
                    members.setdefault(table, []).append((row, endings))
        for row in given.rows[unit]:
            endings = decided.of_unit(row, members)
            yield from shape.findings.verdicts(unit, row, decided.told(unit, endings))
            lines += self._unmet(shape, row, endings, members)

    def _unmet(self, shape: Shape, row: Row, endings: Mapping[str, int], members: Members) -> Iterator[dict[str, Any]]:
        if not shape.assured or not self._verdicts.should_be_met(row):
            return
        for check in shape.assured:
            assurance = check.assurance
            assert assurance is not None
            name, ending = assurance.model.name, endings[assurance.model.name]
            if assurance.endings[ending].verdict in UNMET:
                own = [(m, ends[name]) for m, ends in members.get(assurance.model.table, ()) if ends[name] != NOT_JUDGED]
                yield shape.findings.of_assurance(check, row, ending, own)


def _absent(relations: Relations, table: str) -> frozenset[str]:
    """The derived fields that lack what they are made of."""
    kinds = relations.bound.tables[table].kinds
    return frozenset(d for d in relations.bound.tables[table].derived if relations.absent(table, Column(None, d, kinds[d])))
