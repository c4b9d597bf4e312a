"""What is packed is read like what is not."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from pathlib import Path

import pytest
from tiny_tables import TABLES, write

from census_cli.errors import InputError
from census_cli.reading import packed
from census_cli.reading.discover import Discovery, discover

HOUSEHOLD = "户编号,村编码,县,住址\n1,990000100200,测试县,一号\n".encode("gbk")
PERSON = "户编号,人口编号,姓名\n1,1,测试甲\n".encode()


@pytest.fixture
def found(tmp_path):
    """What is found in these files, all temporary files below `spill`."""
    spill = tmp_path / "spill"
    spill.mkdir()

    def found(*paths: Path) -> Discovery:
        return discover(paths, TABLES, spill=spill)

    return found


def tables(discovery: Discovery) -> dict[str, str]:
    return {file.name: file.table for file in discovery.files}


@pytest.mark.parametrize("name", ["household.csv.gz", "household.gz", "data.csv.gz"])
def test_a_gzip_file_is_the_file_that_it_holds(found, tmp_path, name):
    assert tables(found(write(tmp_path, name, gzip.compress(HOUSEHOLD)))) == {name: "household"}


def test_a_zip_archive_is_a_folder(found, tmp_path):
    path = tmp_path / "普查.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "东村/户.csv": HOUSEHOLD,
            "../../西村/户.csv": HOUSEHOLD,
            "人.csv": PERSON,
            "说明.doc": b"x",
        }.items():
            archive.writestr(name, content)
    seen = found(path)
    assert tables(seen) == {
        "普查.zip/../../西村/户.csv": "household",
        "普查.zip/东村/户.csv": "household",
        "普查.zip/人.csv": "person",
    }
    assert [i.name for i in seen.ignored] == ["普查.zip/说明.doc"]
    assert all(tmp_path / "spill" in file.path.parents for file in seen.files)


@pytest.mark.parametrize("ending", [".zip", ".csv.gz"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x1f\x8b\x08", gzip.compress(HOUSEHOLD)[:-9]])
def test_a_damaged_archive_is_refused(found, tmp_path, ending, content):
    with pytest.raises(InputError, match="household"):
        found(write(tmp_path, "household" + ending, content))


def test_a_bomb_is_refused(found, tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "SMALL", 1 << 20)
    with pytest.raises(InputError, match="unpacks to far more than a table would"):
        found(write(tmp_path, "household.csv.gz", gzip.compress(bytes(8 << 20))))


def test_standard_input_is_a_file(found, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(HOUSEHOLD))))
    assert tables(found(Path("-"))) == {"-": "household"}


def test_a_pattern_stands_for_the_files_that_fit(found, tmp_path):
    for name in ("a/household_1.csv", "b/household_2.csv", "b/other.csv"):
        write(tmp_path, name, HOUSEHOLD)
    assert sorted(tables(found(tmp_path / "*" / "household_*.csv"))) == ["household_1.csv", "household_2.csv"]


def test_a_pattern_without_a_file_does_not_exist(found, tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        found(tmp_path / "*.csv")
