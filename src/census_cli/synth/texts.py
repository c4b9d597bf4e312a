"""How a value of a synthetic survey is written: codes by their labels under Chinese headers, as codes under English ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from census_cli.sql.words import string
from census_cli.survey.models import CodeList, FieldModel

Headers = Literal["zh", "en"]

YES, NO = "是", "否"


def header(field: FieldModel, headers: Headers) -> str:
    """The head of a column."""
    return field.title.zh if headers == "zh" else field.name


def written(field: FieldModel, codes: Mapping[str, CodeList], headers: Headers, sql: str, typed: bool) -> str:
    """SQL for the text of a value, given in its own type or as text; a text that is no code of its list (a fault) stays as it is."""
    plain = f"CAST({sql} AS VARCHAR)" if typed else sql
    if headers == "en":
        return f"replace({plain}, ',', ';')" if field.type == "list" else plain
    if field.type == "boolean":
        return (
            f"CASE WHEN {sql} THEN '{YES}' WHEN NOT {sql} THEN '{NO}' END"
            if typed
            else _by_cases({"true": YES, "false": NO}, sql)
        )
    if not field.codes:
        return plain
    labels = {code.code: code.label.zh for code in codes[field.codes].codes}
    if field.type != "list":
        return _by_cases(labels, sql)
    several = f"array_to_string(list_transform(string_split({sql}, ','), lambda item: {_by_cases(labels, 'item')}), '、')"
    return f"CASE WHEN contains({sql}, ',') THEN {several} ELSE {_by_cases(labels, sql)} END"


def quoted(sql: str) -> str:
    """SQL for a cell of CSV (RFC 4180) from its text."""
    special = string('[,"\n\r]')
    return f"CASE WHEN regexp_matches({sql}, {special}) THEN '\"' || replace({sql}, '\"', '\"\"') || '\"' ELSE {sql} END"


def _by_cases(words: Mapping[str, str], sql: str) -> str:
    cases = " ".join(f"WHEN {string(code)} THEN {string(word)}" for code, word in words.items())
    return f"CASE {sql} {cases} ELSE {sql} END"
