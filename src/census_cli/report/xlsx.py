"""The workbook that a team takes along: an overview, the rules, and for each village the doors to knock on, with empty cells to fill in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, Literal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from census_cli.findings import Findings, Visit
from census_cli.i18n import language, tr
from census_cli.report.books import new_book
from census_cli.report.cells import MOST_SIGNS, put
from census_cli.report.rows import COLOURS, severity_word
from census_cli.results import verdict_words
from census_cli.survey.models import SEVERITIES, VERDICTS

By = Literal["village", "enumerator", "rule"]

GROUPED_BY: dict[By, str] = {"village": "village_code", "enumerator": "enumerator_id", "rule": "rule"}
MOST_SHEETS = 200
MOST_ROWS = 1_000_000  # a sheet of Excel holds 1,048,576
_NAME_SIGNS = 31
_A4 = 9


def write(findings: Findings, file: BinaryIO, by: By = "village") -> None:
    """Write .xlsx row by row; a value that looks like a formula or an address stays the text that it is."""
    with new_book(file, by_rows=True) as workbook:
        _Writer(workbook, findings, by).write()


@dataclass
class Column:
    """One column of a revisit list: its title, its width in characters, and its text; None is left to fill in."""

    title: str
    width: int
    text: Callable[[Visit], str] | None = None


@dataclass
class _Writer:
    workbook: Any
    findings: Findings
    by: By
    names: set[str] = field(default_factory=set)
    formats: dict[str, Format] = field(default_factory=dict)

    def write(self) -> None:
        """The overview comes first and is filled last, when it is known which sheets there are."""
        self.severities = {s: severity_word(s) for s in SEVERITIES}
        self.rules = {r.id: r for r in self.findings.overview.rules}
        self.formats = {
            "head": self.workbook.add_format({"bold": True, "bg_color": "#D9D9D9", "border": 1, "text_wrap": True, "valign": "top"}),
            "cell": self.workbook.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
            "wrapped": self.workbook.add_format({"text_wrap": True, "valign": "top"}),
            "framed": self.workbook.add_format({"border": 1}),
            "title": self.workbook.add_format({"bold": True, "font_size": 14}),
            "bold": self.workbook.add_format({"bold": True}),
            "share": self.workbook.add_format({"num_format": "0.0%"}),
            "link": self.workbook.get_default_url_format(),
            "done": self.workbook.add_format({"font_color": "#808080"}),
        } | {s: self.workbook.add_format({"bg_color": colour}) for s, colour in COLOURS.items()}  # fmt: skip
        overview = self._sheet(tr("Overview"))
        rules = self._sheet(tr("Rules"))
        listed = self._lists()
        self._overview(overview, listed)
        self._rules(rules)

    def _sheet(self, title: str) -> Worksheet:
        """A new sheet under a name that Excel allows and that no other has."""
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f\x7f]", " ", title).strip(" '") or "-"
        for number in itertools.count(1):
            ending = f" {number}" if number > 1 else ""
            name = clean[: _NAME_SIGNS - len(ending)].rstrip(" '") + ending
            # Excel keeps one name for itself, and tells no capitals from small letters.
            if name.lower() not in self.names | {"history"}:
                break
        self.names.add(name.lower())
        sheet: Worksheet = self.workbook.add_worksheet(name)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&F · &A&R&P / &N")
        return sheet

    def _lists(self) -> list[tuple[str, Worksheet | None, int, int]]:
        """The revisit lists, as (what, sheet, doors, discrepancies); groups too many for sheets of their own share the last."""
        listed: list[tuple[str, Worksheet | None, int, int]] = []
        shared: _List | None = None
        groups = itertools.groupby(self.findings.visits(GROUPED_BY[self.by]), key=lambda v: v.group)
        for _, visits in groups:
            first = next(visits)
            title = self._called(first)
            if len(listed) < MOST_SHEETS - 1:
                sheet = _List(self, self._sheet(title), self._columns(first, alone=True))
            else:
                shared = shared or _List(self, self._sheet(tr("All others")), self._columns(first, alone=False))
                sheet = shared
            doors, before = set(), sheet.written
            for visit in itertools.chain([first], visits):
                doors.add(visit.home or visit.unit)
                sheet.add(visit)
            listed.append((title, sheet.sheet, len(doors), sheet.written - before))
            if sheet is not shared:
                sheet.close()
        if shared:
            shared.close()
        return listed

    def _called(self, visit: Visit) -> str:
        if self.by == "village":
            return f"{visit.place} {visit.village_code}".strip() or tr("no village")
        return visit.group or tr("no enumerator")

    def _columns(self, visit: Visit, *, alone: bool) -> list[Column]:
        """What stands in a list; the group's own column only where groups share a sheet."""
        columns = []
        if self.by != "village" or not alone:
            columns.append(Column(tr("village"), 16, lambda v: f"{v.place} {v.village_code}".strip()))
        columns += [Column(title, 12, partial(_door, title)) for title in visit.doors]
        columns.append(Column(tr("household, or member"), 18, lambda v: v.unit))
        if self.by != "enumerator" or not alone:
            columns.append(Column(tr("enumerator"), 11, lambda v: v.enumerator_id))
        columns.append(Column(tr("severity"), 9, lambda v: self.severities[v.severity]))
        columns.append(Column(tr("rule"), 10, lambda v: v.rule))
        columns.append(Column(tr("what is wrong"), 44, lambda v: v.message))
        columns.append(Column(tr("what to ask"), 44, lambda v: self.rules[v.rule].ask if v.rule in self.rules else ""))
        columns += [Column(title, 14) for title in (tr("found on the spot"), tr("corrected value"), tr("who"), tr("when"))]
        columns.append(Column(tr("record"), 18, lambda v: f"{v.source}:{v.row}" if v.row else v.source))
        columns.append(Column("fingerprint", 17, lambda v: v.fingerprint))
        return columns

    def why(self, rule: str) -> str:
        """The note on a rule: what it is called, and why it is asked."""
        held = self.rules.get(rule)
        return f"{held.id} {held.title}\n{held.why}".strip() if held else ""

    def _overview(self, sheet: Worksheet, listed: Sequence[tuple[str, Worksheet | None, int, int]]) -> None:
        lines = _Lines(sheet, self.formats)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 9, 13)
        summary, overview = self.findings.summary, self.findings.overview
        lines.add([f"{overview.title[language()]} · {summary.profile}"], "title")
        counts = ", ".join(f"{severity_word(s)} {n}" for s, n in summary.discrepancies.items())
        lines.add([tr("{n} discrepancies ({counts}); {d} of {r} units need another look", n=overview.total, counts=counts, d=overview.discrepant, r=overview.registered)], "bold")  # fmt: skip
        shown = sum(n for *_, n in listed)
        lines.add([tr("{n} of them are in the lists: those that are open and not for the office alone, by the profile {profile}", n=shown, profile=summary.profile)])  # fmt: skip
        lines.add([self._privacy()])
        lines.add([])
        lines.add([tr("List"), tr("Doors"), tr("Discrepancies")], "head")
        for title, held, doors, found in listed:
            lines.add([title, doors, found], link=held)
        lines.add([])
        if summary.assurances:
            lines.add([tr("Assurance"), tr("judged by"), *(verdict_words(v) for v in VERDICTS)], "head")
            for name, levels in summary.assurances.items():
                for level, verdicts in levels.items():
                    title = overview.titles.get(f"assurance {name}", name)
                    lines.add([title, overview.units.get(level, level), *(verdicts[v] for v in VERDICTS)])
            lines.add([])
        lines.add([tr("What was read"), tr("table"), tr("rows"), tr("unreadable"), "SHA-256"], "head")
        for read in summary.inputs:
            path = f"{read.path}#{read.sheet}" if read.sheet else read.path
            lines.add([path, overview.titles[read.table], read.rows, read.rows_unreadable, read.sha256 or ""])
        skipped = sum(r.skipped is not None for r in summary.rules)
        lines.add([tr("{n} rules were not run; the .json output says why", n=skipped)] if skipped else [])

    def _privacy(self) -> str:
        if self.findings.revealed:
            return tr("This file holds personal data in full; keep it as the law asks.")
        return tr("Personal data are masked; addresses and telephone numbers are left out. --reveal shows them.")

    def _rules(self, sheet: Worksheet) -> None:
        lines = _Lines(sheet, self.formats)
        for i, width in enumerate((26, 10, 34, 10, 10, 60, 60)):
            sheet.set_column(i, i, width)
        sheet.freeze_panes(1, 0)
        lines.add([tr("rule"), tr("severity"), tr("defect"), tr("violated"), tr("of"), tr("why"), tr("what to ask")], "head")
        for r in self.findings.overview.rules:
            lines.add([r.id, severity_word(r.severity), r.title, r.violated, r.applicable, r.why, r.ask], "cell")


