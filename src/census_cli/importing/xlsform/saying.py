"""A form's XPath said in the rule language.  A blank answer is '' in XPath and null here; what cannot be said raises NotSaid."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from census_cli.expr.patterns import is_plain
from census_cli.i18n import tr
from census_cli.importing.xlsform.patterns import plain_pattern
from census_cli.importing.xlsform.xpath import NotSaid, Tree, parse

Kind = Literal["number", "string", "list", "date", "datetime", "boolean", "blank"]
KINDS: dict[str, Kind] = {"integer": "number", "number": "number", "string": "string", "list": "list", "date": "date", "datetime": "datetime"}  # fmt: skip
MOST_CHOICES = 40


@dataclass(frozen=True)
class Said:
    """A part of an expression: its text, what it yields, the codes it may hold, its value if it is a constant; `whole` is a number without parts."""

    text: str
    kind: Kind
    codes: tuple[str, ...] = ()
    value: str | Decimal | bool | None = None
    constant: bool = False
    whole: bool = False
    column: bool = False


@dataclass(frozen=True)
class Names:
    """What an expression may name where it stands: a question's column, by its name; the repeats by theirs."""

    column: Callable[[str], Said]
    in_repeat: Callable[[str], Said | None]
    rows: Mapping[str, str]
    here: Said | None = None
    today: Said | None = None
    now: Said | None = None


_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip
_DAYS_OF_A_YEAR = (Decimal(365), Decimal("365.25"), Decimal("365.2425"), Decimal("365.24"))


def condition(text: str, names: Names) -> str:
    """An expression as a condition; raises NotSaid."""
    tree, asked = parse(text)
    return _Sayer(names, asked).true(tree)


def value(text: str, names: Names) -> Said:
    """An expression as a value; raises NotSaid."""
    tree, asked = parse(text)
    return _Sayer(names, asked).say(tree)


