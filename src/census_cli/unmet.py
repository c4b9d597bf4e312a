"""The words of an assurance that is not met: which member, for what reason, with the values that decided."""

from __future__ import annotations

from collections.abc import Sequence

from census_cli.expr.assurances import BoundAssurance, Ending
from census_cli.i18n import fill, places, tr
from census_cli.pen import Pen, Row
from census_cli.sql.plan import Check


class UnmetPen(Pen):
    """Writes the discrepancies of households whose assurances are not met."""

    def names_of(self, check: Check) -> list[str]:  # noqa: ARG002  # any column may have decided
        """See Pen."""
        return []

    def of_rule(self, check: Check, row: Row) -> Row:
        """See Pen."""
        assurance = check.assurance
        assert assurance is not None
        name = assurance.model.name
        household = assurance.endings[row[f"#{name}"]]
        if assurance.model.table == self.table:
            return self._line(
                check, row, _fields([household]), self._message(assurance, household, self._why(household, row, ""))
            )
        members = [(assurance.endings[m["ending"]], m) for m in row[f"@{name}"]]
        why = [self._of_member(assurance, ending, member) for ending, member in members]
        return self._line(check, row, _fields([e for e, _ in members]), self._message(assurance, household, _joined(why)))

    def _message(self, assurance: BoundAssurance, ending: Ending, why: str) -> str:
        title = assurance.model.title[self.style.language]
        if ending.verdict == "contradiction":
            return tr("{assurance} is contradicted: {why}", assurance=title, why=why)
        return tr("{assurance} is not met: {why}", assurance=title, why=why)

    def _of_member(self, assurance: BoundAssurance, ending: Ending, member: Row) -> str:
        table, who = assurance.model.table, assurance.model.who
        assert who is not None
        values = {p: self._value(f"{table}.{p}", member.get(p)) for p in places(who.en)}
        said = self._why(ending, member, f"{table}.")
        return tr("{who} {why}", who=fill(who[self.style.language], values), why=said)

    def _why(self, ending: Ending, row: Row, prefix: str) -> str:
        said = []
        for reason in ending.reasons:
            text = (reason.model.message or reason.model.text)[self.style.language]
            said.append(fill(text, {p: self._value(prefix + p, row.get(p)) for p in places(text)}))
        return _joined(said)


def _joined(parts: Sequence[str]) -> str:
    return tr("; ").join(parts)


def _fields(endings: Sequence[Ending]) -> tuple[str, ...]:
    """The columns that the reasons read, each once."""
    return tuple(dict.fromkeys(f for e in endings for r in e.reasons for f in r.fields))
