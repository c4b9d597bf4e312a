"""Files that cannot be used, as users meet them: the program says what each is and what to do, with exit code 2 and no traceback."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet
from tiny_tables import write

from census_cli.checking import run_check
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.errors import InputError
from census_cli.loading import from_files
from census_cli.options import Options
from places import ROOT

HOUSEHOLDS = "户编号,村编码,户主姓名,家庭人口数\n" + "".join(f"{n},990000100200,测试甲,{n * 7919 % 97}\n" for n in range(2000))
WIDE = [*(f"c{n}" for n in range(9_997)), "户编号", "村编码", "户主姓名"]


def workbook(path: Path, *rows: list[str]) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()


def cut_workbook(folder: Path) -> None:
    workbook(folder / "household.xlsx", ["户编号", "村编码"], ["1", "2"])
    content = (folder / "household.xlsx").read_bytes()
    (folder / "household.xlsx").write_bytes(content[: len(content) // 2])


def cut_zip(folder: Path) -> None:
    with zipfile.ZipFile(folder / "普查.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("household.csv", HOUSEHOLDS)
    content = (folder / "普查.zip").read_bytes()
    (folder / "普查.zip").write_bytes(content[: len(content) // 2])


def locked_zip(folder: Path) -> None:
    """Marked as locked in its directory and before its part, as other programs write it; Python writes no locked archive."""
    with zipfile.ZipFile(folder / "普查.zip", "w") as archive:
        archive.writestr("household.csv", HOUSEHOLDS)
    content = bytearray((folder / "普查.zip").read_bytes())
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    (folder / "普查.zip").write_bytes(content)


def cut_gzip(folder: Path) -> None:
    write(folder, "household.csv.gz", gzip.compress(HOUSEHOLDS.encode())[:-200])


def endless_line(folder: Path) -> None:
    """Past the bound, beyond which no line is read any further: the program stops alike at 65 MB and at 2 GB."""
    with (folder / "household.csv").open("wb") as file:
        file.write("户编号,村编码\n1,".encode())
        for _ in range(66):
            file.write(b"x" * (1 << 20))


def wide_parquet(folder: Path) -> None:
    parquet.write_table(pa.table({name: ["1"] for name in WIDE}), folder / "household.parquet")


def garbled_name(folder: Path) -> None:
    with open(os.fsencode(folder) + b"/household_\xb4\xe5.csv", "w") as file:  # noqa: PTH123  # Path would be no plainer
        file.write(HOUSEHOLDS)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "a workbook with a password": (
        lambda f: write(f, "household.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1500)),
        "household.xlsx has a password, or is of an older format than its name says; save it without a password as .xlsx",
    ),
    "a workbook cut short": (cut_workbook, "household.xlsx is a damaged workbook; it was probably not copied whole"),
    "a zip archive cut short": (cut_zip, "普查.zip is damaged, or no archive; it was probably not copied whole: copy it again"),
    "a zip archive with a password": (locked_zip, "普查.zip has a password; unpack it, and give what it holds"),
    "a gzip file cut short": (cut_gzip, "household.csv.gz is damaged, or no archive; it was probably not copied whole: copy it again"),
    "a PDF named .xlsx": (
        lambda f: write(f, "household.xlsx", b"%PDF-1.7\n"), "household.xlsx is a PDF document, no workbook; open it in Excel or WPS",
    ),
    "a web page saved as .xls": (
        lambda f: write(f, "household.xls", "<html><table><tr><td>户编号</td></tr></table></html>"),
        "household.xls is a web page, no workbook; open it in Excel or WPS and save it as .xlsx",
    ),
    "an endless line": (endless_line, "household.csv has a line of more than 64 MB: it is no table; export it again"),
    "10,000 columns": (
        lambda f: write(f, "household.csv", ",".join(WIDE)),
        "household.csv has 10000 columns; a table has at most 2000; give the columns of the form only",
    ),
    "10,000 columns in a workbook": (lambda f: workbook(f / "household.xlsx", WIDE, WIDE), "household.xlsx#Sheet1 has 10000 columns"),
    "10,000 columns in Parquet": (wide_parquet, "household.parquet has 10000 columns"),
    "an empty folder": (Path.is_dir, "no table found. Seen: no file at all. Expected are files such as village.csv"),
    "an empty file": (lambda f: write(f, "household.csv", ""), "household.csv is empty"),
    "a link to itself": (
        lambda f: (f / "household.csv").symlink_to(f / "household.csv"), "household.csv cannot be read: it is a link that leads to itself",
    ),
    "a pipe": (lambda f: os.mkfifo(f / "household.csv"), "no table found. Seen: household.csv (not a table file)"),
    "a garbled name": (garbled_name, "household_\ufffd\ufffd.csv: the name of this file is garbled; rename it"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_cannot_be_used_is_told_in_one_line(census, tmp_path, what):
    make, said = BAD[what]
    make(tmp_path)
    ran = census("check", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)
    assert len(ran.err.strip().splitlines()) == 1


def test_names_with_blanks_chinese_and_emoji_are_names(census, tmp_path):
    write(tmp_path, "某 县 😀/第 1 批 👨‍👩‍👧/household 户 ' \" %.csv", HOUSEHOLDS)
    ran = census("check", tmp_path / "某 县 😀", "--select", "household.member_count.*", "--output", "-", "--format", "csv")
    assert ran.code == 1
    assert '第 1 批 👨‍👩‍👧/household 户 \' "" %.csv' in ran.out


def test_a_file_that_may_not_be_read_is_told(tmp_path):
    """Asked of the system itself, as a user who may not: whoever runs the tests may be one who may do anything."""
    path = write(tmp_path, "household.csv", HOUSEHOLDS)
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from census_cli.reading.discover import discover; "
    code += "from census_cli.errors import InputError\nimport os\n"
    code += f"os.getuid() or os.setuid(65534)\ntry: discover([__import__('pathlib').Path({str(path)!r})], [])\nexcept InputError as e: print(e)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "en_US.UTF-8"}
    )
    assert ran.stdout == "household.csv cannot be read: access is denied\n"


def written(path: Path, rows: list[list[str]]) -> None:
    if path.suffix == ".parquet":
        parquet.write_table(pa.table({header: [row[i] for row in rows[1:]] for i, header in enumerate(rows[0])}), path)
    elif path.suffix == ".xlsx":
        workbook(path, *rows)
    else:
        path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")


@pytest.mark.parametrize("name", ["household.csv", "household.parquet", "household.xlsx"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, name):
    rows = [line.split(",") for line in HOUSEHOLDS.splitlines()[:50]]
    written(tmp_path / name, rows)
    rows[7][2] = "测试乙"
    engine = DuckDBEngine()
    try:
        # The program tells what it is about to read: the moment when another one writes to it.
        with pytest.raises(InputError, match=r"changed while it was read; close the program that writes to it, or check a copy"):
            run_check(engine, from_files([tmp_path]), Options(), lambda step: name in step and written(tmp_path / name, rows))
    finally:
        engine.close()


def test_a_file_that_is_only_touched_is_read(tmp_path):
    path = write(tmp_path, "household.csv", HOUSEHOLDS)
    engine = DuckDBEngine()
    try:
        checked = run_check(engine, from_files([tmp_path]), Options(), lambda _: os.utime(path))
        assert checked.summary.inputs[0].rows == 2000
    finally:
        engine.close()


def test_an_endless_line_needs_no_memory(tmp_path):
    with (tmp_path / "household.csv").open("wb") as file:
        file.truncate(1 << 31)  # two gigabytes of NUL, without a place on the disk
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from census_cli.cli.main import main; "
    code += f"print(main(['check', {str(tmp_path)!r}])); print(*open('/proc/self/status'))"  # rusage would count the parent's memory too
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    exit_code, peak = ran.stdout.splitlines()[0], re.search(r"VmHWM:\s+(\d+) kB", ran.stdout)
    assert peak is not None
    assert (exit_code, int(peak[1]) < 400_000) == ("2", True)
