"""What a survey's files may say: one strict Pydantic model per kind of descriptor.  What they say of one another is checked in `checks`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}[0-9]{2}[a-z]?$")]

FieldType = Literal["string", "integer", "number", "boolean", "date", "datetime", "list"]
Pii = Literal["id", "name", "birth_date", "hidden"]
Severity = Literal["mandatory", "verify", "hint"]
Scope = Literal["surveyor", "supervisor", "office"]
Outcome = Literal["passed", "violated", "unknown", "not_applicable"]
Nulls = Literal["unknown", "pass", "fail"]
Verdict = Literal["not_met", "contradiction", "unknown", "exempt", "met", "not_applicable"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SCOPES: tuple[Scope, ...] = get_args(Scope)  # each sees what those before it see
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)  # the worst first: a household takes the first that one of its members has


class Descriptor(BaseModel):
    """Strict, frozen, and without keys that are not known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Text(Descriptor):
    """A text in both languages."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Code(Descriptor):
    """One answer of a code list; `attributes` are facts that follow from it (a son is male)."""

    code: str
    label: Text
    aliases: list[str] = []
    attributes: dict[str, str | int] = {}

    def spellings(self) -> list[str]:
        """Every text that files may carry for this code."""
        return list(dict.fromkeys([self.code, self.label.zh, self.label.en, *self.aliases]))


class CodeList(Descriptor):
    """The answers that a field may take."""

    name: Identifier
    title: Text
    codes: list[Code]


class Constraints(Descriptor):
    """Table Schema constraints of one value; lengths of a list count its items."""

    required: bool = False
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    minLength: int | None = None
    maxLength: int | None = None
    pattern: str | None = None


class FieldModel(Descriptor):
    """One column of a table (Data Package 2.0 Table Schema, with a few keys of ours).

    `missingValues` are the texts that say that the value is not known, in place of the survey's.  A field that is `made` is written
    by census itself while it supplies what files lack: no header is taken for it.
    """

    name: Identifier
    type: FieldType
    title: Text
    aliases: list[str] = []
    codes: Identifier | None = None
    unit: str | None = None
    pii: Pii | None = None
    constraints: Constraints = Constraints()
    required_unless: dict[str, str] = {}
    missingValues: list[str] | None = None
    made: bool = False


class Reader(Descriptor):
    """What reads columns that files may lack: without one of them it is not told.

    The absence of a column in `absent_as_blank`, and its blanks even if it is required, read as blank; so do those in `needs_any`,
    of which one at least must be there.
    """

    absent_as_blank: list[str] = []
    needs_any: list[str] = []

    @property
    def spared(self) -> frozenset[str]:
        """The columns that may be absent."""
        return frozenset((*self.absent_as_blank, *self.needs_any))


class Derived(Reader):
    """A value computed from others."""

    name: Identifier
    type: FieldType
    title: Text
    expression: str
    codes: Identifier | None = None


class Reference(Descriptor):
    """The table and key that a foreign key points to."""

    resource: Identifier
    fields: list[Identifier]


class ForeignKey(Descriptor):
    """Fields that must be found in another table."""

    fields: list[Identifier]
    reference: Reference


class ByName(Descriptor):
    """A row of another table that is found by names instead of its key.

    `names` are pairs of columns, own and there: the first must agree, the others as far as both rows have them.  Of `endings`,
    by own column, each list holds those that mean the same (村, 村委会); a name without any agrees with a name with one.
    `count` is the made field that takes how many rows bear the names: the key is taken where it is one.
    """

    resource: Identifier
    names: Annotated[dict[Identifier, Identifier], Field(min_length=1)]
    endings: dict[Identifier, list[list[str]]] = {}
    count: Identifier


class Fill(Descriptor):
    """What is made of other columns where no file of a table has the column `field`: an expression of the row, or a row found by name.

    `settles` are rules that would only hold the column against what it was made of; they are skipped with `how` as the reason.
    """

    field: Identifier
    how: Text
    expression: str | None = None
    by_name: ByName | None = None
    settles: list[RuleId] = []


class MadeOf(Descriptor):
    """The child table whose rows repeat this table's columns, of which its rows are made where it has no file of its own.

    `contested` is the made field that names the fields on which the rows of a child disagree, between commas; `differences` the
    one that shows them with their values.  `settles` are rules that rows made so cannot violate.
    """

    table: Identifier
    how: Text
    contested: Identifier
    differences: Identifier
    settles: list[RuleId] = []


class Table(Descriptor):
    """One table: its columns, its key, its parents; a lookup is a parent whose rows may be wanting without a fault.

    `unit` is what one of its rows stands for, as reports count it.  A table that is `optional` need not be there: without a file
    of it nothing is asked of its rows, and rules that read it are skipped.
    """

    name: Identifier
    title: Text
    unit: Text | None = None
    optional: bool = False
    aliases: list[str] = []
    primaryKey: Annotated[list[Identifier], Field(min_length=1)]
    foreignKeys: list[ForeignKey] = []
    lookups: list[ForeignKey] = []
    fields: list[FieldModel]
    derived: list[Derived] = []
    fills: list[Fill] = []
    made_of: MadeOf | None = None

    def field(self, name: str) -> FieldModel | None:
        """The column of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)


class Source(Descriptor):
    """Where a rule or a value comes from, and what is doubtful about it."""

    doc: str
    at: str
    doubt: Text | None = None


