"""The peers of benches/forty.py: each holds the forty rules against a Parquet file and writes (rule, unit) for every failing row.

`python benches/forty_peers.py "pandas by hand" data.parquet out.parquet` runs one, in a process that imports no other.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forty_rules import FAILS
from forty_words import IN_PANDAS, USED, in_polars, in_sql

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def duckdb(data: Path, out: Path) -> None:
    """One pass: every failing rule and household to Parquet, as a statistician would write it."""
    import duckdb

    fails = in_sql()
    rules = ", ".join(f"CASE WHEN {f} THEN '{r}' END" for r, f in fails.items())
    some = " OR ".join(f"({f})" for f in fails.values())
    duckdb.execute(
        f"COPY (SELECT * FROM (SELECT unnest([{rules}]) AS rule, hh_id AS unit FROM '{data}' WHERE {some}) WHERE rule IS NOT NULL)"
        f" TO '{out}' (FORMAT parquet)"
    )


def polars(data: Path, out: Path) -> None:
    """One lazy pass over the same conditions."""
    import polars as pl

    hits = pl.scan_parquet(data).select("hh_id", **in_polars()).filter(pl.any_horizontal(list(FAILS))).collect()
    write({r: hits.filter(pl.col(r)) for r in FAILS}, out)


def pandas(data: Path, out: Path) -> None:
    """A mask for each rule."""
    import pandas as pd

    frame = pd.read_parquet(data, columns=USED)
    found = [pd.DataFrame({"rule": r, "unit": frame.loc[fails(frame), "hh_id"]}) for r, fails in IN_PANDAS.items()]
    pd.concat(found).to_parquet(out, index=False)


def pydantic(data: Path, out: Path) -> None:
    """A model for each row, and plain Python for what lies across its columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from forty_pydantic import found

    rules, units = zip(*found(data), strict=True)
    pq.write_table(pa.table({"rule": rules, "unit": units}), out)


def dataframely(data: Path, out: Path) -> None:
    """A schema with a rule for each; `filter` tells of every row which it fails."""
    import dataframely as dy
    import polars as pl

    frame = pl.read_parquet(data, columns=USED)
    columns = {c: getattr(dy, str(kind.base_type()))(nullable=True) for c, kind in frame.schema.items()}
    rules = {r: dy.rule()(lambda _, fails=fails: ~fails) for r, fails in in_polars().items()}
    household = type("Household", (dy.Schema,), columns | rules)
    details = household.filter(frame).failure.details()
    write({r: details.filter(pl.col(r) == "invalid") for r in FAILS}, out)


def pandera_polars(data: Path, out: Path) -> None:
    """A check of the frame for each rule; the failure cases name rule and row."""
    import pandera.polars as pa
    import polars as pl

    frame = pl.read_parquet(data, columns=USED)
    checks = [pa.Check(lambda d, fails=fails: d.lazyframe.select(~fails), name=r) for r, fails in in_polars().items()]
    cases = failures(pa.DataFrameSchema(checks=checks), frame)
    cases.select(pl.col("check").alias("rule"), frame["hh_id"].gather(cases["index"]).alias("unit")).write_parquet(out)


def pandera_pandas(data: Path, out: Path) -> None:
    """The same on pandas, whose failure cases name every column of a failing row."""
    import pandas as pd
    import pandera.pandas as pa

    frame = pd.read_parquet(data, columns=USED)
    checks = [pa.Check(lambda d, fails=fails: ~fails(d), name=r) for r, fails in IN_PANDAS.items()]
    cases = failures(pa.DataFrameSchema(checks=checks), frame)[["check", "index"]].drop_duplicates()
    pd.DataFrame({"rule": cases["check"], "unit": frame["hh_id"].to_numpy()[cases["index"].astype(int)]}).to_parquet(out)


def failures(schema: Any, frame: pl.DataFrame | pd.DataFrame) -> Any:
    """The failure cases of a pandera schema."""
    from pandera.errors import SchemaErrors

    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return errors.failure_cases
    raise AssertionError("there are faults in the data")


def pointblank(data: Path, out: Path) -> None:
    """A step for each rule, with all the rows that fail it as its extract."""
    import pointblank as pb
    import polars as pl

    frame = pl.read_parquet(data, columns=USED)
    plan = pb.Validate(frame)
    for fails in in_polars().values():
        plan = plan.col_vals_expr(~fails.fill_null(False))
    done = plan.interrogate(extract_limit=len(frame), collect_tbl_checked=False)
    write({r: done.get_data_extracts(i, frame=True) for i, r in enumerate(FAILS, 1)}, out)


def write(found: dict[str, pl.DataFrame], out: Path) -> None:
    """The rows that fail each rule as (rule, unit)."""
    import polars as pl

    pl.concat([rows.select(pl.lit(r).alias("rule"), pl.col("hh_id").alias("unit")) for r, rows in found.items()]).write_parquet(
        out
    )


PEERS = {
    "DuckDB by hand": duckdb,
    "Polars by hand": polars,
    "pandas by hand": pandas,
    "dataframely": dataframely,
    "pandera on Polars": pandera_polars,
    "pandera on pandas": pandera_pandas,
    "pointblank": pointblank,
    "Pydantic row by row": pydantic,
}
BASE = "DuckDB by hand"
ONCE = {"pandera on pandas", "Pydantic row by row"}  # the slow ones

if __name__ == "__main__":
    PEERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
