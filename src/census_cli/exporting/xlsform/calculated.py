"""The calculated fields of a form: derived fields, aggregates over a roster, and values looked up in attached tables; each once, if it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from census_cli.exporting.xlsform.words import all_of, choice
from census_cli.exporting.xlsform.xpath import HERE, Printer, Unsayable
from census_cli.expr.bound import BoundSurvey
from census_cli.expr.nodes import Aggregate, Call, Column, Node, aggregates, columns
from census_cli.i18n import tr
from census_cli.survey.form import Form, link

ROOT = "data"
"""The name of the form's outermost element."""


@dataclass
class Calculated:
    """References for the printer, and the calculated fields that they need: by table, each name with its XPath."""

    bound: BoundSurvey
    form: Form
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    _said: dict[tuple[str, Node], str] = field(default_factory=dict)
    _fields: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in self.form.tables:
            self.rows[table] = {}
            asked = [(f, block.name) for block in self.form.asked(table) for f in block.fields]
            filled = [(k.rpartition(".")[2], "") for k in self.form.filled if k.rpartition(".")[0] == table]
            self._fields |= {(table, name): block for name, block in [*filled, *asked]}

    def printer(self, table: str) -> Printer:
        """A printer of expressions of one table."""
        return Printer(lambda node: self._named(table, node))

    def asked(self, table: str, name: str) -> bool:
        """Whether the form has a field."""
        return (table, name) in self._fields

    def found(self, table: str, keys: Sequence[str]) -> str:
        """The rows of an attached table that have the row's own keys."""
        if table not in self.form.attached:
            raise Unsayable(tr("the table '{table}' is not on the tablet", table=table))
        own = self.bound.tables[self.form.table].parents.get(table, tuple(keys))
        pairs = zip(self.bound.tables[table].model.primaryKey, own, strict=True)
        tests = " and ".join(f"{key} = ${{{field}}}" for key, field in pairs)
        return f"instance('{table}')/root/item[{tests}]"

    def _named(self, table: str, node: Column | Aggregate | Call) -> str:
        if isinstance(node, Aggregate):
            return self._aggregate(table, node, f"calc_{table}_{node.name}_{len(self.rows[table]) + 1}")
        if isinstance(node, Call):
            (column,) = node.args
            assert isinstance(column, Column)
            owner, own = column.table or table, replace(node, args=(replace(column, table=None),))
            return self._calculate(owner, own, f"calc_{owner}_{column.name}_{node.name}")
        owner = node.table or table
        if node.name == HERE or owner in self.form.tables:
            return HERE if node.name == HERE else self._column(owner, node.name)
        return self._looked_up(owner, node)

    def _column(self, owner: str, name: str) -> str:
        """A column of a table that the visit fills."""
        held, main = self.bound.tables[owner], self.bound.tables[self.form.table].model
        if name in held.derived:
            return self._calculate(owner, held.derived[name].node, f"calc_{owner}_{name}")
        if owner != main.name and name == link(held.model, main.name):
            return f"${{{main.primaryKey[0]}}}"
        if not self.asked(owner, name):
            raise Unsayable(tr("'{field}' is not asked", field=name))
        if self.form.filled.get(f"{owner}.{name}") == "end":
            raise Unsayable(tr("the device sets the time at the end of the visit"))
        return f"${{{name}}}"

    def _looked_up(self, owner: str, node: Column) -> str:
        if node.name in self.bound.tables[owner].derived or owner not in self.bound.tables[self.form.table].parents:
            raise Unsayable(tr("the table '{table}' is not on the tablet", table=owner))
        name = f"file_{owner}_{node.name}"
        self.rows[self.form.table][name] = f"{self.found(owner, ())}/{node.name}"
        return f"${{{name}}}"

    def _aggregate(self, table: str, node: Aggregate, own: str) -> str:
        """Of every row of the roster the argument is calculated, and of all of them the aggregate."""
        if table != self.form.table or node.child not in self.form.tables:
            raise Unsayable(tr("the table '{table}' is not on the tablet", table=node.child))
        argument = self._calculate(node.child, node.arg, f"calc_{node.child}_of_{len(self.rows[node.child]) + 1}")
        name, child = argument[2:-1], f"${{{node.child}}}"
        none_unknown = f"count({child}[{name} = '']) = 0"
        values = {
            "count": f"count({child})",
            "count_if": f"count({child}[{name} = 'true'])",
            "sum": f"round(sum({argument}), {node.kind.scale})",
        }
        value = values.get(node.name, f"{node.name}({argument})")
        some = [] if node.name in ("count", "count_if") else [f"count({child}) > 0"]
        said = choice(all_of([none_unknown, *some]), value, "''")
        return self._keep(table, node, own, said)

    def _calculate(self, table: str, node: Node, name: str) -> str:
        if (table, node) in self._said:
            return self._said[table, node]
        if isinstance(node, Aggregate):
            return self._aggregate(table, node, name)
        if isinstance(node, Column) and node.table is None and node.name in self.bound.tables[table].derived:
            return self._named(table, node)
        return self._keep(table, node, name, replace(self.printer(table), whole=node).text(node))

    def _keep(self, table: str, node: Node, name: str, said: str) -> str:
        if (table, node) not in self._said:
            self.rows[table][name] = said
            self._said[table, node] = f"${{{name}}}"
        return self._said[table, node]


@dataclass(frozen=True)
class Reading:
    """What an expression of a table reads in the end, through derived fields, parents and rosters."""

    bound: BoundSurvey
    form: Form

    def fields(self, table: str, node: Node) -> set[tuple[str, str]]:
        """The columns of files, with their tables."""
        found: set[tuple[str, str]] = set()
        for column in columns(node):
            owner = column.table or table
            derived = self.bound.tables[owner].derived.get(column.name)
            found |= self.fields(owner, derived.node) if derived else {(owner, column.name)}
            if owner in self.form.attached:
                found |= {(self.form.table, key) for key in self.bound.tables[self.form.table].parents.get(owner, ())}
        for aggregate in aggregates(node):
            found |= self.fields(aggregate.child, aggregate.arg)
        return found

    def gathers(self, table: str, node: Node) -> bool:
        """Whether it reads all rows of a roster."""
        derived = [(c.table or table, self.bound.tables[c.table or table].derived.get(c.name)) for c in columns(node)]
        return bool(aggregates(node)) or any(d is not None and self.gathers(owner, d.node) for owner, d in derived)
