"""The discrepancies as SARIF 2.1.0 (OASIS), which code-review tools read: file and row as location, fingerprints that match runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

from census_cli.findings import Findings
from census_cli.report.rows import Row, file_of, line_of, lines_above, rows, told
from census_cli.version import VERSION

LEVELS = {"mandatory": "error", "verify": "warning", "hint": "note"}


def write(findings: Findings, file: BinaryIO) -> None:
    """Write UTF-8 JSON, one result a line."""
    head = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0"}
    file.write(
        f'{_json(head)[:-1]}, "runs": [{{"tool": {_json(_tool(findings))},\n"columnKind": "unicodeCodePoints",\n"results": ['.encode()
    )
    comma, above = "", lines_above(findings)
    for row in rows(findings):
        file.write(f"{comma}\n{_json(_result(row, above))}".encode())
        comma = ","
    file.write(b"\n]}]}\n")


def _tool(findings: Findings) -> dict[str, Any]:
    words = {r.id: r for r in findings.overview.rules}
    known = {r.id: r for of in findings.summary.profiles.values() for r in of.rules if r.violated}
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": words[rule.id].title if rule.id in words else rule.id},
            "help": {"text": words[rule.id].ask if rule.id in words else rule.id},
            "defaultConfiguration": {"level": LEVELS[rule.severity]},
            "properties": {"severity": rule.severity, "table": rule.table},
        }
        for rule in known.values()
    ]
    return {"driver": {"name": "census", "version": VERSION, "rules": rules}}


def _result(row: Row, above: Mapping[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": row["rule"], "level": LEVELS[str(row["severity"])], "message": {"text": told(row)},
        "partialFingerprints": {"censusUnit/v1": row["fingerprint"]},
        "properties": {"unit": row["unit"], "village_code": row["village_code"], "enumerator_id": row["enumerator_id"], "profile": row["profile"]},
    }  # fmt: skip
    if row["state"] != "open":
        result["suppressions"] = [{"kind": "external", "justification": row["note"]}]
    logical = {"fullyQualifiedName": f"{row['table']}/{row['unit']}", "kind": "object"}
    result["locations"] = [{"logicalLocations": [logical], **_place(row, above)}]
    return result


def _place(row: Row, above: Mapping[str, int]) -> dict[str, Any]:
    if not row["source"]:
        return {}
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(file_of(row))}}
    if (line := line_of(row, above)) is not None:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
