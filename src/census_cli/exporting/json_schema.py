"""The records of each table as JSON Schema 2020-12: one file per table, in a new folder.

A record stands there as its values are after a conversion: codes instead of their labels, numbers, true and false, ISO dates, null for
a blank.  What such a schema accepts, the record model accepts, and the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from census_cli.complete import new_folder
from census_cli.conform import FIRST_YEAR, LAST_YEAR
from census_cli.exporting import Exported
from census_cli.exporting.words import NOT_KNOWN, both, one_of
from census_cli.expr.bound import BoundSurvey
from census_cli.folding import WIDE_BLANKS
from census_cli.survey.models import CodeList, FieldModel, Table

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NOT_KNOWN = "not_known"
_CENTURIES = "|".join(f"{c}[0-9]{{2}}" for c in range(FIRST_YEAR // 100, LAST_YEAR // 100))
_DAY = f"({_CENTURIES}|{LAST_YEAR})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
_TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": 1 - 10**15, "maximum": 10**15 - 1},
    "number": {"type": "number", "exclusiveMinimum": -(10**12), "exclusiveMaximum": 10**12},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
    "datetime": {"type": "string", "pattern": f"^{_DAY}[ T]{_TIME}$"},
}
_FILLED = {"type": "string", "pattern": f"[^{WIDE_BLANKS}]"}


def export(survey: BoundSurvey, output: Path) -> Exported:
    """Write `<table>.json` for every table; raises OptionError for a folder that is not empty."""
    with new_folder(output) as folder:
        for name in survey.file.tables:
            (folder / f"{name}.json").write_bytes(as_bytes(record_schema(survey.tables[name].model, survey.codes)))
    return Exported(tuple(output / f"{name}.json" for name in survey.file.tables))


def as_bytes(schema: dict[str, Any]) -> bytes:
    """A schema as it stands in a file, with its dialect in front."""
    return (json.dumps({"$schema": DIALECT} | schema, ensure_ascii=False, indent=1, default=_number) + "\n").encode()


def record_schema(table: Table, codes: Mapping[str, CodeList]) -> dict[str, Any]:
    """The schema of one record; columns that no field is of are let through, as in a check."""
    fields = [f for f in table.fields if not f.made]
    lists = {f.codes: codes[f.codes] for f in fields if f.codes}
    texts = _commonest([f.missingValues or [] for f in fields])
    properties = {f.name: _property(f, lists, texts) for f in fields}
    schema: dict[str, Any] = {"title": both(table.title), "type": "object", "properties": properties}
    schema["required"] = [f.name for f in fields if f.constraints.required]
    hanging = [_hanging(f, table) for f in fields if f.required_unless and not f.constraints.required]
    known = {_NOT_KNOWN: {"description": both(NOT_KNOWN), "enum": texts}} if texts else {}
    defs = known | {name: _answers(held) for name, held in lists.items()}
    return schema | ({"allOf": hanging} if hanging else {}) | ({"$defs": defs} if defs else {})


def _property(field: FieldModel, lists: Mapping[str, CodeList], texts: list[str]) -> dict[str, Any]:
    """What a cell may be: a value, and where no answer is needed also null or a text that says that it is not known."""
    about: dict[str, Any] = {"title": both(field.title)}
    about |= {"unit": field.unit} if field.unit else {}
    about |= {"pii": field.pii} if field.pii else {}
    missing: list[str] = field.missingValues or []
    value = _value(field, lists)
    if field.constraints.required:
        free = value.get("type") == "string" and not field.codes
        return about | value | ({"not": _not_known(missing, texts)} if missing and free else {})
    choices = [value, {"type": "null"}, *([_not_known(missing, texts)] if missing else [])]
    return about | {"anyOf": choices}


def _value(field: FieldModel, lists: Mapping[str, CodeList]) -> dict[str, Any]:
    limits = field.constraints
    if field.type == "list":
        return _list(field, lists[field.codes] if field.codes else None)
    if field.codes:
        return {"$ref": f"#/$defs/{field.codes}"}
    if field.type == "string":
        pattern = None if limits.pattern is None else f"^(?:{limits.pattern})$"
        own = {"minLength": limits.minLength, "maxLength": limits.maxLength, "pattern": pattern}
        filled = _FILLED if limits.required else {"type": "string"}
        return filled | {k: v for k, v in own.items() if v is not None}
    least, most = limits.minimum, limits.maximum
    given = {k: v for k, v in (("minimum", least), ("maximum", most)) if v is not None}
    return _TYPES[field.type] | given


def _list(field: FieldModel, codes: CodeList | None) -> dict[str, Any]:
    """Several codes: an array, or the one text between commas that a conversion writes."""
    least, most = field.constraints.minLength or 1, field.constraints.maxLength
    fewest = least if field.constraints.required or field.constraints.minLength else 0
    items = {"type": "array", "minItems": fewest} | ({"maxItems": most} if most else {})
    if codes is None:
        return {"anyOf": [items | {"items": {"type": "string"}}, _FILLED]}
    items |= {"items": {"$ref": f"#/$defs/{codes.name}"}, "uniqueItems": True}
    return {"anyOf": [items, {"type": "string", "pattern": one_of(codes, least, most)}]}


def _answers(codes: CodeList) -> dict[str, Any]:
    told = "; ".join(f"{c.code} = {both(c.label)}" for c in codes.codes)
    return {"title": both(codes.title), "description": told, "type": "string", "enum": [c.code for c in codes.codes]}


def _hanging(field: FieldModel, table: Table) -> dict[str, Any]:
    """An answer that is needed unless another has a certain code; where that one is not known, it is not needed either."""
    others = {}
    for name, code in field.required_unless.items():
        other = table.field(name)
        others[name] = {"not": {"enum": [code, *((other.missingValues or []) if other else [])]}}
    filled = _FILLED | ({"not": {"enum": field.missingValues}} if field.missingValues else {})
    needed = filled if field.type == "string" and not field.codes else {"not": {"type": "null"}}
    return {"if": {"properties": others}, "then": {"required": [field.name], "properties": {field.name: needed}}}


def _not_known(missing: list[str], texts: list[str]) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{_NOT_KNOWN}"} if missing == texts else {"enum": missing}


def _commonest(given: list[list[str]]) -> list[str]:
    return max(given, key=given.count, default=[])


def _number(value: object) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)
