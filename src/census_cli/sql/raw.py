"""SQL over files as the engine holds them: rows with their source and number, rows that are blank, rows that could not be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from census_cli.sql.grammar import filled, text_of
from census_cli.sql.words import both, listed, name, string


def blank_record(cells: Sequence[tuple[str, str]]) -> str:
    """Whether all cells, given as (SQL, storage type), are blank."""
    return both(f"NOT {filled(sql, kind)}" for sql, kind in cells)


def plain_rows(label: str, source: str, cells: Mapping[str, tuple[str, str]], number: str, blank: str) -> str:
    """Rows of a file of which every record could be read; `number` counts records from 0."""
    held = [f"{_or_missing(sql, kind)} AS {name(f)}" for f, (sql, kind) in cells.items()]
    columns = [f"{string(source)} AS source", f"{number} + 1 AS row", *held]
    return f"SELECT {listed(columns)}\nFROM {name(label)}" + (f" WHERE NOT ({blank})" if blank else "")


def _or_missing(cell: str, kind: str) -> str:
    """An empty cell is missing: what is missing costs nothing further on, an empty text would be folded and matched each time."""
    return f"nullif({cell}, '')" if kind == "VARCHAR" else cell


def careful_rows(label: str, source: str, fields: Sequence[str]) -> str:
    """The sound rows of a file read by the careful reader."""
    columns = [f"{string(source)} AS source", "row", *(f"{_or_missing(name(f), 'VARCHAR')} AS {name(f)}" for f in fields)]
    return f"SELECT {listed(columns)}\nFROM {name(label)} WHERE problem = ''"


def unreadable_rows(label: str, source: str, width: int) -> str:
    """The records of a file that could not be read."""
    columns = f"{string(source)} AS source, row, problem, cells, CAST({width} AS INTEGER) AS width"
    return f"SELECT {columns}\nFROM {name(label)} WHERE problem NOT IN ('', 'blank')"


def union(parts: Sequence[str], stored: Sequence[Mapping[str, str]], shared: Sequence[str], mixed: Collection[str]) -> str:
    """All files of a table; a column that the files store differently becomes text."""
    if len(parts) == 1:
        return parts[0]
    selects = []
    for part, kinds in zip(parts, stored, strict=True):
        columns = [f"{text_of(name(f), kinds[f])} AS {name(f)}" if f in mixed else name(f) for f in shared]
        selects.append(f"SELECT {listed(['source', 'row', *columns])}\nFROM ({part})")
    return "\nUNION ALL\n".join(selects)
