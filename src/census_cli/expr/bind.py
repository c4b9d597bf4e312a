"""Binds a survey to one profile: every expression parsed, resolved and typed, or every fault named."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from census_cli.errors import DescriptorErrors, OptionError, Problem, nearest
from census_cli.expr.assurances import BoundAssurance, BoundCase, BoundReason
from census_cli.expr.bound import BoundDerived, BoundFill, BoundRule, BoundSurvey, BoundTable, ListScope, TableScope
from census_cli.expr.kinds import common, constant
from census_cli.expr.lists import BoundLine, BoundLists
from census_cli.expr.nodes import FIELD_KINDS, Column, Kind, Node, aggregates, columns
from census_cli.expr.parse import ExpressionError, parse
from census_cli.expr.patterns import is_plain
from census_cli.expr.resolve import Resolver
from census_cli.i18n import places, tr
from census_cli.missing import settle_missing_values
from census_cli.survey.checks import check_survey
from census_cli.survey.load import Survey, find_survey, read_survey
from census_cli.survey.models import Apart, Assurance, Lists, Parameter, Reader, Reason, Rule, Table, Text, ValueSource
from census_cli.survey.yaml import Place


def bind_survey(where: str | Path, profile: str | None = None, as_of: str | None = None) -> BoundSurvey:
    """Open a survey by id or path under a profile; raises DescriptorErrors with all faults, or OptionError."""
    survey = read_survey(find_survey(where))
    check_survey(survey)
    settle_missing_values(survey)
    _check_parameters(survey)
    if survey.file is None or any(not _of_rule(survey, p) for p in survey.problems):
        raise DescriptorErrors(survey.problems)
    bound = bind(survey, profile or survey.file.default_profile, as_of)
    if survey.problems:
        raise DescriptorErrors(survey.problems)
    return bound


def sound_survey(where: str | Path) -> Survey:
    """A survey's files with what they say of one another checked, expressions not looked at; raises DescriptorErrors."""
    survey = read_survey(find_survey(where))
    check_survey(survey)
    settle_missing_values(survey)
    _check_parameters(survey)
    if survey.problems:
        raise DescriptorErrors(survey.problems)
    return survey


def _of_rule(survey: Survey, problem: Problem) -> bool:
    """Whether a fault is in a rule file, so that the other rules' expressions can be looked at all the same."""
    return problem.file in {d.file for key, d in survey.documents.items() if key.startswith("rules/")}


def _check_parameters(survey: Survey) -> None:
    for name, profile in survey.profiles.items():
        for key, parameter in profile.parameters.items():
            values = parameter.value.values() if isinstance(parameter.value, dict) else parameter.value
            try:
                constants = [
                    constant(v, parameter.type)
                    for v in (values if isinstance(values, Iterable) and not isinstance(values, str) else [values])
                ]
                common(constants)
            except ExpressionError as error:
                survey.problem(f"profiles/{name}", ("parameters", key, "value"), str(error))
            _check_years(survey, name, key, parameter)


def _check_years(survey: Survey, profile: str, key: str, parameter: Parameter) -> None:
    """A source of one year must be of a year that has a value, and every year's value needs a source."""
    years = list(parameter.value) if isinstance(parameter.value, dict) else []
    for i, source in enumerate(parameter.source):
        if source.year is not None and source.year not in years:
            place = ("parameters", key, "source", i, "year")
            survey.problem(f"profiles/{profile}", place, tr("there is no value of the year {year}", year=source.year))
    told = {source.year for source in parameter.source}
    for year in years:
        if not told & {None, year}:
            message = tr("the value of {year} has no source", year=year)
            survey.problem(f"profiles/{profile}", ("parameters", key, "value", year), message)


def bind(survey: Survey, profile: str, as_of: str | None = None) -> BoundSurvey:
    """Bind a survey whose files are sound by themselves; faults of expressions go to `survey.problems`."""
    assert survey.file is not None
    bound = BoundSurvey(survey.file, profile, _parameters(survey, profile, as_of), survey.codes, form=survey.form)
    for name, table in survey.tables.items():
        kinds = {f.name: _kind(f.type, f.codes) for f in table.fields}
        kinds |= {d.name: _kind(d.type, d.codes) for d in table.derived}
        bound.tables[name] = BoundTable(table, kinds)
    for name, table in survey.tables.items():
        for foreign in (*table.foreignKeys, *table.lookups):
            bound.tables[name].parents[foreign.reference.resource] = tuple(foreign.fields)
            bound.tables[foreign.reference.resource].children[name] = tuple(foreign.fields)
    for name, table in survey.tables.items():
        _Binder(survey, bound, f"tables/{name}").derived(bound.tables[name])
        _Binder(survey, bound, f"tables/{name}").patterns(table)
        _Binder(survey, bound, f"tables/{name}").fills(bound.tables[name])
    if not survey.problems:
        _check_cycles(survey, bound)
    _bind_rules(survey, bound)
    if survey.file.assurances:
        _bind_assurances(survey, bound)
    if survey.lists and survey.file.registered_unit in bound.tables:
        bound.lists = _Binder(survey, bound, "lists").lists(survey.lists)
    return bound


