"""A Data Package 2.0: `datapackage.json`, which says of tables in one form (as `census convert` writes them) what each column holds.

In a folder of converted tables it describes those that are there; in a new one all of the survey, as CSV.  A column that a table lacks
is no fault to it, nor is one more (`fieldsMatch: partial`), as in a check.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from census_cli.complete import new_folder
from census_cli.conform import FIRST_YEAR, LAST_YEAR
from census_cli.errors import OptionError
from census_cli.exporting import Exported, Left
from census_cli.exporting.words import both, one_of
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import tr
from census_cli.reading.converted import ROW, SOURCE
from census_cli.survey.models import CodeList, FieldModel, Table, Text
from census_cli.version import VERSION

FILE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MADE_BY = "census:version"
_FORMATS = ("csv", "parquet")
_DAYS = {"minimum": f"{FIRST_YEAR}-01-01", "maximum": f"{LAST_YEAR}-12-31"}
_TYPES: dict[str, dict[str, Any]] = {
    "boolean": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    "date": {"type": "date", "format": "default"},
    "datetime": {"type": "datetime", "format": "%Y-%m-%d %H:%M:%S"},
    "list": {"type": "string"},
}


def export(survey: BoundSurvey, output: Path) -> Exported:
    """Write the descriptor; raises OptionError for a folder that holds another one, or tables that were not converted."""
    with new_folder(output, _is_ours) as folder:
        there = {t: p for t in survey.file.tables if (p := _file(output, t))}
        for table, file in there.items():
            _known(survey.tables[table].model, output / file)
        package = _package(survey, there or {t: f"{t}.csv" for t in survey.file.tables})
        (folder / FILE).write_text(json.dumps(package, ensure_ascii=False, indent=1, default=float) + "\n", encoding="utf-8")
    return Exported((output / FILE,), tuple(_left(survey, there or survey.file.tables)))


def _is_ours(path: Path) -> bool:
    """Whether a file is a descriptor that census wrote, which a new one may replace."""
    try:
        return path.name == FILE and _MADE_BY in json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def _file(folder: Path, table: str) -> str | None:
    return next((f"{table}.{form}" for form in _FORMATS if (folder / f"{table}.{form}").is_file()), None)


def _known(table: Table, path: Path) -> None:
    """A schema names columns as conversions do; raises OptionError for a table of which it would describe none."""
    if not {f.name for f in table.fields} & set(_headers(path)):
        raise OptionError(
            tr(
                "{path} has none of the columns that census convert writes; convert the folder, and describe the new one",
                path=path,
            )
        )


def _headers(path: Path) -> Sequence[str]:
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet

        try:
            return list(pyarrow.parquet.read_schema(path).names)
        except pa.ArrowInvalid:
            return []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(csv.reader(file), [])


def _package(survey: BoundSurvey, files: Mapping[str, str]) -> dict[str, Any]:
    head: dict[str, Any] = {"$schema": PROFILE, "name": survey.file.id, "title": both(survey.file.title), _MADE_BY: VERSION}
    return head | {"resources": [_resource(survey.tables[t].model, path, files, survey.codes) for t, path in files.items()]}


def _resource(table: Table, path: str, files: Mapping[str, str], codes: Mapping[str, CodeList]) -> dict[str, Any]:
    form = path.rpartition(".")[2]
    resource: dict[str, Any] = {"name": table.name, "type": "table", "title": both(table.title), "path": path, "format": form}
    resource |= {"encoding": "utf-8", "dialect": {"delimiter": ","}} if form == "csv" else {}
    return resource | {"schema": table_schema(table, files, codes)}


def table_schema(table: Table, tables: Mapping[str, object], codes: Mapping[str, CodeList]) -> dict[str, Any]:
    """The schema of one table; only keys that lead to one of `tables` are foreign ones."""
    fields = [f for f in table.fields if not f.made]
    missing = max((f.missingValues or [] for f in fields), key=[f.missingValues or [] for f in fields].count, default=[])
    schema: dict[str, Any] = {
        "fieldsMatch": "partial",
        "fields": [*(_field(f, missing, codes) for f in fields), *_ORIGIN],
        "missingValues": ["", *missing],
        "primaryKey": table.primaryKey,
    }
    keys = [k.model_dump() for k in table.foreignKeys if k.reference.resource in tables]
    return schema | ({"foreignKeys": keys} if keys else {})


def _field(field: FieldModel, missing: Sequence[str], codes: Mapping[str, CodeList]) -> dict[str, Any]:
    told: dict[str, Any] = {"name": field.name, "title": both(field.title)}
    told |= _TYPES.get(field.type, {"type": field.type})
    answers = codes[field.codes].codes if field.codes else []
    if answers and field.type != "list":
        told["categories"] = [{"value": c.code, "label": both(c.label)} for c in answers]
    elif answers:
        told["description"] = "; ".join(f"{c.code} = {both(c.label)}" for c in answers)
    if constraints := _constraints(field, codes):
        told["constraints"] = constraints
    if field.missingValues and field.missingValues != missing:
        told["missingValues"] = ["", *field.missingValues]
    return told | ({"unit": field.unit} if field.unit else {}) | ({"pii": field.pii} if field.pii else {})


def _constraints(field: FieldModel, codes: Mapping[str, CodeList]) -> dict[str, Any]:
    limits = field.constraints
    told: dict[str, Any] = {"required": True} if limits.required else {}
    if field.type == "list":
        return told | ({"pattern": one_of(codes[field.codes], limits.minLength or 1, limits.maxLength)} if field.codes else {})
    if field.codes:
        return told | {"enum": [c.code for c in codes[field.codes].codes]}
    own = limits.model_dump(include={"minimum", "maximum", "minLength", "maxLength", "pattern"}, exclude_none=True)
    return told | (_DAYS if field.type == "date" else {}) | own


_ORIGIN = [
    {"name": SOURCE, "type": "string", "description": both(Text(zh="此行来自哪个文件", en="the file that the row came from"))},
    {"name": ROW, "type": "integer", "description": both(Text(zh="此行在该文件中的记录号", en="the number of its record there"))},
]


def _left(survey: BoundSurvey, tables: Sequence[str] | Mapping[str, str]) -> list[Left]:
    """What a Table Schema cannot say of the structure of these tables."""
    left = []
    for table in (survey.tables[t].model for t in tables):
        left += [
            Left(f"{table.name}.{f.name}", tr("that it is needed hangs on another answer"))
            for f in table.fields
            if f.required_unless
        ]
        for key in table.foreignKeys:
            if key.reference.resource not in tables:
                words = tr("the table '{table}' is not there", table=key.reference.resource)
                left.append(Left(f"{table.name}.{key.fields[-1]}", words))
    return left
