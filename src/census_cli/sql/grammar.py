"""Text to typed value as SQL (DuckDB): the same fold, grammar and cast as `conform`, for a column at a time.

Each type and each code list is a function that the engine is taught first (`functions`), so that the SQL stays short.
What is already in the plain form is recognised first and cheaply; only the rest is folded and matched.
"""

from __future__ import annotations

from collections.abc import Mapping

from census_cli.conform import (
    BLANKS, COMPACT_DATE, FIRST_YEAR, FOLDED_FROM, FOLDED_TO, INTEGER, LAST_YEAR, NUMBER, SEPARATED_DATE, SEPARATORS,
    TIME, boolean_words, spellings,
)  # fmt: skip
from census_cli.sql.words import string
from census_cli.survey.models import CodeList, FieldModel

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT")
FLOATS = ("FLOAT", "DOUBLE")
TIMESTAMPS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_NEEDS_FOLD = f"^[{BLANKS}]|[{BLANKS}]$|[\uff01-\uff5e\u3000\u00a0]"
_FOLD = f"nullif(trim(translate(x, {string(FOLDED_FROM)}, {string(FOLDED_TO)}), {string(BLANKS)}), '')"
_LIMITS = f"DATE '{FIRST_YEAR}-01-01' AND DATE '{LAST_YEAR}-12-31'"


def conformed(field: FieldModel, column: str, stored: str, codes: Mapping[str, CodeList]) -> str:
    """SQL of the typed value of a column stored as `stored`; NULL where blank or not conforming."""
    shortcut = _as_stored(field, column, stored)
    if shortcut:
        return shortcut
    return f"{_function(field)}({text_of(column, stored)})"


def _function(field: FieldModel) -> str:
    if field.codes:
        return f"census_{'list' if field.type == 'list' else 'code'}_{field.codes}"
    return "census_string" if field.type == "list" else f"census_{field.type}"


def folded(text: str) -> str:
    """SQL of the folded, stripped text; NULL where nothing is left."""
    return f"census_string({text})"


def statements(codes: Mapping[str, CodeList]) -> list[str]:
    """What an engine must be told first: one function of a text `x` for each type and each code list."""
    string_of = f"CASE WHEN regexp_matches(x, {string(_NEEDS_FOLD)}) THEN census_fold(x) ELSE nullif(x, '') END"
    made = {"census_fold": _FOLD, "census_string": string_of}
    made |= {"census_" + kind: parser("x") for kind, parser in _PARSERS.items()}
    types = []
    for answers in codes.values():
        words = ", ".join(map(string, spellings(answers)))
        types.append(f"CREATE TYPE spelling_{answers.name} AS ENUM ({words})")
        made |= {f"census_code_{answers.name}": _code("x", answers), f"census_list_{answers.name}": _list("x", answers)}
    return [*types, *(f"CREATE MACRO {function}(x) AS ({sql})" for function, sql in made.items())]


def text_of(column: str, stored: str) -> str:
    """SQL of a stored value's text, in the form of the grammar."""
    if stored == "VARCHAR":
        return column
    if stored in FLOATS:
        return _float_text(column)
    if stored.startswith("DECIMAL"):
        return _without_zeros(f"CAST({column} AS VARCHAR)")
    return f"CAST({column} AS VARCHAR)"


def _fold(text: str) -> str:
    return f"census_fold({text})"


def _without_zeros(text: str) -> str:
    return f"CASE WHEN contains({text}, '.') THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"


def _float_text(column: str) -> str:
    text = f"CAST({column} AS VARCHAR)"
    large = f"CAST(CAST({text} AS DECIMAL(38, 0)) AS VARCHAR)"
    small = _without_zeros(f"CAST(CAST({text} AS DECIMAL(38, 24)) AS VARCHAR)")
    return (
        f"CASE WHEN NOT contains({text}, 'e') THEN {_without_zeros(text)}"
        f" WHEN abs({column}) BETWEEN 1 AND 1e37 THEN {large}"
        f" WHEN abs({column}) < 1 THEN {small} ELSE {text} END"
    )


def _as_stored(field: FieldModel, column: str, stored: str) -> str | None:
    """SQL for a column whose storage type already is what its grammar would make of its text."""
    if field.codes:
        return None
    if field.type == "boolean" and stored == "BOOLEAN":
        return column
    if field.type == "integer" and stored in INTEGERS:
        return f"CASE WHEN {column} BETWEEN -999999999999999 AND 999999999999999 THEN CAST({column} AS BIGINT) END"
    if field.type == "number" and (stored in INTEGERS or stored.startswith("DECIMAL")):
        return f"TRY_CAST({column} AS DECIMAL(16, 4))"
    if field.type == "date" and stored == "DATE":
        return f"CASE WHEN {column} BETWEEN {_LIMITS} THEN {column} END"
    if stored in TIMESTAMPS:
        second = f"CAST({column} AS TIMESTAMP)"
        if field.type == "datetime":
            return f"CASE WHEN CAST({column} AS DATE) BETWEEN {_LIMITS} AND date_trunc('second', {second}) = {second} THEN {second} END"
        if field.type == "date":
            midnight = f"CAST(CAST({column} AS DATE) AS TIMESTAMP) = {second}"
            return f"CASE WHEN CAST({column} AS DATE) BETWEEN {_LIMITS} AND {midnight} THEN CAST({column} AS DATE) END"
    return None


