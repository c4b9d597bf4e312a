"""A progress line that tells what is so: the step, how much of it the engine has done, and what time that leaves for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from census_cli.cli.console import Share
from census_cli.i18n import tr

_WIDTH = 20
_TIMES_A_SECOND = 5
_LEAST_SHARE, _LEAST_SECONDS = 0.02, 2.0


class Line:
    """What stands on the line; `share` tells how much of what runs now is done, from 0 to 1, or None."""

    def __init__(self, step: str, share: Share, clock: Callable[[], float] = time.monotonic) -> None:
        self._step, self._share, self._clock = step, share, clock
        self._began = clock()
        self._first = self._last = (self._began, 0.0)

    def step(self, following: str) -> None:
        """The next step begins."""
        self._step = following

    def words(self, share: float | None) -> str:
        """How long it all took so far, how much of what runs is done, how long the rest takes at that pace, and which step it is."""
        now = self._clock()
        told = [_minutes(now - self._began)]
        if share is not None:
            told.append(f"{share:4.0%}")
        if (left := self._left(now, share)) is not None:
            told.append(tr("{time} left for this part", time=_minutes(left)))
        return "  ".join([*told, self._step])

    def _left(self, now: float, share: float | None) -> float | None:
        """The seconds that are left of what runs; a share that falls is of something new."""
        if share is None or share < self._last[1]:
            self._first = (now, share or 0.0)
        self._last = (now, share or 0.0)
        taken, done = now - self._first[0], (share or 0.0) - self._first[1]
        if share is None or taken < _LEAST_SECONDS or done < _LEAST_SHARE:
            return None
        return taken * (1 - share) / done

    def __rich__(self) -> Table:
        share = self._share()
        table = Table.grid(padding=(0, 2))
        text = Text(self.words(share), no_wrap=True, overflow="ellipsis")
        table.add_row(ProgressBar(1.0, share or 0.0, _WIDTH, pulse=share is None), text)
        return table


@contextmanager
def shown(label: str, share: Share) -> Iterator[Callable[[str], None]]:
    """The line while something runs; yields a function that names the present step."""
    line = Line(label, share)
    with Live(line, console=Console(stderr=True), refresh_per_second=_TIMES_A_SECOND, transient=True):
        yield line.step


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
