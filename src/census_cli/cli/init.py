"""`census init`: look at a team's folder and write what its checks shall remember."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import say
from census_cli.cli.exits import Exit
from census_cli.cli.remembered import DEFAULT_SURVEY
from census_cli.i18n import tr


def init(
    folder: Annotated[Path, typer.Argument(help=tr("The folder with the team's files."), show_default=False)] = Path(),
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = DEFAULT_SURVEY,
    profile: Annotated[Optional[list[str]], typer.Option(help=tr("The profile of parameters; may be given several times."), show_default="national-2020")] = None,
    encoding: Annotated[Optional[str], typer.Option(help=tr("The encoding of all text files, as gb18030; without it their bytes tell."))] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the report."), show_default=tr("that of the system"))] = None,
    force: Annotated[bool, typer.Option("--force", help=tr("Write over a census.toml that is there."))] = False,
) -> None:  # fmt: skip
    """Write census.toml beside the files and tell what was found."""
    from census_cli.i18n import language, set_language
    from census_cli.remembering import remember_folder

    set_language(lang)
    file = remember_folder(folder, survey, profile or (), encoding, language(), force)
    say(tr("written: {path}", path=file))
    say(tr("look through it, and then run: census check"))
    raise typer.Exit(Exit.CLEAN)
