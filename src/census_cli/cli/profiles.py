"""`census profiles`: which profiles a survey has and what each says; parse, one call, print."""

from __future__ import annotations

import sys
from typing import Annotated, Literal, Optional

import typer

from census_cli.i18n import tr

Format = Literal["table", "json"]


def commands() -> typer.Typer:
    """The three commands."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=tr("The profiles of a survey: what rules compare with."))
    app.command("list", help=tr("List the profiles of a survey."))(list_profiles)
    app.command("show", help=tr("Show a profile: every value, its source and doubt."))(show_profile)
    app.command("diff", help=tr("Show where two profiles differ: values, rules, severities, each with both sources."))(
        diff_profiles
    )
    return app


def list_profiles(
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
    format: Annotated[Format, typer.Option(help=tr("How to print: a table for people, or json."))] = "table",
) -> None:  # fmt: skip
    """Print the list of profiles."""
    from census_cli.expr.bind import sound_survey
    from census_cli.i18n import set_language
    from census_cli.report.profiles import write_list

    set_language(lang)
    write_list(sound_survey(survey), sys.stdout, format)


def show_profile(
    profile: Annotated[str, typer.Argument(help=tr("The id of a profile, as the list has it."), show_default=False)],
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
    format: Annotated[Format, typer.Option(help=tr("How to print: a table for people, or json."))] = "table",
) -> None:  # fmt: skip
    """Print one profile."""
    from census_cli.expr.bind import sound_survey
    from census_cli.i18n import set_language
    from census_cli.report.profiles import write_profile

    set_language(lang)
    write_profile(sound_survey(survey), profile, sys.stdout, format)


def diff_profiles(
    first: Annotated[str, typer.Argument(help=tr("The id of a profile, as the list has it."), show_default=False)],
    other: Annotated[str, typer.Argument(help=tr("The id of another."), show_default=False)],
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
    format: Annotated[Format, typer.Option(help=tr("How to print: a table for people, or json."))] = "table",
) -> None:  # fmt: skip
    """Print what differs between two profiles."""
    from census_cli.expr.bind import sound_survey
    from census_cli.i18n import set_language
    from census_cli.report.profile_diff import write_difference

    set_language(lang)
    write_difference(sound_survey(survey), first, other, sys.stdout, format)
