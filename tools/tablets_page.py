"""The part of docs/tablets.md that tells which rules reach the tablet, and why the others do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from census_cli.exporting import Left
from census_cli.exporting.xlsform import Placing, place
from census_cli.i18n import in_language
from census_cli.opening import open_survey
from census_cli.structure import structural_rules

PAGE = "docs/tablets.md"
_BLOCK = re.compile(r"(<!-- carried -->\n).*?(<!-- /carried -->)", re.DOTALL)


def make(root: Path) -> dict[str, bytes]:
    """The page with its part renewed; what stands around it is written by hand."""
    text = (root / PAGE).read_text(encoding="utf-8")
    with in_language("en"):
        told = "\n".join(_carried(place(open_survey("registered-households"))))
    return {PAGE: _BLOCK.sub(lambda block: f"{block[1]}{told}\n{block[2]}", text).encode()}


def _carried(placing: Placing) -> Iterator[str]:
    rules = {n: r.model for n, r in placing.bound.rules.items() if r.model.table in placing.form.tables}
    ours = [n for n, r in rules.items() if r.scope == "surveyor" and n not in placing.bound.off]
    carried = {c.rule.id: c for c in placing.carried}
    hard = [c for c in carried.values() if c.blocks]
    notes = len(carried) - len(hard)
    yield f"**{len(carried)} of {len(ours)}** rules for the enumerator reach the tablet ({len(carried) / len(ours):.1%}): {len(hard)} are mandatory"
    yield f"and hold the visit up until the answer is mended, {notes} show a note and let it go on. The others:\n"
    yield "| rule | what | why not |\n|---|---|---|"
    for left in placing.left:
        if left.part in ours:
            yield f"| {left.part} | {rules[left.part].title.en} | {left.reason} |"
    yield (
        "\nKept for the office, so that nobody edits until they fall: "
        + ", ".join(n for n, r in rules.items() if r.scope != "surveyor")
        + ".\n"
    )
    cells = [
        s
        for t in placing.form.tables
        for s in structural_rules(placing.bound.tables[t].model)
        if s.kind not in ("unique", "reference", "unreadable")
    ]
    yield f"All {len(cells)} structural rules about one cell (needed, type, code, range, pattern) are in the questions themselves. Beyond one form:\n"
    yield "| what | why not |\n|---|---|"
    yield from (f"| `{left.part}` | {left.reason} |" for left in _beyond(placing, set(rules)))
    yield "\nFiles that the form asks for:\n"
    yield "| file | columns |\n|---|---|"
    for file, columns in placing.beside().items():
        yield f"| `{file}` | {', '.join(f'`{c}`' for c in columns)} |"


def _beyond(placing: Placing, rules: set[str]) -> list[Left]:
    return [left for left in placing.left if left.part not in rules]
