"""The sheets of an XLSForm as rows: heads in one spelling, texts by language, rows with the numbers that the sheet shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from census_cli.errors import InputError
from census_cli.i18n import reason, tr
from census_cli.reading.facts import inspect
from census_cli.reading.workbooks import sheets
from census_cli.survey.models import Text

Sheet = Literal["survey", "choices", "settings"]

_HEADS = {
    "list name": "list_name", "value": "name", "relevance": "relevant", "bind::relevant": "relevant", "bind:relevant": "relevant",
    "bind::constraint": "constraint", "bind:constraint": "constraint", "bind::required": "required", "bind:required": "required",
    "bind::calculate": "calculation", "bind:calculate": "calculation", "calculate": "calculation", "calculation": "calculation",
    "constraint message": "constraint_message", "constraint_msg": "constraint_message", "caption": "label", "id_string": "form_id",
    "bind::jr:constraintmsg": "constraint_message", "bind:jr:constraintmsg": "constraint_message", "title": "form_title",
    "set form title": "form_title", "set form id": "form_id", "command": "type",
    "form title": "form_title", "form id": "form_id", "choice filter": "choice_filter", "default language": "default_language",
}  # fmt: skip
_SHEETS: dict[Sheet, tuple[str, ...]] = {
    "survey": ("survey",),
    "choices": ("choices", "choices and columns", "select", "options"),
    "settings": ("settings",),
}
_TRANSLATED = re.compile(r"(label|caption|constraint[_ ]message|title)\s*::?\s*(.+)")
_TAG = re.compile(r"<[^<>]+>|\*\*|__(?=\S)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, eq=False)
class Row:
    """One row: its number in the sheet, its cells by head, and its texts by head and language ('' where none is named)."""

    number: int
    cells: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __getitem__(self, head: str) -> str:
        return self.cells.get(head, "")

    def text(self, head: str, default: str, otherwise: str) -> Text:
        """A text in both languages; one that is lacking is said in the form's own, or `otherwise`."""
        given = {language: clean for language, text in self.texts.get(head, {}).items() if (clean := cleaned(text))}
        own = given.get(default) or given.get("") or next(iter(given.values()), otherwise)
        zh = next((t for x, t in given.items() if _is_chinese(x)), own)
        en = next((t for x, t in given.items() if "english" in x or "(en)" in x or x == "en"), own)
        return Text(zh=zh, en=en)


@dataclass(frozen=True)
class Book:
    """An XLSForm as its sheets have it."""

    path: Path
    survey: Sequence[Row]
    choices: Sequence[Row]
    settings: Mapping[str, str]

    @property
    def default_language(self) -> str:
        """The language of texts where no other is asked for."""
        return self.settings.get("default_language", "").strip().casefold()


def read_book(path: Path) -> Book:
    """The sheets of a form; raises InputError for a file that is no workbook or no form."""
    try:
        held = sheets(path, path.name, inspect(path))
    except OSError as error:
        raise InputError(tr("{path} cannot be read: {why}", path=path, why=reason(error))) from error
    found: dict[Sheet, list[Row]] = {}
    for sheet in held:
        for name, spellings in _SHEETS.items():
            if _SPACES.sub(" ", sheet.name.strip().casefold()) in spellings and name not in found:
                found[name] = list(_rows(name, ((r.line, r.cells or []) for r in sheet.records())))
    if "survey" not in found:
        there = ", ".join(s.name for s in held)
        raise InputError(
            tr("{file} has no sheet 'survey' (there are: {sheets}); is it an XLSForm?", file=path.name, sheets=there)
        )
    rows = found["survey"]
    if not any(row["type"] for row in rows):
        raise InputError(tr("{file}: the sheet 'survey' has no column 'type' with a question in it", file=path.name))
    settings = found.get("settings") or [Row(2, {})]
    return Book(path, rows, found.get("choices", []), settings[0].cells | {k: t.get("", "") for k, t in settings[0].texts.items() if "" in t})  # type: ignore[operator]  # fmt: skip


def _rows(name: Sheet, lines: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    """The rows below the first that is not blank, which is the head."""
    heads: list[tuple[str, str | None]] | None = None
    for number, cells in lines:
        if not any(c.strip() for c in cells):
            continue
        if heads is None:
            heads = [_head(c) for c in cells]
            _refuse_twice(name, number, cells)
            continue
        plain: dict[str, str] = {}
        texts: dict[str, dict[str, str]] = {}
        for (head, language), cell in zip(heads, cells, strict=False):
            if not cell.strip():
                continue
            if language is None:
                if plain.setdefault(head, cell.strip()) != cell.strip() and head:
                    raise InputError(_twice(name, number, head))
            else:
                texts.setdefault(head, {}).setdefault(language, cell.strip())
        yield Row(number, plain, texts)


def _refuse_twice(sheet: Sheet, number: int, cells: Sequence[str]) -> None:
    """A head that stands twice: which of the columns counts, nobody can tell."""
    heads = [_SPACES.sub(" ", cell.strip().casefold()) for cell in cells]
    for i, head in enumerate(heads):
        if head and head in heads[:i]:
            raise InputError(_twice(sheet, number, head))


def _twice(sheet: Sheet, number: int, head: str) -> str:
    return tr(
        "sheet '{sheet}', row {row}: the head '{head}' stands twice; remove or rename one", sheet=sheet, row=number, head=head
    )


def _head(cell: str) -> tuple[str, str | None]:
    """A head in one spelling, with its language if it is that of a text."""
    plain = _SPACES.sub(" ", cell.strip().casefold())
    if found := _TRANSLATED.fullmatch(plain):
        head = found[1].replace(" ", "_")
        return ("label" if head == "caption" else head), found[2].strip()
    name = _HEADS.get(plain, plain)
    return name, "" if name in ("label", "constraint_message") else None


def _is_chinese(language: str) -> bool:
    return "zh" in language or "中" in language or "汉" in language or "chinese" in language


def cleaned(text: str) -> str:
    """A label without the signs that only set it in bold or in colour."""
    return _SPACES.sub(" ", _TAG.sub("", text)).strip()
