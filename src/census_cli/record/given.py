"""What a caller hands over, as tables of texts under the names of fields: headers are known as those of files are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from census_cli.conform import cell_text
from census_cli.errors import InputError, nearest
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import tr
from census_cli.reading.headers import HeaderMatch, match_headers

KEPT = 1_000
"""How many different rows of keys are remembered."""

Record = Mapping[str, Any]
Texts = dict[str, str | None]


class Forms:
    """Names the records of one household by their fields; how a form's keys are called is found out once."""

    def __init__(self, bound: BoundSurvey) -> None:
        self.bound = bound
        self.unit = bound.file.registered_unit
        self.members = next((t for t in bound.file.tables if self.unit in bound.tables[t].parents), None)
        foreign = bound.tables[self.unit].model.foreignKeys
        self.place = foreign[0].reference.resource if foreign else None
        self._known: dict[tuple[str, tuple[str, ...]], HeaderMatch] = {}

    def read(
        self, household: Record, persons: Sequence[Record] | None, village: Record | None, others: Mapping[str, Any]
    ) -> tuple[dict[str, list[Texts]], list[str]]:
        """The texts of every table given, in the order of the survey, and the keys that are the name of no field.

        A number by which records belong together, where one lacks it, is that of the record it is given with.
        """
        given: dict[str, Sequence[Record] | None] = {self.unit: [household]}
        for table, records in ((self.members, persons), (self.place, village), *others.items()):
            if records is not None:
                named = self._table(table)
                given[named] = [records] if isinstance(records, Mapping) else _several(named, records)
        unknown: dict[str, None] = {}
        found = {t: [self._record(t, r, unknown) for r in given[t] or ()] for t in self.bound.file.tables if t in given}
        for table, rows in found.items():
            self._link(table, rows, found)
        return found, list(unknown)

    def columns(self, table: str, rows: Sequence[Texts]) -> dict[str, str]:
        """The columns that are there, all of them in a table without rows, stored as text."""
        names = dict.fromkeys(name for row in rows for name in row)
        every = (f.name for f in self.bound.tables[table].model.fields if not f.made)
        return dict.fromkeys(names if rows else every, "VARCHAR")

    def _table(self, name: str | None) -> str:
        if name is None or name not in self.bound.tables:
            close = nearest(name or "", list(self.bound.tables))
            hint = tr("; did you mean '{word}'?", word=close) if close else ""
            raise InputError(tr("no table '{name}' in this survey", name=name or "") + hint)
        return name

    def _match(self, table: str, record: Record) -> HeaderMatch:
        keys = tuple(record)
        match = self._known.get((table, keys))
        if match is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            if not all(isinstance(key, str) for key in keys):
                raise InputError(tr("table '{table}': the keys of a record are names, as texts", table=table))
            match = self._known[table, keys] = match_headers(keys, self.bound.tables[table].model)
        return match

    def _record(self, table: str, record: Record, unknown: dict[str, None]) -> Texts:
        if not isinstance(record, Mapping):
            raise _no_record(table, record)
        cells, match = list(record.values()), self._match(table, record)
        unknown |= dict.fromkeys(f"{table}.{header}" for header in match.unknown)
        return {field: _text(cells[i]) for field, i in match.columns.items()}

    def _link(self, table: str, rows: list[Texts], found: Mapping[str, list[Texts]]) -> None:
        held = self.bound.tables[table]
        for parent, fields in held.parents.items():
            if len(found.get(parent, ())) == 1 and parent != self.members:
                keys = self.bound.tables[parent].model.primaryKey
                for field, key in zip(fields, keys, strict=True):
                    for row in rows:
                        if field not in row and key in found[parent][0]:
                            row[field] = found[parent][0][key]


def _several(table: str, records: Any) -> Sequence[Record]:
    if isinstance(records, str | bytes) or not isinstance(records, Iterable):
        raise _no_record(table, records)
    return list(records)


def _no_record(table: str, found: Any) -> InputError:
    what = type(found).__name__
    return InputError(tr("table '{table}': a record is a mapping of names to values, not {what}", table=table, what=what))


def _text(value: Any) -> str | None:
    """A value as a file would have it; several codes may come as a list."""
    if value is None or isinstance(value, str):
        return value
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else cell_text(value)
