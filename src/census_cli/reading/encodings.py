"""Which encoding the bytes of a text file are in, and the file as UTF-8.  What its lines say is the business of other modules."""

from __future__ import annotations

import codecs
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

from census_cli.errors import InputError, OptionError
from census_cli.i18n import tr
from census_cli.reading.facts import FileFacts

MARK = "\udcff"
"""Stands for bytes that cannot be decoded.  No text can hold it, so it is found again in the record it damages."""

_MARKING = "census.mark"
codecs.register_error(_MARKING, lambda error: (MARK, cast(UnicodeDecodeError, error).end))

_CHUNK = 1 << 18
_ENOUGH_FAULTS = 1_000


def encoding_of(path: Path, facts: FileFacts, chosen: str | None = None) -> str:
    """The name of the encoding, as Python knows it: the one chosen, or what all the bytes together speak for.

    What is no UTF-8 and no UTF-16 is GB18030, of which GBK and GB2312 are parts, unless a damaged UTF-8 file is likelier.
    """
    if chosen:
        return _tried(path, _with_bom(known_encoding(chosen), facts))
    if facts.begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if facts.utf16:
        return facts.utf16
    if facts.not_utf8 is None or _mostly_utf8(path):
        return _with_bom("utf-8", facts)
    return "gb18030"


def _tried(path: Path, encoding: str) -> str:
    """The encoding, if it can begin the file: UTF-16 wants a mark first that tells the order of its bytes."""
    try:
        with open_text(path, encoding) as file:
            file.read(1)
    except UnicodeError as error:
        raise OptionError(tr("--encoding {name}: {file} is not written in it", name=encoding, file=path.name)) from error
    return encoding


def known_encoding(name: str) -> str:
    """Python's name of an encoding; raises OptionError."""
    try:
        "".encode(name)
        if (known := codecs.lookup(name).name) not in ("idna", "punycode"):  # of names, not of text
            return known
        raise LookupError(name)
    except (LookupError, ValueError) as error:
        raise OptionError(tr("--encoding {name}: no such encoding; give utf-8, gb18030 or utf-16", name=name)) from error


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text with its line ends as they are; a MARK stands where bytes cannot be decoded."""
    return path.open(encoding=encoding, errors=_MARKING, newline="")


@contextmanager
def as_utf8(path: Path, encoding: str, spill: Path, delimiter: str = ",") -> Iterator[Path | None]:
    """A temporary copy in UTF-8 below `spill`, removed at the end; None if some bytes cannot be decoded.

    Cells written as `="…"` come without these signs, so that a fast reader may take a copy that has no other quotes.
    """
    wrapped = _wrapped_cells(delimiter)
    handle, copy = tempfile.mkstemp(suffix=".csv", dir=spill)
    try:
        with path.open(encoding=encoding, newline="") as file, open(handle, "w", encoding="utf-8", newline="") as out:  # noqa: PTH123  # a descriptor
            try:
                while lines := file.readlines(_CHUNK):
                    text = "".join(lines)
                    out.write(wrapped.sub(r"\1", text) if '="' in text else text)
                sound = True
            except UnicodeDecodeError:
                sound = False
            except OSError as error:
                raise InputError(tr("{path} cannot be read: {why}", path=path.name, why=error.strerror)) from error
        yield Path(copy) if sound else None
    finally:
        os.unlink(copy)  # noqa: PTH108  # the name is a text already


def _wrapped_cells(delimiter: str) -> re.Pattern[str]:
    edge = re.escape(delimiter) + "\r\n"
    return re.compile(f'(?<![^{edge}])="([^"{edge}]*)"(?=[{edge}]|\\Z)')


def _with_bom(name: str, facts: FileFacts) -> str:
    return "utf-8-sig" if name == "utf-8" and facts.has_bom else name


def _mostly_utf8(path: Path) -> bool:
    """Whether the bytes that fit are many times those that do not: Chinese in GBK is hardly ever UTF-8 by accident."""
    fitting = faults = 0
    decoder = codecs.getincrementaldecoder("utf-8")(_MARKING)
    with path.open("rb") as file:
        while faults < _ENOUGH_FAULTS and (chunk := file.read(_CHUNK)):
            text = decoder.decode(chunk)
            wrong = text.count(MARK)
            faults += wrong
            fitting += len(text) - wrong - len(text.encode("ascii", "ignore"))
    return fitting > faults
