"""A team's own XLSForm as a survey folder: tables, code lists, and its constraints and conditions as rules; what was not understood is listed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from census_cli.complete import new_folder
from census_cli.expr.bind import bind_survey
from census_cli.importing.xlsform.book import read_book
from census_cli.importing.xlsform.form import Form, Refused, read_form
from census_cli.importing.xlsform.names import scope_of
from census_cli.importing.xlsform.naming import tables_of
from census_cli.importing.xlsform.rules import Rules
from census_cli.importing.xlsform.tables import Files, code_lists, profile, survey_file, table_file

LIST = "not_translated.csv"
LIST_COLUMNS = ("row", "name", "column", "expression", "reason")


@dataclass(frozen=True)
class Imported:
    """What became of a form: how many fields and rules, of each column how many expressions were understood of how many, and what was not."""

    tables: Sequence[str]
    fields: int
    rules: int
    understood: dict[str, tuple[int, int]]
    refused: Sequence[Refused]
    worked_out: int
    notes: int


def import_form(path: Path, out: Path) -> Imported:
    """Write the survey folder of a form; raises InputError for a form that cannot be one, OptionError for a folder that is there."""
    form = read_form(read_book(path))
    tables = tables_of(form)
    scope = scope_of(form, tables)
    with new_folder(out) as folder:
        lists, named = code_lists(form)
        _write(folder, {"survey.yaml": survey_file(form, tables), "profiles/form.yaml": profile(form), **lists})
        _write(folder, {f"tables/{t.name}.yaml": table_file(form, t, scope.kinds, named) for t in tables})
        rules = Rules(form, scope, bind_survey(folder))
        _write(folder, {f"rules/{rule['id']}.yaml": rule for rule in rules.all()})
        _list(folder / LIST, form.refused)
        # What is written must be a survey: a fault found here is one of this program.
        bind_survey(folder)
    return Imported(
        [t.name for t in tables],
        sum(len(t.fields) for t in tables),
        len(rules.made),
        {column: rules.understood(column) for column in ("constraint", "relevant", "required")},
        sorted(form.refused, key=lambda r: (r.row, r.column)),
        _worked_out(form),
        form.notes,
    )


def _worked_out(form: Form) -> int:
    return sum(q.kind is None for q in form.questions)


def _write(folder: Path, files: Files) -> None:
    for name, said in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(_yaml(said), encoding="utf-8", newline="\n")


def _yaml(said: Any) -> str:
    return str(yaml.dump(said, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000))


class _Dumper(yaml.SafeDumper):
    """Writes each value where it is used: the files know no aliases."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _list(path: Path, refused: Sequence[Refused]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(LIST_COLUMNS)
        writer.writerows((r.row, r.name, r.column, r.text, r.reason) for r in sorted(refused, key=lambda r: (r.row, r.column)))
