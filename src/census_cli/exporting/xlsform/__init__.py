"""A form for tablets as an XLSForm workbook, which ODK, KoboToolbox and SurveyCTO take: what is asked at the door, with the rules that XPath can say."""

from __future__ import annotations

import datetime
from pathlib import Path

from census_cli.errors import OptionError
from census_cli.exporting import Exported
from census_cli.exporting.xlsform.calculated import Calculated
from census_cli.exporting.xlsform.placing import Carried, Placing
from census_cli.exporting.xlsform.rows import Row, Sheets
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import reason, tr
from census_cli.report.cells import MOST_SIGNS, put

__all__ = ["Carried", "Placing", "Row", "export", "place"]

_WIDTH = 24


def export(survey: BoundSurvey, output: Path) -> Exported:
    """Write the workbook; raises OptionError for a survey without a form, and for a file that is there already."""
    if output.suffix.lower() != ".xlsx":
        raise OptionError(tr("{path}: a form is written as .xlsx", path=output))
    if output.exists():
        raise OptionError(tr("{path} is there already; give a new name", path=output))
    placing = place(survey)
    sheets = Sheets(survey, placing.form, placing.calculated, placing).all()
    for row in sheets["survey"][1]:
        if any(len(text) > MOST_SIGNS for text in row.values()):
            raise OptionError(tr("what the form says of '{field}' is longer than a cell of a workbook holds", field=row["name"]))
    try:
        output.absolute().parent.mkdir(parents=True, exist_ok=True)
        _write(output, sheets)
    except OSError as error:
        raise OptionError(tr("{path} cannot be written: {why}", path=output, why=reason(error))) from error
    return Exported((output,), tuple(placing.left))


def place(survey: BoundSurvey) -> Placing:
    """Every rule with its place on the form, or the reason why it has none."""
    if survey.form is None:
        raise OptionError(
            tr("the survey has no form.yaml: write one that names the table that a visit fills and its blocks of fields")
        )
    if lacking := [t for t in survey.form.tables if t not in survey.file.tables]:
        raise OptionError(tr("a form asks all its tables: {tables}; leave --table out", tables=", ".join(lacking)))
    return Placing(survey, survey.form, Calculated(survey, survey.form))


def _write(output: Path, sheets: dict[str, tuple[list[str], list[Row]]]) -> None:
    """Texts alone, so that no cell is taken for a formula; the same survey gives the same bytes."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(output, options) as workbook:
        workbook.set_properties({"created": datetime.datetime(1980, 1, 1)})
        bold, wrapped = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
        for title, (head, rows) in sheets.items():
            sheet = workbook.add_worksheet(title)
            sheet.freeze_panes(1, 2)
            sheet.set_column(0, len(head) - 1, _WIDTH)
            for column, name in enumerate(head):
                put(sheet, 0, column, name, bold)
                for number, row in enumerate(rows, 1):
                    put(sheet, number, column, row.get(name, ""), wrapped if row.get(name) else None)
