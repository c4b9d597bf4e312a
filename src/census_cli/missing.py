"""Texts that say that a value is not known (不详, N/A, -999): declared once per survey, or by a field in place of the survey's.

Such a text is neither a fault nor a blank: every rule that reads the cell is unknown.  It never stands for an answer: what its
field accepts as a value stays a value there, so that 无 is an answer and -999 may be a loss.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from census_cli.conform import NotConforming, conform, parse_number
from census_cli.folding import fold, widen
from census_cli.i18n import tr
from census_cli.survey.load import Survey
from census_cli.survey.models import CodeList, FieldModel


def settle_missing_values(survey: Survey) -> None:
    """Give every field the texts that count as missing in it; a field that names one of its own values is a fault."""
    declared = survey.file.missingValues if survey.file else []
    for name, table in survey.tables.items():
        fields = []
        for i, field in enumerate(table.fields):
            for j, text in enumerate(field.missingValues or []):
                if not _is_free(field) and _is_value(field, text, survey.codes):
                    message = tr(
                        "'{value}' is a value of '{field}' and cannot stand for a missing one", value=text, field=field.name
                    )
                    survey.problem(f"tables/{name}", ("fields", i, "missingValues", j), message)
            own = [fold(t) for t in declared if not _is_value(field, t, survey.codes)] if field.missingValues is None else None
            texts = [fold(t) for t in field.missingValues or []] if own is None else own
            fields.append(field.model_copy(update={"missingValues": sorted({*texts, *map(widen, texts)} - {""})}))
        survey.tables[name] = table.model_copy(update={"fields": fields})


def _is_free(field: FieldModel) -> bool:
    """Whether a field takes any text."""
    return field.type in ("string", "list") and field.codes is None and field.constraints.pattern is None


def _is_value(field: FieldModel, text: str, codes: Mapping[str, CodeList]) -> bool:
    """Whether a text is a value of the field within its limits; of free text a number is one, as in an address or a name."""
    if field.codes and field.codes not in codes:
        return False
    try:
        value = parse_number(fold(text)) if _is_free(field) else conform(field, text, codes)
    except NotConforming:
        return False
    limits = field.constraints
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and not _is_free(field):
        return (limits.minimum is None or value >= limits.minimum) and (limits.maximum is None or value <= limits.maximum)
    return limits.pattern is None or re.fullmatch(limits.pattern, str(value)) is not None
