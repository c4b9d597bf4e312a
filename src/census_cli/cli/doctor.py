"""`census doctor`: one look at the machine, print, exit."""

from __future__ import annotations

import sys
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.exits import Exit
from census_cli.i18n import tr


def doctor(
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Print what is there, what is missing and what to install; exit code 2 if no check can run."""
    from rich.cells import cell_len

    from census_cli.diagnosis import diagnose
    from census_cli.i18n import set_language

    set_language(lang)
    found = diagnose()
    for heading, findings in found.parts.items():
        print(heading)
        width = max(cell_len(f.what) for f in findings)
        for each in findings:
            print(f"  {each.what}{' ' * (width - cell_len(each.what))}  {each.is_}")
            if each.wrong:
                print(f"  {' ' * width}  → {each.wrong}")
    sys.stdout.flush()
    raise typer.Exit(Exit.UNUSABLE if found.broken else Exit.CLEAN)
