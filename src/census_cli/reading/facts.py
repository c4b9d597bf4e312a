"""What one pass over a file's bytes tells: its hash, its size, and whether a fast reader may number its records.  No cell is parsed here."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_CHUNK = 1 << 18
_BOM = codecs.BOM_UTF8
_SIGNATURE = 16
_LONGEST_LINE = 1 << 20
_ENDLESS_LINE = 1 << 26
_UTF16_LEAST = 20
"""At least one byte in this many is NUL in UTF-16: the signs between the cells, the digits and the line ends."""


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file before it is parsed.

    `not_utf8` is where the first byte stands that is no UTF-8: its line, and its place there in bytes, both from 1.
    `utf16` is the byte order of what looks like UTF-16 without a mark.  `endless` tells of a line too long to be one of a
    table.  `wrapped` says that some cells may be wrapped as `="…"` or begin with an apostrophe.
    `plain` promises that every line is a record of its own, so that a fast CSV reader numbers them as the careful one
    does, or refuses the file.  Then `records` is how many follow the first: a fast reader that lost some is found out.
    `stamp` is the size of the file and its times, taken before it was read.
    """

    sha256: str
    size: int
    begins: bytes
    has_bom: bool
    not_utf8: tuple[int, int] | None
    utf16: str | None
    endless: bool
    wrapped: bool
    plain: bool
    records: int | None
    stamp: tuple[int, ...] = ()


def changed(path: Path, facts: FileFacts) -> bool:
    """Whether a file no longer holds what it held when its facts were noted; it is read again only if its times or its size tell so."""
    with path.open("rb") as file:
        if _stamp(file.fileno()) == facts.stamp:
            return False
        return hashlib.file_digest(file, "sha256").hexdigest() != facts.sha256


def _stamp(file: int) -> tuple[int, ...]:
    seen = os.fstat(file)
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def inspect(path: Path, delimiter: str = ",") -> FileFacts:
    """Read a file once, in chunks, and note its facts."""
    digest, text, lines, words, runs = hashlib.sha256(), _Utf8(), _Lines(delimiter.encode()), _Words(), _Runs()
    size, begins, has_bom = 0, b"", False
    with path.open("rb", buffering=0) as file:
        stamp = _stamp(file.fileno())
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            text.feed(chunk)
            words.feed(chunk)
            runs.feed(chunk)
            if len(begins) < _SIGNATURE:
                begins = (begins + chunk)[:_SIGNATURE]
            if size == 0 and chunk.startswith(_BOM):
                has_bom, chunk = True, chunk[len(_BOM) :]
                size = len(_BOM)
            size += len(chunk)
            lines.feed(chunk)
    text.finish()
    not_utf8 = None if text.bad_byte is None else _place(path, text.bad_byte, has_bom)
    records = lines.finish() if not_utf8 is None else None
    return FileFacts(
        digest.hexdigest(), size, begins, has_bom, not_utf8, words.utf16(size), runs.endless, lines.wrapped,
        records is not None, records, stamp,
    )  # fmt: skip


@dataclass
class _Words:
    """Counts the NUL bytes at even and at odd places: in UTF-16 there are many, and hardly any on the other side."""

    _nuls: list[int] = field(default_factory=lambda: [0, 0])
    _odd: int = 0

    def feed(self, chunk: bytes) -> None:
        if b"\0" in chunk:
            for side in (0, 1):
                self._nuls[side ^ self._odd] += chunk[side::2].count(0)
        self._odd ^= len(chunk) & 1

    def utf16(self, size: int) -> str | None:
        even, odd = self._nuls
        for name, nuls, others in (("utf-16-be", even, odd), ("utf-16-le", odd, even)):
            if nuls > 4 * others and nuls * _UTF16_LEAST > size and size % 2 == 0:
                return name
        return None


@dataclass
class _Runs:
    """Looks for a line that is too long; only lines that go on over chunks are."""

    endless: bool = False
    _run: int = 0

    def feed(self, chunk: bytes) -> None:
        first = min((i for i in (chunk.find(b"\n"), chunk.find(b"\r")) if i >= 0), default=-1)
        self._run += len(chunk) if first < 0 else first
        self.endless = self.endless or self._run > _ENDLESS_LINE
        if first >= 0:
            self._run = len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))


