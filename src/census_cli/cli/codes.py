"""`census codes`: the answers that fields may take; parse, one call, print."""

from __future__ import annotations

import sys
from typing import Annotated, Literal, Optional

import typer

from census_cli.i18n import tr

Format = Literal["table", "json"]


def commands() -> typer.Typer:
    """The one command."""
    app = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help=tr("The code lists of a survey: which answers fields may take.")
    )
    app.callback()(_group)
    app.command("show", help=tr("Show the code lists, or one with every answer, its labels and what else is read as it."))(show)
    return app


def _group() -> None:
    """A group stays one though it has one command only."""


def show(
    codes: Annotated[Optional[str], typer.Argument(metavar="[LIST]", help=tr("The name of a code list; without it all are listed."), show_default=False)] = None,
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
    format: Annotated[Format, typer.Option(help=tr("How to print: a table for people, or json."))] = "table",
) -> None:  # fmt: skip
    """Print the code lists, or one."""
    from census_cli.expr.bind import sound_survey
    from census_cli.i18n import set_language
    from census_cli.report.codes import write_codes, write_lists

    set_language(lang)
    held = sound_survey(survey)
    if codes is None:
        write_lists(held, sys.stdout, format)
    else:
        write_codes(held, codes, sys.stdout, format)
