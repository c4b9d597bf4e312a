"""What every report is handed: the findings of a check as a stream, what a first screen shows of them, and the way to one verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from census_cli.results import Summary
from census_cli.survey.models import Severity, Text, Verdict

if TYPE_CHECKING:
    import pathlib

    import pyarrow as pa

    from census_cli.picture import Picture


@dataclass(frozen=True)
class Group:
    """One village or enumerator: households registered, and how many of them have a mandatory or verify discrepancy."""

    code: str
    title: str
    registered: int
    discrepant: int

    @property
    def rate(self) -> float:
        return self.discrepant / self.registered


@dataclass(frozen=True)
class Groups:
    """The groups with most to do, by rate; `small` are the groups with fewer households than `least`, which are not ranked."""

    ranked: list[Group]
    total: int
    small: int
    least: int


@dataclass(frozen=True)
class RuleFindings:
    """One rule with findings: its words, its counts, and the first of its discrepancies."""

    id: str
    severity: Severity
    title: str
    ask: str
    why: str
    violated: int
    applicable: int
    found: int
    first: list[Mapping[str, Any]]

    @property
    def rate(self) -> float:
        return self.violated / self.applicable if self.applicable else 0.0


@dataclass(frozen=True)
class ListFindings:
    """One list: its words, how many units are on it, the first of them, and the reasons that were not looked at."""

    title: str
    what: str
    units: int
    first: list[Mapping[str, Any]]
    not_judged: list[tuple[str, str]]


@dataclass
class Overview:
    """All that a report of one screen needs."""

    title: Text
    unit: str = ""
    total: int = 0
    registered: int = 0
    discrepant: int = 0
    titles: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    rules: list[RuleFindings] = field(default_factory=list)
    villages: Groups | None = None
    enumerators: Groups | None = None
    lists: list[ListFindings] = field(default_factory=list)


@dataclass(frozen=True)
class Visit:
    """One open discrepancy as a field team meets it: where, what, and how to find the door (title → text)."""

    group: str
    place: str
    village_code: str
    enumerator_id: str
    home: str
    doors: Mapping[str, str]
    table: str
    unit: str
    rule: str
    severity: Severity
    message: str
    source: str
    row: int | None
    fingerprint: str


class Findings(Protocol):
    """What every report is handed: the summary, the overview, and the discrepancies as a stream."""

    summary: Summary
    overview: Overview

    def picture(self) -> Picture:
        """What a page shows beside the overview."""

    @property
    def revealed(self) -> bool:
        """Whether personal data are shown in full."""

    @property
    def suppressed(self) -> int:
        """Below which a count by village is not told, for the report is to be published; 0 where all is."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The discrepancies in the contract's columns and order."""

    def bilingual_batches(self) -> Iterator[pa.RecordBatch]:
        """The same, with the message in the other language in a column of its own where the check was asked for it."""

    def verdicts(self) -> Iterator[pa.RecordBatch]:
        """The verdicts in the contract's columns, sorted."""

    def visits(self, group: str) -> Iterator[Visit]:
        """The open discrepancies that are not for the office, by a column of theirs and then from door to door."""

    def lists(self) -> Iterator[pa.RecordBatch]:
        """The lists in their columns, sorted."""

    def write_parts(self, folder: pathlib.Path) -> None:
        """The discrepancies as Parquet files in a new folder, in order from file to file."""

    def write_verdict_parts(self, folder: pathlib.Path) -> None:
        """The verdicts likewise."""

    def write_list_parts(self, folder: pathlib.Path) -> None:
        """The lists likewise."""


@dataclass(frozen=True)
class Record:
    """One row of one table: the title of the table, and the cells that are not blank as (title, text)."""

    title: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class Line:
    """One line of a decision table as it came out: the verdict it stands for, what it says, whether it held, and what it read."""

    number: int
    verdict: Verdict
    says: str
    held: bool
    read: list[tuple[str, str]]


@dataclass(frozen=True)
class Path:
    """The way of one household or member through a decision table, up to the line that decided."""

    title: str
    who: str
    verdict: Verdict
    why: str
    lines: list[Line]


@dataclass
class Explanation:
    """What `census explain` shows."""

    unit: str
    profile: str
    records: list[Record] = field(default_factory=list)
    discrepancies: list[Mapping[str, Any]] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    overall: str = ""
    listed: str = ""
