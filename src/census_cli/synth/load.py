"""Reads a survey's recipe into its models.  A recipe is read when a synthetic survey is made, never for a check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from census_cli.errors import DescriptorErrors, OptionError, Problem
from census_cli.i18n import tr
from census_cli.survey.faults import faults
from census_cli.survey.load import Survey, find_survey, read_survey
from census_cli.survey.models import Assurance, CodeList, Table, Verdict
from census_cli.survey.yaml import read_yaml
from census_cli.synth.models import Exemplary, Fault, Faults, MadeTable, Numbers, Recipe, SmallTable, Step, Unmet

Model = TypeVar("Model", bound=BaseModel)

WITHOUT_LINE = ("unreadable", "no_members")
"""Codes of verdicts that follow from no line: a value that could not be read, a household without members."""


@dataclass(frozen=True)
class Kitchen:
    """All that is needed to make a survey: what its files say, and its recipe; `faults` stand in the order of planting."""

    tables: dict[str, Table]
    codes: dict[str, CodeList]
    assurances: dict[str, Assurance]
    recipe: Recipe
    numbers: Numbers
    lists: list[SmallTable]
    steps: list[Step]
    faults: list[Fault]

    def done_after(self, steps: int) -> list[str]:
        """The tables that no step needs after so many of them, and that are no tables of the survey."""
        last = {word: n for n, step in enumerate(self.steps, 1) for word in re.findall(r"[a-z_]+", step.made_from)}
        return [s.name for s in self.steps if s.name not in self.recipe.tables and last.get(s.name, 0) == steps]

    def verdict(self, unmet: Unmet) -> Verdict | None:
        """The verdict of a line whose reasons have these codes; None where no line has them."""
        if unmet.code in WITHOUT_LINE:
            return "unknown"
        asked = set(unmet.code.split(","))
        assurance = self.assurances.get(unmet.assurance)
        cases = (assurance.cases or ()) if assurance else ()
        return next((case.verdict for case in cases if asked <= {reason.code for reason in case.any}), None)


def open_kitchen(survey: str | Path, profile: str | None = None) -> Kitchen:
    """Read a survey's tables and its recipe; raises DescriptorErrors, and OptionError for a survey without a recipe.

    For a profile other than the default one the survey has what more is asked, and the faults are those that only plans tell.
    """
    folder = find_survey(survey)
    if not (folder / "synth" / "recipe.yaml").is_file():
        raise OptionError(
            tr("the survey '{name}' has no recipe (synth/recipe.yaml), so no synthetic survey can be made", name=folder.name)
        )
    described = read_survey(folder)
    read = _Reader(folder)
    recipe = read.one("recipe.yaml", Recipe)
    numbers = read.one("shares.yaml", Numbers)
    lists = read.all("lists", SmallTable)
    steps = {s.name: s for s in read.all("steps", Step)}
    groups = read.all("faults", Faults)
    asked = _asked(described, profile)
    if asked and recipe:
        recipe, steps, groups = _for_profile(read, described, asked, recipe, steps)
    problems = described.problems + read.problems
    if problems or recipe is None or numbers is None:
        raise DescriptorErrors(problems)
    kitchen = Kitchen(
        {name: _written(described.tables[name], made) for name, made in recipe.tables.items() if name in described.tables},
        described.codes, described.assurances,
        recipe, numbers, lists, [steps[name] for name in recipe.steps if name in steps], in_turn(groups),
    )  # fmt: skip
    faults = list(_misfits(kitchen, set(steps)))
    if faults:
        raise DescriptorErrors([Problem(f"{folder.name}/synth", 1, 1, message) for message in faults])
    return kitchen


def _asked(survey: Survey, profile: str | None) -> str | None:
    """The profile asked for, None where it is the default one; raises OptionError for one that is not there."""
    if profile is None or survey.file is None or profile == survey.file.default_profile:
        return None
    survey.lineage(profile)
    return profile


def _for_profile(
    read: _Reader, survey: Survey, profile: str, recipe: Recipe, steps: dict[str, Step]
) -> tuple[Recipe, dict[str, Step], list[Faults]]:
    """The recipe with what is made otherwise for a profile, and the faults that it tells."""
    other = read.one("exemplary.yaml", Exemplary)
    if other is None:
        return recipe, steps, []
    made = {name: step.model_copy(update={"columns": step.columns | other.columns.get(name, {})}) for name, step in steps.items()}
    made |= {step.name: step for step in read.all("profile_steps", Step)}
    changed = {
        "units_per_group": other.units_per_group,
        "macros": recipe.macros | other.macros | other.of_profile.get(profile, {}),
        "steps": [*recipe.steps, *other.steps],
        "tables": recipe.tables | other.tables,
    }
    groups = [
        group.model_copy(update={"faults": list(_told(survey, profile, group))}) for group in read.all("profile_faults", Faults)
    ]
    return recipe.model_copy(update=changed), made, groups


def _told(survey: Survey, profile: str, group: Faults) -> Iterator[Fault]:
    """The faults of a group of which a profile tells something, each with what this profile tells of it."""
    settings = survey.settings(profile)
    for fault in group.faults:
        rules = [e for e in fault.rules if e.rule not in survey.rules or survey.is_on(e.rule, settings)]
        asked = [e for e in rules if e.rule in settings]
        if asked and (not fault.profiles or profile in fault.profiles):
            yield fault.model_copy(update={"rules": rules})


def _written(table: Table, made: MadeTable) -> Table:
    """A table with the columns that are written to its file."""
    return table.model_copy(update={"fields": [f for f in table.fields if not f.made and f.name not in made.without]})


def in_turn(groups: Sequence[Faults]) -> list[Fault]:
    """The first fault of every group, then the second of every group, and so on: the variety comes first."""
    placed = [(number, group.name, fault) for group in groups for number, fault in enumerate(group.faults)]
    return [fault for _, _, fault in sorted(placed, key=lambda p: p[:2])]


@dataclass
class _Reader:
    """Reads files of one recipe and gathers their faults."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def one(self, name: str, model: type[Model]) -> Model | None:
        """The model of one file, None where it is not sound."""
        document = read_yaml(self.folder / "synth" / name, f"{self.folder.name}/synth/{name}")
        self.problems += document.problems
        if not document.problems:
            try:
                return model.model_validate(document.value)
            except ValidationError as error:
                self.problems += faults(document, error, model)
        return None

    def all(self, kind: str, model: type[Model]) -> list[Model]:
        """The models of all sound files of a folder, by name."""
        files = sorted((self.folder / "synth" / kind).glob("*.yaml"))
        return [value for file in files if (value := self.one(f"{kind}/{file.name}", model)) is not None]


