"""Which column of a file is which field: headers are compared by name, title and alias, without width, case, spaces and brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from census_cli.errors import InputError, nearest
from census_cli.i18n import tr
from census_cli.survey.models import FieldModel, Table

How = Literal["name", "chinese", "english", "alias", "folded", "brackets"]
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
        field = _field(header, known)
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


def fields_in(headers: Sequence[str], table: Table) -> set[str]:
    """The fields of a table that these headers name, whether or not two name one."""
    known = _spellings(table)
    return {field for header in headers if header and (field := _field(header, known))}


def field_of(header: str, table: Table) -> str | None:
    """The field that a header names, or None."""
    return _field(header, _spellings(table))


def how_matched(header: str, field: FieldModel) -> How:
    """By which of its names a header was known for a field."""
    names: dict[str, How] = dict.fromkeys(field.aliases, "alias")
    names |= {field.title.en: "english", field.title.zh: "chinese", field.name: "name"}
    if header.strip() in names:
        return names[header.strip()]
    return "folded" if _plain(header) in map(_plain, names) else "brackets"


def in_another_unit(header: str, table: Table) -> str | None:
    """The field that a header would name, were it not in another unit."""
    return _spellings(table).get(_without_brackets(header)) if _in_another_unit(header) else None


def nearest_field(header: str, table: Table, fields: Collection[str]) -> str | None:
    """The field, of these, that a header most likely means, or None."""
    known = {spelling: field for spelling, field in _spellings(table).items() if field in fields}
    close = nearest(_without_brackets(header) or _plain(header), list(known))
    return known[close] if close else None


def _field(header: str, known: Mapping[str, str]) -> str | None:
    return known.get(_plain(header)) or (None if _in_another_unit(header) else known.get(_without_brackets(header)))


def _spellings(table: Table) -> Mapping[str, str]:
    """Made once for each table, of which many files may hold a part."""
    cached = _SPELLINGS.get(id(table))
    if cached is None or cached[0] is not table:
        cached = _SPELLINGS[id(table)] = (table, _all_spellings(table))
    return cached[1]


_SPELLINGS: dict[int, tuple[Table, Mapping[str, str]]] = {}


def _all_spellings(table: Table) -> Mapping[str, str]:
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
