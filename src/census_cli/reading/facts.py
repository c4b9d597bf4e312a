"""What one pass over a file's bytes tells: its hash, its size, and whether a fast reader may number its records.  No cell is parsed here."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

_CHUNK = 1 << 18
_BOM = codecs.BOM_UTF8
_CONTINUING = bytes(range(0x80, 0xC0))


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file before it is parsed.

    `not_utf8` is the 1-based line and column of the first byte that is no UTF-8.  `plain` promises that a fast CSV
    reader numbers the records as the careful one does, or refuses the file.
    """

    sha256: str
    size: int
    has_bom: bool
    not_utf8: tuple[int, int] | None
    plain: bool


def inspect(path: Path) -> FileFacts:
    """Read a file once, in chunks, and note its facts."""
    digest, text, lines = hashlib.sha256(), _Utf8(), _Lines()
    size, has_bom = 0, False
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            text.feed(chunk)
            if size == 0 and chunk.startswith(_BOM):
                has_bom, chunk = True, chunk[len(_BOM) :]
                size = len(_BOM)
            size += len(chunk)
            lines.feed(chunk)
    text.finish()
    not_utf8 = None if text.bad_byte is None else _place(path, text.bad_byte, has_bom)
    return FileFacts(digest.hexdigest(), size, has_bom, not_utf8, plain=not_utf8 is None and lines.finish())


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
    """Watches for what would make two readers count records, or see cells, differently."""

    _plain: bool = True
    _feeds: int = 0
    _returns: int = 0
    _pairs: int = 0
    _tail: bytes = b"\n"

    def feed(self, chunk: bytes) -> None:
        self._feeds += chunk.count(b"\n")
        self._returns += chunk.count(b"\r")
        seen = self._tail + chunk
        if self._returns:
            self._pairs += seen.count(b"\r\n") - self._tail.count(b"\r\n")
        self._plain = self._plain and not (b"\0" in chunk or self._has_blank_line(seen) or _has_spaced_quote(seen))
        self._tail = seen[-2:]

    def finish(self) -> bool:
        """Whether the file is plain: every line end a LF, or every one a CRLF, and nothing odd was seen."""
        return self._plain and (self._returns == 0 or self._returns == self._pairs == self._feeds)

    def _has_blank_line(self, text: bytes) -> bool:
        return (b"\n\r\n" if self._returns else b"\n\n") in text


def _has_spaced_quote(text: bytes) -> bool:
    """A quote beside a space: DuckDB may take it for the edge of its cell, RFC 4180 does not."""
    return b'"' in text and (b' "' in text or b'" ' in text)


def _place(path: Path, offset: int, has_bom: bool) -> tuple[int, int]:
    """The 1-based line and column of the byte at `offset`; all before it is UTF-8."""
    line, column, after_cr = 1, 1, False
    with path.open("rb") as file:
        while offset and (chunk := file.read(min(_CHUNK, offset))):
            offset -= len(chunk)
            line += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
            line -= after_cr and chunk.startswith(b"\n")
            after_cr = chunk.endswith(b"\r")
            line_start = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            column = (1 if line_start else column) + _characters(chunk[line_start:])
    return line, column - (has_bom and line == 1)


def _characters(text: bytes) -> int:
    """How many characters begin in these bytes."""
    return len(text.translate(None, delete=_CONTINUING))
