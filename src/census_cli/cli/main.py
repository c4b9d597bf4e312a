"""The entry point: the commands, and one place where every way to fail becomes an exit code."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from census_cli.cli import check, codes, convert, doctor, explain, init, inspect, notes, profiles, rules, schema, synth
from census_cli.cli.console import say, speak_utf8
from census_cli.cli.exits import Exit
from census_cli.cli.stopping import hear_stops, ignore_stops
from census_cli.cli.words import asked_language, complaint, translate
from census_cli.errors import CensusError
from census_cli.i18n import reason, set_language, tr
from census_cli.version import VERSION


def commands() -> Any:
    """The program as Typer knows it, made for each run: its help is in the language of that run."""
    app = typer.Typer(
        name="census", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
        help=tr("Verify census-style tables of registered households."),
    )  # fmt: skip
    app.callback()(_root)
    app.command("check", help=tr("Check tables against every rule and report the discrepancies."))(check.check)
    app.command(
        "convert", help=tr("Convert any of these inputs to clean Parquet or CSV, with the list of what could not be read.")
    )(convert.convert)
    app.command("explain", help=tr("Explain one household: what is known, what is wrong, and how each assurance was decided."))(
        explain.explain
    )
    app.command("init", help=tr("Look at a team's folder and remember how it is to be checked, in census.toml."))(init.init)
    app.command(
        "inspect", help=tr("Say what each file is, which table it holds, what its columns mean, and what would not be read.")
    )(inspect.inspect)
    app.command("synth", help=tr("Make an invented survey of any size, with mistakes in it and the list of them."))(synth.synth)
    app.command("doctor", help=tr("Look at this machine: versions, engines, memory, encodings, surveys; and what to install."))(
        doctor.doctor
    )
    app.add_typer(codes.commands(), name="codes")
    app.add_typer(notes.commands(), name="notes")
    app.add_typer(profiles.commands(), name="profiles")
    app.add_typer(rules.commands(), name="rules")
    app.add_typer(schema.commands(), name="schema")
    return translate(typer.main.get_command(app))


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"census {VERSION}")
        raise typer.Exit(Exit.CLEAN)


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help=tr("Show the version."))
    ] = False,
) -> None:
    """Options that hold for every command."""


def main(args: Sequence[str] | None = None) -> int:  # noqa: PLR0911  # one line for each way to end
    """Run the program and return its exit code."""
    speak_utf8()
    set_language(asked_language(sys.argv[1:] if args is None else args))
    try:
        code = commands().main(args=args, prog_name="census", standalone_mode=False)
        # Typer answers Ctrl-C with this code and no word.
        return _interrupted() if code == Exit.INTERRUPTED else int(code or 0)
    except CensusError as error:
        say(str(error))
        return Exit.UNUSABLE
    except typer.TyperException as error:
        say(complaint(error))
        return Exit.UNUSABLE
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.CLEAN
    except OSError as error:
        say(tr("cannot go on: {why}", why=reason(error)))
        return Exit.UNUSABLE
    except MemoryError:
        say(tr("not enough memory; allow less with --memory, so that more is kept on disk"))
        return Exit.UNUSABLE
    except Exception:
        return _internal()


def _interrupted() -> int:
    say("\n" + tr("stopped; no output is half written"))
    return Exit.INTERRUPTED


def _internal() -> int:
    told = f"census {VERSION}, Python {sys.version}\n\n{traceback.format_exc()}"
    try:
        with tempfile.NamedTemporaryFile("w", prefix="census-error-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(told)
    except OSError:
        say(told)
        say(tr("this is a fault of census itself, not of your data; please report it with the lines above"))
        return Exit.INTERNAL
    say(tr("this is a fault of census itself, not of your data; please report it with this file: {file}", file=file.name))
    return Exit.INTERNAL


def run() -> None:
    """The console script."""
    # What is made at the start stays; to look through it for garbage again and again is a tenth of a short run.
    gc.set_threshold(100_000)
    # NumPy comes along with Arrow and keeps a thread for each processor busy waiting for matrices, of which there are none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    hear_stops()
    code = main()
    ignore_stops()  # all is said and done; to go takes a moment
    sys.exit(code)
