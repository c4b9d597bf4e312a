"""A floating number that a message shows is written by the pen: engines write it in different ways."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

import census_cli
from places import ROOT

RULE = """\
id: Q01
severity: verify
table: person
level: 1
title: {zh: 份额, en: Share}
why: {zh: 份额, en: Share}
ask: {zh: 份额, en: Share}
assert: share is null
nulls: pass
fields: [score]
message: {zh: "份额{share}", en: "a share of {share}"}
source: [{doc: tests, at: sampler}]
examples: {violated: [{score: 1, wage: 3}], passed: [{score: 1, wage: 0}]}
"""
SHARES = {
    ("1", "3"): "0.3333333333333333", ("3", "1"): "3", ("0", "7"): "0", ("-1", "8"): "-0.125", ("1", "1000000"): "0.000001",
    ("999999999999999", "0.0001"): "9999999999999990000", ("1", "999999999999.9999"): "0.0000000000010000000000000002",
}  # fmt: skip


@pytest.fixture
def shares(tmp_path):
    """The sampler with a quotient and a rule that shows it."""
    survey = shutil.copytree(ROOT / "tests" / "expr" / "sampler", tmp_path / "shares")
    table = survey / "tables" / "person.yaml"
    derived = '  - {name: share, type: number, title: {zh: 份额, en: Share}, expression: "score / wage"}\n'
    table.write_text(table.read_text(encoding="utf-8") + derived, encoding="utf-8")
    (survey / "rules").mkdir(exist_ok=True)
    (survey / "rules" / "Q01.yaml").write_text(RULE, encoding="utf-8")
    return survey


@pytest.mark.parametrize("engine_name", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_a_floating_number_in_a_message_is_the_same_on_every_engine(request, shares, engine_name):
    if engine_name == "spark":
        request.getfixturevalue("running_spark")
    person = pd.DataFrame([{"household_id": "H1", "person_no": str(i), "score": s, "wage": w} for i, (s, w) in enumerate(SHARES)])
    result = census_cli.check({"person": person}, survey=shares, select="Q01", engine=engine_name)
    assert result.discrepancies["message"].to_pylist() == [f"a share of {share}" for share in SHARES.values()]
