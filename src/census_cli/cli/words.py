"""Typer's own words in the user's language: the headings of help, and what is wrong with a command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import typer

from census_cli.i18n import LANGUAGES, fill, tr


def asked_language(args: Sequence[str]) -> str | None:
    """The --lang among the arguments: help and complaints, which come before any command runs, are in it too."""
    joined = " ".join(args)
    found = re.search(rf"(?:^| )--lang[ =]({'|'.join(LANGUAGES)})(?: |$)", joined)
    return found[1] if found else None


def translate(command: Any) -> Any:
    """Give a command, and all below it, headings of help in the user's language."""
    command.context_class = _Context
    for inner in getattr(command, "commands", {}).values():
        translate(inner)
    return command


def complaint(error: typer.TyperException) -> str:
    """What is wrong with a command line; a sentence of Typer's that is not known here stays as it is."""
    said = error.format_message()
    for pattern, ours in _complaints():
        found = re.fullmatch(pattern, said, re.DOTALL)
        if found:
            path = getattr(getattr(error, "ctx", None), "command_path", "census")
            return fill(ours, found.groupdict()) + "\n" + tr("See {command} --help.", command=path)
    return said


def _complaints() -> Iterator[tuple[str, str]]:
    # Typer has classes for some of these, but not in its public face; its sentences are all that can be relied on.
    value = r"Invalid value for '(?P<option>[^']+)'(?: / '[^']+')*: "
    yield r"Missing (?:argument|option) '(?P<name>[^']+)'.*", tr("'{name}' is missing")
    yield r"Missing command\.", tr("a command is missing")
    yield r"No such command '(?P<name>.*)'\. Did you mean (?P<near>.+)\?", tr("no command '{name}'; did you mean {near}?")
    yield r"No such command '(?P<name>.*)'\.", tr("no command '{name}'")
    yield r"No such option: (?P<name>\S+) \(Possible options: (?P<near>.+)\)", tr("no option {name}; did you mean {near}?")
    yield r"No such option: (?P<name>\S+)", tr("no option {name}")
    yield r"Option '(?P<option>[^']+)' requires an argument\.", tr("{option} needs a value behind it")
    yield r"Option '(?P<option>[^']+)' does not take a value\.", tr("{option} takes no value")
    yield r"Got unexpected extra argument(?:\(s\)|s)? \((?P<what>.*)\)", tr("one word too many: {what}")
    yield value + r".*greater than or equal to (?P<least>.+)", tr("{option}: give a number from {least}")
    yield value + r".*less than or equal to (?P<most>.+)", tr("{option}: give a number up to {most}")
    yield value + r".*valid integer.*", tr("{option}: give a whole number")
    yield value + r".*valid number.*", tr("{option}: give a number such as 0.02")
    yield value + r"Value error, '(?P<given>.*)' is not one of (?P<known>.+)\.", tr("{option}: '{given}' is not one of {known}")


class _Formatter(typer.Context.formatter_class):  # type: ignore[misc,valid-type]  # Typer names its base in no public place
    """Help as Typer sets it out, in our words."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, tr("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        known = {"Arguments": tr("Arguments"), "Options": tr("Options"), "Commands": tr("Commands")}
        super().write_heading(known.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], **settings: Any) -> None:
        super().write_dl([(name, _marks(text)) for name, text in rows], **settings)


class _Context(typer.Context):
    formatter_class = _Formatter


def _marks(text: str) -> str:
    """What Typer adds behind the help of an option."""
    text = text.replace("Show this message and exit.", tr("Show this message and exit."))
    return text.replace("[required]", tr("[required]")).replace("[default: ", tr("[default: "))
