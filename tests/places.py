"""Where things of the project lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "tests" / "sample"
IN_SAMPLE = 106
"""How many discrepancies the small sample has."""