def _bind_rules(survey: Survey, bound: BoundSurvey) -> None:
    """The rules of the profile: optional ones only where it switches them on, each with the severity that it gives them."""
    settings = survey.settings(bound.profile)
    for name, rule in survey.rules.items():
        on = survey.is_on(name, settings)
        if rule.optional and not on:
            bound.elsewhere[name] = survey.profiles_of(name)
        if rule.table not in bound.tables or name in bound.elsewhere:
            continue
        severity = settings[name][0].severity if name in settings else None
        model = rule.model_copy(update={"severity": severity}) if severity else rule
        bound.rules[name] = _Binder(survey, bound, f"rules/{name}").rule(model)
        bound.off |= set() if on else {name}


def _bind_assurances(survey: Survey, bound: BoundSurvey) -> None:
    assured = bound.file.assurances
    assert assured is not None
    unit = bound.tables.get(bound.file.registered_unit)
    if unit:
        condition = _Binder(survey, bound, "survey")._node(
            unit, assured.discrepancy_when, ("assurances", "discrepancy_when"), condition=True
        )
        bound.discrepancy_when = condition
    for name in assured.names:
        assurance = survey.assurances.get(name)
        if assurance and assurance.table in bound.tables:
            bound.assurances[name] = _Binder(survey, bound, f"assurances/{name}").assurance(assurance)


def _parameters(survey: Survey, profile: str, as_of: str | None) -> dict[str, Parameter]:
    parameters = {name: parameter for name, (parameter, _) in survey.parameters(profile).items()}
    if as_of:
        _check_date(as_of)
        words = Text(zh="命令行 --as-of", en="--as-of on the command line")
        parameters["as_of"] = Parameter(value=as_of, type="date", title=words, source=[ValueSource(doc="--as-of", at=as_of)])
    return parameters


def _check_date(as_of: str) -> None:
    try:
        datetime.date.fromisoformat(as_of)
    except ValueError:
        raise OptionError(tr("--as-of {value}: this is not a date like 2020-12-31", value=as_of)) from None


def _kind(type_name: str, codes: str | None) -> Kind:
    return replace(FIELD_KINDS[type_name], codes=codes)


