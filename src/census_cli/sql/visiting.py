"""SQL of the open discrepancies in the order in which a team goes from door to door."""

from __future__ import annotations

from collections.abc import Sequence

from census_cli.expr.bound import BoundSurvey
from census_cli.sql.grammar import folded, key_text, text_of
from census_cli.sql.relations import Stored
from census_cli.sql.showing import unit_name
from census_cli.sql.words import listed, name, string
from census_cli.survey.models import SEVERITIES

HOME = "home"
"""The column that names the registered unit to which a discrepancy belongs, by its form or on a roll; empty for one of a village."""


def open_ones(profile: str) -> str:
    """SELECT the discrepancies that a field team can do something about; those for the office are none of its business."""
    return f"SELECT * FROM discrepancies WHERE state = 'open' AND scope <> 'office' AND profile = {string(profile)}"


def in_order(bound: BoundSurvey, stored: Stored, profile: str, group: str) -> str:
    """SELECT them with their home and what leads to its door, by group (a column of theirs) and then as one walks."""
    doors = there(bound, stored)
    columns = [
        f"d.{name(c)}" for c in ("village_code", "enumerator_id", "rule", "severity", "table", "unit", "fields", "message")
    ]
    columns += [f"d.{name(c)}" for c in ("source", "row", "fingerprint")]
    places = _places(bound, stored)
    title = "coalesce(places.title, '')" if places else "''"
    columns += [f"{title} AS place", f"d.{HOME} AS {HOME}"]
    columns += [*(f"coalesce(doors.{name(c)}, '') AS {name('door ' + c)}" for c in doors)]
    walk = [key for c in doors for key in _as_one_walks(f"doors.{name(c)}")]
    severity = " ".join(f"WHEN {string(s)} THEN {i}" for i, s in enumerate(SEVERITIES))
    order = [
        f"d.{group}",
        "d.village_code",
        *walk,
        f"d.{HOME}",
        f"CASE d.severity {severity} END",
        "d.unit",
        "d.rule",
        "d.source",
    ]
    found = f"SELECT *, {_home(bound)} AS {HOME} FROM ({open_ones(profile)})"
    joined = f"FROM ({found}) d"
    if doors:
        joined += f" LEFT JOIN ({_doors(bound, stored, doors)}) doors ON doors.{HOME} = d.{HOME}"
    if places:
        joined += f" LEFT JOIN ({places}) places ON places.code = d.village_code"
    order.append(f"d.{name('row')}")
    return f"SELECT {listed(columns)}\n{joined}\nORDER BY {', '.join(f'{o} NULLS FIRST' for o in order)}"


def there(bound: BoundSurvey, stored: Stored) -> list[str]:
    """Which of the columns that lead to a door are in the data."""
    unit = bound.file.registered_unit
    keyed = unit in stored and all(k in stored[unit] for k in bound.tables[unit].model.primaryKey)
    return [c for c in bound.file.door if c in stored[unit]] if keyed else []


def _home(bound: BoundSurvey) -> str:
    """The unit of a discrepancy: its own key, with which those of its children begin, and which a roll has as well."""
    unit = bound.file.registered_unit
    depth = len(bound.tables[unit].model.primaryKey)
    tables = ", ".join(string(t) for t in dict.fromkeys([unit, *bound.tables[unit].children, *_rolls(bound)]))
    return f"CASE WHEN \"table\" IN ({tables}) THEN array_to_string(string_split(unit, '/')[1:{depth}], '/') ELSE '' END"


def _doors(bound: BoundSurvey, stored: Stored, doors: Sequence[str]) -> str:
    """One row for each unit; of a form given twice the first texts in order, and those of a roll where there is no form."""
    unit = bound.file.registered_unit
    rolls = [t for t in _rolls(bound) if {*bound.tables[t].model.primaryKey} <= set(stored.get(t, {}))]
    rows = " UNION ALL ".join(_rows(bound, stored, t, doors) for t in (unit, *rolls))
    cells = [f"coalesce(min(CASE WHEN own THEN {name(c)} END), min({name(c)})) AS {name(c)}" for c in doors]
    return f"SELECT {HOME}, {', '.join(cells)} FROM ({rows}) GROUP BY {HOME}"


def _rows(bound: BoundSurvey, stored: Stored, table: str, doors: Sequence[str]) -> str:
    """The units of a table with what leads to their doors; `own` tells those that have a form."""
    model, own = bound.tables[table].model, table == bound.file.registered_unit
    keys = []
    for key in model.primaryKey:
        field = model.field(key)
        assert field is not None
        keys.append(key_text(field, name(key), stored[table][key]))
    cells = [f"{text_of(name(c), stored[table][c]) if c in stored[table] else 'NULL'} AS {name(c)}" for c in doors]
    return f"SELECT {unit_name(keys)} AS {HOME}, {str(own).lower()} AS own, {', '.join(cells)} FROM {name('raw_' + table)}"


def _rolls(bound: BoundSurvey) -> list[str]:
    """The tables that list the units again, by the same key."""
    unit = bound.file.registered_unit
    key = bound.tables[unit].model.primaryKey
    return [n for n, t in bound.tables.items() if n != unit and t.model.primaryKey == key]


def _places(bound: BoundSurvey, stored: Stored) -> str:
    """What each village is called, where the survey says which column tells it and the data hold it."""
    table, _, label = bound.file.labels.get("village_code", "").partition(".")
    key = bound.tables[table].model.primaryKey[-1] if table else ""
    if not table or not {key, label} <= set(stored.get(table, {})):
        return ""
    code, title = (folded(text_of(name(c), stored[table][c])) for c in (key, label))
    return f"SELECT {code} AS code, min({title}) AS title FROM {name('raw_' + table)} GROUP BY {code}"


def _as_one_walks(cell: str) -> list[str]:
    """Number 2 before number 10: by what stands before the first number, by the number, by the whole."""
    before, number = f"regexp_extract({cell}, '^[^0-9]*')", f"TRY_CAST(regexp_extract({cell}, '[0-9]{{1,9}}') AS BIGINT)"
    return [before, number, cell]
