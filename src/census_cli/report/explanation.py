"""The explanation of one household for people: what is written of it, what is wrong, and how each assurance was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from census_cli.i18n import tr
from census_cli.results import verdict_words

if TYPE_CHECKING:
    from census_cli.findings import Explanation, Path

WIDTH = 110
_SEVERITIES = {"mandatory": "red", "verify": "yellow", "hint": "cyan"}
_COLOURS = {
    "not_met": "red",
    "contradiction": "red",
    "unknown": "yellow",
    "met": "green",
    "exempt": "cyan",
    "not_applicable": "dim",
}


def write(explanation: Explanation, file: TextIO) -> None:
    """Write the explanation; on anything that is not a terminal it is plain text of a fixed width."""
    console = Console(file=file, width=None if file.isatty() else WIDTH, highlight=False, emoji=False, soft_wrap=False)
    console.print(Text.assemble((tr("Household {unit}", unit=explanation.unit), "bold"), f" · {explanation.profile}"))
    if explanation.overall:
        console.print(Text(explanation.overall, "bold"))
    if explanation.listed:
        console.print(Text(explanation.listed))
    _discrepancies(console, explanation)
    console.print(Text("\n" + tr("How each assurance was decided"), "bold"))
    console.print(Text(tr("✓ the line that decided, · lines above it that did not hold; in brackets what they read"), "dim"))
    for path in explanation.paths:
        _path(console, path)
    _records(console, explanation)


def _records(console: Console, explanation: Explanation) -> None:
    console.print(Text("\n" + tr("What is known"), "bold"))
    for record in explanation.records:
        console.print(Text("  " + record.title, "underline"))
        cells = tr("; ").join(tr("{title}: {value}", title=title, value=value) for title, value in record.cells)
        console.print(_indented(cells, 4))


def _discrepancies(console: Console, explanation: Explanation) -> None:
    console.print(Text("\n" + tr("{n} discrepancies", n=len(explanation.discrepancies)), "bold"))
    for row in explanation.discrepancies:
        console.print(_indented(f"{row['rule']}  {row['unit']}  {row['message']}", 2, _SEVERITIES[row["severity"]]))
        console.print(_indented("→ " + row["ask"], 4, "italic"))


def _path(console: Console, path: Path) -> None:
    verdict = (verdict_words(path.verdict), _COLOURS[path.verdict])
    console.print(Text.assemble("\n", (path.title, "bold"), f"  {path.who}" if path.who else "", "  ", verdict))
    for line in path.lines:
        mark = "✓" if line.held else "·"
        read = tr("; ").join(tr("{title}: {value}", title=title, value=value) for title, value in line.read)
        said = tr("{title}: {value}", title=verdict_words(line.verdict), value=line.says)
        words = f"{mark} {line.number} {said}" + (f"  [{read}]" if read else "")
        console.print(_indented(words, 2, "" if line.held else "dim"))
    if not path.lines:
        console.print(_indented(path.why, 2))


def _indented(text: str, by: int, style: str = "") -> Text:
    """A text whose further lines stand under its first."""
    from rich.padding import Padding

    return Padding(Text(text, style), (0, 0, 0, by))  # type: ignore[return-value]  # both can be printed
