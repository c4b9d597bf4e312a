"""Reading alone: our reader against DuckDB, Polars and pyarrow on plain CSV, and against pandas on GB18030 and a workbook, all as text.

Every reader must have seen the same cells before a time is printed. `CENSUS_BENCH_HOUSEHOLDS=1000000` gives the full size.
"""

from __future__ import annotations

import csv
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.opening import open_survey
from census_cli.options import quietly
from census_cli.raw import hold_files
from census_cli.reading.discover import discover
from census_cli.sql.plan import vocabulary
from census_cli.synth.making import Order, make_survey

HOUSEHOLDS = int(os.environ.get("CENSUS_BENCH_HOUSEHOLDS", "300000"))
SMALL, COLUMNS = 100_000, 20
RUNS, RUNS_OF_A_WORKBOOK = 3, 1

Sum = tuple[int, int]

BOUND = open_survey("registered-households")
TABLES = [BOUND.tables[t].model for t in BOUND.file.tables]
HOUSEHOLD = next(t for t in TABLES if t.name == "household")
FIELDS = [f for f in HOUSEHOLD.fields if not f.made]
TITLES = [f.title.zh for f in FIELDS]


def summed(source: object, columns: Sequence[str]) -> Sum:
    """Rows, and a checksum of every cell in its place; a blank cell counts as one that is missing."""
    connection = duckdb.connect()
    connection.register("read", source)
    row = ", ".join(f"coalesce(CAST(\"{c}\" AS VARCHAR), '')" for c in columns)
    found = connection.execute(f"SELECT count(*), CAST(sum(hash({row})) % 1000000007 AS BIGINT) FROM read").fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def by_census(path: Path) -> DuckDBEngine:
    """Our reader: the file found, looked at and hashed, its header matched, its rows held by the engine."""
    engine = DuckDBEngine()
    engine.teach(vocabulary(BOUND))
    hold_files(engine, discover([path], TABLES, None, engine.spill).files, quietly)
    return engine


def by_duckdb(path: Path) -> object:
    """DuckDB's own reader, told all, into a table."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', all_varchar=true, header=true)")
    return connection.table("t")


def by_polars(path: Path) -> object:
    """Polars, every column as text."""
    import polars

    return polars.read_csv(path, infer_schema=False)


def by_pyarrow(path: Path) -> object:
    """pyarrow's reader, every column as text."""
    from pyarrow import csv as reader

    return reader.read_csv(path, convert_options=reader.ConvertOptions(column_types=dict.fromkeys(TITLES, pa.string())))


def by_pandas(path: Path) -> object:
    """pandas, every column as text."""
    import pandas

    if path.suffix == ".xlsx":
        return pandas.read_excel(path, dtype=str, engine="calamine")
    return pandas.read_csv(path, dtype=str, encoding="gb18030", keep_default_na=False)


def race(
    label: str, path: Path, others: Mapping[str, Callable[[Path], object]], columns: Sequence[str], runs: int = RUNS
) -> None:
    """Read a file by each in turn, hold the results against one another, and print the medians and their ratios."""
    readers = {"census": by_census} | dict(others)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in readers}
    sums: dict[str, Sum] = {}
    for _ in range(runs):
        for name, read in readers.items():
            wall, processor = time.perf_counter(), time.process_time()
            held = read(path)
            times[name].append((time.perf_counter() - wall, time.process_time() - processor))
            if name not in sums:
                sums[name] = cells_of(held, columns)
            if isinstance(held, DuckDBEngine):
                held.close()
            del held
    assert len(set(sums.values())) == 1, sums
    rows = sums["census"][0]
    print(f"{label}: {rows:,} rows of {len(columns)} columns, {path.stat().st_size / 1e6:,.0f} MB, every cell the same")
    middle = {name: [sorted(of)[runs // 2] for of in zip(*pairs, strict=True)] for name, pairs in times.items()}
    own = middle["census"]
    for name, (wall, processor) in middle.items():
        ratios = f"census takes {own[0] / wall:5.2f} × the time, {own[1] / processor:5.2f} × the processor"
        print(f"  {name:20} {wall:7.2f} s {processor:7.2f} s of processors  {rows / wall:9,.0f} rows/s   {ratios}")


def cells_of(held: object, columns: Sequence[str]) -> Sum:
    """Rows and checksum of what a reader holds."""
    if isinstance(held, DuckDBEngine):
        names = {f.title.zh: f.name for f in FIELDS}
        listed = ", ".join(f'"{names[c]}" AS "{c}"' for c in columns)
        return summed(pa.Table.from_batches(list(held.stream(f"SELECT {listed} FROM raw_household"))), columns)
    for convert in ("to_arrow_table", "to_arrow"):
        if hasattr(held, convert):
            return summed(getattr(held, convert)(), columns)
    return summed(held, columns)


def made(folder: Path) -> tuple[Path, Path, Path]:
    """The files: household CSV in UTF-8, and part of it, with fewer columns, in GB18030 and as a workbook."""
    import xlsxwriter

    make_survey(folder / "survey", Order(HOUSEHOLDS, 7, 0.02, "csv", "zh"))
    whole = folder / "survey" / "household.csv"
    (folder / "gb").mkdir()
    (folder / "xlsx").mkdir()
    packed, book = folder / "gb" / "household.csv", folder / "xlsx" / "household.xlsx"
    with whole.open(encoding="utf-8", newline="") as file, packed.open("w", encoding="gb18030", newline="") as out:
        workbook = xlsxwriter.Workbook(book, {"constant_memory": True, "strings_to_numbers": False})
        sheet, writer = workbook.add_worksheet("household"), csv.writer(out, lineterminator="\n")
        for number, record in enumerate(csv.reader(file)):
            if number > SMALL:
                break
            cells = [record[place] for place in PLACES]
            writer.writerow(cells)
            for place, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, place, cell)
        workbook.close()
    return whole, packed, book


# Answers of every kind: numbers of people and places, codes, dates, amounts.
PLACES = [
    i for i, f in enumerate(FIELDS)
    if f.name in {
        "household_id", "village_code", "village_name", "address", "head_name", "head_id_number", "phone", "member_count", "household_type",
        "poverty_status", "main_cause", "registered_on", "enumerator_id", "food_enough", "house_grade", "water_source", "income_wage",
        "income_transfer", "income_net", "income_net_pc",
    }
]  # fmt: skip


def main() -> None:
    """Print every race."""
    with tempfile.TemporaryDirectory() as folder:
        whole, packed, book = made(Path(folder))
        some = [TITLES[i] for i in PLACES]
        assert len(some) == COLUMNS
        race("CSV in UTF-8", whole, {"duckdb.read_csv": by_duckdb, "polars": by_polars, "pyarrow.csv": by_pyarrow}, TITLES)
        race("CSV in GB18030", packed, {"pandas": by_pandas}, some)
        race("workbook", book, {"pandas (calamine)": by_pandas}, some, RUNS_OF_A_WORKBOOK)


if __name__ == "__main__":
    main()
