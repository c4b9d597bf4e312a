"""Finds rows by names where their key was not given: names as people write them, with and without endings such as 村委会."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")


@dataclass(frozen=True)
class Name:
    """A name without its ending, which ending that was (None for none), and the whole."""

    bare: str
    ending: int | None
    whole: str

    def agrees(self, other: Name) -> bool:
        """Whether both can be the same: the endings mean the same, or one was left out.  A blank name agrees with any."""
        if not self.whole or not other.whole:
            return True
        return self.bare == other.bare and (self.ending == other.ending or None in (self.ending, other.ending))


def named(text: str | None, endings: Sequence[Sequence[str]] = ()) -> Name:
    """Take a name apart; width, case and blanks do not count."""
    whole = bare = _BLANKS.sub("", unicodedata.normalize("NFKC", text or "")).casefold()
    for number, same in enumerate(endings):
        while (cut := _without(bare, same)) != bare:
            bare = cut
        if bare != whole:
            return Name(bare, number, whole)
    return Name(whole, None, whole)


def _without(name: str, endings: Iterable[str]) -> str:
    return next((name.removesuffix(e) for e in endings if name.endswith(e) and len(name) > len(e)), name)


@dataclass
class Directory:
    """Keys by names.  A row has one name for each level, the one that must agree first; `endings` are those of each level."""

    endings: Sequence[Sequence[Sequence[str]]]
    _entries: dict[str, dict[tuple[str, tuple[Name, ...]], None]] = field(default_factory=dict)

    def add(self, key: str | None, names: Sequence[str | None]) -> None:
        """Enter a row; one without a key or without its first name cannot be found."""
        apart = self._apart(names)
        if key and apart[0].whole:
            self._entries.setdefault(apart[0].bare, {})[key, apart] = None

    def find(self, names: Sequence[str | None]) -> tuple[str | None, int]:
        """The key if just one row bears the names, and how many do; names written exactly alike go before others."""
        apart = self._apart(names)
        if not apart[0].whole:
            return None, 0
        entries = self._entries.get(apart[0].bare, ())
        keys = {key: None for key, entry in entries if all(a.agrees(b) for a, b in zip(apart, entry, strict=True))}
        if len(keys) > 1:
            alike = {key: None for key, entry in entries if key in keys and _alike(apart, entry)}
            keys = alike if len(alike) == 1 else keys
        return (next(iter(keys)) if len(keys) == 1 else None), len(keys)

    def _apart(self, names: Sequence[str | None]) -> tuple[Name, ...]:
        return tuple(named(name, endings) for name, endings in zip(names, self.endings, strict=True))


def _alike(names: Sequence[Name], entry: Sequence[Name]) -> bool:
    return all(a.whole == b.whole or not a.whole or not b.whole for a, b in zip(names, entry, strict=True))
