"""What a page shows beside the overview: villages, enumerators and days in full, and every rule's words in both languages.  How it is made is in `picturing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from census_cli.survey.models import Scope, Severity, Source, Text


@dataclass(frozen=True)
class Tally:
    """One village, enumerator or day: units registered, those with something to do, and how many have which verdict in the end."""

    code: str
    title: str
    registered: int
    discrepant: int
    verdicts: Mapping[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.discrepant / self.registered if self.registered else 0.0


@dataclass(frozen=True)
class RuleWords:
    """What a rule is called, why there is one, what to ask, where it comes from, and on which assurances it bears."""

    id: str
    severity: Severity
    scope: Scope
    table: str
    title: Text
    ask: Text
    why: Text | None = None
    source: tuple[Source, ...] = ()
    assurances: tuple[str, ...] = ()


@dataclass
class Picture:
    """All that a page needs besides; `unit` is the registered unit's table; `depth` tells of each table how many parts of its units' names are those of the registered unit."""

    title: Text
    unit: str
    rules: dict[str, RuleWords]
    tables: dict[str, Text]
    units: dict[str, Text]
    assurances: dict[str, Text]
    depth: dict[str, int]
    worst: str = ""
    """The assurance of which the villages have verdicts."""
    villages: list[Tally] = field(default_factory=list)
    enumerators: list[Tally] = field(default_factory=list)
    days: list[Tally] = field(default_factory=list)
