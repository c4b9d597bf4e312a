"""A new workbook of texts; where it cannot be written, the error is the system's own."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from census_cli.scratch import scratch_folder

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def new_book(target: BinaryIO | Path, by_rows: bool = False) -> Iterator[Any]:
    """A workbook of XlsxWriter in which no text is ever taken for a formula or an address; the same content gives the same bytes.

    One that is written `by_rows`, in their order, may have any number of them.  Raises OSError where it cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    given = str(target) if isinstance(target, Path) else target
    with scratch_folder() as folder:
        try:
            with xlsxwriter.Workbook(given, {**_OPTIONS, "constant_memory": by_rows, "tmpdir": str(folder)}) as book:
                book.set_properties({"created": datetime.datetime(1980, 1, 1)})
                yield book
        except FileCreateError as error:
            raise error.args[0] from None
