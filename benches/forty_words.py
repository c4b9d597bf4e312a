"""The forty rules of benches/forty_rules.py in the words of SQL, Polars and pandas: always where a rule fails, never where it holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from forty_rules import AMOUNTS, CODES, COUNTS, FAILS, ID_NUMBER, MOMENTS, TEXTS

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

# The columns that the rules name: no peer is made to read more.
USED = [c for c in (*TEXTS, *MOMENTS, *CODES, *COUNTS, *AMOUNTS) if c in set(re.findall(r"\w+", " ".join(FAILS.values())))]
PATTERNS = {"F01": ("hh_id", "[0-9]{18}"), "F02": ("village_code", "[0-9]{12}"), "F05": ("head_id_no", ID_NUMBER)}


def in_sql() -> dict[str, str]:
    """The conditions in DuckDB's words."""
    return {r: f.replace("matches(", "regexp_full_match(").replace("seconds(", "date_diff('second', ") for r, f in FAILS.items()}


def in_polars() -> dict[str, pl.Expr]:
    """The conditions as expressions, in Polars' own words where they differ."""
    import polars as pl

    own = {r: ~pl.col(column).str.contains(f"^(?:{pattern})$") for r, (column, pattern) in PATTERNS.items()} | {
        "L20": pl.col("hh_id").str.head(12) != pl.col("village_code"),
        "L21": (pl.col("interview_end") - pl.col("interview_start")).dt.total_seconds() > 14400,
    }
    return {r: own[r] if r in own else pl.sql_expr(f) for r, f in FAILS.items()}


def _unlike(column: str, pattern: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda d: d[column].notna() & ~d[column].str.fullmatch(pattern)


def _not_in(column: str, codes: object) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda d: d[column].notna() & ~d[column].isin(codes)


def _outside(column: str, least: int, most: int) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda d: (d[column] < least) | (d[column] > most)


# pandas says False where it compares with a missing value and True where it asks `!=`: hence the `notna`.
IN_PANDAS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    **{r: _unlike(column, pattern) for r, (column, pattern) in PATTERNS.items()},
    "F03": lambda d: d.head_name.isna(),
    "F04": lambda d: d.head_id_no.isna(),
    "F06": _outside("hh_size", 1, 20),
    "F07": _not_in("exit_status", (0, 1, 2)),
    "F08": _not_in("poverty_cause", range(1, 13)),
    "F09": _not_in("food_enough", (1, 2)),
    "F10": _not_in("food_variety", (1, 2, 3)),
    "F11": _not_in("clothing_season", (1, 2)),
    "F12": _not_in("housing_type", range(1, 7)),
    "F13": _not_in("housing_grade", ("A", "B", "C", "D")),
    "F14": _not_in("water_source", range(1, 8)),
    "F15": _outside("water_minutes", 0, 300),
    "F16": _outside("wage_income", 0, 1_000_000),
    "F17": lambda d: d.interview_start.isna(),
    "F18": _outside("helper_visits_per_year", 0, 365),
    "L01": lambda d: (
        (d.total_net_income - (d.wage_income + d.business_income - d.business_cost + d.property_income + d.transfer_income)).abs()
        > 1
    ),
    "L02": lambda d: (d.per_capita_income * d.hh_size - d.total_net_income).abs() > d.hh_size,
    "L03": lambda d: d.insured_members > d.hh_size,
    "L04": lambda d: (d.exit_status == 1) & (d.per_capita_income < 4000),
    "L05": lambda d: d.housing_grade.isin(("C", "D")) & _not_in("housing_safe_route", (2, 3, 4))(d),
    "L06": lambda d: d.medical_out_of_pocket > d.medical_total,
    "L07": lambda d: d.dibao_income > d.transfer_income,
    "L08": lambda d: d.pension_income > d.transfer_income,
    "L09": lambda d: d.eco_comp_income > d.transfer_income,
    "L10": lambda d: d.dibao_income + d.pension_income + d.eco_comp_income > d.transfer_income + 1,
    "L11": lambda d: d.interview_end <= d.interview_start,
    "L12": lambda d: (d.water_minutes > 20) & (d.water_quantity_ok == 1),
    "L13": lambda d: (d.exit_status == 1) & (d.exit_year.isna() | (d.exit_year < 2014) | (d.exit_year > 2020)),
    "L14": lambda d: (d.exit_status == 0) & d.exit_year.notna(),
    "L15": lambda d: d.chronic_disease_members > d.hh_size,
    "L16": lambda d: (
        (d.exit_status == 1)
        & (_not_in("food_enough", (1,))(d) | _not_in("clothing_season", (1,))(d) | _not_in("bedding", (1,))(d))
    ),
    "L17": lambda d: (d.exit_status == 1) & (_not_in("water_quality_ok", (1,))(d) | _not_in("water_quantity_ok", (1,))(d)),
    "L18": lambda d: (d.microloan == 1) & ((d.loan_amount <= 0) | (d.loan_amount > 50_000)),
    "L19": lambda d: (d.microloan == 2) & _not_in("loan_amount", (0,))(d),
    "L20": lambda d: d.hh_id.notna() & d.village_code.notna() & (d.hh_id.str[:12] != d.village_code),
    "L21": lambda d: (d.interview_end - d.interview_start).dt.total_seconds() > 14_400,
    "L22": lambda d: (d.dibao_income > 0) & (d.per_capita_income > 20_000),
}
