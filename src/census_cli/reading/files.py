"""Which files the paths and patterns given stand for, and by which name each is shown.  None is opened here."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path, PurePath

from census_cli.errors import InputError
from census_cli.i18n import reason, tr

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Found:
    """A file, the name by which it is shown, and whether it was given itself, not in a folder."""

    path: Path
    name: str
    given: bool


def find_files(data: Sequence[Path]) -> list[Found]:
    """Every file once, under names that differ; raises InputError for a path that cannot be used."""
    places: dict[str, tuple[Path, Path | None]] = {}
    for path in data:
        for file, folder in _files_of(path):
            # Path.resolve() would raise on a link to itself.
            places.setdefault(os.path.realpath(file), (file, folder))
    names = _names({file: _shown_parts(file, folder) for file, folder in places.values()})
    return [Found(file, _printable(names[file]), folder is None) for file, folder in places.values()]


def _printable(name: str) -> str:
    """A name with a sign in place of each byte that is none of UTF-8, as copied from another system."""
    return name.encode(errors="surrogateescape").decode(errors="replace")


def _files_of(path: Path) -> Iterator[tuple[Path, Path | None]]:
    if str(path) == STANDARD_INPUT:
        yield path, None
        return
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        # Not every shell makes a list of files of a pattern.
        if matches := matching(path):
            for match in matches:
                yield from _files_of(match)
            return
        raise InputError(tr("{path} does not exist", path=path)) from None
    except OSError as error:
        _refuse(error)
    if not path.is_dir():
        yield path, None
        return
    for folder, folders, files in os.walk(path, onerror=_refuse):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from ((Path(folder, f), path) for f in sorted(files) if not f.startswith("."))


def matching(pattern: Path) -> list[Path]:
    """Files and folders of a pattern, in order."""
    return [Path(match) for match in sorted(glob(str(pattern), recursive=True))]  # noqa: PTH207  # patterns may be absolute


def _refuse(error: OSError) -> None:
    raise InputError(tr("{path} cannot be read: {why}", path=error.filename, why=reason(error))) from error


def _shown_parts(file: Path, folder: Path | None) -> int:
    return len(file.relative_to(folder).parts) if folder else 1


def _names(shown: Mapping[Path, int]) -> dict[Path, str]:
    """Each file's last parts, at least as many as it has to show; where two names are the same, both show one part more."""
    whole = {file: PurePath(os.path.abspath(file)).parts for file in shown}  # noqa: PTH100  # resolve() would follow links
    lengths = dict(shown)
    while True:
        names = {file: PurePath(*whole[file][-length:]).as_posix() for file, length in lengths.items()}
        times = Counter(names.values())
        if len(times) == len(names):
            return names
        lengths = {file: length + (times[names[file]] > 1) for file, length in lengths.items()}
