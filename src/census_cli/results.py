"""What a check yields: discrepancies and their summary, as Pydantic models from which the JSON Schemas are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from census_cli.i18n import tr
from census_cli.survey.models import SCOPES, SEVERITIES, VERDICTS, Scope, Severity, Verdict

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa


State = Literal["open", "explained", "waived"]
NoteState = Literal["applied", "expired", "outdated", "unused", "refused", "incomplete"]
FailOn = Literal["mandatory", "verify", "hint", "never"]


class Result(BaseModel):
    """Strict and without keys that are not named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Discrepancy(Result):
    """One rule violated by one unit; the columns of the csv and parquet outputs, in their order."""

    rule: str
    severity: Severity
    table: str
    unit: str
    village_code: str
    enumerator_id: str
    fields: str
    found: str
    message: str
    source: str
    row: int | None
    fingerprint: str
    evidence: str
    scope: Scope
    profile: str
    state: State
    note: str


class VerdictRow(Result):
    """One unit's verdict on one assurance; the columns of the verdicts outputs, in their order."""

    table: str
    unit: str
    village_code: str
    assurance: str
    verdict: Verdict
    reason_code: str
    reason: str
    profile: str


class ListRow(Result):
    """One unit on one list, and why; the columns of the lists outputs, in their order."""

    list: str
    table: str
    unit: str
    village_code: str
    reason_code: str
    reason: str
    profile: str


class ListSummary(Result):
    """How many units are on a list; `not_judged` are reasons to be on it that were not looked at, with what was absent."""

    units: int
    written: bool
    not_judged: dict[str, str]


class SkippedLine(Result):
    """A line of a file that is no record of its table; `row` is its number among the records, null above the header."""

    row: int | None
    what: Literal["title", "total", "header", "numbers"]


class DerivedColumn(Result):
    """A column that no file of a table has, the columns of which it was made, and how."""

    field: str
    made_of: list[str]
    how: str


class TabletExport(Result):
    """What is to be told of an export of an app for tablets, all of whose rows are checked.

    How many rows have which version of the form, which state of review, and which status if not decrypted; keys that several rows
    of the table have (told of its first file); rows of a repeat without a parent, and the first of them; the table of the parents
    where no file of it is there.
    """

    app: str
    versions: dict[str, int] = {}
    reviews: dict[str, int] = {}
    statuses: dict[str, int] = {}
    keys_twice: int = 0
    orphans: int = 0
    first_orphans: list[int] = []
    lacks: str | None = None


class Input(Result):
    """One file (or table handed over) and what became of its rows: rows = rows_checked + rows_unreadable.

    `lines_skipped` counts the lines that are no records, blank ones too; `skipped` lists all that are not blank.  `near` gives
    unknown columns the field that they may mean, though none was taken for it; `derived` are the columns made of others.  Where
    rows of another table were made of the file's, it is there once more: `made_rows` says how they were made.
    """

    path: str
    sheet: str | None
    table: str
    rows: int
    rows_checked: int
    rows_unreadable: int
    lines_skipped: int
    skipped: list[SkippedLine]
    encoding: str | None
    columns: dict[str, str]
    unknown_columns: list[str]
    near: dict[str, str]
    derived: list[DerivedColumn]
    made_rows: str | None
    sha256: str | None
    tablet: TabletExport | None = None


class RuleSummary(Result):
    """One rule with its denominators; `skipped` is the reason why it did not run, or null."""

    id: str
    severity: Severity
    table: str
    units: int
    applicable: int
    passed: int
    violated: int
    unknown: int
    skipped: str | None


class ProfileSummary(Result):
    """The part of the summary that depends on a profile."""

    rules: list[RuleSummary]
    assurances: dict[str, dict[str, dict[str, int]]]
    discrepancies: dict[Severity, int]
    lists: dict[str, ListSummary] = {}


class Ignored(Result):
    """A file that was seen and not read, and why."""

    path: str
    reason: str


class NoteOutcome(Result):
    """One note and what became of it; `line` counts the records of the notes file from 1.

    `outdated`: the value has changed since; `unused`: there is no such discrepancy any more; `refused`: it is not one to verify;
    `incomplete`: who, when or what is missing.
    """

    line: int
    fingerprint: str
    state: NoteState


class VerdictShift(Result):
    """How many units have one verdict under the profile compared with (`against`) and another under the other."""

    against: Verdict
    verdict: Verdict
    units: int


class ChangedUnit(Result):
    """A unit whose verdicts differ, with those that do."""

    unit: str
    verdicts: dict[str, VerdictShift]


class ToldHere(Result):
    """A discrepancy that only one of two profiles tells."""

    profile: str
    table: str
    unit: str
    message: str


