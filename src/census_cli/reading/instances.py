"""Repeats that stand in the row of their parent (`name_1`, `name_2` …), as SurveyCTO writes them by default: each as a file of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from census_cli.reading.headers import field_of
from census_cli.reading.tablets import Kind, Tablet
from census_cli.survey.models import Table

if TYPE_CHECKING:
    from census_cli.reading.discover import RawFile

LEAST_REPEATED = 3
"""Fields that a repeat in the row of its parent has at least."""

_NUMBERED = re.compile(r"(.+)_([1-9][0-9]{0,2})")


@dataclass(frozen=True)
class _Instance:
    """One repeat: its table, its number, the columns of its fields, and those that only tell again what stands in them."""

    table: Table
    number: int
    columns: Mapping[str, int]
    again: frozenset[int]


def with_instances(file: RawFile, tables: Sequence[Table]) -> Iterator[RawFile]:
    """A file, and each repeat that stands in its rows as one more, named `file#table[number]`."""
    if file.tablet is None or file.tablet.is_repeat:
        yield file
        return
    taken = {*file.columns.values(), *file.tablet.explained}
    left = [i for i in range(len(file.headers)) if i not in taken]
    found = list(_instances(file.headers, file.tablet.table, left, tables))
    inner = {i for one in found for i in (*one.columns.values(), *one.again)}
    unknown = [name for i, name in zip(left, file.unknown_columns, strict=True) if i not in inner]
    near = {h: f for h, f in file.near.items() if h in unknown}
    explained: dict[int, Kind] = {**file.tablet.explained, **dict.fromkeys(inner, "repeat")}
    yield replace(file, unknown_columns=unknown, near=near, tablet=replace(file.tablet, explained=explained))
    for one in found:
        keys = dict(_keys(one.table, file.table))
        columns = {f: file.columns[there] for f, there in keys.items() if there in file.columns} | dict(one.columns)
        yield replace(
            file, name=f"{file.name}#{one.table.name}[{one.number}]", table=one.table.name, columns=columns, unknown_columns=[],
            titles=(), near={}, tablet=Tablet(file.tablet.app, one.table), instance=one.number,
        )  # fmt: skip


def _instances(headers: Sequence[str], parent: Table, left: Sequence[int], tables: Sequence[Table]) -> Iterator[_Instance]:
    numbered = {i: (m[1], int(m[2])) for i in left if (m := _NUMBERED.fullmatch(headers[i].strip()))}
    for child in tables:
        keys = dict(_keys(child, parent.name))
        found: dict[int, dict[str, int]] = {}
        for i, (base, number) in numbered.items() if keys else ():
            name = field_of(base, child, grouped=True)
            if name and name not in keys:
                found.setdefault(number, {}).setdefault(name, i)
        if max(map(len, found.values()), default=0) < LEAST_REPEATED:
            continue
        lists = [f"{f.name}_" for f in child.fields if f.type == "list"]
        for number, columns in sorted(found.items()):
            again = {i for i, (base, n) in numbered.items() if n == number and base.startswith(tuple(lists))}
            yield _Instance(child, number, columns, frozenset(again - set(columns.values())))


def _keys(child: Table, parent: str) -> Iterator[tuple[str, str]]:
    """The fields of a table that lead to its parent, with those of the parent."""
    for key in child.foreignKeys:
        if key.reference.resource == parent:
            yield from zip(key.fields, key.reference.fields, strict=True)