@dataclass
class _Utf8:
    """Looks for the first byte that is no UTF-8; `bad_byte` is its offset."""

    bad_byte: int | None = None
    _offset: int = 0
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"))

    def feed(self, chunk: bytes) -> None:
        if self.bad_byte is None and not (chunk.isascii() and not self._pending()):
            self._decode(chunk)
        self._offset += len(chunk)

    def finish(self) -> None:
        if self.bad_byte is None:
            self._decode(b"", final=True)

    def _decode(self, chunk: bytes, final: bool = False) -> None:
        begin = self._offset - self._pending()
        try:
            self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self.bad_byte = begin + error.start

    def _pending(self) -> int:
        return len(self._decoder.getstate()[0])


@dataclass
class _Lines:
    """Watches for what would make two readers count records, or see cells, differently; looks at whole lines only."""

    delimiter: bytes = b","
    wrapped: bool = False
    _plain: bool = True
    _lines: int = 0
    _line_end: bytes = b""
    _unfinished: bytes = b"\n"
    """The last line end and what follows it; before the file's first line, too, a line is taken to have ended."""

    def feed(self, chunk: bytes) -> None:
        if not self._plain:
            return
        last_end = chunk.rfind(b"\n")
        if last_end < 0:
            self._unfinished += chunk
            self._plain = len(self._unfinished) <= _LONGEST_LINE
        else:
            self._look(self._unfinished + chunk[: last_end + 1])
            self._unfinished = chunk[last_end:]

    def finish(self) -> int | None:
        """The number of records after the header, or None when the file is not plain."""
        if self._plain and self._unfinished != b"\n":
            self._line_end = self._line_end or b"\n"
            self._look(self._unfinished + self._line_end)
        return max(self._lines - 1, 0) if self._plain else None

    def _look(self, text: bytes) -> None:
        self._line_end = self._line_end or (b"\r\n" if text.endswith(b"\r\n") else b"\n")
        lines = text.count(b"\n") - 1
        self._lines += lines
        self.wrapped = self.wrapped or b'="' in text or b"'" in text
        self._plain = (
            b"\0" not in text
            and b"\n" + self._line_end not in text
            and self._ends_alike(text, lines)
            and (b'"' not in text or self._each_cell_quoted(text) or bool(_proper_quotes(self.delimiter).fullmatch(text)))
        )

    def _ends_alike(self, text: bytes, lines: int) -> bool:
        if self._line_end == b"\n":
            return b"\r" not in text
        return text.count(b"\r") == text.count(b"\r\n") == lines

    def _each_cell_quoted(self, text: bytes) -> bool:
        """Whether quotes stand between two cells or two lines and nowhere else: a quick look that spares the pattern."""
        rest = text.replace(b'"' + self.delimiter + b'"', b",").replace(b'"' + self._line_end + b'"', b",")
        first_and_last = rest.startswith(b'\n"') and rest.endswith(b'"' + self._line_end)
        return first_and_last and rest.count(b'"') == 2 and rest.count(b"\n") == 2


@cache
def _proper_quotes(delimiter: bytes) -> re.Pattern[bytes]:
    """Lines in which each quote belongs to a cell that is quoted from edge to edge and ends on its own line."""
    sign = re.escape(delimiter)
    return re.compile(rb'[^"]*+(?:(?:(?<=\n)|(?<=%b))"[^"\n]*+"(?:"[^"\n]*+")*+(?:[\r\n]|%b)[^"]*+)*+' % (sign, sign))


def _place(path: Path, offset: int, has_bom: bool) -> tuple[int, int]:
    """The 1-based line, and the 1-based byte in it, of the byte at `offset`."""
    line, before, after_cr = 1, -len(_BOM) if has_bom else 0, False
    with path.open("rb") as file:
        while offset and (chunk := file.read(min(_CHUNK, offset))):
            offset -= len(chunk)
            line += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
            line -= after_cr and chunk.startswith(b"\n")
            after_cr = chunk.endswith(b"\r")
            line_start = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            before = len(chunk) - line_start + (0 if line_start else before)
    return line, before + 1
