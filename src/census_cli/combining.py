"""Several codes in one cell are dear to read, and few combinations occur: each is read once, and found again by its text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from census_cli.engines.base import Engine
from census_cli.expr.bound import BoundSurvey
from census_cli.sql.grammar import function_of
from census_cli.sql.plan import vocabulary
from census_cli.sql.relations import Stored
from census_cli.sql.words import Vocabulary, name, string

MOST = 2_000
"""Combinations of one code list that are remembered; others are read wherever they stand."""


def remember_combinations(engine: Engine, bound: BoundSurvey, stored: Stored, tables: Collection[str]) -> None:
    """Teach the engine the combinations of codes that occur in these tables; what they mean is what it made of them so far."""
    cells: dict[str, list[str]] = {}
    for table in tables:
        for column, storage in stored[table].items():
            field = bound.tables[table].model.field(column)
            if field and field.type == "list" and field.codes and storage == "VARCHAR":
                some = f"SELECT DISTINCT {name(column)} AS x FROM {name('raw_' + table)} WHERE {name(column)} <> ''"
                cells.setdefault(function_of(field), []).append(some)
    if not cells:
        return
    words, types, functions = vocabulary(bound), dict[str, Sequence[str]](), dict[str, tuple[Sequence[str], str]]()
    for function, texts in cells.items():
        if read := _read(engine, function, texts):
            spelling, (given, sql) = f"combined_{function}", words.functions[function]
            types[spelling] = list(read)
            found = f"[{', '.join(map(string, read.values()))}][enum_code(TRY_CAST(x AS {spelling})) + 1]"
            functions[function] = given, f"CASE WHEN x <> '' THEN coalesce({found}, {sql}) END"
    if types:
        engine.teach(Vocabulary(types, functions, words.text_of))


def _read(engine: Engine, function: str, texts: Sequence[str]) -> Mapping[str, str]:
    """What cells come to, by their texts; only those that conform."""
    every = f"SELECT DISTINCT x FROM ({' UNION ALL '.join(texts)}) LIMIT {MOST}"
    sql = f"SELECT x, {function}(x) AS codes FROM ({every})"
    rows = [row for batch in engine.stream(sql) for row in batch.to_pylist()]
    return {row["x"]: row["codes"] for row in sorted(rows, key=lambda row: row["x"]) if row["codes"] is not None}
