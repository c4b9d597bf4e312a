"""What goes wrong in Spark in the words of census: a line for the user, the rest in a file that the line names."""

from __future__ import annotations

import re
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from census_cli.engines.base import EngineFault
from census_cli.errors import CensusError, EngineUnavailable, InputError
from census_cli.i18n import tr

SHOWN_SQL = 2_000
_MISSING = ("PATH_NOT_FOUND", "FILE_NOT_EXIST", "FileNotFoundException", "DATA_SOURCE_NOT_FOUND", "No FileSystem for scheme")
_VANISHED = ("TABLE_OR_VIEW_NOT_FOUND",)
_MEMORY = ("OutOfMemoryError", "Java heap space")


@contextmanager
def mapped(sql: str = "") -> Iterator[None]:
    """Turn what Spark raises into what census raises."""
    from py4j.protocol import Py4JError
    from pyspark.errors import AnalysisException, ParseException, PySparkException

    try:
        with _unlogged():
            yield
    except (CensusError, EngineFault, KeyboardInterrupt):
        raise
    except (AnalysisException, ParseException) as error:
        raise _of_data(error) or EngineFault(f"{first_line(error)}\n{sql[:SHOWN_SQL]}") from error
    except (PySparkException, Py4JError, ConnectionError, EOFError) as error:
        raise _of_data(error) or _died(error) from error


@contextmanager
def _unlogged() -> Iterator[None]:
    """Without what PySpark logs of a fault, the stack of the JVM with it: a line says it instead."""
    from pyspark.logger import PySparkLogger

    loggers = [PySparkLogger.getLogger(f"{kind}QueryContextLogger") for kind in ("SQL", "DataFrame")]
    before = [logger.disabled for logger in loggers]
    try:
        for logger in loggers:
            logger.disabled = True
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


@contextmanager
def mapped_name(table: str) -> Iterator[None]:
    """Likewise where a table is looked up by a name that a user gave."""
    from pyspark.errors import AnalysisException, ParseException

    with mapped():
        try:
            yield
        except (AnalysisException, ParseException) as error:
            words = tr("Spark knows no table '{table}': {why}", table=table, why=first_line(error))
            raise InputError(words) from error


def first_line(error: BaseException) -> str:
    """The reason without the stack of the JVM."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _of_data(error: BaseException) -> CensusError | None:
    """What the user can mend in the data."""
    said = str(error)
    if any(word in said for word in _MISSING):
        where = re.search(r"(?:file|hdfs|s3a?|abfss?|gs):[^\s'\",;]+", said)
        return InputError(tr("a file that Spark was to read is not there: {path}", path=where[0] if where else first_line(error)))
    if any(word in said for word in _VANISHED):
        table = re.search(r"`[^ ]+`", said)
        return InputError(
            tr("a table is not known to Spark, or no longer: {table}", table=table[0] if table else first_line(error))
        )
    return None


def _died(error: BaseException) -> Exception:
    said = str(error)
    if any(word in said for word in _MEMORY):
        return EngineUnavailable(
            tr("Spark has not enough memory; give it more with --memory, or in its own configuration") + _kept(error)
        )
    if told := re.search(r"census_cli\.errors\.InputError: (.+)", said):
        return InputError(told[1])
    if "PYTHON_EXCEPTION" in said or type(error).__name__ == "PythonException":
        return EngineFault(said)
    return EngineUnavailable(tr("Spark stopped: {why}", why=_why(said) or first_line(error)) + _kept(error))


def _why(said: str) -> str:
    """The cause in a line: what Java names last, without the names of its classes."""
    causes = re.findall(r"(?:Caused by: |: )(?:[a-z]+\.)+\w*(?:Exception|Error): (.+)", said)
    return str(causes[-1]).strip()[:300] if causes else ""


def _kept(error: BaseException) -> str:
    """Put the whole story into a file and say where it is."""
    with tempfile.NamedTemporaryFile("w", prefix="census-spark-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(error)))
    return tr("; the whole message is in {file}", file=Path(file.name))