def _misfits(kitchen: Kitchen, steps: set[str]) -> Iterator[str]:
    """What the files of a recipe say of one another that is not so."""
    made = kitchen.recipe.tables
    for name in kitchen.recipe.steps:
        if name not in steps:
            yield tr("the recipe names the step '{name}', which is not there", name=name)
    for name in made:
        if name not in kitchen.tables or name not in kitchen.recipe.steps:
            yield tr("the recipe names the table '{name}', which is not there", name=name)
    names = [fault.name for fault in kitchen.faults]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield tr("the fault '{name}' is described twice", name=name)
    for fault in kitchen.faults:
        yield from (f"{fault.name}: {message}" for message in _misfits_of(kitchen, fault))


def _misfits_of(kitchen: Kitchen, fault: Fault) -> Iterator[str]:
    for name in (fault.table, *fault.drop, *fault.repeat):
        if name not in kitchen.recipe.tables:
            yield tr("there is no table '{name}'", name=name)
    named = [f"{e.table or fault.table}.{e.field}" if "." not in e.field else e.field for e in fault.rules]
    for column in (*fault.set, *named):
        if not _is_column(kitchen, column):
            yield tr("there is no column '{name}'", name=column)
    for column in fault.set:
        table = column.partition(".")[0]
        if table != fault.table and table not in _certain(kitchen, fault):
            yield tr("'{name}' cannot be set, for it is not of the row at which the fault is", name=column)
    for unmet in fault.verdicts:
        if kitchen.verdict(unmet) is None:
            yield tr("no line of the assurance '{name}' has the code '{code}'", name=unmet.assurance, code=unmet.code)


def _certain(kitchen: Kitchen, fault: Fault) -> set[str]:
    """The other tables that have a row wherever the fault is: those of units, and for a member the first table of members."""
    tables = kitchen.recipe.tables
    members = [name for name, made in tables.items() if made.rows == "member"]
    of_member = members[:1] if fault.table in members else []
    return {*of_member, *(name for name, made in tables.items() if made.rows == "unit")}


def _is_column(kitchen: Kitchen, name: str) -> bool:
    table, _, column = name.partition(".")
    return table in kitchen.tables and kitchen.tables[table].field(column) is not None
