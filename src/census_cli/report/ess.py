"""The ESS machine-readable validation report: validation events with rule, data and value 0, 1 or NA (ESSnet ValidatFOSS).

Each rule that ran is one event on its whole table, each discrepancy one on its unit; a rule that did not run is NA.  A report is a
list of events, so two reports put together are a report.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal

from census_cli.findings import Findings
from census_cli.report.rows import Row, rows, titles, told
from census_cli.results import Result, RuleSummary
from census_cli.version import VERSION


class Occasion(Result):
    """When and by what a rule was put to data."""

    time: str
    actor: str
    agent: str
    trigger: str


class Said(Result):
    """The rule: its id, and what it finds; `status` is why it did not run."""

    language: str
    expression: str
    severity: Literal["information", "warning", "error"]
    description: str
    status: str


class Judged(Result):
    """The data: files, and table, unit and fields."""

    source: list[str]
    target: list[str]
    description: str


class Event(Result):
    """One validation event: a rule put to a table (its unit empty) or to a unit."""

    id: str
    event: Occasion
    rule: Said
    data: Judged
    value: Literal["0", "1", "NA"]


SEVERITIES = {"mandatory": "error", "verify": "warning", "hint": "information"}


def write(findings: Findings, file: BinaryIO) -> None:
    """Write a JSON list, one event a line, valid against `schemas/json/ess.json`."""
    file.write(b"[")
    comma = ""
    for event in _events(findings):
        file.write(f"{comma}\n{json.dumps(event, ensure_ascii=False)}".encode())
        comma = ","
    file.write(b"\n]\n")


def _events(findings: Findings) -> Iterator[dict[str, Any]]:
    summary, named = findings.summary, titles(findings)
    head = {"time": _time(), "actor": "census", "agent": f"census {VERSION}", "trigger": "census check"}
    severity = {}
    for profile, of in summary.profiles.items():
        for rule in of.rules:
            severity[rule.id] = rule.severity
            said = _rule(rule.id, rule.severity, named.get(rule.id, ""), rule.skipped or "")
            sources = [i.path for i in summary.inputs if i.table == rule.table]
            data = {"source": sources, "target": [rule.table, "", ""], "description": f"profile {profile}: {_counts(rule)}"}
            yield {"id": f"{profile}/{rule.id}", "event": head, "rule": said, "data": data, "value": _value(rule)}
    for row in rows(findings):
        said = _rule(str(row["rule"]), severity[str(row["rule"])], named.get(str(row["rule"]), ""), "")
        data = {"source": [row["source"]], "target": [row["table"], row["unit"], row["fields"]], "description": told(row)}
        yield {"id": _id(row), "event": head, "rule": said, "data": data, "value": "0"}


def _rule(rule: str, severity: str, title: str, status: str) -> dict[str, str]:
    return {"language": "census", "expression": rule, "severity": SEVERITIES[severity], "description": title, "status": status}


def _value(rule: RuleSummary) -> str:
    """0 where a unit violates the rule, 1 where all that could be judged pass, NA where nothing could."""
    if rule.violated:
        return "0"
    return "1" if rule.skipped is None and (rule.passed or not rule.unknown) else "NA"


def _counts(rule: RuleSummary) -> str:
    return f"{rule.applicable} applicable, {rule.passed} passed, {rule.violated} violated, {rule.unknown} unknown"


def _id(row: Row) -> str:
    return f"{row['profile']}/{row['rule']}/{row['fingerprint']}/{row['source']}/{row['row']}"


def _time() -> str:
    """The present moment, or that of SOURCE_DATE_EPOCH for reports that must be the same in every run."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return moment.strftime("%Y%m%dT%H%M%S+0000")
