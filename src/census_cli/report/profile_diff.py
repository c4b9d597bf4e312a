"""Two profiles side by side in print: each parameter, rule and severity that differs, with both sources, as a table or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from rich.table import Table
from rich.text import Text

from census_cli.i18n import language, tr
from census_cli.report.profiles import Format, headed_table, plain_parameter, print_parts, source_line, value_text, write_json
from census_cli.survey.differing import RuleDifference, Stated, parameter_differences, rule_differences
from census_cli.survey.load import Survey
from census_cli.survey.models import Parameter


def write_difference(survey: Survey, first: str, other: str, file: TextIO, form: Format) -> None:
    """All that differs; raises OptionError for a profile that is not there."""
    parameters, rules = parameter_differences(survey, first, other), rule_differences(survey, first, other)
    if form == "json":
        write_json({
            "profiles": [first, other],
            "parameters": {p.name: {"title": p.title.model_dump(), first: _held(p.first), other: _held(p.other)} for p in parameters},
            "rules": {r.rule: {"title": r.title.model_dump(), first: _setting(r.first), other: _setting(r.other)} for r in rules},
        }, file)  # fmt: skip
        return
    parts: list[Text | Table] = [Text(tr("{n} parameters and {m} rules differ", n=len(parameters), m=len(rules)) + "\n", "bold")]
    if parameters:
        table = headed_table(tr("parameter"), first, other, wrap_all=True)
        for p in parameters:
            table.add_row(Text(f"{p.name}\n{p.title[language()]}"), _value(p.first), _value(p.other))
        parts.append(table)
    if rules:
        table = headed_table(tr("rule"), first, other, wrap_all=True)
        for r in rules:
            table.add_row(Text(f"{r.rule} {r.title[language()]}"), *_cells(r))
        parts += [Text(""), table]
    print_parts(file, *parts)


def _held(held: tuple[Parameter, str] | None) -> dict[str, Any] | None:
    return {"stated_in": held[1]} | plain_parameter(held[0]) if held else None


def _setting(stated: Stated) -> dict[str, Any]:
    sources = [s.model_dump(exclude_none=True) for s in stated.source]
    return {"on": stated.on, "severity": stated.severity, "stated_in": stated.stated_in, "source": sources}


def _value(held: tuple[Parameter, str] | None) -> Text:
    if held is None:
        return Text(tr("not stated"), "dim")
    parameter, _ = held
    return _lines(value_text(parameter), [source_line(s) for s in parameter.source])


def _cells(difference: RuleDifference) -> list[Text]:
    words = {"mandatory": tr("mandatory"), "verify": tr("to verify"), "hint": tr("hint")}
    return [
        _lines(Text(words[s.severity] if s.on else tr("off")), [source_line(x) for x in s.source])
        for s in (difference.first, difference.other)
    ]


def _lines(value: Text, sources: Sequence[str]) -> Text:
    return Text("\n").join([value, *(Text(s, "dim") for s in sources)])
