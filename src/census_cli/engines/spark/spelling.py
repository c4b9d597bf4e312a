"""What DuckDB and Spark read differently, each with its spelling for Spark; a ValueError says what has none."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

Respelled = Callable[[exp.Expr], exp.Expr]

MAX_DIGITS = 38


def call(name: str, *args: exp.Expr | None) -> exp.Expr:
    """A function of Spark's, written as it is."""
    return exp.Anonymous(this=name, expressions=[a for a in args if a is not None])


def pattern(text: str, whole: bool = False) -> exp.Expr:
    """A pattern that means to Java what it means to RE2: only \\n ends a line, and $ stands for the very end."""
    ended = re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", lambda m: m[1] or r"\z", text, flags=re.DOTALL)
    return exp.Literal.string(rf"(?d)\A(?:{ended})\z" if whole else f"(?d){ended}")


def _pattern_of(node: exp.Expr, whole: bool = False) -> exp.Expr:
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise ValueError(f"a pattern that is no constant: {node.sql()}")
    return pattern(node.name, whole)


def _extract(node: exp.Expr) -> exp.Expr:
    return call("REGEXP_EXTRACT", node.this, _pattern_of(node.expression), node.args.get("group") or exp.Literal.number(0))


def _replace(node: exp.Expr) -> exp.Expr:
    """Spark replaces every match, DuckDB without 'g' the first: the same where the pattern holds on to one end."""
    text, wanted = node.expression.name, node.args["replacement"].name
    if node.text("modifiers") != "g" and not (text.startswith("^") or text.endswith("$")):
        raise ValueError(f"a first match to be replaced: {text}")
    replacement = exp.Literal.string(re.sub(r"\\([0-9])", r"$\1", wanted.replace("$", r"\$")))
    return call("REGEXP_REPLACE", node.this, _pattern_of(node.expression), replacement)


def _split(node: exp.Expr) -> exp.Expr:
    separator = node.expression
    if not isinstance(separator, exp.Literal):
        raise ValueError(f"a separator that is no constant: {node.sql()}")
    return call("SPLIT", node.this, exp.Literal.string(re.escape(separator.name)))


def _between(node: exp.Expr) -> exp.Expr:
    """Whole units of time from one moment until another."""
    if node.text("unit").upper() != "SECOND":
        raise ValueError(f"a unit in which Spark counts otherwise: {node.sql()}")
    return call("TIMESTAMPDIFF", exp.Var(this="SECOND"), node.expression, node.this)


def _item(node: exp.Expr) -> exp.Expr:
    """A place in a list, from 1, NULL beyond its end; or its first so many."""
    (place,) = node.expressions
    if isinstance(place, exp.Slice):
        if place.this.name != "1":
            raise ValueError(f"a part of a list that does not begin it: {node.sql()}")
        return call("SLICE", node.this, place.this, place.expression)
    from_zero = exp.Sub(this=exp.Cast(this=place, to=exp.DataType.build("int")), expression=exp.Literal.number(1))
    return call("GET", node.this, from_zero)


def _list(node: exp.Expr) -> exp.Expr:
    return call("ARRAY", *node.expressions) if node.expressions else exp.cast(call("ARRAY"), "array<string>", dialect="spark")


def _struct(node: exp.Expr) -> exp.Expr:
    pairs = [(exp.Literal.string(p.this.name), p.expression) for p in node.expressions]
    return call("NAMED_STRUCT", *(part for pair in pairs for part in pair))


def _in_order(node: exp.Expr) -> exp.Expr:
    """A list in an order, the missing last: sorted together with what it is ordered by."""
    order = node.this
    if not isinstance(order, exp.Order):
        raise ValueError(f"a list in no order: {node.sql()}")
    keys = [
        exp.Paren(this=part) for o in order.expressions for part in (exp.Is(this=o.this.copy(), expression=exp.Null()), o.this)
    ]
    sorted_rows = call("ARRAY_SORT", call("COLLECT_LIST", call("STRUCT", *keys, exp.alias_(order.this, "it"))))
    last = exp.Lambda(
        this=exp.Dot(this=exp.to_identifier("s"), expression=exp.to_identifier("it")), expressions=[exp.to_identifier("s")]
    )
    return call("TRANSFORM", sorted_rows, last)


def _joined(node: exp.Expr) -> exp.Expr:
    """Different texts in their order, joined; over none it is missing."""
    order = node.this
    texts = order.this if isinstance(order, exp.Order) else None
    if not isinstance(texts, exp.Distinct) or [o.this for o in order.expressions] != texts.expressions:
        raise ValueError(f"texts joined in another order than their own: {node.sql()}")
    joined = call("ARRAY_JOIN", call("ARRAY_SORT", call("COLLECT_SET", *texts.expressions)), node.args.get("separator"))
    return call("NULLIF", joined, exp.Literal.string(""))


def _select(node: exp.Expr) -> exp.Expr:
    """`* REPLACE (…)` as `* EXCEPT (…)` with what replaces it behind: nothing of ours goes by the place of a column."""
    for star in [e for e in node.expressions if isinstance(e, exp.Star) and e.args.get("replace")]:
        replaced = star.args["replace"]
        star.replace(exp.Star(except_=[exp.to_identifier(a.alias) for a in replaced]))
        node.set("expressions", [*node.expressions, *replaced])
    return node


