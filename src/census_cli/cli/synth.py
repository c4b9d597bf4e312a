"""`census synth`: parse, one call, print, exit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import progress, say
from census_cli.i18n import tr


def synth(
    out: Annotated[Path, typer.Argument(help=tr("A new folder for the survey."), show_default=False)],
    households: Annotated[int, typer.Option(help=tr("How many households."))] = 1200,
    seed: Annotated[int, typer.Option(help=tr("The same number gives the same survey."))] = 7,
    errors: Annotated[float, typer.Option(help=tr("The share of households that get one mistake each, 0 to 1; near 1 somewhat fewer do."))] = 0.0,
    format: Annotated[Literal["csv", "parquet"], typer.Option(help=tr("The format of the tables."))] = "csv",
    headers: Annotated[Literal["zh", "en"], typer.Option(help=tr("Chinese titles and labels, or English names and codes."))] = "zh",
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    profile: Annotated[Optional[str], typer.Option(help=tr("The profile that the survey is to please; the mistakes are those that only its own rules tell."), show_default="national-2020")] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the messages."), show_default=tr("that of the system"))] = None,
    memory: Annotated[Optional[str], typer.Option(help=tr("The most memory to use, as 2GB; the rest is kept on disk."))] = None,
    spill: Annotated[Optional[Path], typer.Option(metavar="FOLDER", help=tr("A folder that is there, in which temporary files are made and what memory does not hold is kept; all of it is removed at the end."), show_default=tr("that of the system"))] = None,
    threads: Annotated[Optional[int], typer.Option(min=1, max=256, help=tr("How many processors to use."))] = None,
) -> None:  # fmt: skip
    """Make an invented survey of any size, with mistakes in it and the list of them."""
    from census_cli.i18n import set_language
    from census_cli.scratch import lying_in
    from census_cli.synth.making import Order, make_survey

    set_language(lang)
    order = Order(households, seed, errors, format, headers, survey, profile, memory, threads)
    with lying_in(spill), progress(tr("making")) as step:
        made = make_survey(out, order, step)
    for table, rows in made.rows.items():
        say(tr("written: {path}", path=out / f"{table}.{format}") + f" ({rows})")
    if errors:
        say(tr("planted discrepancies: {number}; they are listed in {path}", number=made.planted, path=out / "planted.csv"))
