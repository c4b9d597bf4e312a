"""The engines by name; each is imported only when it is asked for."""

from __future__ import annotations

from census_cli.engines.base import Engine
from census_cli.errors import EngineUnavailable
from census_cli.i18n import tr


def open_engine(name: str, memory: str | None = None, threads: int | None = None) -> Engine:
    """Start an engine; raises EngineUnavailable."""
    if name == "duckdb":
        from census_cli.engines.duckdb import DuckDBEngine

        return DuckDBEngine(memory, threads)
    if name == "spark":
        from census_cli.engines.spark.engine import SparkEngine

        return SparkEngine(memory, threads)
    raise EngineUnavailable(tr("the engine '{name}' is not part of this version; use --engine duckdb", name=name))
