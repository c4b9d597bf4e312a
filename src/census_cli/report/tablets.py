"""What is to be told of an export from tablets, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from census_cli.i18n import tr
from census_cli.results import TabletExport

APPROVED = "approved"


def tablet_words(export: TabletExport) -> Iterator[str]:
    """A sentence for each thing that somebody should look at; none for an export without any."""
    if len(export.versions) > 1:
        yield tr("filled in with several versions of the form: {versions}", versions=_times(export.versions))
    if any(state.rpartition("_")[2].casefold() != APPROVED or "not_" in state for state in export.reviews):
        yield tr("states of review: {states}; rows of every state are checked", states=_times(export.reviews))
    if export.statuses:
        yield tr("without their answers: {states}; export again with the key of the form", states=_times(export.statuses))
    if export.keys_twice:
        yield tr("{n} submissions are there more than once, by their key; all rows are checked", n=export.keys_twice)
    if export.orphans:
        rows = ", ".join(map(str, export.first_orphans)) + (" …" if export.orphans > len(export.first_orphans) else "")
        yield tr(
            "{n} rows belong to no form that is there (record {rows}); export form and repeat together",
            n=export.orphans,
            rows=rows,
        )
    if export.lacks:
        yield tr("a repeat without its form: the file of {table} is not there, so no row has its key", table=export.lacks)


def _times(counts: Mapping[str, int]) -> str:
    return ", ".join(tr("{what} ({n})", what=what, n=n) for what, n in counts.items())
