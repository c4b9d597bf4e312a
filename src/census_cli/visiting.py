"""What a field team takes along: the open discrepancies, from door to door, with what leads to each door; personal cells masked."""

from __future__ import annotations

from collections.abc import Iterator

from census_cli.engines.base import Engine
from census_cli.expr.bound import BoundSurvey
from census_cli.findings import Visit
from census_cli.i18n import language
from census_cli.identity import mask
from census_cli.pen import Style
from census_cli.sql.relations import Stored
from census_cli.sql.visiting import in_order, there
from census_cli.survey.models import FieldModel


def visits(engine: Engine, bound: BoundSurvey, stored: Stored, style: Style, profile: str, group: str) -> Iterator[Visit]:
    """Stream them by `group`, a column of the discrepancies; what is hidden wholly is left out unless revealed."""
    unit = bound.tables[bound.file.registered_unit].model
    doors = [f for c in there(bound, stored) if (f := unit.field(c)) and (style.reveal or f.pii != "hidden")]

    def shown(field: FieldModel, text: str) -> str:
        return text if style.reveal else mask(text, field.pii, style.key)

    told = [c for c in Visit.__dataclass_fields__ if c not in ("group", "doors")]
    for batch in engine.stream(in_order(bound, stored, profile, group)):
        for row in batch.to_pylist():
            cells = {f.title[language()]: shown(f, row["door " + f.name]) for f in doors}
            yield Visit(**{c: row[c] for c in told}, group=row[group], doors=cells)
