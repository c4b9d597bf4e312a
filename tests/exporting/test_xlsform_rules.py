"""Every rule that a form for tablets carries refuses what it violates there, and takes what it does not."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import localcontext
from functools import cache
from typing import Any

import pytest

from census_cli.conform import NotConforming, cell_text, conform
from census_cli.examples import _tables
from census_cli.exporting.xlsform import Carried, export, place
from census_cli.exporting.xlsform.calculated import Reading
from census_cli.exporting.xlsform.rows import limits
from census_cli.exporting.xlsform.words import parts
from census_cli.opening import open_survey
from census_cli.record.cells import Cells
from census_cli.record.functions import EXACT
from census_cli.record.judge import Judge
from census_cli.record.relations import Given, Links
from census_cli.records import Records
from odk import Filled, Form

SURVEY = open_survey("registered-households")
PLACED = place(SURVEY)
CARRIED = sorted({c.rule.id for c in PLACED.carried})
LINKS = Links(SURVEY)
MAIN, ROSTER = "household", "person"


NUMBERS = ["990000198206210010", "990000198206210026", "990000201503070011", "99000019820621001", "99000019820621001043"]
WORDS = {"string": ["甲", "乙", "甲 乙", "13800000000"], "boolean": ["true", "false"], "datetime": ["2020-07-25 09:00:00"]}


class NotTyped(Exception):
    """What nobody can type into the form."""


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Form:
    from pyxform.xls2xform import convert

    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    export(SURVEY, path)
    made = convert(path, validate=False)
    assert made.warnings == []
    return Form(made.xform)


@pytest.mark.parametrize("rule", CARRIED)
def test_a_carried_rule_refuses_what_it_violates_and_nothing_else(form, rule):
    tried = set()
    for expected, examples in SURVEY.rules[rule].model.examples.items():
        for example in examples:
            try:
                refused = refuses(form, rule, example)
            except NotTyped:
                continue
            tried.add(expected)
            # A needed answer that is missing holds the visit up by itself; a rule may count it as a blank.
            if refused and any(v is None and needed(SURVEY.rules[rule].model.table, k) for k, v in example.items()):
                continue
            assert refused == (expected == "violated"), (expected, example)
    assert {"violated", "passed"} <= tried


@pytest.mark.parametrize("seed", range(32))
def test_a_form_judges_any_visit_as_a_check_does(form, seed):
    rows = visit(random.Random(seed))
    members = [answers(ROSTER, m) for m in rows[ROSTER]]
    filled = form.filled(answers(MAIN, rows[MAIN][0]), ROSTER, members, {"frame": [answers("frame", r) for r in rows["frame"]]})
    filled.calculate([form.binds[form.paths[bearer(c)]].get(key(c), "") for c in PLACED.carried], {})
    said = {c.rule.id for c in PLACED.carried if holds_up(filled, c)}
    assert said == violated(rows)


def violated(rows: Mapping[str, list[dict[str, str]]]) -> set[str]:
    """The carried rules that the first row of their table violates, judged record by record."""
    given = Given()
    for name in SURVEY.tables:
        cells = reading(name)
        told: dict[str, Any] = {"made": LINKS.made[name], "absent": frozenset()}
        given.rows[name] = [cells.row(t, n, given, **told) for n, t in enumerate(rows.get(name, []), 1)]
    judge = Judge(LINKS)
    with localcontext(EXACT):
        found = {r: next(iter(judge.rule(SURVEY.rules[r]).outcomes(given.rows[SURVEY.rules[r].model.table]))) for r in CARRIED}
    return {rule for rule, outcome in found.items() if outcome == "violated"}


@cache
def reading(table: str) -> Cells:
    model = SURVEY.tables[table].model
    return Cells(model, SURVEY.codes, [f.name for f in model.fields])


def visit(chance: random.Random) -> dict[str, list[dict[str, str]]]:
    """A visit with any answers that the questions take; needed ones are there."""
    home = drawn(chance, MAIN) | {"household_id": "H1"} | chance.choice([{}, {"registered_on": "2020-07-25"}])
    members = [drawn(chance, ROSTER) | {"household_id": "H1", "person_no": str(n)} for n in range(1, chance.randint(2, 4))]
    chance.choice(members).update(chance.choice([{}, {"relation": "head", "member_status": "present"}]))
    for member in members:  # a contradiction between number and birth date would leave most rules unknown
        without = {"id_type": "none", "id_number": ""}
        member.update(chance.choice([{}, without, without | {"member_status": "present"}]))
    roll = [drawn(chance, "frame") | {"household_id": "H1"}] if chance.random() < 0.5 else []
    return {MAIN: [home], ROSTER: members, "frame": roll}


def drawn(chance: random.Random, table: str) -> dict[str, str]:
    row = {}
    for field in SURVEY.tables[table].model.fields:
        if field.made:
            continue
        must = field.constraints.required or field.required_unless
        row[field.name] = any_answer(chance, field) if must or chance.random() < 0.7 else ""
    return row


def any_answer(chance: random.Random, field: Any) -> str:
    limits = field.constraints
    if field.codes:
        codes = [c.code for c in SURVEY.codes[field.codes].codes]
        several = chance.randint(1, limits.maxLength or 3) if field.type == "list" else 1
        return ",".join(sorted(chance.sample(codes, several), key=codes.index))
    if field.type in ("integer", "number"):
        number = chance.choice([-1, 0, 1, 2, 3, 12, 100, 2015, 2019, 4000, 12000])
        low, high = (number if edge is None else edge for edge in (limits.minimum, limits.maximum))
        cents = ".25" if field.type == "number" and number < high and chance.random() < 0.2 else ""
        return str(max(min(number, high), low)) + cents
    if limits.pattern:
        return "9" * int(limits.pattern.removeprefix("[0-9]{").removesuffix("}"))
    if field.type == "date":
        return f"{chance.choice([1950, 1982, 2004, 2010, 2015, 2020])}-0{chance.randint(1, 9)}-{chance.randint(10, 28)}"
    return chance.choice(NUMBERS if field.pii == "id" else WORDS[field.type])


def needed(table: str, name: str) -> bool:
    field = SURVEY.tables[table].model.field(name)
    return field is not None and field.constraints.required


def refuses(form: Form, rule: str, example: Mapping[str, Any]) -> bool:
    """Whether a form with the answers of an example refuses one of them by the rule, or shows its note."""
    table, carried = SURVEY.rules[rule].model.table, [c for c in PLACED.carried if c.rule.id == rule]
    rows = _tables(SURVEY, table, example)
    unit = (rows.get(MAIN) or [{}])[0]
    members = [r for r in rows.get(ROSTER, []) if table != MAIN or r["household_id"] == unit["household_id"]]
    given = derived(MAIN, [unit]) | derived(ROSTER, members)
    for c in carried:
        unheard(form, c, given)
    filled = form.filled(
        answers(MAIN, unit), ROSTER, [answers(ROSTER, m) for m in members],
        {t: [answers(t, r) for r in rows.get(t, [])] for t in form.attached},
    )  # fmt: skip
    filled.calculate([form.binds[form.paths[bearer(c)]].get(key(c), "") for c in carried], given)
    return any(holds_up(filled, c) for c in carried)


def holds_up(filled: Filled, carried: Carried) -> bool:
    if carried.part == "note":
        return filled.shows(bearer(carried))
    on = [c for c in PLACED.carried if (c.field, c.part) == (carried.field, carried.part)]
    table, name = carried.field
    field = SURVEY.tables[table].model.field(name)
    if carried.part == "required":
        if field.constraints.required:
            return not filled.node(name).text
        return filled.refuses(name, "required", on.index(carried) + bool(field.required_unless), "or")
    own = len(limits(field))
    assert len(parts(filled.form.binds[filled.form.paths[name]]["constraint"], "and")) >= own + len(on) or own + len(on) == 1
    return filled.refuses(name, "constraint", on.index(carried) + own, "and")


def bearer(carried: Carried) -> str:
    return f"note_{carried.rule.id.lower()}" if carried.part == "note" else carried.field[1]


def key(carried: Carried) -> str:
    return "relevant" if carried.part == "note" else carried.part


def derived(table: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Derived fields that an example gives: they stand in for what the form counts out."""
    held = SURVEY.tables[table].derived
    return {f"calc_{table}_{k}": counted(v, held[k].kind.name) for r in rows[:1] for k, v in r.items() if k in held}


