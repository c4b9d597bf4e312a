"""The pen of a page that speaks two languages: beside each message stands the same in the other language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, get_args

from census_cli.i18n import Language, in_language
from census_cli.pen import Pen
from census_cli.results import TRANSLATION, discrepancy_schema
from census_cli.sql.plan import Check

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Bilingual:
    """Writes every discrepancy with two pens that differ in their language alone; the second gives its message only."""

    pen: Pen
    other: Pen

    @classmethod
    def of(cls, pen: Pen) -> Bilingual:
        """A pen and its like in the other language."""
        spoken = next(language for language in get_args(Language) if language != pen.style.language)
        return cls(pen, replace(pen, style=replace(pen.style, language=spoken), pii={}))

    def write(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The discrepancies of a batch of hit rows, with their translation."""
        return self._both(lambda pen: pen.write(batch))

    def unreadable(self, batch: pa.RecordBatch, check: Check) -> pa.RecordBatch:
        """Those of records that could not be read."""
        return self._both(partial(Pen.unreadable, batch=batch, check=check))

    def _both(self, written_by: Callable[[Pen], pa.RecordBatch]) -> pa.RecordBatch:
        written = []
        for pen in (self.pen, self.other):
            with in_language(pen.style.language):
                written.append(written_by(pen))
        columns = [*written[0].columns, written[1].column("message")]
        return type(written[0]).from_arrays(columns, schema=discrepancy_schema(TRANSLATION))
