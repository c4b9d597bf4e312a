"""The structural rules that follow from a table's description: required, type, code, range, pattern, unique, reference, and readable rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from census_cli.survey.models import FieldModel, Table

CellKind = Literal["required", "type", "code", "range", "pattern"]
Kind = Literal["required", "type", "code", "range", "pattern", "unique", "reference", "unreadable"]


@dataclass(frozen=True)
class Structural:
    """One structural rule: `fields` are of `table`; `target` is the table that a reference points to."""

    table: str
    fields: tuple[str, ...]
    kind: Kind
    target: str | None = None

    @property
    def id(self) -> str:
        """`<table>.<field>.<kind>`; of a key of several fields the last one names it."""
        return f"{self.table}.{self.fields[-1] if self.fields else 'row'}.{self.kind}"


def cell_kinds(field: FieldModel) -> list[CellKind]:
    """The structural rules about one cell of a field, in the order in which they are judged; none for what census itself made."""
    limits = field.constraints
    kinds: list[CellKind] = []
    if field.made:
        return kinds
    if limits.required or field.required_unless:
        kinds.append("required")
    if field.codes:
        kinds.append("code")
    elif field.type != "string":
        kinds.append("type")
    if any(x is not None for x in (limits.minimum, limits.maximum, limits.minLength, limits.maxLength)):
        kinds.append("range")
    if limits.pattern is not None:
        kinds.append("pattern")
    return kinds


def structural_rules(table: Table) -> list[Structural]:
    """All structural rules of a table."""
    rules = [Structural(table.name, (), "unreadable")]
    rules += [Structural(table.name, (f.name,), kind) for f in table.fields for kind in cell_kinds(f)]
    rules.append(Structural(table.name, tuple(table.primaryKey), "unique"))
    rules += [Structural(table.name, tuple(k.fields), "reference", k.reference.resource) for k in table.foreignKeys]
    return rules
