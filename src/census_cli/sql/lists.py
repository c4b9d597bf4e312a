"""The lists of a survey as SQL: for each registered unit the number of the place it is put at, and the lists as rows with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from census_cli.expr.lists import BoundLists, verdict_column
from census_cli.expr.nodes import Column, Node, columns
from census_cli.sql.showing import unit_rows
from census_cli.sql.spelling import spell
from census_cli.sql.verdicts import Verdicts, of_ending
from census_cli.sql.words import listed, name, string
from census_cli.survey.models import VERDICTS, Verdict

PLACE = "<place>"


@dataclass(frozen=True)
class ListPlan(Verdicts):
    """Spells the lists of one run, whose conditions are read as those of decision tables are."""

    @cached_property
    def lists(self) -> BoundLists:
        """The lists; there are some."""
        lists = self.relations.bound.lists
        assert lists is not None
        return lists

    @property
    def made(self) -> str:
        """The name of the table that holds the places."""
        return f"lists_{self.run}"

    def _nodes(self, table: str) -> list[Node]:
        return list(self.lists.nodes()) if table == self.unit else []

    def spelled(self, table: str, node: Node) -> str:
        """SQL of a condition; absent columns are blank, verdicts are there."""
        named = self.relations.named(table, frozenset(c.key for c in columns(node)))
        return spell(node, lambda n: name(n.key) if isinstance(n, Column) and n.key in self._verdicts else named(n))

    @cached_property
    def _verdicts(self) -> set[str]:
        return {verdict_column(a) for a in self.relations.bound.assurances}

    def sql(self) -> str:
        """`source`, `row` and the place of every unit."""
        seen, branches = set[Column](), list[str]()
        for line in self.lists.lines:
            branches += self._case(self.unit, line, seen)
        told = [f"{self.verdict(a, f'v.{name(a)}')} AS {name(verdict_column(a))}" for a in self.relations.bound.assurances]
        held = f"SELECT {listed(['held.*', *told])}\nFROM ({self.rows(self.unit)}) held JOIN {name(self.table(self.unit))} v ON v.source = held.source AND v.row = held.row"
        return f"SELECT source, row, CASE {' '.join(branches)} END AS {name(PLACE)}\nFROM ({held})"

    def verdict(self, assurance: str, ending: str) -> str:
        """SQL of a verdict from the number of the ending."""
        bound = self.relations.bound.assurances[assurance]
        if bound.model.worst_of:
            return of_ending([string(v) for v in VERDICTS], f"({ending} >> {len(bound.model.worst_of)})")
        return of_ending([string(e.verdict) for e in bound.endings], ending)

    def counted(self) -> str:
        """How many units are at each place."""
        return f"SELECT {name(PLACE)} AS place, count(*) AS n FROM {name(self.made)} GROUP BY ALL"

    def first_rows(self, language: str, most: int) -> str:
        """The first units of each list that is written: only they are put into words."""
        named = unit_rows(self.relations, self.unit, self.made, [self._list()], self._written())
        placed = f"SELECT source, row, row_number() OVER (PARTITION BY list ORDER BY unit, source, row) AS place FROM ({named})"
        first = f"SELECT source, row FROM ({placed}) WHERE place <= {most}"
        return self.listed_rows(language, among=f"JOIN ({first}) f ON f.source = v.source AND f.row = v.row")

    def listed_rows(self, language: str, every: bool = False, among: str = "") -> str:
        """All units on lists that are written, or on any, a row each."""
        place, places = f"v.{name(PLACE)}", self.lists.places
        joined = f"JOIN {name(self.table(self.unit))} e ON e.source = v.source AND e.row = v.row {among}"
        sign = "；" if language == "zh" else "; "
        texts, codes = (
            [of_ending([string(p.text[language]) for p in places], place)],
            [of_ending([string(p.code) for p in places], place)],
        )
        for assurance in self._told():
            text, code = self._tells(assurance, place, language)
            texts.append(text)
            codes.append(code)
        told = [
            self._list(),
            f"concat_ws(',', {', '.join(codes)}) AS reason_code",
            f"concat_ws({string(sign)}, {', '.join(texts)}) AS reason",
        ]
        return unit_rows(self.relations, self.unit, self.made, told, "TRUE" if every else self._written(), joined)

    def _list(self) -> str:
        return f"{of_ending([string(p.list) for p in self.lists.places], f'v.{name(PLACE)}')} AS list"

    def _written(self) -> str:
        return f"v.{name(PLACE)} IN ({', '.join(map(str, self.lists.written))})"

    def _told(self) -> list[str]:
        """The assurances that are no summary of others."""
        return [n for n, a in self.relations.bound.assurances.items() if a.cases]

    def _tells(self, assurance: str, place: str, language: str) -> tuple[str, str]:
        """SQL of the words and the code of an assurance's reason, where the line tells of its verdict."""
        bound, ending = self.relations.bound.assurances[assurance], f"e.{name(assurance)}"
        holds = []
        for tells in dict.fromkeys(p.tells for p in self.lists.places if p.tells):
            holds.append(
                f"({place} IN ({self._places(tells)}) AND {of_ending([str(e.verdict in tells).upper() for e in bound.endings], ending)})"
            )
        when = " OR ".join(holds) or "FALSE"
        title = bound.model.title[language] + ("：" if language == "zh" else ": ")
        text = f"{string(title)} || {of_ending([string(e.text[language]) for e in bound.endings], ending)}"
        code = f"{string(assurance + ':')} || {of_ending([string(e.code.replace(',', '+')) for e in bound.endings], ending)}"
        return f"CASE WHEN {when} THEN {text} END", f"CASE WHEN {when} THEN {code} END"

    def _places(self, tells: Sequence[Verdict]) -> str:
        return ", ".join(str(i) for i, place in enumerate(self.lists.places) if place.tells == tells)

    def unread(self) -> dict[tuple[str, str], str]:
        """Of each reason that reads what is not there: by list and code, the first table or column."""
        found = {}
        for line in self.lists.lines:
            for reason in line.reasons:
                missing = self.relations.absent(self.unit, reason.when) if reason.when is not None else []
                own = [m for m in missing if m.partition(".")[2] not in self._verdicts]
                if own:
                    found[line.list, reason.model.code] = own[0]
        return found
