"""`census check`: parse, one call, write, exit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import progress, say, silent, timed, unseen, while_read
from census_cli.cli.remembered import DEFAULT_SURVEY, remember
from census_cli.cli.stopping import opened
from census_cli.i18n import tr

FailOn = Literal["mandatory", "verify", "hint", "never"]
Audience = Literal["surveyor", "supervisor", "office"]


def check(
    data: Annotated[Optional[list[Path]], typer.Argument(help=tr("Folders, files or patterns: delimited text, workbooks, Parquet, also as .gz or .zip; - is standard input; with --engine spark also table=name, a table that Spark knows. Without any: those of census.toml."), show_default=False)] = None,
    survey: Annotated[Optional[str], typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."), show_default=DEFAULT_SURVEY)] = None,
    profile: Annotated[Optional[list[str]], typer.Option(help=tr("The profile of parameters; may be given several times."), show_default="national-2020")] = None,
    select: Annotated[Optional[list[str]], typer.Option(help=tr("Rules to run: ids or patterns such as S02,I* or person.*"))] = None,
    output: Annotated[Optional[list[str]], typer.Option("--output", "-o", help=tr("A file to write; its ending names the format: .html, .json, .csv, .parquet, .xlsx, .md, .junit.xml, .sarif, .ess.json, .gitlab.json; name/ is a folder of Parquet files; - is standard output, with --format."))] = None,
    format: Annotated[Optional[str], typer.Option(help=tr("The format of --output -: an ending of --output without its dot, or github."))] = None,
    by: Annotated[Optional[Literal["village", "enumerator", "rule"]], typer.Option(help=tr("What an .xlsx output has a sheet for."), show_default="village")] = None,
    verdicts: Annotated[Optional[str], typer.Option(help=tr("A file for the verdicts on every household and person: .csv or .parquet; name/ is a folder of Parquet files."))] = None,
    lists: Annotated[Optional[str], typer.Option(help=tr("A file for the lists of households wrongly exited, relapsed, at risk, ready to exit, and of those of which nobody can say: .csv or .parquet; name/ is a folder of Parquet files."))] = None,
    copies: Annotated[Optional[str], typer.Option("--annotate", metavar="OUTDIR", help=tr("A new folder for the files given once more, as workbooks, with colours and notes on the cells that are wrong."))] = None,
    notes: Annotated[Optional[Path], typer.Option(help=tr("Explanations of discrepancies to verify; 'census notes template' makes the sheet."))] = None,
    partial: Annotated[bool, typer.Option("--partial", help=tr("Field work is not over: skip rules that need complete data."))] = False,
    as_of: Annotated[Optional[str], typer.Option(help=tr("The date for ages where a household has no registration date, as 2020-12-31."))] = None,
    fail_on: Annotated[Optional[FailOn], typer.Option(help=tr("The least severity that makes the exit code 1."), show_default="mandatory")] = None,
    audience: Annotated[Optional[Audience], typer.Option("--for", help=tr("Who reads the report: rules that are kept for others are not run, and the report says how many."), show_default="office")] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the report."), show_default=tr("that of the system"))] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help=tr("Show personal data in full."))] = False,
    suppress: Annotated[Optional[int], typer.Option("--suppress-below", min=2, max=1000, help=tr("For publication: villages with a count below this are put together, and households are not told one by one; for .html, .md and the report."))] = None,
    encoding: Annotated[Optional[str], typer.Option(help=tr("The encoding of all text files, as gb18030; without it their bytes tell."))] = None,
    engine: Annotated[Literal["duckdb", "spark"], typer.Option(help=tr("The engine."))] = "duckdb",
    memory: Annotated[Optional[str], typer.Option(help=tr("The most memory to use, as 2GB; the rest is kept on disk."))] = None,
    spill: Annotated[Optional[Path], typer.Option(metavar="FOLDER", help=tr("A folder that is there, in which temporary files are made and what memory does not hold is kept; all of it is removed at the end."), show_default=tr("that of the system"))] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=tr("Say nothing but errors; the exit code tells."))] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help=tr("Say more: the seconds of each step, how each file was read, every rule that was skipped."))] = False,
    threads: Annotated[Optional[int], typer.Option(min=1, max=256, help=tr("How many processors to use."))] = None,
) -> None:  # fmt: skip
    """Check the data, write what was found, and end with the exit code of what was found."""
    from census_cli.annotating import annotate, plan_folder
    from census_cli.checking import run_check
    from census_cli.errors import OptionError
    from census_cli.i18n import language
    from census_cli.identity import secret_key
    from census_cli.loading import from_files, from_tables, named_tables
    from census_cli.notes import Notes, read_notes, refuse_filled
    from census_cli.options import Options
    from census_cli.publishing import Published
    from census_cli.report.details import details
    from census_cli.report.outputs import NOTES, bilingual, plan_outputs, refuse_all_but_counts, write_outputs
    from census_cli.scratch import lying_in

    if quiet and verbose:
        raise OptionError(tr("give --quiet or --verbose, not both"))
    tell = silent if quiet else say
    known = remember(data, lang, tell)
    own = known.settings
    wanted = known.paths([own.verdicts])[0] if own.verdicts and verdicts is None else verdicts
    listing = known.paths([own.lists])[0] if own.lists and lists is None else lists
    told = Path(known.paths([own.notes])[0]) if own.notes and notes is None else notes
    folder = plan_folder(copies, known.data) if copies else None
    outputs = plan_outputs(
        output or known.paths(own.output), format, [*known.data, *([told] if told else [])], wanted, listing, by, folder
    )
    for sheet in (o.path for o in outputs if o.path and o.path.name.lower().endswith(NOTES)):
        refuse_filled(sheet)
    if suppress:
        refuse_all_but_counts(outputs, reveal, bool(folder))
    options = Options(
        survey or own.survey or DEFAULT_SURVEY, tuple(dict.fromkeys(profile or own.profile)), select or own.select, partial or own.partial,
        as_of or own.as_of, fail_on or own.fail_on or "mandatory", reveal, secret_key(known.folder), language(), read_notes(told) if told else Notes(), audience or own.audience or "office", bilingual(outputs),
    )  # fmt: skip
    tables = named_tables(known.data)
    if tables and copies:
        raise OptionError(tr("--annotate copies files; tables that Spark knows are none"))
    load = from_tables(tables, own) if tables else from_files(known.data, encoding or own.encoding, own)
    with lying_in(spill), opened(engine, memory, threads) as held, while_read():
        with (unseen if quiet else timed if verbose else progress)(tr("checking"), held.share) as step:
            checked = run_check(held, load, options, step)
        if folder:
            for said in annotate(checked, checked.files, folder):
                tell(said)
            tell(tr("written: {path}", path=folder))
        for line in details(checked.summary) if verbose else ():
            tell(line)
        for path in write_outputs(Published(checked, suppress) if suppress else checked, outputs, reveal, report=not quiet):
            tell(tr("written: {path}", path=path))
    raise typer.Exit(checked.summary.exit_code)
