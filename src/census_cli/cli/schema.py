"""`census schema`: a survey for other tools and from them; parse, one call, say what was written and what could not be said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import say
from census_cli.i18n import tr

Form = Literal["xlsform"]
Format = Literal["json-schema", "table-schema", "codebook", "xlsx-template", "xlsform"]


def commands() -> typer.Typer:
    """The commands."""
    app = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help=tr("A survey for other tools: forms, schemas, a codebook.")
    )
    app.command("export", help=tr("Write the survey in the format of another tool."))(export_schema)
    app.command("import", help=tr("Make a survey folder of a form that a team has already."))(import_schema)
    return app


def export_schema(
    format: Annotated[Format, typer.Option(help=tr("The format."), show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help=tr("The new file or folder."), show_default=False)],
    table: Annotated[Optional[list[str]], typer.Option(help=tr("Only this table; may be given several times."), show_default=tr("all of the survey"))] = None,
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    profile: Annotated[Optional[str], typer.Option(help=tr("The profile of parameters."), show_default=tr("that of the survey"))] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Write it, and name what the format cannot say."""
    from census_cli.exporting import FORMATS, only
    from census_cli.i18n import set_language
    from census_cli.opening import open_survey

    set_language(lang)
    exported = FORMATS[format](only(open_survey(survey, profile), table or []), output)
    for path in exported.files:
        say(tr("written: {path}", path=path))
    for left in exported.left:
        say(tr("left out: {part} ({reason})", part=left.part, reason=left.reason))
    for file, columns in exported.beside.items():
        say(
            tr(
                "upload beside it: {file}, from census convert --format csv, with these columns alone: {columns}",
                file=file,
                columns=", ".join(columns),
            )
        )


def import_schema(
    form: Annotated[Path, typer.Argument(help=tr("The form, an XLSForm workbook."), show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help=tr("The new folder of the survey."), show_default=False)],
    format: Annotated[Form, typer.Option(help=tr("The format."))] = "xlsform",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Write the folder, and name what of the form it does not hold."""
    from census_cli.i18n import set_language
    from census_cli.importing.xlsform import LIST, import_form

    set_language(lang)
    made = {"xlsform": import_form}[format](form, output)
    say(tr("written: {path}", path=output))
    say(
        tr(
            "tables: {tables}; fields: {fields}; rules: {rules}",
            tables=", ".join(made.tables),
            fields=made.fields,
            rules=made.rules,
        )
    )
    for column, (understood, of) in made.understood.items():
        say(tr("{column} understood: {n} of {of}", column=column, n=understood, of=of))
    if made.worked_out:
        say(tr("kept as the form works them out, not worked out again: {n} calculations", n=made.worked_out))
    if made.notes:
        say(tr("notes, which have no answer and were left out: {n}", n=made.notes))
    for refused in made.refused:
        say(tr("row {row}, {name}, {column}: {reason}", row=refused.row, name=refused.name, column=refused.column, reason=refused.reason))  # fmt: skip
    if made.refused:
        say(tr("the same list with the expressions: {path}", path=output / LIST))
