"""The discrepancies as GitLab's code quality report, so that a merge request shows what is new."""

from __future__ import annotations

import json
from typing import BinaryIO

from census_cli.findings import Findings
from census_cli.report.rows import file_of, line_of, lines_above, rows, told

SEVERITIES = {"mandatory": "major", "verify": "minor", "hint": "info"}


def write(findings: Findings, file: BinaryIO) -> None:
    """Write a JSON list, one discrepancy a line; explained ones are left out, as GitLab knows no state."""
    file.write(b"[")
    comma, above = "", lines_above(findings)
    for row in rows(findings):
        if row["state"] == "open":
            entry = {
                "description": told(row), "check_name": row["rule"], "severity": SEVERITIES[str(row["severity"])],
                "fingerprint": f"{row['fingerprint']}-{row['profile']}-{row['source']}-{row['row']}",
                "location": {"path": file_of(row), "lines": {"begin": line_of(row, above) or 1}},
            }  # fmt: skip
            file.write(f"{comma}\n{json.dumps(entry, ensure_ascii=False)}".encode())
            comma = ","
    file.write(b"\n]\n")
