"""Typed expressions as XPath of the ODK XForms specification.

A form knows no missing values, only blanks, and its conditions are true or false.  So a condition is said twice: when it is surely
true, and when it is surely false; where neither holds it is unknown.  A value is said together with the conditions under which it is
known.  Dates are numbers YYYYMMDD, which every app makes alike.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce

from census_cli.exporting.xlsform.numbers import ID_BIRTH, id_valid
from census_cli.exporting.xlsform.words import FALSE, TRUE, all_of, any_of, choice, either, negated, quoted
from census_cli.expr.nodes import Aggregate, Call, Column, Literal, Node
from census_cli.i18n import tr

Named = Callable[[Column | Aggregate | Call], str]
Known = tuple[str, ...]

MOST_DECIMALS = 6
HERE = "."
"""The name of a column that is the answer being given: it is there, and stands in no other place yet."""

LONG = ("id_birth", "id_valid")

_NAME_SIGNS = " \u00b7\u2022\u30fb\u2027\uff65."
_LINKS = ("and", "or", "not", "case", "coalesce", "is_null", "is_same")
_OPPOSITE = {"=": "!=", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Unsayable(Exception):
    """What XPath cannot say, and why, in the reader's words."""


@dataclass(frozen=True)
class Printer:
    """Expressions of one table; `named` gives the reference of a column or an aggregate, or raises Unsayable."""

    named: Named
    whole: Node | None = None
    """The expression of a calculated field itself, which is no reference to it."""

    def true(self, node: Node) -> str:
        """When a condition is surely true."""
        return self._condition(node, True)

    def false(self, node: Node) -> str:
        """When a condition is surely false."""
        return self._condition(node, False)

    def text(self, node: Node) -> str:
        """What a calculated field holds: the value, true or false, and nothing where it is missing."""
        if node.kind.name == "boolean":
            return choice(self.true(node), "'true'", choice(self.false(node), "'false'", "''"))
        return choice(all_of(self.known(node)), self._rounded(node), "''")

    def known(self, node: Node) -> Known:
        """The conditions, all of which must hold for a value to be there."""
        if isinstance(node, Literal) or node == here(node):
            return (FALSE,) if isinstance(node, Literal) and node.value is None else ()
        if node.kind.name == "boolean":
            return (any_of([self.true(node), self.false(node)]),)
        if not isinstance(node, Call) or self._apart(node):
            return (f"{self.named(node)} != ''",)
        if node.name == "coalesce":
            return (any_of(all_of(self.known(arg)) for arg in node.args),)
        if node.name == "case":
            return (self._branches(node, lambda arg: all_of(self.known(arg)), either),)
        return (*(k for arg in node.args for k in self.known(arg)), *self._own_limits(node))

    def value(self, node: Node) -> str:
        """The value, where it is known."""
        if isinstance(node, Literal):
            return _constant(node)
        if not isinstance(node, Call) or self._apart(node):
            return self._read(node)
        if node.name == "coalesce":
            told = [(all_of(self.known(arg)), self.value(arg)) for arg in node.args]
            return reduce(lambda other, one: choice(one[0], one[1], other), reversed(told[:-1]), told[-1][1])
        if node.name == "case":
            return self._branches(node, self.value, choice)
        return self._call(node, [self.value(arg) for arg in node.args])

    def _apart(self, node: Call) -> bool:
        """Whether it is calculated once, because it is long."""
        argument = node.args[0] if node.args else None
        return node.name in LONG and isinstance(argument, Column) and argument.name != HERE and node != self.whole

    def _read(self, node: Column | Aggregate | Call) -> str:
        name = self.named(node)
        of_file = isinstance(node, Column) and not name.startswith("${calc_")
        if node.kind.name == "datetime":
            raise Unsayable(tr("the device sets the time at the end of the visit"))
        return f"number(format-date-time({name}, '%Y%m%d'))" if node.kind.name == "date" and of_file else name

    def _own_limits(self, node: Call) -> Known:
        """What a function asks for beside values that are there."""
        if node.name in ("/", "%"):
            divisor = node.args[1]
            return () if isinstance(divisor, Literal) and divisor.value else (f"{self.value(divisor)} != 0",)
        if node.name == "id_birth":
            return (f"regex(substr({self.value(node.args[0])}, 6, 14), {quoted(ID_BIRTH)})",)
        if node.name == "id_sex":
            return (f"regex(substr({self.value(node.args[0])}, 16, 17), '^[0-9]$')",)
        return ()

    def _call(self, node: Call, args: Sequence[str]) -> str:
        if node.name in _VALUES:
            return _VALUES[node.name](*args)
        if node.name == "on_or_before":
            return _on_or_before(node, args[0])
        raise Unsayable(tr("XPath has no word for {function}", function=node.name))

    def _branches(self, node: Call, said: Callable[[Node], str], chosen: Callable[[str, str, str], str]) -> str:
        """A choice; neighbours with one result are one."""
        text, tests, last = said(node.args[-1]), list[str](), None
        for test, value in [*zip(node.args[:-1:2], map(said, node.args[1:-1:2]), strict=True)][::-1]:
            if last is not None and value != last:
                text, tests = chosen(any_of(reversed(tests)), last, text), []
            tests.append(self.true(test))
            last = value
        return chosen(any_of(reversed(tests)), last or text, text)

    def _condition(self, node: Node, sure: bool) -> str:
        """When a condition surely has an outcome."""
        if isinstance(node, Literal):
            return TRUE if node.value is sure else FALSE
        if not isinstance(node, Call) or self._apart(node):
            return f"{self.named(node)} = '{'true' if sure else 'false'}'"
        return (self._linked if node.name in _LINKS else self._test)(node, sure)

    def _linked(self, node: Call, sure: bool) -> str:
        """When a condition made of conditions has it."""
        args, said = node.args, partial(self._condition, sure=sure)
        match node.name:
            case "and" | "or":
                return (all_of if (node.name == "and") == sure else any_of)(map(said, args))
            case "not":
                return self._condition(args[0], not sure)
            case "case":
                return self._branches(node, said, either)
            case "coalesce":
                return self._first(args, sure)
        test = negated(all_of(self.known(args[0]))) if node.name == "is_null" else self._same(args)
        return test if sure else negated(test)

    def _first(self, args: Sequence[Node], sure: bool) -> str:
        """Of the first that is known the outcome is the one asked for."""
        held = self._condition(args[-1], sure)
        for arg in reversed(args[:-1]):
            own, other = self._condition(arg, sure), self._condition(arg, not sure)
            held = own if held == FALSE else all_of([negated(other), any_of([own, held])])
        return held

    def _same(self, args: Sequence[Node]) -> str:
        known = [all_of(self.known(arg)) for arg in args]
        alike = self._compared("=", args[0], args[1], True)
        return any_of([alike, all_of(map(negated, known))])

    def _test(self, node: Call, sure: bool) -> str:
        args = node.args
        if node.name in _OPPOSITE:
            return self._compared(node.name, args[0], args[1], sure)
        if node.name == "in":
            found = [self._compared("=", args[0], item, sure) for item in args[1:]]
            return any_of(found) if sure else all_of(found)
        if node.name == "sole":
            return self._compared("=", args[0], args[1], sure, lists=True)
        if node.name not in _TESTS:
            raise Unsayable(tr("XPath has no word for {function}", function=node.name))
        test = _TESTS[node.name](*(self.value(arg) for arg in args))
        return all_of([*(k for arg in args for k in self.known(arg)), test if sure else negated(test)])

    def _compared(self, sign: str, left: Node, right: Node, sure: bool, lists: bool = False) -> str:
        if left.kind.name == "boolean":
            pairs = [(True, True), (False, False)] if (sign == "=") == sure else [(True, False), (False, True)]
            return any_of(all_of([self._condition(left, a), self._condition(right, b)]) for a, b in pairs)
        if left.kind.name == "list" and not lists:
            raise Unsayable(tr("XPath cannot compare lists"))
        if left.kind.name == "string" and sign not in ("=", "<>"):
            raise Unsayable(tr("XPath cannot tell which text comes first"))
        said = _OPPOSITE[sign] if not sure else "!=" if sign == "<>" else sign
        known: Known = (*self.known(left), *self.known(right))
        a, b = self._rounded(left), self._rounded(right)
        if a == b and said in ("=", "!="):  # what is known is what it is
            return all_of([*known, TRUE if said == "=" else FALSE])
        if left.kind.numeric and said in ("=", "!=") and isinstance(left, Column) and isinstance(right, Column):
            a, b = f"number({a})", f"number({b})"
        if (
            said == "="
            and isinstance(left, Column)
            and isinstance(right, Literal)
            and right.kind.name == "string"
            and right.value
        ):
            known = ()  # a blank is no code
        return all_of([*known, f"{a} {said} {b}"])

    def _rounded(self, node: Node) -> str:
        """A calculated decimal, to its own places: an app counts in floating numbers."""
        text = self.value(node)
        if not isinstance(node, Call) or node.kind.name != "decimal" or not node.kind.scale or _exact(node):
            return text
        return f"round({text}, {min(node.kind.scale, MOST_DECIMALS)})"


