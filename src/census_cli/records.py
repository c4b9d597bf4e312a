"""Pydantic record models made from tables: the authority on whether one record is sound.  Its words are in `wording`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, LiteralString, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, create_model
from pydantic_core import PydanticCustomError

from census_cli.conform import NotConforming, conform
from census_cli.folding import WIDE_BLANKS
from census_cli.structure import CellKind
from census_cli.survey.models import CodeList, FieldModel, Table

NOT_KNOWN: LiteralString = "not_known"
"""The type of the error of a cell that says that its value is not known: no fault, but no value either."""

_KINDS: dict[str, CellKind] = {
    "required": "required", "type": "type", "code": "code", "range": "range",
    "greater_than_equal": "range", "less_than_equal": "range", "string_too_short": "range", "string_too_long": "range",
    "string_pattern_mismatch": "pattern",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One cell that is not sound and which structural rule says so."""

    field: str
    kind: CellKind


@dataclass
class Records:
    """The record model of one table.  Cells come as text, as they were read."""

    table: Table
    codes: Mapping[str, CodeList]

    @cached_property
    def model(self) -> type[BaseModel]:
        """The whole record, as files carry it."""
        return self._model([f.name for f in self.table.fields if not f.made])

    def faults(self, cells: Mapping[str, str | None], fields: Iterable[str] | None = None) -> list[Fault]:
        """The faults of a record's cells, one per field at most; columns that are not in `cells` are not judged.

        `fields` limits the judgement to these fields (and what they hang on).
        """
        wanted = frozenset(cells if fields is None else fields) & frozenset(cells)
        model = self._partial(frozenset(wanted | self._companions(wanted, cells)))
        try:
            model.model_validate(cells)
        except ValidationError as error:
            errors = [e for e in error.errors(include_url=False, include_input=False) if e["type"] != NOT_KNOWN]
            return [Fault(str(e["loc"][0]), _KINDS[e["type"]]) for e in errors if e["loc"][0] in wanted]
        return []

    def _companions(self, wanted: frozenset[str], cells: Mapping[str, str | None]) -> set[str]:
        return {o for f in self.table.fields if f.name in wanted for o in f.required_unless if o in cells}

    def _partial(self, fields: frozenset[str]) -> type[BaseModel]:
        made = self._partials.get(fields)
        if made is None:
            made = self._partials[fields] = self._model([f.name for f in self.table.fields if f.name in fields])
        return made

    @cached_property
    def _partials(self) -> dict[frozenset[str], type[BaseModel]]:
        return {}

    def _model(self, fields: list[str]) -> type[BaseModel]:
        config = ConfigDict(extra="ignore", frozen=True)
        blank = Field(default=None, validate_default=True)
        made = {name: (self._type(cast(FieldModel, self.table.field(name)), fields), blank) for name in fields}
        return create_model(self.table.name, __config__=config, **cast(Any, made))

    def _type(self, field: FieldModel, beside: Collection[str]) -> Any:
        limits = field.constraints
        constraints: dict[str, Any] = {}
        if field.type in ("integer", "number"):
            constraints = {"ge": limits.minimum, "le": limits.maximum}
        elif field.type == "string" and not field.codes:
            pattern = f"^(?:{limits.pattern})$" if limits.pattern is not None else None
            constraints = {"min_length": limits.minLength, "max_length": limits.maxLength, "pattern": pattern}
        given = {k: v for k, v in constraints.items() if v is not None}
        inner = Annotated[_PYTHON[field.type], Field(**given)] if given else _PYTHON[field.type]
        return Annotated[inner | None, BeforeValidator(self._reader(field, beside))]

    def _reader(self, field: FieldModel, beside: Collection[str]) -> Callable[[Any, ValidationInfo], Any]:
        codes, kind = self.codes, "code" if field.codes else "type"
        limits, missing_values = field.constraints, frozenset(field.missingValues or [])

        def read(text: Any, info: ValidationInfo) -> Any:
            must = limits.required or _required(field, info.data, beside)
            missing = text and text.strip(WIDE_BLANKS) in missing_values
            if missing and not must:
                raise PydanticCustomError(NOT_KNOWN, "is not known")
            try:
                value = None if missing else conform(field, text, codes)
            except NotConforming:
                raise PydanticCustomError(cast(Any, kind), "does not conform") from None
            if value is None and must:
                raise PydanticCustomError("required", "is blank")
            if value is not None and field.type == "list" and not _fits(field, str(value)):
                raise PydanticCustomError("range", "holds too few or too many codes")
            return value

        return read


def _required(field: FieldModel, read: Mapping[str, Any], beside: Collection[str]) -> bool:
    """Whether the answers that a field hangs on make it required; one that cannot be read does not, a blank one does."""
    answers = field.required_unless.items()
    return bool(answers) and all(read[o] != code if o in read else o not in beside for o, code in answers)


def _fits(field: FieldModel, value: str) -> bool:
    count, limits = len(value.split(",")), field.constraints
    return (limits.minLength or 0) <= count and (limits.maxLength is None or count <= limits.maxLength)


_PYTHON: dict[str, Any] = {
    "string": str, "list": str, "integer": int, "number": Decimal, "boolean": bool,
    "date": datetime.date, "datetime": datetime.datetime,
}  # fmt: skip
