"""Plants faults: chooses rows, says what their cells become, and notes every discrepancy and verdict that must follow.

A fault belongs to one unit (household), or to one group (village) whose units then stay sound, so that no two faults meet.
Which unit gets a fault follows from its number alone, never from the chunk in which it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.sql.words import both, listed, name, string
from census_cli.synth.load import Kitchen
from census_cli.synth.models import Fault, Rows
from census_cli.synth.writing import PLANTED, VERDICTS

# Of the units among which a fault is to fall, so many are looked at; and so many kinds of fault, from the one whose turn it is.
CANDIDATES = 12
KINDS_TRIED = 24

Kinds = list[tuple[int, Fault]]


class Planting:
    """The faults of one survey.  `plant` chooses them for the chunk now in the engine; `rows` then gives a table with them."""

    def __init__(self, kitchen: Kitchen, units: int, groups: int, errors: float) -> None:
        self._kitchen = kitchen
        self._all_units, self._all_groups = units, groups
        # One village at least, so that small surveys show such faults too.
        self.unit_faults = min(units, round(units * errors))
        self.group_faults = min(groups, max(1, round(groups * errors))) if self.unit_faults else 0
        faults = kitchen.faults
        self._by_group = list(enumerate(f for f in faults if self._scope(f) == "group"))
        start = len(self._by_group)
        self._by_unit = list(enumerate((f for f in faults if self._scope(f) != "group"), start))
        self._all: Kinds = [*self._by_group, *self._by_unit]

    def _scope(self, fault: Fault) -> Rows:
        return self._kitchen.recipe.tables[fault.table].rows

    # Choosing

    def plant(self, engine: DuckDBEngine) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
        """Choose faults for the tables in an engine; yields the discrepancies and the verdicts that must follow."""
        engine.table("faulty_groups", self._faulty_groups())
        engine.table("candidates", self._candidates())
        engine.table("chosen", self._chosen())
        engine.table("faulty", self._faulty())
        return _fetched(engine, self._planted(), PLANTED), _fetched(engine, self._verdicts(), VERDICTS)

    def _faulty_groups(self) -> str:
        """One group of every stretch of `groups / faults`."""
        turn = f"group_no * {self.group_faults} // {self._all_groups}"
        first = f"(turn * {self._all_groups} + {self.group_faults} - 1) // {self.group_faults}"
        last = f"((turn + 1) * {self._all_groups} + {self.group_faults} - 1) // {self.group_faults} - 1"
        return (
            f"SELECT group_no, turn FROM (SELECT group_no, {turn} AS turn FROM {self._table('group')})"
            f" WHERE group_no = within(luck(turn), 'faulty group', {first}, {last})"
        )

    def _candidates(self) -> str:
        """The first units of every stretch of `units / faults` that lie in the group of the very first."""
        turn = f"unit_no * {self.unit_faults} // {self._all_units}"
        first = f"(turn * {self._all_units} + {self.unit_faults} - 1) // {self.unit_faults}"
        return (
            f"SELECT unit_no, group_no, turn FROM (SELECT unit_no, group_no, {turn} AS turn FROM {self._table('unit')})"
            f" JOIN plan USING (group_no) WHERE unit_no < {first} + {CANDIDATES} AND {first} >= first_unit"
            " AND group_no NOT IN (SELECT group_no FROM faulty_groups)"
        )

    def _chosen(self) -> str:
        """Of all faults that are possible on the candidates of a turn, the one whose turn it is, or the next."""
        options = []
        if self._by_group:
            options.append(self._options(self._by_group, "faulty_groups AS candidate", "NULL::BIGINT", "0", "group"))
        for table, made in self._kitchen.recipe.tables.items():
            kinds = [(k, f) for k, f in self._by_unit if f.table == table]
            if kinds:
                member = f"{table}.member_no" if made.rows == "member" else "0"
                options.append(self._options(kinds, "candidates AS candidate", "candidate.unit_no", member, "unit", table))
        union = "\nUNION ALL\n".join(options)
        best = "arg_min({'kind': kind, 'group_no': group_no, 'unit_no': unit_no, 'member_no': member_no}, rank)"
        return f"SELECT unnest(best) FROM (SELECT {best} AS best FROM ({union}) GROUP BY of_group, turn)"

    def _options(self, kinds: Kinds, candidates: str, unit: str, member: str, scope: Rows, table: str = "") -> str:
        among = self._by_group if scope == "group" else self._by_unit
        distance = f"((kind - {among[0][0]} - turn) % {len(among)} + {len(among)}) % {len(among)}"
        asked = [
            f"CASE WHEN (({kind - among[0][0]} - candidate.turn) % {len(among)} + {len(among)}) % {len(among)} < {KINDS_TRIED}"
            f" AND ({fault.where}) THEN {kind} END"
            for kind, fault in kinds
        ]
        possible = f"list_filter([{', '.join(asked)}], lambda kind: kind IS NOT NULL)"
        rows = f"{candidates} JOIN {self._joined(scope, table)}"
        return (
            f"SELECT *, ({distance}) * 68719476736 + draw(luck(coalesce(unit_no, group_no)), 'which unit')::BIGINT * 16 + member_no AS rank,"
            f" {string(scope)} = 'group' AS of_group FROM (SELECT candidate.turn, candidate.group_no, {unit} AS unit_no,"
            f" {member}::BIGINT AS member_no, unnest({possible}) AS kind FROM {rows})"
        )

    def _joined(self, scope: Rows, table: str) -> str:
        """The tables that the conditions of a fault may speak of, to be joined to candidates."""
        group = self._table("group")
        joins = [f"{group} ON {group}.group_no = candidate.group_no"]
        if scope == "unit":
            joins += [f"{t} ON {t}.unit_no = candidate.unit_no" for t in self._tables("unit")]
            joins += [f"{table} ON {table}.unit_no = candidate.unit_no"] if table in self._tables("member") else []
        return " JOIN ".join(joins)

    def _faulty(self) -> str:
        """The rows at which a fault is, each table's row as one value: `person.age` reads alike here and among the candidates."""
        group = self._table("group")
        joins = [f"LEFT JOIN {group} ON {group}.group_no = chosen.group_no"]
        joins += [f"LEFT JOIN {t} ON {t}.unit_no = chosen.unit_no" for t in self._tables("unit")]
        joins += [
            f"LEFT JOIN {t} ON {t}.unit_no = chosen.unit_no AND {t}.member_no = chosen.member_no" for t in self._tables("member")
        ]
        return f"SELECT chosen.*, {', '.join(self._kitchen.recipe.tables)} FROM chosen {' '.join(joins)}"

    def _table(self, rows: Rows) -> str:
        return self._tables(rows)[0]

    def _tables(self, rows: Rows) -> list[str]:
        return [name for name, made in self._kitchen.recipe.tables.items() if made.rows == rows]

    # The rows with their faults

    def rows(self, table: str) -> str:
        """A SELECT of a table's fields as text and of its ordering columns (`#…`), with what the faults made of it."""
        sound = self._cells(table, "sound", {})
        if not self.unit_faults:
            return f"SELECT {listed(sound)} FROM {name(table)} AS sound"
        touching = [(k, f) for k, f in self._all if any(n.partition(".")[0] == table for n in f.set) or table in f.repeat]
        dropping = [(k, f) for k, f in self._all if table in f.drop]
        made = self._kitchen.recipe.tables[table]
        keys = {"group": ["group_no"], "unit": ["unit_no"], "member": ["unit_no", "member_no"]}[made.rows]
        kept = [_not_among(keys, touching), _not_among(keys[:1], dropping)]
        parts = [f"SELECT {listed(sound)} FROM {name(table)} AS sound WHERE {both(filter(None, kept))}"]
        if touching:
            changed = self._cells(table, name(table), self._changes(table, touching))
            parts.append(f"SELECT {listed(changed)} FROM faulty WHERE {_is_one(touching)}")
            repeated = [(k, f) for k, f in touching if table in f.repeat]
            if repeated:
                parts.append(f"SELECT {listed(changed)} FROM faulty WHERE {_is_one(repeated)}")
        return "\nUNION ALL\n".join(parts)

    def _cells(self, table: str, row: str, changes: dict[str, str]) -> list[str]:
        cells = []
        for field in self._kitchen.tables[table].fields:
            plain = f"CAST({row}.{name(field.name)} AS VARCHAR)"
            cases = changes.get(field.name)
            cells.append(f"{f'CASE kind {cases} ELSE {plain} END' if cases else plain} AS {name(field.name)}")
        return [*cells, *(f"{row}.{name(o)} AS {name('#' + o)}" for o in self._kitchen.recipe.tables[table].order)]

    def _changes(self, table: str, kinds: Kinds) -> dict[str, str]:
        """For each field that a fault sets, the cases of a CASE over the kinds of fault."""
        changes: dict[str, str] = {}
        for kind, fault in kinds:
            for column, sql in fault.set.items():
                of, _, field = column.partition(".")
                if of == table:
                    changes[field] = f"{changes.get(field, '')} WHEN {kind} THEN CAST({sql} AS VARCHAR)".strip()
        return changes

    # What must be found

    def _planted(self) -> str:
        return "\nUNION ALL\n".join(self._discrepancies())

    def _discrepancies(self) -> Iterator[str]:
        for kind, fault in self._all:
            for expected in fault.rules:
                table = expected.table or fault.table
                unit = expected.unit or self._unit(fault, table)
                yield _noted({"rule": expected.rule, "table": table, "field": expected.field}, unit, kind, expected.when)
            for line in fault.verdicts:
                assurance, told = self._kitchen.line(line)
                if told.verdict != "unknown":
                    unit_table = self._table("unit")
                    columns = {"rule": f"ASR-{assurance}", "table": unit_table, "field": told.field}
                    yield _noted(columns, self._unit(fault, unit_table), kind, None)

    def _verdicts(self) -> str:
        """One row for the unit, and one for the member where the assurance is judged by member."""
        selects = []
        for kind, fault in self._all:
            for line in fault.verdicts:
                assurance, told = self._kitchen.line(line)
                judged = [self._table("unit")]
                if self._scope(fault) == "member" and assurance in self._kitchen.verdicts.judged_by_member:
                    judged.append(fault.table)
                for table in judged:
                    columns = {"table": table, "assurance": assurance, "verdict": told.verdict, "reason_code": told.reason}
                    selects.append(_noted(columns, self._unit(fault, table), kind, None))
        return "\nUNION ALL\n".join(selects)

    def _unit(self, fault: Fault, table: str) -> str:
        """The key of a row as the check will show it: the parts as they were made, joined by `/`."""
        parts = (fault.set.get(f"{table}.{k}", f"{table}.{k}") for k in self._kitchen.tables[table].primaryKey)
        return " || '/' || ".join(parts)


def _fetched(engine: DuckDBEngine, sql: str, columns: Sequence[str]) -> set[tuple[str, ...]]:
    named = ", ".join(map(name, columns))
    return {tuple(row.values()) for batch in engine.stream(f"SELECT {named} FROM ({sql})") for row in batch.to_pylist()}


def _noted(columns: dict[str, str], unit: str, kind: int, when: str | None) -> str:
    named = ", ".join(f"{string(value)} AS {name(column)}" for column, value in columns.items())
    return f"SELECT {named}, ({unit})::VARCHAR AS unit FROM faulty WHERE kind = {kind} AND ({when or 'true'})"


def _is_one(kinds: Kinds) -> str:
    return f"kind IN ({', '.join(str(k) for k, _ in kinds)})"


def _not_among(keys: list[str], kinds: Kinds) -> str:
    """That a row is not one that these kinds of fault touch; empty where there are none."""
    if not kinds:
        return ""
    same = both(f"faulty.{key} = sound.{key}" for key in keys)
    return f"NOT EXISTS (SELECT 1 FROM faulty WHERE {_is_one(kinds)} AND {same})"
