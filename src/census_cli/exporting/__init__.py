"""A survey as other tools want it: a form for tablets, schemas of its records, a codebook, a workbook to type into.

One module per format; each is made from the descriptors alone and sees no data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from census_cli.expr.bound import BoundSurvey


@dataclass(frozen=True)
class Left:
    """A part of the survey (a rule by its id, a field as table.name) that the other format cannot say, and why."""

    part: str
    reason: str


@dataclass(frozen=True)
class Exported:
    """What was written, and what could not be said there."""

    files: tuple[Path, ...]
    left: tuple[Left, ...] = ()


Export = Callable[["BoundSurvey", Path], Exported]


def _json_schema(survey: BoundSurvey, output: Path) -> Exported:
    from census_cli.exporting.json_schema import export

    return export(survey, output)


def _xlsform(survey: BoundSurvey, output: Path) -> Exported:
    from census_cli.exporting.xlsform import export

    return export(survey, output)


FORMATS: dict[str, Export] = {
    "json-schema": _json_schema,
    "xlsform": _xlsform,
}
"""A format's name and what writes it; libraries are imported only by the one that is asked for."""
