"""The message catalogue: English texts gathered from the code, Chinese ones kept in census.po, compiled to census.mo."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

FOLDER = "src/census_cli/i18n/zh/LC_MESSAGES"


def make(root: Path) -> dict[str, bytes]:
    """The catalogue with every text of the code, translations kept, texts no longer used dropped."""
    catalogue = _catalogue(root)
    return {f"{FOLDER}/census.po": _po(catalogue), f"{FOLDER}/census.mo": _mo(catalogue)}


def untranslated(root: Path) -> list[str]:
    """A line for every text without a translation, or whose translation names other places."""
    faults = []
    for message in _catalogue(root):
        if not message.id:
            continue
        if not message.string:
            faults.append(f"not translated: {message.id}")
        elif sorted(_places(str(message.id))) != sorted(_places(str(message.string))):
            faults.append(f"other places in the translation of: {message.id}")
    return faults


def _catalogue(root: Path) -> Catalog:
    catalogue = Catalog(locale="zh", fuzzy=False)
    path = root / FOLDER / "census.po"
    known = {m.id: m.string for m in read_po(io.BytesIO(path.read_bytes()), locale="zh")} if path.is_file() else {}
    found = extract_from_dir(str(root / "src"), keywords={"tr": None}, method_map=[("**.py", "python")])
    for text in sorted({str(message) for _, _, message, _, _ in found}):
        catalogue.add(text, known.get(text, ""))
    return catalogue


def _po(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalogue, width=0, omit_header=True, sort_output=True)
    return b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: zh\\n"\n\n' + file.getvalue()


def _mo(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    plain = read_po(io.BytesIO(_po(catalogue)), locale="zh")
    # Without a date of its own the file would be another one every minute.
    plain.creation_date = plain.revision_date = datetime(2020, 12, 31, tzinfo=UTC)
    write_mo(file, plain)
    return file.getvalue()


def _places(text: str) -> list[str]:
    from census_cli.i18n import places

    return places(text)
