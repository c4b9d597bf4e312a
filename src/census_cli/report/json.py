"""The whole result for machines: `{summary, discrepancies}`, streamed, one discrepancy a line."""

from __future__ import annotations

import json
from typing import BinaryIO

from census_cli.findings import Findings


def write(findings: Findings, file: BinaryIO) -> None:
    """Write UTF-8 JSON, valid against `schemas/json/result.json`."""
    summary = findings.summary.model_dump_json(indent=1)
    file.write(f'{{"summary": {summary},\n"discrepancies": ['.encode())
    comma = ""
    for batch in findings.batches():
        for row in batch.to_pylist():
            file.write(f"{comma}\n{json.dumps(row, ensure_ascii=False)}".encode())
            comma = ","
    file.write(b"\n]}\n")