def _integer(text: str) -> str:
    whole = f"TRY_CAST({text} AS BIGINT)"
    slow = f"CASE WHEN regexp_full_match({_fold(text)}, {string(INTEGER)}) THEN TRY_CAST(split_part({_fold(text)}, '.', 1) AS BIGINT) END"
    return f"CASE WHEN length({text}) <= 15 AND CAST({whole} AS VARCHAR) = {text} THEN {whole} ELSE {slow} END"


def _number(text: str) -> str:
    plain = f"regexp_full_match({text}, '-?[0-9]{{1,11}}([.][0-9]{{1,4}})?')"
    digits = f"regexp_extract(replace({_fold(text)}, ',', ''), '[+-]?[0-9]+([.][0-9]{{1,5}})?')"
    slow = f"CASE WHEN regexp_full_match({_fold(text)}, {string(NUMBER)}) THEN TRY_CAST({digits} AS DECIMAL(16, 4)) END"
    return f"CASE WHEN {plain} THEN TRY_CAST({text} AS DECIMAL(16, 4)) ELSE {slow} END"


def _boolean(text: str) -> str:
    branches = " ".join(f"WHEN {string(word)} THEN {value}" for word, value in boolean_words().items())
    return f"CASE {text} {branches} ELSE CASE {_fold(text)} {branches} END END"


def _code(text: str, codes: CodeList) -> str:
    """The spelling's number leads to its code; a text is folded only where it is no spelling as it stands."""
    plain = f"TRY_CAST({text} AS spelling_{codes.name})"
    return _meaning(f"CASE WHEN {plain} IS NOT NULL THEN {plain} ELSE TRY_CAST({_fold(text)} AS spelling_{codes.name}) END", codes)


def _meaning(spelling: str, codes: CodeList) -> str:
    return f"[{', '.join(map(string, spellings(codes).values()))}][enum_code({spelling}) + 1]"


def _list(text: str, codes: CodeList) -> str:
    item = _meaning(f"TRY_CAST(trim(item, {string(BLANKS)}) AS spelling_{codes.name})", codes)
    items = f"list_transform(regexp_split_to_array({_fold(text)}, {string(SEPARATORS)}), lambda item: {item})"
    order = "[" + ", ".join(string(c.code) for c in codes.codes) + "]"
    chosen = f"array_to_string(list_filter({order}, lambda code: list_contains({items}, code)), ',')"
    several = f"CASE WHEN list_count({items}) = len({items}) THEN {chosen} END"
    single = f"TRY_CAST({text} AS spelling_{codes.name})"
    return f"CASE WHEN {single} IS NOT NULL THEN {_meaning(single, codes)} ELSE {several} END"


def _date(text: str) -> str:
    plain = f"TRY_CAST({text} AS DATE)"
    value = f"CASE WHEN length({text}) = 10 AND CAST({plain} AS VARCHAR) = {text} THEN {plain} ELSE {_any_date(_fold(text))} END"
    return f"CASE WHEN {value} BETWEEN {_LIMITS} THEN {value} END"


def _any_date(text: str) -> str:
    separated = f"TRY_CAST(replace(translate({text}, '/.年月', '----'), '日', '') AS DATE)"
    compact = f"TRY_CAST(left({text}, 4) || '-' || substr({text}, 5, 2) || '-' || substr({text}, 7, 2) AS DATE)"
    return (
        f"CASE WHEN regexp_full_match({text}, {string(SEPARATED_DATE)}) THEN {separated}"
        f" WHEN regexp_full_match({text}, {string(COMPACT_DATE)}) THEN {compact} END"
    )


def _datetime(text: str) -> str:
    plain = f"TRY_CAST({text} AS TIMESTAMP)"
    quick = f"length({text}) = 19 AND CAST({plain} AS VARCHAR) = {text} AND CAST({plain} AS DATE) BETWEEN {_LIMITS}"
    one = _fold(text)
    day = _any_date(f"regexp_extract({one}, '^[^ T]+')")
    clock = f"regexp_extract({one}, '[ T](.*)$', 1)"
    seconds = f"CASE WHEN length({clock}) <= 5 THEN {clock} || ':00' ELSE {clock} END"
    moment = f"TRY_CAST(CAST({day} AS VARCHAR) || ' ' || lpad({seconds}, 8, '0') AS TIMESTAMP)"
    whole = f"({SEPARATED_DATE}|{COMPACT_DATE})[ T]{TIME}"
    slow = f"CASE WHEN regexp_full_match({one}, {string(whole)}) AND {day} BETWEEN {_LIMITS} THEN {moment} END"
    return f"CASE WHEN {quick} THEN {plain} ELSE {slow} END"


_PARSERS = {
    "integer": _integer, "number": _number, "boolean": _boolean, "date": _date, "datetime": _datetime,
}  # fmt: skip
