"""What is read of Arrow arrays without pandas."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from census_cli.arrow import where


@given(st.lists(st.sampled_from([True, False, None]), max_size=100), st.integers(0, 100), st.integers(0, 100))
def test_a_condition_is_found_where_it_holds(answers, start, length):
    flags = pa.array(answers, pa.bool_())
    part = flags.slice(min(start, len(flags)), length)
    assert where(part) == [i for i, answer in enumerate(part.to_pylist()) if answer]
