"""What a caller may ask of a check, and how he is told where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from census_cli.i18n import Language, language
from census_cli.notes import Notes
from census_cli.pen import Style
from census_cli.results import COLUMNS, TRANSLATION, FailOn
from census_cli.survey.models import Scope

Step = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What a user may ask of a check."""

    survey: str | Path = "registered-households"
    profiles: Sequence[str] = ()
    select: Sequence[str] = ()
    partial: bool = False
    as_of: str | None = None
    fail_on: FailOn = "mandatory"
    reveal: bool = False
    key: bytes | None = None
    language: Language = field(default_factory=language)
    notes: Notes = field(default_factory=Notes)
    audience: Scope = "office"
    bilingual: bool = False
    """Whether every message is wanted in both languages, as a page shows it."""

    @property
    def style(self) -> Style:
        """How findings are written."""
        return Style(self.language, self.reveal, self.key)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are kept of every discrepancy."""
        return (*COLUMNS, TRANSLATION) if self.bilingual else COLUMNS


def quietly(_step: str) -> None:
    """Progress that nobody watches."""
