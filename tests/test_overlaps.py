"""Rules that hold spans of time apart: which rows of a group they mark."""

from __future__ import annotations

import pytest

from making import check, found, rows

DAY = "2020-07-25 "


def visits(*spans, **changes):
    """Households H1, H2 … visited in these spans of one day, by one enumerator."""
    made = [{"household_id": f"H{i}", "started_at": DAY + a, "ended_at": DAY + b} for i, (a, b) in enumerate(spans, 1)]
    return check("T04", household=rows("household", *(visit | changes for visit in made)))


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([("09:00", "10:00"), ("10:00", "11:00")], []),
        ([("09:00", "10:01"), ("10:00", "11:00")], ["H1", "H2"]),
        ([("09:00", "12:00"), ("09:10", "09:20"), ("11:00", "11:30")], ["H1", "H2", "H3"]),
        ([("11:00", "11:30"), ("09:00", "12:00"), ("13:00", "14:00")], ["H1", "H2"]),
        ([("09:00", "10:00"), ("09:00", "10:00")], ["H1", "H2"]),
        ([("10:00", "09:00"), ("09:10", "09:50")], []),
    ],
)
def test_every_visit_that_shares_a_moment_with_another_is_marked(spans, marked):
    assert [unit for _, unit in found(visits(*spans))] == marked


def test_a_household_that_is_there_twice_does_not_overlap_with_itself():
    assert found(visits(("09:00", "10:00"), ("09:30", "10:30"), household_id="H1")) == [("T04", "H1"), ("T04", "H1")]
    assert found(visits(("09:00", "10:00"), ("09:00", "10:00"), household_id="H1")) == []


def test_visits_of_two_enumerators_may_overlap():
    both = rows(
        "household",
        {"started_at": DAY + "09:00", "ended_at": DAY + "10:00"},
        {"household_id": "H2", "enumerator_id": "E2", "started_at": DAY + "09:00", "ended_at": DAY + "10:00"},
    )
    assert found(check("T04", household=both)) == []
