"""Supplies what no file has, as the tables say: rows made of their children's, keys found by names, columns made of others.

What comes of it stands in the raw tables like any other column; what was supplied, and which rules have nothing left to say, is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from census_cli.engines.base import Engine
from census_cli.expr.bound import BoundFill, BoundSurvey, BoundTable
from census_cli.i18n import language, tr
from census_cli.naming import Directory
from census_cli.raw import Held, RawTables, Supplied
from census_cli.sql.cells import contested
from census_cli.sql.grammar import folded, text_of
from census_cli.sql.relations import Relations
from census_cli.sql.supply import Merging, RowValues, distinct_names, with_columns, with_keys
from census_cli.sql.words import listed, name
from census_cli.structure import structural_rules
from census_cli.survey.models import ByName

if TYPE_CHECKING:
    import pyarrow as pa


def supply(engine: Engine, bound: BoundSurvey, raw: RawTables) -> None:
    """Supply the raw tables with all that the survey's tables say of what is absent."""
    for table in (t for t in bound.tables.values() if t.model.made_of and t.model.name not in raw.stored):
        assert table.model.made_of is not None
        child = table.model.made_of.table
        if any(f.startswith(f"{table.model.name}.") for f in raw.repeated.get(child, ())):
            _make(engine, raw, table, bound.tables[child])
    for table in (bound.tables[t] for t in list(raw.stored)):
        for fill in table.fills:
            _fill(engine, bound, raw, table, fill)


def would_supply(bound: BoundSurvey, stored: dict[str, dict[str, str]]) -> Iterator[tuple[str, str, list[str]]]:
    """The columns that would be supplied where these are stored, added to them: table, field, and the rules that are settled by it."""
    for table in (bound.tables[t] for t in list(stored)):
        own = table.model.name
        for fill in table.fills:
            if fill.model.field in stored[own]:
                continue
            by = fill.model.by_name
            if fill.node is not None:
                able = not Relations(bound, stored).absent(own, fill.node)
            else:
                assert by is not None
                able = by.resource in stored and any(
                    first in stored[own] and theirs in stored[by.resource] for first, theirs in list(by.names.items())[:1]
                )
            if able:
                stored[own] |= {fill.model.field: "VARCHAR"} | ({by.count: "VARCHAR"} if by else {})
                yield own, fill.model.field, settled_by_filling(table, fill)


def settled_by_filling(table: BoundTable, fill: BoundFill) -> list[str]:
    """The rules that a supplied column cannot violate."""
    field = fill.model.field
    return [*(r.id for r in structural_rules(table.model) if r.fields == (field,) and r.kind != "unique"), *fill.model.settles]


def _make(engine: Engine, raw: RawTables, table: BoundTable, child: BoundTable) -> None:
    """Make the rows of a table of its children's."""
    own, made, below = table.model.name, table.model.made_of, child.model.name
    assert made is not None
    if child.parents[own][0] not in raw.stored[below]:
        return
    rosters = [held for held in raw.held if held.table == below]
    merging = Merging(table, child, raw.stored[below] | raw.repeated[below], rosters[0].repeats)
    engine.table(f"merged_{own}", merging.merged(raw.rows[below]))
    engine.table(f"made_{own}", merging.with_differences(raw.rows[below], f"merged_{own}"))
    engine.drop(f"merged_{own}")
    key = table.model.primaryKey[-1]
    raw.stored[own] = dict.fromkeys([key, *merging.fields, made.contested, made.differences], "VARCHAR")
    raw.made[own] = made.how[language()]
    _offer(engine, raw, own, f"SELECT * FROM {name(f'made_{own}')}")
    counts = f"SELECT source, count(*) AS n FROM {name(f'made_{own}')} GROUP BY source"
    counted = {row["source"]: row["n"] for batch in engine.stream(counts) for row in batch.to_pylist()}
    for held in rosters:
        repeated = {f.partition(".")[2]: header for f, header in held.repeats.items()}
        headers = {key: held.headers[child.parents[own][0]]} | repeated
        raw.held.append(Held(
            held.path, own, headers, [], held.encoding, held.sha256, sound=counted.get(held.path, 0), sheet=held.sheet,
        ))  # fmt: skip
    why = tr("no file of {table}: {how}", table=table.model.title[language()], how=raw.made[own])
    raw.settled |= dict.fromkeys(settled_by_making(table, child), why)


