"""The Spark session: the one that is there, which is left alone, or a local one of our own; and why there can be none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from census_cli.engines.spark.faults import first_line
from census_cli.errors import EngineUnavailable, OptionError
from census_cli.i18n import tr
from census_cli.scratch import chosen_place

LEAST_JAVA = 17
INSTALL = 'pip install "census-cli[spark]"'

# The meaning of our SQL must not hang on what somebody set for his own; the last few only save time that goes into pictures of plans.
SETTINGS: dict[str, str] = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.ansi.enforceReservedKeywords": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.mapKeyDedupPolicy": "EXCEPTION",
    "spark.sql.parquet.binaryAsString": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
    "spark.sql.execution.arrow.useLargeVarTypes": "false",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.optimizer.expressionProjectionCandidateLimit": "1",
    "spark.sql.ui.explainMode": "simple",
}
# Long texts are matched by recursion in Java, which needs more stack than it has by itself; and a Spark whose memory has run
# out waits for ever for what it has lost, unless it ends.
OWN = {
    "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-Xss16m -XX:+ExitOnOutOfMemoryError",
}
LEAST_MEMORY = 1 << 30


@dataclass(frozen=True)
class Opened:
    """A session of our own within the `outer` one, which was there, or which we started and must stop."""

    session: Any
    outer: Any
    started: bool
    log: Path | None = None


def open_session(memory: str | None, threads: int | None) -> Opened:
    """A session with our meaning of SQL; the settings and views of a session that is there stay untouched.

    Raises EngineUnavailable with the reason and what to do.
    """
    if reason := missing_pyspark():
        raise EngineUnavailable(reason)
    with quiet():
        there = _there()
        if there is not None and (memory or threads is not None):
            raise OptionError(tr("--memory and --threads: a Spark session is running already; set them there"))
        outer, log = (there, None) if there is not None else _start(memory, threads)
        session = outer.newSession()
        for key, value in SETTINGS.items():
            session.conf.set(key, value)
    return Opened(session, outer, there is None, log)


def missing_pyspark() -> str | None:
    """Why PySpark cannot be used, or None."""
    try:
        import pyspark
    except ImportError:
        return tr("the engine 'spark' needs PySpark; install it with: {command}", command=INSTALL)
    if int(pyspark.__version__.split(".")[0]) < 4:
        return tr(
            "PySpark {version} is too old, version 4 is needed; install it with: {command}",
            version=pyspark.__version__,
            command=INSTALL,
        )
    return None


def missing_java() -> str | None:
    """Why Java cannot be used, or None."""
    found = java_version()
    if found is None:
        return tr(
            "the engine 'spark' needs Java {least} or newer and none was found; install it (Debian: apt install openjdk-17-jre-headless) or set JAVA_HOME",
            least=LEAST_JAVA,
        )
    if found < LEAST_JAVA:
        return tr(
            "the engine 'spark' needs Java {least} or newer, and {path} is Java {found}; set JAVA_HOME to a newer one",
            least=LEAST_JAVA,
            path=java(),
            found=found,
        )
    return None


def java() -> str | None:
    """The Java that Spark would start."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else shutil.which("java")


def java_version() -> int | None:
    """Its version, None where there is no Java that runs."""
    try:
        said = subprocess.run([java() or "java", "-version"], capture_output=True, text=True, check=True, timeout=60).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?([0-9]+)', said)
    return int(found[1]) if found else None


@contextmanager
def quiet() -> Iterator[None]:
    """Without PySpark's warnings, which speak of parts of pandas that are not used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pyspark")
        warnings.filterwarnings("ignore", category=FutureWarning, message="PySpark does not yet fully support pandas")
        yield


def _there() -> Any:
    """The session that is running, if there is one; raises EngineUnavailable for one of Spark Connect."""
    from pyspark.sql import SparkSession
    from pyspark.sql.utils import is_remote

    if is_remote():
        raise EngineUnavailable(
            tr(
                "Spark Connect is not supported: its server does not see the files of this machine; run census where the driver of Spark runs"
            )
        )
    session = SparkSession.getActiveSession()
    if session is None and SparkSession._instantiatedSession is not None:
        session = SparkSession._instantiatedSession
    return session if session is not None and session.sparkContext._jsc is not None else None


def _start(memory: str | None, threads: int | None) -> tuple[Any, Path]:
    """A session of our own, and the file to which its JVM speaks."""
    from pyspark.sql import SparkSession

    if reason := missing_java():
        raise EngineUnavailable(reason)
    if memory and not re.fullmatch(r"[0-9]+ ?([KMGT]i?)B", memory, re.IGNORECASE):
        raise OptionError(tr("--memory {value}: write a whole number and a unit, such as 2GB", value=memory))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("census")
    if not {"PYSPARK_SUBMIT_ARGS", "SPARK_CONF_DIR", "SPARK_ENV_LOADED"} & set(os.environ):
        cores = threads or os.cpu_count() or 2
        for key, value in {
            **OWN,
            "spark.sql.shuffle.partitions": str(cores),
            "spark.driver.memory": _half_of_memory(),
            **({"spark.local.dir": str(place)} if (place := chosen_place()) else {}),
        }.items():
            builder = builder.config(key, value)
    if threads is not None:
        builder = builder.master(f"local[{threads}]")
    if memory:
        builder = builder.config("spark.driver.memory", re.sub(r"[ iIbB]", "", memory).lower())
    with _said_to_a_file() as log:
        try:
            return builder.getOrCreate(), log
        except Exception as error:  # what a JVM that does not start raises is no class of its own
            raise EngineUnavailable(
                tr("Spark does not start: {why}; what it said is in {file}", why=first_line(error), file=log)
            ) from error
        except BaseException:
            log.unlink()
            raise


def _half_of_memory() -> str:
    """What a Spark on one machine, driver and executor at once, may take: by itself it takes 1 GB of any."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not told on every system
        whole = 2 * LEAST_MEMORY
    return f"{max(LEAST_MEMORY, whole // 2) >> 20}m"


@contextmanager
def _said_to_a_file() -> Iterator[Path]:
    """What the JVM says goes to a file, for as long as it lives: a terminal is for what census says."""
    with tempfile.NamedTemporaryFile("wb", prefix="census-spark-", suffix=".log", delete=False) as log:
        kept = os.dup(1), os.dup(2)
        sys.stdout.flush(), sys.stderr.flush()
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield Path(log.name)
        finally:
            for fd, old in zip((1, 2), kept, strict=True):
                os.dup2(old, fd)
                os.close(old)
