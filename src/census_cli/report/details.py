"""What `--verbose` says besides the report: how each file was read, and every rule that was skipped."""

from __future__ import annotations

from collections.abc import Iterator

from census_cli.i18n import tr
from census_cli.results import Summary


def details(summary: Summary) -> Iterator[str]:
    """One line for each file, and one for each reason to skip rules, with all of them."""
    for i in summary.inputs:
        yield tr(
            "read {path} as {table}: {encoding}{rows} rows, {unreadable} unreadable, {skipped} lines skipped, {columns} columns known, {unknown} not",
            path=f"{i.path}#{i.sheet}" if i.sheet else i.path,
            table=i.table,
            encoding=f"{i.encoding}, " if i.encoding else "",
            rows=i.rows,
            unreadable=i.rows_unreadable,
            skipped=i.lines_skipped,
            columns=len(i.columns),
            unknown=len(i.unknown_columns),
        )
    reasons: dict[str, list[str]] = {}
    for rule in summary.rules:
        if rule.skipped is not None:
            reasons.setdefault(rule.skipped, []).append(rule.id)
    for why, rules in reasons.items():
        yield tr("skipped, {reason}: {rules}", reason=why, rules=", ".join(rules))
