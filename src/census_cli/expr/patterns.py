"""Plain patterns: literals, ranges, groups, alternatives and quantifiers, the part of regular expressions that every engine reads alike."""

from __future__ import annotations

import re

_PLAIN = re.compile(
    r"""(?: [^\\.^$*+?()\[\]{}|]            # a literal
          | \\[.^$*+?()\[\]{}|\\/-]         # an escaped sign
          | \[ (?: [^\\\]\[^-] | \\[\\\]\[^-] | - )+ \]   # a class of characters and ranges
          | \( (?!\?) | \) | \|             # groups and alternatives
          | [*+?](?![*+?])                  # quantifiers, never lazy or possessive
          | \{[0-9]{1,3}(?:,[0-9]{0,3})?\}(?![*+?])
        )*""",
    re.VERBOSE,
)


def is_plain(pattern: str) -> bool:
    """Whether a pattern means the same to every engine."""
    # Doubled inside a class, these are set operations to some engines.
    if not _PLAIN.fullmatch(pattern) or re.search(r"\[[^\]]*(&&|--|\|\||~~)", pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
