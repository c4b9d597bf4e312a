"""Notes beside the discrepancies that they explain."""

from __future__ import annotations

from collections.abc import Sequence

from census_cli.sql.words import both, listed, name

TABLE = "notes"


def explained(discrepancies: str, columns: Sequence[str]) -> str:
    """The discrepancies, those to verify closed by a note on the same discrepancy and the same value."""
    holds = "found.severity = 'verify' AND notes.words IS NOT NULL"
    made = {
        "state": f"CASE WHEN {holds} THEN 'explained' ELSE found.state END",
        "note": f"CASE WHEN {holds} THEN notes.words ELSE found.note END",
    }
    kept = [f"{made.get(c, f'found.{name(c)}')} AS {name(c)}" for c in columns]
    on = both(f"notes.{c} = found.{c}" for c in ("fingerprint", "evidence"))
    return f"SELECT {listed(kept)}\nFROM ({discrepancies}) found LEFT JOIN {TABLE} notes ON {on}"
