"""From a row that violates a rule to its discrepancy: the cells it shows are gathered as text, and the one pen writes it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from census_cli.expr.assurances import BoundAssurance
from census_cli.expr.nodes import Kind
from census_cli.pen import Pen, Style
from census_cli.record.relations import Links, Row
from census_cli.record.verdicts import Told
from census_cli.results import VerdictRow
from census_cli.sql.plan import Check
from census_cli.sql.showing import Shown
from census_cli.sql.unmet import UNMET, member_words, shown_of_unmet
from census_cli.unmet import UnmetPen

Line = dict[str, Any]


class Findings:
    """Writes what is found in rows of which these columns are there."""

    def __init__(self, links: Links, there: Mapping[str, Collection[str]], checks: Sequence[Check], style: Style) -> None:
        self.links, self.bound, self.there = links, links.bound, there
        self._pens = {t: Pen(self.bound, t, [c for c in checks if c.table == t], style, []) for t in there}
        assured = [c for c in checks if c.assurance and not c.skipped]
        self._unmet = UnmetPen(self.bound, self.bound.file.registered_unit, assured, style, [])
        self._shown = {c.id: shown_of_unmet(self.bound, [c.id]) for c in assured}

    def of_rule(self, check: Check, row: Row) -> Line:
        """The discrepancy of a rule that the row violates."""
        pen = self._pens[check.table]
        return pen.of_rule(check, self._cells(check.table, row, pen.names_of(check)))

    def of_cells(self, table: str, row: Row) -> Iterator[Line]:
        """The discrepancies of the cells of a row that are not sound, one by one: so few record models serve them all."""
        for field in row.faults:
            pen = self._pens[table]
            yield from pen.of_cells([field], self._cells(table, row, pen.names_beside([field])))

    def of_assurance(self, check: Check, row: Row, ending: int, members: Iterable[tuple[Row, int]]) -> Line:
        """The discrepancy of an assurance that is not met; `members` are those of the household with their endings."""
        assurance, unit = check.assurance, check.table
        assert assurance is not None
        name, pen = assurance.model.name, self._unmet
        cells = self._cells(unit, row, [*pen.names_beside(()), *_names(self._shown[check.id])])
        if assurance.model.table != unit:
            number = self.bound.tables[assurance.model.table].model.primaryKey[-1]
            blamed = [(m, e) for m, e in members if assurance.endings[e].verdict in UNMET]
            blamed.sort(key=lambda pair: _in_order(pair[0][number]))
            cells["@" + name] = [self._member(assurance, m, e) for m, e in blamed]
        return pen.of_rule(check, cells | {"#" + name: ending})

    def verdicts(self, table: str, row: Row, told: Mapping[str, Told]) -> Iterator[VerdictRow]:
        """The verdicts on one row, as the verdicts output has them."""
        pen = self._pens[table]
        cells = self._cells(table, row, pen.names_beside(()))
        unit, village = pen.unit(cells), pen.place("village_code", cells)
        for name, said in told.items():
            yield VerdictRow(
                table=table, unit=unit, village_code=village, assurance=name, verdict=said.verdict,
                reason_code=said.reason_code, reason=said.reason, profile=self.bound.profile,
            )  # fmt: skip

    def _member(self, assurance: BoundAssurance, row: Row, ending: int) -> Line:
        return self._cells(assurance.model.table, row, member_words(assurance)) | {"ending": ending}

    def _cells(self, table: str, row: Row, names: Iterable[str]) -> Line:
        """The cells of these names as text; those that are absent are left out."""
        found: Line = {"source": table, "row": row.number}
        for name in dict.fromkeys(names):
            owner, _, column = name.rpartition(".")
            held = self.bound.tables[table]
            if not owner and column in held.derived:
                found[name] = derived_text(row[column], held.kinds[column])
            elif column in self.there.get(owner or table, ()):
                found[name] = self._text(table, row, owner, column)
        return found

    def _text(self, table: str, row: Row, owner: str, column: str) -> str | list[str]:
        if owner in self.bound.tables[table].children:
            number = self.bound.tables[owner].model.primaryKey[-1]
            children = sorted(self.links.below(row, owner) or (), key=lambda child: _in_order(child[number]))
            return [child.texts.get(column) or "" for child in children]
        held = self.links.above(row, table, owner) if owner else row
        return (held.texts.get(column) or "") if held else ""


def _names(shown: Shown) -> list[str]:
    return [*shown.own, *shown.above, *(f"{child}.{c}" for child, cells in shown.children.items() for c in cells)]


def _in_order(number: str | None) -> tuple[bool, int, str]:
    """Number 2 before number 10; those without one come last."""
    return number is None, len(number or ""), number or ""


def derived_text(value: Any, kind: Kind) -> Any:
    """A derived value as the text that engines make of it; a floating number stays one."""
    if value is None or isinstance(value, float | str):
        return value
    return _TEXTS[type(value)](value, kind)


def _decimal(value: int | Decimal, kind: Kind) -> str:
    return f"{Decimal(value):.{kind.scale}f}"


_TEXTS: dict[type, Callable[[Any, Kind], str]] = {
    bool: lambda value, _: "true" if value else "false",
    int: _decimal,
    Decimal: _decimal,
    datetime.date: lambda value, _: value.isoformat(),
    datetime.datetime: lambda value, _: value.isoformat(" "),
}
