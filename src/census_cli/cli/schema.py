"""`census schema`: a survey as other tools want it; parse, one call, say what was written and what could not be said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import say
from census_cli.i18n import tr

Format = Literal["json-schema", "table-schema", "codebook", "xlsx-template", "xlsform"]


def commands() -> typer.Typer:
    """The commands."""
    app = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help=tr("A survey for other tools: forms, schemas, a codebook.")
    )
    app.command("export", help=tr("Write the survey in the format of another tool."))(export_schema)
    return app


def export_schema(
    format: Annotated[Format, typer.Option(help=tr("The format."), show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help=tr("The new file or folder."), show_default=False)],
    table: Annotated[Optional[list[str]], typer.Option(help=tr("Only this table; may be given several times."), show_default=tr("all of the survey"))] = None,
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    profile: Annotated[Optional[str], typer.Option(help=tr("The profile of parameters."), show_default=tr("that of the survey"))] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Write it, and name what the format cannot say."""
    from census_cli.exporting import FORMATS, only
    from census_cli.i18n import set_language
    from census_cli.opening import open_survey

    set_language(lang)
    exported = FORMATS[format](only(open_survey(survey, profile), table or []), output)
    for path in exported.files:
        say(tr("written: {path}", path=path))
    for left in exported.left:
        say(tr("left out: {part} ({reason})", part=left.part, reason=left.reason))
    for file, columns in exported.beside.items():
        say(
            tr(
                "upload beside it: {file}, from census convert --format csv, with these columns alone: {columns}",
                file=file,
                columns=", ".join(columns),
            )
        )
