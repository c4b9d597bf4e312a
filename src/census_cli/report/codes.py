"""The code lists of a survey in print: all of them, or one with every answer."""

from __future__ import annotations

import json
from typing import TextIO

from rich.console import Console
from rich.text import Text

from census_cli.errors import OptionError, nearest
from census_cli.i18n import language, tr
from census_cli.report.profiles import WIDTH, headed_table
from census_cli.survey.load import Survey


def write_lists(survey: Survey, file: TextIO, form: str) -> None:
    """Every code list: its name, what it is, how many answers it has, and the fields that take them."""
    used = {name: _used_by(survey, name) for name in survey.codes}
    if form == "json":
        heads = [
            {"name": c.name, "title": c.title.model_dump(), "codes": len(c.codes), "fields": used[c.name]}
            for c in survey.codes.values()
        ]
        file.write(json.dumps(heads, ensure_ascii=False, indent=1) + "\n")
        return
    table = headed_table(tr("code list"), "", tr("answers"), tr("Fields"))
    for codes in survey.codes.values():
        table.add_row(codes.name, codes.title[language()], str(len(codes.codes)), ", ".join(used[codes.name]))
    _console(file).print(table)


def write_codes(survey: Survey, name: str, file: TextIO, form: str) -> None:
    """One code list; raises OptionError where there is none of that name."""
    if name not in survey.codes:
        close = nearest(name, list(survey.codes))
        hint = tr("; did you mean '{word}'?", word=close) if close else ""
        raise OptionError(tr("no code list '{name}' in this survey", name=name) + hint)
    codes = survey.codes[name]
    if form == "json":
        file.write(json.dumps(codes.model_dump(), ensure_ascii=False, indent=1) + "\n")
        return
    console = _console(file)
    console.print(Text(f"{codes.name} {codes.title[language()]}", "bold"))
    table = headed_table(tr("code"), tr("in Chinese"), tr("in English"), tr("what follows"), tr("also read as"))
    for code in codes.codes:
        facts = ", ".join(f"{key} = {value}" for key, value in code.attributes.items())
        table.add_row(code.code, code.label.zh, code.label.en, facts, "、".join(code.aliases))
    console.print(table)
    console.print(Text(tr("fields that take these answers: {fields}", fields=", ".join(_used_by(survey, name)) or tr("none"))))


def _used_by(survey: Survey, name: str) -> list[str]:
    return [f"{table.name}.{field.name}" for table in survey.tables.values() for field in table.fields if field.codes == name]


def _console(file: TextIO) -> Console:
    return Console(file=file, width=None if file.isatty() else WIDTH, highlight=False, emoji=False)
