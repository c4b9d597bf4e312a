"""Names of a form as identifiers of ours, and the tables that its questions are fields of."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from sqlglot import exp

from census_cli.expr.parse import ExpressionError, parse
from census_cli.importing.xlsform.form import Form, Group, Question
from census_cli.survey.models import Text

FORM_KEY, PARENT_KEY, ROW_KEY = "form_key", "parent_key", "row_key"
_OF_OURS = re.compile(r"source|row|rowid|k[0-9]+|census_source|census_row")
_SPACES = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")


@dataclass(eq=False)
class Held:
    """A table to be: the form itself or one of its repeats, its questions by the names of their fields."""

    name: str
    repeat: Group | None
    above: Held | None
    fields: dict[str, Question] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The field that is its key."""
        return ROW_KEY if self.repeat else FORM_KEY

    def ancestors(self) -> list[Held]:
        """The tables above it, the nearest first."""
        return [self.above, *self.above.ancestors()] if self.above else []

    def name_of(self, question: Question) -> str | None:
        """The field of a question, if it is one of this table."""
        return next((name for name, held in self.fields.items() if held is question), None)


def tables_of(form: Form) -> list[Held]:
    """The form's table and those of its repeats, parents first, with every question under a name of its own."""
    settings = form.book.settings
    main = Held(identifier(settings.get("form_id") or form.book.path.stem, "form", ()), None, None)
    by_repeat: dict[Group | None, Held] = {None: main}
    for group in (g for g in form.groups if g.repeat):
        above = next((g for g in reversed(group.path()[:-1]) if g.repeat), None)
        taken = {t.name for t in by_repeat.values()}
        by_repeat[group] = Held(identifier(group.name, "repeat", taken), group, by_repeat[above])
    for repeat, table in by_repeat.items():
        _fields(table, [q for q in form.questions if q.repeat is repeat])
    return [t for t in by_repeat.values() if t.fields or t.repeat is None or any(t in o.ancestors() for o in by_repeat.values() if o.fields)]  # fmt: skip


def _fields(table: Held, questions: Collection[Question]) -> None:
    times = Counter(q.name.casefold() for q in questions)
    taken = {FORM_KEY, PARENT_KEY, ROW_KEY}
    for question in questions:
        groups = [g.name for g in question.groups() if not g.repeat]
        wanted = "_".join([*groups[-1:], question.name]) if times[question.name.casefold()] > 1 else question.name
        name = identifier(wanted, "field", taken)
        taken.add(name)
        table.fields[name] = question


def identifier(name: str, otherwise: str, taken: Collection[str]) -> str:
    """A name as an identifier that the rule language reads and nothing else bears."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub("_+", "_", re.sub("[^a-z0-9_]", "_", plain)).strip("_")
    plain = plain if re.match("[a-z]", plain) else f"{otherwise}_{plain}".rstrip("_")
    if _OF_OURS.fullmatch(plain) or not _is_readable(plain):
        plain += "_"
    found, number = plain, 2
    while found in taken:
        found, number = f"{plain.rstrip('_')}_{number}", number + 1
    return found


def _is_readable(name: str) -> bool:
    """Whether the rule language reads it as a column, alone and of a table of that name."""
    with suppress(ExpressionError):
        tree = parse(f"{name} = 1 and {name} is not null and {name}.x > {name}")
        return len(list(tree.find_all(exp.Column))) == 4  # each of those written
    return False


def aliases(question: Question, name: str, alone: bool) -> list[str]:
    """The heads by which exports know a field, beside its name."""
    path = [g.name for g in question.groups() if not g.repeat]
    heads = [question.name] if alone else []
    if not alone and path:
        heads += [sign.join([*path[-1:], question.name]) for sign in "/-:."]
    return [h for h in dict.fromkeys(heads) if h != name]


def apart(titles: Iterable[tuple[str, Text]], taken: Iterable[str]) -> dict[str, Text]:
    """Titles of which none could be taken for another or for a name: those that could are followed by their field's."""
    given = dict(titles)
    names = {plain(t) for t in taken}
    times = Counter(key for title in given.values() for key in {plain(title.zh), plain(title.en)})
    told = {}
    for name, title in given.items():
        keys = {plain(title.zh), plain(title.en)}
        clear = all(times[k] == 1 and (k not in names - {plain(name)}) for k in keys)
        told[name] = title if clear else Text(zh=f"{title.zh} · {name}", en=f"{title.en} · {name}")
    return told


def plain(text: str) -> str:
    """A head as it is compared: without width, case, spaces and brackets."""
    return _BRACKETS.sub("", _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold())