class _List:
    """One sheet of doors, written row by row."""

    def __init__(self, writer: _Writer, sheet: Worksheet, columns: Sequence[Column]) -> None:
        self.writer, self.sheet, self.columns, self.written = writer, sheet, columns, 0
        self.explained: set[str] = set()
        self.rule = [c.title for c in columns].index(tr("rule"))
        # Columns carry the look of their cells, so that cells to fill in need not be written.
        for i, column in enumerate(columns):
            sheet.set_column(i, i, column.width, writer.formats["wrapped"])
            sheet.write_string(0, i, column.title, writer.formats["head"])
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.ignore_errors({"number_stored_as_text": "A1:Z1048576"})

    def add(self, visit: Visit) -> None:
        """One discrepancy; the first of each rule carries its reason as a note."""
        if self.written >= MOST_ROWS:
            return
        self.written += 1
        for i, column in enumerate(self.columns):
            if column.text:
                put(self.sheet, self.written, i, column.text(visit))
        if visit.rule not in self.explained:
            self.explained.add(visit.rule)
            if why := self.writer.why(visit.rule):
                self.sheet.write_comment(self.written, self.rule, why[:MOST_SIGNS], {"x_scale": 2.5, "y_scale": 2})

    def close(self) -> None:
        """Filters, frames, and colours that tell how severe a row is and which are done."""
        last, width = max(self.written, 1), len(self.columns) - 1
        self.sheet.autofilter(0, 0, last, width)
        titles = [c.title for c in self.columns]
        done, severity = _letter(titles.index(tr("found on the spot"))), titles.index(tr("severity"))
        formats = self.writer.formats
        self.sheet.conditional_format(1, 0, last, width, {"type": "formula", "criteria": "=TRUE", "format": formats["framed"]})
        is_done = {"type": "formula", "criteria": f"=LEN(${done}2)>0", "format": formats["done"], "stop_if_true": True}
        self.sheet.conditional_format(1, 0, last, width, is_done)
        for s in SEVERITIES:
            criteria = {"type": "cell", "criteria": "==", "value": f'"{severity_word(s)}"', "format": formats[s]}
            self.sheet.conditional_format(1, severity, last, severity, criteria)


class _Lines:
    """Rows of a sheet that need no columns of their own."""

    def __init__(self, sheet: Worksheet, formats: Mapping[str, Format]) -> None:
        self.sheet, self.formats, self.next = sheet, formats, 0

    def add(self, cells: Sequence[str | int], how: str | None = None, link: Worksheet | None = None) -> None:
        """One row; its first cell may lead to another sheet."""
        style = self.formats[how] if how else None
        for i, cell in enumerate(cells):
            if isinstance(cell, int):
                self.sheet.write_number(self.next, i, cell, style)
            elif link is not None and i == 0:
                quoted = link.get_name().replace("'", "''")
                self.sheet.write_url(self.next, i, f"internal:'{quoted}'!A1", self.formats["link"])
                put(self.sheet, self.next, i, cell[:255], self.formats["link"])
            else:
                put(self.sheet, self.next, i, cell, style)
        self.next += 1


def _door(title: str, visit: Visit) -> str:
    return visit.doors[title]


def _letter(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
