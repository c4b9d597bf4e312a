"""What an engine does: hold tables, run SQL, stream rows as Arrow.  It never sees a rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from census_cli.sql.words import Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

    Rewritten = tuple[str, Callable[[pa.RecordBatch], pa.RecordBatch]]


class EngineFault(RuntimeError):
    """An engine refused SQL that we wrote: a bug of ours; the text holds the reason and the SQL."""


class Engine(Protocol):
    """An engine is finished when the existing tests pass on it unchanged.

    `spill` is a folder for temporary files, removed with all that is in it when the engine is closed.
    """

    spill: Path
    distributed: bool
    """Whether rows lie on several machines: cells are then always conformed beforehand, row by row."""

    def teach(self, words: Vocabulary) -> None:
        """Make types and functions known; a function, but no type, may be known already and from now on stands for something else."""

    def add_csv(self, name: str, path: Path, headers: Sequence[str], records: int, delimiter: str = ",", above: int = 0) -> bool:
        """Hold a plain text file as text columns c0, c1, … in the order of its records, numbered from 0 in `rowid`; False unless it takes every one of them.

        `above` lines stand above its header.
        """

    def add_parquet(self, name: str, path: Path) -> None:
        """Offer a Parquet file under a name, its rows numbered in `file_row_number`."""

    def never_empty(self, name: str) -> Collection[str]:
        """The columns of a file of which it is known beforehand that no cell is an empty text."""

    def add_batches(self, name: str, batches: pa.RecordBatchReader) -> None:
        """Hold the rows of a stream, in order."""

    def known(self, table: str) -> Any:
        """A table that the engine knows by itself, to be held with `add_frame`; raises InputError for one that it does not know."""

    def add_frame(self, name: str, frame: Any) -> None:
        """Hold a table that lies in the engine already, if it has such: its rows are in no order."""

    def columns(self, name: str) -> Mapping[str, str]:
        """The columns of a table or view and the type in which each is stored."""

    def view(self, name: str, sql: str) -> None:
        """Give a SELECT a name."""

    def table(self, name: str, sql: str) -> None:
        """Run a SELECT once and keep its rows."""

    def in_order(self, name: str, sql: str, by: Sequence[str], rows: int) -> None:
        """Run a SELECT of so many rows, and keep them in the order of columns, what is missing first; the first three are texts, none missing."""

    def rowwise(self, name: str, sql: str, of: str) -> None:
        """Run a SELECT over one table, of which every row hangs on one row only, and keep its rows."""

    def rewritten(self, name: str, parts: Sequence[Rewritten], schema: pa.Schema) -> None:
        """Run SELECTs, put the rows of each through a function, batch by batch, and keep what comes of them all."""

    def write_parts(self, sql: str, folder: Path) -> None:
        """Run a SELECT and write its rows to a new folder, as Parquet in as many files as suits the engine."""

    def drop(self, name: str) -> None:
        """Forget a table and let go of its rows."""

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a SELECT and yield its rows."""

    def hasten(self) -> None:
        """From now on everything is small: a plan runs as it is written, for improving it takes longer than it saves."""

    def side_by_side(self) -> None:
        """From now on nothing is large: what does not hang on one another may run at the same time."""

    def together(self, tasks: Mapping[str, Callable[[], None]], step: Callable[[str], None] | None = None) -> None:
        """Run named tasks that do not hang on one another, side by side where nothing is large; `step` is told what runs."""

    def one(self, sql: str) -> Mapping[str, int]:
        """Run a SELECT of one row."""

    def share(self) -> float | None:
        """How much of what runs now is done, from 0 to 1, asked from another thread; None where nothing runs or nobody can tell."""

    def stop(self) -> bool:
        """End what runs, asked from anywhere; it raises KeyboardInterrupt, and so does all that is asked for from now on.

        True while tasks run side by side: who waits for them must not be interrupted himself, or the locks that he holds stay shut.
        """

    def close(self) -> None:
        """Let go of everything, temporary files included."""
