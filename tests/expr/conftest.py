"""The survey in `sampler/`, and an expression read against one of its tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from census_cli.expr.bound import BoundSurvey, TableScope
from census_cli.expr.nodes import Node
from census_cli.expr.parse import ExpressionError, parse
from census_cli.expr.resolve import Resolver
from census_cli.opening import open_survey

Resolve = Callable[..., Node]


@pytest.fixture(scope="session")
def sampler() -> BoundSurvey:
    """Villages, households and persons, with a field of every type and a parameter of every shape."""
    return open_survey(Path(__file__).parent / "sampler")


@pytest.fixture(scope="session")
def resolve(sampler: BoundSurvey) -> Resolve:
    """The typed tree of an expression of a table; raises ExpressionError."""

    def resolve(text: str, table: str = "person") -> Node:
        return Resolver(TableScope(sampler, sampler.tables[table])).resolve(parse(text))

    return resolve


@pytest.fixture(scope="session")
def refusal(resolve: Resolve) -> Callable[..., str]:
    """What is said of an expression that is refused."""

    def refusal(text: str, table: str = "person") -> str:
        with pytest.raises(ExpressionError) as caught:
            resolve(text, table)
        return str(caught.value)

    return refusal
