"""The rows of a form as questions in groups and repeats, and its lists of choices; what is no sound form is refused with its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from census_cli.errors import InputError
from census_cli.i18n import tr
from census_cli.importing.xlsform.book import Book, Row

_SELECT_ONE = re.compile(r"(?:add )?select[_ ]?(?:one|1)(?: prompt using)?(?: from)? +(\S+)(.*)")
_SELECT_MANY = re.compile(r"(?:add )?(?:select[_ ]multiple|select all that apply|rank)(?: prompt using)?(?: from)? +(\S+)(.*)")
_OUTSIDE = re.compile(r"select[_ ](one|multiple)[_ ](from[_ ]file|external)\b.*")
_BEGIN = re.compile(r"begin[_ ]+(group|repeat|loop)\b.*|(group|repeat)")
_END = re.compile(r"end[_ ]+(group|repeat|loop)\b.*")

_TYPES = {
    "string": ("text", "string", "time", "image", "photo", "picture", "audio", "video", "file", "barcode", "geopoint", "gps", "location",
               "geotrace", "geoshape", "acknowledge", "trigger", "deviceid", "imei", "subscriberid", "simserial", "phonenumber", "phone number",
               "username", "email", "audit", "caseid", "start-geopoint", "background-audio", "instanceid", "xml-external", "csv-external"),
    "integer": ("integer", "int"),
    "number": ("decimal", "range"),
    "date": ("date", "today"),
    "datetime": ("datetime", "start", "end", "start time", "end time"),
}  # fmt: skip
TYPES = {spelling: kind for kind, spellings in _TYPES.items() for spelling in spellings}
NO_ANSWER = ("note", "xml-external", "csv-external", "audit")
CALCULATED = ("calculate", "hidden", "calculate_here")


@dataclass(frozen=True)
class Refused:
    """What of the form could not be said, or not wholly: the row, the question, the column, its text, and why."""

    row: int
    name: str
    column: str
    text: str
    reason: str


@dataclass(frozen=True, eq=False)
class Group:
    """A group or repeat; `above` holds it."""

    name: str
    row: Row
    repeat: bool
    above: Group | None

    def path(self) -> list[Group]:
        """All groups from the outermost to this one."""
        return [*(self.above.path() if self.above else []), self]


@dataclass(frozen=True, eq=False)
class Question:
    """A question with an answer; `kind` is the type of its field, or None for what the form works out."""

    name: str
    row: Row
    given: str
    kind: str | None
    group: Group | None
    choices: str = ""
    other: bool = False

    def groups(self) -> list[Group]:
        """The groups around it, the outermost first."""
        return self.group.path() if self.group else []

    @property
    def repeat(self) -> Group | None:
        """The innermost repeat it stands in."""
        return next((g for g in reversed(self.groups()) if g.repeat), None)


@dataclass
class Form:
    """A form as read; `refused` is what was not understood so far."""

    book: Book
    questions: list[Question] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    lists: dict[str, list[Row]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    notes: int = 0

    def refuse(self, row: Row, column: str, reason: str) -> None:
        """List what stands in a cell."""
        self.refused.append(Refused(row.number, row["name"], column, row[column], reason))


def read_form(book: Book) -> Form:
    """The questions and choices of a form; raises InputError with every row that makes it none."""
    form, faults = Form(book), list[str]()
    _lists(form)
    group: Group | None = None
    for row in book.survey:
        group = _row(form, row, group, faults)
    while group:
        faults.append(tr("row {row}: '{name}' is begun and never ended; add its end", row=group.row.number, name=group.name))
        group = group.above
    faults += _twice(form)
    if not faults and not form.questions:
        faults.append(tr("no question with an answer stands in it"))
    if faults:
        heading = tr("{file} cannot be imported:", file=book.path.name)
        raise InputError("\n".join([heading, *faults]))
    return form


def _row(form: Form, row: Row, group: Group | None, faults: list[str]) -> Group | None:
    """Take in one row; gives the group that the next one stands in."""
    given = re.sub(r"\s+", " ", row["type"].strip())
    kind = given.casefold()
    if row["disabled"].casefold() in ("yes", "true", "true()"):
        form.refuse(row, "type", tr("the row is disabled in the form"))
    elif not kind:
        if row["name"]:
            form.refuse(row, "name", tr("the row has no type and is not asked"))
    elif found := _BEGIN.fullmatch(kind):
        return _begun(form, row, found[1] or found[2], group)
    elif found := _END.fullmatch(kind):
        return _ended(row, found[1], group, faults)
    elif not kind.startswith("#"):
        _question(form, row, given, group)
    return group


def _begun(form: Form, row: Row, what: str, above: Group | None) -> Group:
    if what == "loop":
        form.refuse(row, "type", tr("a loop asks the same of each choice; write the questions out"))
    form.groups.append(Group(row["name"] or f"{what}_{row.number}", row, what == "repeat", above))
    return form.groups[-1]


def _ended(row: Row, what: str, group: Group | None, faults: list[str]) -> Group | None:
    given = row["type"]
    if group is None:
        faults.append(tr("row {row}: '{type}' ends what was never begun; remove it", row=row.number, type=given))
        return None
    if (what == "repeat") != group.repeat:
        faults.append(tr("row {row}: '{type}' does not fit what row {begin} began", row=row.number, type=given, begin=group.row.number))  # fmt: skip
    return group.above


def _question(form: Form, row: Row, given: str, group: Group | None) -> None:
    kind = given.casefold()
    if kind in NO_ANSWER or kind.split(" ")[0] in NO_ANSWER:
        form.notes += 1
        return
    if not row["name"]:
        form.refuse(row, "type", tr("the question has no name; give it one"))
        return
    name = row["name"].strip()
    if _OUTSIDE.fullmatch(kind):
        form.refuse(row, "type", tr("its choices are in another file: any answer is taken"))
        form.questions.append(Question(name, row, given, "list" if "multiple" in kind else "string", group))
    elif found := _SELECT_ONE.fullmatch(kind) or _SELECT_MANY.fullmatch(kind):
        _select(form, row, given, group, found)
    elif kind in CALCULATED:
        form.questions.append(Question(name, row, given, None, group))
    else:
        if kind not in TYPES:
            form.refuse(row, "type", tr("no type of question that is known; it is kept as text"))
        form.questions.append(Question(name, row, given, TYPES.get(kind, "string"), group))


def _select(form: Form, row: Row, given: str, group: Group | None, found: re.Match[str]) -> None:
    start, end = found.span(1)
    choices, several = given[start:end], bool(_SELECT_MANY.fullmatch(given.casefold()))
    if choices not in form.lists:
        form.refuse(row, "type", tr("no list '{list}' in the sheet 'choices': any answer is taken", list=choices))
    if row["choice_filter"]:
        form.refuse(row, "choice_filter", tr("which choices go with an earlier answer is not checked; all of the list are taken"))
    other = "other" in found[2]
    kind = "list" if several else "string"
    form.questions.append(Question(row["name"].strip(), row, given, kind, group, choices if choices in form.lists else "", other))


def _lists(form: Form) -> None:
    for row in form.book.choices:
        if row["list_name"] and row["name"]:
            held = form.lists.setdefault(row["list_name"], [])
            if any(sign in row["name"] for sign in ",、;|"):
                form.refuse(row, "name", tr("a choice's name may not hold , 、 ; or |; the choice is left out"))
            elif any(row["name"].casefold() == r["name"].casefold() for r in held):
                form.refuse(row, "name", tr("the choice is in its list twice; the first is kept"))
            else:
                held.append(row)
        elif row["list_name"] or row["name"]:
            form.refuse(row, "name", tr("a choice without its list or without a name; it is left out"))


def _twice(form: Form) -> Iterator[str]:
    """Names that one group holds twice."""
    seen: dict[tuple[int | None, str], Row] = {}
    named = [(q.group, q.name, q.row) for q in form.questions] + [(g.above, g.name, g.row) for g in form.groups]
    for group, name, row in sorted(named, key=lambda n: n[2].number):
        first = seen.setdefault((group.row.number if group else None, name), row)
        if first is not row:
            yield tr("rows {one} and {two}: two things are named '{name}'; rename one", one=first.number, two=row.number, name=name)  # fmt: skip
