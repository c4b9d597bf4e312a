"""SQL over what an app for tablets wrote: cells in the form of the grammar, rows with the keys of their parents, what there is to tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from census_cli.sql.grammar import conformed, folded
from census_cli.sql.words import both, listed, name, string
from census_cli.survey.models import FieldModel, Table

ROOT = "~root"
"""The key of the form to which a repeat belongs, however deep it lies in it."""

ORPHAN = "~orphan"

_ISO = "([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}(:[0-9]{2})?)([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
_WORDED = {"date": ("%b %d, %Y", "%Y-%m-%d"), "datetime": ("%b %d, %Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S")}


def as_fields(of: str, table: Table, stored: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> str:
    """The rows of one export, each field in the form of the grammar; `choices` are the columns of each answer of a list, by field."""
    columns, others = ["source", "row"], {}
    parts = {column for answers in choices.values() for column in answers.values()}
    for column, kind in stored.items():
        field = table.field(column)
        other = _other(field, name(column)) if field and kind == "VARCHAR" else None
        if field and other:
            others[_beside(column)] = other
            columns.append(f"{_better(field, column)} AS {name(column)}")
        elif column not in parts:
            columns.append(name(column))
    columns += [f"{_chosen(answers)} AS {name(field)}" for field, answers in choices.items()]
    if "~PARENT_KEY" in stored:
        columns.append(f"split_part({name('~PARENT_KEY')}, '/', 1) AS {name(ROOT)}")
    beside = listed(["*", *(f"{sql} AS {name(column)}" for column, sql in others.items())])
    return f"SELECT {listed(columns)}\nFROM (SELECT {beside} FROM {name(of)})"


def _beside(column: str) -> str:
    return f"~{column}"


def _other(field: FieldModel, cell: str) -> str | None:
    """How the grammar would have a cell as apps write it: several answers with blanks between them, times with a zone, worded dates."""
    if field.type == "list" and field.codes:
        return f"CASE WHEN contains({cell}, ' ') THEN regexp_replace({folded(cell)}, ' +', ',', 'g') END"
    if field.type in ("date", "datetime"):
        found, written = _WORDED[field.type]
        parts = "\\1 \\2" if field.type == "datetime" else "\\1"
        iso = f"CASE WHEN regexp_full_match({cell}, {string(_ISO)}) THEN regexp_replace({cell}, {string(_ISO)}, {string(parts)}) END"
        return f"coalesce({iso}, strftime(try_strptime({cell}, {string(found)}), {string(written)}))"
    return None


def _better(field: FieldModel, column: str) -> str:
    """The other form of a cell where the text as it stands is no value and the other is one."""
    cell, other = name(column), name(_beside(column))
    taken = f"{conformed(field, cell, 'VARCHAR')} IS NULL AND {conformed(field, other, 'VARCHAR')} IS NOT NULL"
    return f"CASE WHEN {other} IS NULL THEN {cell} WHEN {taken} THEN {other} ELSE {cell} END"


def _chosen(answers: Mapping[str, str]) -> str:
    """The answers whose columns say yes; one that says neither yes nor no stays as it is, so that it is no value."""
    items = []
    for answer, column in answers.items():
        said = f"census_boolean({name(column)})"
        items.append(f"CASE WHEN {said} THEN {string(answer)} WHEN NOT {said} THEN NULL ELSE nullif({name(column)}, '') END")
    return f"nullif(concat_ws(',', {listed(items)}), '')"


def keys_of(parts: Sequence[str], link: str, fields: Sequence[str]) -> str:
    """The fields of the rows that have a key; where rows of one key differ, none is known."""
    rows = "\nUNION ALL\n".join(f"SELECT {name(link)} AS link, {listed(map(name, fields))} FROM ({part})" for part in parts)
    same = [f"CASE WHEN min({name(f)}) = max({name(f)}) THEN min({name(f)}) END AS {name(f)}" for f in fields]
    return f"SELECT link, {listed(same)}\nFROM ({rows}) WHERE link IS NOT NULL GROUP BY link"


def with_parents(rows: str, link: str, keys: str, fields: Mapping[str, str], told: bool) -> str:
    """Rows with the fields of their parents, by own name, and if it is to be told whether there is no parent at all."""
    columns = [f"parent.{name(there)} AS {name(own)}" for own, there in fields.items()]
    on = f"child.{name(link)} = parent.link"
    columns += [f"parent.link IS NULL AS {name(ORPHAN)}"] if told else []
    return f"SELECT child.*, {listed(columns)}\nFROM ({rows}) child LEFT JOIN ({keys}) parent ON {on}"


def filled_rows(rows: str, fields: Sequence[str]) -> str:
    """The rows in which one of these fields is filled."""
    return f"SELECT * FROM ({rows}) WHERE NOT ({both(f'{folded(name(f))} IS NULL' for f in fields)})"


def times(rows: str, column: str) -> str:
    """How often each text stands in a column, the most frequent first."""
    told = f"SELECT {name(column)} AS what, count(*) AS n FROM ({rows}) WHERE {name(column)} IS NOT NULL GROUP BY {name(column)}"
    return f"{told} ORDER BY n DESC, what"


def repeated_keys(parts: Sequence[str], key: str) -> str:
    """The keys that stand in more than one row."""
    rows = "\nUNION ALL\n".join(f"SELECT {name(key)} AS what FROM ({part})" for part in parts)
    return f"SELECT what, count(*) AS n FROM ({rows}) WHERE what IS NOT NULL GROUP BY what HAVING count(*) > 1 ORDER BY what"


def orphans(rows: str) -> str:
    """The numbers of the rows without a parent."""
    return f"SELECT row, source FROM ({rows}) WHERE {name(ORPHAN)} ORDER BY row"
