"""How long the program takes to start and to check the sample, as ratios to importing the bare libraries."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import typer": [sys.executable, "-c", "import typer"],
    "census --help": [sys.executable, "-m", "census_cli", "--help"],
    "import duckdb, pyarrow, pydantic, sqlglot, yaml, rich": [
        sys.executable, "-c", "import typer, duckdb, pyarrow, pydantic, sqlglot, yaml, rich.table",
    ],
    "census check sample_data": [sys.executable, "-m", "census_cli", "check", "sample_data"],
}  # fmt: skip
AGAINST = {"census --help": "import typer", "census check sample_data": "import duckdb, pyarrow, pydantic, sqlglot, yaml, rich"}


def main() -> None:
    """Print the median of each and the ratios."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
            seconds[name].append(time.perf_counter() - start)
    middle = {name: sorted(times)[RUNS // 2] for name, times in seconds.items()}
    for name, value in middle.items():
        ratio = f"   {value / middle[AGAINST[name]]:5.2f} × {AGAINST[name]}" if name in AGAINST else ""
        print(f"  {name:56} {value:6.2f} s{ratio}")


if __name__ == "__main__":
    main()
