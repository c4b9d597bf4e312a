"""Text to typed value as SQL (DuckDB): the same fold, grammar and cast as `conform`, for a column at a time.

Each type and each code list is a function that the engine is taught first (`functions`), so that the SQL stays short.
What is already in the plain form is recognised first and cheaply; only the rest is folded and matched.  Of a column that
holds few different texts an engine makes a cast once for each of them, as long as it is made of the cell as it stands: so
a cell is cast first and looked at afterwards.  A pattern it holds against every row.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence

from census_cli.conform import DATE_FORMS, FIRST_YEAR, LAST_YEAR, SEPARATORS, TIME, boolean_words, spellings
from census_cli.folding import BLANKS, FOLDED_FROM, FOLDED_TO, WIDE_BLANKS
from census_cli.sql.words import string
from census_cli.survey.models import CodeList, FieldModel, Table

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT")
FLOATS = ("FLOAT", "DOUBLE")
TIMESTAMPS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_NEEDS_FOLD = f"^[{BLANKS}]|[{BLANKS}]$|[\uff01-\uff5e\u3000\u00a0]"
_FOLD = f"nullif(trim(translate(x, {string(FOLDED_FROM)}, {string(FOLDED_TO)}), {string(BLANKS)}), '')"
# ASCII without blanks at its ends is known by its length and its first and last sign; only the rest needs a pattern.
_STRING = f"""CASE WHEN strlen(x) = length(x) AND x > '!' AND right(x, 1) > ' ' THEN x
  WHEN regexp_matches(x, {string(_NEEDS_FOLD)}) THEN census_fold(x) ELSE nullif(x, '') END"""
# Nearly every text begins with a printable ASCII sign or a Chinese character, which is enough to know that it is not blank.
_NO_BLANK_FIRST = "x > '!' AND x < '\x7f' OR x >= '\u3001' AND x < '\ufe00'"
_FILLED = f"CASE WHEN {_NO_BLANK_FIRST} THEN TRUE ELSE census_fold(x) IS NOT NULL END"
_YEARS = "(?:19[0-9]{2}|20[0-9]{2}|2100)"
_LIMITS = f"DATE '{FIRST_YEAR}-01-01' AND DATE '{LAST_YEAR}-12-31'"


def conformed(field: FieldModel, column: str, stored: str) -> str:
    """SQL of the typed value of a column stored as `stored`; NULL where blank or not conforming."""
    shortcut = _as_stored(field, column, stored)
    if shortcut:
        return shortcut
    value = f"{function_of(field)}({text_of(column, stored)})"
    if function_of(field) == "census_string" and field.missingValues:
        return f"CASE WHEN NOT {not_known(field, column, stored)} THEN {value} END"
    return value


def function_of(field: FieldModel) -> str:
    """The name of the function that reads the cells of a field."""
    if field.codes:
        return f"census_{'list' if field.type == 'list' else 'code'}_{field.codes}"
    return "census_string" if field.type == "list" else f"census_{field.type}"


def folded(text: str) -> str:
    """SQL of the folded, stripped text; NULL where nothing is left."""
    return f"census_string({text})"


def words(tables: Iterable[Table], codes: Mapping[str, CodeList]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """What an engine must be told first: enumerated types, and one function of a text `x` for each type and each code list in use.

    Each is kept to few nodes: an engine writes it out for every column, and planning takes longer than small data.
    """
    made = {"census_fold": _FOLD, "census_string": _STRING, "census_filled": _FILLED}
    made |= {"census_integer": _INTEGER, "census_number": _NUMBER, "census_date": _DATE, "census_datetime": _DATETIME}
    types = {"spelling_boolean": list(boolean_words())}
    made["census_boolean"] = _if_any(f"enum_code({_spelling('boolean')}) < {list(boolean_words().values()).count(True)}")
    fields = [f for t in tables for f in t.fields]
    for field in {_missing_function(f): f for f in fields if f.missingValues}.values():
        made[_missing_function(field)] = _says_not_known(field.missingValues or [])
    for field in {function_of(f): f for f in fields if f.codes}.values():
        answers = codes[field.codes or ""]
        types[f"spelling_{answers.name}"] = list(spellings(answers))
        meaning = _meaning(answers.name, list(spellings(answers).values()))
        made[function_of(field)] = _several(answers) if field.type == "list" else _if_any(meaning)
    return types, made


def _says_not_known(texts: Sequence[str]) -> str:
    """Whether `x` is one of the texts but for blanks around it; to take these off takes long, and few have any."""
    bare = f"({_NO_BLANK_FIRST}) AND NOT contains({string(WIDE_BLANKS)}, right(x, 1))"
    text = f"CASE WHEN {bare} THEN x ELSE trim(x, {string(WIDE_BLANKS)}) END"
    # One constant, split once, is planned faster than a list of them, and for `IN` each column would be joined with it.
    return f"list_position(string_split({string('|'.join(texts))}, '|'), {text}) IS NOT NULL"


def _meaning(name: str, meanings: Sequence[str], spelling: str = "") -> str:
    """The number of the spelling leads to what it means; one constant split once is planned faster than a list."""
    return f"string_split({string('|'.join(meanings))}, '|')[enum_code({spelling or _spelling(name)}) + 1]"


def _spelling(name: str) -> str:
    """Which spelling a text is; nearly every cell is one as it stands, only the rest is folded."""
    return f"coalesce(TRY_CAST(x AS spelling_{name}), TRY_CAST(census_string(x) AS spelling_{name}))"


def _if_any(value: str) -> str:
    """A cast that fails takes twenty times as long as one that does not, and blanks are many."""
    return f"CASE WHEN x <> '' THEN {value} END"


def _several(codes: CodeList) -> str:
    """One code, or several in the order of the code list: each item leads to its place in it."""
    spelled, places = spellings(codes), {c.code: str(i + 1) for i, c in enumerate(codes.codes)}
    items = f"[{BLANKS}]*({'|'.join(map(re.escape, spelled))})[{BLANKS}]*"
    place = _meaning(
        codes.name, [places[c] for c in spelled.values()], f"TRY_CAST(trim(item, {string(BLANKS)}) AS spelling_{codes.name})"
    )
    split = f"regexp_split_to_array(census_string(x), {string(SEPARATORS)})"
    chosen = f"list_sort(list_distinct(list_transform({split}, lambda item: CAST({place} AS INTEGER))))"
    named = f"array_to_string(list_transform({chosen}, lambda place: string_split({string('|'.join(places))}, '|')[place]), ',')"
    one = f"TRY_CAST(nullif(x, '') AS spelling_{codes.name})"
    single = _meaning(codes.name, list(spelled.values()), one)
    if not any(re.search(SEPARATORS, spelling) for spelling in spelled):
        one = f"CASE WHEN NOT regexp_matches(x, {string(SEPARATORS)}) THEN {one} END"
    # Several codes in the order of their list need not be taken apart, whatever stands between them.
    in_order = string("".join(f"({re.escape(c.code)},)?" for c in codes.codes))
    commas = f"regexp_replace(census_string(x), {string(f'[{BLANKS}]*{SEPARATORS}[{BLANKS}]*')}, ',', 'g')"
    return f"""CASE WHEN regexp_full_match(x || ',', {in_order}) THEN x
  WHEN {one} IS NOT NULL THEN {single}
  WHEN regexp_full_match({commas} || ',', {in_order}) THEN {commas}
  WHEN regexp_full_match(census_string(x), {string(f"{items}({SEPARATORS}{items})*")}) THEN {named} END"""


def filled(column: str, stored: str) -> str:
    """SQL of whether a stored cell is not blank."""
    if stored in FLOATS:
        return f"NOT coalesce(isnan({column}), TRUE)"
    return f"census_filled({column})" if stored == "VARCHAR" else f"{column} IS NOT NULL"


def not_known(field: FieldModel, column: str, stored: str) -> str:
    """SQL of whether a cell says that its value is not known."""
    if not field.missingValues:
        return "FALSE"
    return f"{_missing_function(field)}({text_of(column, stored)})"


def key_text(field: FieldModel, column: str, stored: str) -> str:
    """SQL of the folded text of a key; NULL where it says that it is not known, as that many rows may say."""
    text = folded(text_of(column, stored))
    return f"CASE WHEN NOT {not_known(field, column, stored)} THEN {text} END" if field.missingValues else text


def _missing_function(field: FieldModel) -> str:
    """One function for all fields with the same texts."""
    texts = "\n".join(field.missingValues or [])
    return f"census_missing_{zlib.crc32(texts.encode()):08x}"


def text_of(column: str, stored: str) -> str:
    """SQL of a stored value's text, in the form of the grammar."""
    if stored == "VARCHAR":
        return column
    if stored in FLOATS:
        return _float_text(column)
    if stored in TIMESTAMPS:
        return f"CASE WHEN date_trunc('day', {column}) = {column} THEN strftime({column}, '%Y-%m-%d') ELSE CAST({column} AS VARCHAR) END"
    if stored.startswith("DECIMAL"):
        return _without_zeros(f"CAST({column} AS VARCHAR)")
    return f"CAST({column} AS VARCHAR)"


