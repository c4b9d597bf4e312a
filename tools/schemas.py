"""JSON Schemas made from the Pydantic models, of a rule file and of the result, and of one record of each table."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, RootModel

from census_cli.exporting.json_schema import as_bytes, record_schema
from census_cli.opening import open_survey
from census_cli.report.ess import Event
from census_cli.results import Discrepancy, ListRow, Summary, VerdictRow
from census_cli.survey.coverage import Coverage
from census_cli.survey.form import Form
from census_cli.survey.models import Assurance, CodeList, Lists, Profile, Rule, SurveyFile, Table

SURVEY = "registered-households"


class Result(BaseModel):
    """What `census check --output result.json` writes."""

    summary: Summary
    discrepancies: list[Discrepancy]


def make() -> dict[str, bytes]:
    """The schemas by file name."""
    made: dict[str, Any] = {
        "result": Result,
        "rule": Rule,
        "assurance": Assurance,
        "lists": Lists,
        "profile": Profile,
        "table": Table,
        "codes": CodeList,
        "survey": SurveyFile,
        "coverage": Coverage,
        "form": Form,
    }
    made["verdict"] = VerdictRow
    made["listed"] = ListRow
    made["ess"] = RootModel[list[Event]]
    files = {f"schemas/json/{name}.json": as_bytes(model.model_json_schema(by_alias=True)) for name, model in made.items()}
    survey = open_survey(SURVEY)
    for name, table in survey.tables.items():
        files[f"schemas/json/{SURVEY}/{name}.json"] = as_bytes(record_schema(table.model, survey.codes))
    return files
