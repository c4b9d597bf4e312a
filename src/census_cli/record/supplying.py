"""Supplies the columns that a form lacks and that its rows tell, as `supplying` does for files: birth date and sex by the number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from census_cli.conform import cell_text
from census_cli.expr.bound import BoundTable
from census_cli.expr.nodes import Call, Column, Node
from census_cli.i18n import language, tr
from census_cli.record.cells import Cells
from census_cli.record.evaluate import Get, closure
from census_cli.record.given import Texts
from census_cli.record.relations import Given, Links
from census_cli.sql.relations import Relations
from census_cli.supplying import settled_by_filling


class Supply:
    """What is made for forms with these columns, which are added to them; `settled` are rules to which nothing is left to say."""

    def __init__(self, links: Links, stored: dict[str, dict[str, str]]) -> None:
        self.settled: dict[str, str] = {}
        self._fills: list[tuple[str, str, Get, Cells]] = []
        for table in (links.bound.tables[t] for t in stored):
            own = table.model.name
            for fill in table.fills:
                field, node = fill.model.field, fill.node
                if node is None or field in stored[own] or Relations(links.bound, stored).absent(own, node):
                    continue
                cells = Cells(table.model, links.bound.codes, list(stored[own]))
                self._fills.append((own, field, closure(_written_out(table, node), lambda leaf: leaf.name), cells))
                stored[own][field] = "VARCHAR"
                why = tr("absent column {column}, {how}", column=f"{own}.{field}", how=fill.model.how[language()])
                self.settled |= dict.fromkeys(settled_by_filling(table, fill), why)

    def fill(self, texts: Mapping[str, list[Texts]]) -> None:
        """Write what is supplied into the rows."""
        for table, field, value, cells in self._fills:
            for row in texts[table]:
                read = cells.row(row, 0, Given(), made={}, absent=frozenset())
                row[field] = cell_text(value(read))


def _written_out(table: BoundTable, node: Node) -> Node:
    """The expression with derived fields written out: cells that do not conform are missing in it, and nothing more."""
    if isinstance(node, Column) and node.name in table.derived:
        return _written_out(table, table.derived[node.name].node)
    if isinstance(node, Call):
        return replace(node, args=tuple(_written_out(table, arg) for arg in node.args))
    return node
