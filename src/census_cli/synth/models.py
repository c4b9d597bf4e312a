"""What the files of a recipe may say: one strict Pydantic model per kind of file.  How they are run lives in the other modules."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from census_cli.survey.models import Descriptor, Identifier, Slug, Source

Sql = str
Rows = Literal["group", "unit", "member"]


class Shares(Descriptor):
    """How often each of several answers occurs, in parts of their sum."""

    of: Annotated[dict[str, int | Decimal], Field(min_length=1)]
    source: Annotated[list[Source], Field(min_length=1)]


class Amounts(Descriptor):
    """A quantity by its quantiles, evenly spaced from the least to the greatest; between them it is linear."""

    quantiles: Annotated[list[int], Field(min_length=2)]
    source: Annotated[list[Source], Field(min_length=1)]


class Numbers(Descriptor):
    """`shares.yaml`: every distribution of the recipe, each with where it comes from."""

    shares: dict[Identifier, Shares]
    amounts: dict[Identifier, Amounts]


class SmallTable(Descriptor):
    """`lists/<name>.yaml`: a table short enough to be written by hand."""

    name: Identifier
    rows: Annotated[list[dict[Identifier, str | int]], Field(min_length=1)]


class Step(Descriptor):
    """`steps/<name>.yaml`: a table made from those before it: the columns it keeps (all, unless listed) and those it adds."""

    name: Identifier
    keep: list[Identifier] | None = None
    columns: dict[Identifier, Sql]
    made_from: Annotated[Sql, Field(alias="from")]


class MadeTable(Descriptor):
    """What a row of a table of the survey is to the recipe, the columns that order the rows, and those that its files do without."""

    rows: Rows
    order: list[Identifier]
    without: list[Identifier] = []


class Recipe(Descriptor):
    """`recipe.yaml`: the steps in their order, the tables that come of them, and how many units make a group."""

    units_per_group: Annotated[int, Field(ge=1)]
    most_units: Annotated[int, Field(ge=1)]
    macros: dict[str, Sql] = {}
    steps: Annotated[list[Identifier], Field(min_length=1)]
    tables: dict[Identifier, MadeTable]


class Exemplary(Descriptor):
    """`exemplary.yaml`: what is made otherwise for a profile other than the default one, under which more is asked.

    `columns` take the place of those of the recipe's steps; `steps` and `tables` come after its own; `macros` may be others
    `of_profile`.
    """

    units_per_group: Annotated[int, Field(ge=1)]
    columns: dict[Identifier, dict[Identifier, Sql]] = {}
    macros: dict[str, Sql] = {}
    of_profile: dict[Slug, dict[str, Sql]] = {}
    steps: list[Identifier] = []
    tables: dict[Identifier, MadeTable] = {}


class Expected(Descriptor):
    """A discrepancy that a fault must be answered with; without `unit` it is of the row of `table` at which the fault is."""

    rule: str
    field: str
    table: Identifier | None = None
    unit: Sql | None = None
    when: Sql | None = None


class Unmet(Descriptor):
    """A verdict that a fault must lead to: the assurance, the code of its reason (several joined by `,`), the column to look at.

    It is not `told` as a discrepancy of a unit of which the assurance is not asked.
    """

    assurance: Identifier
    code: str
    field: str
    told: bool = True


class Fault(Descriptor):
    """One kind of mistake: the rows where it can be made, what is changed, and every discrepancy and verdict that follows.

    One that is `alone` has its group to itself: it might meet others in the group's totals.  One that is possible `seldom` may
    come a few turns early, lest its turn find no row for it.  One of a group that is at `every` unit sets the cells of all units of
    the group, and is alone there.  One that only some `profiles` tell is planted for these only.
    """

    name: Identifier
    table: Identifier
    alone: bool = False
    seldom: bool = False
    every: bool = False
    profiles: list[Slug] = []
    where: Sql = "true"
    set: dict[str, Sql] = {}
    drop: list[Identifier] = []
    repeat: list[Identifier] = []
    rules: list[Expected] = []
    verdicts: list[Unmet] = []


class Faults(Descriptor):
    """`faults/<name>.yaml`: faults of one subject, in the order in which they are planted."""

    name: Identifier
    faults: Annotated[list[Fault], Field(min_length=1)]
