"""Annotations that GitHub shows beside a run: the worst first, and in the end how many there are in all."""

from __future__ import annotations

from typing import BinaryIO

from census_cli.findings import Findings
from census_cli.i18n import tr
from census_cli.report.rows import Row, file_of, line_of, lines_above, rows, titles, told
from census_cli.survey.models import SEVERITIES

COMMANDS = {"mandatory": "error", "verify": "warning", "hint": "notice"}
SHOWN = 50
"""Of each severity; GitHub itself shows ten of each kind, and the file of the run holds the rest."""


def write(findings: Findings, file: BinaryIO) -> None:
    """Write one workflow command a line."""
    named, above = titles(findings), lines_above(findings)
    first: dict[str, list[str]] = {s: [] for s in SEVERITIES}
    total = 0
    for row in rows(findings):
        total += row["state"] == "open"
        kept = first[str(row["severity"])]
        if row["state"] == "open" and len(kept) < SHOWN:
            kept.append(_command(row, named.get(str(row["rule"]), ""), line_of(row, above)))
    lines = [line for severity in SEVERITIES for line in first[severity]]
    if total > len(lines):
        all_told = tr("{n} discrepancies in all", n=total)
        lines.append(f"::notice title=census::{_data(all_told)}")
    file.write("".join(f"{line}\n" for line in lines).encode())


def _command(row: Row, title: str, line: int | None) -> str:
    places = {"file": file_of(row), "line": str(line or ""), "title": f"{row['rule']} {title}".strip()}
    given = ",".join(f"{key}={_property(value)}" for key, value in places.items() if value)
    return f"::{COMMANDS[str(row['severity'])]} {given}::{_data(told(row))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
