"""The words of structural rules in the user's language: what they are called, what they say of a cell or row, what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from census_cli.conform import spellings
from census_cli.errors import nearest
from census_cli.folding import fold
from census_cli.i18n import language, tr
from census_cli.structure import CellKind, Structural
from census_cli.survey.models import CodeList, FieldModel, Table

_DIGITS = re.compile(r"\[0-9\]\{([0-9]+)\}")


def title(rule: Structural, tables: Mapping[str, Table]) -> str:
    """The name of a structural rule: the defect that it finds."""
    named = "/".join(f.title[language()] for f in tables[rule.table].fields if f.name in rule.fields)
    return {
        "required": tr("{field}: blank", field=named),
        "type": tr("{field}: not of its type", field=named),
        "code": tr("{field}: not one of the answers", field=named),
        "range": tr("{field}: out of range", field=named),
        "pattern": tr("{field}: of a wrong form", field=named),
        "unique": tr("{field}: given more than once", field=named),
        "reference": tr("{field}: leads nowhere", field=named),
        "unreadable": tr("Records that cannot be read"),
    }[rule.kind]


def ask(rule: Structural) -> str:
    """What to do about it."""
    return {
        "required": tr("Ask for the answer and enter it."),
        "type": tr("Look at the form or ask again, and enter the answer in the form it needs."),
        "code": tr("Look at the form or ask again, and choose one of the answers."),
        "range": tr("Look at the form or ask again; the value cannot be right."),
        "pattern": tr("Compare with the original and enter it in full."),
        "unique": tr("Find out whether it was entered twice or a number was miscopied."),
        "reference": tr("Compare the number with the other table; one of the two was miscopied or is missing."),
        "unreadable": tr("Open the file at these records and mend them, or export it again."),
    }[rule.kind]


def of_cell(field: FieldModel, kind: CellKind, shown: str, codes: Mapping[str, CodeList]) -> str:
    """What is wrong with a cell; `shown` is its text, masked where it must be."""
    named, limits = field.title[language()], field.constraints
    if kind == "required":
        no_answer = tr("{field}: '{found}' is no answer, and one is needed", field=named, found=shown)
        return no_answer if fold(shown) else tr("{field} is blank", field=named)
    if kind == "type":
        return tr("{field}: '{found}' is not a {type}", field=named, found=shown, type=type_words(field))
    if kind == "code":
        close = _near_miss(fold(shown), tuple(spellings(codes[field.codes or ""])))
        hint = tr("; did you mean '{word}'?", word=close) if close else ""
        return tr("{field}: '{found}' is not one of the answers", field=named, found=shown) + hint
    if kind == "range" and field.type == "list":
        return tr("{field}: '{found}' holds more than {limit} answers", field=named, found=shown, limit=limits.maxLength)
    if kind == "range":
        low, high = ("" if x is None else x for x in (limits.minimum, limits.maximum))
        return tr("{field}: {found} is outside {low}–{high}", field=named, found=shown, low=low, high=high)
    return tr("{field}: '{found}' is not {form}", field=named, found=shown, form=form_words(limits.pattern or ""))


def of_row(rule: Structural, shown: str, tables: Mapping[str, Table]) -> str:
    """What is wrong with a row: a key given twice, a reference that leads nowhere."""
    named = "/".join(f.title[language()] for f in tables[rule.table].fields if f.name in rule.fields)
    if rule.kind == "unique":
        return tr("{field} {found} stands in more than one row", field=named, found=shown)
    target = tables[rule.target or ""].title[language()]
    return tr("{field} {found} is not found in '{table}'", field=named, found=shown, table=target)


def of_record(problem: str, row: int, line: int, cells: int | None, width: int, place: int) -> str:
    """Why a record cannot be read; `line` is where it, or the byte that cannot be decoded, stands in the file."""
    where = tr("record {row} (line {line}) cannot be read: ", row=row, line=line)
    if problem == "width":
        return where + tr("{cells} cells where the header has {width}", cells=cells, width=width)
    if problem == "quote":
        return where + tr("a quotation mark stands where none may, or is never closed")
    if problem == "encoding":
        return where + tr("at place {place} of that line stands a byte that is no text in the file's encoding", place=place)
    return where + tr("it holds a NUL byte")


@lru_cache(4096)
def _near_miss(shown: str, known: tuple[str, ...]) -> str | None:
    """The same mistake is often made in many rows, and looking for what was meant is slow."""
    return nearest(shown, known)


def type_words(field: FieldModel) -> str:
    """What a value of the type of a field is called."""
    return {
        "integer": tr("whole number"), "number": tr("number"), "boolean": tr("yes or no"),
        "date": tr("date of 1900–2100"), "datetime": tr("date and time"),
    }[field.type]  # fmt: skip


def digits(pattern: str) -> str | None:
    """How many digits a pattern asks for, if it asks for digits alone."""
    found = _DIGITS.fullmatch(pattern)
    return found[1] if found else None


def form_words(pattern: str) -> str:
    """A pattern in words, where it has some."""
    number = digits(pattern)
    return tr("{n} digits", n=number) if number else tr("of the form {pattern}", pattern=pattern)
