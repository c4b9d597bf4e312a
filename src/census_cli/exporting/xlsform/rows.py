"""The rows of the sheets survey, choices and settings; which rules stand where is decided in `placing`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from census_cli.exporting.xlsform.calculated import ROOT, Calculated
from census_cli.exporting.xlsform.placing import Carried, Placing
from census_cli.exporting.xlsform.words import TRUE, all_of, bare, quoted
from census_cli.expr.bound import BoundSurvey
from census_cli.expr.nodes import Column
from census_cli.i18n import LANGUAGES, Language, in_language, tr
from census_cli.survey.form import Block, Form, Roster
from census_cli.survey.models import FieldModel, Text

Row = dict[str, str]

NAMES: dict[Language, str] = {"zh": "中文 (zh)", "en": "English (en)"}
YES_NO = "yes_no"
TRANSLATED = ("label", "hint", "constraint_message", "required_message")
SURVEY_HEAD = [
    "type", "name", *(f"{part}::{NAMES[x]}" for part in TRANSLATED for x in LANGUAGES),
    "required", "relevant", "constraint", "calculation", "default", "appearance",
]  # fmt: skip
CHOICES_HEAD = ["list_name", "name", *(f"label::{NAMES[x]}" for x in LANGUAGES)]
SETTINGS_HEAD = ["form_title", "form_id", "version", "default_language", "style", "name"]

_TYPES = {"string": "text", "integer": "integer", "number": "decimal", "date": "date", "datetime": "dateTime"}
_DEVICE = {"start": "start", "end": "end"}
_FIRST_DAY, _LAST_DAY = "19000101", "21001231"


@dataclass
class Sheets:
    """The three sheets of a form."""

    bound: BoundSurvey
    form: Form
    calculated: Calculated
    placing: Placing

    def all(self) -> dict[str, tuple[list[str], list[Row]]]:
        """The sheets by name, each with its head."""
        survey, choices = list(self._survey()), list(self._choices())
        said = hashlib.sha256(repr((survey, choices)).encode()).hexdigest()
        settings = {
            "form_title": self.form.title.zh, "form_id": self.form.id, "default_language": NAMES["zh"], "style": "pages",
            "version": f"{int(said, 16) % 10**10:010}", "name": ROOT,
        }  # fmt: skip
        return {
            "survey": (SURVEY_HEAD, survey),
            "choices": (CHOICES_HEAD, choices),
            "settings": (SETTINGS_HEAD, [settings]),
        }

    def _survey(self) -> Iterator[Row]:
        for table in self.form.attached:
            if any(f"instance('{table}')" in row for rows in self.calculated.rows.values() for row in rows.values()):
                yield {"type": "csv-external", "name": table}
        main = self.form.table
        yield from self._filled(main)
        for block in self.form.blocks:
            yield from self._roster(block) if isinstance(block, Roster) else self._block(main, block)
        yield from self._notes(main, "")
        yield from ({"type": "calculate", "name": n, "calculation": c} for n, c in self.calculated.rows[main].items())

    def _filled(self, table: str) -> Iterator[Row]:
        for key, filling in self.form.filled.items():
            owner, _, name = key.rpartition(".")
            if owner == table and filling in _DEVICE:
                yield {"type": _DEVICE[filling], "name": name}
            elif owner == table and filling == "position":
                yield {"type": "calculate", "name": name, "calculation": "position(..)"}

    def _block(self, table: str, block: Block) -> Iterator[Row]:
        yield {"type": "begin_group", "name": block.name, **_both("label", block.title)}
        for name in block.fields:
            field = self.bound.tables[table].model.field(name)
            assert field is not None
            yield self._asked(table, field)
            yield from self._notes(table, name)
        yield {"type": "end_group"}

    def _roster(self, roster: Roster) -> Iterator[Row]:
        yield {"type": "begin_repeat", "name": roster.table, **_both("label", roster.title)}
        yield from self._filled(roster.table)
        for block in roster.blocks:
            yield from self._block(roster.table, block)
        yield from self._notes(roster.table, "")
        rows = self.calculated.rows[roster.table]
        yield from ({"type": "calculate", "name": n, "calculation": c} for n, c in rows.items())
        yield {"type": "end_repeat"}
        yield from self._notes(self.form.table, roster.table)

    def _asked(self, table: str, field: FieldModel) -> Row:
        carried = [c for c in self.placing.carried if c.field == (table, field.name)]
        row: Row = {"type": _type(field), "name": field.name, **_both("label", field.title)}
        if field.unit:
            unit = self.form.units[field.unit]
            row |= _each("hint", lambda x: tr("in {unit}", unit=unit[x]))
        if self.form.filled.get(f"{table}.{field.name}") == "today":
            row["default"] = "today()"
        return row | self._required(table, field, carried) | self._constraint(field, carried)

    def _required(self, table: str, field: FieldModel, carried: list[Carried]) -> Row:
        """Needed always, or unless another answer says otherwise, or where a rule would be violated without it."""
        rules = [c for c in carried if c.part == "required"]
        own = [TRUE] if field.constraints.required else []
        printer = self.calculated.printer(table)
        if field.required_unless and not own:
            kinds = self.bound.tables[table].kinds
            others = [(printer.named(Column(None, other, kinds[other])), code) for other, code in field.required_unless.items()]
            own = [all_of(f"{name} != {quoted(code)}" for name, code in others)]
        if not own and not rules:
            return {}
        if TRUE in own:
            return {"required": "yes"}
        said = " or ".join([*own, *(c.xpath for c in rules)])
        messages = _each("required_message", lambda x: "\n".join(_rule_words(c, x) for c in rules)) if rules else {}
        return {"required": "yes" if said == TRUE else bare(said)} | messages

    def _constraint(self, field: FieldModel, carried: list[Carried]) -> Row:
        """What the field itself takes, and what rules say of it."""
        own, rules = limits(field), [c for c in carried if c.part == "constraint"]
        if not own and not rules:
            return {}
        said = " and ".join([*own, *(c.xpath for c in rules)])

        def words(language: Language) -> str:
            return "\n".join([*([_limits_words(field, language)] if own else []), *(_rule_words(c, language) for c in rules)])

        return {"constraint": bare(said)} | _each("constraint_message", words)

    def _notes(self, table: str, behind: str) -> Iterator[Row]:
        """The notes of the rules that stand behind a field, or a roster."""
        for c in self.placing.carried:
            if c.part != "note" or c.field[0] != table or (c.field[1] or self._behind(c)) != behind:
                continue
            row = {"type": "note", "name": f"note_{c.rule.id.lower()}", "relevant": bare(c.xpath)}
            row |= _each("label", partial(_note_words, c))
            if c.blocks:  # a note cannot be answered, so a needed one holds the visit up
                row |= {"required": "yes"} | _each("required_message", partial(_rule_words, c))
            yield row

    def _behind(self, carried: Carried) -> str:
        """Rules that read a roster stand behind it."""
        rosters = [r.table for r in self.form.rosters if carried.field[0] == self.form.table]
        return rosters[-1] if rosters else ""

    def _choices(self) -> Iterator[Row]:
        fields = [self.bound.tables[t].model.field(f) for t in self.form.tables for b in self.form.asked(t) for f in b.fields]
        used = dict.fromkeys(f.codes for f in fields if f and f.codes)
        for name in used:
            for code in self.bound.codes[name].codes:
                yield {"list_name": name, "name": code.code, **_both("label", code.label)}
        if any(f and f.type == "boolean" for f in fields):
            yield {"list_name": YES_NO, "name": "true", **_both("label", Text(zh="是", en="Yes"))}
            yield {"list_name": YES_NO, "name": "false", **_both("label", Text(zh="否", en="No"))}


def limits(field: FieldModel) -> list[str]:
    """What a field takes, as conditions on the answer."""
    said, found = field.constraints, list[str]()
    if field.type == "date":
        day = "number(format-date-time(., '%Y%m%d'))"
        found += [f"{day} >= {_FIRST_DAY}", f"{day} <= {_LAST_DAY}"]
    size = "count-selected(.)" if field.type == "list" else "string-length(.)"
    for sign, limit, what in (
        (">=", said.minimum, "."), ("<=", said.maximum, "."), (">=", said.minLength, size), ("<=", said.maxLength, size),
    ):  # fmt: skip
        if limit is not None:
            found.append(f"{what} {sign} {limit}")
    if said.pattern is not None:
        found.append(f"regex(., {quoted(f'^({said.pattern})$')})")
    return found


def _limits_words(field: FieldModel, language: Language) -> str:
    said = field.constraints
    if field.type == "date":
        return tr("a day from 1900 to 2100 is needed")
    if said.pattern is not None:
        return tr("'{field}' is not of its form: {pattern}", field=field.title[language], pattern=said.pattern)
    count = field.type in ("list", "string")
    least, most = (said.minLength, said.maxLength) if count else (said.minimum, said.maximum)
    if least is not None and most is not None:
        return tr("from {least} to {most}", least=least, most=most)
    return tr("at least {least}", least=least) if most is None else tr("at most {most}", most=most)


def _rule_words(carried: Carried, language: Language) -> str:
    return f"{carried.rule.title[language]} ({carried.rule.id})"


def _note_words(carried: Carried, language: Language) -> str:
    return f"{_rule_words(carried, language)}\n{carried.rule.ask[language]}"


def _each(part: str, say: Callable[[Language], str]) -> Row:
    """A text in both languages, each in its column."""
    said = Row()
    for language in LANGUAGES:
        with in_language(language):
            said[f"{part}::{NAMES[language]}"] = say(language)
    return said


def _type(field: FieldModel) -> str:
    if field.type == "boolean":
        return f"select_one {YES_NO}"
    if field.codes:
        return f"{'select_multiple' if field.type == 'list' else 'select_one'} {field.codes}"
    return _TYPES[field.type]


def _both(part: str, text: Text) -> Row:
    return _each(part, lambda language: text[language])
