"""The forty rules for Pydantic, row by row: what one column may hold is in the model, what several must agree on is plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow.parquet as pq
from pydantic import BaseModel, Field, ValidationError

from forty_rules import ID_NUMBER
from forty_words import USED

Row = Mapping[str, Any]
YesNo = Literal[1, 2]


def like(pattern: str) -> Any:
    """A text of this form, or nothing."""
    return Field(pattern=f"^(?:{pattern})$")


class Household(BaseModel):
    """What each column may hold by itself."""

    hh_id: Annotated[str, like("[0-9]{18}")] | None
    village_code: Annotated[str, like("[0-9]{12}")] | None
    head_name: str
    head_id_no: Annotated[str, like(ID_NUMBER)]
    interview_start: datetime
    interview_end: datetime | None
    hh_size: Annotated[int, Field(ge=1, le=20)] | None
    exit_status: Literal[0, 1, 2] | None
    exit_year: int | None
    poverty_cause: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] | None
    food_enough: YesNo | None
    food_variety: Literal[1, 2, 3] | None
    clothing_season: YesNo | None
    bedding: int | None
    housing_type: Literal[1, 2, 3, 4, 5, 6] | None
    housing_grade: Literal["A", "B", "C", "D"] | None
    housing_safe_route: int | None
    water_source: Literal[1, 2, 3, 4, 5, 6, 7] | None
    water_quantity_ok: int | None
    water_quality_ok: int | None
    water_minutes: Annotated[int, Field(ge=0, le=300)] | None
    insured_members: int | None
    chronic_disease_members: int | None
    medical_out_of_pocket: float | None
    medical_total: float | None
    wage_income: Annotated[float, Field(ge=0, le=1_000_000)] | None
    business_income: float | None
    business_cost: float | None
    property_income: float | None
    transfer_income: float | None
    dibao_income: float | None
    pension_income: float | None
    eco_comp_income: float | None
    total_net_income: float | None
    per_capita_income: float | None
    loan_amount: float | None
    microloan: int | None
    helper_visits_per_year: Annotated[int, Field(ge=0, le=365)] | None


RULES = {
    "hh_id": "F01", "village_code": "F02", "head_name": "F03", "head_id_no": "F05", "hh_size": "F06", "exit_status": "F07", "poverty_cause": "F08",
    "food_enough": "F09", "food_variety": "F10", "clothing_season": "F11", "housing_type": "F12", "housing_grade": "F13", "water_source": "F14",
    "water_minutes": "F15", "wage_income": "F16", "interview_start": "F17", "helper_visits_per_year": "F18",
}  # fmt: skip

# A missing number makes a comparison a TypeError, which `failing` takes for "not known"; `!=` and `not in` must be told.
ACROSS: dict[str, Callable[[Row], bool]] = {
    "L01": lambda h: (
        abs(
            h["total_net_income"]
            - (h["wage_income"] + h["business_income"] - h["business_cost"] + h["property_income"] + h["transfer_income"])
        )
        > 1
    ),
    "L02": lambda h: abs(h["per_capita_income"] * h["hh_size"] - h["total_net_income"]) > h["hh_size"],
    "L03": lambda h: h["insured_members"] > h["hh_size"],
    "L04": lambda h: h["exit_status"] == 1 and h["per_capita_income"] < 4000,
    "L05": lambda h: h["housing_grade"] in ("C", "D") and h["housing_safe_route"] not in (None, 2, 3, 4),
    "L06": lambda h: h["medical_out_of_pocket"] > h["medical_total"],
    "L07": lambda h: h["dibao_income"] > h["transfer_income"],
    "L08": lambda h: h["pension_income"] > h["transfer_income"],
    "L09": lambda h: h["eco_comp_income"] > h["transfer_income"],
    "L10": lambda h: h["dibao_income"] + h["pension_income"] + h["eco_comp_income"] > h["transfer_income"] + 1,
    "L11": lambda h: h["interview_end"] <= h["interview_start"],
    "L12": lambda h: h["water_quantity_ok"] == 1 and h["water_minutes"] > 20,
    "L13": lambda h: h["exit_status"] == 1 and (h["exit_year"] is None or not 2014 <= h["exit_year"] <= 2020),
    "L14": lambda h: h["exit_status"] == 0 and h["exit_year"] is not None,
    "L15": lambda h: h["chronic_disease_members"] > h["hh_size"],
    "L16": lambda h: h["exit_status"] == 1 and any(h[c] not in (None, 1) for c in ("food_enough", "clothing_season", "bedding")),
    "L17": lambda h: h["exit_status"] == 1 and any(h[c] not in (None, 1) for c in ("water_quality_ok", "water_quantity_ok")),
    "L18": lambda h: h["microloan"] == 1 and not 0 < h["loan_amount"] <= 50_000,
    "L19": lambda h: h["microloan"] == 2 and h["loan_amount"] not in (None, 0),
    "L20": lambda h: h["village_code"] is not None and h["hh_id"][:12] != h["village_code"],
    "L21": lambda h: (h["interview_end"] - h["interview_start"]).total_seconds() > 14_400,
    "L22": lambda h: h["dibao_income"] > 0 and h["per_capita_income"] > 20_000,
}


def failing(row: Row) -> Iterator[str]:
    """The rules that a row fails."""
    try:
        Household.model_validate(row)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            column = str(fault["loc"][0])
            yield "F04" if (column, fault["type"]) == ("head_id_no", "string_type") else RULES[column]
    for rule, fails in ACROSS.items():
        try:
            if fails(row):
                yield rule
        except TypeError:
            continue


def found(data: Path) -> Iterator[tuple[str, str]]:
    """Every failing rule and household, a batch of rows at a time."""
    for batch in pq.ParquetFile(data).iter_batches(columns=USED):
        for row in batch.to_pylist():
            for rule in failing(row):
                yield rule, row["hh_id"]