def _without_zeros(text: str) -> str:
    return f"CASE WHEN contains({text}, '.') THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"


def _float_text(column: str) -> str:
    text = f"CAST({column} AS VARCHAR)"
    large = f"CAST(CAST({text} AS DECIMAL(38, 0)) AS VARCHAR)"
    small = _without_zeros(f"CAST(CAST({text} AS DECIMAL(38, 24)) AS VARCHAR)")
    return (
        f"CASE WHEN isnan({column}) THEN NULL WHEN NOT contains({text}, 'e') THEN {_without_zeros(text)}"
        f" WHEN abs({column}) BETWEEN 1 AND 1e37 THEN {large}"
        f" WHEN abs({column}) < 1 THEN {small} ELSE {text} END"
    )


def _as_stored(field: FieldModel, column: str, stored: str) -> str | None:  # noqa: PLR0911  # a table of cases
    """SQL for a column whose storage type already is what its grammar would make of its text."""
    if field.codes:
        return None
    if field.type == "boolean" and stored == "BOOLEAN":
        return column
    if field.type == "integer" and stored in INTEGERS:
        return f"CASE WHEN {column} BETWEEN -999999999999999 AND 999999999999999 THEN CAST({column} AS BIGINT) END"
    if field.type == "number" and (stored in INTEGERS or stored.startswith("DECIMAL")):
        return f"TRY_CAST({column} AS DECIMAL(16, 4))"
    if field.type == "number" and stored == "DOUBLE":
        # Up to 15 digits only one decimal reads as this number, and it is the one that its text has.
        exact = f"TRY_CAST({column} AS DECIMAL(16, 4))"
        same = f"CAST({exact} AS DOUBLE) = {column} AND abs({column}) < 1e11"
        return f"CASE WHEN {same} THEN {exact} ELSE census_number({_float_text(column)}) END"
    if field.type == "date" and stored == "DATE":
        return f"CASE WHEN {column} BETWEEN {_LIMITS} THEN {column} END"
    if stored in TIMESTAMPS:
        moment = f"TRY_CAST({column} AS TIMESTAMP)"
        within = f"{moment} BETWEEN TIMESTAMP '{FIRST_YEAR}-01-01' AND TIMESTAMP '{LAST_YEAR}-12-31 23:59:59'"
        if field.type == "datetime":
            return f"CASE WHEN {within} AND date_trunc('second', {moment}) = {moment} THEN {moment} END"
        if field.type == "date":
            return f"CASE WHEN {within} AND date_trunc('day', {moment}) = {moment} THEN CAST({moment} AS DATE) END"
    return None


