"""A survey that was bound once is kept, and only for as long as nothing of which it was made has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from census_cli import opening
from census_cli.expr.bind import bind_survey
from census_cli.opening import kept_at, open_survey
from places import ROOT

SURVEY = ROOT / "schemas" / "registered-households"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SURVEY, tmp_path / "registered-households")


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Where surveys are kept, for this test alone."""
    kept = tmp_path / "kept"
    monkeypatch.setattr(opening.importlib.util, "cache_from_source", lambda path: str(kept / Path(path).name))
    return kept


def change(path, old, new):
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_what_is_kept_is_what_is_bound(program):
    bound = bind_survey(SURVEY)
    assert open_survey(SURVEY) == bound
    assert len(list(program.iterdir())) == 1
    assert open_survey(SURVEY) == bound


def test_nothing_is_parsed_a_second_time():
    code = (
        f"import sys; from census_cli.opening import open_survey; open_survey({str(SURVEY)!r}); print('sqlglot' in sys.modules)"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert second == "False\n", first


def test_a_changed_rule_is_a_changed_survey(program, folder):
    open_survey(folder)
    change(folder / "rules" / "S13b.yaml", "severity: mandatory", "severity: hint")
    assert open_survey(folder).rules["S13b"].model.severity == "hint"


def test_a_changed_program_keeps_nothing_of_the_one_before(monkeypatch, tmp_path):
    module = tmp_path / "module.py"
    module.write_text("1")
    monkeypatch.setattr(opening, "PROGRAM", tmp_path)
    before = kept_at(SURVEY, None, None)
    os.utime(module, ns=(1, 1))
    assert kept_at(SURVEY, None, None) != before


def test_each_profile_and_day_is_kept_by_itself():
    assert len({kept_at(SURVEY, None, None), kept_at(SURVEY, "p", None), kept_at(SURVEY, None, "2020-12-31")}) == 3


@pytest.mark.parametrize("damaged", [b"", b"no pickle", b"\x80\x05N.", b"\x80\x05cno_module\nno_name\n."])
def test_what_was_kept_badly_is_bound_again(program, damaged):
    program.mkdir()
    kept_at(SURVEY, None, None).write_bytes(damaged)
    assert open_survey(SURVEY) == bind_survey(SURVEY)


def test_where_nothing_can_be_kept_surveys_open_all_the_same(program):
    program.write_text("a file where the folder should be")
    assert open_survey(SURVEY) == bind_survey(SURVEY)


def test_the_oldest_is_forgotten(program, monkeypatch):
    monkeypatch.setattr(opening, "KEPT", 1)
    open_survey(SURVEY)
    open_survey(SURVEY, as_of="2020-12-31")
    assert list(program.iterdir()) == [kept_at(SURVEY, None, "2020-12-31")]