def settled_by_making(table: BoundTable, child: BoundTable) -> list[str]:
    """The rules that a table made of its children's rows cannot violate."""
    settled = [r.id for r in structural_rules(table.model) if r.kind in ("unique", "unreadable")]
    settled += [r.id for r in structural_rules(child.model) if r.kind == "reference" and r.target == table.model.name]
    return [*settled, *(table.model.made_of.settles if table.model.made_of else ())]


def _fill(engine: Engine, bound: BoundSurvey, raw: RawTables, table: BoundTable, fill: BoundFill) -> None:
    """Make one column, unless some file has it or what it is made of is absent, too."""
    own, field, stored = table.model.name, fill.model.field, raw.stored[table.model.name]
    if field in stored or field in raw.lacking.get(own, {}):
        return
    if fill.node is not None:
        if Relations(bound, raw.stored).absent(own, fill.node):
            return
        read = [c.name for c in bound.read(own, fill.node)]
        _offer(engine, raw, own, with_columns(raw.rows[own], {field: RowValues(table, stored).spelled(fill.node)}))
        stored[field] = engine.columns(f"raw_{own}")[field]
    else:
        assert fill.model.by_name is not None
        key = bound.tables[fill.model.by_name.resource].model.primaryKey[-1]
        read = _find(engine, raw, table, field, fill.model.by_name, key)
        if not read:
            return
    how = fill.model.how[language()]
    raw.supplied.setdefault(own, []).append(Supplied(field, read, how))
    why = tr("absent column {column}, {how}", column=f"{own}.{field}", how=how)
    raw.settled |= dict.fromkeys(settled_by_filling(table, fill), why)


def _find(engine: Engine, raw: RawTables, table: BoundTable, field: str, by: ByName, key: str) -> list[str]:
    """Find the key of another table's rows by names, as far as both tables have them; yields the columns that were read."""
    own, there = raw.stored[table.model.name], raw.stored.get(by.resource, {})
    names = {mine: theirs for mine, theirs in by.names.items() if mine in own and theirs in there}
    if next(iter(by.names)) not in names or key not in there:
        return []
    directory = Directory([by.endings.get(mine, []) for mine in names])
    wanted = [text_of(name(c), there[c]) for c in names.values()]
    for batch in engine.stream(
        f"SELECT {listed([folded(text_of(name(key), there[key])), *wanted])}\nFROM ({raw.rows[by.resource]})"
    ):
        for code, *given in zip(*(c.to_pylist() for c in batch.columns), strict=True):
            directory.add(code, given)
    mine = {c: own[c] for c in names}
    found = f"found_by_name_{table.model.name}"
    engine.add_batches(found, _found(engine, directory, distinct_names(raw.rows[table.model.name], mine), len(names)))
    disputed = contested(table.model, own, mine)
    _offer(engine, raw, table.model.name, with_keys(raw.rows[table.model.name], mine, found, field, by.count, disputed))
    own |= {field: "VARCHAR", by.count: "VARCHAR"}
    return list(names)


def _found(engine: Engine, directory: Directory, names: str, width: int) -> pa.RecordBatchReader:
    """The key, and how many there are, beside each set of names."""
    import pyarrow as pa

    schema = pa.schema([(c, pa.string()) for c in (*(f"n{i}" for i in range(width)), "key", "times")])

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in engine.stream(names):
            found = [directory.find(given) for given in zip(*(c.to_pylist() for c in batch.columns), strict=True)]
            answers = [pa.array([key for key, _ in found], pa.string()), pa.array([str(n) for _, n in found], pa.string())]
            yield pa.RecordBatch.from_arrays([*(c.cast(pa.string()) for c in batch.columns), *answers], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _offer(engine: Engine, raw: RawTables, table: str, rows: str) -> None:
    raw.rows[table] = rows
    engine.view(f"raw_{table}", rows)
