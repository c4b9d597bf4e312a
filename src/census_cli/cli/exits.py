"""The exit codes, in one place."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code of `census` means."""

    CLEAN = 0
    """Nothing at or above --fail-on."""
    DISCREPANCIES = 1
    """Discrepancies at or above --fail-on."""
    UNUSABLE = 2
    """Unusable input, rule, profile or option; also a full disk or an output that cannot be written."""
    INTERNAL = 3
    """A bug of ours; a file with the traceback is named."""
    INTERRUPTED = 130
    """Stopped with Ctrl-C, by the system, or with its terminal; no output is half written."""
