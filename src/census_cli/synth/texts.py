"""How a value of a synthetic survey is written: codes by their labels under Chinese headers, as codes under English ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from census_cli.sql.words import string
from census_cli.survey.models import CodeList, FieldModel

Headers = Literal["zh", "en"]


def header(field: FieldModel, headers: Headers) -> str:
    """The head of a column."""
    return field.title.zh if headers == "zh" else field.name


def written(field: FieldModel, codes: Mapping[str, CodeList], headers: Headers, sql: str) -> str:
    """SQL for the text of a value given as text; what is no code of its list (a fault) stays as it is."""
    if field.type == "number":
        return f"CASE WHEN contains({sql}, '.') THEN rtrim(rtrim({sql}, '0'), '.') ELSE {sql} END"
    if headers == "en":
        return f"replace({sql}, ',', ';')" if field.type == "list" else sql  # no cell that would need quotes
    if field.type == "boolean":
        return _by_cases({"true": "是", "false": "否"}, sql)
    if not field.codes:
        return sql
    labels = {code.code: code.label.zh for code in codes[field.codes].codes}
    if field.type != "list":
        return _by_cases(labels, sql)
    several = f"array_to_string(list_transform(string_split({sql}, ','), lambda item: {_by_cases(labels, 'item')}), '、')"
    return f"CASE WHEN contains({sql}, ',') THEN {several} ELSE {_by_cases(labels, sql)} END"


def _by_cases(words: Mapping[str, str], sql: str) -> str:
    cases = " ".join(f"WHEN {string(code)} THEN {string(word)}" for code, word in words.items())
    return f"CASE {sql} {cases} ELSE {sql} END"
