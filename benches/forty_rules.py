"""The forty rules of benches/forty.py: where each fails, a made file of households to hold them against, and the rules as a survey."""

from __future__ import annotations

import json
import sys
from pathlib import Path

CODES = ("exit_status", "poverty_cause", "food_enough", "food_variety", "clothing_season", "bedding", "housing_type", "housing_safe_route",
         "water_source", "water_quantity_ok", "water_quality_ok", "industry_help", "job_help", "microloan", "dibao_status")  # fmt: skip
COUNTS = (
    "hh_size", "exit_year", "water_minutes", "insured_members", "chronic_disease_members", "helper_visits_per_year",
)  # fmt: skip
AMOUNTS = ("medical_out_of_pocket", "medical_total", "wage_income", "business_income", "business_cost", "property_income", "transfer_income",
           "dibao_income", "pension_income", "eco_comp_income", "total_net_income", "per_capita_income", "loan_amount", "land_area",
           "house_area")  # fmt: skip
TEXTS = ("hh_id", "village_code", "enumerator_id", "head_name", "head_id_no", "housing_grade", "helper_id", "remark")
MOMENTS = ("interview_start", "interview_end")

ID_NUMBER = "[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"

# Where a rule fails, in the language of rules; SQL knows the same words but for two functions, which as_sql renames.
FAILS = {
    "F01": "not matches(hh_id, '[0-9]{18}')",
    "F02": "not matches(village_code, '[0-9]{12}')",
    "F03": "head_name is null",
    "F04": "head_id_no is null",
    "F05": f"not matches(head_id_no, '{ID_NUMBER}')",
    "F06": "hh_size < 1 or hh_size > 20",
    "F07": "exit_status not in (0, 1, 2)",
    "F08": "poverty_cause not in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)",
    "F09": "food_enough not in (1, 2)",
    "F10": "food_variety not in (1, 2, 3)",
    "F11": "clothing_season not in (1, 2)",
    "F12": "housing_type not in (1, 2, 3, 4, 5, 6)",
    "F13": "housing_grade not in ('A', 'B', 'C', 'D')",
    "F14": "water_source not in (1, 2, 3, 4, 5, 6, 7)",
    "F15": "water_minutes < 0 or water_minutes > 300",
    "F16": "wage_income < 0 or wage_income > 1000000",
    "F17": "interview_start is null",
    "F18": "helper_visits_per_year < 0 or helper_visits_per_year > 365",
    "L01": "abs(total_net_income - (wage_income + business_income - business_cost + property_income + transfer_income)) > 1",
    "L02": "abs(per_capita_income * hh_size - total_net_income) > hh_size",
    "L03": "insured_members > hh_size",
    "L04": "exit_status = 1 and per_capita_income < 4000",
    "L05": "housing_grade in ('C', 'D') and housing_safe_route not in (2, 3, 4)",
    "L06": "medical_out_of_pocket > medical_total",
    "L07": "dibao_income > transfer_income",
    "L08": "pension_income > transfer_income",
    "L09": "eco_comp_income > transfer_income",
    "L10": "dibao_income + pension_income + eco_comp_income > transfer_income + 1",
    "L11": "interview_end <= interview_start",
    "L12": "water_minutes > 20 and water_quantity_ok = 1",
    "L13": "exit_status = 1 and (exit_year is null or exit_year < 2014 or exit_year > 2020)",
    "L14": "exit_status = 0 and exit_year is not null",
    "L15": "chronic_disease_members > hh_size",
    "L16": "exit_status = 1 and not (food_enough = 1 and clothing_season = 1 and bedding = 1)",
    "L17": "exit_status = 1 and not (water_quality_ok = 1 and water_quantity_ok = 1)",
    "L18": "microloan = 1 and (loan_amount <= 0 or loan_amount > 50000)",
    "L19": "microloan = 2 and loan_amount <> 0",
    "L20": "left(hh_id, 12) <> village_code",
    "L21": "seconds(interview_start, interview_end) > 14400",
    "L22": "dibao_income > 0 and per_capita_income > 20000",
}  # fmt: skip


