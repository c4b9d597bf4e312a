"""Starts the Spark of the tests: two cores, no screens, and settings of somebody who likes other answers than census."""

from __future__ import annotations

import warnings
from typing import Any

from census_cli.engines.spark import session

AWKWARD = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.parser.escapedStringLiterals": "true",
    "spark.sql.caseSensitive": "false",
}
# Tables of a few rows: to make code for them takes longer than to do without.
SMALL = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.driver.memory": "3g",
    # Nearly all of the time goes into planning, which is done only once by code that is best compiled quickly.
    "spark.driver.extraJavaOptions": "-Xss16m -XX:TieredStopAtLevel=1 -XX:+UseParallelGC",
}


def start() -> Any:
    """A session, as a user would have started it before census is called."""
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    before = dict(session.OWN)
    session.OWN |= {**AWKWARD, **SMALL}
    try:
        return session._start(None, 2)[0]
    finally:
        session.OWN.clear()
        session.OWN.update(before)
