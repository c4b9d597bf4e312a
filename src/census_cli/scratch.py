"""Folders for temporary files: each goes with its run, or with the next run in the same place if its own was killed."""

from __future__ import annotations

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

_chosen: Path | None = None


class Scratch:
    """A new folder for temporary files, that nobody else may read; where it is made, what killed runs left is removed."""

    def __init__(self, place: Path | None = None) -> None:
        place = place or Path(tempfile.gettempdir())
        _remove_left(place)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        self._mark = (self.path / (f"{MARK}.new" if fcntl else MARK)).open("x")
        if fcntl:  # the mark has its name once it is locked; where it cannot be, a folder is never taken for left
            with suppress(OSError):
                _lock(self._mark.fileno())
                Path(self._mark.name).replace(self.path / MARK)

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        if not fcntl:
            self._mark.close()
        _remove(self.path)
        self._mark.close()


@contextmanager
def scratch_folder(place: Path | None = None) -> Iterator[Path]:
    """A folder that is removed at the end, in `place` or where temporary files lie."""
    scratch = Scratch(place)
    try:
        yield scratch.path
    finally:
        scratch.remove()


@contextmanager
def temporary_in_scratch() -> Iterator[None]:
    """Have the temporary files of others, of which they may leave some, made in a scratch folder."""
    with scratch_folder() as folder, _temporary_in(folder):
        yield


@contextmanager
def lying_in(folder: Path | None) -> Iterator[None]:
    """Have all temporary files made in this folder instead of the system's; raises OptionError if none can be made there."""
    global _chosen  # noqa: PLW0603
    if folder is None:
        yield
        return
    try:
        os.fspath(folder.absolute()).encode()  # DuckDB knows no other names
        tempfile.TemporaryFile(dir=folder).close()
    except UnicodeError:
        raise OptionError(tr("--spill {path}: this is no UTF-8", path=ascii(os.fspath(folder)))) from None
    except OSError as error:
        raise OptionError(tr("--spill {path}: {why}", path=folder, why=reason(error))) from error
    _chosen = folder.absolute()
    try:
        with _temporary_in(_chosen):
            yield
    finally:
        _chosen = None


def chosen_place() -> Path | None:
    """Where temporary files are to lie, if that was said."""
    return _chosen


def is_scratch(path: Path) -> bool:
    """Whether something is such a folder or its mark, by its name."""
    return path.name.startswith(PREFIX)


@contextmanager
def _temporary_in(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _remove_left(place: Path) -> None:
    for mark in place.glob(f"{PREFIX}*/{MARK}"):
        with suppress(OSError):  # it is in use, or somebody else's
            if not mark.parent.is_symlink() and _is_ours(mark) and _is_free(mark):
                _remove(mark.parent)


def _remove(folder: Path) -> None:
    """The mark goes last, so that what is left of a removal that is cut short is known by it."""
    with suppress(OSError), os.scandir(folder) as found:  # it may be gone already
        for entry in [e for e in found if e.name != MARK]:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                with suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108  # of many files
    shutil.rmtree(folder, ignore_errors=True)


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