def make_data(path: Path, rows: int) -> None:
    """Households that are consistent in themselves, but for about two in a hundred; the same in every run."""
    import duckdb

    def one_in(n: int, wrong: str, right: str) -> str:
        return f"CASE WHEN hash(i, {n}) % {n} = 0 THEN {wrong} ELSE {right} END"

    columns = {
        "hh_id": one_in(2003, "'X'", "lpad(CAST(510722100000 + i % 5000 AS VARCHAR), 12, '0') || lpad(CAST(i % 1000000 AS VARCHAR), 6, '0')"),
        "village_code": one_in(2011, "'5107'", "CAST(510722100000 + i % 5000 AS VARCHAR)"),
        "enumerator_id": "'E' || CAST(i % 900 AS VARCHAR)",
        "interview_start": one_in(2017, "NULL", "TIMESTAMP '2020-07-20 08:00:00' + INTERVAL 1 MINUTE * CAST(i % 20000 AS INTEGER)"),
        "interview_end": f"interview_start + INTERVAL 1 MINUTE * {one_in(2027, '300', '45')}",
        "head_name": one_in(2029, "NULL", "'测试' || CAST(i % 997 AS VARCHAR)"),
        "head_id_no": one_in(2039, "'51072219803315001'", "'51072219800315' || lpad(CAST(i % 1000 AS VARCHAR), 3, '0') || CASE WHEN i % 11 = 0 THEN 'X' ELSE CAST(i % 10 AS VARCHAR) END"),
        "hh_size": f"CAST({one_in(2053, '21', '1 + i % 6')} AS SMALLINT)",
        "exit_status": f"CAST({one_in(2063, '9', '1')} AS TINYINT)",
        "exit_year": f"CAST({one_in(2069, '2013', '2014 + i % 7')} AS SMALLINT)",
        "poverty_cause": "CAST(1 + i % 12 AS TINYINT)", "food_enough": f"CAST({one_in(2081, '2', '1')} AS TINYINT)",
        "food_variety": "CAST(1 + i % 3 AS TINYINT)", "clothing_season": "CAST(1 AS TINYINT)", "bedding": "CAST(1 AS TINYINT)",
        "housing_type": "CAST(1 + i % 6 AS TINYINT)", "housing_grade": one_in(2083, "'E'", "CASE i % 10 WHEN 0 THEN 'C' WHEN 1 THEN 'B' ELSE 'A' END"),
        "housing_safe_route": "CAST(CASE WHEN i % 10 = 0 THEN 2 ELSE 1 END AS TINYINT)", "water_source": "CAST(1 + i % 7 AS TINYINT)",
        "water_quantity_ok": "CAST(1 AS TINYINT)", "water_quality_ok": f"CAST({one_in(2087, '2', '1')} AS TINYINT)",
        "water_minutes": f"CAST({one_in(2089, '45', 'i % 20')} AS SMALLINT)",
        "insured_members": f"CAST({one_in(2099, '30', '1')} AS SMALLINT)", "chronic_disease_members": "CAST(0 AS SMALLINT)",
        "medical_out_of_pocket": one_in(2111, "900.5", "100.25"), "medical_total": "CAST(800 AS DOUBLE)",
        "wage_income": "CAST(30000 + i % 1000 AS DOUBLE)", "business_income": "CAST(1000.5 AS DOUBLE)", "business_cost": "CAST(400.5 AS DOUBLE)",
        "property_income": "CAST(300 AS DOUBLE)", "transfer_income": "CAST(1200 AS DOUBLE)", "dibao_income": one_in(2113, "1300", "0"),
        "pension_income": "CAST(400 AS DOUBLE)", "eco_comp_income": "CAST(100 AS DOUBLE)",
        "total_net_income": f"CAST(32100 + i % 1000 AS DOUBLE) + {one_in(2129, '50', '0')}",
        "per_capita_income": "round(total_net_income / hh_size, 2)", "industry_help": "CAST(1 AS TINYINT)", "job_help": "CAST(2 AS TINYINT)",
        "loan_amount": "CAST(CASE WHEN i % 2 = 0 THEN 20000 ELSE 0 END AS DOUBLE)",
        "microloan": f"CAST({one_in(2131, '3 - (1 + i % 2)', '1 + i % 2')} AS TINYINT)", "helper_id": "'B' || CAST(i % 3000 AS VARCHAR)",
        "helper_visits_per_year": f"CAST({one_in(2137, '400', '12')} AS SMALLINT)", "land_area": "CAST(3.5 AS DOUBLE)",
        "dibao_status": "CAST(2 AS TINYINT)", "house_area": "CAST(80 AS DOUBLE)", "remark": "CAST(NULL AS VARCHAR)",
    }  # fmt: skip
    doubles = {c: f"CAST({sql} AS DOUBLE)" if c in AMOUNTS else sql for c, sql in columns.items()}
    made = ", ".join(f"{sql} AS {c}" for c, sql in doubles.items())
    duckdb.execute(f"COPY (SELECT {made} FROM range({rows}) r(i)) TO '{path}' (FORMAT parquet)")


def write_survey(folder: Path) -> None:
    """The rules as a survey: one table, forty rule files, a profile without parameters."""

    def text(words: str) -> dict[str, str]:
        return {"zh": words, "en": words}

    kinds = dict.fromkeys(TEXTS, "string") | dict.fromkeys((*CODES, *COUNTS), "integer") | dict.fromkeys(AMOUNTS, "number")
    kinds |= dict.fromkeys(MOMENTS, "datetime")
    files = {
        "survey.yaml": {
            "id": "forty", "title": text("Forty rules"), "tables": ["household"], "default_profile": "base", "registered_unit": "household",
            "context": {"village_code": {"household": "village_code"}, "enumerator_id": {"household": "enumerator_id"}},
            "regions": {"village": 12},
        },
        "profiles/base.yaml": {"id": "base", "title": text("Base"), "parameters": {}},
        "tables/household.yaml": {
            "name": "household", "title": text("Household"), "primaryKey": ["hh_id"],
            "fields": [{"name": n, "type": k, "title": text(n)} for n, k in kinds.items()],
        },
    }  # fmt: skip
    for rule, fails in FAILS.items():
        files[f"rules/{rule}.yaml"] = {
            "id": rule, "severity": "mandatory", "table": "household", "level": 1, "title": text(rule), "why": text(fails), "ask": text(rule),
            "assert": f"not ({fails})", "nulls": "pass", "fields": [c for c in kinds if c in fails.replace("(", " ").replace(",", " ").split()] or ["hh_id"],
            "message": text(fails.replace("{", "(").replace("}", ")")), "source": [{"doc": "benches", "at": rule}], "examples": {"passed": [{}], "violated": [{}]},  # nobody tests these here
        }  # fmt: skip
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")  # JSON is YAML


if __name__ == "__main__":
    make_data(Path(sys.argv[1]), int(sys.argv[2]))
