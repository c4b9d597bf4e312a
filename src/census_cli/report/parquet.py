"""The discrepancies as Parquet."""

from __future__ import annotations

from typing import BinaryIO

from census_cli.results import Findings, discrepancy_schema


def write(findings: Findings, file: BinaryIO) -> None:
    """Write one row per discrepancy in the contract's columns and order; `row` is an integer, all else text."""
    from pyarrow import parquet

    with parquet.ParquetWriter(file, discrepancy_schema(), compression="zstd") as writer:
        for batch in findings.batches():
            writer.write_batch(batch)
