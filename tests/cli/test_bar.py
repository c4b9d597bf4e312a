"""The progress line: how much is done, and what time that leaves."""

from __future__ import annotations

from threading import Thread

import pytest
from rich.console import Console

from census_cli.cli.bar import Line
from census_cli.engines import open_engine
from census_cli.i18n import set_language


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    set_language("en")
    return Clock()


def words(line: Line, clock: Clock, now: float, share: float | None) -> str:
    clock.now = now
    return line.words(share)


def test_what_nobody_measures_has_no_share_and_no_time_left(clock):
    line = Line("reading a.csv", lambda: None, clock)
    assert words(line, clock, 65.0, None) == "0:01:05  reading a.csv"


def test_the_time_left_follows_from_the_pace(clock):
    line = Line("rules of person", lambda: None, clock)
    words(line, clock, 0.0, 0.0)
    assert words(line, clock, 10.0, 0.25) == "0:00:10   25%  0:00:30 left for this part  rules of person"


def test_a_share_that_falls_is_of_something_new(clock):
    line = Line("rules", lambda: None, clock)
    words(line, clock, 0.0, 0.0)
    words(line, clock, 100.0, 0.9)
    assert "left" not in words(line, clock, 101.0, 0.1)
    assert "0:00:05 left" in words(line, clock, 105.0, 0.5)


def test_no_time_left_is_told_as_such(clock):
    line = Line("rules of person", lambda: None, clock)
    words(line, clock, 0.0, 0.0)
    assert "0:00:00 left" in words(line, clock, 10.0, 1.0)


def test_no_time_is_told_before_there_is_a_pace(clock):
    line = Line("rules", lambda: None, clock)
    assert "left" not in words(line, clock, 1.0, 0.01)


def test_the_line_fits_the_terminal_whatever_the_step_is_called(clock, capsys):
    line = Line("[bold]一个很长的名字" * 20, lambda: 0.5, clock)
    Console(width=60).print(line)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_an_engine_that_runs_nothing_has_no_share(engine):
    assert engine.share() is None
    assert engine.one("SELECT count(*) AS n FROM (SELECT 1 AS x)")["n"] == 1
    assert engine.share() is None


def test_the_share_of_a_long_statement_is_told_while_it_runs():
    engine, seen = open_engine("duckdb", threads=1), list[float]()
    rows = "SELECT i, CAST(i AS VARCHAR) AS x FROM range(3000000) r(i)"
    engine.table("many", rows)
    work = Thread(
        target=engine.table, args=("made", "SELECT max(regexp_replace(x, '[0-9]', 'y', 'g')) AS x FROM many GROUP BY i % 3")
    )
    try:
        work.start()
        while work.is_alive():
            if (share := engine.share()) is not None:
                seen.append(share)
            work.join(0.01)
        assert len(set(seen)) > 1
        assert all(0 <= share <= 1 for share in seen)
    finally:
        engine.close()
