"""The heads of the codebook's columns and chapters, each in both languages."""

from __future__ import annotations

from functools import partial

from census_cli.exporting.words import spoken
from census_cli.i18n import tr
from census_cli.survey.models import Text


def heads() -> dict[str, Text]:
    """Every head by its name."""
    return {key: spoken(partial(_word, key)) for key in _said()}


def _word(key: str) -> str:
    return _said()[key]


def _said() -> dict[str, str]:
    return {
        "codebook": tr("Codebook"), "profile": tr("Profile"), "contents": tr("Contents"), "table": tr("Table"), "field": tr("Field"),
        "zh": tr("in Chinese"), "en": tr("in English"), "type": tr("Type"), "unit": tr("Unit"), "need": tr("Needed"),
        "limits": tr("Limits"), "answers": tr("Answers"), "pii": tr("Personal data"), "aliases": tr("Headers that are also known"),
        "rules": tr("Read by"), "derived": tr("Derived fields"), "expression": tr("Expression"), "codes": tr("Code lists"),
        "code": tr("code"), "also": tr("also read as"), "key": tr("Key"), "parents": tr("Belongs to"),
        "missing": tr("Texts that say that a value is not known"), "fields": tr("Fields"), "list": tr("code list"),
    }  # fmt: skip
