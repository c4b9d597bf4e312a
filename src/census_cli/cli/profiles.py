"""`census profiles`: which profiles a survey has and what each says; parse, one call, print."""

from __future__ import annotations

import sys
from typing import Annotated, Literal, Optional

import typer

from census_cli.i18n import tr

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=tr("The profiles of a survey: what rules compare with."))

Format = Literal["table", "json"]
SurveyOption = Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))]
LangOption = Annotated[
    Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))
]
FormatOption = Annotated[Format, typer.Option(help=tr("How to print: a table for people, or json."))]


@app.command("list")
def list_profiles(
    survey: SurveyOption = "registered-households", lang: LangOption = None, format: FormatOption = "table"
) -> None:
    """List the profiles of a survey."""
    from census_cli.expr.bind import sound_survey
    from census_cli.i18n import set_language
    from census_cli.report.profiles import write_list

    set_language(lang)
    write_list(sound_survey(survey), sys.stdout, format)


@app.command("show")
def show_profile(
    profile: Annotated[str, typer.Argument(help=tr("The id of a profile, as the list has it."), show_default=False)],
    survey: SurveyOption = "registered-households",
    lang: LangOption = None,
    format: FormatOption = "table",
) -> None:
    """Show a profile: every value, its source and doubt."""
    from census_cli.expr.bind import sound_survey
    from census_cli.i18n import set_language
    from census_cli.report.profiles import write_profile

    set_language(lang)
    write_profile(sound_survey(survey), profile, sys.stdout, format)
