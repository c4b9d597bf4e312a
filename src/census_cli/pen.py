"""The one pen: rows that were hit become discrepancies, with found, message, fingerprint and evidence, alike for every engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from census_cli import arrow, wording
from census_cli.conform import cell_text
from census_cli.expr.nodes import columns
from census_cli.folding import WIDE_BLANKS, fold
from census_cli.i18n import Language, fill, places, set_language
from census_cli.identity import evidence, fingerprint, mask
from census_cli.records import Fault, Records
from census_cli.results import discrepancy_schema
from census_cli.sql.plan import Check

if TYPE_CHECKING:
    import pyarrow as pa

    from census_cli.expr.bound import BoundSurvey
    from census_cli.survey.models import Pii

Row = dict[str, Any]

MOST_TOLD = 10_000
"""Faults of cells that are remembered with their words."""

_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Style:
    """How findings are written: language, whether personal data are shown, the key of evidence and pseudonyms."""

    language: Language
    reveal: bool = False
    key: bytes | None = None


@dataclass
class Pen:
    """Writes the discrepancies of one table."""

    bound: BoundSurvey
    table: str
    checks: list[Check]
    style: Style
    cells: list[str]
    pii: dict[str, Pii | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        model = self.bound.tables[self.table].model
        self._records = Records(model, self.bound.codes)
        self._structural = {c.id: c for c in self.checks}
        self._context: dict[str, str | None] = {c: of.get(self.table) for c, of in self.bound.file.context.items()}
        self._tables = {name: table.model for name, table in self.bound.tables.items()}
        self._keys = model.primaryKey
        self._not_known = {f.name: f.missingValues or [] for f in model.fields}
        self._not_known |= {f"{t}.{f.name}": f.missingValues or [] for t, held in self._tables.items() for f in held.fields}
        self._names = self._all_pii()
        self._hanging = {f.name: list(f.required_unless) for f in model.fields if f.required_unless}
        self._told: dict[tuple[object, ...], Row] = {}
        self._always = ["source", "row", *self._keys, *(c for c in self._context.values() if c)]

    def __reduce__(self) -> tuple[Any, ...]:
        """Where work is handed to other processes the pen goes along, with its language."""
        return _take_up, (type(self), self.bound, self.table, self.checks, self.style, self.cells)

    def _all_pii(self) -> dict[str, Pii | None]:
        known: dict[str, Pii | None] = {f.name: f.pii for f in self.bound.tables[self.table].model.fields}
        for name, table in self.bound.tables.items():
            known |= {f"{name}.{f.name}": f.pii for f in table.model.fields}
        # What is computed from personal data is personal too, unless it is a number (an age) or a yes or no.
        for derived in self.bound.tables[self.table].derived.values():
            if derived.kind.name in ("string", "date", "datetime"):
                known[derived.name] = next((known[c.key] for c in columns(derived.node) if known.get(c.key)), None)
        return known

    def write(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The discrepancies of a batch of hit rows, in the contract's columns."""
        lines = list(self._lines(batch))
        return arrow.batch(discrepancy_schema(), lines)

    def _lines(self, batch: pa.RecordBatch) -> Iterator[Row]:
        names, values = batch.schema.names, _Values(batch)
        for check in (c for c in self.checks if c.id in names):
            if hit := arrow.where(batch.column(check.id)):
                read = {n: values[n] for n in self.names_of(check) or names if n in names}
                for i in hit:
                    yield self.of_rule(check, {n: cells[i] for n, cells in read.items()})
        faulty: dict[int, list[str]] = {}
        for field_name in self.cells:
            for i in arrow.where(batch.column("!" + field_name)):
                faulty.setdefault(i, []).append(field_name)
        for i, fields in faulty.items():
            yield from self.of_cells(fields, {n: values[n][i] for n in self.names_beside(fields) if n in names})

    def names_of(self, check: Check) -> list[str]:
        """The columns that the discrepancy of a rule is written from; empty for all."""
        shown = places(check.written.model.message[self.style.language]) if check.written else []
        return list(dict.fromkeys([*self._always, *check.fields, *shown]))

    def names_beside(self, fields: Sequence[str]) -> list[str]:
        """The columns that the discrepancies of faulty cells are written from."""
        return list(dict.fromkeys([*self._always, *self._beside(fields)]))

    def _beside(self, fields: Sequence[str]) -> set[str]:
        """The fields, and those whose answers they hang on."""
        return {*fields, *(other for f in fields for other in self._hanging.get(f, ()))}

    def of_rule(self, check: Check, row: Row) -> Row:
        """The discrepancy of a rule that a row violates."""
        if check.written is None:
            return self._line(check, row, check.fields, self._structural_words(check, row))
        rule = check.written.model
        values = {p: self._shown(p, row) for p in places(rule.message[self.style.language])}
        return self._line(check, row, check.fields, fill(rule.message[self.style.language], values))

    def _structural_words(self, check: Check, row: Row) -> str:
        assert check.structural is not None
        value = "/".join(self._shown(f, row) for f in check.fields)
        return wording.of_row(check.structural, value, self._tables)

    def of_cells(self, faulty: Sequence[str], row: Row) -> Iterator[Row]:
        """The discrepancies of the cells of a row that are not sound."""
        where = self._where(row)
        for field_name in faulty:
            yield self._joined(self._of_cell(field_name, row), where)

    def _of_cell(self, field_name: str, row: Row) -> Row:
        """What is said of a faulty cell; where many rows have the same fault, it is found out once.

        Cells are texts here, so what is equal is the same (numbers would not be: 1, 1.0 and TRUE).
        """
        read = {f: row[f] for f in (field_name, *self._hanging.get(field_name, ())) if row.get(f) is not None}
        told = self._told.get(key := (field_name, *read.items()))
        if told is None:
            if len(self._told) >= MOST_TOLD:
                self._told.clear()
            told = self._told[key] = self._what(*self._judged(field_name, read))
        return told

    def _judged(self, field_name: str, read: Row) -> tuple[Check, Row, str]:
        """The rule that a cell breaks, by the record model of this field alone: one for every set of fields would be any number."""
        faults = self._records.faults(read, [field_name])
        if [f.field for f in faults] != [field_name]:
            raise AssertionError(f"bulk pass and record model disagree on {self.table}.{field_name} {faults}")
        check = self._structural[f"{self.table}.{field_name}.{faults[0].kind}"]
        return check, {field_name: read.get(field_name)}, self._words(faults[0], read)

    def _words(self, fault: Fault, row: Row) -> str:
        field_model = self._tables[self.table].field(fault.field)
        assert field_model is not None
        return wording.of_cell(field_model, fault.kind, self._shown(fault.field, row), self.bound.codes)

    def _line(self, check: Check, row: Row, fields: tuple[str, ...], message: str) -> Row:
        return self._joined(self._what(check, {f: row.get(f) for f in fields}, message), self._where(row))

    def _joined(self, what: Row, where: Row) -> Row:
        return {**what, **where, "fingerprint": fingerprint(what["rule"], self.table, where["unit"])}

    def _what(self, check: Check, found: Row, message: str) -> Row:
        """What is wrong: the columns that any row may have alike."""
        return {
            "rule": check.id, "severity": check.severity, "table": self.table, "fields": ",".join(found),
            "found": self._found(found), "message": message, "evidence": evidence(found, self._names, self.style.key),
            "scope": check.scope, "profile": self.bound.profile, "state": "open", "note": "",
        }  # fmt: skip

    def _where(self, row: Row) -> Row:
        """Where it is wrong: the columns that all discrepancies of a row have alike."""
        return {
            "unit": self.unit(row), "village_code": self.place("village_code", row),
            "enumerator_id": self.place("enumerator_id", row), "source": row["source"], "row": numbered(row["row"]),
        }  # fmt: skip

    def unit(self, row: Row) -> str:
        """The name of a row's unit, from the texts of its key."""
        parts = [self._known(key, row).replace("/", "%2F") for key in self._keys]
        return "/".join(part or f"?{numbered(row['row']) or ''}" for part in parts)

    def place(self, which: Literal["village_code", "enumerator_id"], row: Row) -> str:
        """Where a row belongs, or who took it down."""
        column = self._context.get(which)
        return self._known(column, row) if column else ""

    def _known(self, column: str, row: Row) -> str:
        """The text of a key; of one that says that it is not known there is none, as many rows may say so."""
        text = row.get(column) or ""
        return "" if text.strip(WIDE_BLANKS) in self._not_known.get(column, ()) else fold(text)

    def _found(self, found: Mapping[str, Any]) -> str:
        masked = {f: self._masked(f, value) for f, value in found.items()}
        return _AS_JSON(masked)

    def _masked(self, field_name: str, value: Any) -> Any:
        if self.style.reveal or value is None:
            return value
        pii = self._names.get(field_name)
        if isinstance(value, list):
            return [mask(v, pii, self.style.key) for v in value]
        return mask(value, pii, self.style.key)

    def _shown(self, field_name: str, row: Row) -> str:
        return self._value(field_name, row.get(field_name))

    def _value(self, column: str, value: Any) -> str:
        """What a message shows of a value: a floating number as a cell would have it, without an exponent."""
        shown = self._masked(column, value)
        if isinstance(shown, float):
            return cell_text(shown) or ""
        return "" if shown is None else str(shown)

    def unreadable(self, batch: pa.RecordBatch, check: Check) -> pa.RecordBatch:
        """The discrepancies of records that could not be read."""
        lines = [self._unreadable_line(check, row) for row in batch.to_pylist()]
        return arrow.batch(discrepancy_schema(), lines)

    def _unreadable_line(self, check: Check, row: Row) -> Row:
        words = wording.of_record(*(row[c] for c in ("problem", "row", "line", "cells", "width", "place")))
        found = {"cells": str(row["cells"])} if row["problem"] == "width" else {"problem": row["problem"]}
        line = self._line(check, {"source": row["source"], "row": row["row"]}, (), words)
        return line | {"found": self._found(found), "evidence": evidence(found, {}, self.style.key)}


def numbered(row: int) -> int | None:
    """The number of a record; rows that came in no order are told apart by numbers below zero, which nobody is shown."""
    return row if row > 0 else None


def _take_up(kind: type[Pen], bound: BoundSurvey, table: str, checks: list[Check], style: Style, cells: list[str]) -> Pen:
    set_language(style.language)
    return kind(bound, table, checks, style, cells)


class _Values(dict[str, list[Any]]):
    """The columns of a batch as lists, each made when it is first asked for: most are of rules that nothing was found by."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch

    def __missing__(self, column: str) -> list[Any]:
        values: list[Any] = self._batch.column(column).to_pylist()
        self[column] = values
        return values
