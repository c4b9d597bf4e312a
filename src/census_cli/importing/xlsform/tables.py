"""The files of a survey but its rules: survey.yaml, tables, code lists, a profile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from census_cli.folding import fold
from census_cli.importing.xlsform.book import Row
from census_cli.importing.xlsform.form import Form, Question
from census_cli.importing.xlsform.naming import (
    FORM_KEY,
    PARENT_KEY,
    ROW_KEY,
    Held,
    aliases,
    apart,
    identifier,
    plain,
)
from census_cli.survey.models import Text

Files = dict[str, dict[str, Any]]
"""What each file of the folder says, by its name."""

PROFILE = "form"
NOT_KNOWN = ["NaN", "-88", "-97", "-98", "-99", "-777", "-888", "-999"]

_OF_APPS = {
    FORM_KEY: ["KEY", "_uuid"],
    ROW_KEY: ["KEY", "_index"],
    PARENT_KEY: ["PARENT_KEY", "_submission__uuid"],
}
_KEYS = {
    FORM_KEY: Text(zh="表单的键", en="Key of the form"),
    ROW_KEY: Text(zh="行的键", en="Key of the row"),
    PARENT_KEY: Text(zh="上级行的键", en="Key of the row above"),
}
_OTHER = Text(zh="其他", en="Other")


def both(text: Text) -> dict[str, str]:
    """A text as its file has it."""
    return {"zh": text.zh, "en": text.en}


def survey_file(form: Form, tables: Sequence[Held]) -> dict[str, Any]:
    """`survey.yaml`."""
    settings, main = form.book.settings, tables[0]
    title = settings.get("form_title") or settings.get("form_id") or form.book.path.stem
    enumerator = next((n for n, q in main.fields.items() if q.given == "username" or "enumerator" in n), None)
    above = [(t, f"{main.name}." if t.above is main else "") for t in tables if t is main or t.above is main]
    return {
        "id": re.sub("[^a-z0-9-]", "-", main.name.strip("_")),
        "title": {"zh": title, "en": title},
        "tables": [t.name for t in tables],
        "default_profile": PROFILE,
        "registered_unit": main.name,
        "context": {"village_code": {}, "enumerator_id": {t.name: f"{x}{enumerator}" for t, x in above} if enumerator else {}},
        "missingValues": NOT_KNOWN,
        "regions": {},
    }


def profile(form: Form) -> dict[str, Any]:
    """The one profile: a form has no parameters."""
    name = form.book.path.name
    return {"id": PROFILE, "title": {"zh": f"表单 {name}", "en": f"The form {name}"}}


def code_lists(form: Form) -> tuple[Files, dict[str, str]]:
    """The lists that questions use, and the name of each by the form's; with `or_other` a list of its own."""
    files: Files = {}
    named: dict[str, str] = {}
    for question in form.questions:
        asked = _asked(question)
        if asked and asked not in named:
            name = named[asked] = identifier(asked.replace(" ", "_"), "list", list(named.values()))
            codes = list(_codes(form.lists[question.choices], form.book.default_language))
            if question.other and all(c["code"] != "other" for c in codes):
                codes.append({"code": "other", "label": both(_OTHER)})
            files[f"codes/{name}.yaml"] = {
                "name": name,
                "title": {"zh": question.choices, "en": question.choices},
                "codes": codes,
            }
    return files, named


def _asked(question: Question) -> str:
    return f"{question.choices} or_other" if question.choices and question.other else question.choices


def _codes(rows: Sequence[Row], language: str) -> Iterator[dict[str, Any]]:
    """The choices; a label that another choice bears too is followed by its code, since it would mean both."""
    labels = {row["name"]: row.text("label", language, row["name"]) for row in rows}
    owners: dict[str, set[str]] = {}
    for code, label in labels.items():
        for spelling in (code, label.zh, label.en):
            owners.setdefault(fold(spelling).lower(), set()).add(code)
    for code, label in labels.items():
        clear = all(len(owners[fold(t).lower()]) == 1 for t in (label.zh, label.en))
        yield {"code": code, "label": both(label if clear else Text(zh=f"{label.zh} [{code}]", en=f"{label.en} [{code}]"))}


def table_file(form: Form, table: Held, kinds: Mapping[str, str], lists: Mapping[str, str]) -> dict[str, Any]:
    """`tables/<name>.yaml`; `kinds` are the types of what the form works out."""
    row = table.repeat.row if table.repeat else None
    title = row.text("label", form.book.default_language, table.name) if row else _title(form, table)
    parents = [PARENT_KEY] if table.above else []
    names = {n: [n, *_heads(table, n)] for n in table.fields}
    labels = apart(
        ((n, q.row.text("label", form.book.default_language, n)) for n, q in table.fields.items()),
        [h for heads in names.values() for h in heads],
    )
    known = {plain(h) for heads in names.values() for h in heads}
    keys = [_key(k, _own_aliases(table, k), known) for k in [*parents, table.key]]
    fields = [_field(table, n, labels[n], kinds, lists) for n in table.fields]
    said: dict[str, Any] = {"name": table.name, "title": both(title), "aliases": _files(form, table), "primaryKey": [table.key]}
    if table.above:
        reference = {"resource": table.above.name, "fields": [table.above.key]}
        said |= {"optional": True, "foreignKeys": [{"fields": parents, "reference": reference}]}
    return said | {"fields": [*keys, *fields]}


def _title(form: Form, table: Held) -> Text:
    title = form.book.settings.get("form_title") or table.name
    return Text(zh=title, en=title)


def _files(form: Form, table: Held) -> list[str]:
    own = [table.repeat.name] if table.repeat else [form.book.settings.get("form_id", ""), form.book.path.stem]
    return [a for a in dict.fromkeys(own) if a and a != table.name]


def _own_aliases(table: Held, key: str) -> list[str]:
    """A repeat in a repeat finds the row above it by that row's own key."""
    nested = key == PARENT_KEY and table.above is not None and table.above.repeat is not None
    return ["PARENT_KEY", "_parent_index"] if nested else _OF_APPS[key]


def _key(name: str, heads: Sequence[str], known: set[str]) -> dict[str, Any]:
    free = [h for h in heads if plain(h) not in known]
    return {"name": name, "type": "string", "title": both(_KEYS[name]), "aliases": free, "constraints": {"required": True}}


def _heads(table: Held, name: str) -> list[str]:
    question = table.fields[name]
    alone = sum(q.name.casefold() == question.name.casefold() for q in table.fields.values()) == 1
    return aliases(question, name, alone)


def _field(table: Held, name: str, title: Text, kinds: Mapping[str, str], lists: Mapping[str, str]) -> dict[str, Any]:
    question = table.fields[name]
    said: dict[str, Any] = {"name": name, "type": type_of(question, f"{table.name}.{name}", kinds), "title": both(title)}
    if heads := _heads(table, name):
        said["aliases"] = heads
    if question.choices:
        said["codes"] = lists[_asked(question)]
    if is_required(question):
        said["constraints"] = {"required": True}
    return said


def type_of(question: Question, key: str, kinds: Mapping[str, str]) -> str:
    """The type of a question's field."""
    return question.kind or kinds.get(key, "string")


def is_required(question: Question) -> bool:
    """Whether an answer is always needed, whatever the others are."""
    always = question.row["required"].casefold().replace(" ", "") in ALWAYS
    return (
        always
        and question.kind is not None
        and not question.row["relevant"]
        and not any(g.row["relevant"] for g in question.groups())
    )


ALWAYS = ("yes", "true", "true()", "1", "y")
NEVER = ("", "no", "false", "false()", "0", "n")
