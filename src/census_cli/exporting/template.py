"""An empty workbook to type into: a sheet per table with drop-downs, notes and limits, which `census check` reads as it is."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name

from census_cli.complete import new_file
from census_cli.conform import FIRST_YEAR, LAST_YEAR
from census_cli.errors import OptionError
from census_cli.exporting import Exported
from census_cli.exporting.words import kind_words, limit_words, need_words, pii_words, unit_words
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import language, tr
from census_cli.report.books import new_book
from census_cli.report.cells import put
from census_cli.survey.models import FieldModel, Table
from census_cli.wording import digits

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LISTS = "lists"
LAST_ROW = 1_048_575
_A4, _PAGE_SIGNS, _NAME_SIGNS, _MESSAGE_SIGNS = 9, 150, 31, 255
_YES_NO = "~yes_no"
_WORDS = {"zh": ("是", "否"), "en": ("true", "false")}
_DAYS = {"minimum": datetime.date(FIRST_YEAR, 1, 1), "maximum": datetime.date(LAST_YEAR, 12, 31)}
_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "integer": "0", "number": "General"}
_WIDTHS = {"date": 12, "datetime": 17, "boolean": 8, "integer": 10, "number": 11}
_MOST_SHOWN = 12  # answers that a note shows; the drop-down has them all


def export(survey: BoundSurvey, output: Path) -> Exported:
    """Write the workbook in the user's language; raises OptionError for a file that is there or is none of Excel's."""
    if output.suffix.lower() != ".xlsx":
        raise OptionError(tr("--output {path}: a workbook ends in .xlsx", path=output))
    with new_file(output) as part, new_book(part) as workbook:
        _Writer(workbook, survey).write()
    return Exported((output,))


@dataclass
class _Writer:
    workbook: Any
    survey: BoundSurvey
    ranges: dict[str, str] = field(default_factory=dict)
    formats: dict[tuple[str, bool], Format] = field(default_factory=dict)

    def write(self) -> None:
        """What to do first, the tables, and hidden behind them the answers of the drop-downs."""
        tables = [self.survey.tables[t].model for t in self.survey.file.tables]
        self._told(self.workbook.add_worksheet(tr("How to fill in")))
        sheets = [self.workbook.add_worksheet(_sheet_name(table)) for table in tables]
        self._lists(self.workbook.add_worksheet(LISTS), tables)
        for table, sheet in zip(tables, sheets, strict=True):
            self._table(sheet, table)

    def _told(self, sheet: Worksheet) -> None:
        sheet.set_column(0, 0, 100, self.workbook.add_format({"text_wrap": True, "valign": "top"}))
        bold = self.workbook.add_format({"bold": True, "font_size": 14})
        unknown = self.survey.file.missingValues[:1]
        lines = [
            tr("One sheet per table, one row per record, below the header. The header stays as it is."),
            tr("Coloured columns are needed in every row. The note on each header says what belongs there."),
            tr("Where a cell has a drop-down, choose from it. Several answers in one cell are typed with 、 between them."),
            *(tr("What nobody could tell is typed as {word}; a blank says that there is nothing.", word=w) for w in unknown),
            tr(
                "Delete the sheet of a table that you do not collect: an empty sheet says that it was asked for and there are none."
            ),
            tr("The sheets are protected without a password, so that headers are not changed by mistake."),
        ]
        put(sheet, 0, 0, self.survey.file.title[language()], bold)
        for row, line in enumerate(lines, 1):
            put(sheet, row, 0, line)
        _for_paper(sheet, 1)

    def _lists(self, sheet: Worksheet, tables: Sequence[Table]) -> None:
        """Drop-downs of more than 255 signs must stand in cells."""
        used = {f.codes: None for t in tables for f in t.fields if f.codes}
        spoken = language()
        columns = {_YES_NO: _WORDS[spoken]} | {n: [c.label[spoken] for c in self.survey.codes[n].codes] for n in used}
        for place, (name, labels) in enumerate(columns.items()):
            put(sheet, 0, place, name)
            for row, label in enumerate(labels, 1):
                put(sheet, row, place, label)
            letter = xl_col_to_name(place)
            self.ranges[name] = f"={LISTS}!${letter}$2:${letter}${len(labels) + 1}"
        sheet.protect()
        sheet.hide()

    def _table(self, sheet: Worksheet, table: Table) -> None:
        fields = [f for f in table.fields if not f.made]
        keys = next((i for i, f in enumerate(fields) if f.name not in table.primaryKey), len(fields))
        widths = 0
        for place, each in enumerate(fields):
            width = max(_WIDTHS.get(each.type, 16), min(20, len(each.title[language()]) + 4))
            widths += width
            must = each.constraints.required
            sheet.set_column(place, place, width, self._format(_FORMATS.get(each.type, "@"), must))
            put(sheet, 0, place, each.title[language()], self._format("head", must))
            sheet.write_comment(0, place, self._note(table, each), {"x_scale": 2.2, "y_scale": 2, "author": "census"})
            if limits := self._limits(each):
                sheet.data_validation(1, place, LAST_ROW, place, limits | self._refusal(each))
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, keys)
        sheet.repeat_rows(0)
        if keys:
            sheet.repeat_columns(0, keys - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
        _for_paper(sheet, math.ceil(widths / _PAGE_SIGNS))

    def _format(self, shape: str, must: bool) -> Format:
        """Cells are open, headers are locked; what is needed is coloured."""
        if (shape, must) not in self.formats:
            head = {"bold": True, "border": 1, "text_wrap": True, "valign": "top", "bg_color": "#FFD966" if must else "#D9D9D9"}
            cell = {"num_format": shape, "locked": False} | ({"bg_color": "#FFF8E1"} if must else {})
            self.formats[shape, must] = self.workbook.add_format(head if shape == "head" else cell)
        return self.formats[shape, must]

    def _note(self, table: Table, each: FieldModel) -> str:
        """What belongs into a cell."""
        spoken, codes = language(), self.survey.codes
        answers = [c.label[spoken] for c in codes[each.codes].codes] if each.codes else []
        shown = "、".join(answers[:_MOST_SHOWN]) + ("…" if len(answers) > _MOST_SHOWN else "")
        unit = unit_words(each, self.survey.file)
        lines = [
            f"{each.title[spoken]} ({each.name})", kind_words(each) + (f": {shown}" if shown else ""),
            tr("unit: {unit}", unit=unit) if unit else "", need_words(each, table, codes), limit_words(each), pii_words(each),
        ]  # fmt: skip
        return "\n".join(line for line in lines if line)

    def _limits(self, each: FieldModel) -> dict[str, Any]:
        """The data validation of a column, as XlsxWriter has it; nothing where any text will do."""
        limits, exact = each.constraints, digits(each.constraints.pattern or "")
        if each.codes or each.type == "boolean":
            return {"validate": "list", "source": self.ranges[each.codes or _YES_NO], "show_error": each.type != "list"}
        if each.type in ("date", "datetime"):
            return {"validate": "date", "criteria": "between", **_DAYS}
        if each.type in ("integer", "number"):
            most = 10**15 - 1 if each.type == "integer" else 10**12 - 1
            low = -most if limits.minimum is None else limits.minimum
            high = most if limits.maximum is None else limits.maximum
            kind = "integer" if each.type == "integer" else "decimal"
            return {"validate": kind, "criteria": "between", "minimum": f"{low}", "maximum": f"{high}"}
        if exact:
            return {"validate": "length", "criteria": "==", "value": int(exact)}
        if limits.minLength is not None or limits.maxLength is not None:
            return {"validate": "length", "criteria": "between", "minimum": limits.minLength or 0, "maximum": limits.maxLength or 32_767}  # fmt: skip
        return {}

    def _refusal(self, each: FieldModel) -> dict[str, Any]:
        """A cell that needs an answer takes no other; elsewhere one may insist, as on a text that says that nobody knows."""
        said = "; ".join(w for w in (kind_words(each), limit_words(each)) if w)
        stop = each.constraints.required
        return {"ignore_blank": True, "error_type": "stop" if stop else "warning", "error_message": said[:_MESSAGE_SIGNS]}


def _sheet_name(table: Table) -> str:
    """The name by which a check knows the table, as long as Excel allows it."""
    title = table.title[language()]
    fits = len(title) <= _NAME_SIGNS and not set(title) & set("[]:*?/\\'")
    return title if fits else table.name[:_NAME_SIGNS]


def _for_paper(sheet: Worksheet, pages: int) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(pages, 0)
    sheet.set_footer("&L&A&R&P / &N")
