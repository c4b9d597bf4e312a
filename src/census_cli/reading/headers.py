"""Which column of a file is which field: headers are compared by name, title and alias, without width, case, spaces and brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from census_cli.errors import InputError
from census_cli.i18n import tr
from census_cli.survey.models import Table

_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_OTHER_UNITS = ("万", "千元", "百元", "公顷")
_SPACES = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")


@dataclass(frozen=True)
class HeaderMatch:
    """The column index of each field found, and the headers that belong to no field."""

    columns: dict[str, int]
    unknown: list[str]


def match_headers(headers: Sequence[str], table: Table) -> HeaderMatch:
    """Match the headers of a file; raises InputError when two columns claim one field."""
    known = _spellings(table)
    columns: dict[str, int] = {}
    unknown = []
    for index, header in enumerate(headers):
        field = known.get(_plain(header)) or ("" if _in_another_unit(header) else known.get(_without_brackets(header)))
        if not field:
            unknown.append(header.strip() or tr("column {n}", n=index + 1))
        elif field in columns:
            raise InputError(
                tr(
                    "the columns '{one}' and '{two}' both mean '{field}'; remove or rename one of them",
                    one=headers[columns[field]],
                    two=header,
                    field=field,
                )
            )
        else:
            columns[field] = index
    return HeaderMatch(columns, unknown)


def _spellings(table: Table) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for field in table.fields:
        for spelling in (field.name, field.title.zh, field.title.en, *field.aliases):
            known.setdefault(_plain(spelling), field.name)
    for field in table.fields:
        for spelling in (field.title.zh, field.title.en, *field.aliases):
            known.setdefault(_without_brackets(spelling), field.name)
    return known


def _plain(header: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", header)).casefold()


def _in_another_unit(header: str) -> bool:
    """Whether the brackets name a unit ten thousand times the field's, or the like: read as the field's it would mislead."""
    return any(unit in brackets for brackets in _BRACKETS.findall(_plain(header)) for unit in _OTHER_UNITS)


def _without_brackets(header: str) -> str:
    return _BRACKETS.sub("", _plain(header))
