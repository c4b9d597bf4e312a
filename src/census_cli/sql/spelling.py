"""Typed expressions as SQL (DuckDB).  Every operator is total: no value that a column can hold makes it fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from census_cli.expr.nodes import MAX_DIGITS, Aggregate, Call, Column, Kind, Literal, Node
from census_cli.sql.words import constant, string

Named = Callable[[Column | Aggregate], str]

BIGINT_DIGITS = 18

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def spell(node: Node, named: Named) -> str:
    """SQL of an expression; `named` gives the SQL name of a column or aggregate."""
    if isinstance(node, Literal):
        return constant(node)
    if isinstance(node, Column | Aggregate):
        return named(node)
    args = [spell(arg, named) for arg in node.args]
    if node.name in _OPERATORS:
        return _OPERATORS[node.name](node, args)
    return _FUNCTIONS[node.name](*args)


def storage(kind: Kind) -> str:
    """The SQL type in which values of a kind are held."""
    if kind.name == "decimal":
        return f"DECIMAL({kind.digits}, {kind.scale})"
    return {"boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP", "double": "DOUBLE"}.get(kind.name, "VARCHAR")


def _compare(sign: str) -> Callable[[Call, list[str]], str]:
    def spelled(node: Call, args: list[str]) -> str:
        left, right = _same_width(node.args, args)
        return f"({left} {sign} {right})"

    return spelled


def _same_width(nodes: Sequence[Node], args: list[str]) -> list[str]:
    """Decimals that no common type could hold are held against one another as far as one can; beyond that they are missing."""
    kinds = [n.kind for n in nodes]
    if not all(k.name == "decimal" for k in kinds):
        return args
    scale = max(k.scale for k in kinds)
    if max(k.digits - k.scale for k in kinds) + scale <= MAX_DIGITS:
        return args
    return [f"TRY_CAST({a} AS DECIMAL({MAX_DIGITS}, {scale}))" for a in args]


def _infix(sign: str) -> Callable[[Call, list[str]], str]:
    return lambda node, args: f"({f' {sign} '.join(args)})"


def _divide(node: Call, args: list[str]) -> str:
    return f"(CAST({args[0]} AS DOUBLE) / nullif(CAST({args[1]} AS DOUBLE), 0))"


def _modulo(node: Call, args: list[str]) -> str:
    return f"({args[0]} % nullif({args[1]}, 0))"


def _multiply(node: Call, args: list[str]) -> str:
    """Exact while both factors fit; a factor of 10^15 or more, which no sound value needs, makes it missing."""
    if node.kind.name == "double":
        return f"({args[0]} * {args[1]})"
    factors = []
    for text, kind in zip(args, (arg.kind for arg in node.args), strict=True):
        if sum(arg.kind.digits for arg in node.args) > MAX_DIGITS:
            factors.append(f"TRY_CAST({text} AS DECIMAL(19, {min(kind.scale, 4)}))")
        else:
            # DuckDB keeps a product of up to 18 digits in 64 bits unless a factor is wider.
            wide = not factors and sum(arg.kind.digits for arg in node.args) > BIGINT_DIGITS
            digits = max(kind.digits, BIGINT_DIGITS + 1) if wide else kind.digits
            factors.append(f"CAST({text} AS DECIMAL({digits}, {kind.scale}))")
    return f"({' * '.join(factors)})"


def _add(sign: str) -> Callable[[Call, list[str]], str]:
    def spelled(node: Call, args: list[str]) -> str:
        if node.kind.name == "double" or node.kind.digits < MAX_DIGITS:
            return f"({args[0]} {sign} {args[1]})"
        wide = f"DECIMAL({MAX_DIGITS - 1}, {node.kind.scale})"
        return f"(TRY_CAST({args[0]} AS {wide}) {sign} TRY_CAST({args[1]} AS {wide}))"

    return spelled


def _in(node: Call, args: list[str]) -> str:
    args = _same_width(node.args, args)
    return f"({args[0]} IN ({', '.join(args[1:])}))" if len(args) > 1 else f"({args[0]} IS NULL AND NULL)"


def _case(node: Call, args: list[str]) -> str:
    branches = " ".join(f"WHEN {test} THEN {value}" for test, value in zip(args[:-1:2], args[1:-1:2], strict=True))
    return f"CASE {branches} ELSE {args[-1]} END"


_OPERATORS: dict[str, Callable[[Call, list[str]], str]] = {
    **{sign: _compare(sign) for sign in ("=", "<>", "<", "<=", ">", ">=")},
    "and": _infix("AND"),
    "or": _infix("OR"),
    "+": _add("+"),
    "-": _add("-"),
    "*": _multiply,
    "/": _divide,
    "%": _modulo,
    "neg": lambda node, args: f"(-{args[0]})",
    "not": lambda node, args: f"(NOT {args[0]})",
    "is_null": lambda node, args: f"({args[0]} IS NULL)",
    "is_same": lambda node, args: f"({args[0]} IS NOT DISTINCT FROM {args[1]})",
    "in": _in,
    "case": _case,
    "coalesce": lambda node, args: f"coalesce({', '.join(args)})",
}


def _age(birth: str, on: str) -> str:
    def day(date: str) -> str:
        return f"(month({date}) * 100 + day({date}))"

    return f"(year({on}) - year({birth}) - CASE WHEN {day(on)} < {day(birth)} THEN 1 ELSE 0 END)"


def _id_valid(number: str) -> str:
    """GB 11643: the weighted sum of 17 digits modulo 11 names the 18th character.

    With q the number cut behind each digit, a digit is q − 10 q', so that modulo 11 the sum is that of every q times its own weight
    and the next one's: one division a digit.  Of two truth values the first is the greater where it holds and the other does not,
    which unlike AND and CASE lets an engine cast the number once for all divisions.
    """
    whole, length = f"TRY_CAST(left({number}, 17) AS BIGINT)", len(_ID_WEIGHTS)
    following = (*_ID_WEIGHTS[1:], 0)
    parts = [f"{whole} // {10 ** (length - 1 - i)} * {(weight + following[i]) % 11}" for i, weight in enumerate(_ID_WEIGHTS)]
    digits = f"regexp_matches({number}, '^[0-9]{{17}}[0-9Xx]')"
    expected = f"substr('{_ID_CHECKS}', CAST(({' + '.join(parts)}) % 11 + 1 AS INTEGER), 1)"
    return f"{digits} > (NOT coalesce({expected} = upper(substr({number}, 18, 1)), FALSE))"


def _id_birth(number: str) -> str:
    eight = f"regexp_extract(substr({number}, 7, 8), '^(?:19[0-9]{{2}}|20[0-9]{{2}}|2100)[0-9]{{4}}$')"
    return f"TRY_CAST(regexp_replace({eight}, '^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})$', '\\1-\\2-\\3') AS DATE)"


def _id_sex(number: str) -> str:
    sign = f"substr({number}, 17, 1)"
    return f"CASE WHEN {sign} IN ('1','3','5','7','9') THEN 'male' WHEN {sign} IN ('0','2','4','6','8') THEN 'female' END"


def _on_or_before(date: str, month: str, day: str) -> str:
    """The day in the date's own year if that has come, else in the year before; no such day in any year is missing."""
    digits = [f"regexp_replace(CAST({number} AS VARCHAR), '[.]0+$', '')" for number in (month, day)]

    def within(year: str) -> str:
        named = f"TRY_CAST({year} || '-' || {digits[0]} || '-' || {digits[1]} AS DATE)"
        return f"coalesce({named}, CASE WHEN {month} = 2 AND {day} = 29 THEN TRY_CAST({year} || '-2-28' AS DATE) END)"

    this, last = within(f"year({date})"), within(f"(year({date}) - 1)")
    return f"CASE WHEN {this} <= {date} THEN {this} WHEN {this} IS NOT NULL THEN {last} END"


