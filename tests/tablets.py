"""Writes a survey in the shapes in which ODK Central, KoboToolbox and SurveyCTO give back what was filled in on tablets."""

from __future__ import annotations

import csv
import datetime
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from io import StringIO
from pathlib import Path

import openpyxl
import xlsxwriter

from census_cli.opening import open_survey

Row = dict[str, str]
Rows = list[Row]

GROUPS = {
    "income": ("income_", "cost_", "transfer_", "property_"),
    "house": ("house_", "dangerous_", "water", "safe_water"),
    "health_state": ("health", "disability"),
}
TIMES = ("started_at", "ended_at")
DATES = ("registered_on", "birth_date", "house_appraised_on", "house_accepted_on")


@cache
def lists() -> dict[str, list[str]]:
    """The answers of every field that takes several."""
    survey = open_survey("registered-households")
    fields = [f for t in ("household", "person") for f in survey.tables[t].model.fields if f.type == "list" and f.codes]
    return {f.name: [c.code for c in survey.codes[f.codes or ""].codes] for f in fields}


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Sequence[Mapping[str, object]], headers: Sequence[str] = ()) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(rows, headers), encoding="utf-8", newline="")


def text(rows: Sequence[Mapping[str, object]], headers: Sequence[str] = ()) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, list(headers) or list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def grouped(name: str, sign: str) -> str:
    """A field's name with that of its group."""
    return next((f"{group}{sign}{name}" for group, starts in GROUPS.items() if name.startswith(starts)), name)


def zoned(value: str) -> str:
    """A moment as XForms write it."""
    return value.replace(" ", "T") + ".000+08:00" if value[4:5] == "-" and ":" in value else value


def worded(value: str) -> str:
    """A moment or a day as SurveyCTO writes it."""
    for form, out in (("%Y-%m-%d %H:%M:%S", "%b %-d, %Y %-I:%M:%S %p"), ("%Y-%m-%d", "%b %-d, %Y")):
        try:
            return datetime.datetime.strptime(value, form).strftime(out)
        except ValueError:
            continue
    return value


Split = str
"""How a question with several answers is written: in `one` column, in a column for each answer, or in `both` ways."""


def answered(row: Row, name: Callable[[str], str], split: Split, sign: str = "/", end: str = "") -> Iterator[tuple[str, str]]:
    """The cells of a row, those with several answers as an app writes them."""
    for field, value in row.items():
        if field not in lists():
            yield name(field) + end, value
            continue
        chosen = value.split(",") if value else []
        odd = any(c not in lists()[field] for c in chosen)
        if split != "apart" or odd:
            yield name(field) + end, value if odd else " ".join(chosen)
        if split != "one":
            for answer in lists()[field]:
                yield f"{name(field)}{sign}{answer}{end}", str(int(answer in chosen)) if value else ("0" if sign == "/" else "")


def without_household(person: Row) -> Row:
    return {f: v for f, v in person.items() if f != "household_id"}


def uuid(number: int) -> str:
    return f"uuid:00000000-0000-4000-8000-{number:012}"


def odk(
    households: Rows, persons: Rows, split: Split = "one", form: str = "hh2020", groups: bool = True
) -> dict[str, tuple[Rows, list[str]]]:
    """The files of ODK Central: the form's, and one for the repeat."""
    name = (lambda f: grouped(f, "-")) if groups else str
    main, below = [], []
    for n, household in enumerate(households, 1):
        cells = dict(answered({f: zoned(v) if f in TIMES else v for f, v in household.items()}, name, split))
        main.append({
            "SubmissionDate": "2020-07-25T10:00:00.000Z", **cells, "meta-instanceID": uuid(n), "meta-instanceName": "", "KEY": uuid(n), "SubmitterID": "5",
            "SubmitterName": "E1", "AttachmentsPresent": "0", "AttachmentsExpected": "0", "Status": "", "ReviewState": "", "DeviceID": "d1",
            "Edits": "0", "FormVersion": "1",
        })  # fmt: skip
        own = [p for p in persons if p["household_id"] == household["household_id"]]
        for i, person in enumerate(own, 1):
            cells = dict(answered(without_household(person), name, split))
            below.append({**cells, "PARENT_KEY": uuid(n), "KEY": f"{uuid(n)}/person[{i}]"})
    return {f"{form}.csv": (main, []), f"{form}-person.csv": (below, [])}


