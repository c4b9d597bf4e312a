"""The lists of a survey with their conditions bound, and the lines that put a unit on them by number.  How they are spelled is in `sql.lists`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from census_cli.expr.assurances import BoundReason
from census_cli.expr.nodes import Kind, Node
from census_cli.survey.models import VERDICTS, Code, CodeList, Lists, Text, Verdict

VERDICT_LIST = CodeList(
    name="verdict",
    title=Text(zh="结论", en="Verdict"),
    codes=[Code(code=verdict, label=Text(zh=verdict, en=verdict)) for verdict in VERDICTS],
)
VERDICT = Kind("string", codes=VERDICT_LIST.name)


def verdict_column(assurance: str) -> str:
    """What the verdict on an assurance is called in the conditions of lists."""
    return f"{assurance}_verdict"


@dataclass(frozen=True)
class Place:
    """One way to be put on a list: the codes and texts of the reasons that hold, and the verdicts that are told besides."""

    list: str
    code: str
    text: Text
    tells: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class BoundLine:
    """A line; `first` is the number of the place for units of which a value cannot be read, named by the titles in `unread`."""

    list: str
    tells: tuple[Verdict, ...]
    reasons: tuple[BoundReason, ...]
    first: int
    unread: Text


@dataclass(frozen=True)
class BoundLists:
    """The lists of a survey, ready to be put to data."""

    model: Lists
    lines: tuple[BoundLine, ...]

    def nodes(self) -> Iterator[Node]:
        """All conditions."""
        yield from (r.when for line in self.lines for r in line.reasons if r.when is not None)

    @cached_property
    def places(self) -> list[Place]:
        """All ways to be put on a list, by number."""
        found: list[Place] = []
        for line in self.lines:
            found.append(Place(self.model.unreadable, "unreadable", line.unread))
            for chosen in range(1, 1 << len(line.reasons)):
                held = [r.model for i, r in enumerate(line.reasons) if chosen >> i & 1]
                text = Text(zh="；".join(r.text.zh for r in held), en="; ".join(r.text.en for r in held))
                found.append(Place(line.list, ",".join(r.code for r in held), text, line.tells))
        return found

    @cached_property
    def written(self) -> list[int]:
        """The numbers of the places on lists that are written out."""
        shown = {one.name for one in self.model.lists if one.written}
        return [number for number, place in enumerate(self.places) if place.list in shown]
