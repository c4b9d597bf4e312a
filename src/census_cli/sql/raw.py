"""SQL over files as the engine holds them: rows with their source and number, rows that are blank, rows that could not be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from census_cli.skipping import LEADING, LEAST_NUMBERED, SKIPPED, TOTAL, TOTAL_SIGN
from census_cli.sql.grammar import filled, folded, text_of
from census_cli.sql.words import both, either, listed, name, string

_SOURCE, _ROW = name("~source"), name("~row")
UNREADABLE = f"problem NOT IN ('', {', '.join(map(string, SKIPPED))})"
"""Which of the careful reader's records could not be read."""


def suspected(cells: Sequence[tuple[str, str]], headers: Sequence[str]) -> str:
    """Whether a line may be one of those that `skipped` tells: a quick look at its first cells, given as (SQL, storage type)."""
    texts = [sql for sql, kind in cells[:LEADING] if kind == "VARCHAR"]
    totals = [f"contains({sql}, {string(TOTAL_SIGN)})" for sql in texts]
    known = [f"{sql} = {string(text)}" for sql, text in zip(texts[:1], headers, strict=False)]
    numbers = [both(f"{folded(sql)} = '{n}'" for n, sql in enumerate(texts, 1))] if len(texts) == LEADING else []
    first, kind = cells[0]
    return f"coalesce({either([f'NOT {filled(first, kind)}', *totals, *known, *numbers])}, FALSE)"


def skipped(cells: Sequence[tuple[str, str]], headers: Sequence[str]) -> str:
    """Why a line is no record of its table, NULL for one that is, as `skipping.skipped` says it."""
    texts = [sql for sql, kind in cells if kind == "VARCHAR"]
    blank = both(f"NOT {filled(sql, kind)}" for sql, kind in cells)
    total = either(f"coalesce(regexp_full_match({folded(sql)}, {string(TOTAL)}), FALSE)" for sql in texts[:LEADING])
    whens = [(blank, "blank"), (total, "total")]
    if len(texts) == len(cells) == len(headers):
        whens.append(
            (both(f"coalesce({sql}, '') = {string(header)}" for sql, header in zip(texts, headers, strict=True)), "header")
        )
        if len(cells) >= LEAST_NUMBERED:
            whens.append((both(f"{folded(sql)} = '{n}'" for n, sql in enumerate(texts, 1)), "numbers"))
    return "CASE " + " ".join(f"WHEN {condition} THEN '{what}'" for condition, what in whens) + " END"


def plain_rows(
    label: str,
    source: str,
    cells: Mapping[str, tuple[str, str]],
    number: str,
    left_out: Sequence[int],
    full: Collection[str],
    wrapped: bool,
) -> str:
    """Rows of a file of which every record could be read; `number` counts records from 0, `left_out` from 1.

    Cells of `full` ones are never an empty text, as the file has none or they were made missing when it was read: they are taken as they
    are, and an engine still knows which of them are alike.
    """

    def cell(sql: str, kind: str) -> str:
        return sql if sql in full else _or_missing(_unwrapped(sql) if wrapped else sql, kind)

    held = [f"{cell(sql, kind)} AS {name(f)}" for f, (sql, kind) in cells.items()]
    columns = [f"{string(source)} AS source", f"{number} + 1 AS row", *held]
    where = f" WHERE {number} + 1 NOT IN ({', '.join(map(str, left_out))})" if left_out else ""
    return f"SELECT {listed(columns)}\nFROM {name(label)}{where}"


def _unwrapped(cell: str) -> str:
    """Without what keeps a spreadsheet from taking digits for a number: `="…"`, a leading apostrophe."""
    apostrophe = string("'")
    wrapped = f"starts_with({cell}, '=\"') AND length({cell}) > 2 AND right({cell}, 1) = '\"'"
    quoted = f"starts_with({cell}, {apostrophe})"
    return f"CASE WHEN {wrapped} THEN substr({cell}, 3, length({cell}) - 3) WHEN {quoted} THEN substr({cell}, 2) ELSE {cell} END"


def _or_missing(cell: str, kind: str) -> str:
    """An empty cell is missing: what is missing costs nothing further on, an empty text would be folded and matched each time."""
    return f"nullif({cell}, '')" if kind == "VARCHAR" else cell


def careful_rows(label: str, source: str, fields: Sequence[str]) -> str:
    """The sound rows of a file read by the careful reader."""
    columns = [f"{string(source)} AS source", "row", *(f"{_or_missing(name(f), 'VARCHAR')} AS {name(f)}" for f in fields)]
    return f"SELECT {listed(columns)}\nFROM {name(label)} WHERE problem = ''"


def unreadable_rows(label: str, source: str, width: int) -> str:
    """The records of a file that could not be read."""
    columns = f"{string(source)} AS source, row, problem, cells, line, place, CAST({width} AS INTEGER) AS width"
    return f"SELECT {columns}\nFROM {name(label)} WHERE {UNREADABLE}"


def union(parts: Sequence[str], stored: Sequence[Mapping[str, str]], shared: Sequence[str], mixed: Collection[str]) -> str:
    """All files of a table; a column that the files store differently becomes text."""
    if len(parts) == 1:
        return parts[0]
    selects = []
    for part, kinds in zip(parts, stored, strict=True):
        columns = [f"{text_of(name(f), kinds[f])} AS {name(f)}" if f in mixed else name(f) for f in shared]
        selects.append(f"SELECT {listed(['source', 'row', *columns])}\nFROM ({part})")
    return "\nUNION ALL\n".join(selects)


def original_rows(rows: str, fields: Sequence[str]) -> str:
    """The rows of a converted table by where they came from; one that does not tell goes by the table's own name and number."""
    source, row = f"coalesce(nullif(CAST({_SOURCE} AS VARCHAR), ''), source)", f"coalesce(TRY_CAST({_ROW} AS BIGINT), row)"
    return f"SELECT {listed([f'{source} AS source', f'{row} AS row', *map(name, fields)])}\nFROM ({rows})"


def own_rows(rows: str, fields: Sequence[str]) -> str:
    """The rows of a converted table as those of any other."""
    return f"SELECT {listed(['source', 'row', *map(name, fields)])}\nFROM ({rows})"


def told_apart(parts: Sequence[str]) -> str:
    """Whether no two rows of a table have the same source and number."""
    rows = "\nUNION ALL\n".join(f"SELECT source, row FROM ({part})" for part in parts)
    return f"SELECT count(*) = count(DISTINCT (source, row)) AS apart FROM ({rows})"


def listed_rows(label: str) -> str:
    """The records that could not be read when a table was converted."""
    return f"SELECT source, row, problem, cells, line, place, CAST(width AS INTEGER) AS width\nFROM {name(label)}"
