"""Runs the examples of rules and decision tables, which are their tests, through the real engine.

Each is a survey of a few rows.  Planning takes longer than running, so they lie side by side and are judged at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from census_cli.conform import cell_text
from census_cli.engines.base import Engine
from census_cli.expr.assurances import BoundAssurance, Ending
from census_cli.expr.bound import BoundRule, BoundSurvey
from census_cli.expr.lists import Place
from census_cli.sql.cells import Cells, conformed_table
from census_cli.sql.lists import PLACE
from census_cli.sql.plan import Check, Plan, make_plan
from census_cli.sql.relations import repeated
from census_cli.sql.words import listed, name
from census_cli.survey.models import VERDICTS, FieldModel, FieldType, Outcome, Text, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

Rows = dict[str, list[dict[str, Any]]]
Given = tuple[tuple[str, str], ...]

KEY = "1" * 12  # conforms to every key of a survey, a region code of twelve digits included

_TYPES: dict[str, FieldType] = {"decimal": "number", "boolean": "boolean", "date": "date", "datetime": "datetime"}


@dataclass(frozen=True)
class ExampleResult:
    """One example of a rule, or of a line of another table in `file`: what it was said to be and what it is."""

    rule: str
    expected: str
    number: int
    actual: str
    file: str = ""

    @property
    def document(self) -> str:
        """The file of the survey in which it stands."""
        return self.file or f"rules/{self.rule}.yaml"

    @property
    def holds(self) -> bool:
        return self.expected == self.actual


@dataclass(frozen=True)
class _Batch:
    """What is run on some of the examples, each known by its number; the same derived fields are given in all of these.

    `keys` are the tables of repeated keys that are there, the same for all batches.
    """

    bound: BoundSurvey
    stored: dict[str, dict[str, str]]
    keys: set[str]
    numbers: list[int]


def run_examples(engine: Engine, bound: BoundSurvey, rules: Iterable[BoundRule]) -> list[ExampleResult]:
    """The outcome of every example of some rules, in order."""
    asked = [(r, o, n, e) for r in rules for o, given in r.model.examples.items() for n, e in enumerate(given, 1)]
    outcomes: dict[int, Outcome] = {}
    for batch in _side_by_side(engine, bound, [(r.model.table, e) for r, _, _, e in asked]):
        outcomes |= _outcomes(engine, batch, {number: asked[number][0] for number in batch.numbers})
    return [ExampleResult(r.model.id, o, n, outcomes[number]) for number, (r, o, n, _) in enumerate(asked)]


def run_table_examples(engine: Engine, bound: BoundSurvey, tables: Sequence[BoundAssurance]) -> list[ExampleResult]:
    """What becomes of the examples of decision tables: those of each line, and those of units with their members."""
    asked = [
        (a, f"{case.verdict} {reason.model.code}", n, e)
        for a in tables for case in a.cases for reason in case.reasons for n, e in enumerate(reason.model.examples, 1)
    ]  # fmt: skip
    ended = endings(engine, bound, [(a, e) for a, _, _, e in asked])
    found = [
        _filed(a.model.name, expected, n, f"assurances/{a.model.name}.yaml", *((e.verdict, e.code) if e else ("-", "")))
        for (a, expected, n, _), e in zip(asked, ended, strict=True)
    ]
    whole = [(a, v, n, e) for a in tables for v, given in a.model.examples.items() for n, e in enumerate(given, 1)]
    verdicts = unit_verdicts(engine, bound, [(a.model.name, e) for a, _, _, e in whole])
    for (a, expected, n, _), verdict in zip(whole, verdicts, strict=True):
        found.append(ExampleResult(a.model.name, expected, n, verdict, f"assurances/{a.model.name}.yaml"))
    return found


def run_list_examples(engine: Engine, bound: BoundSurvey) -> list[ExampleResult]:
    """What becomes of the examples of the lists."""
    lines = bound.lists.model.cases if bound.lists else []
    asked = [(f"{line.list} {r.code}", n, e) for line in lines for r in line.any for n, e in enumerate(r.examples, 1)]
    put = places(engine, bound, [e for _, _, e in asked])
    return [
        _filed("lists", expected, n, "lists.yaml", *((p.list, p.code) if p else ("-", "")))
        for (expected, n, _), p in zip(asked, put, strict=True)
    ]


def _filed(name: str, expected: str, number: int, file: str, where: str, codes: str) -> ExampleResult:
    """An example filed under a line and a reason; of several reasons that hold one is enough."""
    held = [f"{where} {code}" for code in codes.split(",")]
    return ExampleResult(name, expected, number, expected if expected in held else f"{where} {codes}", file)


def unit_verdicts(engine: Engine, bound: BoundSurvey, asked: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Verdict]:
    """The verdict of each example, which is a registered unit with its members, on an assurance."""
    unit, found = bound.file.registered_unit, dict[int, Verdict]()
    for batch in _side_by_side(engine, bound, [(unit, e) for _, e in asked]):
        plan = make_plan(batch.bound, batch.stored, [], {}, batch.stored)
        assert plan.verdicts is not None
        _make(engine, batch, plan)
        names = list(dict.fromkeys(asked[number][0] for number in batch.numbers))
        for number, row in _first_rows(engine, f"SELECT * FROM {name(plan.verdicts.table(unit))}", names):
            if number in batch.numbers:
                assurance = bound.assurances[asked[number][0]]
                others, ending = len(assurance.model.worst_of or ()), row[assurance.model.name]
                found[number] = VERDICTS[ending >> others] if others else assurance.endings[ending].verdict
    return [found[number] for number in range(len(asked))]


def endings(engine: Engine, bound: BoundSurvey, asked: Sequence[tuple[BoundAssurance, Mapping[str, Any]]]) -> list[Ending | None]:
    """How decision tables end, each on one example; None where no line holds."""
    found: dict[int, Ending | None] = {}
    for batch in _side_by_side(engine, bound, [(a.model.table, e) for a, e in asked]):
        found |= _endings(engine, batch, {number: asked[number][0] for number in batch.numbers})
    return [found[number] for number in range(len(asked))]


def places(engine: Engine, bound: BoundSurvey, examples: Sequence[Mapping[str, Any]]) -> list[Place | None]:
    """Where the lists put the units of examples, whose `verdicts` are all met but for those given; None where no line holds."""
    unit, found = bound.file.registered_unit, dict[int, Place]()
    for batch in _side_by_side(engine, bound, [(unit, {k: v for k, v in e.items() if k != "verdicts"}) for e in examples]):
        plan = make_plan(batch.bound, batch.stored, [], {}, batch.stored)
        assert plan.verdicts is not None
        assert plan.lists is not None
        given = [_verdicts(bound, number, examples[number].get("verdicts", {})) for number in batch.numbers]
        _make(engine, batch, plan, {plan.verdicts.table(unit): " UNION ALL ".join(given)})
        for number, row in _first_rows(engine, f"SELECT * FROM {name(plan.lists.made)}", [PLACE]):
            if number in batch.numbers and row[PLACE] is not None:
                found[number] = plan.lists.lists.places[row[PLACE]]
    return [found.get(number) for number in range(len(examples))]


def _verdicts(bound: BoundSurvey, number: int, given: Mapping[str, Verdict]) -> str:
    """The row of an example in which its endings have these verdicts."""
    columns = [f"'{number}' AS source", "CAST(1 AS BIGINT) AS row"]
    for assurance, table in bound.assurances.items():
        if others := table.model.worst_of:
            ranks = [VERDICTS.index(given.get(o, "met")) for o in others]
            ending = (min(ranks) << len(others)) + sum(1 << i for i, rank in enumerate(ranks) if rank == min(ranks))
        else:
            ending = [e.verdict for e in table.endings].index(given.get(assurance, "met"))
        columns.append(f"CAST({ending} AS BIGINT) AS {name(assurance)}")
    return f"SELECT {', '.join(columns)}"


def _outcomes(engine: Engine, batch: _Batch, asked: Mapping[int, BoundRule]) -> Iterator[tuple[int, Outcome]]:
    """Of each example the outcome of its rule on its first row: one SELECT a table."""
    rules = {r.model.id: r for r in asked.values()}
    checks = [Check(r.model.id, r.model.table, r.model.severity, r.model.scope, (), written=r) for r in rules.values()]
    plan = make_plan(replace(batch.bound, assurances={}), batch.stored, checks, {}, batch.stored)
    _make(engine, batch, plan)
    for table in plan.tables:
        if not table.judgements:
            continue
        for number, row in _first_rows(engine, table.judged, [f"{rule}.{x}" for rule in table.judgements for x in "wa"]):
            rule = asked[number].model if number in asked else None
            if rule and rule.table == table.table:
                yield number, _outcome(row[f"{rule.id}.w"], row[f"{rule.id}.a"])


def _make(engine: Engine, batch: _Batch, plan: Plan, instead: Mapping[str, str] = MappingProxyType({})) -> None:
    """Make what a plan needs; of some tables something else is made."""
    keys = {repeated(table) for table in batch.bound.tables}
    needed = [*chain.from_iterable(plan.made), *plan.decided]
    for made, sql in needed:
        if made not in batch.keys:
            engine.table(made, instead.get(made, sql))
    batch.keys.update(keys & {made for made, _ in needed})


def _outcome(when: bool | None, asserts: bool | None) -> Outcome:
    if when is None or (when and asserts is None):
        return "unknown"
    if not when:
        return "not_applicable"
    return "passed" if asserts else "violated"


def _endings(engine: Engine, batch: _Batch, asked: Mapping[int, BoundAssurance]) -> Iterator[tuple[int, Ending | None]]:
    """Likewise; a row that is not judged has no ending."""
    tables = {a.model.name: a for a in asked.values()}
    plan = make_plan(replace(batch.bound, assurances=tables), batch.stored, [], {}, batch.stored)
    _make(engine, batch, plan)
    assert plan.verdicts is not None
    found: dict[tuple[int, str], int | None] = {}
    for table in dict.fromkeys(a.model.table for a in tables.values()):
        judged = f"SELECT * FROM {name(plan.verdicts.table(table))}"
        for number, row in _first_rows(engine, judged, [n for n, a in tables.items() if a.model.table == table]):
            found |= {(number, assurance): ending for assurance, ending in row.items()}
    for number, assurance in asked.items():
        ending = found.get((number, assurance.model.name))
        yield number, None if ending in (None, -1) else assurance.endings[ending]


def _first_rows(engine: Engine, sql: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The first row of every example, by the number of the example."""
    first = f"SELECT source, {listed(map(name, columns))}\nFROM ({sql}) WHERE row = 1"
    return ((int(row.pop("source")), row) for batch in engine.stream(first) for row in batch.to_pylist())


