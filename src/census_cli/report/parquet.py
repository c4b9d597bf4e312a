"""The discrepancies, the verdicts, or the lists, as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from census_cli.findings import Findings
from census_cli.results import discrepancy_schema, list_schema, verdict_schema

if TYPE_CHECKING:
    import pyarrow as pa


def write(findings: Findings, file: BinaryIO) -> None:
    """Write one row per discrepancy in the contract's columns and order; `row` is an integer, all else text."""
    _write(discrepancy_schema(), findings.batches(), file)


def write_verdicts(findings: Findings, file: BinaryIO) -> None:
    """Write one row per verdict in the contract's columns and order, all text."""
    _write(verdict_schema(), findings.verdicts(), file)


def write_lists(findings: Findings, file: BinaryIO) -> None:
    """Write one row per unit on a list, all text."""
    _write(list_schema(), findings.lists(), file)


def _write(schema: pa.Schema, batches: Iterator[pa.RecordBatch], file: BinaryIO) -> None:
    from pyarrow import parquet

    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
