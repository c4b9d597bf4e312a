"""The records of each table as JSON Schema 2020-12: one file per table, in a new folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from census_cli.exporting import Exported
from census_cli.expr.bound import BoundSurvey
from census_cli.folders import new_folder
from census_cli.records import Records

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def export(survey: BoundSurvey, output: Path) -> Exported:
    """Write `<table>.json` for every table; raises OptionError for a folder that is not empty."""
    with new_folder(output) as folder:
        for name, table in survey.tables.items():
            schema = Records(table.model, survey.codes).model.model_json_schema()
            (folder / f"{name}.json").write_bytes(as_bytes(schema))
    return Exported(tuple(output / f"{name}.json" for name in survey.tables))


def as_bytes(schema: dict[str, Any]) -> bytes:
    """A schema as it stands in a file, with its dialect in front."""
    return (json.dumps({"$schema": DIALECT} | schema, ensure_ascii=False, indent=1, default=str) + "\n").encode()
