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
from census_cli.survey.models import Parameter, Setting, Source, ValueSource

Format = Literal["table", "json"]
WIDTH = 120


def write_list(survey: Survey, file: TextIO, form: Format) -> None:
    """Every profile: id, title, what it extends, how many parameters and rules it has with those it inherits."""
    if form == "json":
        counts = {p: {"parameters": len(survey.parameters(p)), "rules": len(_running(survey, p))} for p in survey.profiles}
        write_json([_head(survey, name) | counts[name] for name in survey.profiles], file)
        return
    table = headed_table(tr("profile"), tr("title"), tr("extends"), tr("parameters"), tr("rules"))
    for name, profile in survey.profiles.items():
        numbers = (str(len(survey.parameters(name))), str(len(_running(survey, name))))
        table.add_row(name, Text(profile.title[language()]), profile.extends or "", *numbers)
    print_parts(file, table)


def write_profile(survey: Survey, name: str, file: TextIO, form: Format) -> None:
    """One profile with every parameter; raises OptionError for a profile that is not there."""
    stated = survey.parameters(name)
    if form == "json":
        parameters = {key: {"stated_in": owner} | plain_parameter(parameter) for key, (parameter, owner) in stated.items()}
        rules = {rule: _setting(held, owner) for rule, (held, owner) in survey.settings(name).items()}
        write_json(_head(survey, name) | {"parameters": parameters, "rules": rules}, file)
        return
    profile = survey.profiles[name]
    above = " · " + tr("extends {name}", name=profile.extends) if profile.extends else ""
    table = headed_table(tr("parameter"), tr("value"), tr("stated in"), tr("meaning, source and doubt"))
    for key, (parameter, owner) in stated.items():
        lines = [parameter.title[language()], *map(source_line, parameter.source)]
        table.add_row(key, value_text(parameter), owner, Text("\n".join(lines)))
    print_parts(file, Text(f"{profile.title[language()]} · {name}{above}\n", "bold"), table)
    if settings := survey.settings(name):
        held = headed_table(tr("rule"), tr("setting"), tr("stated in"), tr("defect and source"))
        for rule, (setting, owner) in sorted(settings.items()):
            lines = [survey.rules[rule].title[language()], *map(source_line, setting.source)]
            held.add_row(rule, _setting_words(setting), owner, Text("\n".join(lines)))
        print_parts(file, Text(""), held)


def _running(survey: Survey, profile: str) -> list[str]:
    """The written rules that a profile runs."""
    settings = survey.settings(profile)
    return [rule for rule in survey.rules if survey.is_on(rule, settings)]


def _setting(setting: Setting, owner: str) -> dict[str, Any]:
    sources = [s.model_dump(exclude_none=True) for s in setting.source]
    return {"on": setting.on, "severity": setting.severity, "stated_in": owner, "source": sources}


def _setting_words(setting: Setting) -> str:
    if not setting.on:
        return tr("off")
    words = {"mandatory": tr("mandatory"), "verify": tr("to verify"), "hint": tr("hint")}
    return words[setting.severity] if setting.severity else tr("on")


def _head(survey: Survey, name: str) -> dict[str, Any]:
    profile = survey.profiles[name]
    return {"id": name, "title": profile.title.model_dump(), "extends": profile.extends}


def plain_parameter(parameter: Parameter) -> dict[str, Any]:
    """A parameter as JSON has it."""
    return parameter.model_dump(exclude={"source"}) | {"source": [s.model_dump(exclude_none=True) for s in parameter.source]}


def value_text(parameter: Parameter) -> Text:
    """A parameter's value, of a list or of several years a line each."""
    if isinstance(parameter.value, dict):
        return Text("\n".join(f"{year}: {_word(value)}" for year, value in parameter.value.items()))
    if isinstance(parameter.value, list):
        return Text("\n".join(map(_word, parameter.value)))
    return Text(_word(parameter.value))


def _word(value: object) -> str:
    return (tr("yes") if value else tr("no")) if isinstance(value, bool) else str(value)


def source_line(source: Source) -> str:
    """One line for a source: the year that it is of, where it stands, what is doubtful about it."""
    year = f"{source.year}: " if isinstance(source, ValueSource) and source.year is not None else ""
    doubt = tr("; in doubt: {why}", why=source.doubt[language()]) if source.doubt else ""
    return f"— {year}{source.doc} {source.at}{doubt}"


def headed_table(*headers: str, wrap_all: bool = False) -> Table:
    """A table of which the last column, or every one, may run over several lines."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    for header in headers:
        table.add_column(header, overflow="fold", no_wrap=header != headers[-1] and not wrap_all)
    return table


def print_parts(file: TextIO, *parts: Text | Table) -> None:
    """Print for a terminal or, in a fixed width, for anything else."""
    console = Console(file=file, width=None if file.isatty() else WIDTH, highlight=False, emoji=False)
    for part in parts:
        console.print(part)


def write_json(value: object, file: TextIO) -> None:
    """Write JSON for people who read it with a program."""
    json.dump(value, file, ensure_ascii=False, indent=1, default=lambda x: float(x) if isinstance(x, Decimal) else str(x))
    file.write("\n")
