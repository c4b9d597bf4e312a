"""What ODK Central, KoboToolbox and SurveyCTO write beside the answers: keys, repeats, choices, review; which of a file's columns are which.

Group names before a question's are taken off by `headers`; how rows find their parents is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from census_cli.reading.headers import HeaderMatch, field_of, from_tablet, match_headers
from census_cli.survey.models import Table

App = Literal["ODK Central", "KoboToolbox", "SurveyCTO"]
Kind = Literal["app", "form", "choice", "repeat"]

PAIRS = (("KEY", "PARENT_KEY"), ("_uuid", "_submission__uuid"), ("_id", "_submission__id"), ("_index", "_parent_index"))
"""The column of a file and that of its repeats which hold the same, surest first."""

ROLES = {
    "version": ("FormVersion", "formdef_version", "__version__", "_version_"),
    "review": ("ReviewState", "review_status", "_validation_status"),
    "status": ("Status",),
}
_OF_ODK = (
    "SubmissionDate", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState", "DeviceID",
    "Edits", "FormVersion", "isValidated",
)  # fmt: skip
_OF_KOBO = (
    "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "_tags", "_index", "_attachments",
    "_geolocation", "_xform_id_string", "_bamboo_dataset_id", "_parent_index", "_parent_table_name", "__version__", "_version_", "rootUuid",
)  # fmt: skip
_OF_SURVEYCTO = (
    "CompletionDate", "formdef_version", "review_status", "review_quality", "review_comments", "review_corrections", "text_audit",
    "audio_audit", "device_info", "devicephonenum", "caseid", "starttime", "endtime",
)  # fmt: skip
_OF_ALL = (
    "KEY", "PARENT_KEY", "instanceID", "instanceName", "deprecatedID", "start", "end", "today", "deviceid", "subscriberid", "simserial",
    "simid", "phonenumber", "username", "email", "uuid", "audit", "duration",
)  # fmt: skip
_METADATA = {name.casefold() for name in (*_OF_ODK, *_OF_KOBO, *_OF_SURVEYCTO, *_OF_ALL)}
_BEGINNINGS = ("_submission_", "set-of-", "_version__")
_IN_GROUPS = ("instanceid", "instancename", "rootuuid", "deprecatedid", "uuid", "__version__")
_WORKED_OUT = re.compile("(calc_.+|file_[a-z]+_.+|note_[a-z]{1,3}[0-9]{2}[a-z]?(_[0-9]+)?)")
"""What a form made of a survey holds beside its questions: values worked out or looked up, and the notes of its rules."""


@dataclass(frozen=True)
class Tablet:
    """An export of an app, and the places of its own columns.

    `links` are those of PAIRS that it has, `roles` those of version, review and status.  `choices` are the columns, one for each answer, of
    fields that have no column of their own; `explained` all columns that carry no answer of their own, and why.
    """

    app: App
    table: Table
    links: Mapping[str, int] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    explained: Mapping[int, Kind] = field(default_factory=dict)

    @property
    def carried(self) -> dict[str, int]:
        """The columns that are read beside the fields', under names that no field has."""
        named = {f"~{name}": i for name, i in (*self.links.items(), *self.roles.items())}
        return named | {f"~{i}": i for columns in self.choices.values() for i in columns.values()}

    @property
    def is_repeat(self) -> bool:
        """Whether each row belongs to one of another file."""
        return any(child in self.links for _, child in PAIRS)


def app_of(headers: Sequence[str]) -> App:
    """The app that writes such columns; they have much in common."""
    names = {h.strip() for h in headers}
    if any(n.startswith("_") and (n in _OF_KOBO or n.startswith("_submission_")) for n in names):
        return "KoboToolbox"
    sure = names & {*_OF_SURVEYCTO, "instanceID"} or any(n.startswith("SET-OF-") for n in names)
    return "SurveyCTO" if sure and not names & {*_OF_ODK[1:]} else "ODK Central"


