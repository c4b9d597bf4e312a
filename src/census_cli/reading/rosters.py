"""Files whose rows repeat the columns of their parent's table, as rosters of members do; how rows are made of them is not known here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from census_cli.errors import InputError
from census_cli.reading.headers import fields_in, match_headers
from census_cli.survey.models import Table

if TYPE_CHECKING:
    from census_cli.reading.discover import RawFile

LEAST_REPEATED = 2
"""Columns of the parent, beside its key, that a roster has at least."""


def with_repeats(files: Sequence[RawFile], tables: Sequence[Table]) -> list[RawFile]:
    """The files, with the columns that they repeat of a table that has no file of its own; raises InputError for one given twice."""
    found = list(files)
    for table in _missing(tables, {f.table for f in files}):
        rosters = [f for f in found if table.made_of and f.table == table.made_of.table]
        if rosters and len(set.intersection(*(_shared(f.headers, f.columns, table) for f in rosters))) >= LEAST_REPEATED:
            found = [_with_repeats(f, table) if f in rosters else f for f in found]
    return found


def repeated(headers: Sequence[str], columns: dict[str, int], name: str, missing: Sequence[Table]) -> dict[str, int]:
    """The columns, as `table.field`, that one table repeats of those that are missing; raises InputError for two of one field."""
    for table in missing:
        if table.made_of and table.made_of.table == name and len(_shared(headers, columns, table)) >= LEAST_REPEATED:
            return _columns(headers, columns, table)
    return {}


def _missing(tables: Sequence[Table], there: Collection[str]) -> list[Table]:
    return [t for t in tables if t.made_of and t.name not in there]


def _shared(headers: Sequence[str], columns: dict[str, int], table: Table) -> set[str]:
    """The fields of a table, its key not counted, that stand in columns not yet taken."""
    return fields_in(_left(headers, columns), table) - set(table.primaryKey)


def _columns(headers: Sequence[str], columns: dict[str, int], table: Table) -> dict[str, int]:
    match = match_headers(_left(headers, columns), table)
    return {f"{table.name}.{f}": i for f, i in match.columns.items() if f not in table.primaryKey}


def _with_repeats(file: RawFile, table: Table) -> RawFile:
    try:
        repeats = _columns(file.headers, file.columns, table)
    except InputError as error:
        raise InputError(f"{file.name}: {error}") from error
    unknown = [i for i in range(len(file.headers)) if i not in file.columns.values()]
    named = dict(zip(unknown, file.unknown_columns, strict=True))
    left = [name for i, name in named.items() if i not in repeats.values()]
    near = {header: field for header, field in file.near.items() if header in left}
    return replace(file, repeats=repeats, unknown_columns=left, near=near)


def _left(headers: Sequence[str], columns: dict[str, int]) -> list[str]:
    taken = set(columns.values())
    return ["" if i in taken else header for i, header in enumerate(headers)]