def counted(value: object, kind: str) -> str:
    """A value as a form holds what it counts out: dates are numbers."""
    text = cell_text(value) or ""
    return text.replace("-", "") if kind == "date" else text


def unheard(form: Form, carried: Carried, given: Mapping[str, str]) -> None:
    """What is given of derived fields counts for nothing where a constraint counts them out of the answer itself."""
    if not given or carried.part == "note":
        return
    for name in given:
        table, _, field = name.removeprefix("calc_").partition("_")
        held = SURVEY.tables[table].derived[field]
        if carried.field in Reading(SURVEY, PLACED.form).fields(table, held.node) or name not in form.paths:
            raise NotTyped


def answers(table: str, row: Mapping[str, Any]) -> dict[str, str]:
    """The row as it is typed; raises NotTyped for what the form's questions do not take."""
    return {name: typed(table, name, value) for name, value in row.items() if name not in SURVEY.tables[table].derived}


@cache
def _field(table: str, name: str) -> Any:
    return SURVEY.tables[table].model.field(name)


@cache
def records(table: str) -> Records:
    return Records(SURVEY.tables[table].model, SURVEY.codes)


def typed(table: str, name: str, value: Any) -> str:
    field, text = _field(table, name), cell_text(value)
    if text and records(table).faults({name: text}):
        raise NotTyped
    try:
        said = cell_text(conform(field, text, SURVEY.codes)) or ""
    except NotConforming:  # a word that says that the value is not known
        raise NotTyped from None
    return said.replace(",", " ") if field.type == "list" else said
