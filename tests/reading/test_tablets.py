"""What ODK Central, KoboToolbox and SurveyCTO give back is checked as it is, and comes to the same as plain tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import census_cli
import tablets
from census_cli.errors import InputError
from census_cli.results import CheckResult, TabletExport
from tablets import Rows
from test_converting import alike, converted

Shape = Callable[[Path, Rows, Rows], None]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented survey with mistakes as plain tables of codes, each household once, each person in one."""
    from census_cli.cli.main import main

    folder = tmp_path_factory.mktemp("tablets")
    asked = ["--households", "60", "--seed", "7", "--errors", "1", "--headers", "en"]
    assert main(["synth", str(folder / "made"), *asked]) == 0
    (folder / "made" / "planted.csv").unlink()
    converted(folder / "made", folder / "converted", format="csv")
    (folder / "plain").mkdir()
    once = Counter(h["household_id"] for h in tablets.read(folder / "converted" / "household.csv"))
    for file in (f for f in (folder / "converted").glob("*.csv") if f.stem != "not_read"):
        rows = [{k: v for k, v in r.items() if not k.startswith("census_")} for r in tablets.read(file)]
        kept = [r for r in rows if file.stem not in ("household", "person") or once[r["household_id"]] == 1]
        tablets.write(folder / "plain" / file.name, kept)
    return folder / "plain"


@pytest.fixture(scope="module")
def expected(plain: Path) -> CheckResult:
    return census_cli.check(plain)


def found(result: CheckResult) -> list[tuple[Any, ...]]:
    return sorted((r["rule"], r["unit"], r["fields"], r["found"]) for r in result.discrepancies.to_pylist())


def folder_of(folder: Path, plain: Path, shape: Shape) -> Path:
    """A folder as a team has it: what the app gave, and the tables that the office keeps."""
    folder.mkdir(exist_ok=True)
    for name in ("village", "frame", "evidence"):
        (folder / f"{name}.csv").write_bytes((plain / f"{name}.csv").read_bytes())
    shape(folder, tablets.read(plain / "household.csv"), tablets.read(plain / "person.csv"))
    return folder


def as_files(made: Callable[..., dict[str, tuple[Rows, list[str]]]], **how: Any) -> Shape:
    def shape(folder: Path, households: Rows, persons: Rows) -> None:
        for name, (rows, headers) in made(households, persons, **how).items():
            tablets.write(folder / name, rows, headers)

    return shape


def as_workbook(**how: Any) -> Shape:
    return lambda folder, households, persons: tablets.workbook(folder / "普查.xlsx", tablets.kobo(households, persons, **how))


def as_sheets_saved(folder: Path, households: Rows, persons: Rows) -> None:
    for name, rows in tablets.kobo(households, persons).items():
        tablets.write(folder / f"普查_{name}.csv", rows)


def as_wide(folder: Path, households: Rows, persons: Rows) -> None:
    tablets.write(folder / "hh2020_WIDE.csv", *tablets.surveycto_wide(households, persons))


SHAPES: dict[str, Shape] = {
    "ODK Central": as_files(tablets.odk),
    "ODK Central, answers in columns too": as_files(tablets.odk, split="both"),
    "ODK Central without groups, named as a table": as_files(tablets.odk, groups=False, form="household"),
    "ODK Central, zip": lambda folder, h, p: tablets.odk_zip(folder / "hh2020.zip", tablets.odk(h, p, split="both")),
    "KoboToolbox": as_workbook(),
    "KoboToolbox, answers in columns": as_workbook(split="apart"),
    "KoboToolbox, both ways, groups with a colon": as_workbook(split="both", sign=":"),
    "KoboToolbox, sheets saved as CSV": as_sheets_saved,
    "SurveyCTO, long": as_files(tablets.surveycto_long),
    "SurveyCTO, wide": as_wide,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_an_export_gives_the_discrepancies_of_plain_tables(plain, expected, tmp_path, shape):
    result = census_cli.check(folder_of(tmp_path / "data", plain, SHAPES[shape]))
    assert found(result) == found(expected)
    assert expected.discrepancies.num_rows > 20
    assert result.verdicts.num_rows == expected.verdicts.num_rows
    exports = [i for i in result.summary.inputs if i.tablet]
    assert {i.tablet.app for i in exports if i.tablet} == {shape.partition(",")[0].removesuffix(" without groups")}
    assert {u for i in exports for u in i.unknown_columns} <= {"person_count"}
    assert sum(i.rows_checked for i in exports if i.table == "person") == len(tablets.read(plain / "person.csv"))


@pytest.mark.parametrize("shape", ["ODK Central, answers in columns too", "KoboToolbox, answers in columns", "SurveyCTO, wide"])
def test_a_check_of_the_converted_export_is_the_check_of_the_export(plain, tmp_path, shape):
    converted(folder_of(tmp_path / "data", plain, SHAPES[shape]), tmp_path / "out", format="csv")
    alike(tmp_path / "data", tmp_path / "out")
