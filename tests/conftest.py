"""What the tests share: the real survey, an engine, the sample, and the program as a user runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from census_cli.cli.main import main
from census_cli.engines.base import Engine
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import set_language
from census_cli.opening import open_survey
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


ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.spark)]


@pytest.fixture(scope="session")
def duckdb(survey: BoundSurvey) -> Iterator[Engine]:
    """The engine that is built in, which knows the words of the real survey."""
    engine = DuckDBEngine()
    engine.teach(vocabulary(survey))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def running_spark() -> Iterator[Any]:
    """A Spark of somebody else's, with two cores and settings that must not change an answer."""
    from spark_session import start

    session = start()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def spark(running_spark: Any, survey: BoundSurvey) -> Iterator[Engine]:
    """The engine Spark, which knows the words of the real survey."""
    from census_cli.engines import open_engine

    engine = open_engine("spark")
    engine.teach(vocabulary(survey))
    yield engine
    engine.close()


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    return request.getfixturevalue(request.param)


ON_SPARK: set[str] = set()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs Spark is marked, whether it says so or asks for it by a fixture."""
    for item in items:
        if {"spark", "running_spark"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("spark")
        if item.get_closest_marker("spark"):
            ON_SPARK.add(item.nodeid)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many tests ran on each engine."""
    passed = [r for r in terminalreporter.stats.get("passed", []) if r.when == "call"]
    spark = sum(r.nodeid in ON_SPARK for r in passed)
    terminalreporter.write_line(f"passed on duckdb: {len(passed) - spark}, on spark: {spark}")


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