def here(node: Node) -> Column:
    """The answer that is being given, as a column."""
    return Column(None, HERE, node.kind)


def _exact(node: Node) -> bool:
    """Whether a number is taken as it stands, not counted out."""
    if not isinstance(node, Call):
        return True
    results = (*node.args[1:-1:2], node.args[-1]) if node.name == "case" else node.args
    return node.name in ("case", "coalesce") and all(map(_exact, results))


def _constant(node: Literal) -> str:
    if node.value is None:
        return "''"
    if node.kind.name == "date":
        return str(node.value).replace("-", "")
    return quoted(str(node.value)) if node.kind.name == "string" else f"{node.value:f}" if node.kind.scale else str(node.value)


def _on_or_before(node: Call, date: str) -> str:
    month, day = (arg.value if isinstance(arg, Literal) else None for arg in node.args[1:])
    if (
        not isinstance(month, int)
        or not isinstance(day, int)
        or not 1 <= day <= (monthrange(1, month)[1] if 1 <= month <= 12 else 0)
    ):
        raise Unsayable(tr("XPath has no word for {function}", function=node.name))
    this = f"int({date} div 10000) * 10000 + {month * 100 + day}"
    return f"({this} - if({this} > {date}, 10000, 0))"


_VALUES: dict[str, Callable[..., str]] = {
    **{sign: (lambda a, b, sign=sign: f"({a} {sign} {b})") for sign in "+-*"},
    "/": lambda a, b: f"({a} div {b})",
    "%": lambda a, b: f"({a} mod {b})",
    "neg": lambda a: f"(0 - {a})",
    "abs": lambda a: f"abs({a})",
    # As whole years by subtraction of YYYYMMDD; kept above zero, since int() cuts towards it.
    "age": lambda birth, on: f"(int(({on} - {birth} + 10000000) div 10000) - 1000)",
    "id_base": lambda number: f"translate(substr({number}, 0, 18), 'x', 'X')",
    "id_birth": lambda number: f"number(substr({number}, 6, 14))",
    "id_sex": lambda number: f"if(number(substr({number}, 16, 17)) mod 2 = 1, 'male', 'female')",
    "left": lambda text, n: f"substr({text}, 0, {n})",
    "length": lambda text: f"string-length({text})",
    "month": lambda date: f"(int({date} div 100) mod 100)",
    "name_base": lambda name: f"translate({name}, '{_NAME_SIGNS}', '')",
    "year": lambda date: f"int({date} div 10000)",
}

_TESTS: dict[str, Callable[..., str]] = {
    "has": lambda codes, code: f"selected({codes}, {code})",
    "id_valid": id_valid,
    "matches": lambda text, pattern: f"regex({text}, {quoted(f'^({pattern[1:-1]})$')})",
}
