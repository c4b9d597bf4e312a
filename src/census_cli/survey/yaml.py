"""Reads one YAML file into plain values and remembers where each stood.  Nothing here knows what the values mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from census_cli.errors import Problem
from census_cli.i18n import reason, tr

Place = tuple[str | int, ...]

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_MAX_DEPTH = 40
_MANY = 600
_DEEP = re.compile(f" {{{_MANY}}}|(?:[-?] +){{{_MAX_DEPTH}}}")
_MAX_NUMBER = 30


@dataclass
class Document:
    """The values of one file, the place of each (path → 1-based line and column), and the faults of its YAML."""

    file: str
    value: Any = None
    places: dict[Place, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, path: Place) -> tuple[int, int]:
        """Where a value stands; where it is missing, where its nearest holder stands."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def problem(self, path: Place, message: str) -> None:
        """Note a fault of the value at `path`."""
        self.problems.append(Problem(self.file, *self.at(path), message))


def read_yaml(path: Path, shown_as: str) -> Document:
    """Read one file.  Only null, true, false and plain decimals are typed; all else is text, as written."""
    document = Document(shown_as)
    try:
        text = path.read_text(encoding="utf-8-sig")
        if _may_be_deep(text):
            _check_shape(text)
        node = _Loader(text).get_single_node()
        if node is not None:
            document.value = _value(node, (), document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        document.problems.append(Problem(shown_as, *where, tr("not YAML: {why}", why=_why(error.problem or error.context or ""))))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        document.problems.append(Problem(shown_as, 1, 1, tr("not YAML: {why}", why=error)))
    except OSError as error:
        document.problems.append(Problem(shown_as, 1, 1, tr("cannot be read: {why}", why=reason(error))))
    return document


def _why(problem: str) -> str:
    """What PyYAML says of the commonest slips, in our words; its place says the most."""
    known = {
        "mapping values are not allowed": tr("a colon stands where none may; put a text that holds one in quotes"),
        "did not find expected ',' or": tr("a bracket is not closed, or a comma is missing"),
        "could not find expected ':'": tr("a key lacks its colon"),
        "did not find expected key": tr("a key does not stand below the others"),
        "cannot start any token": tr("a text that begins with this sign must be put in quotes; tabs may not indent"),
        "unexpected end of stream": tr("a quotation mark is not closed"),
    }
    return next((ours for theirs, ours in known.items() if theirs in problem), problem)


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]  # the base is chosen at run time
    """The C loader where PyYAML has it; only its nodes are used."""


def _may_be_deep(text: str) -> bool:
    """Whether a text could hold an alias, or nest deeper than is safe to build; most cannot, and looking closer takes as long as reading."""
    brackets = text.count("[") + text.count("{")
    return (
        brackets > _MANY
        or "*" in text
        or any(line.startswith(" " * _MANY) for line in text.splitlines())
        or "- " * _MAX_DEPTH in text
    )


def _check_shape(text: str) -> None:
    """Refuse what would grow or sink without end before any of it is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem=tr("aliases (*) have no place here"), problem_mark=_mark(event))
        if depth > _MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=tr("nested too deeply"), problem_mark=_mark(event))


def _mark(event: Any) -> Any:
    return event.start_mark


def _value(node: yaml.Node, path: Place, document: Document) -> Any:
    if len(path) > _MAX_DEPTH:
        raise yaml.MarkedYAMLError(problem=tr("nested too deeply"), problem_mark=node.start_mark)
    document.places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), document) for i, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Place, document: Document) -> dict[Any, Any]:
    values: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else str(key_node.value)
        if key in values:
            mark = key_node.start_mark
            message = tr("the key '{key}' is given twice", key=key)
            document.problems.append(Problem(document.file, mark.line + 1, mark.column + 1, message))
            continue
        values[key] = _value(value_node, (*path, key), document)
        # A fault of a key is shown at the key, not at its value.
        document.places[(*path, key, "")] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
    return values


def _scalar(node: Any) -> Any:
    text = node.value
    if node.style:  # quoted, or a block: always text
        return text
    if text.lower() in _WORDS and text in (text.lower(), "Null", "True", "False"):
        return _WORDS[text.lower()]
    if len(text) <= _MAX_NUMBER and _NUMBER.fullmatch(text):
        return Decimal(text) if "." in text else int(text)
    return text
