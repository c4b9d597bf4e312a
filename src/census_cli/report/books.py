"""A workbook that is written row by row."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from census_cli.scratch import scratch_folder

_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def new_book(file: BinaryIO) -> Iterator[Any]:
    """A workbook of XlsxWriter in which no text is ever taken for a formula or an address; raises OSError where it has no room."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with scratch_folder() as folder:
        try:
            with xlsxwriter.Workbook(file, {**_OPTIONS, "tmpdir": str(folder)}) as book:
                book.set_properties({"created": datetime.datetime(1980, 1, 1)})  # the same findings, the same bytes
                yield book
        except FileCreateError as error:
            raise error.args[0] from None
