"""The profiles of a survey in print: the list of them, and one with all its parameters, as a table or as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Literal, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from census_cli.i18n import language, tr
from census_cli.survey.load import Survey
from census_cli.survey.models import Parameter, ValueSource

Format = Literal["table", "json"]
WIDTH = 120


def write_list(survey: Survey, file: TextIO, form: Format) -> None:
    """Every profile: id, title, what it extends, how many parameters it has with those it inherits."""
    if form == "json":
        _write_json([_head(survey, name) | {"parameters": len(survey.parameters(name))} for name in survey.profiles], file)
        return
    table = headed_table(tr("profile"), tr("title"), tr("extends"), tr("parameters"))
    for name, profile in survey.profiles.items():
        table.add_row(name, Text(profile.title[language()]), profile.extends or "", str(len(survey.parameters(name))))
    _print(file, table)


def write_profile(survey: Survey, name: str, file: TextIO, form: Format) -> None:
    """One profile with every parameter; raises OptionError for a profile that is not there."""
    stated = survey.parameters(name)
    if form == "json":
        parameters = {key: {"stated_in": owner} | _plain(parameter) for key, (parameter, owner) in stated.items()}
        _write_json(_head(survey, name) | {"parameters": parameters}, file)
        return
    profile = survey.profiles[name]
    above = " · " + tr("extends {name}", name=profile.extends) if profile.extends else ""
    table = headed_table(tr("parameter"), tr("value"), tr("stated in"), tr("meaning, source and doubt"))
    for key, (parameter, owner) in stated.items():
        lines = [parameter.title[language()], *map(_source, parameter.source)]
        table.add_row(key, _value(parameter), owner, Text("\n".join(lines)))
    _print(file, Text(f"{profile.title[language()]} · {name}{above}\n", "bold"), table)


def _head(survey: Survey, name: str) -> dict[str, Any]:
    profile = survey.profiles[name]
    return {"id": name, "title": profile.title.model_dump(), "extends": profile.extends}


def _plain(parameter: Parameter) -> dict[str, Any]:
    return parameter.model_dump(exclude={"source"}) | {"source": [s.model_dump(exclude_none=True) for s in parameter.source]}


def _value(parameter: Parameter) -> Text:
    if isinstance(parameter.value, dict):
        return Text("\n".join(f"{year}: {_word(value)}" for year, value in parameter.value.items()))
    if isinstance(parameter.value, list):
        return Text("\n".join(map(_word, parameter.value)))
    return Text(_word(parameter.value))


def _word(value: object) -> str:
    return (tr("yes") if value else tr("no")) if isinstance(value, bool) else str(value)


def _source(source: ValueSource) -> str:
    year = f"{source.year}: " if source.year is not None else ""
    doubt = tr("; in doubt: {why}", why=source.doubt[language()]) if source.doubt else ""
    return f"— {year}{source.doc} {source.at}{doubt}"


def headed_table(*headers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    for header in headers:
        table.add_column(header, overflow="fold", no_wrap=header != headers[-1])
    return table


def _print(file: TextIO, *parts: Text | Table) -> None:
    console = Console(file=file, width=None if file.isatty() else WIDTH, highlight=False, emoji=False)
    for part in parts:
        console.print(part)


def _write_json(value: object, file: TextIO) -> None:
    json.dump(value, file, ensure_ascii=False, indent=1, default=lambda x: float(x) if isinstance(x, Decimal) else str(x))
    file.write("\n")