def _side_by_side(engine: Engine, bound: BoundSurvey, asked: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[_Batch]:
    """Hold examples, each given with its table, and batch them: derived fields that an example gives are columns of their own."""
    rows = [_tables(bound, table, example) for table, example in asked]
    alike: dict[Given, list[int]] = {}
    for number, tables in enumerate(rows):
        alike.setdefault(_given(bound, tables), []).append(number)
    stored = _hold(engine, _with_given(bound, {column for given in alike for column in given}), rows)
    keys: set[str] = set()
    for given, numbers in alike.items():
        yield _Batch(replace(_with_given(bound, given), side_by_side=True), stored, keys, numbers)


def _hold(engine: Engine, bound: BoundSurvey, examples: Sequence[Rows]) -> dict[str, dict[str, str]]:
    """Hold the rows of all examples, their cells conformed; each example is a source that goes by its number."""
    stored = {}
    for table, held in bound.tables.items():
        columns = [f.name for f in held.model.fields]
        stored[table] = dict.fromkeys(columns, "VARCHAR")
        raw = f"examples_{uuid4().hex}"
        engine.add_batches(raw, _rows_of(examples, table, columns).to_reader())
        engine.view(f"raw_{table}", f"SELECT {listed(map(name, ('source', 'row', *columns)))}\nFROM {name(raw)}")
        engine.rowwise(conformed_table(table), Cells(held.model, stored[table]).all(), f"raw_{table}")
    return stored


def _rows_of(examples: Sequence[Rows], table: str, columns: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    rows = [(str(number), i, row) for number, tables in enumerate(examples) for i, row in enumerate(tables.get(table, []), 1)]
    cells = {c: pa.array([cell_text(row.get(c)) for *_, row in rows], pa.string()) for c in columns}
    sources, numbers = pa.array([s for s, *_ in rows], pa.string()), pa.array([n for _, n, _ in rows], pa.int64())
    return pa.table({"source": sources, "row": numbers, **cells})


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


def _given(bound: BoundSurvey, rows: Rows) -> Given:
    """The derived fields that an example gives, with their tables."""
    return tuple(sorted({(t, k) for t, held in rows.items() for row in held for k in row if k in bound.tables[t].derived}))


def _with_given(bound: BoundSurvey, given: Iterable[tuple[str, str]]) -> BoundSurvey:
    """The survey with some derived fields as plain columns."""
    tables = dict(bound.tables)
    for table, column in given:
        held, blank = tables[table], Text(zh="", en="")
        field = FieldModel(name=column, type=_TYPES.get(held.kinds[column].name, "string"), title=blank)
        model = held.model.model_copy(update={"fields": [*held.model.fields, field]})
        tables[table] = replace(held, model=model, derived={d: v for d, v in held.derived.items() if d != column})
    return replace(bound, tables=tables)
