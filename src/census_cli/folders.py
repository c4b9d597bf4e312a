"""A folder of outputs that is there only when all of it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from census_cli.errors import OptionError
from census_cli.i18n import reason, tr
from census_cli.scratch import scratch_folder


@contextmanager
def new_folder(out: Path, ours: Callable[[Path], bool] | None = None) -> Iterator[Path]:
    """A folder beside `out`, whose files go there when all is done; it is removed in any case.

    `out` must be new or empty.  With `ours` it need not be: files that are ours give way to the new ones, all others stay,
    and OptionError is raised before one of them would be overwritten.
    """
    try:
        if out.exists() and (not out.is_dir() or (ours is None and any(out.iterdir()))):
            raise OptionError(tr("{path} is there already and not empty; give a new folder", path=out))
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        whole = out.absolute()
        with scratch_folder(whole.parent, f".{whole.name}.") as scratch:
            part = scratch / "part"
            part.mkdir()
            yield part
            out.mkdir(exist_ok=True)
            _give_way(out, part, ours)
            for file in part.iterdir():
                file.replace(out / file.name)
    except OSError as error:
        raise OptionError(tr("{path} cannot be written: {why}", path=out, why=reason(error))) from error


def _give_way(out: Path, part: Path, ours: Callable[[Path], bool] | None) -> None:
    old = [file for file in out.iterdir() if ours and ours(file)]
    for file in part.iterdir():
        place = out / file.name
        if place.exists() and place not in old:
            raise OptionError(tr("{path} is there already and is no output of census; move it away", path=place))
    for file in old:
        file.unlink()


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place when it is written; raises OptionError where something is already."""
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists():
            raise OptionError(tr("{path} is there already; give a new file", path=path))
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OptionError(tr("{path} cannot be written: {why}", path=path, why=reason(error))) from error
