"""SQL of all that is known of one household: its rows in every table, and each line of each decision table with what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from census_cli.expr.assurances import BoundAssurance, BoundCase
from census_cli.expr.nodes import Column, Node, columns
from census_cli.sql.grammar import folded, text_of
from census_cli.sql.relations import Relations
from census_cli.sql.verdicts import Verdicts
from census_cli.sql.words import either, listed, name, string


@dataclass(frozen=True)
class Related:
    """The rows of one table that belong to a household: those whose `column` holds `value`."""

    table: str
    column: str
    value: str


def rows_of(relations: Relations, related: Related) -> str:
    """The rows with every cell as text, under the names of the fields, in the order of the key's last part."""
    table, stored = related.table, relations.stored[related.table]
    key = Column(None, related.column, relations.bound.tables[table].kinds[related.column])
    number = relations.bound.tables[table].model.primaryKey[-1]
    cells = [f"coalesce({text_of(name(f + '~'), kind)}, '') AS {name(f)}" for f, kind in stored.items()]
    rows = relations.select(table, [key], list(stored))
    order = [f"length({name(number)})", name(number)] if number in stored else []
    return (
        f"SELECT * FROM (SELECT {listed(['source', 'row', *cells])}\nFROM ({rows})"
        f" WHERE {folded(text_of(name(related.column + '~'), stored[related.column]))} = {string(related.value)})"
        f" ORDER BY {', '.join([*order, 'source', 'row'])}"
    )


def path_rows(verdicts: Verdicts, table: str, related: Related) -> str:
    """For the judged rows of a household: `<assurance>` its ending, `<line>!` and `<line>.<reason>` for each line, and each derived field read."""
    relations = verdicts.relations
    own = [a for a in relations.bound.assurances.values() if a.model.table == table and a.cases]
    columns = ["rows.source", "rows.row", *(f"v.{name(a.model.name)}" for a in own)]
    for assurance in own:
        for i, case in enumerate(assurance.cases):
            columns += _line(verdicts, table, f"{assurance.model.name}.{i}", case)
    derived = {c.name: c for a in own for c in derived_read(relations, table, a)}
    columns += [f"CAST({name(d)} AS VARCHAR) AS {name('=' + d)}" for d in derived]
    key = Column(None, related.column, relations.bound.tables[table].kinds[related.column])
    number = relations.bound.tables[table].model.primaryKey[-1]
    text = folded(text_of(name(related.column + "~"), relations.stored[table][related.column]))
    extra: list[Node] = [key, *derived.values()]
    rows = verdicts.rows(table, extra, [related.column, *([number] if number in relations.stored[table] else [])])
    order = [f"length({name(number + '~')})", name(number + "~")] if number in relations.stored[table] else []
    return (
        f"SELECT {listed(columns)}\nFROM ({rows}) rows"
        f" JOIN {name(verdicts.table(table))} v ON v.source = rows.source AND v.row = rows.row"
        f" WHERE {text} = {string(related.value)} ORDER BY {', '.join([*order, 'rows.source', 'rows.row'])}"
    )


def derived_read(relations: Relations, table: str, assurance: BoundAssurance) -> list[Column]:
    """The derived fields of the table itself that a decision table names and that can be computed."""
    held = relations.bound.tables[table]
    named = [c for n in assurance.nodes() for c in columns(n) if not c.table and c.name in held.derived]
    return [c for c in dict.fromkeys(named) if not relations.absent(table, c)]


def _line(verdicts: Verdicts, table: str, label: str, case: BoundCase) -> Iterator[str]:
    read = [c for r in case.reasons if r.when is not None for c in verdicts.read(table, r.when)]
    yield f"{either(verdicts.flag(table, c) for c in dict.fromkeys(read))} AS {name(label + '!')}"
    for j, reason in enumerate(case.reasons):
        holds = verdicts.spelled(table, reason.when) if reason.when is not None else "TRUE"
        yield f"{holds} AS {name(f'{label}.{j}')}"
