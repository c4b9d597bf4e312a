"""Folders for temporary files: each goes with its run, or with the next run in the same place if its own was killed."""

from __future__ import annotations

import glob
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from census_cli.errors import OptionError
from census_cli.i18n import reason, tr

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed
    fcntl = None  # type: ignore[assignment]

PREFIX = ".census-"
"""So it is never read as data, wherever it lies."""

MARK = ".census-in-use"
"""A file that its run keeps locked; the lock goes with the run, whatever ends it."""
_CHOSEN: list[Path] = []
"""Where temporary files are to lie, if that was said."""


class Scratch:
    """A new folder for temporary files, that nobody else may read; where it is made, what killed runs left is removed."""

    def __init__(self, place: Path | None = None, prefix: str = PREFIX) -> None:
        place = place or Path(tempfile.gettempdir())
        _remove_left(place, prefix)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        self._mark = (self.path / (f"{MARK}.new" if fcntl else MARK)).open("x")
        if fcntl:  # the mark has its name once it is locked; where it cannot be, a folder is never taken for left
            with suppress(OSError):
                _lock(self._mark.fileno())
                Path(self._mark.name).replace(self.path / MARK)

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        self._mark.close()
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def scratch_folder(place: Path | None = None, prefix: str = PREFIX) -> Iterator[Path]:
    """A folder that is removed at the end."""
    scratch = Scratch(place, prefix)
    try:
        yield scratch.path
    finally:
        scratch.remove()


@contextmanager
def lying_in(folder: Path | None) -> Iterator[None]:
    """Have all temporary files made in this folder instead of the system's; raises OptionError if none can be made there."""
    before = tempfile.tempdir
    if folder is not None:
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise OptionError(tr("--spill {path}: {why}", path=folder, why=reason(error))) from error
        tempfile.tempdir = str(folder.absolute())
        _CHOSEN.append(folder.absolute())
    try:
        yield
    finally:
        tempfile.tempdir = before
        _CHOSEN.clear()


def chosen_place() -> Path | None:
    """Where temporary files are to lie, if that was said."""
    return _CHOSEN[-1] if _CHOSEN else None


def _remove_left(place: Path, prefix: str) -> None:
    for mark in place.glob(f"{glob.escape(prefix)}*/{MARK}"):
        with suppress(OSError):  # it is in use, or somebody else's
            if not mark.parent.is_symlink() and _is_ours(mark) and _is_free(mark):
                shutil.rmtree(mark.parent, ignore_errors=True)


def _is_ours(mark: Path) -> bool:
    """Whether it is a file of this user: what others lay there is not even opened."""
    found = mark.lstat()
    return stat.S_ISREG(found.st_mode) and (not fcntl or found.st_uid == os.getuid())


def _is_free(mark: Path) -> bool:
    """True if nobody holds it; raises OSError if somebody does."""
    if fcntl:
        with mark.open("r+") as file:
            _lock(file.fileno())
    else:
        mark.unlink()
    return True


def _lock(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
