"""What can go wrong with Spark: one clear line each, exit 2, and no stack of the JVM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from census_cli.engines.spark import session
from census_cli.errors import EngineUnavailable, InputError


def fake_java(folder: Path, version: str) -> Path:
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    java.chmod(0o755)
    return folder


@pytest.mark.parametrize(("version", "said"), [(None, "Java 17"), ("1.8.0_402", "is Java 8")])
def test_without_a_java_that_will_do_one_line_says_what_to_install(sample, tmp_path, version, said):
    if version:
        fake_java(tmp_path, version)
    run = subprocess.run(
        [sys.executable, "-m", "census_cli", "check", str(sample), "--engine", "spark", "--lang", "en"],
        capture_output=True, text=True, check=False, env={"JAVA_HOME": str(tmp_path), "PYTHONPATH": str(Path(session.__file__).parents[3]), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert run.returncode == 2
    assert said in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert run.stdout == ""


def test_a_java_that_is_too_old_is_named_with_its_version(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path, "1.8.0_402")))
    assert "Java 8" in (session.missing_java() or "")


def test_a_java_that_is_new_enough_is_no_trouble(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path, "21.0.2")))
    assert session.missing_java() is None


def test_without_pyspark_the_line_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert "pip install" in (session.missing_pyspark() or "")


def test_without_pyspark_a_check_is_refused_in_one_line(census, sample, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    ran = census("check", sample, "--engine", "spark", "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert "pip install" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_an_old_pyspark_is_named_with_its_version(monkeypatch):
    monkeypatch.setattr("pyspark.__version__", "3.5.1")
    assert "3.5.1" in (session.missing_pyspark() or "")


def test_spark_connect_is_refused_with_a_reason(monkeypatch):
    monkeypatch.setenv("SPARK_CONNECT_MODE_ENABLED", "1")
    with pytest.raises(EngineUnavailable, match="Spark Connect"):
        session.open_session(None, None)


@pytest.mark.spark
def test_a_file_that_vanishes_is_named(spark, tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"x": ["a"]}), tmp_path / "gone.parquet")
    spark.add_parquet("gone", tmp_path / "gone.parquet")
    (tmp_path / "gone.parquet").unlink()
    with pytest.raises(InputError, match=r"gone\.parquet"):
        spark.one("SELECT count(x) AS n FROM gone")


@pytest.mark.spark
@pytest.mark.parametrize("where", ["/no-such-mount/survey", "no-such-storage://bucket/survey"])
def test_storage_that_is_not_mounted_is_named_in_one_line(running_spark, census, where):
    ran = census("check", f"household=parquet.`{where}`", "--engine", "spark", "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert "no-such-" in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.spark
def test_a_folder_that_is_not_mounted_is_named_in_one_line(running_spark, census):
    ran = census("check", "/no-such-mount/survey", "--engine", "spark", "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert "/no-such-mount/survey does not exist" in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.spark
def test_a_table_that_vanishes_is_named(spark, capfd):
    with pytest.raises(InputError, match="never_was"):
        spark.one("SELECT count(*) AS n FROM never_was")
    assert capfd.readouterr().err == ""


@pytest.mark.spark
def test_a_spark_that_dies_is_one_line_and_a_file(running_spark):
    """In a process of its own: the other tests need theirs."""
    code = (
        "from census_cli.engines import open_engine\nfrom census_cli.errors import EngineUnavailable\n"
        "engine = open_engine('spark', None, 1)\n"
        "try:\n    engine._session._jvm.java.lang.Runtime.getRuntime().halt(1)\nexcept Exception:\n    pass\n"
        "try:\n    engine.one('SELECT 1 AS n')\nexcept EngineUnavailable as error:\n    print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Spark stopped" in run.stdout
    assert len(run.stdout.splitlines()) == 1
    said = run.stdout.rsplit(" ", 1)[1].strip()
    assert Path(said).read_text(encoding="utf-8")