def quoted(text: str) -> str:
    """A text as the rule language writes it."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class _Sayer:
    names: Names
    asked: Sequence[str]

    def true(self, tree: Tree) -> str:
        """A part as a condition."""
        said = self.say(tree)
        if said.kind == "boolean":
            return said.text
        if said.constant and isinstance(said.value, Decimal):
            return "1 = 1" if said.value else "1 = 0"
        if said.kind in ("string", "list", "date", "datetime") and said.column:
            return f"{said.text} is not null"
        if said.kind == "number" and said.column:
            return f"{said.text} <> 0"
        raise NotSaid(tr("'{part}' is no condition", part=said.text))

    def say(self, tree: Tree) -> Said:
        """A part with what it yields."""
        symbol = tree.symbol
        if symbol in ("(string)", "(integer)", "(decimal)", "(float)"):
            return _constant(tree.value)
        if symbol == ".":
            return self._here()
        if symbol in ("(name)", "/", "//"):
            return self._named(tree)
        if symbol == "(":
            return self.say(tree[0])
        if symbol in ("and", "or"):
            return Said(f"({self.true(tree[0])} {symbol} {self.true(tree[1])})", "boolean")
        if symbol in _MIRRORED:
            return Said(self._compared(symbol, tree[0], tree[1]), "boolean")
        if symbol in ("+", "-", "*", "div", "mod"):
            return self._calculated(symbol, tree)
        if method := _FUNCTIONS.get(symbol):
            return method(self, list(tree))
        raise NotSaid(tr("'{part}' has no counterpart in the rule language", part=_shown(tree)))

    def _here(self) -> Said:
        if self.names.here is None:
            raise NotSaid(tr("'.' stands for no answer here"))
        return self.names.here

    def _named(self, tree: Tree) -> Said:
        return self.names.column(self._name(tree))

    def _name(self, tree: Tree) -> str:
        """The question that a name or the end of a path means."""
        while tree.symbol in ("/", "//", "(") and len(tree):
            tree = tree[-1]
        if tree.symbol != "(name)":
            raise NotSaid(tr("'{part}' has no counterpart in the rule language", part=_shown(tree)))
        name = str(tree.value)
        return self.asked[int(name[1:])] if re.fullmatch("q[0-9]+", name) and int(name[1:]) < len(self.asked) else name

    # comparisons

    def _compared(self, sign: str, left: Tree, right: Tree) -> str:
        one, two = self.say(left), self.say(right)
        if one.constant and not two.constant:
            one, two, sign = two, one, _MIRRORED[sign]
        if two.kind == "blank" or one.kind == "blank":
            return _blank(sign, one if two.kind == "blank" else two)
        if one.kind == "boolean" or two.kind == "boolean":
            return self._truth(sign, one, two)
        if one.text.startswith("length(") and two.value in (0, 1) and (found := _length(sign, one, two)):
            return found
        if one.kind == "list":
            return _list(sign, one, two)
        if one.kind == two.kind == "string":
            return _strings(sign, one, two)
        if {one.kind, two.kind} == {"number", "string"}:
            return _mixed(sign, one, two)
        if one.kind in ("date", "datetime") and isinstance(two.value, str):
            return f"{one.text} {_sql(sign)} {_date(two.value) if one.kind == 'date' else quoted(two.value)}"
        if one.kind != two.kind:
            raise NotSaid(tr("'{one}' and '{two}' are of different kinds", one=one.text, two=two.text))
        return f"{one.text} {_sql(sign)} {two.text}"

    def _truth(self, sign: str, one: Said, two: Said) -> str:
        """A condition held against true or false, as true(), 1 or 'true'."""
        if one.kind != "boolean":
            one, two = two, one
        wanted = {"true": True, "false": False}.get(str(two.value).lower(), bool(two.value)) if two.constant else None
        if wanted is None or sign not in ("=", "!="):
            raise NotSaid(tr("'{one}' and '{two}' are of different kinds", one=one.text, two=two.text))
        return one.text if wanted == (sign == "=") else f"not ({one.text})"

    # numbers

    def _calculated(self, sign: str, tree: Tree) -> Said:
        parts = [self.say(t) for t in tree]
        if any(p.kind != "number" for p in parts):
            raise NotSaid(tr("'{sign}' needs numbers: {parts}", sign=sign, parts=", ".join(p.text for p in parts)))
        if len(parts) == 1:
            only = parts[0]
            negative = -only.value if only.constant and isinstance(only.value, Decimal) else None
            return Said(f"-{only.text}" if only.constant else f"(-{only.text})", "number", value=negative, constant=only.constant, whole=only.whole)  # fmt: skip
        said = {"div": "/", "mod": "%"}.get(sign, sign)
        whole = sign not in ("div",) and all(p.whole for p in parts)
        return Said(f"({parts[0].text} {said} {parts[1].text})", "number", whole=whole)

    def int_(self, given: list[Tree]) -> Said:
        """A number without its parts; days divided by those of a year are an age."""
        if age := self._age(given[0]):
            return age
        said = self._number(given[0])
        if said.whole:
            return said
        return Said(f"({said.text} - {said.text} % 1)", "number", whole=True)

    def _age(self, tree: Tree) -> Said | None:
        """Whole years: (later - earlier) div 365.25."""
        while tree.symbol == "(":
            tree = tree[0]
        if tree.symbol != "div" or getattr(tree[1], "value", None) is None or tree[1].symbol not in ("(integer)", "(decimal)"):
            return None
        span = tree[0]
        while span.symbol in ("(", "number", "int", "round"):
            span = span[0]
        if Decimal(str(tree[1].value)) not in _DAYS_OF_A_YEAR or span.symbol != "-" or len(span) != 2:
            return None
        later, earlier = self.say(span[0]), self.say(span[1])
        if later.kind != "date" or earlier.kind != "date":
            return None
        return Said(f"age({earlier.text}, {later.text})", "number", whole=True)

    def _number(self, tree: Tree) -> Said:
        said = self.say(tree)
        if said.kind != "number":
            raise NotSaid(tr("'{part}' is text, and would be counted with", part=said.text))
        return said

    def number(self, given: list[Tree]) -> Said:
        """number(x)."""
        said = self.say(given[0]) if given else self._here()
        if said.kind not in ("number", "date") and not said.codes:
            raise NotSaid(tr("'{part}' is text, and would be counted with", part=said.text))
        return said

    def abs_(self, given: list[Tree]) -> Said:
        """abs(x)."""
        said = self._number(given[0])
        return Said(f"abs({said.text})", "number", whole=said.whole)

    def round_(self, given: list[Tree]) -> Said:
        """round(x) of what is whole already."""
        said = self._number(given[0])
        if not said.whole:
            raise NotSaid(tr("'{name}' has no counterpart in the rule language", name="round()"))
        return said

    # choices and texts

    def selected(self, given: list[Tree]) -> Said:
        """selected(x, 'a')."""
        one, two = self.say(given[0]), self.say(given[1])
        if not two.constant or one.kind not in ("list", "string", "number"):
            raise NotSaid(tr("'{name}' is read only of a question and a choice that is written out", name="selected()"))
        code = _code(one, two)
        if one.kind == "list":
            return Said(f"has({one.text}, {quoted(code)})", "boolean")
        return Said(self._compared("=", given[0], given[1]), "boolean")

    def count_selected(self, given: list[Tree]) -> Said:
        """How many choices an answer holds, each counted."""
        said = self.say(given[0])
        if said.kind != "list" or not 0 < len(said.codes) <= MOST_CHOICES:
            raise NotSaid(tr("the choices of '{part}' cannot be counted", part=said.text))
        return Said(
            "(" + " + ".join(f"case when has({said.text}, {quoted(c)}) then 1 else 0 end" for c in said.codes) + ")", "number", whole=True
        )

    def length(self, given: list[Tree]) -> Said:
        """string-length(x)."""
        said = self.say(given[0]) if given else self._here()
        if said.kind != "string":
            raise NotSaid(tr("the signs of '{part}' are not kept: it is no text", part=said.text))
        return Said(f"length({said.text})", "number", whole=True, codes=(said.text,))

    def regex(self, given: list[Tree]) -> Said:
        """regex(x, 'pattern')."""
        said, pattern = self.say(given[0]), self.say(given[1])
        if said.kind != "string" or not isinstance(pattern.value, str):
            raise NotSaid(tr("a pattern is held only against a text: '{part}' is none", part=said.text))
        plain = plain_pattern(pattern.value)
        if not is_plain(plain):
            raise NotSaid(tr("'{what}' is not a plain pattern (no \\d \\w \\s . ^ $)", what=pattern.value))
        return Said(f"matches({said.text}, {quoted(plain)})", "boolean")

    def starts_with(self, given: list[Tree]) -> Said:
        """starts-with(x, 'a')."""
        said, start = self.say(given[0]), self.say(given[1])
        if said.kind != "string" or not isinstance(start.value, str):
            raise NotSaid(tr("a pattern is held only against a text: '{part}' is none", part=said.text))
        return Said(f"left({said.text}, {len(start.value)}) = {quoted(start.value)}", "boolean")

    # dates

    def date(self, given: list[Tree]) -> Said:
        """date('2020-01-01'), and what is a date already."""
        said = self.say(given[0])
        if isinstance(said.value, str):
            return Said(_date(said.value), "date", value=said.value)
        if said.kind not in ("date", "datetime"):
            raise NotSaid(tr("'{part}' is no date", part=said.text))
        return said

    def format_date(self, given: list[Tree]) -> Said:
        """The year or the month of a date, as a number."""
        said, form = self.say(given[0]), self.say(given[1])
        part = {"%Y": "year", "%m": "month", "%n": "month"}.get(str(form.value))
        if said.kind != "date" or part is None:
            raise NotSaid(tr("'{name}' has no counterpart in the rule language", name="format-date()"))
        return Said(f"{part}({said.text})", "number", whole=True)

    def today(self, _given: list[Tree]) -> Said:
        """today(): the day of the visit, if the form keeps it."""
        if self.names.today is None:
            raise NotSaid(tr("the form does not keep the day of the visit; add a question of the type today"))
        return self.names.today

    def now(self, _given: list[Tree]) -> Said:
        """now(): the start of the visit, or its day."""
        said = self.names.now or self.names.today
        return said if said else self.today([])

    # what holds others

    def not_(self, given: list[Tree]) -> Said:
        """not(x)."""
        return Said(f"not ({self.true(given[0])})", "boolean")

    def if_(self, given: list[Tree]) -> Said:
        """if(x, a, b)."""
        one, two = self.say(given[1]), self.say(given[2])
        kinds = [s.kind for s in (one, two) if s.kind != "blank"]
        if not kinds or len(set(kinds)) > 1:
            raise NotSaid(tr("'{one}' and '{two}' are of different kinds", one=one.text, two=two.text))
        if kinds == ["boolean", "boolean"]:
            test = self.true(given[0])
            return Said(f"(({test} and {one.text}) or (not ({test}) and {two.text}))", "boolean")
        codes = tuple(dict.fromkeys(s.value for s in (one, two) if isinstance(s.value, str)))
        return Said(f"case when {self.true(given[0])} then {one.text} else {two.text} end", kinds[0], codes=codes, whole=all(s.whole for s in (one, two)))  # fmt: skip

    def coalesce(self, given: list[Tree]) -> Said:
        """coalesce(a, b)."""
        parts = [s for s in map(self.say, given) if s.kind != "blank"]
        if len({s.kind for s in parts}) != 1:
            raise NotSaid(tr("the values are of different kinds: {kinds}", kinds=", ".join(s.text for s in parts)))
        return Said(f"coalesce({', '.join(s.text for s in parts)})", parts[0].kind, whole=all(s.whole for s in parts))

    def once(self, given: list[Tree]) -> Said:
        """What only holds another, such as once(x) or string(x)."""
        return self.say(given[0]) if given else self._here()

    def boolean(self, given: list[Tree]) -> Said:
        """true(), false(), boolean(x)."""
        return Said(self.true(given[0]), "boolean")

    def true_(self, _given: list[Tree]) -> Said:
        """true()."""
        return Said("1 = 1", "boolean", value=True, constant=True)

    def false_(self, _given: list[Tree]) -> Said:
        """false()."""
        return Said("1 = 0", "boolean", value=False, constant=True)

    def over(self, name: str, given: list[Tree]) -> Said:
        """count, sum, min or max over the instances of a repeat."""
        if len(given) != 1:
            raise NotSaid(tr("'{name}' has no counterpart in the rule language", name=f"{name}()"))
        asked = self._name(given[0])
        if name == "count" and asked in self.names.rows:
            return Said(f"count({self.names.rows[asked]})", "number", whole=True)
        said = self.names.in_repeat(asked)
        if said is None or (name != "count" and said.kind != "number"):
            raise NotSaid(tr("'{name}' is read only over a number in a repeat of this table", name=f"{name}()"))
        if name == "count":
            raise NotSaid(tr("'{name}' counts the instances of a repeat; give the repeat's name", name="count()"))
        return Said(f"{name}({said.text})", "number", whole=said.whole)


_FUNCTIONS: dict[str, Callable[[_Sayer, list[Tree]], Said]] = {
    "not": _Sayer.not_, "true": _Sayer.true_, "false": _Sayer.false_, "boolean": _Sayer.boolean, "if": _Sayer.if_,
    "selected": _Sayer.selected, "count-selected": _Sayer.count_selected, "string-length": _Sayer.length, "regex": _Sayer.regex,
    "starts-with": _Sayer.starts_with, "int": _Sayer.int_, "floor": _Sayer.int_, "round": _Sayer.round_, "abs": _Sayer.abs_,
    "number": _Sayer.number, "string": _Sayer.once, "once": _Sayer.once, "coalesce": _Sayer.coalesce, "date": _Sayer.date,
    "decimal-date": _Sayer.date, "decimal-date-time": _Sayer.date, "date-time": _Sayer.date, "format-date": _Sayer.format_date,
    "today": _Sayer.today, "now": _Sayer.now,
    **{name: lambda sayer, given, name=name: sayer.over(name, given) for name in ("count", "sum", "min", "max")},
}  # fmt: skip


def _constant(given: object) -> Said:
    if isinstance(given, str):
        return Said(quoted(given), "string", value=given, constant=True) if given else Said("null", "blank", constant=True)
    number = Decimal(str(given))
    if not number.is_finite():
        raise NotSaid(tr("'{what}' is not a plain number", what=given))
    return Said(f"{number:f}", "number", value=number, constant=True, whole=number == number.to_integral_value())


def _shown(tree: Tree) -> str:
    return f"{tree.symbol}()" if "function" in str(tree.label) else str(tree.symbol)


def _sql(sign: str) -> str:
    return "<>" if sign == "!=" else sign


def _blank(sign: str, said: Said) -> str:
    if sign not in ("=", "!=") or not said.column:
        raise NotSaid(tr("a blank is held only against an answer, with = or !="))
    return f"{said.text} is null" if sign == "=" else f"{said.text} is not null"


def _length(sign: str, one: Said, two: Said) -> str | None:
    """A length of nothing is a blank."""
    blank = {("=", 0): True, ("<", 1): True, ("<=", 0): True, (">", 0): False, ("!=", 0): False, (">=", 1): False}
    found = blank.get((sign, int(two.value))) if isinstance(two.value, Decimal) else None
    return None if found is None else f"{one.codes[0]} is {'' if found else 'not '}null"


def _list(sign: str, one: Said, two: Said) -> str:
    if sign not in ("=", "!=") or not two.constant:
        raise NotSaid(tr("several choices are held only against one that is written out"))
    only = f"sole({one.text}, {quoted(_code(one, two))})"
    return only if sign == "=" else f"not ({only})"


def _strings(sign: str, one: Said, two: Said) -> str:
    if sign in ("=", "!="):
        return f"{one.text} {_sql(sign)} {two.text}"
    if one.codes and two.constant and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(two.value)):
        return _among(sign, one, Decimal(str(two.value)))
    raise NotSaid(tr("'{part}' is text, and would be counted with", part=one.text))


def _mixed(sign: str, one: Said, two: Said) -> str:
    """A number beside a text: choices that are written as numbers, or a number in quotes."""
    if one.codes and isinstance(two.value, Decimal):
        return _among(sign, one, two.value)
    if one.kind == "number" and isinstance(two.value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", two.value):
        return f"{one.text} {_sql(sign)} {two.value}"
    raise NotSaid(tr("'{part}' is text, and would be counted with", part=one.text if one.kind == "string" else two.text))


def _among(sign: str, one: Said, number: Decimal) -> str:
    """The choices that, read as numbers, are so."""
    numbers = [(c, Decimal(c)) for c in one.codes if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", c)]
    held = [c for c, n in numbers if _HOLDS[sign](n, number)] + [c for c in one.codes if sign == "!=" and c not in dict(numbers)]
    if not held or len(held) > MOST_CHOICES:
        raise NotSaid(tr("no choice of '{part}' fits the number {number}", part=one.text, number=number))
    return f"{one.text} in ({', '.join(map(quoted, held))})"


def _code(one: Said, two: Said) -> str:
    code = f"{two.value:f}" if isinstance(two.value, Decimal) else str(two.value)
    if one.codes and code not in one.codes:
        raise NotSaid(tr("'{code}' is none of the choices of '{part}'", code=code, part=one.text))
    return code


def _date(text: str) -> str:
    day = text.strip()[:10]
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise NotSaid(tr("'{value}' is not a date like 2020-12-31", value=text))
    return f"date '{day}'"
