"""Puts together what an app for tablets keeps apart: a list's answers, and the repeats with the keys of the forms they belong to.

It is done while files are held, so that all that follows sees tables like any other.  No row is dropped; what is odd is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from census_cli.reading.tablets import PAIRS, Tablet
from census_cli.results import TabletExport
from census_cli.sql.tablets import (
    ROOT,
    as_fields,
    filled_rows,
    keys_of,
    orphans,
    repeated_keys,
    times,
    with_parents,
)
from census_cli.sql.words import name
from census_cli.survey.models import ForeignKey

if TYPE_CHECKING:
    from census_cli.engines.base import Engine
    from census_cli.raw import Held
    from census_cli.reading.discover import RawFile

FIRST = 5
"""Rows that are named; of more the number is told."""

_WITHIN = PAIRS[-1]
"""Numbers that mean something in one export only."""

_OF_EVERY_LEVEL = (PAIRS[0], _WITHIN)
"""The pairs by which a repeat in a repeat finds it; the others name the form itself."""


@dataclass
class Part:
    """A file as it is held, and the storage of its columns."""

    held: Held
    file: RawFile
    stored: dict[str, str]

    @property
    def tablet(self) -> Tablet:
        """What the app has written."""
        assert self.file.tablet is not None
        return self.file.tablet


def in_one_form(engine: Engine, label: str, part: Part) -> None:
    """Write the cells of an export in the form of the grammar, and make one column of a list that has a column for each answer."""
    held, file, tablet = part.held, part.file, part.tablet
    choices = {f: {answer: f"~{i}" for answer, i in columns.items()} for f, columns in tablet.choices.items()}
    engine.view(f"{label}_found", held.rows)
    engine.rowwise(f"{label}_told", as_fields(f"{label}_found", tablet.table, part.stored, choices), f"{label}_found")
    held.rows = f"SELECT * FROM {name(f'{label}_told')}"
    for field, columns in tablet.choices.items():
        held.headers = {**held.headers, field: ", ".join(file.headers[i] for i in columns.values())}
        part.stored[field] = "VARCHAR"
    held.tablet = TabletExport(app=tablet.app)
    if file.instance:
        keys = {f for key in tablet.table.foreignKeys for f in key.fields}
        held.rows = filled_rows(held.rows, [f for f in file.columns if f not in keys])
        held.sheet = held.path.partition("#")[2]
        held.sound = engine.one(f"SELECT count(*) AS n FROM ({held.rows})")["n"]
        # Records that cannot be read are the parent's.
        held.unreadable, held.damaged, held.blank, held.skipped = "", 0, 0, []


def link(engine: Engine, parts: Sequence[Part]) -> None:
    """Give each repeat the keys of the form it belongs to, and count what there is to tell; only fields are left of the columns."""
    stored = {part.file.name: part.stored for part in parts}
    held = {part.file.name: part for part in parts}
    for way in ways([part.file for part in parts], stored):
        _link(held[way.child.name], way, [held[file.name] for file in way.above])
    for part in parts:
        _tell(engine, part)
    for table in dict.fromkeys(part.file.table for part in parts):
        _tell_repeated(engine, [p for p in parts if p.file.table == table and not p.file.instance])
    for part in parts:
        for column in [c for c in part.stored if c.startswith("~")]:
            del part.stored[column]


@dataclass(frozen=True)
class Way:
    """How the rows of a repeat find those of the files `above`: by which pair of columns, and which fields they take from there."""

    child: RawFile
    above: Sequence[RawFile]
    pair: tuple[str, str]
    fields: Mapping[str, str]
    nested: bool


def ways(files: Sequence[RawFile], stored: Mapping[str, dict[str, str]]) -> Iterator[Way]:
    """How each repeat finds its parents, upper ones first; the fields that it takes are added to what is `stored` of each file."""
    found = True
    while found:
        found = False
        for child in (f for f in files if f.tablet and f.tablet.is_repeat):
            assert child.tablet is not None
            for key in child.tablet.table.foreignKeys:
                if way := _way(child, key, files, stored):
                    stored[child.name] |= dict.fromkeys(way.fields, "VARCHAR")
                    found = True
                    yield way


def lacking(file: RawFile, stored: Collection[str]) -> str | None:
    """The table of the parents of a repeat whose key it has not found."""
    if file.tablet is None or not file.tablet.is_repeat:
        return None
    keys = file.tablet.table.foreignKeys
    return next((key.reference.resource for key in keys if not set(key.fields) <= set(stored)), None)


def _way(child: RawFile, key: ForeignKey, files: Sequence[RawFile], stored: Mapping[str, Mapping[str, str]]) -> Way | None:
    """By the surest pair of columns that the repeat and all files of its parents' table have, or else some: other apps know other pairs."""
    pairs = zip(key.fields, key.reference.fields, strict=True)
    fields = {own: there for own, there in pairs if own not in stored[child.name]}
    parents = [f for f in files if f.tablet and f.table == key.reference.resource and not f.instance]
    assert child.tablet is not None
    some: Way | None = None
    for pair in PAIRS if fields else ():
        above = [f for f in parents if pair != _WITHIN or _place(f) == _place(child)]
        able = [f for f in above if f.tablet and pair[0] in f.tablet.links and set(fields.values()) <= stored[f.name].keys()]
        nested = any(f.tablet.is_repeat for f in able if f.tablet)
        if not able or pair[1] not in child.tablet.links or (nested and pair not in _OF_EVERY_LEVEL):
            continue
        if len(able) == len(above):
            return Way(child, above, pair, fields, nested)
        some = some or Way(child, able, pair, fields, nested)
    return some


