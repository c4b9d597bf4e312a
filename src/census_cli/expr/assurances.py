"""Decision tables with their expressions bound, and their verdicts by number.  How they are spelled for an engine is in `sql.verdicts`.

Every way in which a table can end has a number: 0 when it cannot be told whether the row is judged at all; then for each
line one for a value that could not be read there, followed by one for each set of the line's reasons that hold; the last is for a
household without members to judge by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from census_cli.expr.nodes import Node
from census_cli.survey.models import Assurance, Reason, Text, Verdict

CANNOT_BE_READ = Text(zh="所填内容无法识别", en="an answer cannot be read")
NOT_TOLD = Text(zh="无法确定是否属于判定对象", en="it cannot be told whether this one is to be judged")
NO_MEMBERS = Text(zh="没有可判定的现有成员，或缺少成员表", en="no current member to judge by, or no table of members")


@dataclass(frozen=True)
class Ending:
    """One way in which a decision table ends: the verdict, the reasons that hold, their codes and texts."""

    verdict: Verdict
    code: str
    text: Text
    reasons: tuple[BoundReason, ...] = ()

    @classmethod
    def of(cls, verdict: Verdict, reasons: tuple[BoundReason, ...]) -> Ending:
        """The ending in which these reasons hold."""
        texts = [r.model.text for r in reasons]
        text = Text(zh="；".join(t.zh for t in texts), en="; ".join(t.en for t in texts))
        return cls(verdict, ",".join(r.model.code for r in reasons), text, reasons)


@dataclass(frozen=True)
class BoundReason:
    """A reason with its condition, None where it always holds, and the columns that it reads, as findings name them."""

    model: Reason
    when: Node | None
    fields: tuple[str, ...]


@dataclass(frozen=True)
class BoundCase:
    """A line of a decision table; `first` is the number of the ending in which a value it reads could not be read."""

    verdict: Verdict
    reasons: tuple[BoundReason, ...]
    first: int

    @property
    def endings(self) -> int:
        """How many numbers the line takes."""
        return 1 << len(self.reasons)


@dataclass(frozen=True)
class BoundAssurance:
    """A decision table ready to be put to data; of `worst_of` tables there are no cases."""

    model: Assurance
    of: Node | None
    cases: tuple[BoundCase, ...]

    def nodes(self) -> Iterator[Node]:
        """All expressions of the table."""
        yield from (n for n in (self.of, *(r.when for c in self.cases for r in c.reasons)) if n is not None)

    @cached_property
    def endings(self) -> list[Ending]:
        """All ways in which the table can end, by number."""
        unreadable = Ending("unknown", "unreadable", CANNOT_BE_READ)
        found = [Ending("unknown", "unreadable", NOT_TOLD)]
        for case in self.cases:
            found.append(unreadable)
            for chosen in range(1, case.endings):
                found.append(Ending.of(case.verdict, tuple(r for i, r in enumerate(case.reasons) if chosen >> i & 1)))
        return [*found, Ending("unknown", "no_members", NO_MEMBERS)]
