"""Plants faults: chooses rows, says what their cells become, and notes every discrepancy and verdict that must follow.

A fault belongs to one unit (household), or to one group (village); one that might meet others in the totals of its group has the
group to itself.  So no two faults meet, and each is answered as it would be alone.
Which unit gets a fault follows from its number alone, never from the chunk in which it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.sql.words import both, listed, name, string
from census_cli.survey.models import VERDICTS as VERDICTS_BY_RANK
from census_cli.synth.load import Kitchen
from census_cli.synth.models import Fault, Rows, Unmet
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
        self._by_group = list(enumerate(f for f in faults if f.alone or self._scope(f) == "group"))
        start = len(self._by_group)
        self._by_unit = list(enumerate((f for f in faults if not f.alone and self._scope(f) != "group"), start))
        self._all: Kinds = [*self._by_group, *self._by_unit]

    def _scope(self, fault: Fault) -> Rows:
        return self._kitchen.recipe.tables[fault.table].rows

    # Choosing

    def plant(self, engine: DuckDBEngine) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
        """Choose faults for the tables in an engine; yields the discrepancies and the verdicts that must follow."""
        engine.table("faulty_groups", self._faulty_groups())
        engine.table("chosen_groups", self._chosen(self._by_group, "faulty_groups"))
        engine.table("candidates", self._candidates())
        engine.table("chosen", f"FROM chosen_groups UNION ALL ({self._chosen(self._by_unit, 'candidates')})")
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
        """The first units of every stretch of `units / faults` that lie in the group of the very first, but for groups taken alone."""
        alone = [(k, f) for k, f in self._by_group if f.alone]
        turn = f"unit_no * {self.unit_faults} // {self._all_units}"
        first = f"(turn * {self._all_units} + {self.unit_faults} - 1) // {self.unit_faults}"
        return (
            f"SELECT unit_no, group_no, turn FROM (SELECT unit_no, group_no, {turn} AS turn FROM {self._table('unit')})"
            f" JOIN plan USING (group_no) WHERE unit_no < {first} + {CANDIDATES} AND {first} >= first_unit"
            f" AND group_no NOT IN (SELECT group_no FROM chosen_groups WHERE {_is_one(alone)})"
        )

    def _chosen(self, among: Kinds, candidates: str) -> str:
        """Of all faults that are possible on the candidates of a turn, the one whose turn it is, or the next."""
        tables = dict.fromkeys(fault.table for _, fault in among)
        options = "\nUNION ALL\n".join(self._options(table, among, candidates) for table in tables)
        best = "arg_min({'kind': kind, 'group_no': group_no, 'unit_no': unit_no, 'member_no': member_no}, rank)"
        return f"SELECT unnest(best) FROM (SELECT {best} AS best FROM ({options}) GROUP BY turn)"

    def _options(self, table: str, among: Kinds, candidates: str) -> str:
        """For the faults of one table: the rows of the candidates at which each is possible, by how long until it would be its turn."""
        first, kinds = among[0][0], len(among)
        possible = [
            f"CASE WHEN (({kind - first} - turn) % {kinds} + {kinds}) % {kinds} < {KINDS_TRIED} AND ({fault.where}) THEN {kind} END"
            for kind, fault in among if fault.table == table
        ]  # fmt: skip
        rows = self._kitchen.recipe.tables[table].rows
        unit = "NULL" if rows == "group" else f"{table}.unit_no"
        member = f"{table}.member_no" if rows == "member" else "0"
        columns = f"turn, candidate.group_no, {unit}::BIGINT AS unit_no, {member}::BIGINT AS member_no"
        listed_kinds = f"unnest(list_filter([{', '.join(possible)}], lambda kind: kind IS NOT NULL)) AS kind"
        wait = f"((kind - {first} - turn) % {kinds} + {kinds}) % {kinds}"
        which = "draw(luck(coalesce(unit_no, group_no) * 16 + member_no), 'which row')::BIGINT"
        return (
            f"SELECT *, ({wait} << 36) + {which} AS rank"
            f" FROM (SELECT {columns}, {listed_kinds} FROM {candidates} AS candidate JOIN {self._joined(table, candidates)})"
        )

    def _joined(self, table: str, candidates: str) -> str:
        """The tables that the conditions of a table's faults may speak of, to be joined to candidates."""
        group = self._table("group")
        joins = [f"{group} ON {group}.group_no = candidate.group_no"]
        if table != group:
            unit, *others = self._tables("unit")
            key = "unit_no" if candidates == "candidates" else "group_no"
            joins.append(f"{unit} ON {unit}.{key} = candidate.{key}")
            joins += [f"{t} ON {t}.unit_no = {unit}.unit_no" for t in others]
            joins += [f"{table} ON {table}.unit_no = {unit}.unit_no"] if table in self._tables("member") else []
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
            for unmet in fault.verdicts:
                if self._kitchen.verdict(unmet) != "unknown":
                    judged = self._table("unit")
                    columns = {"rule": f"ASR-{unmet.assurance}", "table": judged, "field": unmet.field}
                    yield _noted(columns, self._unit(fault, judged), kind, None)

    def _verdicts(self) -> str:
        """One row for the unit, one for the member where the assurance is judged by member, one for the worst of the unit's."""
        selects = []
        for kind, fault in self._all:
            for unmet in fault.verdicts:
                columns = {"assurance": unmet.assurance, "verdict": str(self._kitchen.verdict(unmet)), "reason_code": unmet.code}
                for table in dict.fromkeys((self._table("unit"), self._judged(fault, unmet))):
                    selects.append(_noted({**columns, "table": table}, self._unit(fault, table), kind, None))
            for columns in self._worst(fault):
                selects.append(_noted(columns, self._unit(fault, self._table("unit")), kind, None))
        return "\nUNION ALL BY NAME\n".join(selects)

    def _worst(self, fault: Fault) -> Iterator[dict[str, str]]:
        """The verdicts that are the worst of others; their code names those that are as bad."""
        verdicts = {unmet.assurance: self._kitchen.verdict(unmet) or "unknown" for unmet in fault.verdicts}
        for worst_of, assurance in self._kitchen.assurances.items():
            among = [of for of in assurance.worst_of or () if of in verdicts]
            if among:
                worst = min((verdicts[of] for of in among), key=VERDICTS_BY_RANK.index)
                code = ",".join(of for of in among if verdicts[of] == worst)
                yield {"table": self._table("unit"), "assurance": worst_of, "verdict": worst, "reason_code": code}

    def _judged(self, fault: Fault, unmet: Unmet) -> str:
        """The table whose row at the fault has the verdict."""
        judged = self._kitchen.assurances[unmet.assurance].table
        return judged if judged == fault.table else self._table("unit")

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
