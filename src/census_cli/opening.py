"""Opens a survey under a profile; what was bound once is kept, as binding takes longer than checking a village."""

from __future__ import annotations

import hashlib
import importlib.util
import pickle
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from census_cli.expr.bound import BoundSurvey
from census_cli.survey.load import find_survey

KEPT = 24
PROGRAM = Path(__file__).parent


def open_survey(where: str | Path, profile: str | None = None, as_of: str | None = None) -> BoundSurvey:
    """Open a survey by id or path under a profile; raises DescriptorErrors with all faults, or OptionError."""
    folder = find_survey(where)
    kept = kept_at(folder, profile, as_of)
    # Only this program writes to this folder: who can change what is read here could change the program as well.
    with suppress(Exception):
        found = pickle.loads(kept.read_bytes())
        if isinstance(found, BoundSurvey):
            return found

    from census_cli.expr.bind import bind_survey

    bound = bind_survey(folder, profile, as_of)
    with suppress(OSError):
        _keep(bound, kept)
    return bound


def kept_at(folder: Path, profile: str | None, as_of: str | None) -> Path:
    """Where a bound survey is kept: among the program's compiled modules, by all that it was made of."""
    told = hashlib.sha256()
    for part in (sys.version, folder.name, profile, as_of, *_program(), *_files(folder)):
        told.update(repr(part).encode())
    return Path(importlib.util.cache_from_source(__file__)).with_name(f"survey-{told.hexdigest()[:32]}.pickle")


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*.yaml")):
        yield path.relative_to(folder).as_posix(), path.read_bytes()


def _program() -> Iterator[tuple[str, int, int]]:
    for path in sorted(PROGRAM.rglob("*.py")):
        stat = path.stat()
        yield path.relative_to(PROGRAM).as_posix(), stat.st_mtime_ns, stat.st_size


def _keep(bound: BoundSurvey, path: Path) -> None:
    """Write whole or not at all, and forget the oldest."""
    path.parent.mkdir(exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix="survey-", suffix=".part", delete=False) as file:
        file.write(pickle.dumps(bound, pickle.HIGHEST_PROTOCOL))
    Path(file.name).replace(path)
    kept = sorted(path.parent.glob("survey-*.pickle"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    for old in kept[KEPT:]:
        old.unlink(missing_ok=True)
