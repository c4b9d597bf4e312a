"""Every operator and function of the language gives the same on both engines, whatever the cells hold; wrong spellings are noticed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asking import ASKED, SAMPLER, answers
from census_cli.expr.functions import AGGREGATES, FUNCTIONS
from census_cli.expr.nodes import Aggregate, Call, Node, walk
from census_cli.sql.spelling import _OPERATORS
from wild_survey import few, surveys


@pytest.mark.spark
@few(2)
@given(st.lists(surveys(SAMPLER, 150), min_size=2, max_size=2))
def test_every_expression_gives_the_same_on_both_engines(duckdb, spark, made):
    ours, theirs = answers(duckdb, made), answers(spark, made)
    for table, asked in ASKED.items():
        for i, text in enumerate(d for d, node in asked.items() if node.kind.name != "null"):
            for one, other in zip(ours[table], theirs[table], strict=True):
                assert (one[f"e{i}"], one[f"bad{i}"]) == (other[f"e{i}"], other[f"bad{i}"]), (text, one["source"], one["row"])


def _within(node: Node) -> Iterator[Node]:
    """All nodes of an expression, those over children too."""
    for each in walk(node):
        yield each
        if isinstance(each, Aggregate):
            yield from _within(each.arg)


def test_every_operator_function_and_aggregate_is_among_the_expressions():
    nodes = [n for asked in ASKED.values() for node in asked.values() for n in _within(node)]
    named = {n.name for n in nodes if isinstance(n, Call | Aggregate)}
    assert named == {*_OPERATORS, *FUNCTIONS, *AGGREGATES}
