"""`census convert`: parse, one call, say what was written, exit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import progress, say
from census_cli.cli.exits import Exit
from census_cli.cli.remembered import DEFAULT_SURVEY, remember
from census_cli.cli.stopping import opened
from census_cli.i18n import tr


def convert(
    output: Annotated[Path, typer.Option("--output", "-o", help=tr("A new folder for the tables and the list of what could not be read, not_read.csv."), show_default=False)],
    data: Annotated[Optional[list[Path]], typer.Argument(help=tr("Folders, files or patterns: delimited text, workbooks, Parquet, also as .gz or .zip; - is standard input. Without any: those of census.toml."), show_default=False)] = None,
    format: Annotated[Literal["parquet", "csv"], typer.Option(help=tr("The format of the tables."))] = "parquet",
    raw: Annotated[bool, typer.Option("--raw", help=tr("Leave every cell the text that was found."))] = False,
    typed: Annotated[bool, typer.Option("--typed", help=tr("Give every column its type, though cells that are no such value become empty."))] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=tr("Replace what an earlier conversion wrote there."))] = False,
    survey: Annotated[Optional[str], typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."), show_default=DEFAULT_SURVEY)] = None,
    encoding: Annotated[Optional[str], typer.Option(help=tr("The encoding of all text files, as gb18030; without it their bytes tell."))] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the messages."), show_default=tr("that of the system"))] = None,
    memory: Annotated[Optional[str], typer.Option(help=tr("The most memory to use, as 2GB; the rest is kept on disk."))] = None,
    spill: Annotated[Optional[Path], typer.Option(metavar="FOLDER", help=tr("A folder that is there, in which temporary files are made and what memory does not hold is kept; all of it is removed at the end."), show_default=tr("that of the system"))] = None,
    threads: Annotated[Optional[int], typer.Option(min=1, max=256, help=tr("How many processors to use."))] = None,
) -> None:  # fmt: skip
    """Convert the data and say what was written, what could not be read, and who may see it."""
    from census_cli.converting import Order
    from census_cli.converting import convert as convert_data
    from census_cli.identity import secret_key
    from census_cli.scratch import lying_in

    known = remember(data, lang)
    own = known.settings
    order = Order(
        survey or own.survey or DEFAULT_SURVEY,
        format,
        raw,
        typed,
        overwrite,
        encoding or own.encoding,
        secret_key(known.folder),
        own,
    )
    with lying_in(spill), opened("duckdb", memory, threads) as held, progress(tr("converting"), held.share) as step:
        converted = convert_data(held, known.data, output, order, step)
    for name, reason in converted.ignored:
        say(tr("not read: {path} ({reason})", path=name, reason=reason))
    for table in converted.tables:
        say(tr("written: {path}", path=table.path) + f" ({table.rows})")
        if table.failed:
            fields = ", ".join(f"{column} ({n})" for column, n in table.failed.items())
            say("  " + (tr("cells that are no value of their field, now empty: {fields}", fields=fields) if typed
                        else tr("cells that are no value of their field, kept as text: {fields}", fields=fields)))  # fmt: skip
    say(tr("written: {path}", path=output / "not_read.csv"))
    say(
        "  "
        + tr(
            "{unreadable} records that could not be read, {skipped} lines that are no records",
            unreadable=converted.unreadable,
            skipped=converted.skipped,
        )
    )
    say(tr("The tables hold personal data in full; only you can read them. Keep them as you keep the originals."))
    raise typer.Exit(Exit.CLEAN)
