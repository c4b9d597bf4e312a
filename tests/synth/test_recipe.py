"""The files of a recipe: what they may not say, and what their words mean."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from census_cli.errors import DescriptorErrors
from census_cli.survey.load import read_survey
from census_cli.synth.chunks import step_sql
from census_cli.synth.draws import macros
from census_cli.synth.load import open_kitchen
from census_cli.synth.models import Amounts, Numbers, Shares, Step
from places import ROOT

SOURCE = [{"doc": "test", "at": "-"}]


@pytest.fixture
def changed(tmp_path):
    """A copy of the survey, to be opened with a text of its recipe replaced."""
    folder = tmp_path / "survey"
    shutil.copytree(ROOT / "schemas" / "registered-households", folder)

    def change(file, old, new):
        path = folder / "synth" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("recipe.yaml", "units_per_group", "units_in_group", r"recipe.yaml:\d+:\d+: unknown key 'units_in_group'"),
        ("recipe.yaml", "hearth", "heart", "the step 'heart'"),
        ("shares.yaml", "anytime: 98.94", "anytime: many", "shares.yaml"),
        ("faults/living.yaml", "household.food_enough", "household.food", "hungry: there is no column 'household.food'"),
        ("faults/living.yaml", "household.food_enough", "village.library", "'village.library' cannot be set"),
        ("faults/living.yaml", "code: hungry", "code: angry", "has the code 'angry'"),
        ("faults/living.yaml", "name: no_helper", "name: hungry", "'hungry' is described twice"),
    ],
)
def test_a_mistake_in_a_recipe_is_told(changed, file, old, new, said):
    with pytest.raises(DescriptorErrors, match=said):
        open_kitchen(changed(file, old, new))


def test_a_check_reads_no_recipe():
    assert not any("synth" in key for key in read_survey(ROOT / "schemas" / "registered-households").documents)


def test_a_column_may_use_those_above_it():
    step = Step.model_validate(
        {"name": "made", "from": "range(2) AS r(i)", "columns": {"a": "i + 1", "b": "a * 10", "c": "a + b"}}
    )
    assert duckdb.connect().execute(step_sql(step)).fetchall() == [(0, 1, 10, 11), (1, 2, 20, 22)]


@pytest.fixture(scope="module")
def drawing():
    shares = Shares.model_validate({"of": {"rare": 1, "often": 99}, "source": SOURCE})
    amounts = Amounts.model_validate({"quantiles": [0, 10, 100], "source": SOURCE})
    connection = duckdb.connect()
    for macro in macros(Numbers(shares={"seldom": shares}, amounts={"much": amounts}), 7):
        connection.execute(macro)
    connection.execute("CREATE TABLE t AS SELECT luck(i) AS luck FROM range(100000) AS r(i)")
    return lambda sql: connection.execute(f"SELECT {sql} FROM t").fetchone()


def test_no_two_numbers_have_the_same_luck(drawing):
    assert drawing("count(DISTINCT luck)") == (100_000,)


def test_a_share_is_met(drawing):
    assert drawing("avg((share_seldom(luck) = 'rare')::INTEGER)")[0] == pytest.approx(0.01, abs=0.002)
    assert drawing("avg(chance(luck, 'a', 0.3)::INTEGER)")[0] == pytest.approx(0.3, abs=0.01)


def test_draws_of_different_names_have_nothing_to_do_with_each_other(drawing):
    assert drawing("corr(draw(luck, 'a'), draw(luck, 'b'))")[0] == pytest.approx(0, abs=0.01)


def test_whole_numbers_take_both_ends(drawing):
    assert drawing("min(within(luck, 'a', -2, 3)), max(within(luck, 'a', -2, 3)), count(DISTINCT within(luck, 'a', -2, 3))") == (
        -2,
        3,
        6,
    )


def test_an_amount_follows_its_quantiles(drawing):
    assert drawing("min(amount_much(luck)), max(amount_much(luck)) <= 100") == (0, True)
    assert drawing("median(amount_much(luck))")[0] == pytest.approx(10, abs=1)