def odk_zip(path: Path, files: dict[str, tuple[Rows, list[str]]]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, (rows, headers) in files.items():
            archive.writestr(name, text(rows, headers))


def kobo(households: Rows, persons: Rows, split: Split = "one", sign: str = "/") -> dict[str, Rows]:
    """The sheets of KoboToolbox's workbook: the form's, by its title, and one for the repeat."""
    main, below = [], []
    number = 0
    about = {"_submission_time": "2020-07-25 10:00:00", "_validation_status": "", "_notes": "", "_status": "submitted_via_web", "_submitted_by": "e1",
             "__version__": "vA1", "_tags": ""}  # fmt: skip
    for n, household in enumerate(households, 1):
        cells = {
            "income/calc_household_persons": "",
            "note_s02": "",
            "start": "2020-07-20T09:00:00.000+08:00",
            "end": "2020-07-20T09:30:00.000+08:00",
        }
        cells |= dict(
            answered({f: zoned(v) if f in TIMES else v for f, v in household.items()}, lambda f: grouped(f, sign), split)
        )
        main.append({**cells, "_id": str(9000 + n), "_uuid": uuid(n)[5:], **about, "_index": str(n)})
        for person in (p for p in persons if p["household_id"] == household["household_id"]):
            number += 1
            cells = dict(answered(without_household(person), lambda f: f"person{sign}{grouped(f, sign)}", split))
            told = {f"_submission_{k}": v for k, v in {"_id": str(9000 + n), "_uuid": uuid(n)[5:], **about}.items()}
            below.append({**cells, "_index": str(number), "_parent_table_name": "普查", "_parent_index": str(n), **told})
    return {"普查": main, "person": below}


def workbook(path: Path, sheets: dict[str, Rows]) -> None:
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, cells in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
            sheet.write_row(i, 0, cells)
    book.close()


def surveycto_long(households: Rows, persons: Rows, form: str = "hh2020") -> dict[str, tuple[Rows, list[str]]]:
    """SurveyCTO's long form: a file for the form and one for the repeat, no groups, both ways for several answers."""
    main, below = [], []
    for n, household in enumerate(households, 1):
        main.append({**_surveycto_main(household), "SET-OF-person": f"{uuid(n)}/person", **_surveycto_end(n)})
        own = [p for p in persons if p["household_id"] == household["household_id"]]
        for i, person in enumerate(own, 1):
            cells = dict(answered(without_household(_in_words(person)), str, "both", "_"))
            below.append({**cells, "PARENT_KEY": uuid(n), "KEY": f"{uuid(n)}/person[{i}]", "SET-OF-person": f"{uuid(n)}/person"})
    return {f"{form}.csv": (main, []), f"{form}-person.csv": (below, [])}


def surveycto_wide(households: Rows, persons: Rows) -> tuple[Rows, list[str]]:
    """SurveyCTO's wide form: one row for each form, the fields of the repeat with the number of the instance."""
    rows = []
    for n, household in enumerate(households, 1):
        row = _surveycto_main(household)
        own = [p for p in persons if p["household_id"] == household["household_id"]]
        row["person_count"] = str(len(own))
        for i, person in enumerate(own, 1):
            row |= dict(answered(without_household(_in_words(person)), str, "both", "_", f"_{i}"))
        rows.append({**row, **_surveycto_end(n)})
    return rows, list(dict.fromkeys(h for row in sorted(rows, key=len, reverse=True) for h in row))


def _surveycto_main(household: Row) -> Row:
    device = {"SubmissionDate": "Jul 25, 2020 10:00:00 AM", "starttime": "Jul 20, 2020 9:00:00 AM", "endtime": "Jul 20, 2020 9:30:00 AM", "deviceid": "d1",
              "devicephonenum": "", "username": "e1", "duration": "1800", "caseid": ""}  # fmt: skip
    return device | dict(answered(_in_words(household), str, "both", "_"))


def _surveycto_end(n: int) -> Row:
    return {
        "instanceID": uuid(n),
        "formdef_version": "2007150900",
        "review_quality": "",
        "review_status": "APPROVED",
        "KEY": uuid(n),
    }


def _in_words(row: Row) -> Row:
    return {f: worded(v) if f in (*TIMES, *DATES) else v for f, v in row.items()}


def columns_of(form: Path) -> dict[str, dict[str, str]]:
    """The columns that ODK Central writes for an XLSForm: by table (the repeat's name, else household) and question."""
    head, *rows = openpyxl.load_workbook(form)["survey"].iter_rows(values_only=True)
    groups: list[str] = []
    table, columns = "household", dict[str, dict[str, str]](household={})
    for row in (dict(zip(head, cells, strict=True)) for cells in rows):
        kind, name = str(row["type"]), str(row["name"])
        if kind == "begin_repeat":
            table, outside, groups = name, groups, []
            columns[table] = {}
        elif kind == "end_repeat":
            table, groups = "household", outside
        elif kind == "begin_group":
            groups = [*groups, name]
        elif kind == "end_group":
            groups = groups[:-1]
        elif kind != "csv-external":
            columns[table][name] = "-".join([*groups, name])
    return columns


def odk_of_form(households: Rows, persons: Rows, form: Path) -> dict[str, tuple[Rows, list[str]]]:
    """The files of ODK Central for a form as it is, questions without an answer blank."""
    columns, main, below = columns_of(form), list[Row](), list[Row]()

    def cells(table: str, row: Row) -> Row:
        answers = {f: v.replace(",", " ") if f in lists() else zoned(v) if f in TIMES else v for f, v in row.items()}
        return {column: answers.get(question, "") for question, column in columns[table].items()}

    for n, household in enumerate(households, 1):
        main.append({"SubmissionDate": "2020-07-25T10:00:00.000Z", **cells("household", household), "KEY": uuid(n), "ReviewState": "", "FormVersion": "1"})  # fmt: skip
        own = [p for p in persons if p["household_id"] == household["household_id"]]
        for i, person in enumerate(own, 1):
            below.append({**cells("person", person), "PARENT_KEY": uuid(n), "KEY": f"{uuid(n)}/person[{i}]"})
    return {"form.csv": (main, []), "form-person.csv": (below, [])}
