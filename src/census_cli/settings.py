"""What a team's folder remembers: census.toml, with the survey, profile, files, headers and outputs of its checks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from census_cli.errors import DescriptorErrors, Problem, nearest
from census_cli.i18n import reason, tr
from census_cli.reading.headers import field_of
from census_cli.survey.faults import faults
from census_cli.survey.models import Descriptor, Identifier, Scope, Table
from census_cli.survey.yaml import Document, Place

FILE = "census.toml"


class TableSettings(Descriptor):
    """How the files of one table are called, as far as their names are alike, and which of their headers is which field."""

    files: list[str] = []
    columns: dict[str, str] = {}


class Settings(Descriptor):
    """The choices of a check under the names of its options; an option on the command line goes before.  `key` is that of evidence."""

    survey: str | None = None
    profile: list[str] = []
    data: list[str] = ["."]
    select: list[str] = []
    output: list[str] = []
    verdicts: str | None = None
    lists: str | None = None
    notes: str | None = None
    partial: bool = False
    as_of: str | None = None
    audience: Annotated[Scope | None, Field(alias="for")] = None
    fail_on: Literal["mandatory", "verify", "hint", "never"] | None = None
    lang: Literal["zh", "en"] | None = None
    encoding: str | None = None
    key: str | None = None
    tables: dict[Identifier, TableSettings] = {}


def read_settings(path: Path) -> Settings:
    """Read a census.toml; raises DescriptorErrors with every fault and its line."""
    document = Document(path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
        document.value = tomllib.loads(text)
    except OSError as error:
        raise DescriptorErrors([Problem(path.name, 1, 1, tr("cannot be read: {why}", why=reason(error)))]) from error
    except ValueError as error:  # of TOML, or of UTF-8
        line = re.search(r"line ([0-9]+), column ([0-9]+)", str(error))
        where = (int(line[1]), int(line[2])) if line else (1, 1)
        raise DescriptorErrors([Problem(path.name, *where, tr("not TOML: {why}", why=error))]) from error
    _place(document, document.value, (), text.splitlines())
    try:
        return Settings.model_validate(document.value)
    except ValidationError as error:
        raise DescriptorErrors(list(faults(document, error, Settings))) from error


def with_settings(tables: Sequence[Table], settings: Settings) -> list[Table]:
    """The tables with the team's names of files and headers added to those they have; raises DescriptorErrors."""
    known = {t.name: t for t in tables}
    problems: list[str] = []
    for name, own in settings.tables.items():
        table = known.get(name)
        if table is None:
            problems.append(tr("no table '{name}' in this survey", name=name) + _near(name, list(known)))
            continue
        named = {f.name: f for f in table.fields}
        for header, said in own.columns.items():
            field = field_of(said, table) or said
            if field in named:
                named[field] = named[field].model_copy(update={"aliases": [*named[field].aliases, header]})
            else:
                problems.append(
                    tr("no field '{name}' in the table '{table}'", name=field, table=name) + _near(field, list(named))
                )
        known[name] = table.model_copy(update={"aliases": [*table.aliases, *own.files], "fields": list(named.values())})
        problems += _overruled(own, table, known[name])
    if problems:
        raise DescriptorErrors([Problem(FILE, 1, 1, message) for message in problems])
    return list(known.values())


def _overruled(own: TableSettings, table: Table, named: Table) -> Iterator[str]:
    """The headers that are the name of another field already: what the team says of them would not hold, and nobody would know."""
    for header, said in own.columns.items():
        field, meant = field_of(header, named), field_of(said, table)
        if meant and field and field != meant:
            yield tr(
                "the header '{header}' is a name of '{field}' already and cannot mean '{meant}'; rename the column in the file",
                header=header, field=field, meant=meant,
            )  # fmt: skip


def _near(word: str, known: list[str]) -> str:
    hint = nearest(word, known)
    return tr("; did you mean '{word}'?", word=hint) if hint else ""


def _place(document: Document, value: Any, path: Place, lines: Sequence[str]) -> None:
    """Where each key stands: the first line that begins with it, as near as TOML lets one know."""
    line = next(
        (i for i, text in enumerate(lines, 1) if path and re.match(rf'\s*\[?"?(.*\.)?{re.escape(str(path[-1]))}\b', text)), 1
    )
    document.places[path] = (line, 1)
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if isinstance(key, str):
            document.places[*path, key, ""] = (next((i for i, t in enumerate(lines, 1) if key in t), line), 1)
        _place(document, inner, (*path, key), lines)
