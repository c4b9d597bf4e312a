"""Runs the examples of rules and decision tables, which are their tests, through the real engine: each is a survey of a few rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from census_cli.conform import cell_text
from census_cli.engines.base import Engine
from census_cli.expr.assurances import BoundAssurance, Ending
from census_cli.expr.bound import BoundRule, BoundSurvey, BoundTable
from census_cli.expr.lists import Place
from census_cli.sql.lists import PLACE
from census_cli.sql.plan import Check, make_plan
from census_cli.sql.words import name
from census_cli.survey.models import VERDICTS, FieldModel, FieldType, Outcome, Text, Verdict

Rows = dict[str, list[dict[str, Any]]]

KEY = "1" * 12  # conforms to every key of a survey, a region code of twelve digits included

_TYPES: dict[str, FieldType] = {"decimal": "number", "boolean": "boolean", "date": "date", "datetime": "datetime"}


@dataclass(frozen=True)
class ExampleResult:
    """One example: what it was said to be and what it is."""

    rule: str
    expected: Outcome
    number: int
    actual: Outcome

    @property
    def holds(self) -> bool:
        return self.expected == self.actual


def run_examples(engine: Engine, bound: BoundSurvey, rule: BoundRule) -> Iterator[ExampleResult]:
    """The outcome of every example of a rule."""
    for expected, examples in rule.model.examples.items():
        for number, example in enumerate(examples, 1):
            yield ExampleResult(rule.model.id, expected, number, outcome(engine, bound, rule, example))


def outcome(engine: Engine, bound: BoundSurvey, rule: BoundRule, example: Mapping[str, Any]) -> Outcome:
    """The outcome of one rule on one example."""
    table = rule.model.table
    variant, stored = _hold(engine, bound, table, example)
    check = Check(rule.model.id, table, rule.model.severity, rule.model.scope, (), written=rule)
    plan = make_plan(replace(variant, assurances={}), stored, [check], {})
    for made, sql in plan.made:
        engine.table(made, sql)
    judged = next(p for p in plan.tables if p.table == table).judged
    w, a = (name(f"{rule.model.id}.{x}") for x in "wa")
    row = engine.one(f"SELECT {w} AS w, {a} AS a FROM ({judged}) WHERE row = 1")
    if row["w"] is None or (row["w"] and row["a"] is None):
        return "unknown"
    if not row["w"]:
        return "not_applicable"
    return "passed" if row["a"] else "violated"


def ending(engine: Engine, bound: BoundSurvey, assurance: BoundAssurance, example: Mapping[str, Any]) -> Ending | None:
    """How a decision table ends on one example; None where no line holds."""
    table = assurance.model.table
    variant, stored = _hold(engine, bound, table, example)
    plan = make_plan(replace(variant, assurances={assurance.model.name: assurance}), stored, [], {})
    for made, sql in plan.made:
        engine.table(made, sql)
    assert plan.verdicts is not None
    found = engine.one(f"SELECT {name(assurance.model.name)} AS ending FROM {name(plan.verdicts.table(table))} WHERE row = 1")
    return None if found["ending"] is None else assurance.endings[found["ending"]]


def place(engine: Engine, bound: BoundSurvey, example: Mapping[str, Any]) -> Place | None:
    """Where the lists put the unit of an example, whose `verdicts` are all met but for those that it gives; None where no line holds."""
    unit, given = bound.file.registered_unit, example.get("verdicts", {})
    variant, stored = _hold(engine, bound, unit, {k: v for k, v in example.items() if k != "verdicts"})
    plan = make_plan(variant, stored, [], {})
    assert plan.verdicts is not None
    assert plan.lists is not None
    for made, sql in plan.made:
        engine.table(made, _verdicts(bound, given) if made == plan.verdicts.table(unit) else sql)
    found = engine.one(f"SELECT {name(PLACE)} AS place FROM {name(plan.lists.made)} WHERE row = 1")
    return None if found["place"] is None else plan.lists.lists.places[found["place"]]


def _verdicts(bound: BoundSurvey, given: Mapping[str, Verdict]) -> str:
    """A row of endings that have these verdicts."""
    columns = ["'example' AS source", "CAST(1 AS BIGINT) AS row"]
    for assurance, table in bound.assurances.items():
        if others := table.model.worst_of:
            ranks = [VERDICTS.index(given.get(o, "met")) for o in others]
            number = (min(ranks) << len(others)) + sum(1 << i for i, rank in enumerate(ranks) if rank == min(ranks))
        else:
            number = [e.verdict for e in table.endings].index(given.get(assurance, "met"))
        columns.append(f"CAST({number} AS BIGINT) AS {name(assurance)}")
    return f"SELECT {', '.join(columns)}"


def _hold(
    engine: Engine, bound: BoundSurvey, table: str, example: Mapping[str, Any]
) -> tuple[BoundSurvey, dict[str, dict[str, str]]]:
    """Hold the rows of an example; derived fields that it gives are columns of their own."""
    given = {t: dict.fromkeys(k for r in rows for k in r) for t, rows in _tables(bound, table, example).items()}
    variant = replace(bound, tables={t: _with_given(h, given.get(t, {})) for t, h in bound.tables.items()})
    stored = {}
    for other, held in variant.tables.items():
        rows = _tables(bound, table, example).get(other, [])
        columns = [f.name for f in held.model.fields]
        engine.view(f"raw_{other}", _values(columns, rows))
        stored[other] = dict.fromkeys(columns, "VARCHAR")
    return variant, stored


def _tables(bound: BoundSurvey, table: str, example: Mapping[str, Any]) -> Rows:
    """The rows of each table: the example's own first, those `beside` it after, parents and children linked by their keys."""
    own = {k: v for k, v in example.items() if k not in bound.tables and k != "beside"}
    rows: Rows = {table: [own, *example.get("beside", [])]}
    for parent, foreign in bound.tables[table].parents.items():
        if isinstance(example.get(parent), dict):
            keys = bound.tables[parent].model.primaryKey
            rows[parent] = [dict.fromkeys(keys, KEY) | dict(example[parent])]
            for field, key in zip(foreign, keys, strict=True):
                own.setdefault(field, rows[parent][0][key])
    for child, foreign in bound.tables[table].children.items():
        keys = bound.tables[table].model.primaryKey
        link = {field: own.setdefault(key, KEY) for field, key in zip(foreign, keys, strict=True)}
        rows[child] = [link | dict(r) for r in example.get(child, [])]
    for other in bound.tables:
        if other in example and other not in rows:
            given = example[other]
            rows[other] = [dict(r) for r in (given if isinstance(given, list) else [given])]
    return rows


def _with_given(held: BoundTable, given: Mapping[str, Any]) -> BoundTable:
    """The table with the derived fields that an example gives as plain columns."""
    extra = [d for d in held.derived if d in given]
    if not extra:
        return held
    blank = Text(zh="", en="")
    fields = [FieldModel(name=d, type=_TYPES.get(held.kinds[d].name, "string"), title=blank) for d in extra]
    model = held.model.model_copy(update={"fields": [*held.model.fields, *fields]})
    return replace(held, model=model, derived={d: v for d, v in held.derived.items() if d not in extra})


def _values(columns: list[str], rows: list[dict[str, Any]]) -> str:
    def cell(value: object) -> str:
        text = cell_text(value)
        return "CAST(NULL AS VARCHAR)" if text is None else "'" + text.replace("'", "''") + "'"

    lines = [
        f"SELECT 'example' AS source, CAST({i} AS BIGINT) AS row, "
        + ", ".join(f"{cell(row.get(c))} AS {name(c)}" for c in columns)
        for i, row in enumerate(rows or [{}], 1)
    ]
    return "\nUNION ALL\n".join(lines) + ("" if rows else " LIMIT 0")
