"""Files that hold files: gzip, zip and standard input are laid out as plain files in a temporary folder.  What these hold is found out elsewhere."""

from __future__ import annotations

import gzip
import shutil
import sys
import zipfile
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import IO, cast

from census_cli.errors import InputError
from census_cli.i18n import reason, tr
from census_cli.reading.files import STANDARD_INPUT, Found

PACKED = (".gz", ".zip")

MOST_UNPACKED = 64 << 30
MOST_TIMES = 200
"""How many times its packed size a file may become, if it is not small anyway: a table shrinks to a tenth or so."""

SMALL = 256 << 20
_CHUNK = 1 << 20
_DAMAGES = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, UnicodeDecodeError)
_BEGINNINGS = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls", b"PAR1": ".parquet", b"ARROW1": ".arrow", b"\x1f\x8b": ".gz"}


def laid_out(file: Found, folder: Path) -> Iterator[Found]:
    """The file itself, or what it holds, written to new folders below `folder`; raises InputError."""
    if file.name == STANDARD_INPUT:
        file = Found(_standard_input(_fresh(folder)), file.name, True)
    if file.path.suffix.lower() not in PACKED or not file.path.is_file():
        yield file
        return
    try:
        yield from _of_zip(file, folder) if file.path.suffix.lower() == ".zip" else _of_gzip(file, folder)
    except _DAMAGES as error:
        raise InputError(_words(file.name, error)) from error


def _words(name: str, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return tr("{path} cannot be read: {why}", path=name, why=reason(error))
    if isinstance(error, RuntimeError) and not isinstance(error, NotImplementedError):
        return tr("{file} has a password; unpack it, and give what it holds", file=name)
    if isinstance(error, NotImplementedError):
        return tr("{file} is packed in a way that cannot be read; unpack it, and give what it holds", file=name)
    return tr("{file} is damaged, or no archive; it was probably not copied whole: copy it again", file=name)


def _of_gzip(file: Found, folder: Path) -> Iterator[Found]:
    inner = _fresh(folder) / (file.path.stem if Path(file.path.stem).suffix else f"{file.path.stem}.csv")
    with gzip.open(file.path) as packed:
        _write(packed, inner, file.path.stat().st_size, file.name)
    yield Found(inner, file.name, file.given)


def _of_zip(file: Found, folder: Path) -> Iterator[Found]:
    """Names without a mark are GBK, as Chinese programs write them."""
    with zipfile.ZipFile(file.path, metadata_encoding="gb18030") as archive:
        for part in archive.infolist():
            # The name is only shown; where the file is written is our own choice.
            name = PurePosixPath(part.filename.replace("\\", "/")).name
            if part.is_dir() or name.startswith(".") or part.filename.startswith("__MACOSX"):
                continue
            inner = _fresh(folder) / name
            with archive.open(part) as packed:
                _write(packed, inner, part.compress_size, file.name)
            yield Found(inner, f"{file.name}/{part.filename}", False)


def _standard_input(folder: Path) -> Path:
    """Standard input as a file, named for what it begins like."""
    begins = cast(BufferedReader, sys.stdin.buffer).peek(8)[:8]
    path = folder / ("input" + next((ending for sign, ending in _BEGINNINGS.items() if begins.startswith(sign)), ".csv"))
    with path.open("wb") as out:
        shutil.copyfileobj(sys.stdin.buffer, out)
    return path


def _write(packed: gzip.GzipFile | IO[bytes], inner: Path, size: int, name: str) -> None:
    written = 0
    with inner.open("wb") as out:
        while chunk := packed.read(_CHUNK):
            written += out.write(chunk)
            if written > MOST_UNPACKED or (written > SMALL and written > MOST_TIMES * size):
                raise InputError(
                    tr("{file} unpacks to far more than a table would; unpack it yourself if it is sound", file=name)
                )


def _fresh(folder: Path) -> Path:
    """A new folder, so that two files of one name do not meet."""
    new = folder / f"unpacked_{sum(1 for _ in folder.glob('unpacked_*'))}"
    new.mkdir()
    return new
