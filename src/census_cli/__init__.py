"""census: verifies census-style tables of registered households.  `check` is the program as a function, `Checker` for one household at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from census_cli.version import VERSION as __version__

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from census_cli.record.checker import Checker
    from census_cli.results import CheckResult

__all__ = ["Checker", "__version__", "check"]


def __getattr__(name: str) -> Any:
    """What takes time to import is imported when it is asked for."""
    if name == "Checker":
        from census_cli.record.checker import Checker

        return Checker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def check(
    data: str | Path | Sequence[str | Path] | Mapping[str, pandas.DataFrame | pa.Table | DataFrame | str],
    *,
    survey: str | Path = "registered-households",
    profile: str | Sequence[str] | None = None,
    select: str | Sequence[str] = (),
    partial: bool = False,
    as_of: str | None = None,
    language: str | None = None,
    reveal: bool = False,
    memory: str | None = None,
    threads: int | None = None,
    engine: str = "duckdb",
    encoding: str | None = None,
    notes: str | Path | None = None,
    audience: str = "office",
) -> CheckResult:
    """Check folders, files, or tables given by name as pandas DataFrames, Arrow tables or DataFrames of Spark; nothing given is altered.

    With the engine Spark a table may also be given by the name that Spark knows it by, such as `{"household": "survey.household"}`.
    `profile` may be several, `select` takes rule ids and patterns such as `I*`, `as_of` is a date like 2020-12-31,
    `engine` is duckdb or spark; a Spark session that is running is used and left running.
    `encoding` is that of all text files, `notes` a sheet of explanations, and `audience` who is to see the discrepancies:
    surveyor, supervisor or office.
    Raises census_cli.errors.CensusError for unusable data, surveys, profiles and options.
    """
    from census_cli.api import check as run

    return run(
        data, survey, profile, select, partial, as_of, language, reveal, memory, threads, engine, encoding, notes, audience
    )
