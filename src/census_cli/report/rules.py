"""The rules of a survey in print: the list of them, one with all that it says, and how its examples came out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Protocol, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from census_cli.i18n import language, tr
from census_cli.report.profiles import WIDTH, headed_table
from census_cli.report.rows import severity_word
from census_cli.survey.load import Survey
from census_cli.survey.models import Rule, Table


class Tested(Protocol):
    """An example of a rule: what it was said to be, the how manieth of these it is, and what it is."""

    @property
    def rule(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def actual(self) -> str: ...
    @property
    def document(self) -> str: ...
    @property
    def holds(self) -> bool: ...


def write_list(survey: Survey, file: TextIO, form: str) -> None:
    """Every written rule: id, severity, who should see it, table, title."""
    if form == "json":
        heads = [r.model_dump(include={"id", "severity", "table", "scope", "level", "title"}) for r in survey.rules.values()]
        file.write(json.dumps(heads, ensure_ascii=False, indent=1) + "\n")
        return
    table = headed_table(tr("rule"), tr("Severity"), tr("for"), tr("table"), tr("Defect"))
    for rule in survey.rules.values():
        table.add_row(rule.id, severity_word(rule.severity), _scope(rule), rule.table, Text(rule.title[language()]))
    _console(file).print(table)


def write_rule(rule: Rule, table: Table, sql: str, file: TextIO) -> None:
    """One rule, in the user's language first and in the other one as well."""
    console = _console(file)
    for line in _rule(rule, table):
        console.print(line)
    console.print(Text("\n" + tr("As SQL")), Padding(Text(sql, "dim"), (0, 0, 0, 2)))


def write_results(results: Sequence[Tested], file: TextIO) -> None:
    """How many examples hold, and each that does not: its file, its place there, what it was said to be and what it is."""
    console = _console(file)
    for r in results:
        if not r.holds:
            console.print(Text(
                tr("{file}, example {n} of '{expected}': it is '{actual}'", file=r.document, n=r.number, expected=r.expected, actual=r.actual), "red",
            ))  # fmt: skip
    for what in ("rules", "tables"):
        of = [r for r in results if r.document.startswith("rules/") == (what == "rules")]
        counts = {"held": sum(r.holds for r in of), "total": len(of), "n": len({r.rule for r in of})}
        if of:
            told = {
                "rules": tr("{held} of {total} examples of {n} rules hold", **counts),
                "tables": tr("{held} of {total} examples of {n} decision tables and lists hold", **counts),
            }
            console.print(Text(told[what]))


def _rule(rule: Rule, table: Table) -> Iterator[Text | Padding]:
    own, other = ("zh", "en") if language() == "zh" else ("en", "zh")
    yield Text(f"{rule.id} {rule.title[own]}", "bold")
    yield Text(rule.title[other], "dim")
    yield Text(tr("{severity} · for {scope} · {table} · level {level}", severity=severity_word(rule.severity), scope=_scope(rule), table=table.title[own], level=rule.level))  # fmt: skip
    for head, text in ((tr("Why"), rule.why), (tr("What to ask"), rule.ask), (tr("Message"), rule.message)):
        yield Text(f"\n{head}")
        yield Padding(Text(text[own]), (0, 0, 0, 2))
        yield Padding(Text(text[other], "dim"), (0, 0, 0, 2))
    yield Text("\n" + tr("Condition"))
    for key, value in (
        ("when", rule.when),
        ("assert", rule.asserts),
        ("unique", rule.unique),
        ("exists", rule.exists),
        ("apart", rule.apart),
        ("nulls", rule.nulls),
        ("absent_as_blank", ", ".join(rule.absent_as_blank) or None),
        ("needs_any", ", ".join(rule.needs_any) or None),
    ):
        if value is not None:
            yield Padding(Text(f"{key}: {value}"), (0, 0, 0, 2))
    yield Text("\n" + tr("Source"))
    for source in rule.source:
        doubt = tr("; in doubt: {why}", why=source.doubt[own]) if source.doubt else ""
        yield Padding(Text(f"{source.doc} {source.at}{doubt}"), (0, 0, 0, 2))
    yield Text("\n" + tr("Examples"))
    for outcome, examples in rule.examples.items():
        for example in examples:
            yield Padding(Text(f"{outcome}: {json.dumps(example, ensure_ascii=False, default=str)}"), (0, 0, 0, 2))


def _scope(rule: Rule) -> str:
    return {"surveyor": tr("surveyor"), "supervisor": tr("supervisor"), "office": tr("office")}[rule.scope]


def _console(file: TextIO) -> Console:
    return Console(file=file, width=None if file.isatty() else WIDTH, highlight=False, emoji=False)
