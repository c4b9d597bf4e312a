"""Constraints, conditions and demands of a form as rules, each proved by examples; those that are none are listed with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from census_cli.expr.bound import BoundSurvey, TableScope
from census_cli.expr.nodes import Column, Node, aggregates, columns
from census_cli.expr.parse import ExpressionError, parse
from census_cli.expr.resolve import Resolver
from census_cli.i18n import tr
from census_cli.importing.xlsform.answers import examples
from census_cli.importing.xlsform.book import Row
from census_cli.importing.xlsform.form import Form, Question
from census_cli.importing.xlsform.names import Scope
from census_cli.importing.xlsform.naming import Held
from census_cli.importing.xlsform.saying import condition
from census_cli.importing.xlsform.tables import ALWAYS, NEVER, both, is_required
from census_cli.importing.xlsform.xpath import NotSaid
from census_cli.survey.models import Text

Rule = dict[str, Any]

_LETTERS = ["", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
_NUMBERS = 99
_PLACE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")


@dataclass(frozen=True)
class Words:
    """What a kind of rule says of itself; `{label}` is the question's."""

    letter: str
    severity: str
    title: Text
    why: Text
    ask: Text


_CONSTRAINT = Words(
    "C", "mandatory",
    Text(zh="答案不合要求：{label}", en="Answer that the form does not take: {label}"),
    Text(zh="表单的 constraint 不接受这样的答案。", en="The constraint of the form does not take such an answer."),
    Text(zh="请再问一遍：{label}", en="Ask again: {label}"),
)  # fmt: skip
_RELEVANT = Words(
    "R", "verify",
    Text(zh="不该问却有答案：{label}", en="Answered although it is not asked: {label}"),
    Text(zh="按其他答案，表单不问这一题（relevant）。", en="By the other answers the form does not ask this question (relevant)."),
    Text(zh="请核对其他答案，再看这一题：{label}", en="Check the other answers, then this one: {label}"),
)  # fmt: skip
_REQUIRED = Words(
    "Q", "mandatory",
    Text(zh="该问却没有答案：{label}", en="Not answered although it is asked: {label}"),
    Text(zh="按其他答案，表单要求回答这一题（required）。", en="By the other answers the form needs an answer to this question (required)."),
    Text(zh="请补问：{label}", en="Ask: {label}"),
)  # fmt: skip


