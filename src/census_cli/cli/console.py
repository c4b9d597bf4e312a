"""Where words go: the payload to standard output, all else to standard error."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from census_cli.i18n import tr

Share = Callable[[], float | None]


def untold() -> None:
    """How much is done of what nobody measures."""


def say(message: str) -> None:
    """A message to the user, on standard error; if nobody reads that any more, the work goes on all the same."""
    try:
        print(message, file=sys.stderr)
    except OSError:  # a pipe whose reader is gone, or a terminal that was closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def silent(_message: str) -> None:
    """Where nothing but errors is to be said."""


def speak_utf8() -> None:
    """Write UTF-8 whatever the locale; what a terminal cannot show is replaced rather than fatal."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")


@contextmanager
def while_read() -> Iterator[None]:
    """If the reader of standard output goes (`census check … | head`), what is left to say goes nowhere."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress(label: str, share: Share = untold) -> Iterator[Callable[[str], None]]:
    """A progress line on standard error, shown only on a terminal; yields a function that names the present step.

    `share` tells how much of what runs now is done, from 0 to 1, or None.
    """
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from census_cli.cli.bar import shown

    with shown(label, share) as step:
        yield step


@contextmanager
def timed(_label: str, _share: Share = untold) -> Iterator[Callable[[str], None]]:
    """A line on standard error for each step when it ends, with its seconds; yields a function that names the present step."""
    name, began = "", time.perf_counter()

    def step(following: str) -> None:
        nonlocal name, began
        if name:
            say(tr("{seconds} s: {step}", seconds=f"{time.perf_counter() - began:.2f}", step=name))
        name, began = following, time.perf_counter()

    yield step
    step("")


@contextmanager
def unseen(_label: str, _share: Share = untold) -> Iterator[Callable[[str], None]]:
    """No progress line."""
    yield silent
