"""Reads a survey's folder into its models.  What the files say of one another is checked in `checks`, expressions in `expr.bind`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from census_cli.errors import OptionError, Problem, nearest
from census_cli.i18n import tr
from census_cli.survey.faults import faults
from census_cli.survey.form import Form
from census_cli.survey.models import Assurance, CodeList, Lists, Parameter, Profile, Rule, Setting, SurveyFile, Table
from census_cli.survey.yaml import Document, Place, read_yaml

Model = TypeVar("Model", bound=BaseModel)
Said = TypeVar("Said")


@dataclass
class Survey:
    """A survey as its files say it, with every fault found so far and the place of every value."""

    folder: Path
    file: SurveyFile | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    codes: dict[str, CodeList] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    assurances: dict[str, Assurance] = field(default_factory=dict)
    lists: Lists | None = None
    form: Form | None = None
    profiles: dict[str, Profile] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, document: str, path: Place, message: str) -> None:
        """Note a fault at a value of one of the files (`tables/household`, `rules/S02` …)."""
        held = self.documents[document]
        self.problems.append(Problem(held.file, *held.at(path), message))

    def parameters(self, profile: str) -> dict[str, tuple[Parameter, str]]:
        """Every parameter of a profile with the id of the profile that states it: the own ones and what it extends."""
        return _stated((above.parameters, above.id) for above in self.lineage(profile))

    def settings(self, profile: str) -> dict[str, tuple[Setting, str]]:
        """Every setting of a rule in a profile, likewise."""
        return _stated((above.rules, above.id) for above in self.lineage(profile))

    def lineage(self, profile: str) -> list[Profile]:
        """A profile, the one that it extends, and so on; raises OptionError for one that is not there."""
        known: list[str] = list(self.profiles)
        if profile not in known:
            hint = nearest(profile, known)
            message = tr("no profile '{name}' (there are: {known})", name=profile, known=", ".join(known))
            raise OptionError(message + (tr("; did you mean '{word}'?", word=hint) if hint else ""))
        found = [self.profiles[profile]]
        while (above := found[-1].extends) is not None:
            found.append(self.profiles[above])
        return found

    def profiles_of(self, rule: str) -> list[str]:
        """The profiles under which a rule runs, the default one first."""
        default = self.file.default_profile if self.file else None
        return [p for p in sorted(self.profiles, key=lambda p: (p != default, p)) if self.is_on(rule, self.settings(p))]

    def is_on(self, rule: str, settings: Mapping[str, tuple[Setting, str]]) -> bool:
        """Whether a rule runs under a profile's settings: an optional one only if they say so."""
        return settings[rule][0].on if rule in settings else not self.rules[rule].optional


def _stated(levels: Iterable[tuple[Mapping[str, Said], str]]) -> dict[str, tuple[Said, str]]:
    """What is said by the nearest of several profiles, each with the id of the profile that says it."""
    stated: dict[str, tuple[Said, str]] = {}
    for said, owner in levels:
        stated = {key: (value, owner) for key, value in said.items()} | stated
    return stated


def schemas_folder() -> Path:
    """The folder of the surveys: the packaged one, else the checkout's; raises OptionError when neither is there."""
    packaged = Path(__file__).parents[1] / "schemas"
    checkout = Path(__file__).parents[3] / "schemas"
    for folder in (packaged, checkout):
        if folder.is_dir():
            return folder
    raise OptionError(tr("the survey files are missing from this installation; install census-cli again"))


def find_survey(survey: str | Path) -> Path:
    """The folder of a survey, given by its id or by a path; raises OptionError."""
    path = Path(survey).resolve()
    if (path / "survey.yaml").is_file():
        return path
    if path.name == "survey.yaml" and path.is_file():
        return path.parent
    folder = schemas_folder()
    if isinstance(survey, str) and (folder / survey / "survey.yaml").is_file():
        return folder / survey
    known = sorted(p.parent.name for p in folder.glob("*/survey.yaml"))
    raise OptionError(
        tr(
            "no survey '{name}': give the id of a survey ({known}) or a folder that holds survey.yaml",
            name=survey,
            known=", ".join(known),
        )
    )


def read_survey(folder: Path) -> Survey:
    """Read all files of a survey; faults are gathered in `problems`, nothing is raised for them."""
    survey = Survey(folder)
    survey.file = _read_one(survey, folder / "survey.yaml", "survey", SurveyFile)
    if (folder / "lists.yaml").is_file():
        survey.lists = _read_one(survey, folder / "lists.yaml", "lists", Lists)
    if (folder / "form.yaml").is_file():
        survey.form = _read_one(survey, folder / "form.yaml", "form", Form)
    for kind, model, target in (
        ("tables", Table, survey.tables), ("codes", CodeList, survey.codes),
        ("rules", Rule, survey.rules), ("assurances", Assurance, survey.assurances), ("profiles", Profile, survey.profiles),
    ):  # fmt: skip
        for path in sorted((folder / kind).glob("*.yaml")):
            value = _read_one(survey, path, f"{kind}/{path.stem}", model)
            if value is not None:
                _keep(survey, kind, path.stem, value, target)
    return survey


def _keep(survey: Survey, kind: str, stem: str, value: Any, target: dict[str, Any]) -> None:
    name = value.id if hasattr(value, "id") else value.name
    key = "id" if hasattr(value, "id") else "name"
    if name != stem:
        survey.problem(f"{kind}/{stem}", (key,), tr("the file is named '{stem}', but says '{name}'", stem=stem, name=name))
    target[stem] = value


def _read_one(survey: Survey, path: Path, key: str, model: type[Model]) -> Model | None:
    document = survey.documents[key] = read_yaml(path, f"{survey.folder.name}/{path.relative_to(survey.folder).as_posix()}")
    survey.problems += document.problems
    if document.problems:
        return None
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        survey.problems += faults(document, error, model)
    return None