class Exists(Descriptor):
    """The row of another table that must be there; `key` holds the name of its key field, or of several, the same in both tables."""

    table: Identifier
    key: Identifier | Annotated[list[Identifier], Field(min_length=1)]

    @property
    def keys(self) -> list[str]:
        """The key fields."""
        return [self.key] if isinstance(self.key, str) else self.key


class Apart(Descriptor):
    """Spans of time that may not overlap among rows alike in `by`, each from `from` to `to`; rows with one key and one span are one."""

    by: Annotated[list[Identifier], Field(min_length=1)]
    start: Annotated[Identifier, Field(alias="from")]
    end: Annotated[Identifier, Field(alias="to")]


class Rule(Reader):
    """One edit rule: a statement about one row of a table, with its reason, its words and its examples.

    One that is `optional` is part of those profiles only that switch it on.
    """

    id: RuleId
    optional: bool = False
    severity: Severity
    table: Identifier
    scope: Scope = "surveyor"
    level: Annotated[int, Field(ge=0, le=5)]
    title: Text
    why: Text
    ask: Text
    when: str | None = None
    asserts: Annotated[str | None, Field(alias="assert")] = None
    unique: Annotated[list[str], Field(min_length=1)] | None = None
    exists: Exists | None = None
    apart: Apart | None = None
    nulls: Nulls | None = None
    needs: Literal["complete"] | None = None
    fields: list[str]
    message: Text
    source: list[Source]
    examples: dict[Outcome, list[dict[str, object]]]


class Reason(Descriptor):
    """Why a line of a decision table holds.  `message` may name the row's own values as `{field}`; without it `text` is the message."""

    code: Identifier
    when: str | None = None
    text: Text
    message: Text | None = None
    examples: Annotated[list[dict[str, object]], Field(min_length=1)]


class Case(Descriptor):
    """One line of a decision table: it holds if any of its reasons does; a reason without `when` always holds."""

    verdict: Verdict
    any: Annotated[list[Reason], Field(min_length=1, max_length=8)]


class Assurance(Descriptor):
    """A decision table, read from the top, or the worst of others.

    `of` tells which rows of the table are judged; `who` names one of them in a household's findings, from the row's own columns.
    `examples` are households with their members, by the verdict that they take.
    """

    name: Identifier
    title: Text
    why: Text
    ask: Text
    table: Identifier
    of: str | None = None
    who: Text | None = None
    cases: Annotated[list[Case], Field(min_length=1)] | None = None
    worst_of: Annotated[list[Identifier], Field(min_length=1)] | None = None
    examples: dict[Verdict, list[dict[str, object]]] = {}
    source: list[Source]


class Assured(Descriptor):
    """Which assurances there are, in the order of reports, and in which households one that is not met is a discrepancy."""

    names: list[Identifier]
    discrepancy_when: str


class HouseholdList(Descriptor):
    """A list that units are put on; one that is not `written` is counted only."""

    name: Identifier
    title: Text
    what: Text
    written: bool = True


class ListLine(Descriptor):
    """One line: the list it puts a unit on; of the assurances with one of the verdicts in `tells`, the reasons are told too."""

    tells: list[Verdict] = []
    any: Annotated[list[Reason], Field(min_length=1, max_length=8)]
    list: Identifier  # last, since what stands below it could not say list[...]


class Lists(Descriptor):
    """`lists.yaml`: lists of registered units, and a table read from the top that puts each unit on one of them.

    Its conditions read the unit's columns and, as `<assurance>_verdict`, its verdicts.  A unit of which the line that reads it
    cannot read a value goes on the list `unreadable`.
    """

    title: Text
    why: Text
    unreadable: Identifier
    lists: Annotated[list[HouseholdList], Field(min_length=1)]
    cases: Annotated[list[ListLine], Field(min_length=1)]
    source: list[Source]


class ValueSource(Source):
    """Where a parameter's value comes from; with `year`, where that year's value does."""

    year: int | None = None


Scalar = int | Decimal | str | bool


class Parameter(Descriptor):
    """A number, text, date or list that rules name as `$name`; a mapping of years gives one value per year, each with a source."""

    value: Scalar | list[Scalar] | dict[int, Scalar]
    type: Literal["date"] | None = None
    title: Text
    source: Annotated[list[ValueSource], Field(min_length=1)]


class Setting(Descriptor):
    """What a profile makes of one rule: whether it runs, and with which severity if not its own, each by its source."""

    on: bool = True
    severity: Severity | None = None
    source: Annotated[list[Source], Field(min_length=1)]


class Profile(Descriptor):
    """The parameters of one standard and its settings of rules; `extends` names the profile whose values and settings it keeps."""

    id: Slug
    title: Text
    extends: Slug | None = None
    parameters: dict[Identifier, Parameter] = {}
    rules: dict[RuleId, Setting] = {}


class SurveyFile(Descriptor):
    """`survey.yaml`: which tables there are, which column tells place and enumerator, which profile is the default.

    `door` are the columns of the registered unit that lead to its door, in the order in which one walks.  `missingValues` are the
    texts that say in any field that its value is not known, unless the field accepts them as a value.
    `registered_day` is the column of the registered unit that tells the day of its registration.  `units` are the units of fields in Chinese.
    """

    id: Slug
    title: Text
    tables: list[Identifier]
    default_profile: Slug
    context: dict[Literal["village_code", "enumerator_id"], dict[str, str]]
    labels: dict[str, str] = {}
    units: dict[str, str] = {}
    door: list[Identifier] = []
    missingValues: list[str] = []
    regions: dict[str, int]
    registered_unit: Identifier
    registered_day: Identifier | None = None
    assurances: Assured | None = None
