"""Folding, the first thing done to every text: full-width signs to ASCII, wide spaces to spaces, blanks stripped."""

from __future__ import annotations

BLANKS = " \t\r\n\u200b\ufeff"
WIDE_BLANKS = BLANKS + "\u3000\u00a0"
FOLDED_FROM = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000\u00a0"
FOLDED_TO = "".join(map(chr, range(0x21, 0x7F))) + "  "
_FOLD = str.maketrans(FOLDED_FROM, FOLDED_TO)
_WIDEN = str.maketrans(FOLDED_TO[:-2], FOLDED_FROM[:-2])


def fold(text: str) -> str:
    """Full-width signs to ASCII, wide spaces to spaces, then stripped."""
    return (text if text.isascii() else text.translate(_FOLD)).strip(BLANKS)


def widen(text: str) -> str:
    """The same text in full-width signs."""
    return text.translate(_WIDEN)
