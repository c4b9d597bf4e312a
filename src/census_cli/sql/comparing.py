"""What two profiles say differently of the same rows: units with another verdict, discrepancies that only one of them tells, as SQL."""

from __future__ import annotations

from dataclasses import dataclass

from census_cli.sql.showing import key_parts, unit_name
from census_cli.sql.verdicts import Verdicts
from census_cli.sql.words import either, listed, name, string

BEFORE, AFTER = "<", ">"
"""Before the name of an assurance: its ending under the profile compared with, and under the other."""


@dataclass(frozen=True)
class Shifts:
    """Spells the comparison of the verdicts of two runs; `units` is the table of the units whose verdicts differ."""

    first: Verdicts
    other: Verdicts

    @property
    def table(self) -> str:
        """The name of the table of units with another verdict."""
        return f"changed_{self.other.run}"

    def assurances(self) -> list[str]:
        """The assurances that both profiles judge."""
        judged = self.other.relations.bound.assurances
        return [n for n in self.first.relations.bound.assurances if n in judged]

    def made(self) -> str:
        """The units with another verdict on any assurance, with the numbers of all endings under both."""
        unit = self.first.unit
        names = self.assurances()
        endings = [f"{side}.{name(n)} AS {name(mark + n)}" for n in names for side, mark in (("a", BEFORE), ("b", AFTER))]
        differ = [f"{self.first.rank(n, f'a.{name(n)}')} <> {self.other.rank(n, f'b.{name(n)}')}" for n in names]
        return (
            f"SELECT {listed(['a.source', 'a.row', *endings])}\nFROM {name(self.first.table(unit))} a"
            f" JOIN {name(self.other.table(unit))} b ON b.source = a.source AND b.row = a.row\nWHERE {either(differ)}"
        )

    def counted(self) -> str:
        """How many units have which two endings, by assurance."""
        selects = [
            f"SELECT {string(n)} AS assurance, {name(BEFORE + n)} AS was, {name(AFTER + n)} AS {name('now')}, count(*) AS n"
            f" FROM {name(self.table)} GROUP BY {name(BEFORE + n)}, {name(AFTER + n)}"
            for n in self.assurances()
        ]
        return "\nUNION ALL\n".join(selects)

    def units(self, most: int) -> str:
        """The first of the units, with their keys as reports have them."""
        relations, unit = self.first.relations, self.first.unit
        keys = [k for k in relations.bound.tables[unit].model.primaryKey if k in relations.stored[unit]]
        key = unit_name(key_parts(relations, unit), "p.row")
        endings = [f"c.{name(mark + n)}" for n in self.assurances() for mark in (BEFORE, AFTER)]
        return (
            f"SELECT {key} AS unit, {listed(endings)}\nFROM {name(self.table)} c"
            f" JOIN ({relations.select(unit, [], keys)}) p ON p.source = c.source AND p.row = c.row\n"
            f"ORDER BY unit, c.source, c.row LIMIT {most}"
        )


def told_once(first: str, other: str) -> str:
    """The discrepancies that one of two profiles tells and the other does not."""
    place = f"rule, {name('table')}, unit, source, {name('row')}"
    return (
        f"SELECT {place}, min(profile) AS profile, min(severity) AS severity, min(message) AS message FROM discrepancies"
        f" WHERE profile IN ({string(first)}, {string(other)}) GROUP BY {place} HAVING min(profile) = max(profile)"
    )


def told_first(table: str, most: int) -> str:
    """Of a table of such discrepancies, how many each rule has under each profile, and the first of them."""
    return (
        f"SELECT rule, severity, profile, {name('table')}, unit, message, n FROM (SELECT *, count(*) OVER (PARTITION BY rule, profile) AS n,"
        f" row_number() OVER (PARTITION BY rule, profile ORDER BY unit, source, {name('row')}) AS place FROM {name(table)})"
        f" WHERE place <= {most} ORDER BY rule, profile, place"
    )
