"""The rules as test cases in JUnit's XML, which CI systems show: one case for each rule under each profile, in the suite of its table.

A violated rule is a failure where its severity counts for the exit code; otherwise its discrepancies stand in the case's output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from census_cli.findings import Findings
from census_cli.report.rows import Row, rows, titles, told
from census_cli.results import RuleSummary, Summary

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(findings: Findings, file: BinaryIO) -> None:
    """Write UTF-8 XML.  The discrepancies are streamed into one case after another, in the order of rules."""
    summary, named = findings.summary, titles(findings)
    xml = XMLGenerator(file, "utf-8", short_empty_elements=True)
    xml.startDocument()
    cases = sorted(((r.id, profile, r) for profile, of in summary.profiles.items() for r in of.rules), key=lambda case: case[:2])
    xml.startElement("testsuites", AttributesImpl({"name": "census", **_totals(summary, [rule for _, _, rule in cases])}))
    found = _by_rule(findings)
    ready = next(found, None)
    for rule_id, group in groupby(cases, lambda case: case[0]):
        lines: Sequence[Row] = ()
        if ready and ready[0] == rule_id:
            lines, ready = list(ready[1]), next(found, None)
        for _, profile, rule in group:
            own = [r for r in lines if r["profile"] == profile and r["state"] == "open"]
            _suite(xml, summary, profile, rule, named.get(rule_id, ""), own)
    xml.endElement("testsuites")
    xml.endDocument()
    file.write(b"\n")


def _by_rule(findings: Findings) -> Iterator[tuple[str, Iterator[Row]]]:
    return groupby(rows(findings), lambda row: str(row["rule"]))


def _suite(xml: XMLGenerator, summary: Summary, profile: str, rule: RuleSummary, title: str, found: Sequence[Row]) -> None:
    """A suite of one case, so that discrepancies need not be gathered first."""
    xml.characters("\n")
    xml.startElement("testsuite", AttributesImpl({"name": _clean(f"{profile}.{rule.table}"), **_totals(summary, [rule])}))
    xml.startElement(
        "testcase",
        AttributesImpl(
            {"classname": _clean(f"{profile}.{rule.table}"), "name": _clean(f"{rule.id} {title}".strip()), "time": "0"}
        ),
    )
    text = _clean("\n".join(map(told, found)))
    if rule.skipped is not None:
        xml.startElement("skipped", AttributesImpl({"message": _clean(rule.skipped)}))
        xml.endElement("skipped")
    elif found and summary.counts(rule.severity):
        xml.startElement(
            "failure", AttributesImpl({"type": rule.severity, "message": _clean(f"{len(found)} / {rule.applicable}")})
        )
        xml.characters(text)
        xml.endElement("failure")
    elif found:
        xml.startElement("system-out", AttributesImpl({}))
        xml.characters(text)
        xml.endElement("system-out")
    xml.endElement("testcase")
    xml.endElement("testsuite")


def _totals(summary: Summary, rules: Sequence[RuleSummary]) -> Mapping[str, str]:
    failed = sum(bool(r.violated) and summary.counts(r.severity) for r in rules)
    skipped = sum(r.skipped is not None for r in rules)
    return {"tests": str(len(rules)), "failures": str(failed), "errors": "0", "skipped": str(skipped), "time": "0"}


def _clean(text: str) -> str:
    """What XML cannot hold at all is shown as what cannot be shown."""
    return _NOT_XML.sub("\ufffd", text)
