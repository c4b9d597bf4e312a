"""Syntax tree to typed tree: names are looked up in the survey, kinds are checked, macros and parameters are written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from typing import Protocol

from sqlglot import exp

from census_cli.errors import nearest
from census_cli.expr import nodes
from census_cli.expr.functions import AGGREGATES, FUNCTIONS, MACROS
from census_cli.expr.kinds import alike, arithmetic_kind, common, constant, needs
from census_cli.expr.nodes import BOOLEAN, NULL, STRING, Aggregate, Call, Column, Kind, Literal, Node
from census_cli.expr.parse import ExpressionError, Tree, shown
from census_cli.expr.patterns import is_plain
from census_cli.i18n import tr
from census_cli.survey.models import CodeList, Parameter


class Scope(Protocol):
    """What an expression may name: the row's own columns, its ancestors', its children's, the parameters and code lists."""

    def own(self, name: str) -> Kind | None: ...
    def ancestor(self, table: str) -> Scope | None: ...
    def child(self, table: str) -> Scope | None: ...
    def known(self) -> Sequence[str]: ...
    @property
    def parameters(self) -> Mapping[str, Parameter]: ...
    @property
    def codes(self) -> Mapping[str, CodeList]: ...
    @property
    def regions(self) -> Mapping[str, int]: ...


_COMPARE = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_LOGIC = {exp.And: "and", exp.Or: "or"}
_AGGREGATES = {exp.CountIf: "count_if", exp.Count: "count", exp.Sum: "sum", exp.Min: "min", exp.Max: "max"}