def _place(file: RawFile) -> str:
    """The export that a file is a part of: its workbook, or else its folder."""
    return str(file.path) if file.sheet else str(PurePosixPath(file.name).parent)


def _link(part: Part, way: Way, above: Sequence[Part]) -> None:
    """Take the fields of a key that are absent from the rows that the repeat's own key names."""
    parent, child = way.pair
    column = ROOT if child == "PARENT_KEY" and not way.nested else f"~{child}"
    keys = keys_of([p.held.rows for p in above], f"~{parent}", list(way.fields.values()))
    told = "~orphan" not in part.stored
    part.held.rows = with_parents(part.held.rows, column, keys, way.fields, told)
    header = part.file.headers[part.tablet.links[child]]
    part.held.headers = {**part.held.headers, **dict.fromkeys(way.fields, header)}
    part.stored["~orphan"] = "BOOLEAN"


def _tell(engine: Engine, part: Part) -> None:
    """Count versions of the form, states of review, and rows without a parent."""
    assert part.held.tablet is not None
    told = {role: dict(_counted(engine, times(part.held.rows, f"~{role}"))) for role in part.tablet.roles}
    lost = [row for row, _ in _counted(engine, orphans(part.held.rows))] if "~orphan" in part.stored else []
    update = {
        "lacks": lacking(part.file, part.stored),
        "versions": told.get("version", {}),
        "reviews": told.get("review", {}),
        "statuses": told.get("status", {}),
    }
    part.held.tablet = part.held.tablet.model_copy(update={**update, "orphans": len(lost), "first_orphans": lost[:FIRST]})


def _tell_repeated(engine: Engine, parts: Sequence[Part]) -> None:
    """Count the keys that stand in more than one row of a table's files, each file by its surest key."""
    for key in (parent for parent, _ in PAIRS[:-1]):
        same = [p for p in parts if key in p.tablet.links]
        parts = [p for p in parts if p not in same]
        if same:
            repeated = len(list(_counted(engine, repeated_keys([p.held.rows for p in same], f"~{key}"))))
            first = same[0].held
            assert first.tablet is not None
            first.tablet = first.tablet.model_copy(update={"keys_twice": repeated})


def _counted(engine: Engine, sql: str) -> Iterator[tuple[str, int]]:
    for batch in engine.stream(sql):
        yield from zip(*(c.to_pylist() for c in batch.columns), strict=True)