def _length(node: exp.Expr) -> exp.Expr:
    of_list = isinstance(node.this, exp.Anonymous) and node.this.name == "SPLIT"
    return call("ARRAY_SIZE" if of_list else "CHAR_LENGTH", node.this)


def _least(node: exp.Expr) -> exp.Expr:
    return node if node.expressions else node.this


def _try_cast(node: exp.Expr) -> exp.Expr:
    """A sum is made as wide as can be: Spark's of whole numbers ends at 64 bits, where DuckDB's does not."""
    kind = node.args["to"]
    if not isinstance(node.this, exp.Sum):
        return node
    scale = kind.expressions[1].name if len(kind.expressions) > 1 else "0"
    wide = exp.Cast(this=node.this.this, to=exp.DataType.build(f"decimal({MAX_DIGITS}, {scale})"))
    return exp.TryCast(this=call("TRY_SUM", wide), to=kind, safe=True)


def _day(node: exp.Expr) -> exp.Expr:
    if node.args["unit"].name.upper() not in ("DAY", "SECOND"):
        raise ValueError(node.sql())
    cut = call("DATE_TRUNC", exp.Literal.string(node.args["unit"].name), node.this)
    return exp.Cast(this=cut, to=exp.DataType.build("timestampntz"))


def _iso_day(node: exp.Expr) -> exp.Expr:
    if node.args["format"].name != "%Y-%m-%d":
        raise ValueError(node.sql())
    return exp.Cast(this=exp.Cast(this=node.this, to=exp.DataType.build("date")), to=exp.DataType.build("text"))


def _whole(node: exp.Expr) -> exp.Expr:
    """A count of characters, which Spark takes as a plain integer only."""
    return node if isinstance(node, exp.Literal) else exp.Cast(this=node, to=exp.DataType.build("int"))


def _kept(node: exp.Expr) -> exp.Expr:
    """Read by the node above it."""
    return node


SPELLED: dict[type[exp.Expr], Respelled] = {
    exp.Array: _list,
    exp.ArrayAgg: _in_order,
    exp.ArrayDistinct: lambda node: call("ARRAY_DISTINCT", node.this),
    exp.ArraySort: lambda node: call("ARRAY_SORT", node.this),
    exp.ArrayToString: lambda node: call("ARRAY_JOIN", node.this, node.expression),
    exp.BitwiseRightShift: lambda node: call("SHIFTRIGHT", node.this, node.expression),
    exp.Bracket: _item,
    exp.Cast: _kept,
    exp.Contains: lambda node: call("CONTAINS", node.this, node.expression),
    exp.DateDiff: _between,
    exp.Day: lambda node: call("DAY", node.this),
    exp.GroupConcat: _joined,
    exp.Least: _least,
    exp.Left: lambda node: call("LEFT", node.this, _whole(node.expression)),
    exp.Length: _length,
    exp.Month: lambda node: call("MONTH", node.this),
    exp.PropertyEQ: _kept,
    exp.RegexpExtract: _extract,
    exp.RegexpFullMatch: lambda node: call("REGEXP_LIKE", node.this, _pattern_of(node.expression, whole=True)),
    exp.RegexpLike: lambda node: call("REGEXP_LIKE", node.this, _pattern_of(node.expression)),
    exp.RegexpReplace: _replace,
    exp.Replace: lambda node: call("REPLACE", node.this, node.expression, node.args["replacement"]),
    exp.Right: lambda node: call("RIGHT", node.this, node.expression),
    exp.Select: _select,
    exp.Slice: _kept,
    exp.Split: _split,
    exp.StartsWith: lambda node: call("STARTSWITH", node.this, node.expression),
    exp.Struct: _struct,
    exp.Substring: lambda node: call("SUBSTRING", node.this, node.args["start"], node.args.get("length")),
    exp.TimestampTrunc: _day,
    exp.TimeToStr: _iso_day,
    exp.Transform: lambda node: call("TRANSFORM", node.this, node.expression),
    exp.Translate: lambda node: call("TRANSLATE", node.this, node.args["from_"], node.args["to"]),
    exp.Trim: _kept,
    exp.TryCast: _try_cast,
    exp.Upper: lambda node: call("UPPER", node.this),
    exp.Year: lambda node: call("YEAR", node.this),
}
FUNCTIONS: dict[str, Respelled] = {
    "enum_code": lambda node: exp.Cast(this=node.expressions[0], to=exp.DataType.build("int")),
    "list_position": lambda node: call("NULLIF", call("ARRAY_POSITION", *node.expressions), exp.Literal.number(0)),
    "regexp_split_to_array": lambda node: call("SPLIT", node.expressions[0], _pattern_of(node.expressions[1])),
    "strlen": lambda node: call("OCTET_LENGTH", *node.expressions),
}

# A cell's text, without the short cuts that only pay in DuckDB: Spark plans every function anew for every column.
SIMPLER: dict[str, str] = {"census_string": "census_fold(x)", "census_filled": "census_fold(x) IS NOT NULL"}
