"""Which files are taken, and by which names they go."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_tables import write

from census_cli.errors import InputError
from census_cli.reading.files import find_files


def names(*data: Path) -> list[str]:
    return [file.name for file in find_files(data)]


def test_a_folder_is_read_to_its_depth_and_hidden_files_are_skipped(tmp_path):
    for name in ("b.csv", "a/x.csv", "a/.x.csv", ".git/y.csv"):
        write(tmp_path, name, "")
    assert sorted(names(tmp_path)) == ["a/x.csv", "b.csv"]


def test_a_file_given_itself_goes_by_its_own_name(tmp_path):
    path = write(tmp_path, "deep/down/x.csv", "")
    (file,) = find_files([path])
    assert (file.name, file.given) == ("x.csv", True)


def test_files_of_one_name_show_as_much_of_their_paths_as_tells_them_apart(tmp_path):
    paths = [write(tmp_path, name, "") for name in ("2019/a/x.csv", "2020/a/x.csv", "2020/b/y.csv")]
    assert names(*paths) == ["2019/a/x.csv", "2020/a/x.csv", "y.csv"]


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path):
    for name in ("north/x.csv", "south/x.csv", "south/y.csv"):
        write(tmp_path, name, "")
    assert names(tmp_path / "north", tmp_path / "south") == ["north/x.csv", "south/x.csv", "y.csv"]


def test_a_file_given_twice_is_taken_once(tmp_path):
    path = write(tmp_path, "x.csv", "")
    assert names(tmp_path, path, path) == ["x.csv"]


def test_a_link_to_itself_does_no_harm(tmp_path):
    (tmp_path / "x.csv").symlink_to("x.csv")
    assert names(tmp_path) == ["x.csv"]


def test_a_path_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv does not exist"):
        names(tmp_path / "nowhere.csv")


def test_a_path_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def forbidden(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", forbidden)
    with pytest.raises(InputError, match=r"x\.csv cannot be read: access is denied"):
        names(tmp_path / "x.csv")
