"""What the tests share: the real survey, an engine, the sample, and the program as a user runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from census_cli.cli.main import main
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.expr.bind import open_survey
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import set_language
from census_cli.sql.plan import vocabulary
from places import SAMPLE


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.delenv("CENSUS_KEY", raising=False)
    set_language("en")
    yield
    set_language(None)


@pytest.fixture(scope="session")
def survey() -> BoundSurvey:
    return open_survey("registered-households")


@pytest.fixture(scope="session")
def engine(survey: BoundSurvey) -> Iterator[DuckDBEngine]:
    """An engine that knows the words of the real survey."""
    engine = DuckDBEngine()
    engine.teach(vocabulary(survey))
    yield engine
    engine.close()


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def census(capfd: pytest.CaptureFixture[str]):
    """Run the program with arguments; yields exit code, standard output and standard error."""

    def run(*args: object) -> Ran:
        capfd.readouterr()
        code = main([str(a) for a in args])
        out, err = capfd.readouterr()
        return Ran(int(code), out, err)

    return run


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sample that a test may change."""
    folder = tmp_path / "data"
    folder.mkdir()
    for file in SAMPLE.glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def sound_data(tmp_path: Path) -> Path:
    """A survey of one household without a fault."""
    from making import SOUND, rows

    folder = tmp_path / "sound"
    folder.mkdir()
    for table in SOUND:
        row = rows(table)[0]
        (folder / f"{table}.csv").write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    return folder