def match(headers: Sequence[str], table: Table) -> tuple[HeaderMatch, Tablet | None]:
    """Match the headers of a file, with what an app has written among them; raises InputError when two columns claim one field."""
    tablet = tablet_of(headers, table)
    if tablet is None:
        return match_headers(headers, table), None
    found = match_headers(["" if kind == "choice" else h for h, kind in _kinds(headers, tablet)], table)
    free = (i for i in range(len(headers)) if i not in found.columns.values())
    unknown = [name for i, name in zip(free, found.unknown, strict=True) if i not in tablet.explained]
    near = {h: f for h, f in found.near.items() if h in unknown and f not in tablet.choices}
    return replace(found, unknown=unknown, near=near), tablet


def tablet_of(headers: Sequence[str], table: Table) -> Tablet | None:
    """What an app has written among the columns of a file; None for a file of no app."""
    if not from_tablet(headers):
        return None
    app = app_of(headers)
    choices = dict(_choices(headers, table, app))
    fields = {i: f for i, h in enumerate(headers) if i not in choices and (f := field_of(h, table, grouped=True))}
    explained: dict[int, Kind] = {i: kind for i, h in enumerate(headers) if i not in fields and (kind := _no_answer(h))}
    explained |= dict.fromkeys(choices, "choice")
    separate: dict[str, dict[str, int]] = {}
    for i, (name, answer) in choices.items():
        if name not in fields.values():
            separate.setdefault(name, {})[answer] = i
    places = {headers[i].strip(): i for i in sorted(explained)}  # the last: apps write their own behind questions of such a name
    links = {n: places[n] for pair in PAIRS for n in pair if n in places}
    roles = {
        role: next(places[n] for n in known if n in places)
        for role, known in ROLES.items()
        if not places.keys().isdisjoint(known) and (role != "status" or app == "ODK Central")
    }
    return Tablet(app, table, links, roles, separate, explained)


def _kinds(headers: Sequence[str], tablet: Tablet) -> Iterator[tuple[str, Kind | None]]:
    return ((h, tablet.explained.get(i)) for i, h in enumerate(headers))


def _no_answer(header: str) -> Kind | None:
    """Whether the app writes a column of that name, or the form works it out, in a group or not."""
    plain = header.strip().casefold()
    last = re.split("[/:.-]", plain)[-1]
    if plain in _METADATA or plain.startswith(_BEGINNINGS) or last in _IN_GROUPS:
        return "app"
    return "form" if _WORKED_OUT.fullmatch(last) else None


def _choices(headers: Sequence[str], table: Table, app: App) -> Iterator[tuple[int, tuple[str, str]]]:
    """The columns that stand each for one answer of a list, as `field/answer`, or of SurveyCTO `field_answer` beside the field's own."""
    there = {h.strip() for h in headers}
    lists = [f.name for f in table.fields if f.type == "list"]
    for i, header in enumerate(headers):
        before, sign, answer = header.strip().rpartition("/")
        name = field_of(before, table, grouped=True) if sign else None
        if name in lists and (before in there or field_of(answer, table) is None):
            yield i, (name, answer.strip())
        elif app == "SurveyCTO" and field_of(header, table, grouped=True) is None:
            for name in lists:
                if name in there and header.strip().startswith(f"{name}_"):
                    yield i, (name, header.strip().removeprefix(f"{name}_"))
                    break


def repeat_of(headers: Sequence[str], stem: str, carried: Mapping[str, set[str]], tables: Sequence[Table]) -> Table | None:
    """The table whose rows, without the keys of their parents, a repeat's file holds: by the end of its name, else by its header."""
    if not from_tablet(headers) or not any(child in {h.strip() for h in headers} for _, child in PAIRS):
        return None
    fitting = []
    for table in (t for t in tables if t.foreignKeys):
        given = {f for key in table.foreignKeys for f in key.fields}
        if carried[table.name] and set(table.primaryKey) - given <= carried[table.name]:
            fitting.append(table)
    named = [t for t in fitting if re.split("[-.~]", stem)[-1].casefold() == t.name or stem.casefold().endswith(f"-{t.name}")]
    most = max((len(carried[t.name]) for t in fitting), default=0)
    best = [t for t in named or fitting if named or len(carried[t.name]) == most]
    return best[0] if len(best) == 1 else None
