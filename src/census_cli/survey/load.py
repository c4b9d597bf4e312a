"""Reads a survey's folder into its models.  What the files say of one another is checked in `checks`, expressions in `expr.bind`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from census_cli.errors import OptionError, Problem, nearest
from census_cli.i18n import tr
from census_cli.survey.models import Assurance, CodeList, Parameter, Profile, Rule, SurveyFile, Table
from census_cli.survey.yaml import Document, Place, read_yaml

Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Survey:
    """A survey as its files say it, with every fault found so far and the place of every value."""

    folder: Path
    file: SurveyFile | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    codes: dict[str, CodeList] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    assurances: dict[str, Assurance] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, document: str, path: Place, message: str) -> None:
        """Note a fault at a value of one of the files (`tables/household`, `rules/S02` …)."""
        held = self.documents[document]
        self.problems.append(Problem(held.file, *held.at(path), message))

    def parameters(self, profile: str) -> dict[str, tuple[Parameter, str]]:
        """Every parameter of a profile with the id of the profile that states it: the own ones and what it extends."""
        known: list[str] = list(self.profiles)
        if profile not in known:
            hint = nearest(profile, known)
            message = tr("no profile '{name}' (there are: {known})", name=profile, known=", ".join(known))
            raise OptionError(message + (tr("; did you mean '{word}'?", word=hint) if hint else ""))
        stated: dict[str, tuple[Parameter, str]] = {}
        name: str | None = profile
        while name is not None:
            stated = {key: (value, name) for key, value in self.profiles[name].parameters.items()} | stated
            name = self.profiles[name].extends
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
        survey.problems += problems_of(document, error, model)
    return None


def problems_of(document: Document, error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """What a model refuses in a document, each fault at its place and with the nearest known word."""
    told: set[Place] = set()
    for fault in error.errors(include_url=False):
        path = _place(document, fault["loc"])
        if fault["type"] != "missing" and any(path[:n] in told for n in range(1, len(path) + 1)):
            continue  # a value that fits none of several types is told once
        told.add(path)
        kind, given = fault["type"], fault["input"]
        if kind == "extra_forbidden":
            key = str(path[-1])
            known = [k for k in _keys_beside(model, path[:-1]) if k not in _given(document, path[:-1])]
            hint = nearest(key, known)
            message = tr("unknown key '{key}'", key=key) + (tr("; did you mean '{word}'?", word=hint) if hint else "")
            if " " in key:
                message += tr(" (a comma inside {…} splits a text: put the text in quotes)")
            path = (*path, "")
        elif kind == "missing":
            message = tr("the key '{key}' is missing", key=fault["loc"][-1])
        elif kind == "literal_error":
            expected = fault["ctx"]["expected"]
            hint = nearest(str(given), [w.strip("'") for w in expected.replace(" or ", ", ").split(", ")])
            message = tr("'{given}' is not one of {expected}", given=given, expected=expected)
            message += tr("; did you mean '{word}'?", word=hint) if hint else ""
        elif kind == "string_pattern_mismatch":
            message = tr("'{given}' is not spelled as it must be ({pattern})", given=given, pattern=fault["ctx"]["pattern"])
        else:
            message = f"{fault['msg']} ({given!r:.60})"
        yield Problem(document.file, *document.at(path), message)


def _place(document: Document, location: Place) -> Place:
    """The part of Pydantic's location that names values of the file; it also names union branches, which files lack."""
    path: Place = ()
    for step in location:
        if (*path, step) in document.places:
            path = (*path, step)
    return path


def _given(document: Document, path: Place) -> list[str]:
    value = document.value
    for step in path:
        value = value[step]
    return list(value) if isinstance(value, dict) else []


def _keys_beside(model: type[BaseModel], path: Place) -> list[str]:
    """The keys that the model knows at a path, as far as it leads through models, lists and mappings."""
    from typing import get_args

    current: Any = model
    for step in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            fields = {f.alias or name: f.annotation for name, f in current.model_fields.items()}
            current = fields.get(str(step))
        else:
            current = next(iter(get_args(current)[-1:]), None)
        options = [a for a in get_args(current) if isinstance(a, type) and issubclass(a, BaseModel)]
        if options and not isinstance(step, int) and "list" not in str(current) and "dict" not in str(current):
            current = options[0]
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [f.alias or name for name, f in current.model_fields.items()]
    return []
