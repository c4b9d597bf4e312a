"""Explanations of discrepancies: what a household said, who wrote it down and when.  One holds for the value that it was written about only."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from census_cli.conform import NotConforming, parse_date
from census_cli.engines.base import Engine
from census_cli.errors import InputError, OptionError
from census_cli.folding import fold
from census_cli.i18n import reason, tr
from census_cli.reading.encodings import encoding_of
from census_cli.reading.facts import inspect
from census_cli.reading.records import read_records
from census_cli.reading.workbooks import WORKBOOKS, sheets
from census_cli.results import NoteOutcome, NoteState
from census_cli.sql.notes import TABLE
from census_cli.sql.words import string

COLUMNS: dict[str, tuple[str, ...]] = {
    "fingerprint": ("指纹",),
    "evidence": ("证据",),
    "note": ("说明", "核实说明"),
    "by": ("说明人", "核实人"),
    "on": ("日期", "核实日期"),
    "expires": ("有效期至",),
}


@dataclass(frozen=True)
class Note:
    """One line of a notes file; `line` counts the records below the header from 1."""

    line: int
    fingerprint: str
    evidence: str
    note: str
    by: str
    on: str
    expires: str

    @property
    def whole(self) -> str:
        """What stands in the discrepancy: the words, who wrote them, and when."""
        return f"{self.note} ({self.by}, {self.on})"

    def state(self, today: datetime.date) -> NoteState | None:
        """Why the note cannot hold whatever it is about, or None."""
        if not (self.fingerprint and self.note and self.by and self.on):
            return "incomplete"
        try:
            parse_date(self.on)
            expires = parse_date(self.expires) if self.expires else today
        except NotConforming:
            return "incomplete"
        return "expired" if expires < today else None


@dataclass
class Notes:
    """The notes of one run; `today` is the day on which they must still hold."""

    notes: Sequence[Note] = ()
    today: datetime.date = field(default_factory=datetime.date.today)

    def hold(self, engine: Engine) -> None:
        """Put those that can hold into the engine, the last one on each value."""
        import pyarrow as pa

        valid = {(n.fingerprint, n.evidence): n.whole for n in self.notes if n.state(self.today) is None}
        columns = {"fingerprint": [f for f, _ in valid], "evidence": [e for _, e in valid], "words": list(valid.values())}
        table = pa.table({c: pa.array(values, pa.string()) for c, values in columns.items()})
        engine.add_batches(TABLE, table.to_reader())

    def outcomes(self, engine: Engine) -> list[NoteOutcome]:
        """What became of each note, once the discrepancies are known."""
        if not self.notes:
            return []
        wanted = ", ".join(sorted({string(n.fingerprint) for n in self.notes}))
        sql = f"SELECT DISTINCT fingerprint, evidence, severity FROM discrepancies WHERE fingerprint IN ({wanted})"
        found: dict[str, dict[str, str]] = {}
        for batch in engine.stream(sql):
            for row in batch.to_pylist():
                found.setdefault(row["fingerprint"], {})[row["evidence"]] = row["severity"]
        return [NoteOutcome(line=n.line, fingerprint=n.fingerprint, state=self._outcome(n, found)) for n in self.notes]

    def _outcome(self, note: Note, found: Mapping[str, Mapping[str, str]]) -> NoteState:
        unfit = note.state(self.today)
        if unfit:
            return unfit
        if note.fingerprint not in found:
            return "unused"
        severity = found[note.fingerprint].get(note.evidence)
        if severity is None:
            return "outdated"
        return "applied" if severity == "verify" else "refused"


def read_notes(path: Path) -> Notes:
    """Read a notes file, delimited text or a workbook; raises InputError where it is none."""
    try:
        rows = _rows(path)
        header = next(rows, [])
    except OSError as error:
        raise InputError(tr("{path} cannot be read: {why}", path=path, why=reason(error))) from error
    places = _places(header)
    missing = [c for c in COLUMNS if c not in places and c != "expires"]
    if missing:
        raise InputError(
            tr(
                "{file} holds no notes: the columns {columns} are missing; 'census notes template' makes the sheet",
                file=path.name,
                columns=", ".join(missing),
            )
        )
    notes = []
    for line, cells in enumerate(rows, 1):
        given = {c: fold(cells[i]) if i < len(cells) else "" for c, i in places.items()}
        # A sheet to fill in has a line for every discrepancy; those without a word are no notes.
        if given["note"] or given["by"]:
            notes.append(Note(line, **{c: given.get(c, "") for c in COLUMNS}))
    return Notes(notes)


def refuse_filled(path: Path) -> None:
    """Raise OptionError for a sheet in which something was written down, or that is none: a new one would take its place."""
    if not path.is_file() or not path.stat().st_size:
        return
    try:
        filled = read_notes(path).notes
    except InputError as error:
        raise OptionError(tr("{path} is there already and is no sheet of notes; name a new file", path=path)) from error
    if filled:
        raise OptionError(tr("{path}: explanations are written in it, and would be lost; name a new file", path=path))


def _places(header: Sequence[str]) -> dict[str, int]:
    known = {spelling: column for column, others in COLUMNS.items() for spelling in (column, *others)}
    return {known[fold(h).lower()]: i for i, h in enumerate(header) if fold(h).lower() in known}


def _rows(path: Path) -> Iterator[list[str]]:
    facts = inspect(path)
    if path.suffix.lower() in WORKBOOKS:
        sheet = next(s for s in sheets(path, path.name, facts) if not s.hidden)
        records = sheet.records()
    else:
        records = read_records(path, encoding_of(path, facts, None))
    for record in records:
        if record.cells is None or record.problem:
            raise InputError(tr("{file}, line {line} cannot be read; mend it and try again", file=path.name, line=record.line))
        yield list(record.cells)