_WHOLE = "^([+-]?[0-9]{1,15})(?:[.]0+)?$"
_PLAIN_WHOLE = "CAST(TRY_CAST(x AS BIGINT) AS VARCHAR) = x"
_INTEGER = f"""CASE WHEN x = '' THEN NULL WHEN strlen(x) <= 15 AND {_PLAIN_WHOLE} THEN TRY_CAST(x AS BIGINT)
  ELSE TRY_CAST(regexp_extract(census_fold(x), '{_WHOLE}', 1) AS BIGINT) END"""

_DIGITS = "^([+-]?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})[.][0-9]{1,5})[0-9]*$"
_NUMBER = f"""CASE WHEN x = '' THEN NULL WHEN strlen(x) <= 11 AND {_PLAIN_WHOLE} THEN TRY_CAST(x AS DECIMAL(16, 4))
  WHEN regexp_full_match(x, '-?[0-9]{{1,11}}([.][0-9]{{1,4}})?') THEN TRY_CAST(x AS DECIMAL(16, 4))
  ELSE TRY_CAST(replace(regexp_extract(regexp_replace(census_fold(x), '^([^.]*)$', '\\1.0'), '{_DIGITS}', 1), ',', '')
    AS DECIMAL(16, 4)) END"""


def _with_hyphens(text: str, after: str) -> str:
    """A date in any form, rewritten with hyphens; `after` is the pattern of what may follow it."""
    for form in DATE_FORMS:
        text = f"regexp_replace({text}, '^{form}({after})$', '\\1-\\2-\\3\\4')"
    return text


_DATE = f"""CASE WHEN x = '' THEN NULL WHEN strlen(x) = 10 AND x > '19' AND x < '21' AND CAST(TRY_CAST(x AS DATE) AS VARCHAR) = x THEN TRY_CAST(x AS DATE)
  ELSE TRY_CAST(regexp_extract({_with_hyphens("census_fold(x)", "")}, '^{_YEARS}-[0-9]{{1,2}}-[0-9]{{1,2}}$') AS DATE) END"""

_DATETIME = f"""CASE WHEN x = '' THEN NULL WHEN strlen(x) = 19 AND x > '19' AND x < '21' AND CAST(TRY_CAST(x AS TIMESTAMP) AS VARCHAR) = x THEN TRY_CAST(x AS TIMESTAMP) ELSE TRY_CAST(regexp_extract({_with_hyphens("census_fold(x)", "[ T].*")},
  '^{_YEARS}-[0-9]{{1,2}}-[0-9]{{1,2}}[ T]{TIME}$') AS TIMESTAMP) END"""