@dataclass
class Rules:
    """Makes the rules of a form, one after the other."""

    form: Form
    scope: Scope
    bound: BoundSurvey
    made: list[Rule] = field(default_factory=list)
    _refused: set[tuple[int, str]] = field(default_factory=set)

    def all(self) -> list[Rule]:
        """The rules of every question."""
        for table in self.scope.tables:
            for name, question in table.fields.items():
                self._constraint(table, name, question)
                self._conditions(table, name, question)
        return self.made

    def understood(self, column: str) -> tuple[int, int]:
        """How many of the expressions of a column became rules, and of how many."""
        rows = {
            row.number for row in self._rows() if row[column] and row[column].casefold().replace(" ", "") not in (*ALWAYS, *NEVER)
        }
        return len([n for n in rows if (n, column) not in self._refused]), len(rows)

    def _rows(self) -> Iterator[Row]:
        for question in self.form.questions:
            yield question.row
            yield from (g.row for g in question.groups())

    def _constraint(self, table: Held, name: str, question: Question) -> None:
        row = question.row
        if not row["constraint"]:
            return
        try:
            said = condition(row["constraint"], self.scope.names(table, question))
            self._rule(_CONSTRAINT, table, name, f"{name} is not null", said, row, "constraint")
        except (NotSaid, ExpressionError) as error:
            self._refuse(row, "constraint", str(error))

    def _conditions(self, table: Held, name: str, question: Question) -> None:
        """That an answer is there only if the question is asked, and is there if it is."""
        asked = [row for row in (*(g.row for g in question.groups()), question.row) if row["relevant"]]
        said = [(row, text) for row in asked if (text := self._relevant(table, row))]
        if said:
            whole = " and ".join(f"({text})" for _, text in said)
            self._tried(_RELEVANT, table, name, f"not ({whole})", f"{name} is null", said[-1][0], "relevant")
        self._required(table, name, question, [text for _, text in said], known=len(said) == len(asked))

    def _relevant(self, table: Held, row: Row) -> str | None:
        try:
            return condition(row["relevant"], self.scope.names(table))
        except (NotSaid, ExpressionError) as error:
            self._refuse(row, "relevant", str(error))
            return None

    def _required(self, table: Held, name: str, question: Question, asked: Sequence[str], known: bool) -> None:
        row, needed = question.row, question.row["required"]
        plain = needed.casefold().replace(" ", "")
        if plain in NEVER or is_required(question) or question.kind is None:
            return
        if not known:
            self._refuse(row, "required", tr("when it is asked could not be said"))
            return
        try:
            own = [] if plain in ALWAYS else [condition(needed, self.scope.names(table, question))]
        except (NotSaid, ExpressionError) as error:
            self._refuse(row, "required", str(error))
            return
        when = " and ".join(f"({text})" for text in (*asked, *own))
        self._tried(_REQUIRED, table, name, when, f"{name} is not null", row, "required")

    def _tried(self, words: Words, table: Held, name: str, when: str, asserts: str, row: Row, column: str) -> None:
        try:
            self._rule(words, table, name, when, asserts, row, column)
        except (NotSaid, ExpressionError) as error:
            self._refuse(row, column, str(error))

    def _refuse(self, row: Row, column: str, reason: str) -> None:
        if (row.number, column) not in self._refused:
            self._refused.add((row.number, column))
            self.form.refuse(row, column, reason)

    def _rule(self, words: Words, table: Held, name: str, when: str, asserts: str, row: Row, column: str) -> None:
        """Add a rule; raises NotSaid or ExpressionError."""
        nodes = [self._node(table, text) for text in (when, asserts)]
        proved = examples(self.bound, table.name, *nodes)
        if proved is None:
            raise NotSaid(tr("no answers were found of which some break it and some do not"))
        model = self.bound.tables[table.name].model.field(name)
        assert model is not None
        label = model.title
        self.made.append({
            "id": self._id(words.letter),
            "severity": words.severity,
            "table": table.name,
            "level": 1,
            "title": _filled(words.title, label),
            "why": both(words.why),
            "ask": _filled(words.ask, label),
            "when": when,
            "assert": asserts,
            "nulls": "unknown",
            "fields": _fields(name, nodes),
            "message": self._message(words, table, row, column, label),
            "source": [{"doc": self.form.book.path.name, "at": f"survey, row {row.number}: {column} = {row[column]}"}],
            "examples": {outcome: [example] for outcome, example in proved.items()},
        })  # fmt: skip

    def _node(self, table: Held, text: str) -> Node:
        return Resolver(TableScope(self.bound, self.bound.tables[table.name])).condition(parse(text))

    def _id(self, letter: str) -> str:
        """The next number that no field bears as its name."""
        taken = {rule["id"] for rule in self.made} | {f.upper() for t in self.scope.tables for f in t.fields}
        ids = (f"{letter}{a}{b}{n:02}" for a in _LETTERS for b in (_LETTERS if a else [""]) for n in range(1, _NUMBERS + 1))
        return next(i for i in ids if i not in taken)

    def _message(self, words: Words, table: Held, row: Row, column: str, label: Text) -> Mapping[str, str]:
        """The form's own words, in which `${x}` is the answer that was given."""
        if column != "constraint" or not row.texts.get("constraint_message"):
            return _filled(words.title, label)
        said = row.text("constraint_message", self.form.book.default_language, label.en)
        told = {"zh": self._placed(table, said.zh), "en": self._placed(table, said.en)}
        same = sorted(set(_in_braces(told["zh"]))) == sorted(set(_in_braces(told["en"])))
        return told if same else {key: text.replace("{", "(").replace("}", ")") for key, text in told.items()}

    def _placed(self, table: Held, text: str) -> str:
        own = {q.name: n for n, q in table.fields.items()}
        parts = _PLACE.split(text)
        return "".join(
            (f"{{{own[part]}}}" if part in own else part) if i % 2 else part.replace("{", "(").replace("}", ")")
            for i, part in enumerate(parts)
        )


def _in_braces(text: str) -> list[str]:
    return re.findall(r"\{([^{}]*)\}", text)


def _filled(words: Text, label: Text) -> dict[str, str]:
    plain = {key: label[key].replace("{", "(").replace("}", ")") for key in ("zh", "en")}
    return {key: words[key].replace("{label}", plain[key]) for key in ("zh", "en")}


def _fields(own: str, nodes: Sequence[Node]) -> list[str]:
    read = [c.key for node in nodes for c in columns(node)]
    read += [f"{a.child}.{a.arg.name}" for node in nodes for a in aggregates(node) if isinstance(a.arg, Column)]
    return list(dict.fromkeys([own, *read]))
