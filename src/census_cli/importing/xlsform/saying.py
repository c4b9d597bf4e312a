"""A form's XPath said in the rule language.  A blank answer is '' in XPath and null here; what cannot be said raises NotSaid."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from census_cli.expr.patterns import is_plain
from census_cli.i18n import tr
from census_cli.importing.xlsform.comparing import (
    MOST_CHOICES,
    Said,
    code_of,
    date_of,
    of_blank,
    of_length,
    of_list,
    of_mixed,
    of_strings,
    quoted,
    sql,
)
from census_cli.importing.xlsform.patterns import plain_pattern
from census_cli.importing.xlsform.xpath import NotSaid, Tree, parse

PLACES = 4
"""Decimals that numbers of ours have."""


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
_DAYS_OF_A_YEAR = (Decimal(365), Decimal("365.25"), Decimal("365.2425"), Decimal("365.24"))


def condition(text: str, names: Names) -> str:
    """An expression as a condition; raises NotSaid."""
    tree, asked = parse(text)
    return _Sayer(names, asked).true(tree)


def value(text: str, names: Names) -> Said:
    """An expression as a value; raises NotSaid."""
    tree, asked = parse(text)
    return _Sayer(names, asked).say(tree)


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

    def say(self, tree: Tree) -> Said:  # noqa: PLR0911  # one line for each kind of part
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

    def _compared(self, sign: str, left: Tree, right: Tree) -> str:  # noqa: PLR0911  # one line for each pair of kinds
        one, two = self.say(left), self.say(right)
        if one.constant and not two.constant:
            one, two, sign = two, one, _MIRRORED[sign]
        if two.kind == "blank" or one.kind == "blank":
            return of_blank(sign, one if two.kind == "blank" else two)
        if one.kind == "boolean" or two.kind == "boolean":
            return self._truth(sign, one, two)
        if one.text.startswith("length(") and two.value in (0, 1) and (found := of_length(sign, one, two)):
            return found
        if one.kind == "list":
            return of_list(sign, one, two)
        if one.kind == two.kind == "string":
            return of_strings(sign, one, two)
        if {one.kind, two.kind} == {"number", "string"}:
            return of_mixed(sign, one, two)
        if one.kind in ("date", "datetime") and isinstance(two.value, str):
            return f"{one.text} {sql(sign)} {date_of(two.value) if one.kind == 'date' else quoted(two.value)}"
        if one.kind != two.kind:
            raise NotSaid(tr("'{one}' and '{two}' are of different kinds", one=one.text, two=two.text))
        return f"{one.text} {sql(sign)} {two.text}"

    def _truth(self, sign: str, one: Said, two: Said) -> str:
        """A condition held against true or false, as true(), 1 or 'true'."""
        if one.kind != "boolean":
            one, two = two, one
        wanted = {"true": True, "false": False, "1": True, "0": False}.get(str(two.value).lower()) if two.constant else None
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

    def floor(self, given: list[Tree]) -> Said:
        """floor(x) of what is whole already or an age; below zero it is another number than int(x)."""
        said = self._age(given[0]) or self._number(given[0])
        if not said.whole:
            raise NotSaid(tr("'{name}' has no counterpart in the rule language", name="floor()"))
        return said

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
        """round(x) of what is whole already, and round(x, 4) of what has no more places."""
        said = self._number(given[0])
        places = self.say(given[1]).value if len(given) > 1 else Decimal(0)
        short = isinstance(places, Decimal) and places >= PLACES and not re.search("[*/]", said.text)
        if not said.whole and not short:
            raise NotSaid(tr("'{name}' has no counterpart in the rule language", name="round()"))
        return said

    # choices and texts

    def selected(self, given: list[Tree]) -> Said:
        """selected(x, 'a')."""
        one, two = self.say(given[0]), self.say(given[1])
        if not two.constant or one.kind not in ("list", "string", "number"):
            raise NotSaid(tr("'{name}' is read only of a question and a choice that is written out", name="selected()"))
        code = code_of(one, two)
        if one.kind == "list":
            return Said(f"has({one.text}, {quoted(code)})", "boolean")
        return Said(self._compared("=", given[0], given[1]), "boolean")

    def count_selected(self, given: list[Tree]) -> Said:
        """How many choices an answer holds, each counted."""
        said = self.say(given[0])
        if said.kind != "list" or not 0 < len(said.codes) <= MOST_CHOICES:
            raise NotSaid(tr("the choices of '{part}' cannot be counted", part=said.text))
        return Said(
            "(" + " + ".join(f"case when has({said.text}, {quoted(c)}) then 1 else 0 end" for c in said.codes) + ")",
            "number",
            whole=True,
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

    def substr(self, given: list[Tree]) -> Said:
        """substr(x, 0, n)."""
        said, start, *end = map(self.say, given)
        if said.kind != "string" or start.value != 0 or len(end) != 1 or not end[0].constant or not end[0].whole:
            raise NotSaid(tr("only the first signs of a text are read: substr(x, 0, n)"))
        return Said(f"left({said.text}, {end[0].text})", "string")

    # dates

    def date(self, given: list[Tree]) -> Said:
        """date('2020-01-01'), and what is a date already."""
        said = self.say(given[0])
        if isinstance(said.value, str):
            return Said(date_of(said.value), "date", value=said.value)
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

    def over(self, given: list[Tree], name: str) -> Said:
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
    "starts-with": _Sayer.starts_with, "int": _Sayer.int_, "floor": _Sayer.floor, "round": _Sayer.round_, "abs": _Sayer.abs_,
    "number": _Sayer.number, "string": _Sayer.once, "once": _Sayer.once, "coalesce": _Sayer.coalesce, "date": _Sayer.date,
    "decimal-date": _Sayer.date, "decimal-date-time": _Sayer.date, "date-time": _Sayer.date, "format-date": _Sayer.format_date,
    "format-date-time": _Sayer.format_date, "substr": _Sayer.substr,
    "today": _Sayer.today, "now": _Sayer.now,
    "count": partial(_Sayer.over, name="count"), "sum": partial(_Sayer.over, name="sum"),
    "min": partial(_Sayer.over, name="min"), "max": partial(_Sayer.over, name="max"),
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
