"""`census explain`: parse, one check, one household, print."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import progress, while_read
from census_cli.cli.exits import Exit
from census_cli.cli.remembered import DEFAULT_SURVEY, remember
from census_cli.cli.rules import show_rule
from census_cli.cli.stopping import opened
from census_cli.i18n import tr

RULE = re.compile("[A-Z]{1,3}[0-9]{2}[a-z]?")


def explain(
    unit: Annotated[str, typer.Argument(help=tr("The number of the household; or the id of a rule, as S02."), show_default=False)],
    data: Annotated[Optional[list[Path]], typer.Argument(help=tr("Folders, files or patterns: delimited text, workbooks, Parquet, also as .gz or .zip; - is standard input. Without any: those of census.toml."), show_default=False)] = None,
    survey: Annotated[Optional[str], typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."), show_default=DEFAULT_SURVEY)] = None,
    profile: Annotated[Optional[str], typer.Option(help=tr("The profile of parameters."), show_default="national-2020")] = None,
    partial: Annotated[bool, typer.Option("--partial", help=tr("Field work is not over: skip rules that need complete data."))] = False,
    as_of: Annotated[Optional[str], typer.Option(help=tr("The date for ages where a household has no registration date, as 2020-12-31."))] = None,
    encoding: Annotated[Optional[str], typer.Option(help=tr("The encoding of all text files, as gb18030; without it their bytes tell."))] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the report."), show_default=tr("that of the system"))] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help=tr("Show personal data in full."))] = False,
) -> None:  # fmt: skip
    """Check the data and print what is known of one household."""
    from census_cli.checking import run_check
    from census_cli.explaining import explain as explain_household
    from census_cli.i18n import language
    from census_cli.identity import secret_key
    from census_cli.loading import from_files
    from census_cli.options import Options
    from census_cli.report import explanation

    if not data and RULE.fullmatch(unit):
        show_rule(unit, survey or DEFAULT_SURVEY, profile, lang)
        raise typer.Exit(Exit.CLEAN)
    known = remember(data, lang)
    own = known.settings
    options = Options(
        survey or own.survey or DEFAULT_SURVEY, (profile,) if profile else own.profile[:1], (), partial or own.partial,
        as_of or own.as_of, "never", reveal, secret_key(known.folder), language(),
    )  # fmt: skip
    with opened("duckdb") as held, while_read():
        with progress(tr("checking")) as step:
            checked = run_check(held, from_files(known.data, encoding or own.encoding, own), options, step)
        explanation.write(explain_household(checked, unit, options), sys.stdout)
    raise typer.Exit(Exit.CLEAN)
