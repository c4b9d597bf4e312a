"""What an expression of a form may name where it stands: questions as columns, of its own table, of those above, and of repeats below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from census_cli.i18n import tr
from census_cli.importing.xlsform.comparing import KINDS, Said
from census_cli.importing.xlsform.form import Form, Question
from census_cli.importing.xlsform.naming import Held
from census_cli.importing.xlsform.saying import Names, value
from census_cli.importing.xlsform.tables import type_of
from census_cli.importing.xlsform.xpath import NotSaid


@dataclass
class Scope:
    """The tables of a form with the types of what it works out, by `table.field`."""

    form: Form
    tables: Sequence[Held]
    kinds: dict[str, str]

    def names(self, table: Held, question: Question | None = None) -> Names:
        """What may be named in a row of a question, or of a group."""
        here = self._column(table, table.name_of(question) or "", table) if question else None
        below = [t for t in self.tables if t.above is table]
        return Names(
            lambda name: self._found(table, question, name),
            lambda name: self._below(below, name),
            {t.repeat.name: f"{t.name}.{t.key}" for t in below if t.repeat},
            here,
            self._of_visit(table, "date", ("today",)),
            self._of_visit(table, "datetime", ("start", "start time")),
        )

    def _found(self, table: Held, question: Question | None, name: str) -> Said:
        for held in (table, *table.ancestors()):
            named = [(n, q) for n, q in held.fields.items() if q.name == name]
            if len(named) > 1 and question:
                near = [(n, q) for n, q in named if q.group is question.group]
                named = near or named
            if len(named) > 1:
                raise NotSaid(tr("several questions are named '{name}'", name=name))
            if named:
                return self._column(held, named[0][0], table)
        if any(q.name == name for q in self.form.questions):
            raise NotSaid(tr("'{name}' is asked in a repeat, more than once for each of these rows", name=name))
        if any(g.name == name for g in self.form.groups):
            raise NotSaid(tr("'{name}' is a group, which has no answer", name=name))
        raise NotSaid(tr("there is no question '{name}' with an answer", name=name))

    def _below(self, below: Sequence[Held], name: str) -> Said | None:
        found = [self._column(t, n, None) for t in below for n, q in t.fields.items() if q.name == name]
        return found[0] if len(found) == 1 else None

    def _of_visit(self, table: Held, kind: str, given: Sequence[str]) -> Said | None:
        main = self.tables[0]
        found = next((n for n, q in main.fields.items() if q.kind == kind and q.given.casefold() in given), None)
        return self._column(main, found, table) if found else None

    def _column(self, owner: Held, name: str, seen_from: Held | None) -> Said:
        question = owner.fields[name]
        field = type_of(question, f"{owner.name}.{name}", self.kinds)
        codes = [row["name"] for row in self.form.lists.get(question.choices, [])] + ["other"] * question.other
        text = name if owner is seen_from else f"{owner.name}.{name}"
        return Said(text, KINDS[field], tuple(codes), whole=field == "integer", column=True)


def scope_of(form: Form, tables: Sequence[Held]) -> Scope:
    """The scope of a form: what it works out has the type of its calculation, else that in which the form uses it."""
    scope = Scope(form, tables, {})
    used = _used_as_numbers(form)
    for table in tables:
        for name, question in table.fields.items():
            if question.kind is None:
                scope.kinds[f"{table.name}.{name}"] = _worked_out(scope, table, question, used)
    return scope


def _worked_out(scope: Scope, table: Held, question: Question, used: Mapping[str, bool]) -> str:
    with suppress(NotSaid):
        kind = value(question.row["calculation"], scope.names(table)).kind
        if kind in ("number", "date"):
            return kind
    return "number" if used.get(question.name) else "string"


def _used_as_numbers(form: Form) -> dict[str, bool]:
    """The questions that expressions count with, or hold against a number."""
    texts = [row[c] for row in form.book.survey for c in ("constraint", "relevant", "calculation", "required")]
    number = r"-?[0-9.]+(?!['\"\w])"
    sign = r"(?:<=|>=|<|>|\+|\*|\bdiv\b|\bmod\b)"
    pattern = re.compile(rf"\$\{{\s*(\S+?)\s*\}}\s*(?:{sign}|!?=\s*{number})|{sign}\s*\$\{{\s*(\S+?)\s*\}}")
    return {name: True for text in texts for found in pattern.finditer(text) for name in found.groups() if name}
