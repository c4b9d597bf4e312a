"""The program as a function: what `census_cli.check` does once it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from census_cli.checking import run_check
from census_cli.engines import open_engine
from census_cli.errors import OptionError
from census_cli.i18n import LANGUAGES, set_language, tr
from census_cli.i18n import language as current_language
from census_cli.identity import secret_key
from census_cli.loading import from_files, from_tables
from census_cli.notes import Notes, read_notes
from census_cli.options import Options
from census_cli.results import CheckResult, discrepancy_schema, list_schema, verdict_schema
from census_cli.survey.models import SCOPES

if TYPE_CHECKING:
    from census_cli.loading import Load


def check(
    data: Any, survey: str | Path, profile: str | Sequence[str] | None, select: str | Sequence[str], partial: bool,
    as_of: str | None, language: str | None, reveal: bool, memory: str | None, threads: int | None, engine: str, encoding: str | None, notes: str | Path | None, audience: str,
) -> CheckResult:  # fmt: skip
    """See census_cli.check."""
    import pyarrow as pa

    if language is not None and language not in LANGUAGES:
        raise OptionError(tr("no language '{name}'; there are {known}", name=language, known=", ".join(LANGUAGES)))
    set_language(language)
    readers = {s: s for s in SCOPES}
    if audience not in readers:
        raise OptionError(tr("no audience '{name}'; there are {known}", name=audience, known=", ".join(SCOPES)))
    told = read_notes(Path(notes)) if notes is not None else Notes()
    options = Options(
        survey, _several(profile), _several(select), partial, as_of, "mandatory", reveal, secret_key(), current_language(),
        told, readers[audience],
    )  # fmt: skip
    held = open_engine(engine, memory, threads)
    try:
        checked = run_check(held, _load(data, encoding), options)
        discrepancies = pa.Table.from_batches(checked.batches(), discrepancy_schema())
        verdicts = pa.Table.from_batches(checked.verdicts(), verdict_schema())
        return CheckResult(checked.summary, discrepancies, verdicts, pa.Table.from_batches(checked.lists(), list_schema()))
    finally:
        held.close()


def _several(given: str | Sequence[str] | None) -> Sequence[str]:
    return [given] if isinstance(given, str) else list(given or ())


def _load(data: Any, encoding: str | None) -> Load:
    if isinstance(data, Mapping):
        return from_tables(data)
    return from_files([Path(data)] if isinstance(data, str | Path) else [Path(d) for d in data], encoding)
