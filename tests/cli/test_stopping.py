"""Ctrl-C and other stops while the rules run: the program ends soon, and nothing of it is left."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from census_cli.cli.exits import Exit
from census_cli.cli.stopping import STOPS
from census_cli.engines.duckdb import DuckDBEngine
from places import SAMPLE

LONG = "SELECT sum(a.i * b.i) AS n FROM range(200000) a(i), range(200000) b(i)"
ENDS = 10
"""Seconds that suffice on the busiest machine; it takes half a second."""


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """What the tests start hears every stop, though they themselves may run where some go unheard, as below nohup."""
    unheard = [s for s in STOPS if signal.getsignal(s) == signal.SIG_IGN]
    for number in unheard:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in unheard:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture
def busy() -> Iterator[DuckDBEngine]:
    """An engine that is stopped a moment after it has begun."""
    engine = DuckDBEngine(threads=2)
    timer = Timer(0.3, engine.stop)
    timer.start()
    yield engine
    timer.join()
    engine.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """So many persons that their rules run for some seconds, one table after the other."""
    header, *rows = (SAMPLE / "person.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    file: Path = tmp_path_factory.mktemp("large") / "person.csv"
    file.write_text("".join([header, *rows * 1600]), encoding="utf-8")
    return file


def stopped(data: Path, folder: Path, moment: float, how: signal.Signals = signal.SIGINT) -> subprocess.CompletedProcess[str]:
    """Check data, and stop it a moment after the rules have begun; temporary files would be found in `tmp`."""
    (folder / "tmp").mkdir()
    asked = ["check", str(data), "--verbose", "--threads", "2", "--output", str(folder / "x.csv"), "--spill", str(folder / "tmp")]
    command = [sys.executable, "-m", "census_cli", *asked]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            while not process.stderr.readline().endswith("what rules look up\n"):
                assert process.poll() is None
            time.sleep(moment)
            process.send_signal(how)
            _, err = process.communicate(timeout=ENDS)
        finally:
            process.kill()
    return subprocess.CompletedProcess(command, process.returncode, stderr=err)


@pytest.mark.parametrize(("size", "moment"), [("small", 0.0), ("small", 0.1), ("large", 0.0), ("large", 0.6)])
def test_nothing_is_left_of_a_check_that_was_stopped_while_the_rules_ran(tmp_path, request, size, moment):
    ended = stopped(SAMPLE if size == "small" else request.getfixturevalue("large"), tmp_path, moment)
    assert ended.returncode == Exit.INTERRUPTED
    assert ended.stderr.endswith("\nstopped; no output is half written\n")
    assert [file.relative_to(tmp_path) for file in tmp_path.rglob("*")] == [Path("tmp")]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_the_system_and_a_terminal_that_is_closed_stop_a_check_as_ctrl_c_does(tmp_path, large, how):
    ended = stopped(large, tmp_path, 0.3, how)
    assert ended.returncode == Exit.INTERRUPTED
    assert [file.relative_to(tmp_path) for file in tmp_path.rglob("*")] == [Path("tmp")]


def test_what_a_killed_check_left_is_removed_by_the_next_one(tmp_path, large):
    stopped(large, tmp_path, 0.3, signal.SIGKILL)
    assert [*(tmp_path / "tmp").iterdir()]
    subprocess.run(
        [sys.executable, "-m", "census_cli", "check", str(SAMPLE), "--spill", str(tmp_path / "tmp"), "-q"], check=False
    )
    assert not [*(tmp_path / "tmp").iterdir()]


def test_a_statement_ends_when_its_engine_is_stopped(busy):
    with pytest.raises(KeyboardInterrupt):
        busy.table("made", LONG)


def test_statements_side_by_side_end_when_their_engine_is_stopped(busy):
    busy.side_by_side()
    with pytest.raises(KeyboardInterrupt):
        busy.together({f"task {n}": lambda n=n: busy.table(f"made_{n}", LONG) for n in range(4)})


def test_an_engine_that_was_stopped_begins_nothing_more(busy):
    busy.stop()
    with pytest.raises(KeyboardInterrupt):
        busy.one("SELECT 1 AS n")


def test_a_check_whose_terminal_is_closed_says_by_its_exit_code_that_it_was_stopped(tmp_path, large):
    pid, terminal = pty.fork()
    if not pid:
        os.execv(sys.executable, [sys.executable, "-m", "census_cli", "check", str(large), "--spill", str(tmp_path), "--verbose"])
    with os.fdopen(terminal, "rb", buffering=0) as shown:
        while b"what rules look up" not in shown.read(4096):
            pass
    _, ended = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(ended) == Exit.INTERRUPTED
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("times", [1, 3])
def test_a_survey_that_is_being_made_is_stopped_and_leaves_nothing(tmp_path, times):
    (tmp_path / "tmp").mkdir()
    asked = ["synth", str(tmp_path / "made"), "--households", "300000", "--threads", "1", "--spill", str(tmp_path / "tmp")]
    with subprocess.Popen([sys.executable, "-m", "census_cli", *asked], stderr=subprocess.PIPE) as process:
        while not [*(tmp_path / "tmp").iterdir()]:
            assert process.poll() is None
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        process.communicate(timeout=ENDS)
    assert process.returncode == Exit.INTERRUPTED
    assert [file.relative_to(tmp_path) for file in tmp_path.rglob("*")] == [Path("tmp")]
