"""Which rules carry which row of a reference: the model of `coverage.yaml`, and what it leaves unexplained.  No check reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated

from pydantic import Field

from census_cli.survey.load import Survey
from census_cli.survey.models import Descriptor, Text
from census_cli.survey.yaml import read_yaml


class CoveredRow(Descriptor):
    """One row of the reference: what it asks, the rules that carry it, and why no rule can, or what the rules leave out."""

    row: str
    asks: Text
    rules: list[str] = Field(default=[])
    why: Text | None = None


class CoveredSection(Descriptor):
    """One table of the reference; `at` is where it stands."""

    at: str
    title: Text
    rows: Annotated[list[CoveredRow], Field(min_length=1)]


class OtherRules(Descriptor):
    """Rules that no row asks for, and what asks for them."""

    at: str
    asks: Text
    rules: Annotated[list[str], Field(min_length=1)]


class Coverage(Descriptor):
    """`coverage.yaml`: every row of the reference, and the rules that come from elsewhere."""

    sections: list[CoveredSection]
    others: list[OtherRules]


def read_coverage(survey: Survey) -> Coverage:
    """The coverage of a survey; raises pydantic's ValidationError where the file is not sound."""
    return Coverage.model_validate(read_yaml(survey.folder / "coverage.yaml", "coverage.yaml").value)


def unexplained(survey: Survey, coverage: Coverage, structural: Collection[str]) -> Iterator[str]:
    """What is wrong with a coverage: rows without rule or reason, rules that are not there, rules that nothing names."""
    rows = [row for section in coverage.sections for row in section.rows]
    named = {rule for row in rows for rule in row.rules} | {rule for other in coverage.others for rule in other.rules}
    known = {*survey.rules, *structural, *(f"ASR-{name}" for name in survey.assurances)}
    yield from (f"{row.row}: neither rule nor reason" for row in rows if not row.rules and row.why is None)
    yield from (f"no rule {rule}" for rule in sorted(named - known))
    yield from (f"{rule} is named nowhere" for rule in sorted(set(survey.rules) - named))
