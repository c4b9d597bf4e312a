"""The engine against the same predicates written by hand as one DuckDB query, over the same million households, as Parquet and as CSV."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from census_cli.checking import run_check
from census_cli.engines.duckdb import DuckDBEngine
from census_cli.loading import from_files
from census_cli.options import Options

ROWS = 1_000_000

# About two households in a hundred carry a fault; the rest is consistent in itself.
MAKE = """
COPY (SELECT
  'H' || lpad(CAST(i AS VARCHAR), 8, '0') AS household_id,
  '9900001' || lpad(CAST(i % 5000 AS VARCHAR), 5, '0') AS village_code,
  '测试' || CAST(i % 997 AS VARCHAR) AS head_name,
  '990000198003150019' AS head_id_number,
  CAST(CASE WHEN i % 1009 = 0 THEN 31 ELSE 1 + i % 6 END AS INTEGER) AS member_count,
  CASE WHEN i % 3 = 0 THEN 'dibao' ELSE 'general' END AS household_type,
  CASE WHEN i % 1013 = 0 THEN '看不清' ELSE '已脱贫' END AS poverty_status,
  CASE i % 4 WHEN 0 THEN '因病' WHEN 1 THEN '缺技术' WHEN 2 THEN '缺资金' ELSE '缺劳力' END AS main_cause,
  DATE '2020-07-20' + CAST(i % 20 AS INTEGER) AS registered_on,
  'E' || lpad(CAST(i % 900 AS VARCHAR), 4, '0') AS enumerator_id,
  CASE WHEN i % 1019 = 0 THEN NULL ELSE TRUE END AS food_enough,
  '随时' AS protein_frequency, TRUE AS seasonal_clothes, TRUE AS bedding,
  CASE WHEN i % 1021 = 0 THEN 'D' ELSE 'A' END AS house_grade, FALSE AS dangerous_house,
  '净化自来水' AS water_source, TRUE AS safe_water,
  CAST(5000 + i % 1000 AS DECIMAL(12, 2)) AS income_wage, CAST(1000 AS DECIMAL(12, 2)) AS income_business,
  CAST(400 AS DECIMAL(12, 2)) AS cost_business, CAST(300 AS DECIMAL(12, 2)) AS income_property,
  CAST(300 AS DECIMAL(12, 2)) AS property_dividend, CAST(0 AS DECIMAL(12, 2)) AS property_other,
  CAST(1200 AS DECIMAL(12, 2)) AS income_transfer, CAST(0 AS DECIMAL(12, 2)) AS transfer_family_planning,
  CAST(CASE WHEN i % 1031 = 0 THEN 900 ELSE 800 END AS DECIMAL(12, 2)) AS transfer_dibao, CAST(0 AS DECIMAL(12, 2)) AS transfer_tekun,
  CAST(400 AS DECIMAL(12, 2)) AS transfer_pension, CAST(0 AS DECIMAL(12, 2)) AS transfer_ecology, CAST(0 AS DECIMAL(12, 2)) AS transfer_other,
  CAST(7100 + i % 1000 + CASE WHEN i % 1033 = 0 THEN 50 ELSE 0 END AS DECIMAL(12, 2)) AS income_net,
  CAST(round((7100 + i % 1000 + CASE WHEN i % 1033 = 0 THEN 50 ELSE 0 END) /
    (CASE WHEN i % 1009 = 0 THEN 31 ELSE 1 + i % 6 END), 2) + CASE WHEN i % 1039 = 0 THEN 1 ELSE 0 END AS DECIMAL(12, 2)) AS income_net_pc
FROM range({rows}) r(i)) TO '{path}' (FORMAT parquet)
"""

STATUSES = "('未脱贫','已脱贫','预脱贫','返贫','poor','exited','pre_exit','relapsed')"
CAUSES = "('因病','因残','因学','因灾','缺土地','缺水','缺技术','缺劳力','缺资金','交通条件落后','自身发展动力不足','因婚','因丧','其他')"
PROTEIN, WATER = (
    "('随时','经常','偶尔','很少','从不')",
    "('净化自来水','受保护井泉','不受保护井泉','江河湖泊','雨水','桶装水','其他')",
)
TEXTS = ("household_id", "village_code", "head_name", "head_id_number", "enumerator_id")
ANSWERS = ("food_enough", "seasonal_clothes", "bedding", "dangerous_house", "safe_water", "registered_on")
AMOUNTS = ("income_wage", "income_business", "cost_business", "income_property", "income_transfer", "income_net", "income_net_pc")

# Rule → when it is violated, as a statistician would write it for this file.
BY_HAND = {
    **{f"household.{c}.required": f"{c} IS NULL OR trim({c}) = ''" for c in TEXTS},
    **{f"household.{c}.required": f"{c} IS NULL" for c in (*ANSWERS, *AMOUNTS)},
    "household.village_code.pattern": "NOT regexp_full_match(village_code, '[0-9]{12}')",
    "household.member_count.range": "member_count NOT BETWEEN 1 AND 30",
    "household.household_type.code": "household_type NOT IN ('general','dibao','tekun')",
    "household.poverty_status.code": f"poverty_status NOT IN {STATUSES}",
    "household.main_cause.code": f"main_cause NOT IN {CAUSES}",
    "household.protein_frequency.code": f"protein_frequency NOT IN {PROTEIN}",
    "household.water_source.code": f"water_source NOT IN {WATER}",
    "household.house_grade.code": "house_grade NOT IN ('A','B','C','D')",
    "household.household_id.unique": "household_id IN (SELECT household_id FROM t GROUP BY 1 HAVING count(*) > 1)",
    "H02": "dangerous_house <> (coalesce(house_grade, 'A') IN ('C','D'))",
    "I01": "abs(income_net - (income_wage + income_business + income_property + income_transfer - cost_business)) > 0.025",
    "I02": "member_count BETWEEN 1 AND 30 AND abs(income_net_pc * member_count - income_net) > 0.005 * member_count",
    "I07a": "abs(income_transfer - (coalesce(transfer_family_planning, 0) + coalesce(transfer_dibao, 0) + coalesce(transfer_tekun, 0)"
    " + coalesce(transfer_pension, 0) + coalesce(transfer_ecology, 0) + coalesce(transfer_other, 0))) > 0.03",
    "I07b": "abs(income_property - (coalesce(property_dividend, 0) + coalesce(property_other, 0))) > 0.01",
}


def by_hand(path: Path, out: Path, denominators: bool = False) -> dict[str, int]:
    """One query: every violation as (rule, household) to Parquet; then their counts.  CSV is read once, all but texts with the types that DuckDB finds.

    With `denominators` one more, that counts for each rule how many it holds of, and of how many it can be told.
    """
    connection = duckdb.connect()
    if path.suffix == ".csv":
        texts = ", ".join(f"{c}: 'VARCHAR'" for c in TEXTS)
        connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', types = {{{texts}}})")
    else:
        connection.execute(f"CREATE VIEW t AS SELECT * FROM '{path}'")
    rules = ", ".join(f"CASE WHEN {predicate} THEN '{rule}' END" for rule, predicate in BY_HAND.items())
    some = " OR ".join(f"({p})" for p in BY_HAND.values())
    connection.execute(
        f"COPY (SELECT * FROM (SELECT unnest([{rules}]) AS rule, household_id AS unit FROM t WHERE {some}) WHERE rule IS NOT NULL ORDER BY ALL)"
        f" TO '{out}' (FORMAT parquet)"
    )
    if denominators:
        counts = ", ".join(f"count_if({predicate}), count({predicate})" for predicate in BY_HAND.values())
        connection.execute(f"SELECT count(*), {counts} FROM t").fetchall()
    return dict(connection.execute(f"SELECT rule, count(*) FROM '{out}' GROUP BY 1").fetchall())


HAND, COUNTED, SCANS, WHOLE = (
    "by hand, one DuckDB query", "by hand, one more query for every rule's denominator", "engine, its scans: violations and counts of all rules", "engine, whole check: survey, messages, evidence, overview",
)  # fmt: skip


class TimedEngine(DuckDBEngine):
    """DuckDB with a watch on the scans of a plan, and on reading text."""

    def __init__(self) -> None:
        super().__init__()
        self.scans = 0.0

    def add_csv(self, *given: Any, **options: Any) -> bool:
        """See Engine."""
        start = time.perf_counter()
        held = super().add_csv(*given, **options)
        self.scans += time.perf_counter() - start
        return held

    def side_by_side(self) -> None:
        """One thing at a time, or nobody could tell what took how long."""

    def table(self, table: str, sql: str) -> None:
        """See Engine."""
        start = time.perf_counter()
        super().table(table, sql)
        self.scans += time.perf_counter() - start if table.startswith(("judged_", "hits_", "repeated_")) else 0.0

    def one(self, sql: str) -> Mapping[str, int]:
        """See Engine."""
        start = time.perf_counter()
        row = super().one(sql)
        self.scans += time.perf_counter() - start if "units" in row else 0.0
        return row


def by_engine(path: Path, out: Path, scans: list[float]) -> dict[str, int]:
    """The product: the same rules, and the denominators, messages, evidence, order, overview and verdicts besides."""
    from census_cli.report import parquet

    engine = TimedEngine()
    try:
        checked = run_check(engine, from_files([path]), Options(select=tuple(BY_HAND)))
        with out.open("wb") as file:
            parquet.write(checked, file)
    finally:
        engine.close()
    scans.append(engine.scans)
    return {r.id: r.violated for r in checked.summary.rules if r.violated}


def raced(path: Path, out: Path) -> dict[str, list[float]]:
    """Each in turn, three times; what they find must be the same."""
    times: dict[str, list[float]] = {label: [] for label in (HAND, COUNTED, SCANS, WHOLE)}
    for _ in range(3):
        start = time.perf_counter()
        expected = by_hand(path, out)
        times[HAND].append(time.perf_counter() - start)
        start = time.perf_counter()
        by_hand(path, out, denominators=True)
        times[COUNTED].append(time.perf_counter() - start)
        start = time.perf_counter()
        found = by_engine(path, out, times[SCANS])
        times[WHOLE].append(time.perf_counter() - start)
        assert expected == found, (expected, found)
    told = f"{len(BY_HAND)} predicates, {sum(found.values()):,} violations, the same by hand and by the engine"
    print(f"{ROWS:,} households from {path.suffix[1:]}, {told}")
    return times


def main() -> None:
    """Print the medians and their ratios to the query written by hand."""
    with tempfile.TemporaryDirectory() as folder:
        parquet, csv = Path(folder, "household.parquet"), Path(folder, "household.csv")
        duckdb.execute(MAKE.format(rows=ROWS, path=parquet))
        duckdb.execute(f"COPY (SELECT * FROM '{parquet}') TO '{csv}' (HEADER)")
        for path in (parquet, csv):
            times = {label: median(seconds) for label, seconds in raced(path, Path(folder, "out.parquet")).items()}
            for label, seconds in times.items():
                print(f"  {label:60} {seconds:6.2f} s   {seconds / times[HAND]:5.2f}   {seconds / times[COUNTED]:5.2f}")


if __name__ == "__main__":
    main()
