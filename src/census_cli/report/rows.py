"""The discrepancies one by one, for formats that are written line by line, and the words they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from census_cli.findings import Findings
from census_cli.i18n import tr
from census_cli.survey.models import Severity

Row = Mapping[str, Any]


def rows(findings: Findings) -> Iterator[Row]:
    """Every discrepancy in the contract's order."""
    for batch in findings.batches():
        yield from batch.to_pylist()


def titles(findings: Findings) -> dict[str, str]:
    """What each rule with discrepancies is called."""
    return {r.id: r.title for r in findings.overview.rules}


def file_of(row: Row) -> str:
    """The file of a discrepancy, without the sheet."""
    return str(row["source"]).partition("#")[0]


def lines_above(findings: Findings) -> dict[str, int]:
    """Of each source how many lines stand above its first record: its titles and its header."""
    return {
        f"{i.path}#{i.sheet}" if i.sheet else i.path: 1 + sum(line.what == "title" for line in i.skipped)
        for i in findings.summary.inputs
    }


def line_of(row: Row, above: Mapping[str, int]) -> int | None:
    """The line in which a record stands if the header is one line and every record is; None where a row has no number."""
    return None if row["row"] is None else int(row["row"]) + above.get(row["source"], 1)


def told(row: Row) -> str:
    """A discrepancy in one line: which unit, and what is wrong."""
    return f"{row['unit']}: {row['message']}" if row["unit"] else str(row["message"])


COLOURS: dict[str, str] = {"mandatory": "#F8CBAD", "verify": "#FFE699", "hint": "#DDEBF7"}
"""Of severities in a workbook."""


def published_words(findings: Findings) -> str:
    """That the report is for publication, and what that means; nothing where it is not."""
    least = findings.suppressed
    return tr("For publication: discrepancies are not listed one by one, and villages with a count below {least} are put together.", least=least) if least else ""  # fmt: skip


def severity_word(severity: Severity) -> str:
    """A severity in the user's language."""
    return {"mandatory": tr("mandatory"), "verify": tr("to verify"), "hint": tr("hints")}[severity]
