"""Rows put in order piece by piece: to sort them all at once takes as much room on disk as they take when they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from census_cli.sql.words import name, string

AT_ONCE = 10_000_000
"""Rows that are sorted at once."""
SAMPLE = 10_000
CUT_BY = 3
"""How many of the columns tell the pieces apart."""

Cut = Sequence[str]


def order(by: Sequence[str]) -> str:
    """The order of columns, of which what is missing comes first."""
    return ", ".join(f"{name(column)} NULLS FIRST" for column in by)


def sample(sql: str, by: Sequence[str]) -> str:
    """A SELECT of some rows in order, by which equal pieces are cut."""
    columns = ", ".join(map(name, by))
    return f"SELECT {columns} FROM ({sql}) USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (1) ORDER BY {columns}"


def pieces(sql: str, by: Sequence[str], sampled: Sequence[Cut], rows: int) -> Iterator[str]:
    """SELECTs which, one after the other, give all rows, at most so many, in order.

    The columns that were sampled, the first of `by`, are texts, none missing.
    """
    number = -(-rows // AT_ONCE) if sampled else 0
    cuts = [sampled[len(sampled) * i // number] for i in range(1, number)]
    for lower, upper in zip([None, *cuts], [*cuts, None], strict=True):
        within = [f"NOT {_below(by, lower)}"] * (lower is not None) + [_below(by, upper)] * (upper is not None)
        yield f"SELECT * FROM ({sql}) WHERE {' AND '.join(within) or 'TRUE'} ORDER BY {order(by)}"


def _below(by: Sequence[str], cut: Cut | None) -> str:
    if not cut:
        return "FALSE"
    column, value = name(by[0]), string(cut[0])
    return f"({column} < {value} OR {column} = {value} AND {_below(by[1:], cut[1:])})"
