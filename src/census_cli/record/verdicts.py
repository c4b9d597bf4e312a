"""Decision tables on the rows of one call: for each row the number of the way in which each table ends, as `sql.verdicts` has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from census_cli.errors import OptionError
from census_cli.expr.assurances import BoundAssurance, BoundCase, Ending
from census_cli.expr.nodes import Column, Node
from census_cli.i18n import language, tr
from census_cli.record.evaluate import Get
from census_cli.record.relations import Links, Row
from census_cli.survey.models import VERDICTS, Verdict

NOT_JUDGED = -1

Line = tuple[Callable[[Row], bool], list[Get], int]


@dataclass(frozen=True)
class Told:
    """A verdict with its reasons, as the verdicts output tells them."""

    verdict: Verdict
    reason_code: str
    reason: str


class Verdicts:
    """Compiles the decision tables of a survey that one household decides, which are the `answered` ones."""

    def __init__(self, links: Links, answered: Collection[str]) -> None:
        self.links, self.bound = links, links.bound
        self.unit = self.bound.file.registered_unit
        self._ends = {n: self._ending(a) for n, a in self.bound.assurances.items() if a.cases and n in answered}
        self._worst_of = {n: a.model.worst_of for n, a in self.bound.assurances.items() if a.model.worst_of and n in answered}
        condition = self.bound.discrepancy_when
        self._applies = None if condition is None else self._condition(self.unit, condition)

    def of(self, table: str) -> list[str]:
        """The assurances whose decision table judges the rows of a table."""
        return [n for n in self._ends if self.bound.assurances[n].model.table == table]

    def ending(self, assurance: str, row: Row) -> int:
        """The number of the ending on one row; raises OptionError where no line holds."""
        number = self._ends[assurance](row)
        if number is None:
            words = tr(
                "the decision table '{name}' has no line for some of the data; end it with a line without 'when'", name=assurance
            )
            raise OptionError(words)
        return number

    def should_be_met(self, row: Row) -> bool:
        """Whether what is not met in a household is a discrepancy."""
        return self._applies is not None and self._applies(row) is True

    def of_unit(self, row: Row, members: dict[str, list[tuple[Row, dict[str, int]]]]) -> dict[str, int]:
        """The endings of a household: its own, and of each table of members the worst, the first in the table's order."""
        found = {n: self.ending(n, row) for n in self.of(self.unit)}
        for name, assurance in self._members():
            own = [ends[name] for _, ends in members.get(assurance.model.table, ()) if ends[name] != NOT_JUDGED]
            ranked = [(VERDICTS.index(assurance.endings[number].verdict), number) for number in own]
            found[name] = min(ranked)[1] if ranked else len(assurance.endings) - 1
        return found

    def _members(self) -> Iterator[tuple[str, BoundAssurance]]:
        return ((n, a) for n, a in self.bound.assurances.items() if n in self._ends and a.model.table != self.unit)

    def told(self, table: str, endings: dict[str, int]) -> dict[str, Told]:
        """The verdicts of a row of a table in words, and of a household the worst of them."""
        words = {n: self._told(self.bound.assurances[n].endings[e]) for n, e in endings.items() if e != NOT_JUDGED}
        for name, worst_of in self._worst_of.items() if table == self.unit else ():
            if others := [o for o in worst_of if o in words]:
                words[name] = self._worst(others, words)
        return words

    def _told(self, ending: Ending) -> Told:
        return Told(ending.verdict, ending.code, ending.text[language()])

    def _worst(self, others: Sequence[str], words: dict[str, Told]) -> Told:
        worst = min((words[o].verdict for o in others), key=VERDICTS.index)
        those = [o for o in others if words[o].verdict == worst]
        titles = [self.bound.assurances[o].model.title[language()] for o in those]
        return Told(worst, ",".join(those), ("、" if language() == "zh" else ", ").join(titles))

    def _read(self, table: str, nodes: Sequence[Node]) -> list[Column]:
        return [c for node in nodes for c in self.bound.read(table, node)]

    def _condition(self, table: str, node: Node) -> Get:
        value, bad = self.links.get(table, node), self.links.unreadable(table, self._read(table, [node]))
        return lambda row: None if bad(row) else value(row)

    def _ending(self, assurance: BoundAssurance) -> Callable[[Row], int | None]:
        table, of = assurance.model.table, assurance.of
        judged = None if of is None else self._condition(table, of)
        seen = set() if of is None else set(self._read(table, [of]))
        lines = [self._line(table, case, seen) for case in assurance.cases]

        def ending(row: Row) -> int | None:
            if judged is not None and not (held := judged(row)):
                return 0 if held is None else NOT_JUDGED
            for bad, reasons, first in lines:
                if bad(row):
                    return first
                if chosen := sum(1 << i for i, holds in enumerate(reasons) if holds(row)):
                    return first + chosen
            return None

        return ending

    def _line(self, table: str, case: BoundCase, seen: set[Column]) -> Line:
        """One line: what cannot be read, then its reasons; what an earlier line read need not be looked at again."""
        conditions = [r.when for r in case.reasons if r.when is not None]
        fresh = [c for c in self._read(table, conditions) if c not in seen]
        seen |= set(fresh)
        reasons = [_always if r.when is None else self.links.get(table, r.when) for r in case.reasons]
        return self.links.unreadable(table, fresh), reasons, case.first


def _always(_row: Row) -> bool:
    return True
