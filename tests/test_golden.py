"""The sample to golden files, byte for byte; `make golden` renews them, the difference is read in review."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from census_cli import checking
from census_cli.version import VERSION
from places import ROOT

GOLDEN = Path(__file__).parent / "golden"


def compare(name: str, content: bytes) -> None:
    if os.environ.get("CENSUS_GOLDEN") == "write":
        (GOLDEN / name).write_bytes(content)
    assert content.decode() == (GOLDEN / name).read_bytes().decode()


@pytest.fixture
def in_checkout(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("in_checkout")
@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_discrepancies_of_the_sample(census, tmp_path, ending):
    out = tmp_path / f"sample.{ending}"
    census("check", "sample_data", "--lang", "zh", "--output", out)
    compare(out.name, out.read_bytes().replace(f'"version": "{VERSION}"'.encode(), b'"version": "any"'))


@pytest.mark.usefixtures("in_checkout")
def test_a_survey_too_large_to_be_held_is_judged_alike(census, tmp_path, monkeypatch):
    monkeypatch.setattr(checking, "HELD_CELLS", -1)
    census("check", "sample_data", "--lang", "zh", "--output", tmp_path / "sample.json")
    compare(
        "sample.json", (tmp_path / "sample.json").read_bytes().replace(f'"version": "{VERSION}"'.encode(), b'"version": "any"')
    )


@pytest.mark.usefixtures("in_checkout")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_on_the_sample(census, lang):
    ran = census("check", "sample_data", "--lang", lang)
    compare(f"report.{lang}.txt", ran.out.encode())
