"""The exit codes, one test each."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from census_cli import judging
from census_cli.cli.exits import Exit


def test_0_when_there_is_no_discrepancy(census, sound_data):
    assert census("check", sound_data).code == Exit.CLEAN


def test_1_when_there_are_discrepancies(census, sample):
    assert census("check", sample).code == Exit.DISCREPANCIES


def test_0_when_nothing_may_fail(census, sample):
    assert census("check", sample, "--fail-on", "never").code == Exit.CLEAN


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("check",),
        ("check", "nowhere"),
        ("chek", "sample_data"),
        ("check", "sample_data", "--no-such-option"),
        ("check", "sample_data", "--fail-on", "sometimes"),
        ("check", "sample_data", "--threads", "0"),
        ("check", "sample_data", "--threads", "100000000"),
        ("check", "sample_data", "--encoding", "utf-16"),
        ("check", "sample_data", "--encoding", "idna"),
        ("check", "sample_data", "--memory", "lots"),
        ("check", "sample_data", "--memory", "1KB"),
        ("check", "sample_data", "--select", ""),
        ("check", "sample_data", "--survey", "no-such-survey"),
        ("check", "sample_data", "--profile", "national-2021"),
        ("check", "sample_data", "--select", "S99"),
        ("check", "sample_data", "--as-of", "2020-13-01"),
        ("check", "sample_data", "--engine", "hive"),
        ("check", "sample_data", "--output", "report.doc"),
        ("check", "sample_data", "--output", "no/such/folder/x.csv"),
        ("check", "sample_data", "--output", "-"),
        ("check", "sample_data", "--format", "json"),
    ],
)
def test_2_for_unusable_input_or_options(census, args):
    ran = census(*args)
    assert (ran.code, ran.out) == (Exit.UNUSABLE, "")
    assert "Traceback" not in ran.err


def test_3_for_a_bug_of_ours_which_names_a_file_with_the_traceback(census, sample, monkeypatch):
    def broken(*args):
        raise RuntimeError("a bug")

    monkeypatch.setattr(judging, "make_plan", broken)
    ran = census("check", sample)
    assert ran.code == Exit.INTERNAL
    file = Path(ran.err.rsplit(": ", 1)[1].strip())
    assert "RuntimeError: a bug" in file.read_text(encoding="utf-8")
    file.unlink()


def test_where_no_file_can_be_made_a_bug_of_ours_is_told_whole(census, monkeypatch, tmp_path):
    def broken(*args):
        raise RuntimeError("a bug")

    monkeypatch.setattr("census_cli.cli.main.commands", broken)
    with monkeypatch.context() as during:
        during.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
        ran = census("check", "sample_data")
    assert ran.code == Exit.INTERNAL
    assert "RuntimeError: a bug" in ran.err


SLOW = """
import sys, time
from census_cli import judging
from census_cli.cli.main import run

def plan(*args):
    print("ready", flush=True)
    time.sleep(60)

judging.make_plan = plan
sys.argv = ["census", "check", *sys.argv[1:]]
run()
"""


def test_130_after_an_interrupt_with_a_message_and_nothing_half_written(sample, tmp_path):
    out = tmp_path / "x.csv"
    command = [sys.executable, "-c", SLOW, str(sample), "--output", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert (process.returncode, err.strip()) == (Exit.INTERRUPTED, "stopped; no output is half written")
    assert not out.exists()
