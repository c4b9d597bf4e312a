"""How often each rule was passed, violated, unknown, from one scan: plain counts of conditions, no row leaves the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from census_cli.sql.cells import must_be_filled, range_holds
from census_cli.sql.judge import Judgement
from census_cli.sql.words import name
from census_cli.structure import Structural, cell_kinds
from census_cli.survey.models import FieldModel, Table


@dataclass(frozen=True)
class Tally:
    """The outcomes of one rule; applicable = passed + violated + unknown."""

    passed: int = 0
    violated: int = 0
    unknown: int = 0

    @property
    def applicable(self) -> int:
        return self.passed + self.violated + self.unknown


def rule_counts(judgement: Judgement) -> list[str]:
    """Counts for one rule, named `<id>.…`."""
    w, a, label = name(judgement.id + ".w"), name(judgement.id + ".a"), judgement.id
    return [
        f"count({w}) AS {name(label + '.known')}",
        f"count_if({w}) AS {name(label + '.applies')}",
        f"count(CASE WHEN {w} THEN {a} END) AS {name(label + '.judged')}",
        f"count_if({w} AND {a}) AS {name(label + '.passed')}",
    ]


def rule_tally(rule_id: str, row: Mapping[str, int]) -> Tally:
    """The outcomes of one rule from the row of counts."""
    known, applies, judged, passed = (row[f"{rule_id}.{c}"] for c in ("known", "applies", "judged", "passed"))
    return Tally(passed, judged - passed, applies - judged + row["units"] - known)


def cell_counts(table: Table, column: str, stored: Mapping[str, str]) -> list[str]:
    """Counts for the structural rules about one field's cells, named `<field>.…`."""
    field = _field(table, column)
    value, parsed, filled = name(column), name(column + "="), name(column + "?")
    counts = [f"count_if({filled}) AS {name(column + '.filled')}", f"count({parsed}) AS {name(column + '.parsed')}"]
    if "range" in cell_kinds(field):
        counts.append(f"count_if({range_holds(field, parsed)}) AS {name(column + '.ranged')}")
    if "range" in cell_kinds(field) or "pattern" in cell_kinds(field):
        counts.append(f"count({value}) AS {name(column + '.sound')}")
    if field.required_unless:
        needed = f"({must_be_filled(field, stored)})"
        counts.append(f"count_if({needed}) AS {name(column + '.needed')}")
        counts.append(f"count_if({needed} AND {filled}) AS {name(column + '.given')}")
        unread = " OR ".join(f"{name(o + '!')} IS TRUE" for o in field.required_unless if o in stored) or "FALSE"
        counts.append(f"count_if({unread}) AS {name(column + '.unread')}")
    return counts


def cell_tally(table: Table, rule: Structural, row: Mapping[str, int]) -> Tally:
    """The outcomes of one structural rule about cells from the row of counts."""
    column = rule.fields[0]
    field = _field(table, column)
    filled, parsed = row[f"{column}.filled"], row[f"{column}.parsed"]
    if rule.kind == "required":
        if field.required_unless:
            needed, given, unread = (row[f"{column}.{c}"] for c in ("needed", "given", "unread"))
            return Tally(given, needed - given, unread)
        return Tally(filled, row["units"] - filled)
    if rule.kind in ("type", "code"):
        return Tally(parsed, filled - parsed)
    ranged = row.get(f"{column}.ranged", parsed)
    if rule.kind == "range":
        return Tally(ranged, parsed - ranged, filled - parsed)
    sound = row[f"{column}.sound"]
    return Tally(sound, ranged - sound, filled - ranged)


def _field(table: Table, column: str) -> FieldModel:
    field = table.field(column)
    assert field is not None, column
    return field
