"""SQL of what a finding shows: the rows that were hit, with their cells as text, their parents' cells and their children's in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from census_cli.expr.nodes import Column, Kind
from census_cli.sql.grammar import key_text, text_of
from census_cli.sql.relations import Relations
from census_cli.sql.words import either, listed, name, string


@dataclass
class Shown:
    """What the findings of one table show: own cells and derived fields, ancestors' cells (`parent.f`), children's cells."""

    own: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    children: dict[str, list[str]] = field(default_factory=dict)
    child_rules: dict[str, list[str]] = field(default_factory=dict)


def shown_rows(relations: Relations, table: str, hits: str, shown: Shown, flags: Sequence[str]) -> str:
    """SELECT `source`, `row`, the flags, and each shown cell as text under its name (a list for children's)."""
    held = relations.bound.tables[table]
    columns = ["hits.source", "hits.row", *(f"hits.{name(f)}" for f in flags)]
    for cell in shown.own:
        if cell in held.derived:
            columns.append(f"{derived_text(f'hits.{name(cell)}', held.kinds[cell])} AS {name(cell)}")
        elif cell in relations.stored[table]:
            raw = "hits." + name(cell + "~")
            columns.append(f"{_text(relations, table, cell, raw)} AS {name(cell)}")
    joins = []
    for parent, wants in _by_parent(relations, table, shown.above).items():
        if not _linked(relations, table, parent):
            continue
        alias = f"above_{parent}"
        there = [w for w in wants if _is_there(relations, w)]
        rows = relations.parent(parent, [f"{w}~" for w in there])
        key = relations.link("hits", held.parents[parent])
        joins.append(f"LEFT JOIN ({rows}) {name(alias)} ON {name(alias)}.{name('<key>')} = {key}")
        for want in there:
            owner, _, cell = want.partition(".")
            raw = f"{name(alias)}.{name(want + '~')}"
            columns.append(f"{_text(relations, owner, cell, raw)} AS {name(want)}")
    for child, cells in shown.children.items():
        there = [c for c in cells if c in relations.stored.get(child, {})]
        if there and not relations.absent_link(child, table):
            joins.append(_children(relations, table, hits, child, there, shown.child_rules[child]))
            columns += [f"coalesce({name('of_' + child)}.{name(c)}, []) AS {name(child + '.' + c)}" for c in there]
    return f"SELECT {listed(columns)}\nFROM {name(hits)} hits\n" + "\n".join(joins)


def derived_text(sql: str, kind: Kind) -> str:
    """SQL of a derived value as text; a floating number stays one, since engines write it differently and the pen alike."""
    return sql if kind.name == "double" else f"CAST({sql} AS VARCHAR)"


def unit_name(parts: Sequence[str], row: str = "row") -> str:
    """SQL of a unit's name as the pen writes it, from the texts of its key: a missing part is the row."""
    number = f"CASE WHEN {row} > 0 THEN CAST({row} AS VARCHAR) ELSE '' END"
    return " || '/' || ".join(f"coalesce(nullif(replace({part}, '/', '%2F'), ''), '?' || {number})" for part in parts)


def _text(relations: Relations, table: str, cell: str, sql: str) -> str:
    return f"coalesce({text_of(sql, relations.stored[table][cell])}, '')"


def _is_there(relations: Relations, want: str) -> bool:
    owner, _, cell = want.partition(".")
    return cell in relations.stored.get(owner, {})


def _linked(relations: Relations, table: str, parent: str) -> bool:
    return parent in relations.stored and not relations.absent_link(table, parent)


def _by_parent(relations: Relations, table: str, wants: Iterable[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for want in wants:
        grouped.setdefault(relations.first_parent(table, want.partition(".")[0]), []).append(want)
    return grouped


def _children(relations: Relations, table: str, hits: str, child: str, cells: list[str], rules: list[str]) -> str:
    """The children of the rows hit by the rules, their cells as lists in the order of the last part of the child's key."""
    held = relations.bound.tables[child]
    foreign, number = held.parents[table], held.model.primaryKey[-1]
    key = relations.link("hits", relations.bound.tables[table].model.primaryKey)
    order = [f"length({name(number)})", name(number)] if number in relations.stored[child] else []
    ordered = ", ".join([*order, "source", "row"])
    nodes = [Column(None, f, held.kinds[f]) for f in dict.fromkeys((*foreign, number)) if f in relations.stored[child]]
    rows = relations.select(child, nodes, cells)
    lists = [f"list({_text(relations, child, c, name(c + '~'))} ORDER BY {ordered}) AS {name(c)}" for c in cells]
    parents = f"SELECT {key} FROM {name(hits)} hits WHERE {either(map(name, rules))}"
    of = relations.link("rows", foreign)
    grouped = f"SELECT {of} AS {name('<key>')}, {listed(lists)}\nFROM ({rows}) rows WHERE {of} IN ({parents}) GROUP BY {of}"
    alias = name("of_" + child)
    return f"LEFT JOIN ({grouped}) {alias} ON {alias}.{name('<key>')} = {key}"


def unit_rows(relations: Relations, table: str, made: str, told: Sequence[str], where: str, join: str = "") -> str:
    """The rows of a table that was `made` with one for each of a survey's table: their unit and village, and what is told of them."""
    bound = relations.bound
    context = bound.file.context.get("village_code", {}).get(table)
    place = Column(*_split(context), bound.tables[table].kinds[bound.tables[table].model.primaryKey[0]]) if context else None
    there = place is not None and not relations.absent(table, place)
    keys = [k for k in bound.tables[table].model.primaryKey if k in relations.stored[table]]
    raws = [*keys, *([place.name] if place and there and not place.table else [])]
    rows = relations.select(table, [], raws, [f"{place.key}~"] if place and there and place.table else [])
    parts = key_parts(relations, table)
    village = f"coalesce({_key_text(relations, table, place)}, '')" if place and there else "''"
    columns = [
        f"{string(table)} AS {name('table')}", f"{unit_name(parts, 'p.row')} AS unit", f"{village} AS village_code",
        *told, f"{string(bound.profile)} AS profile", "p.source", "p.row",
    ]  # fmt: skip
    return (
        f"SELECT {listed(columns)}\nFROM {name(made)} v JOIN ({rows}) p ON p.source = v.source AND p.row = v.row {join}\n"
        f"WHERE {where}"
    )


def _split(context: str) -> tuple[str | None, str]:
    table, _, column = context.rpartition(".")
    return table or None, column


def _key_text(relations: Relations, table: str, column: Column) -> str:
    owner = column.table or table
    field = relations.bound.tables[owner].model.field(column.name)
    assert field is not None
    return key_text(field, f"p.{name(column.key + '~')}", relations.stored[owner][column.name])


def key_parts(relations: Relations, table: str) -> list[str]:
    """SQL of the texts of a table's key, of rows called `p`."""
    return [_part(relations, table, k) for k in relations.bound.tables[table].model.primaryKey]


def _part(relations: Relations, table: str, key: str) -> str:
    """SQL of the text of a part of the key; an absent column has none."""
    there = key in relations.stored[table]
    return _key_text(relations, table, Column(None, key, relations.bound.tables[table].kinds[key])) if there else "NULL"
