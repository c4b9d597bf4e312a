"""Looks at a team's folder and writes census.toml: the survey, the profile, the files, their headers, the outputs, the language."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from census_cli.complete import completed
from census_cli.errors import InputError, OptionError
from census_cli.i18n import Language, tr
from census_cli.opening import open_survey
from census_cli.reading.discover import Discovery, RawFile, discover, goes_by_name
from census_cli.scratch import scratch_folder
from census_cli.settings import FILE
from census_cli.survey.models import Table


def remember_folder(
    folder: Path, survey: str, profiles: Sequence[str], encoding: str | None, language: Language, force: bool
) -> Path:
    """Write census.toml into a folder and return its path; raises OptionError where one is there already, or nobody may write."""
    file = folder / FILE
    if not folder.is_dir():
        raise InputError(tr("{path} is no folder", path=folder))
    if file.exists() and not force:
        raise OptionError(tr("{file} is there already; to write it anew give --force", file=file))
    asked: Sequence[str | None] = profiles or [None]
    bound, *_ = [open_survey(survey, profile) for profile in asked]
    tables = [bound.tables[name].model for name in bound.file.tables]
    with scratch_folder() as spill:
        found = discover([folder], tables, encoding, spill)
    where = survey if bound.file.id == survey else str(Path(survey).resolve())
    choices: dict[str, str | list[str]] = {
        "survey": where,
        "profile": list(profiles) or [bound.profile],
        "data": ["."],
        "lang": language,
    }
    choices |= {"output": [tr("discrepancies") + ".csv"]} | ({"encoding": encoding} if encoding else {})
    text = "\n".join([*_choices(choices), *(line for table in tables for line in _table(table, found))]) + "\n"
    with completed(file) as part:
        part.write_text(text, encoding="utf-8")
        if file.exists():  # nobody is to see more than before
            shutil.copymode(file, part)
    return file


def _choices(choices: dict[str, str | list[str]]) -> Iterator[str]:
    yield from _comment(
        tr("What 'census check' does in this folder when it is told nothing else. An option on the command line goes before.")
    )
    yield from _comment(tr("A line that begins with # is a remark; take the # away to make it hold."))
    yield ""
    yield from (f"{key} = {_value(value)}" for key, value in choices.items())
    yield ""
    yield from _comment(
        tr('Also: select = ["S02,I*"], verdicts = "verdicts.csv", partial = true, as_of = "2020-12-31", fail_on = "verify".')
    )
    yield from _comment(tr('With a key, the same person has the same pseudonym in every report. Keep it secret: key = "…"'))


def _table(table: Table, found: Discovery) -> Iterator[str]:
    """What is remembered of one table: files that do not go by its name, and headers that no field is known for."""
    files = [f for f in found.files if f.table == table.name]
    if not files:
        return
    yield ""
    yield f"[tables.{table.name}]"
    for file in files:
        yield from _comment(tr("{file}: {n} of its columns are known", file=file.name, n=len(file.columns)))
    stems = dict.fromkeys(f.path.stem for f in files if f.sheet is None and not goes_by_name(f.path.stem, table))
    if stems:
        yield f"files = {_value(list(stems))}"
    yield from _headers(table, files)


def _headers(table: Table, files: Sequence[RawFile]) -> Iterator[str]:
    near = {header: field for file in files for header, field in file.near.items()}
    unknown = dict.fromkeys(header for file in files for header in file.unknown_columns)
    if not unknown:
        return
    yield ""
    yield from _comment(tr("These headers are not known. If one means a field of the table, name the field and take the # away:"))
    yield f"[tables.{table.name}.columns]"
    yield from (f"# {_value(header)} = {_value(near.get(header, ''))}" for header in unknown)


def _comment(text: str) -> Iterator[str]:
    yield f"# {text}"


def _value(value: str | list[str]) -> str:
    """A value as TOML writes it, of which JSON's texts and lists of texts are a part."""
    return json.dumps(value, ensure_ascii=False)
