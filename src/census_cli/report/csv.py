"""The discrepancies, the verdicts, or the lists, as CSV that Excel opens: UTF-8 with BOM, RFC 4180, LF."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from census_cli.findings import Findings
from census_cli.results import COLUMNS, LIST_COLUMNS, VERDICT_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa


def write(findings: Findings, file: BinaryIO) -> None:
    """Write one line per discrepancy in the contract's columns and order."""
    _write(COLUMNS, findings.batches(), file)


def write_verdicts(findings: Findings, file: BinaryIO) -> None:
    """Write one line per verdict in the contract's columns and order."""
    _write(VERDICT_COLUMNS, findings.verdicts(), file)


def write_lists(findings: Findings, file: BinaryIO) -> None:
    """Write one line per unit on a list."""
    _write(LIST_COLUMNS, findings.lists(), file)


def _write(columns: Sequence[str], batches: Iterator[pa.RecordBatch], file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for batch in batches:
        writer.writerows(zip(*(batch.column(c).to_pylist() for c in columns), strict=True))
    text.detach()