@dataclass(frozen=True)
class Resolver:
    """Resolves the trees of one scope; `inside` is the child table while within an aggregate."""

    scope: Scope
    inside: str | None = None

    def condition(self, tree: Tree) -> Node:
        """Resolve an expression that must be true or false."""
        node = self.resolve(tree)
        if node.kind.name not in ("boolean", "null"):
            raise ExpressionError(tr("a condition is expected, but this gives a {kind}", kind=node.kind))
        return node

    def resolve(self, tree: Tree) -> Node:
        """Resolve any expression; raises ExpressionError."""
        if isinstance(tree, exp.Paren):
            return self.resolve(tree.this)
        for table, method in (
            (_LOGIC, self._logic), (_COMPARE, self._compare), (_ARITHMETIC, self._arithmetic), (_AGGREGATES, self._aggregate),
        ):  # fmt: skip
            if type(tree) in table:
                return method(table[type(tree)], tree)
        handler = _HANDLERS.get(type(tree))
        if handler:
            return handler(self, tree)
        if isinstance(tree, exp.Func):
            return self._function(tree)
        raise ExpressionError(tr("'{what}' is not part of the rule language", what=shown(tree)))

    def _logic(self, name: str, tree: Tree) -> Node:
        return Call(name, (self.condition(tree.this), self.condition(tree.expression)), BOOLEAN)

    def _not(self, tree: Tree) -> Node:
        return Call("not", (self.condition(tree.this),), BOOLEAN)

    def _compare(self, name: str, tree: Tree) -> Node:
        left, right = self.resolve(tree.this), self.resolve(tree.expression)
        left, right = alike(left, right)
        self._check_codes(left, [right])
        self._check_codes(right, [left])
        return Call(name, (left, right), BOOLEAN)

    def _arithmetic(self, name: str, tree: Tree) -> Node:
        left, right = self.resolve(tree.this), self.resolve(tree.expression)
        for side in (left, right):
            if not side.kind.numeric:
                raise ExpressionError(tr("'{sign}' needs numbers, not a {kind}", sign=name, kind=side.kind))
        return Call(name, (left, right), arithmetic_kind(name, left.kind, right.kind))

    def _negative(self, tree: Tree) -> Node:
        operand = self.resolve(tree.this)
        if isinstance(operand, Literal) and isinstance(operand.value, int | Decimal):
            return replace(operand, value=-operand.value)
        return Call("neg", (needs(operand, "decimal", "double"),), operand.kind)

    def _is(self, tree: Tree) -> Node:
        operand = self.resolve(tree.this)
        if isinstance(tree.expression, exp.Null):
            return Call("is_null", (operand,), BOOLEAN)
        if isinstance(tree.expression, exp.Boolean):
            truth = Literal(bool(tree.expression.this), BOOLEAN)
            return Call("is_same", (needs(operand, "boolean"), truth), BOOLEAN)
        raise ExpressionError(tr("after 'is' only null, true or false may stand"))

    def _in(self, tree: Tree) -> Node:
        if tree.args.get("query") or tree.args.get("unnest") or tree.args.get("field") or not tree.expressions:
            raise ExpressionError(tr("after 'in' a list in brackets is expected"))
        operand = self.resolve(tree.this)
        items = [item for each in tree.expressions for item in self._items(each)]
        pairs = [alike(operand, item) for item in items]
        self._check_codes(operand, items)
        return Call("in", (operand, *(right for _, right in pairs)), BOOLEAN)

    def _items(self, tree: Tree) -> list[Node]:
        if isinstance(tree, exp.Placeholder):
            parameter = self._parameter(tree)
            if isinstance(parameter.value, list):
                return [constant(value, parameter.type) for value in parameter.value]
        return [self.resolve(tree)]

    def _between(self, tree: Tree) -> Node:
        operand = self.resolve(tree.this)
        low, high = self.resolve(tree.args["low"]), self.resolve(tree.args["high"])
        first = Call(">=", alike(operand, low), BOOLEAN)
        return Call("and", (first, Call("<=", alike(operand, high), BOOLEAN)), BOOLEAN)

    def _case(self, tree: Tree) -> Node:
        subject = self.resolve(tree.this) if tree.this else None
        args: list[Node] = []
        for branch in tree.args["ifs"]:
            if subject:
                test = Call("=", alike(subject, self.resolve(branch.this)), BOOLEAN)
                self._check_codes(subject, [test.args[1]])
                args.append(test)
            else:
                args.append(self.condition(branch.this))
            args.append(self.resolve(branch.args["true"]))
        default = tree.args.get("default")
        args.append(self.resolve(default) if default else Literal(None, NULL))
        results = [*args[1:-1:2], args[-1]]
        for result in results:
            self._check_codes(result, results)
        return Call("case", tuple(args), common(results))

    def _literal(self, tree: Tree) -> Node:
        if tree.is_string:
            return Literal(tree.this, STRING)
        if not tree.this.replace(".", "", 1).isdecimal():
            raise ExpressionError(tr("'{what}' is not a plain number", what=tree.this))
        return constant(Decimal(tree.this) if "." in tree.this else int(tree.this), None)

    def _boolean(self, tree: Tree) -> Node:
        return Literal(bool(tree.this), BOOLEAN)

    def _null(self, _tree: Tree) -> Node:
        return Literal(None, NULL)

    def _date(self, tree: Tree) -> Node:
        if tree.to.this != exp.DataType.Type.DATE or not (isinstance(tree.this, exp.Literal) and tree.this.is_string):
            raise ExpressionError(tr("values are not cast; a date is written date '2020-12-31'"))
        return constant(tree.this.this, "date")

    def _parameter(self, tree: Tree) -> Parameter:
        name = str(tree.this or "")
        try:
            return self.scope.parameters[name]
        except KeyError:
            hint = _hint(name, list(self.scope.parameters), "$")
            raise ExpressionError(tr("no parameter '${name}' in the profile", name=name) + hint) from None

    def _placeholder(self, tree: Tree) -> Node:
        parameter = self._parameter(tree)
        if isinstance(parameter.value, list | dict):
            how = "in (${name})" if isinstance(parameter.value, list) else "${name}[year]"
            raise ExpressionError(tr("the parameter '${name}' holds several values; write ", name=tree.this)
                                  + how.replace("{name}", str(tree.this)))  # fmt: skip
        return constant(parameter.value, parameter.type)

    def _by_year(self, tree: Tree) -> Node:
        if not isinstance(tree.this, exp.Placeholder) or len(tree.expressions) != 1:
            raise ExpressionError(tr("[…] may only follow a parameter that depends on a year"))
        parameter = self._parameter(tree.this)
        if not isinstance(parameter.value, dict):
            raise ExpressionError(tr("the parameter '${name}' does not depend on a year", name=tree.this.this))
        year = needs(self.resolve(tree.expressions[0]), "decimal")
        args: list[Node] = []
        for key, value in sorted(parameter.value.items()):
            args += [Call("=", (year, constant(key, None)), BOOLEAN), constant(value, parameter.type)]
        args.append(Literal(None, NULL))
        return Call("case", tuple(args), common(args[1::2]))

    def _column(self, tree: Tree) -> Node:
        name, table = tree.name, tree.table
        if tree.args.get("db"):
            raise ExpressionError(tr("a column is written as table.column, not '{what}'", what=shown(tree)))
        if self.inside and table != self.inside:
            what = tr("inside an aggregate of '{child}' only its own columns can be read, as {child}.name", child=self.inside)
            raise ExpressionError(what)
        if self.inside or not table:
            kind, scope = self.scope.own(name), self.scope
            if kind:
                return Column(None, name, kind)
        else:
            found = self.scope.ancestor(table)
            if found is None:
                raise ExpressionError(self._no_table(table))
            scope, kind = found, found.own(name)
            if kind:
                return Column(table, name, kind)
        raise ExpressionError(tr("no column '{name}'", name=name) + _hint(name, scope.known()))

    def _no_table(self, table: str) -> str:
        if self.scope.child(table):
            return tr("'{table}' is a child: its columns stand inside count_if, sum, min, max or count", table=table)
        return tr("'{table}' is neither a parent nor a child of this table", table=table)

    def _aggregate(self, name: str, tree: Tree) -> Node:
        if self.inside:
            raise ExpressionError(tr("an aggregate cannot stand inside another; use a derived field of the child"))
        tables = {c.table for c in tree.find_all(exp.Column)}
        child = next(iter(tables)) if len(tables) == 1 else ""
        scope = self.scope.child(child) if child else None
        if scope is None or tree.args.get("expressions") or tree.args.get("count") or isinstance(tree.this, exp.Distinct):
            raise ExpressionError(tr("{name}(…) reads the columns of one child table, as {name}(child.column)", name=name))
        inner = Resolver(scope, child)
        if name == "count_if":
            return Aggregate(name, child, inner.condition(tree.this), nodes.COUNT)
        arg = inner.resolve(tree.this)
        if name == "sum":
            needs(arg, "decimal")
            return Aggregate(name, child, arg, Kind("decimal", min(arg.kind.digits + 9, 30), arg.kind.scale))
        return Aggregate(name, child, arg, nodes.COUNT if name == "count" else arg.kind)

    def _coalesce(self, tree: Tree) -> Node:
        args = [self.resolve(tree.this), *map(self.resolve, tree.expressions)]
        for arg in args:
            self._check_codes(arg, args)
        return Call("coalesce", tuple(args), common(args))

    def _function(self, tree: Tree) -> Node:
        name = (tree.name if isinstance(tree, exp.Anonymous) else tree.sql_name()).lower()
        if name in ("attribute", "region"):
            return self._macro(name, tree)
        if name == "within_any":
            return self._within_any(tree)
        if name not in FUNCTIONS:
            known = [*FUNCTIONS, *MACROS, *AGGREGATES]
            raise ExpressionError(tr("no function '{name}'", name=name) + _hint(name, known))
        function = FUNCTIONS[name]
        args = [self.resolve(a) for a in _arguments(tree)]
        if len(args) != len(function.takes):
            raise ExpressionError(tr("{name}() takes {n} values, not {found}", name=name, n=len(function.takes), found=len(args)))
        args = [needs(a, kind) for a, kind in zip(args, function.takes, strict=True)]
        self._check_function(name, args)
        return Call(name, tuple(args), args[0].kind if name == "abs" else function.gives)

    def _check_function(self, name: str, args: list[Node]) -> None:
        if name in ("has", "sole"):
            self._check_codes(args[0], [args[1]])
        same_list = name == "has" and isinstance(args[1], Column) and args[1].kind.codes == args[0].kind.codes
        if (
            name in ("has", "sole", "matches", "left")
            and not same_list
            and not (isinstance(args[1], Literal) and args[1].value is not None)
        ):
            raise ExpressionError(tr("the second value of {name}() must be written out", name=name))
        if name == "left" and isinstance(args[1], Literal) and not (isinstance(args[1].value, int) and args[1].value >= 0):
            raise ExpressionError(tr("left() takes a whole number of characters, not {found}", found=args[1].value))
        if name == "matches" and isinstance(args[1], Literal) and not is_plain(str(args[1].value)):
            raise ExpressionError(tr("'{what}' is not a plain pattern (no \\d \\w \\s . ^ $)", what=args[1].value))

    def _macro(self, name: str, tree: Tree) -> Node:
        arguments = _arguments(tree)
        if len(arguments) != 2 or not (isinstance(arguments[1], exp.Literal) and arguments[1].is_string):
            raise ExpressionError(tr("{name}() takes a field and a word in quotes", name=name))
        operand, word = self.resolve(arguments[0]), str(arguments[1].this)
        if name == "region":
            if word not in self.scope.regions:
                raise ExpressionError(tr("no region level '{name}'", name=word) + _hint(word, list(self.scope.regions)))
            length = constant(self.scope.regions[word], None)
            return Call("left", (needs(operand, "string"), length), STRING)
        return self._attribute(operand, word)

    def _within_any(self, tree: Tree) -> Node:
        arguments = _arguments(tree)
        lists = [self._items(a) for a in arguments[1:] if isinstance(a, exp.Placeholder)]
        if len(arguments) != 3 or len(lists) != 2 or len(lists[0]) != len(lists[1]) or not lists[0]:
            raise ExpressionError(tr("within_any() takes a value and two list parameters that are as long as each other"))
        operand = self.resolve(arguments[0])
        spans = [
            Call("and", (Call(">=", alike(operand, start), BOOLEAN), Call("<=", alike(operand, end), BOOLEAN)), BOOLEAN)
            for start, end in zip(*lists, strict=True)
        ]
        return reduce(lambda one, other: Call("or", (one, other), BOOLEAN), spans)

    def _attribute(self, operand: Node, word: str) -> Node:
        codes = self.scope.codes.get(operand.kind.codes or "")
        known = {a for c in codes.codes for a in c.attributes} if codes else set()
        if codes is None or word not in known:
            raise ExpressionError(
                tr("the codes of this field have no attribute '{name}'", name=word) + _hint(word, sorted(known))
            )
        args: list[Node] = []
        for code in codes.codes:
            if word in code.attributes:
                args += [Call("=", (operand, Literal(code.code, operand.kind)), BOOLEAN), constant(code.attributes[word], None)]
        args.append(Literal(None, NULL))
        return Call("case", tuple(args), common(args[1::2]))

    def _check_codes(self, coded: Node, values: Sequence[Node]) -> None:
        codes = self.scope.codes.get(coded.kind.codes or "")
        if codes is None:
            return
        known = [c.code for c in codes.codes]
        for value in values:
            if isinstance(value, Literal) and isinstance(value.value, str) and value.value not in known:
                raise ExpressionError(
                    tr("no code '{code}' in '{list}'", code=value.value, list=codes.name) + _hint(value.value, known)
                )


_HANDLERS = {
    exp.Not: Resolver._not, exp.Neg: Resolver._negative, exp.Is: Resolver._is, exp.In: Resolver._in,
    exp.Between: Resolver._between, exp.Case: Resolver._case, exp.Literal: Resolver._literal,
    exp.Boolean: Resolver._boolean, exp.Null: Resolver._null, exp.Cast: Resolver._date,
    exp.Placeholder: Resolver._placeholder, exp.Bracket: Resolver._by_year, exp.Column: Resolver._column,
    exp.Coalesce: Resolver._coalesce,
}  # fmt: skip


def _arguments(tree: Tree) -> list[Tree]:
    if isinstance(tree, exp.Anonymous):
        return list(tree.expressions)
    values = [tree.args.get(name) for name in tree.arg_types]
    flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
    return [v for v in flat if isinstance(v, exp.Expr)]


def _hint(word: str, known: Sequence[str], prefix: str = "") -> str:
    close = nearest(word, known)
    return tr("; did you mean '{word}'?", word=prefix + close) if close else ""
