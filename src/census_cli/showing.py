"""Which cells the findings of a table show: what its rules name, what its messages say, its key, and where it belongs."""

from __future__ import annotations

from collections.abc import Sequence

from census_cli.expr.bound import BoundSurvey
from census_cli.i18n import places
from census_cli.sql.plan import Check
from census_cli.sql.showing import Shown


def shown_columns(bound: BoundSurvey, checks: Sequence[Check], table: str) -> Shown:
    """The cells that the findings of these checks of a table show."""
    shown, own, above = Shown(), dict[str, None](), dict[str, None]()
    held = bound.tables[table]
    own |= dict.fromkeys(held.model.primaryKey)
    for columns in bound.file.context.values():
        if column := columns.get(table):
            (above if "." in column else own)[column] = None
    for check in checks:
        if check.written:
            for place in places(check.written.model.message.en):
                (above if "." in place else own)[place] = None
        for name in check.fields:
            owner, _, column = name.rpartition(".")
            if not owner:
                own[column] = None
            elif owner in held.children:
                cells = shown.children.setdefault(owner, [])
                cells += [column] if column not in cells else []
                shown.child_rules.setdefault(owner, []).append(check.id)
            else:
                above[name] = None
    for field in held.model.fields:
        if field.name in own:
            own |= dict.fromkeys(field.required_unless)
    shown.own, shown.above = list(own), list(above)
    return shown