class ToldOnce(Result):
    """Of one rule, how many discrepancies each of two profiles tells that the other does not (null: it does not run there), and the first."""

    rule: str
    severity: Severity
    title: str
    only: dict[str, int | None]
    first: list[ToldHere]


class Comparison(Result):
    """What one profile says differently from the first; `units` lists the first 1,000 of the `changed` ones."""

    profile: str
    against: str
    changed: int
    verdicts: dict[str, list[VerdictShift]]
    units: list[ChangedUnit]
    told_once: list[ToldOnce]


class Summary(Result):
    """The account of a check: what was read, what every rule found out of how many, and the exit code that follows.

    `comparison` is there only where several profiles were asked for.
    """

    survey: str
    profile: str
    version: str
    as_of: str | None = Field(description="The date for ages where a household has no registered_on.")
    inputs: list[Input]
    ignored: list[Ignored]
    rules: list[RuleSummary]
    assurances: dict[str, dict[str, dict[str, int]]]
    discrepancies: dict[Severity, int]
    lists: dict[str, ListSummary] = {}
    profiles: dict[str, ProfileSummary]
    comparison: list[Comparison] | None = None
    notes: list[NoteOutcome] = []
    fail_on: FailOn
    audience: Scope = Field(default="office", description="For whom it was checked; rules that are kept for others are skipped.")
    exit_code: int

    def kept(self) -> int:
        """How many rules are kept for others than the audience, and were not run."""
        return sum(r.skipped in {kept_for(s) for s in SCOPES[1:]} for r in self.rules) if self.audience != "office" else 0

    @model_serializer(mode="wrap")
    def _without_what_was_not_asked(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = serialize(self)
        if self.comparison is None:
            written.pop("comparison", None)
        return written

    def counts(self, severity: Severity) -> bool:
        """Whether open discrepancies of that severity make the exit code 1."""
        return self.fail_on != "never" and SEVERITIES.index(severity) <= SEVERITIES.index(self.fail_on)


COLUMNS: tuple[str, ...] = tuple(Discrepancy.model_fields)
TRANSLATION = "translation"
"""The message in the other language, beside the columns of the contract, where a page asks for it."""
VERDICT_COLUMNS: tuple[str, ...] = tuple(VerdictRow.model_fields)
LIST_COLUMNS: tuple[str, ...] = tuple(ListRow.model_fields)


def discrepancy_schema(*further: str) -> pa.Schema:
    """The Arrow schema of discrepancies, and of further columns of text."""
    import pyarrow as pa

    return pa.schema([(c, pa.int64() if c == "row" else pa.string()) for c in (*COLUMNS, *further)])


def verdict_schema() -> pa.Schema:
    """The Arrow schema of verdicts."""
    import pyarrow as pa

    return pa.schema([(c, pa.string()) for c in VERDICT_COLUMNS])


def list_schema() -> pa.Schema:
    """The Arrow schema of lists."""
    import pyarrow as pa

    return pa.schema([(c, pa.string()) for c in LIST_COLUMNS])


def verdict_words(verdict: Verdict) -> str:
    """A verdict in the user's language."""
    words = (tr("not met"), tr("contradicted"), tr("unknown"), tr("exempt"), tr("met"), tr("not applicable"))
    return dict(zip(VERDICTS, words, strict=True))[verdict]


def nothing_derived() -> str:
    """Why a rule about what census made of other columns has nothing to be about."""
    return tr("the files have all that it is about; nothing was derived")


def kept_for(scope: Scope) -> str:
    """Why a rule of that scope is not run for others."""
    return {
        "surveyor": "", "supervisor": tr("kept for supervisors and the office (--for)"), "office": tr("kept for the office (--for)"),
    }[scope]  # fmt: skip


def kept_words(summary: Summary, kept: int) -> str:
    """That rules were kept from the reader, and why."""
    reader = {"surveyor": tr("surveyor"), "supervisor": tr("supervisor"), "office": tr("office")}[summary.audience]
    return tr(
        "for the {reader}: {n} rules that are kept for others were not run, so that nobody edits until a message goes away",
        reader=reader,
        n=kept,
    )


class CheckResult:
    """The outcome of `census_cli.check`, in memory."""

    def __init__(self, summary: Summary, discrepancies: pa.Table, verdicts: pa.Table, lists: pa.Table) -> None:
        self.summary = summary
        self.discrepancies = discrepancies
        self.verdicts = verdicts
        self.lists = lists

    def to_pandas(self) -> pandas.DataFrame:
        """The discrepancies as a DataFrame, one row each, in the contract's columns and order."""
        frame: pandas.DataFrame = self.discrepancies.to_pandas()
        return frame
