"""What Pydantic finds wrong with a descriptor, told in our words and at its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from census_cli.errors import Problem, nearest
from census_cli.i18n import tr
from census_cli.survey.yaml import Document, Place


def faults(document: Document, error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """The faults of one file; a value that fits none of several types is told once."""
    told: set[Place] = set()
    for fault in error.errors(include_url=False):
        path = _place(document, fault["loc"])
        if fault["type"] != "missing" and any(path[:n] in told for n in range(1, len(path) + 1)):
            continue
        told.add(path)
        if fault["type"] == "extra_forbidden":
            yield Problem(document.file, *document.at((*path, "")), _unknown_key(document, path, model))
        else:
            yield Problem(document.file, *document.at(path), _words(fault))


def unknown(what: str, name: str, known: Sequence[str]) -> str:
    """That there is nothing of that name, with the near miss."""
    return tr("no {what} '{name}'", what=what, name=name) + _near(name, known)


def _unknown_key(document: Document, path: Place, model: type[BaseModel]) -> str:
    key = str(path[-1])
    known = [k for k in _keys_beside(model, path[:-1]) if k not in _given(document, path[:-1])]
    message = tr("unknown key '{key}'", key=key) + _near(key, known)
    if " " in key:
        message += tr(" (a comma inside {…} splits a text: put the text in quotes)")
    return message


def _words(fault: Any) -> str:
    """What is wrong with a value or a missing one."""
    kind, context = fault["type"], fault.get("ctx", {})
    given = str(fault["input"])[:60]
    if kind == "missing":
        return tr("the key '{key}' is missing", key=fault["loc"][-1])
    if kind == "literal_error":
        known = [w.strip("'") for w in context["expected"].replace(" or ", ", ").split(", ")]
        expected = ", ".join(f"'{w}'" for w in known)
        return tr("'{given}' is not one of {expected}", given=given, expected=expected) + _near(given, known)
    if kind == "string_pattern_mismatch":
        return tr("'{given}' is not spelled as it must be ({pattern})", given=given, pattern=context["pattern"])
    limits = {
        "greater_than_equal": tr("{given} is less than {limit}", given=given, limit=context.get("ge")),
        "less_than_equal": tr("{given} is more than {limit}", given=given, limit=context.get("le")),
        "too_short": tr("at least {n} must be given here", n=context.get("min_length")),
        "too_long": tr("at most {n} may be given here", n=context.get("max_length")),
    }
    if kind in limits:
        return limits[kind]
    return tr("{expected} is expected here, not {given}", expected=_expected(kind), given=repr(fault["input"])[:60])


def _expected(kind: str) -> str:
    """What a value should have been, by the type of the error."""
    words = {
        "string": tr("a text"), "int": tr("a whole number"), "bool": tr("true or false"), "list": tr("a list"),
        "dict": tr("a mapping of keys and values"), "model": tr("a mapping of keys and values"),
    }  # fmt: skip
    return words.get(kind.partition("_")[0], tr("another value"))


def _near(word: str, known: Sequence[str]) -> str:
    hint = nearest(word, known)
    return tr("; did you mean '{word}'?", word=hint) if hint else ""


def _place(document: Document, location: Place) -> Place:
    """The part of Pydantic's location that names values of the file; it also names union branches, which files lack."""
    path: Place = ()
    for step in location:
        if (*path, step) in document.places:
            path = (*path, step)
    return path


def _given(document: Document, path: Place) -> list[str]:
    value = document.value
    for step in path:
        value = value[step]
    return list(value) if isinstance(value, dict) else []


def _keys_beside(model: type[BaseModel], path: Place) -> list[str]:
    """The keys that the model knows at a path, as far as it leads through models, lists and mappings."""
    current: Any = model
    for step in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            fields = {f.alias or name: f.annotation for name, f in current.model_fields.items()}
            current = fields.get(str(step))
        else:
            current = next(iter(get_args(current)[-1:]), None)
        options = [a for a in get_args(current) if isinstance(a, type) and issubclass(a, BaseModel)]
        if options and not isinstance(step, int) and "list" not in str(current) and "dict" not in str(current):
            current = options[0]
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [f.alias or name for name, f in current.model_fields.items()]
    return []
