"""The discrepancies as CSV that Excel opens: UTF-8 with BOM, RFC 4180, LF."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from census_cli.results import COLUMNS, Findings


def write(findings: Findings, file: BinaryIO) -> None:
    """Write one line per discrepancy in the contract's columns and order."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for batch in findings.batches():
        writer.writerows(zip(*(batch.column(c).to_pylist() for c in COLUMNS), strict=True))
    text.detach()