@dataclass(frozen=True)
class _Binder:
    """Binds the expressions of one file and notes their faults at their places."""

    survey: Survey
    bound: BoundSurvey
    document: str

    def derived(self, table: BoundTable) -> None:
        for i, model in enumerate(table.model.derived):
            node = self._node(table, model.expression, ("derived", i, "expression"))
            if node is None:
                continue
            expected = table.kinds[model.name]
            if expected.name != node.kind.name and not (expected.numeric and node.kind.numeric) and node.kind.name != "null":
                self._note(
                    ("derived", i, "type"), tr("the expression gives a {kind}, not a {type}", kind=node.kind, type=expected)
                )
            kind = node.kind if expected.numeric else expected
            table.kinds[model.name] = kind
            table.derived[model.name] = BoundDerived(model.name, kind, node, model.spared, frozenset(model.needs_any))
            self._spared(table, model, [node], ("derived", i))

    def _spared(self, table: BoundTable, model: Reader, nodes: Iterable[Node], where: Place) -> None:
        """The columns that it says it can do without; a rule those of its own table only."""
        read = [c.key for node in nodes for c in columns(node)]
        for key in ("absent_as_blank", "needs_any"):
            for j, name in enumerate(getattr(model, key)):
                if name not in read:
                    self._note((*where, key, j), tr("the expression does not read '{name}'", name=name))
                elif (key == "absent_as_blank" and not self._in_files(table, name)) or ("." in name and isinstance(model, Rule)):
                    self._note((*where, key, j), tr("no column '{name}'", name=name))

    def _in_files(self, table: BoundTable, column: str) -> bool:
        owner, _, field = column.rpartition(".")
        held = self.bound.tables.get(owner) if owner else table
        return held is None or held.model.field(field) is not None

    def patterns(self, table: Table) -> None:
        for i, model in enumerate(table.fields):
            if model.constraints.pattern and not is_plain(model.constraints.pattern):
                where = ("fields", i, "constraints", "pattern")
                self._note(where, tr("'{what}' is not a plain pattern (no \\d \\w \\s . ^ $)", what=model.constraints.pattern))

    def fills(self, table: BoundTable) -> None:
        for i, model in enumerate(table.model.fills):
            place = ("fills", i, "expression")
            node = self._node(table, model.expression, place)
            expected = table.kinds.get(model.field)
            if node is None or expected is None:
                table.fills += [BoundFill(model)] if model.by_name else []
            elif expected.name != node.kind.name:
                self._note(place, tr("the expression gives a {kind}, not a {type}", kind=node.kind, type=expected))
            elif not self._of_the_row(table, node):
                self._note(place, tr("what fills a column is made of other columns of the same row only"))
            else:
                table.fills.append(BoundFill(model, node))

    def _of_the_row(self, table: BoundTable, node: Node) -> bool:
        """Whether an expression reads nothing but its own row, neither itself nor by way of derived fields."""
        own = not aggregates(node) and all(c.table is None for c in columns(node))
        derived = [table.derived[c.name].node for c in columns(node) if c.name in table.derived] if own else []
        return own and all(self._of_the_row(table, d) for d in derived)

    def rule(self, rule: Rule) -> BoundRule:
        table = self.bound.tables[rule.table]
        when = self._node(table, rule.when, ("when",), condition=True)
        asserts = self._node(table, rule.asserts, ("assert",), condition=True)
        parts = [self._node(table, text, ("unique", i)) for i, text in enumerate(rule.unique or [])]
        if rule.exists:
            self._exists(table, rule)
        self._fields(table, rule)
        self._spared(table, rule, [n for n in (when, asserts) if n is not None], ())
        apart = self._apart(table, rule.apart) if rule.apart else ()
        return BoundRule(rule, when, asserts, tuple(p for p in parts if p is not None), apart)

    def assurance(self, model: Assurance) -> BoundAssurance:
        table = self.bound.tables[model.table]
        of = self._node(table, model.of, ("of",), condition=True)
        cases, first = [], 1
        for i, case in enumerate(model.cases or []):
            reasons = tuple(self._reason(table, r, ("cases", i, "any", j)) for j, r in enumerate(case.any))
            cases.append(BoundCase(case.verdict, reasons, first))
            first += cases[-1].endings
        if model.who:
            self._places(table, model.who, ("who",))
        return BoundAssurance(model, of, tuple(cases))

    def lists(self, model: Lists) -> BoundLists:
        table, lines, first, seen = self.bound.tables[self.bound.file.registered_unit], list[BoundLine](), 0, set[str]()
        for i, line in enumerate(model.cases):
            scope = ListScope(self.bound, table)
            reasons = tuple(self._reason(table, r, ("cases", i, "any", j), scope) for j, r in enumerate(line.any))
            fresh = [f for r in reasons for f in r.fields if f not in seen]
            seen |= set(fresh)
            lines.append(BoundLine(line.list, tuple(line.tells), reasons, first, self._unread(dict.fromkeys(fresh))))
            first += 1 << len(reasons)
        return BoundLists(model, tuple(lines))

    def _unread(self, fields: Iterable[str]) -> Text:
        """Which answers a line may have been unable to read."""
        titles = [t for f in fields if (t := self._title(f)) is not None]
        return Text(zh="无法识别：" + "、".join(t.zh for t in titles), en="cannot be read: " + ", ".join(t.en for t in titles))

    def _title(self, field: str) -> Text | None:
        owner, _, name = field.rpartition(".")
        held = self.bound.tables[owner or self.bound.file.registered_unit].model.field(name)
        return held.title if held else None

    def _reason(self, table: BoundTable, model: Reason, place: Place, scope: TableScope | None = None) -> BoundReason:
        when = self._node(table, model.when, (*place, "when"), condition=True, scope=scope)
        if when is not None and aggregates(when):
            self._note((*place, "when"), tr("a decision table reads no children; use a derived field"))
        if model.message:
            self._places(table, model.message, (*place, "message"))
        read = self.bound.read(table.model.name, when) if when is not None else []
        return BoundReason(model, when, tuple(self._from_unit(table.model.name, c) for c in read))

    def _from_unit(self, table: str, column: Column) -> str:
        """A column as a finding about the registered unit names it."""
        owner = column.table or table
        return column.name if owner == self.bound.file.registered_unit else f"{owner}.{column.name}"

    def _exists(self, table: BoundTable, rule: Rule) -> None:
        assert rule.exists is not None
        target = self.bound.tables.get(rule.exists.table)
        if target is None:
            self._note(("exists", "table"), tr("no table '{name}'", name=rule.exists.table))
            return
        for key in rule.exists.keys:
            if key not in target.kinds or key not in table.kinds:
                self._note(("exists", "key"), tr("both tables must have the field '{name}'", name=key))

    def _apart(self, table: BoundTable, apart: Apart) -> tuple[Node, ...]:
        """The start and the end of a span, what its row is alike in, and the row's key."""
        ends = [self._node(table, getattr(apart, end), ("apart", key)) for end, key in (("start", "from"), ("end", "to"))]
        alike = [self._node(table, text, ("apart", "by", i)) for i, text in enumerate(apart.by)]
        kinds = [node.kind for node in ends if node is not None]
        if len(kinds) == len(ends) and (kinds[0].name not in ("date", "datetime") or kinds[0] != kinds[1]):
            self._note(("apart", "from"), tr("a span is from one date or time to another of the same kind"))
        keys = [Column(None, k, table.kinds[k]) for k in table.model.primaryKey]
        return tuple(n for n in (*ends, *alike, *keys) if n is not None)

    def _fields(self, table: BoundTable, rule: Rule) -> None:
        scope = TableScope(self.bound, table)
        for i, name in enumerate(rule.fields):
            owner, _, column = name.rpartition(".")
            held = scope.ancestor(owner) or scope.child(owner) if owner else scope
            if held is None or held.table.model.field(column) is None:
                close = nearest(column, [f.name for f in held.table.model.fields]) if held else None
                hint = tr("; did you mean '{word}'?", word=close) if close else ""
                self._note(("fields", i), tr("no column '{name}'", name=name) + hint)
        self._places(table, rule.message, ("message",))

    def _places(self, table: BoundTable, message: Text, where: Place) -> None:
        scope = TableScope(self.bound, table)
        for place in places(message.en):
            if place not in table.kinds and not _of_parent(scope, place):
                close = nearest(place, list(table.kinds))
                hint = tr("; did you mean '{word}'?", word=close) if close else ""
                words = tr("a message names columns of its own table and of its parents only: no '{name}'", name=place)
                self._note((*where, "en"), words + hint)

    def _node(
        self, table: BoundTable, text: str | None, place: Place, condition: bool = False, scope: TableScope | None = None
    ) -> Node | None:
        if text is None:
            return None
        resolver = Resolver(scope or TableScope(self.bound, table))
        try:
            tree = parse(text)
            return resolver.condition(tree) if condition else resolver.resolve(tree)
        except ExpressionError as error:
            self._note(place, str(error))
            return None

    def _note(self, place: Place, message: str) -> None:
        self.survey.problem(self.document, place, message)


