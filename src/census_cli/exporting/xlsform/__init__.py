"""A form for tablets as an XLSForm workbook, which ODK, KoboToolbox and SurveyCTO take: what is asked at the door, with the rules that XPath can say."""

from __future__ import annotations

from pathlib import Path

from census_cli.complete import new_file
from census_cli.errors import OptionError
from census_cli.exporting import Exported
from census_cli.exporting.xlsform.calculated import Calculated
from census_cli.exporting.xlsform.placing import Carried, Placing
from census_cli.exporting.xlsform.rows import Row, Sheets
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import tr
from census_cli.report.books import new_book
from census_cli.report.cells import MOST_SIGNS, put

__all__ = ["Carried", "Placing", "Row", "export", "place"]

_WIDTH = 24


def export(survey: BoundSurvey, output: Path) -> Exported:
    """Write the workbook; raises OptionError for a survey without a form, and for a file that is there already."""
    if output.suffix.lower() != ".xlsx":
        raise OptionError(tr("--output {path}: a form ends in .xlsx", path=output))
    with new_file(output) as part:
        placing = place(survey)
        _write(part, _sheets(survey, placing))
    return Exported((output,), tuple(placing.left), placing.beside())


def _sheets(survey: BoundSurvey, placing: Placing) -> dict[str, tuple[list[str], list[Row]]]:
    sheets = Sheets(survey, placing.form, placing.calculated, placing).all()
    for row in sheets["survey"][1]:
        if any(len(text) > MOST_SIGNS for text in row.values()):
            raise OptionError(tr("what the form says of '{field}' is longer than a cell of a workbook holds", field=row["name"]))
    return sheets


def place(survey: BoundSurvey) -> Placing:
    """Every rule with its place on the form, or the reason why it has none."""
    if survey.form is None:
        raise OptionError(
            tr("the survey has no form.yaml: write one that names the table that a visit fills and its blocks of fields")
        )
    if lacking := [t for t in survey.form.tables if t not in survey.file.tables]:
        raise OptionError(tr("the form also asks {tables}; leave --table out", tables=", ".join(lacking)))
    return Placing(survey, survey.form, Calculated(survey, survey.form))


def _write(output: Path, sheets: dict[str, tuple[list[str], list[Row]]]) -> None:
    with new_book(output) as workbook:
        bold, wrapped = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
        for title, (head, rows) in sheets.items():
            sheet = workbook.add_worksheet(title)
            sheet.freeze_panes(1, 2)
            sheet.set_column(0, len(head) - 1, _WIDTH)
            for column, name in enumerate(head):
                put(sheet, 0, column, name, bold)
                for number, row in enumerate(rows, 1):
                    put(sheet, number, column, row.get(name, ""), wrapped if row.get(name) else None)
