"""How often each rule was passed, violated, unknown: plain counts of conditions, no row leaves the engine.

How often a cell's rule was violated is counted from its discrepancies; of the cells only those not blank are counted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from census_cli.sql.cells import Cells
from census_cli.sql.judge import Judgement
from census_cli.sql.words import both, either, how_often, listed, name
from census_cli.structure import Structural
from census_cli.survey.models import FieldModel


@dataclass(frozen=True)
class Tally:
    """The outcomes of one rule; applicable = passed + violated + unknown."""

    passed: int = 0
    violated: int = 0
    unknown: int = 0

    @property
    def applicable(self) -> int:
        return self.passed + self.violated + self.unknown


def rule_counts(judgement: Judgement) -> dict[str, str]:
    """The conditions that are counted for one rule, named `<id>.…`."""
    w, a, label = name(judgement.id + ".w"), name(judgement.id + ".a"), judgement.id
    return {
        f"{label}.passed": f"{w} AND {a}",
        f"{label}.violated": f"{w} AND NOT {a}",
        f"{label}.unknown": f"{w} IS NULL OR {w} AND {a} IS NULL",
    }


def rule_tally(rule_id: str, row: Mapping[str, int]) -> Tally:
    """The outcomes of one rule from the row of counts."""
    return Tally(*(row[f"{rule_id}.{outcome}"] for outcome in ("passed", "violated", "unknown")))


def cell_counts(cells: Cells, column: str) -> dict[str, str]:
    """The conditions that are counted for the structural rules about one field's cells, of which `f~` is at hand, named `<field>.…`.

    Blanks of a required field are discrepancies and so are counted already.  `missing` are cells that say that they are not known.
    """
    field, disputed = cells.field(column), cells.contested(column)
    contested = {f"{column}.contested": disputed} if disputed else {}
    if field.constraints.required:
        return contested
    counts = {**contested, f"{column}.filled": cells.filled(column, name(column + "~"))}
    if cells.may_say_not_known(column):
        counts[f"{column}.missing"] = both(
            [name(column + "!"), f"NOT {cells.faulty(column)}", *([f"NOT {disputed}"] if disputed else [])]
        )
    if field.required_unless:
        counts[f"{column}.needed"] = cells.must_be_filled(field)
        counts[f"{column}.unread"] = either(f"{name(o + '!')}" for o in field.required_unless if o in cells.stored)
    return counts


def counted(conditions: Mapping[str, str]) -> str:
    """A SELECT list: `units`, how many rows there are, and for how many each condition holds."""
    return listed(["count(*) AS units", *(f"{how_often(c)} AS {name(n)}" for n, c in conditions.items())])


def cell_tally(field: FieldModel, rule: Structural, row: Mapping[str, int], violated: Mapping[str, int]) -> Tally:
    """The outcomes of a structural rule about cells, in the order in which they are judged; `violated` counts each rule's violations."""

    def times(*kinds: str) -> int:
        return sum(violated.get(f"{rule.table}.{field.name}.{kind}", 0) for kind in kinds)

    own, contested = times(rule.kind), row.get(f"{field.name}.contested", 0)
    if rule.kind == "required":
        needed = row["units"] if field.constraints.required else row[f"{field.name}.needed"]
        return Tally(needed - own - contested, own, row.get(f"{field.name}.unread", 0) + contested)
    filled = row["units"] - times("required") if field.constraints.required else row[f"{field.name}.filled"]
    before = {"type": (), "code": (), "range": ("type", "code"), "pattern": ("type", "code", "range")}[rule.kind]
    unknown = times(*before) + row.get(f"{field.name}.missing", 0) + contested
    return Tally(filled - unknown - own, own, unknown)
