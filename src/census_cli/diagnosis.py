"""What `census doctor` finds out: versions, engines and why not, memory, encodings, where the surveys come from."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from census_cli.errors import CensusError
from census_cli.i18n import language, tr
from census_cli.version import VERSION

NEEDED = ("duckdb", "pandas", "pyarrow", "pydantic", "python-calamine", "PyYAML", "rich", "sqlglot", "typer")


@dataclass
class Finding:
    """One line of the diagnosis; `wrong` is what is wrong or missing and what to do about it."""

    what: str
    is_: str
    wrong: str | None = None


@dataclass
class Diagnosis:
    """The findings by heading; without what is `broken` no check can run."""

    parts: dict[str, list[Finding]] = field(default_factory=dict)
    broken: bool = False


def diagnose() -> Diagnosis:
    """Look at this machine; nothing is started that outlives the look."""
    found = Diagnosis()
    packages, surveys, duckdb = list(_packages()), list(_surveys()), _duckdb()
    found.parts = {
        tr("versions"): [*_own(), *packages],
        tr("engines"): [duckdb, _spark()],
        tr("machine"): list(_machine()),
        tr("text"): list(_text()),
        tr("surveys"): surveys,
    }
    found.broken = any(f.wrong for f in (*packages, *surveys, duckdb))
    return found


def _own() -> Iterator[Finding]:
    yield Finding("census", VERSION)
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})")
    yield Finding(tr("system"), platform.platform())


def _packages() -> Iterator[Finding]:
    for name in NEEDED:
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, tr("missing"), tr("install it with: {command}", command=f"pip install {name}"))


def _duckdb() -> Finding:
    try:
        from census_cli.engines.duckdb import DuckDBEngine

        engine = DuckDBEngine()
        engine.one("SELECT 1 AS n")
        engine.close()
    except Exception as error:  # whatever keeps it from running is what the user asks for
        return Finding("duckdb", tr("not available"), str(error).splitlines()[0])
    return Finding("duckdb", tr("available"))


def _spark() -> Finding:
    from census_cli.engines.spark.session import java, java_version, missing_java, missing_pyspark

    if reason := missing_pyspark() or missing_java():
        return Finding("spark", tr("not available"), reason)
    words = tr("available: PySpark {version}, Java {java} ({path})", version=version("pyspark"), java=java_version(), path=java())
    return Finding("spark", words)


def _machine() -> Iterator[Finding]:
    yield Finding(tr("processors"), str(os.cpu_count()))
    pages = {"SC_PAGE_SIZE", "SC_PHYS_PAGES", "SC_AVPHYS_PAGES"}
    if hasattr(os, "sysconf") and pages <= set(os.sysconf_names):
        size = os.sysconf("SC_PAGE_SIZE")
        total, free = (_gigabytes(size * os.sysconf(p)) for p in ("SC_PHYS_PAGES", "SC_AVPHYS_PAGES"))
        yield Finding(tr("memory"), tr("{total}, {free} of it free", total=total, free=free))
    folder = tempfile.gettempdir()
    yield Finding(
        tr("temporary files"), tr("{folder}, {free} free", folder=folder, free=_gigabytes(shutil.disk_usage(folder).free))
    )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _text() -> Iterator[Finding]:
    yield Finding(tr("language"), language())
    yield Finding(tr("encoding of the terminal"), str(getattr(sys.stdout, "encoding", "?")))
    names = sys.getfilesystemencoding()
    wrong = None if names.lower().replace("-", "") == "utf8" else tr("set LC_ALL to a locale with UTF-8, such as C.UTF-8")
    yield Finding(tr("encoding of file names"), names, wrong)
    yield Finding(tr("locale"), locale.setlocale(locale.LC_CTYPE))


def _surveys() -> Iterator[Finding]:
    from census_cli.opening import open_survey
    from census_cli.survey.load import schemas_folder

    try:
        folder = schemas_folder()
    except CensusError as error:
        yield Finding(tr("folder"), tr("missing"), str(error))
        return
    yield Finding(tr("folder"), str(folder))
    for file in sorted(folder.glob("*/survey.yaml")):
        try:
            held = open_survey(file.parent)
        except CensusError as error:
            yield Finding(file.parent.name, tr("faulty"), str(error).splitlines()[0])
        else:
            yield Finding(file.parent.name, tr("{rules} rules, {tables} tables", rules=len(held.rules), tables=len(held.tables)))
