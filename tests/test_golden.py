"""The sample to golden files, byte for byte; `make golden` renews them, the difference is read in review."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from census_cli.version import VERSION
from making import SIZES, as_of_size
from places import ROOT

GOLDEN = Path(__file__).parent / "golden"


def compare(name: str, content: bytes) -> None:
    if os.environ.get("CENSUS_GOLDEN") == "write":
        (GOLDEN / name).write_bytes(content)
    assert content.decode() == (GOLDEN / name).read_bytes().decode()


@pytest.fixture
def in_checkout(monkeypatch):
    monkeypatch.chdir(ROOT)


def without_version(content: bytes) -> bytes:
    return content.replace(f'"version": "{VERSION}"'.encode(), b'"version": "any"')


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_discrepancies_of_the_small_sample(census, sample, tmp_path, ending):
    out = tmp_path / f"small.{ending}"
    census("check", sample, "--lang", "zh", "--output", out)
    compare(out.name, without_version(out.read_bytes()))


@pytest.mark.parametrize("size", SIZES)
def test_a_survey_is_judged_alike_whatever_its_size(census, sample, tmp_path, monkeypatch, size):
    as_of_size(size, monkeypatch)
    census("check", sample, "--lang", "zh", "--output", tmp_path / "small.json")
    compare("small.json", without_version((tmp_path / "small.json").read_bytes()))


@pytest.mark.usefixtures("in_checkout")
def test_the_discrepancies_of_the_sample_data(census, tmp_path):
    census("check", "sample_data", "--lang", "zh", "--output", tmp_path / "sample_data.csv")
    compare("sample_data.csv", (tmp_path / "sample_data.csv").read_bytes())


def needing_a_look(verdicts: Path) -> bytes:
    """All others are met, exempt or not applicable, which the report counts."""
    header, *rows = verdicts.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = [r for r in rows if r.split(",")[4] in ("not_met", "contradiction", "unknown")]
    return "".join([header, *kept]).encode()


@pytest.mark.usefixtures("in_checkout")
def test_the_verdicts_of_the_sample_data_that_need_a_look(census, tmp_path):
    census("check", "sample_data", "--lang", "zh", "--verdicts", tmp_path / "verdicts.csv")
    compare("sample_data.verdicts.csv", needing_a_look(tmp_path / "verdicts.csv"))


@pytest.mark.spark
@pytest.mark.usefixtures("in_checkout", "running_spark")
def test_spark_writes_the_same_to_the_byte(census, tmp_path):
    """Discrepancies and verdicts as in the golden files; the report, all verdicts and the whole summary as DuckDB writes them."""
    ran = {}
    for engine in ("duckdb", "spark"):
        written = [tmp_path / f"{engine}.{ending}" for ending in ("csv", "json", "verdicts.csv")]
        asked = ["--output", written[0], "--output", written[1], "--verdicts", written[2], "--engine", engine]
        report = census("check", "sample_data", "--lang", "zh", *asked).out.replace(f"{engine}.", "")
        ran[engine] = [report.encode(), *(path.read_bytes() for path in written)]
    assert ran["spark"] == ran["duckdb"]
    compare("sample_data.csv", ran["spark"][1])
    compare("sample_data.verdicts.csv", needing_a_look(tmp_path / "spark.verdicts.csv"))


@pytest.mark.usefixtures("in_checkout")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_on_the_sample_data(census, lang):
    ran = census("check", "sample_data", "--lang", lang)
    compare(f"report.{lang}.txt", ran.out.encode())
