"""What a team's folder remembers: census.toml, with the survey, profile, files, column names and outputs of its checks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from census_cli.errors import OptionError, nearest
from census_cli.i18n import tr
from census_cli.survey.faults import faults
from census_cli.survey.models import Descriptor, Identifier, Table
from census_cli.survey.yaml import Document

FILE = "census.toml"
KEPT = "# "


class TableSettings(Descriptor):
    """How the files of one table are named, without their endings, and which of their headers is which field."""

    files: list[str] = []
    columns: dict[str, str] = {}


class Settings(Descriptor):
    """The choices of a check, as the options of `census check` have them; an option on the command line goes before."""

    survey: str = "registered-households"
    profile: list[str] = []
    data: list[str] = ["."]
    output: list[str] = []
    verdicts: str | None = None
    select: list[str] = []
    partial: bool = False
    as_of: str | None = None
    fail_on: Literal["mandatory", "verify", "hint", "never"] = "mandatory"
    lang: Literal["zh", "en"] | None = None
    encoding: str | None = None
    key: str | None = None
    tables: dict[Identifier, TableSettings] = Field(default_factory=dict)
