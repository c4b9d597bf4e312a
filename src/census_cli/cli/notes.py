"""`census notes`: the sheet in which discrepancies to verify are explained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from census_cli.cli.check import check
from census_cli.errors import OptionError
from census_cli.i18n import tr


def commands() -> Any:
    """The subcommands."""
    app = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help=tr("Explanations of discrepancies to verify."),
    )  # fmt: skip
    app.command("template", help=tr("Write the sheet to fill in: a line for each discrepancy to verify that is still open."))(
        template
    )
    return app


def template(
    data: Annotated[Optional[list[Path]], typer.Argument(help=tr("Folders, files or patterns: delimited text, workbooks, Parquet, also as .gz or .zip; - is standard input. Without any: those of census.toml."), show_default=False)] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help=tr("The sheet to write; its name ends in .notes.csv."))] = Path("explain.notes.csv"),
    profile: Annotated[Optional[list[str]], typer.Option(help=tr("The profile of parameters; may be given several times."), show_default="national-2020")] = None,
    notes: Annotated[Optional[Path], typer.Option(help=tr("What was explained before and need not be again."))] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the report."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """A check that writes one more view of its discrepancies; by another ending it would be another view."""
    from census_cli.report.outputs import NOTES

    if not output.name.endswith(NOTES):
        raise OptionError(tr("{path}: the name of a sheet of notes ends in {ending}", path=output, ending=NOTES))
    check(data, profile=profile, output=[str(output)], notes=notes, lang=lang, fail_on="never")
