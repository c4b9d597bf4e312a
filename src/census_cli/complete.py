"""Outputs that are there only when they are complete: written in a scratch folder beside their place, and moved there in the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from census_cli.errors import OptionError
from census_cli.i18n import reason, tr
from census_cli.scratch import is_scratch, scratch_folder


@contextmanager
def completed(path: Path) -> Iterator[Path]:
    """Where a file or a new folder is to be written that then gets its place; raises OptionError where that cannot be.

    A file that is there already stays until the new one is complete; a link stays, and what it leads to is replaced.
    """
    place = Path(os.path.realpath(path))
    with _told(path), scratch_folder(place.parent) as scratch:
        part = scratch / place.name
        yield part
        part.replace(place)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """The same for a file that must be new."""
    if path.exists():
        raise OptionError(tr("{path} is there already; give a new file", path=path))
    with _told(path):
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
    with completed(path) as part:
        yield part


@contextmanager
def new_folder(out: Path, ours: Callable[[Path], bool] | None = None) -> Iterator[Path]:
    """A folder whose files go to `out` when all is done; it is removed in any case.

    `out` must be new or empty.  With `ours` it need not be: files that are ours give way to the new ones, all others stay,
    and OptionError is raised before one of them would be overwritten.
    """
    if out.is_dir():
        with _told(out), scratch_folder(out) as part:  # a folder may lie on another disk than its parent
            _refuse_filled(out, ours)
            yield part
            _refuse_filled(out, ours)
            _replace(part, out, ours)
        return
    if out.exists():
        _refuse_filled(out, ours)
    with _told(out):
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
    with completed(out) as part:
        part.mkdir()
        yield part


def _refuse_filled(out: Path, ours: Callable[[Path], bool] | None) -> None:
    if not out.is_dir() or (ours is None and any(not is_scratch(file) for file in out.iterdir())):
        raise OptionError(tr("{path} is there already and not empty; give a new folder", path=out))


def _replace(part: Path, out: Path, ours: Callable[[Path], bool] | None) -> None:
    """Nothing is removed before all that is new is there."""
    old = [file for file in out.iterdir() if ours and file.is_file() and ours(file)]
    new = {out / file.name: file for file in part.iterdir() if not is_scratch(file)}
    for place in new:
        if os.path.lexists(place) and place not in old:
            raise OptionError(tr("{path} is there already and is no output of census; move it away", path=place))
    for place, file in new.items():
        file.replace(place)
    for file in old:
        if file not in new:
            file.unlink()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OptionError(tr("{path} cannot be written: {why}", path=path, why=reason(error))) from error
