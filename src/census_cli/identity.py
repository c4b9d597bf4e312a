"""Who and what a discrepancy is about, without saying it: fingerprints, evidence, pseudonyms, and masks."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from census_cli.errors import OptionError
from census_cli.folding import fold
from census_cli.i18n import reason, tr
from census_cli.survey.models import Pii

_DATE_START = re.compile(r"([0-9]{4}[-/.年]?[0-9]{1,2})([-/.月]?)([0-9]{1,2}日?)")
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def secret_key(folder: Path = Path()) -> bytes | None:
    """The key of evidence and pseudonyms: CENSUS_KEY, else `key` in census.toml of the folder, else None."""
    if key := os.environ.get("CENSUS_KEY"):
        return key.encode()
    file = folder / "census.toml"
    if not file.is_file():
        return None
    try:
        key = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("key")
    except OSError as error:
        raise OptionError(tr("{file} cannot be read: {why}", file=file, why=reason(error))) from error
    except ValueError as error:  # of TOML, or of UTF-8
        raise OptionError(tr("{file} is not TOML: {why}", file=file, why=error)) from error
    return str(key).encode() if key else None


def fingerprint(rule: str, table: str, unit: str) -> str:
    """The same discrepancy in every run: 16 hex digits of SHA-256 over rule, table and unit."""
    return hashlib.sha256("\x1f".join((rule, table, unit)).encode()).hexdigest()[:16]


def evidence(found: Mapping[str, object], pii: Mapping[str, Pii | None], key: bytes | None) -> str:
    """The values as found: 16 hex digits of HMAC-SHA256; without a key personal data stay out of it."""
    seen = found if key else {field: value for field, value in found.items() if not pii.get(field)}
    return hmac.digest(key or b"", _CANONICAL(seen).encode("utf-8", "surrogatepass"), "sha256").hex()[:16]


def mask(text: str, pii: Pii | None, key: bytes | None = None) -> str:
    """A personal value as every output shows it: enough to recognise a mistake, too little to recognise a person."""
    if not pii or not fold(text):
        return text
    if pii == "name":
        return text[0] + "*" * (len(text) - 1)
    if pii == "birth_date":
        match = _DATE_START.fullmatch(fold(text))
        return f"{match[1]}{match[2]}**" if match else "*" * min(len(text), 10)
    if pii == "id":
        shown = text[:6] + "*" * (len(text) - 6)
        return f"{shown} {pseudonym(text, key)}" if key else shown
    return "***"


def pseudonym(text: str, key: bytes) -> str:
    """The same for the same person wherever the key is the same; a disability number begins with the ID number."""
    return "p:" + hmac.digest(key, fold(text).upper()[:18].encode("utf-8", "surrogatepass"), "sha256").hex()[:8]
