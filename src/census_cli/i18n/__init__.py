"""The user's language: `tr` turns an English text of ours into it.  Survey texts are bilingual in their own files."""

from __future__ import annotations

import errno
import gettext
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_PLACE = re.compile(r"\{([^{}]+)\}")


def _from_environment() -> Language:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        value = os.environ.get(variable)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    import locale

    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


# One for the whole process: discrepancies are written in threads of the engine, which see no context variable.
_chosen: Language | None = None


def language() -> Language:
    """The language in force: as set, else that of the environment."""
    return _chosen or _from_environment()


def set_language(chosen: str | None) -> None:
    """Choose the language of all that follows; None is that of the environment."""
    global _chosen  # noqa: PLW0603  # see above: one for the whole process
    _chosen = cast("Language", chosen) if chosen else None


@contextmanager
def in_language(spoken: Language) -> Iterator[None]:
    """Speak this language for a while, in texts that carry both."""
    before = _chosen
    set_language(spoken)
    try:
        yield
    finally:
        set_language(before)


@cache
def _catalogue(chosen: Language) -> gettext.NullTranslations:
    return gettext.translation("census", Path(__file__).parent, [chosen], fallback=chosen == "en")


def tr(text: str, **values: object) -> str:
    """The text in the user's language, its `{name}` places filled."""
    return fill(_catalogue(language()).gettext(text), values)


def reason(error: OSError) -> str:
    """Why the system refused; what is rare stays in the system's own words."""
    known = {
        errno.ENOENT: tr("there is no such file or folder"),
        errno.EACCES: tr("access is denied"),
        errno.EPERM: tr("access is denied"),
        errno.EROFS: tr("nothing can be written there"),
        errno.EISDIR: tr("this is a folder"),
        errno.EEXIST: tr("something else is there under this name"),
        errno.ENOTDIR: tr("this is no folder"),
        errno.ENOSPC: tr("the disk is full"),
        errno.ELOOP: tr("it is a link that leads to itself"),
        errno.EIO: tr("the disk or the network drive does not answer"),
    }
    return known.get(error.errno or 0, error.strerror or str(error))


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Fill `{name}` places and nothing else: no attributes, no formats, so that data cannot reach into the program."""
    return _PLACE.sub(lambda m: str(values[m[1]]) if m[1] in values else m[0], template)


def places(template: str) -> list[str]:
    """The names of the places of a template."""
    return list(_places(template))


@cache
def _places(template: str) -> tuple[str, ...]:
    return tuple(_PLACE.findall(template))
