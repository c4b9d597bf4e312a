"""What an app does with a form: it holds the answers, counts out what is calculated, and tells whether one is refused or a note shown."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from math import isnan, trunc
from typing import Any

from lxml import etree

from census_cli.exporting.xlsform.words import parts

XFORMS = "{http://www.w3.org/2002/xforms}"
JAVAROSA = "{http://openrosa.org/javarosa}"
FUNCTIONS = etree.FunctionNamespace("odk")
# Names that XPath 1.0 gives another meaning, or none.
_OWN = (
    "if|round|position|current|instance|selected|count-selected|regex|substr|int|abs|min|max|format-date-time|today|once"
)  # fmt: skip
_CALL = re.compile(rf"(?<![\w-])({_OWN})\(")
_MAIN = re.compile(r"(?<![\w)\].])/data(?=/)")  # within a predicate on an attached table too
_QUOTED = re.compile("('[^']*'|\"[^\"]*\")")
_WORD = re.compile(r"[\w-]+")
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

Answers = Mapping[str, str]


class Form:
    """A form as pyxform made it, with no answers yet."""

    def __init__(self, xform: str) -> None:
        root = etree.fromstring(xform.encode())
        self.binds = {b.get("nodeset"): dict(b.attrib) for b in root.iter(f"{XFORMS}bind")}
        self.paths = {path.rpartition("/")[2]: path for path in self.binds}
        (instance,) = (i for i in root.iter(f"{XFORMS}instance") if i.get("id") is None)
        self.blank = _plain(instance[0])
        self.attached = [i.get("id") for i in root.iter(f"{XFORMS}instance") if i.get("src")]
        self.calculated = {p: b["calculate"] for p, b in self.binds.items() if "calculate" in b}
        names = {path: path.rpartition("/")[2] for path in self.calculated}
        read = {path: set(_WORD.findall(said)) for path, said in self.calculated.items()}
        self._needs = {path: [other for other, name in names.items() if name in words] for path, words in read.items()}

    def order(self, expressions: Iterable[str]) -> list[str]:
        """The calculated fields that expressions read, each after those that it reads."""
        done: dict[str, None] = {}

        def visit(path: str) -> None:
            if path not in done:
                for other in self._needs[path]:
                    if other != path:
                        visit(other)
                done[path] = None

        words = {word for expression in expressions for word in _WORD.findall(expression)}
        for path in self.calculated:
            if path.rpartition("/")[2] in words:
                visit(path)
        return list(done)

    def filled(self, answers: Answers, roster: str, rows: Sequence[Answers], attached: Mapping[str, Sequence[Answers]]) -> Filled:
        """The form with the answers of one visit."""
        data = deepcopy(self.blank)
        first = [child for child in data if child.tag == roster]
        place = data.index(first[0])
        for child in first:
            data.remove(child)
        for row in reversed(rows):
            data.insert(place, _with(deepcopy(first[-1]), row))
        return Filled(self, _with(data, answers), {t: _items(attached.get(t, [])) for t in self.attached})


class Filled:
    """The answers of one visit."""

    def __init__(self, form: Form, data: Any, attached: Mapping[str, Any]) -> None:
        self.form, self.data, self.attached = form, data, attached

    def calculate(self, expressions: Iterable[str], given: Mapping[str, str]) -> None:
        """Count out what expressions read, but for what is given."""
        for path in self.form.order(expressions):
            name = path.rpartition("/")[2]
            for node in self.data.xpath(path):
                node.text = given[name] if name in given else _text(self.evaluate(self.form.calculated[path], node))

    def node(self, name: str) -> Any:
        """The first element of a name."""
        return self.data.xpath(self.form.paths[name])[0]

    def evaluate(self, expression: str, node: Any) -> Any:
        """The value of an expression at a node."""
        _STATE.update(data=self.data, attached=self.attached, node=node)
        return _compiled(expression)(node)

    def refuses(self, name: str, part: str, number: int, word: str) -> bool:
        """Whether the given conjunct of a constraint refuses the answer, or the given ground of a necessity misses one."""
        node, said = self.node(name), parts(self.form.binds[self.form.paths[name]][part], word)[number]
        if part == "required":
            return not node.text and bool(self.evaluate(said, node))
        return bool(node.text) and not self.evaluate(said, node)

    def shows(self, name: str) -> bool:
        """Whether a note is shown."""
        return bool(self.evaluate(self.form.binds[self.form.paths[name]]["relevant"], self.node(name)))

    def sound(self, name: str) -> bool:
        """Whether the whole bind of an answer takes it."""
        node, bind = self.node(name), self.form.binds[self.form.paths[name]]
        if not node.text:
            return not ("required" in bind and self.evaluate(bind["required"], node))
        return "constraint" not in bind or bool(self.evaluate(bind["constraint"], node))


_STATE: dict[str, Any] = {}


@cache
def _compiled(expression: str) -> Any:
    # What stands between quotes is no call.
    pieces = _QUOTED.split(expression)
    said = "".join(p if i % 2 else _MAIN.sub("odk:main()", _CALL.sub(r"odk:\1(", p)) for i, p in enumerate(pieces))
    return etree.XPath(said, namespaces={"odk": "odk"}, regexp=False, smart_strings=False)


def _plain(element: Any) -> Any:
    """An element without namespaces and without the templates of repeats."""
    made = etree.Element(etree.QName(element).localname)
    for child in element:
        if child.get(f"{JAVAROSA}template") is None:
            made.append(_plain(child))
    return made


def _with(element: Any, answers: Answers) -> Any:
    for node in element.iter():
        if node.tag in answers and not len(node):
            node.text = answers[node.tag]
    return element


def _items(rows: Sequence[Answers]) -> Any:
    root = etree.Element("instance")
    inner = etree.SubElement(root, "root")
    for row in rows:
        item = etree.SubElement(inner, "item")
        for name, value in row.items():
            etree.SubElement(item, name).text = value
    return root


def _text(value: Any) -> str:
    if isinstance(value, list):
        return (value[0].text or "") if value else ""
    if isinstance(value, float):
        return "NaN" if isnan(value) else f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Any) -> float:
    try:
        return float(value) if isinstance(value, float | bool) else float(_text(value))
    except ValueError:
        return float("nan")


def _round(_context: Any, value: Any, places: float = 0) -> float:
    number = _number(value)
    return number if isnan(number) else float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP))


def _format(_context: Any, value: Any, form: str) -> str:
    text = _text(value)
    return datetime.date.fromisoformat(text[:10]).strftime(form) if re.match(_DAY, text) else ""


def _numbers(nodes: Any) -> list[float]:
    return [_number([node]) for node in nodes]


FUNCTIONS.update({
    "if": lambda _, test, then, other: then if test else other,
    "round": _round,
    "position": lambda _, nodes: float(1 + sum(1 for _ in nodes[0].itersiblings(nodes[0].tag, preceding=True))),
    "main": lambda _: [_STATE["data"]],
    "current": lambda _: [_STATE["node"]],
    "instance": lambda _, name: [_STATE["attached"][name]],
    "selected": lambda _, codes, code: _text(code) in _text(codes).split(),
    "count-selected": lambda _, codes: float(len(_text(codes).split())),
    "regex": lambda _, text, pattern: re.search(pattern, _text(text)) is not None,
    "substr": lambda _, text, start, end=None: _text(text)[int(start) : None if end is None else int(end)],
    "int": lambda _, value: n if isnan(n := _number(value)) else float(trunc(n)),
    "abs": lambda _, value: abs(_number(value)),
    "min": lambda _, nodes: min(_numbers(nodes)),
    "max": lambda _, nodes: max(_numbers(nodes)),
    "format-date-time": _format,
})  # fmt: skip
