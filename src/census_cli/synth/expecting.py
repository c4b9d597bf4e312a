"""What must be found in a survey with faults: the discrepancies and verdicts that follow from each fault.  No fault is chosen here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.sql.words import listed, name
from census_cli.survey.models import VERDICTS as BY_RANK
from census_cli.synth.load import Kitchen
from census_cli.synth.models import Expected, Fault, Unmet

PLANTED = ("rule", "table", "unit", "field")
VERDICTS = ("table", "unit", "assurance", "verdict", "reason_code")

Lines = set[tuple[str, ...]]


@dataclass
class Found:
    """What must be found: lines of `planted.csv` and of `planted_verdicts.csv`, in their columns."""

    planted: Lines = field(default_factory=set)
    verdicts: Lines = field(default_factory=set)

    def add(self, other: Found) -> None:
        """Take in what must be found elsewhere."""
        self.planted |= other.planted
        self.verdicts |= other.verdicts


@dataclass(frozen=True)
class Note:
    """One line that follows from a fault: SQL for its unit and its condition over the rows at the fault, and the rest as it is."""

    unit: str
    when: str
    planted: dict[str, str] | None = None
    verdict: dict[str, str] | None = None

    def write(self, unit: str, into: Found) -> None:
        """Add the line of one unit."""
        if self.planted is not None:
            into.planted.add(tuple(({"unit": unit} | self.planted)[c] for c in PLANTED))
        if self.verdict is not None:
            into.verdicts.add(tuple(({"unit": unit} | self.verdict)[c] for c in VERDICTS))


class Expecting:
    """The lines that follow from the kinds of fault of a survey."""

    def __init__(self, kitchen: Kitchen, kinds: Sequence[tuple[int, Fault]]) -> None:
        self._kitchen = kitchen
        self._unit_table = next(table for table, made in kitchen.recipe.tables.items() if made.rows == "unit")
        self._notes = {kind: list(self._of(fault)) for kind, fault in kinds}

    def read(self, engine: DuckDBEngine) -> Found:
        """What follows from the rows in `faulty`, which holds the kind of each fault and the rows of all tables at it."""
        units = list(dict.fromkeys((note.unit, note.when) for notes in self._notes.values() for note in notes))
        columns = [f"CASE WHEN {when} THEN CAST({unit} AS VARCHAR) END AS {name(f'{i}')}" for i, (unit, when) in enumerate(units)]
        found = Found()
        for batch in engine.stream(f"SELECT {listed(['kind', *columns])} FROM faulty"):
            for row in batch.to_pylist():
                for note in self._notes.get(row["kind"], ()):
                    unit = row[str(units.index((note.unit, note.when)))]
                    if unit is not None:
                        note.write(unit, found)
        return found

    def _of(self, fault: Fault) -> Iterator[Note]:
        for expected in fault.rules:
            yield self._of_rule(fault, expected)
        for unmet in fault.verdicts:
            verdict = self._kitchen.verdict(unmet) or "unknown"
            if verdict != "unknown" and unmet.told:
                planted = {"rule": f"ASR-{unmet.assurance}", "table": self._unit_table, "field": unmet.field}
                yield Note(self._unit(fault, self._unit_table), "true", planted=planted)
            told = {"assurance": unmet.assurance, "verdict": verdict, "reason_code": unmet.code}
            for table in dict.fromkeys((self._unit_table, self._judged(fault, unmet))):
                yield Note(self._unit(fault, table), "true", verdict=told | {"table": table})
        for told in self._worst(fault):
            yield Note(self._unit(fault, self._unit_table), "true", verdict=told | {"table": self._unit_table})

    def _of_rule(self, fault: Fault, expected: Expected) -> Note:
        table = expected.table or fault.table
        planted = {"rule": expected.rule, "table": table, "field": expected.field}
        return Note(expected.unit or self._unit(fault, table), expected.when or "true", planted=planted)

    def _worst(self, fault: Fault) -> Iterator[dict[str, str]]:
        """The verdicts that are the worst of others; their code names those that are as bad."""
        verdicts = {unmet.assurance: self._kitchen.verdict(unmet) or "unknown" for unmet in fault.verdicts}
        for worst_of, assurance in self._kitchen.assurances.items():
            among = [of for of in assurance.worst_of or () if of in verdicts]
            if among:
                worst = min((verdicts[of] for of in among), key=BY_RANK.index)
                yield {
                    "assurance": worst_of,
                    "verdict": worst,
                    "reason_code": ",".join(of for of in among if verdicts[of] == worst),
                }

    def _judged(self, fault: Fault, unmet: Unmet) -> str:
        """The table whose row at the fault has the verdict."""
        judged = self._kitchen.assurances[unmet.assurance].table
        return judged if judged == fault.table else self._unit_table

    def _unit(self, fault: Fault, table: str) -> str:
        """The key of a row as the check will show it: the parts as the fault left them, joined by `/`."""
        parts = (fault.set.get(f"{table}.{k}", f"{table}.{k}") for k in self._kitchen.tables[table].primaryKey)
        return " || '/' || ".join(parts)
