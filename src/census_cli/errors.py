"""What can go wrong, as one tree; each branch is one answer to the user.

CensusError                  exit 2: unusable input, rule, profile or option
├── DescriptorErrors         every fault found in the survey's own files, together
├── InputError               a data file that cannot be used
├── OptionError              an option that makes no sense
└── EngineUnavailable        an engine that is not installed or cannot start
Anything else that escapes is a bug of ours: exit 3 and a traceback file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class CensusError(Exception):
    """A fault the user can mend; its text says what, where, and what to do next."""


class InputError(CensusError):
    """A data file that cannot be used."""


class OptionError(CensusError):
    """An option, or a combination of options, that makes no sense."""


class EngineUnavailable(CensusError):
    """An engine that is not installed or cannot be started here."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a descriptor: where it is (1-based line and column) and what is wrong."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class DescriptorErrors(CensusError):
    """All faults found in a survey's descriptors, sorted by place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that the user most likely meant, or None."""
    signs = set(word)
    alike = [k for k in known if not signs.isdisjoint(k)]  # the others cannot be close, which is slower to find out
    close = get_close_matches(word, alike, n=1, cutoff=0.6)
    return close[0] if close else None
