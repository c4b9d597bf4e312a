"""Fills the reports that the READMEs show, from the golden files; which parts are shown is chosen by where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

READMES = {"README.md": "en", "README.zh.md": "zh"}
CUT = "…"
SHOWN_RULES = 6
HEADER_LINES = 3  # of a table: title, names of columns, rule

_BLOCK = re.compile(r"(<!-- (report|explained) -->\n```text\n).*?(^```$)", re.DOTALL | re.MULTILINE)


def make(root: Path) -> dict[str, bytes]:
    """The READMEs with their reports renewed."""
    made = {}
    for name, language in READMES.items():

        def filled(block: re.Match[str], language: str = language) -> str:
            golden = (root / "tests" / "golden" / f"{block[2]}.{language}.txt").read_text(encoding="utf-8")
            return block[1] + "\n".join(EXCERPTS[block[2]](_sections(golden))) + "\n" + block[3]

        made[name] = _BLOCK.sub(filled, (root / name).read_text(encoding="utf-8")).encode()
    return made


def _sections(golden: str) -> list[list[str]]:
    """What stands between blank lines."""
    parts = re.split(r"\n{2,}", "\n".join(line.rstrip() for line in golden.splitlines()))
    return [part.strip("\n").split("\n") for part in parts]


def _report(sections: list[list[str]]) -> Iterator[str]:
    """Headline, inputs, assurances, severities; the first rules; the first ranking; one discrepancy of several rows; the last line."""
    head, rules, places, rest = sections[:4], sections[4], sections[5], sections[6:]
    for section in head:
        yield from (*section, "")
    yield from (*rules[: HEADER_LINES + SHOWN_RULES], CUT, "")
    yield from (*places, CUT, "")
    findings = rest[1:-1]
    yield from (*next((f for f in findings if sum(_is_row(line) for line in f) > 1), findings[0]), CUT)
    yield rest[-1][-1]


def _is_row(line: str) -> bool:
    return line.startswith("  ") and not line.startswith("  →")


def _explained(sections: list[list[str]]) -> Iterator[str]:
    """Whose it is, what is wrong, how to read the rest, and the first assurance, which is the worst."""
    head, discrepancies, how, worst, *_ = sections
    yield from (*head, "", *discrepancies, "", *how, "", *worst, CUT)


EXCERPTS = {"report": _report, "explained": _explained}
