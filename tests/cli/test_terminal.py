"""How much the program says on a terminal, and in which form."""

from __future__ import annotations

import io
import os
import re
import sys

import pytest

from census_cli.checking import run_check
from census_cli.cli.console import say
from census_cli.engines import open_engine
from census_cli.loading import from_files
from census_cli.options import Options
from census_cli.report import terminal
from places import SAMPLE

ESCAPE = "\x1b["
ESCAPED = r"\x1b\[[0-9;]*m"


class Screen(io.StringIO):
    """A terminal of so many columns."""

    def isatty(self):
        return True


@pytest.fixture(scope="module")
def findings():
    engine = open_engine("duckdb")
    yield run_check(engine, from_files([SAMPLE]), Options(language="en"))
    engine.close()


@pytest.fixture
def shown(findings, monkeypatch):
    """The report on a terminal, or in a file, under these variables."""

    def write(file, **variables):
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("TERM", "xterm-256color")
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        terminal.write(findings, file, [])
        return file.getvalue()

    return write


def test_a_quiet_check_says_nothing_and_its_exit_code_tells(census, sample):
    assert census("check", sample, "--quiet") == (1, "", "")


def test_a_quiet_check_still_writes_and_still_tells_of_errors(census, sample, tmp_path):
    written = census("check", sample, "-q", "--output", tmp_path / "x.csv", "--annotate", tmp_path / "out")
    failed = census("check", tmp_path / "nothing", "-q")
    assert (written, (tmp_path / "x.csv").is_file(), (tmp_path / "out").is_dir()) == ((1, "", ""), True, True)
    assert (failed.code, failed.out, "does not exist" in failed.err) == (2, "", True)


def test_a_verbose_check_tells_steps_files_and_every_rule_that_was_skipped(census, sample):
    ran = census("check", sample, "--verbose", "--select", "household.*")
    assert re.search(r"^[0-9.]+ s: reading household.csv$", ran.err, re.M)
    assert "read household.csv as household: utf-8, 41 rows" in ran.err
    (line,) = (x for x in ran.err.splitlines() if x.startswith("skipped, not selected: "))
    assert {"S04", "person.sex.code", "V03a"} <= set(line.split(": ")[1].split(", "))


def test_what_is_verbose_leaves_the_report_as_it_is(census, sample):
    assert census("check", sample, "-v").out == census("check", sample).out


def test_quiet_and_verbose_exclude_each_other(census, sample):
    ran = census("check", sample, "-q", "-v")
    assert (ran.code, "not both" in ran.err) == (2, True)


def test_a_terminal_has_colours(shown):
    assert "31m" in shown(Screen())


def test_no_color_is_honoured(shown):
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", shown(Screen(), NO_COLOR="1"))


def test_what_is_no_terminal_gets_plain_text(shown):
    assert ESCAPE not in shown(io.StringIO())


@pytest.mark.parametrize("columns", [60, 160])
def test_tables_fit_the_terminal_though_chinese_letters_are_two_columns_wide(shown, columns):
    from rich.cells import cell_len

    lines = re.sub(ESCAPED, "", shown(Screen(), COLUMNS=str(columns))).splitlines()
    assert max(map(cell_len, lines)) <= columns


@pytest.mark.parametrize("columns", [80, 100])
def test_no_name_of_an_assurance_is_broken_where_shares_do_not_fit_beside_their_counts(shown, columns):
    lines = [line.rstrip() for line in re.sub(ESCAPED, "", shown(Screen(), COLUMNS=str(columns))).splitlines()]
    start = lines.index("Assurances")
    words = {word for line in lines[start : start + 25] for word in line.split()}
    assert {"household", "person", "Clothing", "Education", "Medical", "Overall"} <= words


def test_the_whole_list_is_said_to_be_where_it_is(census, sample, tmp_path):
    shown = census("check", sample, "--output", tmp_path / "x.md", "--output", tmp_path / "x.csv").out
    assert "x.csv" in shown
    assert "x.md" not in shown


def test_steps_that_run_side_by_side_are_told_together(census, sample):
    steps = [line.partition(" s: ")[2] for line in census("check", sample, "--verbose").err.splitlines() if " s: " in line]
    assert any("rules of household" in step and "rules of person" in step for step in steps) or "rules of person" in steps
    assert "discrepancies of person" in steps


def test_a_check_goes_on_when_nobody_reads_its_messages(monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", buffering=1) as gone:
        monkeypatch.setattr(sys, "stderr", gone)
        say("one")
        say("two")
