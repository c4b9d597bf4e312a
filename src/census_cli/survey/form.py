"""`form.yaml`: what is asked at the door, in which blocks and in which order; whether it agrees with the tables is checked here too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from census_cli.i18n import tr
from census_cli.survey.faults import unknown
from census_cli.survey.models import Descriptor, Identifier, Slug, Table, Text

if TYPE_CHECKING:
    from census_cli.survey.load import Survey
    from census_cli.survey.yaml import Place

Filling = Literal["today", "start", "end", "position"]


class Block(Descriptor):
    """One screen of the form: fields of its table, in the order in which they are asked."""

    name: Identifier
    title: Text
    fields: Annotated[list[Identifier], Field(min_length=1)]


class Roster(Descriptor):
    """Blocks that are asked once for each row of a child table, such as each member of a household."""

    table: Identifier
    title: Text
    blocks: Annotated[list[Block], Field(min_length=1)]


class Form(Descriptor):
    """What one visit fills: a row of `table`, block by block, with a roster of each child table where it stands among them.

    `filled` are fields that the device fills: `today` offers the day, `start` and `end` are the times of the visit, `position` is the
    number of a row in its roster.  `not_asked` are fields, as table.field, that the office fills, each with the reason.  `attached` are
    tables that go to the tablet as files, so that rules may look rows up there.  `units` are the words for the tables' units.
    """

    id: Slug
    title: Text
    table: Identifier
    blocks: Annotated[list[Block | Roster], Field(min_length=1)]
    filled: dict[str, Filling] = {}
    not_asked: dict[str, Text] = {}
    attached: list[Identifier] = []
    units: dict[str, Text] = {}

    @property
    def rosters(self) -> list[Roster]:
        """The rosters, in order."""
        return [b for b in self.blocks if isinstance(b, Roster)]

    @property
    def tables(self) -> list[str]:
        """The tables that the form fills, the main one first."""
        return [self.table, *(r.table for r in self.rosters)]

    def asked(self, table: str) -> list[Block]:
        """The blocks of a table."""
        if table == self.table:
            return [b for b in self.blocks if isinstance(b, Block)]
        return [block for roster in self.rosters if roster.table == table for block in roster.blocks]


def link(table: Table, main: str) -> str | None:
    """The field by which rows of a roster know the row of the main table; the form fills it itself."""
    return next((f.fields[0] for f in table.foreignKeys if f.reference.resource == main), None)


def forgotten(form: Form, table: Table) -> list[str]:
    """The fields of a table that the form neither asks nor leaves to others in words.  No fault: a field is added with one line."""
    own = link(table, form.table) if table.name != form.table else None
    elsewhere = {key.rpartition(".")[2] for key in (*form.filled, *form.not_asked) if key.rpartition(".")[0] == table.name}
    told = elsewhere | {f for block in form.asked(table.name) for f in block.fields} | {own}
    return [f.name for f in table.fields if not f.made and f.name not in told]


def check_form(survey: Survey, form: Form) -> None:
    """Note every fault: tables, fields and units that are not there or given twice."""
    known = list(survey.tables)
    for i, name in enumerate(form.attached):
        if name not in known:
            survey.problem("form", ("attached", i), unknown(tr("table"), name, known))
    for table, where in ((form.table, ("table",)), *((b.table, ("blocks", i, "table")) for i, b in _rosters(form))):
        if table not in known:
            survey.problem("form", where, unknown(tr("table"), table, known))
        elif table != form.table and link(survey.tables[table], form.table) is None:
            survey.problem("form", where, tr("the table '{table}' has no foreign key to '{main}'", table=table, main=form.table))
        else:
            _check_fields(survey, form, survey.tables[table])
    _check_names(survey, form)
    _check_keys(survey, form)


def _rosters(form: Form) -> Iterator[tuple[int, Roster]]:
    yield from ((i, b) for i, b in enumerate(form.blocks) if isinstance(b, Roster))


def _placed(form: Form) -> Iterator[tuple[str, Block, Place]]:
    """Every block with its table and its place in the file."""
    for i, block in enumerate(form.blocks):
        if isinstance(block, Roster):
            yield from ((block.table, inner, ("blocks", i, "blocks", j)) for j, inner in enumerate(block.blocks))
        else:
            yield form.table, block, ("blocks", i)


def _check_fields(survey: Survey, form: Form, table: Table) -> None:
    """Each field that is asked is there, once, and its unit has words."""
    fields = [f.name for f in table.fields if not f.made]
    seen: set[str] = set()
    for name, block, place in _placed(form):
        for i, field in enumerate(block.fields if name == table.name else ()):
            if field not in fields:
                survey.problem("form", (*place, "fields", i), unknown(tr("field"), field, fields))
            elif field in seen:
                survey.problem("form", (*place, "fields", i), tr("the name '{name}' is given twice", name=field))
            seen.add(field)
    for unit in dict.fromkeys(f.unit for f in table.fields if f.unit and f.name in seen):
        if unit not in form.units:
            survey.problem(
                "form", ("units",) if form.units else (), tr("the unit '{unit}' has no words under 'units'", unit=unit)
            )


def _check_names(survey: Survey, form: Form) -> None:
    """What a form names must differ from all else in it, whatever table it is of; only the link is there twice."""
    links = {link(survey.tables[r.table], form.table) for r in form.rosters if r.table in survey.tables}
    names = Counter(name for _, name in {(table, f) for table, block, _ in _placed(form) for f in block.fields})
    for _, block, place in _placed(form):
        for i, field in enumerate(block.fields):
            if names[field] > 1 and field not in links:
                survey.problem("form", (*place, "fields", i), tr("two tables of a form cannot both ask '{name}'", name=field))
    taken = [*names, *(r.table for r in form.rosters)]
    for _, block, place in _placed(form):
        if block.name in taken:
            survey.problem("form", (*place, "name"), tr("the name '{name}' is given twice", name=block.name))
        taken.append(block.name)


def _check_keys(survey: Survey, form: Form) -> None:
    for part in ("filled", "not_asked"):
        for key in getattr(form, part):
            table, _, field = key.rpartition(".")
            held = survey.tables.get(table)
            if table not in form.tables:
                survey.problem("form", (part, key, ""), unknown(tr("table"), table, form.tables))
            elif held and held.field(field) is None:
                survey.problem("form", (part, key, ""), unknown(tr("field"), field, [f.name for f in held.fields]))
