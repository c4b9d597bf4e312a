"""Temporary files: none outlives its run for longer than until the next one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from census_cli.errors import OptionError
from census_cli.scratch import MARK, PREFIX, lying_in, scratch_folder, temporary_in_scratch

KILLED = "import os; from census_cli.scratch import Scratch; Scratch().path.joinpath('spilled').touch(); os.kill(os.getpid(), 9)"


def test_a_scratch_folder_goes_with_all_that_is_in_it(tmp_path):
    with lying_in(tmp_path), scratch_folder() as folder:
        (folder / "spilled").write_text("x")
        assert folder.parent == tmp_path
    assert not [*tmp_path.iterdir()]


def test_nobody_else_can_read_a_scratch_folder(tmp_path):
    with lying_in(tmp_path), scratch_folder() as folder:
        assert folder.stat().st_mode & 0o077 == 0


def test_what_a_killed_run_left_goes_with_the_next_run(tmp_path):
    with lying_in(tmp_path):
        subprocess.run([sys.executable, "-c", KILLED], env={"TMPDIR": str(tmp_path)}, check=False)
        assert [*tmp_path.glob(f"{PREFIX}*/spilled")]
        with scratch_folder() as folder:
            assert [*tmp_path.iterdir()] == [folder]


def test_the_folder_of_a_run_that_is_not_over_stays(tmp_path):
    with lying_in(tmp_path), scratch_folder() as first, scratch_folder() as second:
        assert first.exists()
        assert second.exists()


def test_a_folder_that_only_has_such_a_name_stays(tmp_path):
    mine = tmp_path / f"{PREFIX}2020"
    mine.mkdir()
    (mine / "household.csv").touch()
    with lying_in(tmp_path), scratch_folder():
        pass
    assert (mine / "household.csv").exists()


def test_a_folder_behind_a_link_stays(tmp_path):
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    place.mkdir()
    elsewhere.mkdir()
    (elsewhere / MARK).touch()
    (place / f"{PREFIX}link").symlink_to(elsewhere)
    with lying_in(place), scratch_folder():
        pass
    assert elsewhere.exists()


def test_what_others_laid_there_is_not_opened(tmp_path):
    theirs = tmp_path / f"{PREFIX}theirs"
    theirs.mkdir()
    os.mkfifo(theirs / MARK)
    with lying_in(tmp_path), scratch_folder():
        assert theirs.exists()


def test_temporary_files_are_never_read_as_data(census, sample, tmp_path):
    with lying_in(sample), scratch_folder() as folder:
        shutil.copy(sample / "household.csv", folder)
        census("check", sample, "--output", tmp_path / "x.json")
    assert not [
        i for i in json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["summary"]["inputs"] if PREFIX in i["path"]
    ]


def test_a_place_where_no_file_can_be_made_is_refused_by_name(tmp_path):
    with pytest.raises(OptionError, match=r"--spill .*missing: "), lying_in(tmp_path / "missing"):
        pass


def test_temporary_files_lie_where_they_did_before_once_it_is_over(tmp_path):
    before = tempfile.gettempdir()
    with lying_in(tmp_path):
        assert tempfile.gettempdir() == str(tmp_path)
    assert tempfile.gettempdir() == before


def test_what_a_removal_left_that_was_cut_short_goes_with_the_next_run(tmp_path):
    cut = "import os, sys, shutil; from census_cli.scratch import Scratch; s = Scratch(); (s.path / 'in').mkdir(); (s.path / 'in' / 'it').touch()\n"
    cut += "shutil.rmtree = lambda *_, **__: os.kill(os.getpid(), 9)\ns.remove()"
    subprocess.run([sys.executable, "-c", cut], env={"TMPDIR": str(tmp_path)}, check=False)
    assert [*tmp_path.glob(f"{PREFIX}*/in/it")]
    with lying_in(tmp_path), scratch_folder() as folder:
        assert [*tmp_path.iterdir()] == [folder]


def test_what_others_make_of_temporary_files_is_removed_too(tmp_path):
    with lying_in(tmp_path), temporary_in_scratch():
        left, _ = tempfile.mkstemp()
        os.close(left)
    assert not [*tmp_path.iterdir()]


def test_a_place_whose_name_is_no_utf_8_is_refused(tmp_path):
    with pytest.raises(OptionError, match="this is no UTF-8"), lying_in(Path(f"{tmp_path}/bad\udcff")):
        pass


def test_a_folder_that_somebody_removed_meanwhile_is_no_fault(tmp_path):
    with lying_in(tmp_path), scratch_folder() as folder:
        shutil.rmtree(folder)
