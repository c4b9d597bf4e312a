"""Which rules a run holds and which it skips, each with its reason; a skipped rule is never taken for passed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from census_cli.errors import OptionError, nearest
from census_cli.expr.bound import BoundRule, BoundSurvey
from census_cli.expr.nodes import Column
from census_cli.i18n import tr
from census_cli.results import kept_for, nothing_derived
from census_cli.sql.plan import Check
from census_cli.sql.relations import Relations, Stored
from census_cli.sql.unmet import unmet_rules
from census_cli.structure import Structural, structural_rules
from census_cli.survey.models import SCOPES, Scope


def list_checks(
    bound: BoundSurvey,
    stored: Stored,
    lacking: Mapping[str, Mapping[str, str]],
    select: Sequence[str] = (),
    partial: bool = False,
    settled: Mapping[str, str] | None = None,
    beside: Collection[str] = (),
    audience: Scope = "office",
) -> list[Check]:
    """Every rule of the survey as this run treats it: structural ones first, table by table, then assurances, then the written ones by id.

    `settled` are rules with nothing left to say of columns that were supplied, with the reason; `beside` are other profiles of
    the same run, whose rules may be selected too.  What is not for the `audience` is not run: a count of it would still invite to
    edit until it falls.
    """
    relations = Relations(bound, stored)
    checks = [*_structural(bound, relations), *_assured(bound, relations)]
    checks += [_written(relations, bound.rules[r], partial) for r in sorted(bound.rules)]
    for check in checks:
        if check.skipped and "." in check.skipped:
            check.skipped = _absent(bound, check.skipped, lacking)
        elif check.skipped and check.skipped in bound.tables:
            check.skipped = tr("absent table {table}", table=check.skipped)
        check.skipped = check.skipped or (settled or {}).get(check.id)
    _select(checks, select, bound, beside)
    for check in checks:
        if not check.skipped and SCOPES.index(check.scope) > SCOPES.index(audience):
            check.skipped = kept_for(check.scope)
    return checks


def _absent(bound: BoundSurvey, column: str, lacking: Mapping[str, Mapping[str, str]]) -> str:
    table, _, name = column.partition(".")
    field = bound.tables[table].model.field(name)
    if field and field.made:
        return nothing_derived()
    if file := lacking.get(table, {}).get(name):
        return tr("column {column} is absent from {file}", column=column, file=file)
    return tr("absent column {column}", column=column)


def _structural(bound: BoundSurvey, relations: Relations) -> Iterator[Check]:
    for table in bound.file.tables:
        if bound.tables[table].model.optional and table not in relations.stored:
            continue
        for rule in structural_rules(bound.tables[table].model):
            missing = _missing(relations, rule)
            yield Check(rule.id, table, "mandatory", "surveyor", rule.fields, missing, structural=rule)


def _assured(bound: BoundSurvey, relations: Relations) -> Iterator[Check]:
    """That each assurance is met where it should be.  What a decision table lacks reads as blank; only where it applies must be known."""
    unit, condition = bound.file.registered_unit, bound.discrepancy_when
    for rule, assurance in sorted(unmet_rules(bound).items()):
        check = Check(rule, unit, "verify", "surveyor", (), assurance=assurance)
        if unit not in relations.stored:
            check.skipped = unit
        elif condition is not None:
            check.skipped = next(iter(relations.absent(unit, condition)), None)
        yield check


def _missing(relations: Relations, rule: Structural) -> str | None:
    """The first absent table or column that a structural rule needs."""
    if rule.table not in relations.stored:
        return rule.table
    for field in rule.fields:
        if field not in relations.stored[rule.table]:
            return f"{rule.table}.{field}"
    if rule.target:
        return next(iter(relations.absent_link(rule.table, rule.target)), None)
    return None


def _written(relations: Relations, rule: BoundRule, partial: bool) -> Check:
    model = rule.model
    check = Check(model.id, model.table, model.severity, model.scope, tuple(model.fields), written=rule)
    if model.id in relations.bound.off:
        check.skipped = tr("switched off by the profile {profile}", profile=relations.bound.profile)
    elif model.table not in relations.stored:
        check.skipped = model.table
    elif partial and model.needs == "complete":
        check.skipped = tr("field work is not over (--partial)")
    else:
        nodes = list(rule.nodes())
        missing = [x for node in nodes for x in relations.absent(model.table, node, model.spared)]
        missing += relations.absent_all(model.table, nodes, frozenset(model.needs_any))
        if model.exists:
            kinds = relations.bound.tables[model.exists.table].kinds
            for key in (Column(None, k, kinds[k]) for k in model.exists.keys):
                missing += relations.absent(model.table, key) + relations.absent(model.exists.table, key)
        check.skipped = next(iter(missing), None)
    return check


def _select(checks: list[Check], select: Sequence[str], bound: BoundSurvey, beside: Collection[str]) -> None:
    patterns = [p.strip() for given in select for p in given.split(",") if p.strip()]
    if select and not patterns:
        raise OptionError(tr("--select names no rule"))
    for pattern in patterns:
        elsewhere = [p for rule, profiles in bound.elsewhere.items() if fnmatchcase(rule, pattern) for p in profiles]
        if not any(fnmatchcase(c.id, pattern) for c in checks) and not set(elsewhere) & set(beside):
            if elsewhere:
                names = ", ".join(dict.fromkeys(elsewhere))
                raise OptionError(
                    tr(
                        "--select {pattern}: no rule of the profile {profile}, but of: {others}",
                        pattern=pattern,
                        profile=bound.profile,
                        others=names,
                    )
                )
            close = nearest(pattern, [c.id for c in checks])
            hint = tr("; did you mean '{word}'?", word=close) if close else ""
            raise OptionError(tr("--select {pattern}: no such rule", pattern=pattern) + hint)
    for check in checks:
        if patterns and not any(fnmatchcase(check.id, p) for p in patterns):
            check.skipped = tr("not selected")
