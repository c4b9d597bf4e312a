"""What the tests of synthetic surveys share: surveys made once, and what the check says of them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

import census_cli
import census_cli.results
from census_cli.synth.load import Kitchen, open_kitchen
from census_cli.synth.making import Order, make_survey


class Survey(NamedTuple):
    """A synthetic survey and what `census check` finds in it."""

    folder: Path
    checked: census_cli.results.CheckResult

    def rows(self, file: str) -> list[dict[str, str]]:
        return read(self.folder / f"{file}.csv")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _made(folder: Path, order: Order) -> Survey:
    make_survey(folder, order)
    return Survey(folder, census_cli.check(folder, language="en"))


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """2,000 households without a fault, under English headers."""
    return _made(tmp_path_factory.mktemp("clean") / "survey", Order(2000, seed=7, headers="en"))


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """10,000 households of which four in ten have a fault, and as many of their villages, under Chinese headers: turns for every kind."""
    return _made(tmp_path_factory.mktemp("faulty") / "survey", Order(10000, seed=2, errors=0.4))


@pytest.fixture(scope="session")
def kitchen() -> Kitchen:
    return open_kitchen("registered-households")
