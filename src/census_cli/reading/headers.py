"""Which column of a file is which field: headers are compared by name, title and alias, without width, case, spaces and brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from census_cli.errors import InputError
from census_cli.i18n import tr
from census_cli.survey.models import FieldModel, Table

How = Literal["name", "chinese", "english", "alias", "folded", "brackets", "grouped"]
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_OTHER_UNITS = ("万", "千元", "百元", "公顷")
_SPACES = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_DIGITS = re.compile("[0-9]")
_NEAR = 0.75
_LONGEST_NEAR = 40
"""Signs of a header that may be a misspelt one; longer ones are sentences."""

_GROUP_ENDS = "/-.:"
"""Each may stand between the name of a group of questions and what is in it."""

_OF_TABLETS = frozenset((
    "key", "parent_key", "submissiondate", "instanceid", "meta-instanceid", "submitterid", "formdef_version", "_uuid", "_submission_time",
    "__version__", "_index", "_parent_index", "_parent_table_name", "_submission__id", "_submission__uuid",
))  # fmt: skip
_LEAST_OF_TABLETS = 2


@dataclass(frozen=True)
class HeaderMatch:
    """The column index of each field found, and the headers that belong to no field.

    `near` are unknown headers that resemble one of a field that no column is of: a question to the user, never an answer.
    """

    columns: dict[str, int]
    unknown: list[str]
    near: dict[str, str] = field(default_factory=dict)


def from_tablet(headers: Sequence[str]) -> bool:
    """Whether columns are there that only an app for tablets writes: then the names of groups may stand before those of questions."""
    return len(_OF_TABLETS.intersection(h.strip().casefold() for h in headers)) >= _LEAST_OF_TABLETS


def match_headers(headers: Sequence[str], table: Table) -> HeaderMatch:
    """Match the headers of a file; raises InputError when two columns claim one field."""
    known, grouped = _spellings(table), from_tablet(headers)
    columns: dict[str, int] = {}
    unknown = []
    for index, header in enumerate(headers):
        name = _field(header, known, grouped)
        if not name:
            unknown.append(header.strip() or tr("column {n}", n=index + 1))
        elif name in columns:
            raise InputError(
                tr(
                    "the columns '{one}' and '{two}' both mean '{field}'; remove or rename one of them",
                    one=headers[columns[name]],
                    two=header,
                    field=name,
                )
            )
        else:
            columns[name] = index
    left = {spelling: name for spelling, name in known.items() if name not in columns}
    return HeaderMatch(columns, unknown, {h: name for h in unknown if (name := _near(h, left))})


def fields_in(headers: Sequence[str], table: Table) -> set[str]:
    """The fields of a table that these headers name, whether or not two name one."""
    known, grouped = _spellings(table), from_tablet(headers)
    return {name for header in headers if header and (name := _field(header, known, grouped))}


def most_fields(headers: Sequence[str], tables: Sequence[Table]) -> int:
    """How many fields these headers name of the table of which they name most; nearly every cell of data names none."""
    if from_tablet(headers):
        return max(len(fields_in(headers, table)) for table in tables)
    known = set[str]().union(*map(_spellings, tables))
    told = [h for h in headers if h and not known.isdisjoint((_plain(h), _without_brackets(h)))]
    return max(len(fields_in(told, table)) for table in tables)


def _near(header: str, left: Mapping[str, str]) -> str | None:
    """The field, of those that no column is of, whose spelling a header resembles most."""
    plain = _without_brackets(header)
    if not 1 < len(plain) <= _LONGEST_NEAR or _in_another_unit(header):
        return None
    likeness = {spelling: _likeness(plain, spelling) for spelling in left if _may_be_near(plain, spelling)}
    best = max(likeness, key=lambda spelling: likeness[spelling], default=None)
    return left[best] if best is not None and likeness[best] >= _NEAR else None


def _likeness(one: str, two: str) -> float:
    return SequenceMatcher(None, one, two, autojunk=False).ratio()


def _may_be_near(one: str, two: str) -> bool:
    """Whether two texts are long enough and have signs enough in common: bounds that spare most comparisons.

    Of two codes such as AAC301 and AAC302 neither is a misspelling of the other.
    """
    least = _NEAR * (len(one) + len(two)) / 2
    if min(len(one), len(two)) < least or sum(map(two.count, set(one))) < least:
        return False
    return _DIGITS.findall(one) == _DIGITS.findall(two)


def field_of(header: str, table: Table, grouped: bool = False) -> str | None:
    """The field that a header names, or None; with `grouped` names of groups may stand before it."""
    return _field(header, _spellings(table), grouped)


def how_matched(header: str, field: FieldModel) -> How:
    """By which of its names a header was known for a field."""
    names: dict[str, How] = dict.fromkeys(field.aliases, "alias")
    names |= {field.title.en: "english", field.title.zh: "chinese", field.name: "name"}
    if header.strip() in names:
        return names[header.strip()]
    if not _field(header, {spelling(name): field.name for name in names for spelling in (_plain, _without_brackets)}):
        return "grouped"
    return "folded" if {_plain(header), _with_underscores(header)} & set(map(_plain, names)) else "brackets"


def in_another_unit(header: str, table: Table) -> str | None:
    """The field that a header would name, were it not in another unit."""
    return _spellings(table).get(_without_brackets(header)) if _in_another_unit(header) else None


def nearest_field(header: str, table: Table, fields: Collection[str]) -> str | None:
    """The field, of these, that a header most likely means, or None."""
    return _near(header, {spelling: name for spelling, name in _spellings(table).items() if name in fields})


def _field(header: str, known: Mapping[str, str], grouped: bool = False) -> str | None:
    found = (
        known.get(_plain(header))
        or known.get(_with_underscores(header))
        or (None if _in_another_unit(header) else known.get(_without_brackets(header)))
    )
    ends = [i for i, sign in enumerate(header) if sign in _GROUP_ENDS] if grouped and not found else []
    return found or next((name for i in ends if (name := _field(header[i + 1 :], known))), None)


def _spellings(table: Table) -> Mapping[str, str]:
    """Made once for each table, of which many files may hold a part."""
    cached = _SPELLINGS.get(id(table))
    if cached is None or cached[0] is not table:
        cached = _SPELLINGS[id(table)] = (table, _all_spellings(table))
    return cached[1]


_SPELLINGS: dict[int, tuple[Table, Mapping[str, str]]] = {}


def _all_spellings(table: Table) -> Mapping[str, str]:
    known: dict[str, str] = {}
    carried = [f for f in table.fields if not f.made]
    for each in carried:
        for spelling in (each.name, each.title.zh, each.title.en, *each.aliases):
            known.setdefault(_plain(spelling), each.name)
    for each in carried:
        for spelling in (each.title.zh, each.title.en, *each.aliases):
            known.setdefault(_without_brackets(spelling), each.name)
    return known


@lru_cache(8192)
def _plain(header: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", header)).casefold()


@lru_cache(8192)
def _with_underscores(header: str) -> str:
    """A name of several words, as `HOUSEHOLD ID`; the other way round `q1_1` would be `q11`."""
    return _plain(_SPACES.sub("_", header.strip()))


@lru_cache(8192)
def _in_another_unit(header: str) -> bool:
    """Whether the brackets name a unit ten thousand times the field's, or the like: read as the field's it would mislead."""
    return any(unit in brackets for brackets in _BRACKETS.findall(_plain(header)) for unit in _OTHER_UNITS)


@lru_cache(8192)
def _without_brackets(header: str) -> str:
    return _BRACKETS.sub("", _plain(header))
