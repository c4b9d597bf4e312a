"""The functions of the rule language: what each takes and gives.  How an engine spells them is in `sql.spelling`."""

from __future__ import annotations

from dataclasses import dataclass

from census_cli.expr.nodes import AGE, BOOLEAN, DATE, INTEGER, SECONDS, STRING, Kind, KindName


@dataclass(frozen=True)
class Function:
    """The signature of one function; `doc` is its line in the reference."""

    takes: tuple[KindName, ...]
    gives: Kind
    doc: str


FUNCTIONS: dict[str, Function] = {
    "abs": Function(("decimal",), INTEGER, "the number without its sign"),
    "age": Function(("date", "date"), AGE, "age(birth, on): whole years, by subtraction of YYYYMMDD"),
    "has": Function(
        ("list", "string"), BOOLEAN, "has(field, 'code'): whether a list of codes holds the code, or that of another field"
    ),
    "id_base": Function(("string",), STRING, "the first 18 characters of an identity number, X upper case"),
    "id_birth": Function(("string",), DATE, "the birth date in an identity number; missing if it is no calendar day"),
    "id_sex": Function(("string",), STRING, "'male' or 'female' by the 17th character of an identity number"),
    "id_valid": Function(("string",), BOOLEAN, "whether the check character of GB 11643 (MOD 11-2) is right"),
    "left": Function(("string", "decimal"), STRING, "left(text, n): the first n characters"),
    "length": Function(("string",), Kind("decimal", 10), "the number of characters"),
    "matches": Function(("string", "string"), BOOLEAN, "matches(text, 'pattern'): a plain pattern, matched whole"),
    "month": Function(("date",), Kind("decimal", 2), "the month of a date, 1 to 12"),
    "name_base": Function(("string",), STRING, "a name without the blanks and middle dots that are written in many ways"),
    "on_or_before": Function(
        ("date", "decimal", "decimal"),
        DATE,
        "on_or_before(date, month, day): the latest such day that is not after the date (29 February: else the 28th)",
    ),
    "seconds": Function(
        ("datetime", "datetime"),
        SECONDS,
        "seconds(from, until): the seconds from one moment until another; negative if that is earlier",
    ),
    "sole": Function(("list", "string"), BOOLEAN, "sole(field, 'code'): whether a list of codes holds the code and no other"),
    "year": Function(("date",), Kind("decimal", 4), "the year of a date"),
}

MACROS: dict[str, str] = {
    "attribute": "attribute(field, 'name'): the attribute of that name of the field's code",
    "region": "region(code, 'level'): the part of a region code that names the level",
    "within_any": "within_any(value, $starts, $ends): whether the value lies in one of the spans that two lists give the ends of",
    "coalesce": "the first of its values that is not missing",
}

AGGREGATES: dict[str, str] = {
    "count": "how many children; missing if the value is missing for any",
    "count_if": "for how many children the condition holds",
    "sum": "the sum over the children",
    "min": "the smallest value among the children",
    "max": "the largest value among the children",
}
