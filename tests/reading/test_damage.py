"""Damaged files: whatever is done to the bytes, every record is checked or listed, or the file is refused in words."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tiny_tables import TABLES

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.errors import CensusError
from census_cli.raw import hold_files
from census_cli.reading.discover import discover
from census_cli.reading.records import read_records

ROWS = ["户编号,村编码,县,耕地面积,住址", *(f'{n},99000010020{n % 10},测试县,{n}.5,"村{n}组, 东"' for n in range(1, 41)), ""]
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
FILES_PER_DAMAGE = 200


def flip(content: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 5)):
        content[dice.randrange(len(content))] = dice.randrange(256)


def cut(content: bytearray, dice: random.Random) -> None:
    del content[dice.randrange(len(content)) :]


def insert(content: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(content))
        content[at:at] = dice.choice([b'"', b"\0", b"\r", b"\n", b",", b'""', b"\xff", b'="', b"\t", b"\xe6"])


def lose(content: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(content))
    del content[at : at + dice.randint(1, 200)]


def blank_out(content: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(content))
    size = min(dice.randint(1, 60), len(content) - at)
    content[at : at + size] = bytes(size)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    from census_cli.opening import open_survey
    from census_cli.sql.plan import vocabulary

    engine = DuckDBEngine(threads=1)
    engine.teach(vocabulary(open_survey("registered-households")))
    yield engine
    engine.close()


@pytest.mark.parametrize("damage", [flip, cut, insert, lose, blank_out])
def test_no_record_of_a_damaged_file_is_lost(engine, tmp_path, damage: Callable[[bytearray, random.Random], None]):
    read = sum(accounted(engine, tmp_path, damage, seed) for seed in range(FILES_PER_DAMAGE))
    assert read > FILES_PER_DAMAGE // 2


def accounted(engine: DuckDBEngine, folder: Path, damage: Callable[[bytearray, random.Random], None], seed: int) -> bool:
    """Whether a damaged file is read at all; if so, every record that is there has come to something."""
    dice = random.Random(seed)
    content = bytearray("\r\n".join(ROWS).encode(ENCODINGS[seed % len(ENCODINGS)]))
    damage(content, dice)
    path = folder / "household.csv"
    path.write_bytes(content)
    try:
        found = discover([folder], TABLES)
        raw = hold_files(engine, found.files, lambda _: None)
    except CensusError:
        return False
    (file,), (held,) = found.files, raw.held
    assert file.encoding is not None
    records = list(read_records(path, file.encoding, file.delimiter))[file.header_rows :]
    assert held.sound + held.damaged + held.blank + len(held.skipped) == len(records)
    assert engine.one(f"SELECT count(*) AS n FROM ({held.rows})")["n"] == held.sound
    engine.drop("file_0")
    return True
