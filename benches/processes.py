"""What a whole process costs, from its start to its end: clock, processors, memory.

A child is never told a smaller peak than its parent had when it was started: who measures imports nothing that is large before.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, seconds of processors, and the peak in MB."""

    wall: float
    processors: float
    peak: float


def python(*arguments: object) -> list[str]:
    """A command of this Python; warnings of libraries about each other are not ours to show."""
    return [sys.executable, "-W", "ignore", *map(str, arguments)]


def cost(command: Sequence[str]) -> Cost:
    """Run a command that must succeed; what it says is shown only if it does not."""
    with tempfile.TemporaryFile("w+") as said:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        if status:
            said.seek(0)
            raise SystemExit(f"{said.read()}exit status {os.waitstatus_to_exitcode(status)}: {' '.join(command)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each time, and the highest peak."""
    return Cost(median(c.wall for c in costs), median(c.processors for c in costs), max(c.peak for c in costs))
