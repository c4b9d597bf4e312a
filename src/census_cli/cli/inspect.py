"""`census inspect`: parse, one call, print, exit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import progress, while_read
from census_cli.cli.exits import Exit
from census_cli.cli.remembered import DEFAULT_SURVEY, remember
from census_cli.cli.stopping import opened
from census_cli.i18n import tr


def inspect(
    data: Annotated[Optional[list[Path]], typer.Argument(help=tr("Folders, files or patterns: delimited text, workbooks, Parquet, also as .gz or .zip; - is standard input. Without any: those of census.toml."), show_default=False)] = None,
    survey: Annotated[Optional[str], typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."), show_default=DEFAULT_SURVEY)] = None,
    encoding: Annotated[Optional[str], typer.Option(help=tr("The encoding of all text files, as gb18030; without it their bytes tell."))] = None,
    format: Annotated[Literal["table", "json"], typer.Option(help=tr("How to print: a table for people, or json."))] = "table",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Look at the files and print what each is and what a check would make of it."""
    from census_cli.inspecting import inspect_files
    from census_cli.report import inspection

    known = remember(data, lang)
    own = known.settings
    with opened("duckdb") as held, while_read():
        with progress(tr("inspecting")) as step:
            told = inspect_files(held, known.data, survey or own.survey or DEFAULT_SURVEY, encoding or own.encoding, step, own)
        inspection.write(told, sys.stdout, format)
    raise typer.Exit(Exit.CLEAN)
