"""Puts together what an app for tablets keeps apart: a list's answers, and the repeats with the keys of the forms they belong to.

It is done while files are held, so that all that follows sees tables like any other.  No row is dropped; what is odd is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

    @property
    def place(self) -> str:
        """The export that it is a part of: its workbook, or else its folder."""
        return str(self.file.path) if self.file.sheet else str(PurePosixPath(self.file.name).parent)


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
    for part in parts:
        for key in part.tablet.table.foreignKeys:
            if part.tablet.is_repeat and any(f not in part.stored for f in key.fields):
                _link(engine, part, key, parts)
    for part in parts:
        _tell(engine, part)
    for table in dict.fromkeys(part.file.table for part in parts):
        _tell_repeated(engine, [p for p in parts if p.file.table == table and not p.file.instance])
    for part in parts:
        for column in [c for c in part.stored if c.startswith("~")]:
            del part.stored[column]


def _link(engine: Engine, part: Part, key: ForeignKey, parts: Sequence[Part]) -> None:
    """Take the fields of a key that are absent from the rows that the repeat's own key names."""
    fields = {own: there for own, there in zip(key.fields, key.reference.fields, strict=True) if own not in part.stored}
    above = [p for p in parts if p.file.table == key.reference.resource and not p.file.instance]
    for parent, child in PAIRS:
        there = [p for p in above if (parent, child) != _WITHIN or p.place == part.place]
        nested = any(p.tablet.is_repeat for p in there)
        if nested and child.startswith("_submission"):
            continue
        able = there and all(parent in p.tablet.links and set(fields.values()) <= p.stored.keys() for p in there)
        if child in part.tablet.links and able:
            column = ROOT if child == "PARENT_KEY" and not nested else f"~{child}"
            keys = keys_of([p.held.rows for p in there], f"~{parent}", list(fields.values()))
            part.held.rows = with_parents(part.held.rows, column, keys, fields)
            header = part.file.headers[part.tablet.links[child]]
            part.held.headers = {**part.held.headers, **dict.fromkeys(fields, header)}
            part.stored |= dict.fromkeys(fields, "VARCHAR") | {"~orphan": "BOOLEAN"}
            return
    if part.held.tablet:
        part.held.tablet = part.held.tablet.model_copy(update={"lacks": key.reference.resource})


def _tell(engine: Engine, part: Part) -> None:
    """Count versions of the form, states of review, and rows without a parent."""
    assert part.held.tablet is not None
    told = {role: dict(_counted(engine, times(part.held.rows, f"~{role}"))) for role in part.tablet.roles}
    lost = []
    if "~orphan" in part.stored:
        lost = [row for row, _ in _counted(engine, orphans(part.held.rows))]
    update = {"versions": told.get("version", {}), "reviews": told.get("review", {}), "statuses": told.get("status", {})}
    part.held.tablet = part.held.tablet.model_copy(update={**update, "orphans": len(lost), "first_orphans": lost[:FIRST]})


def _tell_repeated(engine: Engine, parts: Sequence[Part]) -> None:
    """Count the keys that stand in more than one row of a table's files."""
    for key in (parent for parent, _ in PAIRS[:-1]):
        if parts and all(key in p.tablet.links for p in parts):
            repeated = len(list(_counted(engine, repeated_keys([p.held.rows for p in parts], f"~{key}"))))
            first = parts[0].held
            assert first.tablet is not None
            first.tablet = first.tablet.model_copy(update={"keys_twice": repeated})
            return


def _counted(engine: Engine, sql: str) -> Iterator[tuple[str, int]]:
    for batch in engine.stream(sql):
        yield from zip(*(c.to_pylist() for c in batch.columns), strict=True)