def _of_parent(scope: TableScope, place: str) -> bool:
    """Whether a place of a message is a column, as it stands in the file, of a parent's row."""
    owner, _, column = place.rpartition(".")
    parent = scope.ancestor(owner) if owner else None
    return parent is not None and parent.table.model.field(column) is not None


def _check_cycles(survey: Survey, bound: BoundSurvey) -> None:
    """Derived fields that need themselves, within a table or by way of parents and children."""
    needs = {
        (table, derived.name): list(_needs(table, derived.node))
        for table, held in bound.tables.items() for derived in held.derived.values()
    }  # fmt: skip
    done: set[tuple[str, str]] = set()

    def visit(key: tuple[str, str], path: tuple[tuple[str, str], ...]) -> None:
        if key in path:
            chain = " → ".join(".".join(k) for k in [*path[path.index(key) :], key])
            names = [d.name for d in bound.tables[key[0]].model.derived]
            place = ("derived", names.index(key[1]), "expression")
            survey.problem(f"tables/{key[0]}", place, tr("derived fields need one another in a circle: {chain}", chain=chain))
        elif key not in done and key in needs:
            for other in needs[key]:
                visit(other, (*path, key))
            done.add(key)

    for key in needs:
        visit(key, ())


def _needs(table: str, node: Node) -> Iterator[tuple[str, str]]:
    for column in columns(node):
        yield column.table or table, column.name
    for aggregate in aggregates(node):
        yield from _needs(aggregate.child, aggregate.arg)
