"""Which outputs are asked for, checked before any work is done, and written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from census_cli.complete import completed
from census_cli.errors import OptionError
from census_cli.findings import Findings
from census_cli.i18n import tr

NOTES = ".notes.csv"
# The ending of a file names its format; the longest that fits wins.  Each module has `write(findings, file)`, and those that can
# hold verdicts and lists `write_verdicts(findings, file)` and `write_lists(findings, file)`.
FORMATS: dict[str, str] = {
    ".json": "census_cli.report.json",
    ".csv": "census_cli.report.csv",
    ".parquet": "census_cli.report.parquet",
    NOTES: "census_cli.report.notes",
    ".xlsx": "census_cli.report.xlsx",
    ".md": "census_cli.report.md",
    ".junit.xml": "census_cli.report.junit",
    ".sarif": "census_cli.report.sarif",
    ".ess.json": "census_cli.report.ess",
    ".html": "census_cli.report.page",
    ".github": "census_cli.report.github",
    ".gitlab.json": "census_cli.report.gitlab",
}
VERDICT_FORMATS = {ending: FORMATS[ending] for ending in (".csv", ".parquet")}

PUBLISHED = (FORMATS[".html"], FORMATS[".md"])
"""The formats that can do with counts alone."""


@dataclass(frozen=True)
class Output:
    """One output: its path, None for standard output, and the module that writes it."""

    path: Path | None
    module: str
    writes: str = "write"
    parts: bool = False
    """Whether it is a folder of Parquet files, which the engine writes by itself."""
    by: str | None = None
    """What a workbook has a sheet for, where the user said so."""


def plan_outputs(
    given: Sequence[str],
    format: str | None,
    data: Sequence[Path],
    verdicts: str | None = None,
    lists: str | None = None,
    by: str | None = None,
    copies: Path | None = None,
) -> list[Output]:
    """The outputs asked for; raises OptionError for unknown formats, for folders that are not there, for inputs as outputs.

    `copies` is a folder that will be written, too.
    """
    outputs = [_standard_output(format) if name == "-" else _output("--output", name, data, FORMATS) for name in given]
    if by:
        if not any(o.module == FORMATS[".xlsx"] for o in outputs):
            raise OptionError(tr("--by says what a workbook has a sheet for; give one, as --output revisit.xlsx"))
        outputs = [replace(o, by=by) if o.module == FORMATS[".xlsx"] else o for o in outputs]
    if verdicts:
        outputs.append(replace(_output("--verdicts", verdicts, data, VERDICT_FORMATS), writes="write_verdicts"))
    if lists:
        outputs.append(replace(_output("--lists", lists, data, VERDICT_FORMATS), writes="write_lists"))
    paths = [os.path.realpath(p) for p in (*(o.path for o in outputs), copies) if p]
    for path in {p for p in paths if paths.count(p) > 1}:
        raise OptionError(tr("{path} is named for two outputs", path=path))
    if format and "-" not in given:
        raise OptionError(tr("--format goes with --output -; the format of a file follows its name"))
    if sum(o.path is None for o in outputs) > 1:
        raise OptionError(tr("standard output can carry one output only"))
    return outputs


def bilingual(outputs: Sequence[Output]) -> bool:
    """Whether an output shows every message in both languages."""
    return any(o.module == FORMATS[".html"] for o in outputs)


def refuse_all_but_counts(outputs: Sequence[Output], reveal: bool, copies: bool) -> None:
    """Raise OptionError for what tells of households one by one, beside a report for publication."""
    listing = [o for o in outputs if o.module not in PUBLISHED]
    if listing or reveal or copies:
        what = str(listing[0].path or "-") if listing else "--reveal" if reveal else "--annotate"
        raise OptionError(
            tr(
                "--suppress-below is for what is published, and {what} tells of households one by one; only {known} can go with it",
                what=what, known=", ".join(e for e, m in FORMATS.items() if m in PUBLISHED),
            )
        )  # fmt: skip


def write_outputs(findings: Findings, outputs: Sequence[Output], reveal: bool, report: bool = True) -> Iterator[Path]:
    """Write every output, and the `report` for people to standard output unless that is taken; yields the files written."""
    for output in outputs:
        if output.parts and output.path:
            _write_parts(findings, output, output.path, reveal)
            yield output.path
            continue
        write = getattr(import_module(output.module), output.writes)
        write = partial(write, by=output.by) if output.by else write
        if output.path is None:
            write(findings, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        else:
            with _opened(output.path, reveal) as file:
                write(findings, file)
            yield output.path
    if report and all(o.path for o in outputs):
        from census_cli.report import terminal

        some = (FORMATS[".md"], FORMATS[NOTES])  # the first; those to be explained
        whole = [o.path for o in outputs if o.path and o.writes == "write" and o.module not in some]
        terminal.write(findings, sys.stdout, whole)


def _standard_output(format: str | None) -> Output:
    known = ", ".join(e.removeprefix(".") for e in FORMATS)
    if format is None or "." + format.removeprefix(".") not in FORMATS:
        raise OptionError(tr("--output - needs --format, one of {known}", known=known))
    return Output(None, FORMATS["." + format.removeprefix(".")])


def _output(option: str, given: str, data: Sequence[Path], formats: Mapping[str, str]) -> Output:
    return _folder(option, Path(given)) if given.endswith(("/", os.sep)) else _file(option, Path(given), data, formats)


def _folder(option: str, path: Path) -> Output:
    """A folder for Parquet files; it must be new, so that nothing in it is ever overwritten."""
    if path.exists():
        raise OptionError(tr("{option} {path}/: this exists already; name a new folder", option=option, path=path))
    if not path.absolute().parent.is_dir():
        raise OptionError(tr("{option} {path}: the folder does not exist", option=option, path=path))
    return Output(path, FORMATS[".parquet"], parts=True)


def _write_parts(findings: Findings, output: Output, path: Path, private: bool) -> None:
    """A folder; with revealed data only its owner can look into it."""
    parts = {"write_verdicts": findings.write_verdict_parts, "write_lists": findings.write_list_parts}
    with completed(path) as part:
        parts.get(output.writes, findings.write_parts)(part)
        part.chmod(0o700 if private else 0o755)


def _file(option: str, path: Path, data: Sequence[Path], formats: Mapping[str, str]) -> Output:
    ending = max((e for e in formats if path.name.lower().endswith(e)), key=len, default=None)
    if ending is None:
        raise OptionError(
            tr("{option} {path}: the name must end in one of {known}", option=option, path=path, known=", ".join(formats))
        )
    if not path.absolute().parent.is_dir():
        raise OptionError(tr("{option} {path}: the folder does not exist", option=option, path=path))
    if path.is_dir():
        raise OptionError(tr("{option} {path}: this is a folder", option=option, path=path))
    if path.exists() and any(_is_input(path, d) for d in data):
        raise OptionError(tr("{option} {path}: this is an input; inputs are never altered", option=option, path=path))
    return Output(path, formats[ending])


def _is_input(path: Path, given: Path) -> bool:
    """Whether an output would overwrite what was given: that file, or a table in that folder or of that pattern."""
    if given.is_file():
        return path.samefile(given)
    from census_cli.reading.discover import is_own_output
    from census_cli.reading.files import matching

    meant = [given] if given.is_dir() else matching(given)
    real = path.resolve()
    return any(m.resolve() in (real, *real.parents) for m in meant) and not is_own_output(path)


@contextmanager
def _opened(path: Path, private: bool) -> Iterator[BinaryIO]:
    """A file that takes its name when it is complete; with revealed data only its owner can read it."""
    with completed(path) as part:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "wb") as file:
            yield cast(BinaryIO, file)