_FUNCTIONS: dict[str, Callable[..., str]] = {
    "abs": lambda x: f"abs({x})",
    "age": lambda birth, on: f"census_age({birth}, {on})",
    "has": lambda field, code: f"contains(',' || {field} || ',', ',' || {code} || ',')",
    "id_base": lambda x: f"replace(left({x}, 18), 'x', 'X')",
    "id_birth": lambda x: f"census_id_birth({x})",
    "id_sex": lambda x: f"census_id_sex({x})",
    "id_valid": lambda x: f"census_id_valid({x})",
    "left": lambda x, n: f"left({x}, {n})",
    "length": lambda x: f"length({x})",
    "name_base": lambda x: f"regexp_replace({x}, '[ \u00b7\u2022\u30fb\u2027\uff65.]', '', 'g')",
    "matches": lambda x, pattern: f"regexp_full_match({x}, {_pattern(pattern)})",
    "on_or_before": lambda date, month, day: f"census_on_or_before({date}, {month}, {day})",
    "seconds": lambda start, end: f"date_diff('second', {start}, {end})",
    "sole": lambda field, code: f"({field} = {code})",
    "month": lambda x: f"month({x})",
    "year": lambda x: f"year({x})",
}


def words() -> dict[str, tuple[Sequence[str], str]]:
    """What an engine must be told first: the functions of the language that are more than a word of SQL."""
    return {
        "census_age": ("xy", _age("x", "y")), "census_id_birth": ("x", _id_birth("x")),
        "census_id_sex": ("x", _id_sex("x")), "census_id_valid": ("x", _id_valid("x")),
        "census_on_or_before": ("xmd", _on_or_before("x", "m", "d")),
    }  # fmt: skip


def _pattern(constant_text: str) -> str:
    return string(constant_text[1:-1].replace("''", "'"))
