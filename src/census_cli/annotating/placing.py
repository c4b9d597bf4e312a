"""Which cells of which file a discrepancy is about, and what their notes say.  The cells are those that reading took the values from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from census_cli.annotating.copies import MOST_SIGNS, WITHOUT_CELLS, Copy, Note, Place
from census_cli.i18n import tr
from census_cli.report.rows import Row, severity_word

if TYPE_CHECKING:
    from census_cli.annotating.left import Left
    from census_cli.findings import Findings, RuleFindings
    from census_cli.reading.discover import RawFile

MOST_ROWS = 1_048_576  # of a sheet
MOST_NOTES = 50_000
"""On one sheet: with more of them Excel takes minutes to open."""


def place(findings: Findings, found: Iterable[Row], copies: Sequence[Copy], left: Left) -> None:
    """Put each discrepancy on its cells, or among those that are left, with the reason."""
    held = {file.name: (copy, file) for copy in copies for file in copy.files}
    rules = {r.id: r for r in findings.overview.rules}
    several = len(findings.summary.profiles) > 1
    for row in found:
        if row["scope"] == "office":
            left.office += 1
        elif row["source"] not in held:
            left.add(row, _no_copy(row["source"], findings))
        else:
            copy, file = held[row["source"]]
            why = _note(copy, file, row, told(row, rules.get(row["rule"]), several))
            if why:
                left.add(row, why)
            else:
                copy.placed += 1


def _no_copy(source: str, findings: Findings) -> str:
    read = {f"{i.path}#{i.sheet}" if i.sheet else i.path for i in findings.summary.inputs}
    if source in read and source.rpartition(".")[2].lower() in WITHOUT_CELLS:
        return tr("a file of a kind that has no cells to colour")
    return tr("not in a file that was given; of converted tables give what they were made from")


def _note(copy: Copy, file: RawFile, row: Row, text: str) -> str:
    """Note a discrepancy on its cells; the reason where none of them can take it, else nothing."""
    if row["row"] is None:
        return tr("its record has no number")
    line = int(row["row"]) + file.header_rows
    if line > MOST_ROWS:
        return tr("beyond the last row that a sheet can have")
    notes = copy.notes.setdefault(file.sheet.name if file.sheet else "", {})
    refused = {cell: _refused(notes, cell, text) for cell in places(copy, file, row, line)}
    for cell, why in refused.items():
        if not why:
            notes.setdefault(cell, Note()).add(row["severity"] if row["state"] == "open" else "", text)
    return "" if "" in refused.values() else next(iter(refused.values()))


def _refused(notes: Mapping[Place, Note], cell: Place, text: str) -> str:
    """Why a cell cannot carry a note more, or nothing."""
    if cell not in notes and len(notes) >= MOST_NOTES:
        return tr("more notes than a sheet can carry ({n})", n=MOST_NOTES)
    held = notes[cell].signs if cell in notes else 0
    return tr("more than one note can hold") if held + len(text) > MOST_SIGNS else ""


def places(copy: Copy, file: RawFile, row: Row, line: int) -> list[Place]:
    """The cells of the fields of a discrepancy that are columns of its own record; else the first known cell of the record."""
    own = "" if file.table == row["table"] else f"{row['table']}."
    columns = [file.carried[own + f] for f in row["fields"].split(",") if "." not in f and own + f in file.carried]
    before = file.sheet.left if file.sheet and copy.whole else 0
    return [(line, before + column + 1) for column in columns or [min(file.carried.values())]]


def told(row: Row, rule: RuleFindings | None, several: bool) -> str:
    """What a note says: the rule, what is wrong, and why it is asked."""
    name = f"{row['rule']} [{row['profile']}]" if several else row["rule"]
    lines = [f"{name} {rule.title if rule else ''}".strip() + f" ({severity_word(row['severity'])})", row["message"]]
    if row["state"] != "open":
        lines.append(tr("explained: {note}", note=row["note"]))
    elif rule and rule.why:
        lines.append(rule.why)
    return "\n".join(lines)
