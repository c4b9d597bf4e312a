"""A new workbook of texts; where it cannot be written, the error is the system's own."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def new_book(path: Path) -> Iterator[Any]:
    """No cell is taken for a formula, and the same survey gives the same bytes."""
    try:
        with xlsxwriter.Workbook(str(path), _OPTIONS) as workbook:
            workbook.set_properties({"created": datetime.datetime(1980, 1, 1)})
            yield workbook
    except FileCreateError as error:
        raise error.args[0] from error  # so that a folder that may not be written is told as everywhere
