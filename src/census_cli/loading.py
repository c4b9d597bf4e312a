"""From what the caller hands over, paths or tables, to raw tables in the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from census_cli.arrow import plain_type
from census_cli.conform import cell_text
from census_cli.errors import InputError, OptionError, nearest
from census_cli.i18n import tr
from census_cli.raw import RawTables, column_names, hold_files, hold_tables, is_frame
from census_cli.reading.discover import discover
from census_cli.reading.headers import HeaderMatch, match_headers
from census_cli.reading.rosters import repeated
from census_cli.settings import Settings, with_settings

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa

    from census_cli.engines.base import Engine
    from census_cli.expr.bound import BoundSurvey
    from census_cli.options import Step

    Load = Callable[[Engine, BoundSurvey, Step], tuple[RawTables, list[tuple[str, str]]]]


def from_files(paths: Sequence[Path], encoding: str | None = None, settings: Settings | None = None) -> Load:
    """Load folders and files; `encoding` is that of all text files, if it is not to be found out.

    `settings` add a team's names of files and headers to those of the survey.
    """

    def load(engine: Engine, bound: BoundSurvey, step: Step) -> tuple[RawTables, list[tuple[str, str]]]:
        tables = [bound.tables[name].model for name in bound.file.tables]
        named = with_settings(tables, settings) if settings else tables
        found = discover(paths, named, encoding, engine.spill)
        return hold_files(engine, found.files, step), [(i.name, i.reason) for i in found.ignored]

    return load


def named_tables(data: Sequence[Path]) -> dict[str, str]:
    """Tables that Spark knows, given by name as household=db.household; none where files are given.

    Raises OptionError for both at once, and for a table given twice.
    """
    parts = [str(d).partition("=") for d in data if not d.exists()]
    named = [(table, known) for table, _, known in parts if table.isidentifier() and known]
    if named and len(named) < len(data):
        raise OptionError(tr("give files or tables of Spark ({given}), not both", given="=".join(named[0])))
    if len(dict(named)) < len(named):
        raise OptionError(tr("a table is given twice; name one table of Spark, or a view over several, for each"))
    return dict(named)


def from_tables(tables: Mapping[str, pandas.DataFrame | pa.Table | str], settings: Settings | None = None) -> Load:
    """Load DataFrames or Arrow tables, or what Spark knows by name, given under the names of the survey's tables."""

    def load(engine: Engine, bound: BoundSurvey, _step: Step) -> tuple[RawTables, list[tuple[str, str]]]:
        if not tables:
            raise InputError(tr("no table was given"))
        given: dict[str, pa.Table] = {}
        matched: dict[str, tuple[HeaderMatch, dict[str, int]]] = {}
        models = {t.model.name: t.model for t in bound.tables.values()}
        if settings:
            models = {m.name: m for m in with_settings(list(models.values()), settings)}
        for name, table in tables.items():
            if name not in bound.tables:
                close = nearest(name, list(bound.tables))
                hint = tr("; did you mean '{word}'?", word=close) if close else ""
                raise InputError(tr("no table '{name}' in this survey", name=name) + hint)
            arrow = _given(engine, table)
            columns = column_names(arrow)
            match = match_headers(columns, models[name])
            if not match.columns:
                raise InputError(tr("the table '{name}' has no column that is known", name=name))
            missing = [m for m in models.values() if m.name not in tables]
            matched[name] = (match, repeated(columns, match.columns, name, missing))
            given[name] = arrow
        return hold_tables(engine, given, matched, {t: known for t, known in tables.items() if isinstance(known, str)}), []

    return load


def _given(engine: Engine, table: Any) -> Any:
    """What can be held as it is: an Arrow table, or in Spark a DataFrame, or what it knows by name."""
    if isinstance(table, str):
        return engine.known(table)
    if not is_frame(table):
        return _arrow(table)
    if not engine.distributed:
        raise InputError(tr("a table is a DataFrame of Spark; give engine='spark' too"))
    return table


def _arrow(table: Any) -> pa.Table:
    import pyarrow as pa

    if isinstance(table, pa.Table):
        return pa.table([_plain_texts(c) for c in table.columns], names=[str(c) for c in table.column_names])
    if not hasattr(table, "iloc") or not hasattr(table, "columns"):
        raise InputError(tr("a table must be a pandas DataFrame or an Arrow table, not {kind}", kind=type(table).__name__))
    if any(level is not None for level in table.index.names):
        table = table.reset_index()  # a named index holds data, often the key
    columns = [_column(table.iloc[:, i]) for i in range(len(table.columns))]
    return pa.table(columns, names=[str(c) for c in table.columns])


def _plain_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Types that engines read differently, as text."""
    import pyarrow as pa

    try:
        return column.cast(plain_type(column.type))
    except pa.ArrowException as error:
        raise InputError(tr("a column of type {kind} cannot be read: {why}", kind=column.type, why=error)) from error


def _column(series: Any) -> pa.Array:
    """A pandas column as Arrow; one of mixed Python objects as the text of each."""
    import pyarrow as pa

    if series.dtype == object:
        return pa.array(list(map(cell_text, series)), pa.string())
    try:
        return pa.array(series, from_pandas=True)
    except pa.ArrowException:
        return pa.array(list(map(cell_text, series)), pa.string())
