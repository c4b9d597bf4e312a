"""SQL of conversion: a column as its type or as plain text, which of its cells are no value of it, and rows as lines of CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from census_cli.sql.grammar import conformed, filled, text_of
from census_cli.sql.words import both, either, how_often, listed, name, string
from census_cli.structure import cell_kinds
from census_cli.survey.models import CodeList, FieldModel

_TYPES = {"integer": "BIGINT", "number": "DECIMAL(16, 4)", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP"}
_MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Cell:
    """The cells of a column in one file: the SQL of a cell as stored, and how; a file may lack the column.

    `field` is None for a column that means nothing here, which is only handed on.
    """

    field: FieldModel | None
    sql: str | None
    stored: str = "VARCHAR"

    @property
    def may_fail(self) -> bool:
        """Whether a cell may hold something that is no value of its field."""
        return self.field is not None and self.sql is not None and bool({"type", "code"} & set(cell_kinds(self.field)))

    @property
    def found(self) -> str:
        """The text that was read; NULL where it is blank."""
        return (
            f"CASE WHEN {filled(self.sql, self.stored)} THEN {text_of(self.sql, self.stored)} END"
            if self.sql
            else "CAST(NULL AS VARCHAR)"
        )

    @property
    def value(self) -> str:
        """The value in the field's type; NULL where the cell is blank or none."""
        if self.field and self.sql:
            return conformed(self.field, self.sql, self.stored)
        kind = "VARCHAR" if self.field is None or self.field.codes else _TYPES.get(self.field.type, "VARCHAR")
        return f"CAST({self.found} AS {kind})"

    @property
    def fails(self) -> str:
        """Whether the cell holds something that is no value of its field."""
        assert self.sql is not None
        return both([f"{self.value} IS NULL", filled(self.sql, self.stored)])


def failures(rows: str, cells: Sequence[Cell]) -> str:
    """How many cells of each column fail, as c0, c1, …"""
    return f"SELECT {listed(f'{how_often(c.fails)} AS c{i}' for i, c in enumerate(cells))}\nFROM ({rows})"


def failing(rows: str, cells: Sequence[Cell]) -> str:
    """The rows of which a cell fails, with the texts of those that do as c0, c1, …"""
    texts = [f"CASE WHEN {c.fails} THEN {c.found} END AS c{i}" for i, c in enumerate(cells)]
    return f"SELECT {listed(['source', 'row', *texts])}\nFROM ({rows}) WHERE {either(c.fails for c in cells)}"


def values(rows: str, cells: Sequence[Cell], texts: Sequence[bool], raw: bool) -> str:
    """Each cell as c0, c1, …: in its field's type or as text, and where it came from.

    As text, a value has one form for all, or that in which it was found where it is none or `raw`.
    """
    parts = [c.found if raw else c.value for c in cells]
    found = [f"{c.found} AS f{i}" for i, c in enumerate(cells) if texts[i] and not raw and c.may_fail]
    columns = [f"{part} AS c{i}" for i, part in enumerate(parts)]
    inner = f"SELECT {listed(['source', 'row', *columns, *found])}\nFROM ({rows})"
    if raw:
        return inner
    written = [_written(c, f"c{i}") if texts[i] else f"c{i}" for i, c in enumerate(cells)]
    chosen = [f"coalesce({w}, f{i})" if texts[i] and cells[i].may_fail else w for i, w in enumerate(written)]
    return f"SELECT {listed([*(f'{sql} AS c{i}' for i, sql in enumerate(chosen)), 'source', 'row'])}\nFROM ({inner})"


def rows_of(columns: Sequence[str], rows: str) -> str:
    """The rows of `values` under the names that a table has."""
    named = [f"c{i} AS {name(c)}" for i, c in enumerate(columns[:-2])]
    return f"SELECT {listed([*named, f'source AS {name(columns[-2])}', f'row AS {name(columns[-1])}'])}\nFROM ({rows})"


def lines_of(plain: Sequence[bool], rows: str) -> str:
    """The rows of `values`, all as text, as lines of CSV; `plain` are the columns in which nothing needs quotes."""
    cells = [*(f"c{i}" if p else _csv(f"c{i}") for i, p in enumerate(plain)), _csv("source"), "row"]
    between = ", ',', ".join(cells)
    return f"SELECT concat({between}, chr(10)) AS line\nFROM ({rows})"


def needs_no_quotes(field: FieldModel | None, codes: Mapping[str, CodeList]) -> bool:
    """Whether the values of a field, in their one form, hold no sign that CSV or a spreadsheet gives a meaning."""
    if field is None or field.type == "list":
        return False
    return all(c.code.replace("_", "").isalnum() for c in codes[field.codes].codes) if field.codes else field.type != "string"


def _csv(text: str) -> str:
    """A cell of CSV (RFC 4180).  What a reader would take for a spreadsheet's mark, `'…` or `="…"`, gets an apostrophe before it."""
    odd, special, mark, quote = string("^['=]|[,\"\n\r]"), string('[,"\n\r]'), string("'"), string('"')
    marked = f"CASE WHEN {either(_marks(text))} THEN {mark} || {text} ELSE {text} END"
    doubled = f"{quote} || replace({marked}, {quote}, '\"\"') || {quote}"
    return f"CASE WHEN NOT regexp_matches({text}, {odd}) THEN {text} WHEN regexp_matches({text}, {special}) THEN {doubled} ELSE {marked} END"


def _marks(text: str) -> Iterable[str]:
    yield f"starts_with({text}, {string(chr(39))})"
    yield f"starts_with({text}, {string('=' + chr(34))}) AND right({text}, 1) = {string(chr(34))}"


def _written(cell: Cell, value: str) -> str:
    """A value as the text that reads as the same value again."""
    if cell.field is None or cell.field.codes or cell.field.type in ("string", "list"):
        return value
    if cell.field.type == "number":
        return text_of(value, "DECIMAL")
    return f"strftime({value}, {string(_MOMENT)})" if cell.field.type == "datetime" else f"CAST({value} AS VARCHAR)"
