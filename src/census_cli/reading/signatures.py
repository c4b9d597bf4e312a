"""What a file really is, by its first bytes, where its name may promise something else."""

from __future__ import annotations

from census_cli.i18n import tr


def is_workbook(begins: bytes) -> bool:
    """Whether a file may be a workbook: a zip archive, or a compound document as Excel wrote them until 2003."""
    return begins.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def kind(begins: bytes) -> str | None:
    """The kind of a file that is no text, in the user's language."""
    page = begins.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kinds = {
        tr("a workbook or a zip archive"): begins.startswith(b"PK\x03\x04"),
        tr("an old Excel or Word document, or one with a password"): begins.startswith(b"\xd0\xcf\x11\xe0"),
        tr("a PDF document"): begins.startswith(b"%PDF"),
        tr("a compressed file"): begins.startswith((b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BZh")),
        tr("a Parquet or Arrow file"): begins.startswith((b"PAR1", b"ARROW1")),
        tr("a picture"): begins.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")),
        tr("a web page"): page.startswith((b"<html", b"<!do", b"<tab", b"<?xml", b"<meta")),
    }
    return next((name for name, fits in kinds.items() if fits), None)
