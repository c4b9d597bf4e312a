"""A survey as other tools want it: a form for tablets, schemas of its records, a codebook, a workbook to type into.

One module per format; each is made from the descriptors alone and sees no data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from census_cli.errors import OptionError, nearest
from census_cli.i18n import tr

if TYPE_CHECKING:
    from census_cli.expr.bound import BoundSurvey


@dataclass(frozen=True)
class Left:
    """A part of the survey (a rule by its id, a field as table.name) that the other format cannot say, and why."""

    part: str
    reason: str


@dataclass(frozen=True)
class Exported:
    """What was written, what could not be said there, and which files with which columns have to go with it."""

    files: tuple[Path, ...]
    left: tuple[Left, ...] = ()
    beside: dict[str, list[str]] = field(default_factory=dict)


Export = Callable[["BoundSurvey", Path], Exported]


def only(survey: BoundSurvey, tables: Sequence[str]) -> BoundSurvey:
    """The survey with only these of its tables to be exported, or all; raises OptionError for one that it does not have."""
    for name in tables:
        if name not in survey.file.tables:
            close = nearest(name, survey.file.tables)
            hint = tr("; did you mean '{word}'?", word=close) if close else ""
            raise OptionError(tr("no table '{name}' in this survey", name=name) + hint)
    chosen = [t for t in survey.file.tables if t in tables]
    return replace(survey, file=survey.file.model_copy(update={"tables": chosen})) if chosen else survey


def _json_schema(survey: BoundSurvey, output: Path) -> Exported:
    from census_cli.exporting.json_schema import export

    return export(survey, output)


def _table_schema(survey: BoundSurvey, output: Path) -> Exported:
    from census_cli.exporting.table_schema import export

    return export(survey, output)


def _codebook(survey: BoundSurvey, output: Path) -> Exported:
    from census_cli.exporting.codebook import export

    return export(survey, output)


def _xlsx_template(survey: BoundSurvey, output: Path) -> Exported:
    from census_cli.exporting.template import export

    return export(survey, output)


def _xlsform(survey: BoundSurvey, output: Path) -> Exported:
    from census_cli.exporting.xlsform import export

    return export(survey, output)


FORMATS: dict[str, Export] = {
    "json-schema": _json_schema,
    "table-schema": _table_schema,
    "codebook": _codebook,
    "xlsx-template": _xlsx_template,
    "xlsform": _xlsform,
}
"""A format's name and what writes it; libraries are imported only by the one that is asked for."""
