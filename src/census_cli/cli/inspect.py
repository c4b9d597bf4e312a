"""`census inspect`: parse, one call, print, exit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import nobody_listens, progress
from census_cli.cli.exits import Exit
from census_cli.i18n import tr


def inspect(
    data: Annotated[list[Path], typer.Argument(help=tr("Folders, files or patterns: delimited text, workbooks, Parquet, also as .gz or .zip; - is standard input."), show_default=False)],
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    encoding: Annotated[Optional[str], typer.Option(help=tr("The encoding of all text files, as gb18030; without it their bytes tell."))] = None,
    format: Annotated[Literal["table", "json"], typer.Option(help=tr("How to print: a table for people, or json."))] = "table",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Look at the files and print what each is and what a check would make of it."""
    from census_cli.engines import open_engine
    from census_cli.i18n import set_language
    from census_cli.inspecting import inspect_files
    from census_cli.report import inspection

    set_language(lang)
    held = open_engine("duckdb", None, None)
    try:
        with progress(tr("inspecting")) as step:
            told = inspect_files(held, data, survey, encoding, step)
        inspection.write(told, sys.stdout, format)
    except BrokenPipeError:
        nobody_listens()
    finally:
        held.close()
    raise typer.Exit(Exit.CLEAN)
