"""The team's own files once more, with colours and notes where something is wrong: `placing` finds the cells, `books` and `texts` write.

A workbook is copied whole.  Any other file that has records becomes a workbook of its cells as text, since it has no colours of
its own.  What could not be noted is listed in a workbook beside the copies.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from census_cli.annotating.books import UnreadableBook, write_book
from census_cli.annotating.copies import Copy, plan_copies
from census_cli.annotating.left import Left
from census_cli.annotating.placing import place
from census_cli.annotating.texts import write_text
from census_cli.complete import completed
from census_cli.errors import OptionError
from census_cli.i18n import tr
from census_cli.raw import refuse_changed
from census_cli.report.rows import rows

if TYPE_CHECKING:
    from census_cli.findings import Findings
    from census_cli.reading.discover import RawFile

ACCOUNT = "census_notes.xlsx"


def plan_folder(given: str, data: Sequence[Path]) -> Path:
    """The folder of the copies; raises OptionError if it is there already, or where the next check would read it as data."""
    folder = Path(given)
    if folder.exists():
        raise OptionError(tr("{option} {path}/: this exists already; name a new folder", option="--annotate", path=folder))
    if not folder.absolute().parent.is_dir():
        raise OptionError(tr("{option} {path}: the folder does not exist", option="--annotate", path=folder))
    for path in data:
        if path.is_dir() and path.resolve() in folder.resolve().parents:
            raise OptionError(
                tr(
                    "--annotate {path}: this lies in {data}, and the next check would take the copies for data; name a folder beside it",
                    path=folder,
                    data=path,
                )
            )
    return folder


def annotate(findings: Findings, files: Sequence[RawFile], folder: Path) -> Iterator[str]:
    """Write the copies and the account of them, all at once and for their owner only; yields what is to be said of them.

    Raises OptionError where nothing can be written, and InputError if a file is no longer what was checked.
    """
    with completed(folder) as part:
        part.mkdir(mode=0o700)
        said = list(_write_all(findings, plan_copies(files, taken=ACCOUNT), part))
    yield from said


def _write_all(findings: Findings, copies: Sequence[Copy], folder: Path) -> Iterator[str]:
    with _owned(folder / ACCOUNT) as file, Left(file, findings.revealed) as left:
        place(findings, rows(findings), copies, left)
        for copy in copies:
            if copy.placed:
                _write(copy, folder)
                left.tell(copy)
                yield from copy.words()
        yield from left.words(ACCOUNT)


def _write(copy: Copy, folder: Path) -> None:
    """One copy; a workbook that openpyxl cannot take is copied like any other file."""
    try:
        _write_as(write_book if copy.whole else write_text, copy, folder)
    except UnreadableBook as error:
        copy.as_text(str(error))
        _write_as(write_text, copy, folder)
    for file in copy.files:
        refuse_changed(file)


def _write_as(write: Callable[[Copy, BinaryIO], None], copy: Copy, folder: Path) -> None:
    path = folder / copy.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _owned(path) as file:
        write(copy, file)


@contextmanager
def _owned(path: Path) -> Iterator[BinaryIO]:
    """A new file that its owner alone can read: the cells of the team are in it as they were."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
        yield cast(BinaryIO, file)
