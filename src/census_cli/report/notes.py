"""The sheet to explain in: a line for each open discrepancy to verify, with empty cells for what was said, by whom, and when."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from census_cli.findings import Findings
from census_cli.report.rows import rows

SHOWN = ("fingerprint", "evidence", "rule", "village_code", "unit", "message")
TO_FILL = ("note", "by", "on", "expires")


def write(findings: Findings, file: BinaryIO) -> None:
    """Write CSV that Excel opens: UTF-8 with BOM."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*SHOWN, *TO_FILL])
    for row in rows(findings):
        if row["severity"] == "verify" and row["state"] == "open":
            writer.writerow([*(row[c] for c in SHOWN), *("" for _ in TO_FILL)])
    text.detach()
