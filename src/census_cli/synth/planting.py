"""Plants faults: chooses the rows and says what their cells become.  What must be found then is told in `expecting`.

A fault belongs to one unit (household), or to one group (village); one that might meet others in the totals of its group has the
group to itself.  So no two faults meet, and each is answered as it would be alone.
Which unit gets a fault follows from its number alone, never from the chunk in which it is made.
"""

from __future__ import annotations

from collections.abc import Callable

from census_cli.engines.duckdb import DuckDBEngine
from census_cli.sql.words import listed, name
from census_cli.survey.models import FieldModel
from census_cli.synth.expecting import Expecting, Found
from census_cli.synth.load import Kitchen
from census_cli.synth.models import Fault, Rows

# Of the units among which a fault is to fall, so many are looked at; and so many kinds of fault.
CANDIDATES = 8
KINDS_TRIED = 24
# One that is seldom possible may come so many turns before its own.
EARLY = 5

Kinds = list[tuple[int, Fault]]
Written = Callable[[FieldModel, str, bool], str]
"""SQL for a cell from SQL for its value, which is in its own type or text."""


class Planting:
    """The faults of one survey.  `plant` chooses them for the chunk now in the engine; `rows` then gives a table with them."""

    def __init__(self, kitchen: Kitchen, units: int, groups: int, errors: float) -> None:
        self._kitchen = kitchen
        self._all_units, self._all_groups = units, groups
        # One village at least, so that small surveys show such faults too.
        self.unit_faults = min(units, round(units * errors))
        self.group_faults = min(groups, max(1, round(groups * errors))) if self.unit_faults else 0
        faults = kitchen.faults
        self._by_group = list(enumerate(f for f in faults if f.alone or f.every or self._scope(f) == "group"))
        start = len(self._by_group)
        self._by_unit = list(enumerate((f for f in faults if not f.alone and not f.every and self._scope(f) != "group"), start))
        self._all: Kinds = [*self._by_group, *self._by_unit]
        self._expecting = Expecting(kitchen, self._all)

    def _scope(self, fault: Fault) -> Rows:
        return self._kitchen.recipe.tables[fault.table].rows

    # Choosing

    def plant(self, engine: DuckDBEngine) -> Found:
        """Choose faults for the tables in an engine and take the rows at them out of those; yields what must be found."""
        engine.table("faulty_groups", self._faulty_groups())
        engine.table("chosen_groups", self._chosen(self._by_group, "faulty_groups"))
        engine.table("candidates", self._candidates())
        engine.table("chosen", f"{self._spread()} UNION ALL ({self._chosen(self._by_unit, 'candidates')})")
        engine.table("faulty", self._faulty())
        for table in self._kitchen.recipe.tables:
            if self._touching(table):
                engine.table(f"changed_{table}", self._changed(table))
            # Cheaper than to leave them out while writing: a join would touch every cell of every row.
            engine.execute([f"DELETE FROM {name(table)} WHERE {condition}" for condition in self._gone(table)])
        return self._expecting.read(engine)

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
        alone = [(k, f) for k, f in self._by_group if f.alone or f.every]
        turn = f"unit_no * {self.unit_faults} // {self._all_units}"
        first = f"(turn * {self._all_units} + {self.unit_faults} - 1) // {self.unit_faults}"
        return (
            f"SELECT unit_no, group_no, turn FROM (SELECT unit_no, group_no, {turn} AS turn FROM {self._table('unit')})"
            f" JOIN plan USING (group_no) WHERE unit_no < {first} + {CANDIDATES} AND {first} >= first_unit"
            f" AND group_no NOT IN (SELECT group_no FROM chosen_groups WHERE {_is_one(alone)})"
        )

    def _chosen(self, among: Kinds, candidates: str) -> str:
        """Of all faults that are possible on the candidates of a turn, the one whose turn it is, or the nearest."""
        if not among:
            return "SELECT 0 AS kind, 0::BIGINT AS group_no, 0::BIGINT AS unit_no, 0::BIGINT AS member_no WHERE false"
        tables = dict.fromkeys(fault.table for _, fault in among)
        options = "\nUNION ALL\n".join(self._options(table, among, candidates) for table in tables)
        best = "arg_min({'kind': kind, 'group_no': group_no, 'unit_no': unit_no, 'member_no': member_no}, rank)"
        return f"SELECT unnest(best) FROM (SELECT {best} AS best FROM ({options}) GROUP BY turn)"

    def _spread(self) -> str:
        """The faults of groups; one that is at every unit of its group once for each."""
        every = _is_one([(k, f) for k, f in self._by_group if f.every])
        units = f"SELECT kind, group_no, {self._table('unit')}.unit_no, member_no FROM chosen_groups JOIN {self._table('unit')} USING (group_no)"
        return f"SELECT * FROM chosen_groups WHERE NOT {every} UNION ALL {units} WHERE {every}"

    def _options(self, table: str, among: Kinds, candidates: str) -> str:
        """For the faults of one table: the rows of the candidates at which each is possible, by how long until it would be its turn."""
        first, kinds = among[0][0], len(among)
        seldom = {kind for kind, fault in among if fault.seldom}
        possible = [
            f"CASE WHEN {_wait(f'{kind - first}', kinds, kind in seldom)} < {KINDS_TRIED} AND ({fault.where}) THEN {kind} END"
            for kind, fault in among if fault.table == table
        ]  # fmt: skip
        rows = self._kitchen.recipe.tables[table].rows
        unit = "NULL" if rows == "group" else f"{table}.unit_no"
        member = f"{table}.member_no" if rows == "member" else "0"
        columns = f"turn, on_turn, candidate.group_no, {unit}::BIGINT AS unit_no, {member}::BIGINT AS member_no"
        listed_kinds = f"unnest(list_filter([{', '.join(possible)}], lambda kind: kind IS NOT NULL)) AS kind"
        which = "draw(luck(coalesce(unit_no, group_no) * 16 + member_no), 'which row')::BIGINT"
        turns = f"(SELECT *, turn % {kinds} AS on_turn FROM {candidates}) AS candidate"
        wait = _wait(f"(kind - {first})", kinds)
        if seldom:
            early = _wait(f"(kind - {first})", kinds, seldom=True)
            wait = f"if(kind IN ({', '.join(map(str, sorted(seldom)))}), {early}, {wait})"
        return (
            f"SELECT *, (({wait} + {EARLY}) << 36) + {which} AS rank"  # no negative number is shifted
            f" FROM (SELECT {columns}, {listed_kinds} FROM {turns} JOIN {self._joined(table, candidates)})"
        )

    def _joined(self, table: str, candidates: str) -> str:
        """The tables that the conditions of a table's faults may speak of, to be joined to candidates."""
        groups = self._tables("group")
        # A table may have rows at some groups only, such as that of townships.
        joins = [f"{groups[0]} ON {groups[0]}.group_no = candidate.group_no"]
        joins += [f"{table} ON {table}.group_no = candidate.group_no"] if table in groups[1:] else []
        if table not in groups:
            unit, *others = self._tables("unit")
            key = "unit_no" if candidates == "candidates" else "group_no"
            joins.append(f"{unit} ON {unit}.{key} = candidate.{key}")
            joins += [f"{t} ON {t}.unit_no = {unit}.unit_no" for t in others]
            joins += [f"{table} ON {table}.unit_no = {unit}.unit_no"] if table in self._tables("member") else []
        return " JOIN ".join(joins)

    def _faulty(self) -> str:
        """The rows at which a fault is, each table's row as one value: `person.age` reads alike here and among the candidates."""
        few = "(SELECT * FROM {0} WHERE {1} IN (SELECT {1} FROM chosen)) AS {0} ON {0}.{1} = chosen.{1}"  # so that no whole table is hashed
        joins = [f"LEFT JOIN {few.format(t, 'group_no')}" for t in self._tables("group")]
        joins += [f"LEFT JOIN {few.format(t, 'unit_no')}" for t in self._tables("unit")]
        joins += [f"LEFT JOIN {few.format(t, 'unit_no')} AND {t}.member_no = chosen.member_no" for t in self._tables("member")]
        return f"SELECT chosen.*, {', '.join(self._kitchen.recipe.tables)} FROM chosen {' '.join(joins)}"

    def _table(self, rows: Rows) -> str:
        return self._tables(rows)[0]

    def _tables(self, rows: Rows) -> list[str]:
        return [name for name, made in self._kitchen.recipe.tables.items() if made.rows == rows]

    # The rows with their faults

    def rows(self, table: str, written: Written) -> str:
        """A SELECT of a table's cells and of its ordering columns (`#…`), with what the faults made of it."""
        sound = f"SELECT {listed(self._cells(table, written, set()))} FROM {name(table)}"
        touching = self._touching(table)
        if not self.unit_faults or not touching:
            return sound
        texts = {column.partition(".")[2] for _, f in touching for column in f.set if column.startswith(f"{table}.")}
        return f"{sound}\nUNION ALL\nSELECT {listed(self._cells(table, written, texts))} FROM changed_{table}"

    def _gone(self, table: str) -> list[str]:
        """Which rows of a table are no longer sound: those that faults touch, and all of a unit that lost them."""
        made = self._kitchen.recipe.tables[table]
        keys = {"group": ["group_no"], "unit": ["unit_no"], "member": ["unit_no", "member_no"]}[made.rows]
        dropping = [(k, f) for k, f in self._all if table in f.drop]
        return [_among(k, kinds) for k, kinds in ((keys, self._touching(table)), (keys[:1], dropping)) if kinds]

    def _touching(self, table: str) -> Kinds:
        return [(k, f) for k, f in self._all if table in f.repeat or any(column.startswith(f"{table}.") for column in f.set)]

    def _cells(self, table: str, written: Written, texts: set[str]) -> list[str]:
        cells = [f"{written(f, name(f.name), f.name not in texts)} AS {name(f.name)}" for f in self._kitchen.tables[table].fields]
        return [*cells, *(f"{name(o)} AS {name('#' + o)}" for o in self._kitchen.recipe.tables[table].order)]

    def _changed(self, table: str) -> str:
        """The rows of a table that faults touch, twice those that a fault repeats; what a fault may set is text."""
        kinds = self._touching(table)
        changes = self._changes(table, kinds)
        values = []
        for field in self._kitchen.tables[table].fields:
            plain, cases = f"{table}.{name(field.name)}", changes.get(field.name)
            values.append(f"{f'CASE kind {cases} ELSE CAST({plain} AS VARCHAR) END' if cases else plain} AS {name(field.name)}")
        order = [f"{table}.{name(o)} AS {name(o)}" for o in self._kitchen.recipe.tables[table].order]
        rows = f"FROM faulty WHERE {_is_one(kinds)}"
        repeated = [(k, f) for k, f in kinds if table in f.repeat]
        if repeated:
            rows = f"FROM ({rows} UNION ALL FROM faulty WHERE {_is_one(repeated)}) AS faulty"
        return f"SELECT {listed([*values, *order])} {rows}"

    def _changes(self, table: str, kinds: Kinds) -> dict[str, str]:
        """For each field that a fault sets, the cases of a CASE over the kinds of fault."""
        changes: dict[str, str] = {}
        for kind, fault in kinds:
            for column, sql in fault.set.items():
                of, _, field = column.partition(".")
                if of == table:
                    changes[field] = f"{changes.get(field, '')} WHEN {kind} THEN CAST({sql} AS VARCHAR)".strip()
        return changes


def _wait(kind: str, kinds: int, seldom: bool = False) -> str:
    """How far a kind of fault is from its turn: 0 at it; the next is the one half a round away, so that few are planted twice early.

    One that is seldom possible comes before all others in the last turns before its own.
    """
    ahead = f"({kind} + {kinds} - on_turn) % {kinds}"
    wait = f"if({ahead} = 0, 0, 1 + ({ahead} + {kinds - kinds // 2}) % {kinds})"
    return f"if({ahead} < {EARLY}, {ahead} - {EARLY}, {wait})" if seldom else wait


def _is_one(kinds: Kinds) -> str:
    return f"kind IN ({', '.join(str(k) for k, _ in kinds)})" if kinds else "false"


def _among(keys: list[str], kinds: Kinds) -> str:
    """That a row is one at which a fault of these kinds is."""
    listed_keys = ", ".join(keys)
    return f"({listed_keys}) IN (SELECT ({listed_keys}) FROM faulty WHERE {_is_one(kinds)})"
