"""What the language allows, and the kind of value that each expression gives."""

from __future__ import annotations

from decimal import Decimal

import pytest

from census_cli.expr.nodes import BOOLEAN, COUNT, DATE, INTEGER, STRING, Aggregate, Call, Column, Literal, aggregates, columns
from expressions import KINDS, OF_CHILDREN, RELATION, decimal


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_an_expression_gives_its_kind(resolve, text, kind):
    assert resolve(text).kind == kind


@pytest.mark.parametrize(("text", "kind"), OF_CHILDREN.items())
def test_an_expression_over_children_gives_its_kind(resolve, text, kind):
    assert resolve(text, "household").kind == kind


@pytest.mark.parametrize("text", ["score * score * score % 0.5", "(score * score * score) % wage", "wage * wage * wage % score"])
def test_no_number_has_more_digits_than_an_engine_holds(resolve, text):
    assert resolve(text).kind.digits <= 38


def test_a_rest_of_a_derived_field_of_children_is_known_to_their_parents_parent(resolve):
    assert resolve("sum(household.heads)", "village").kind == decimal(24)


def test_in_takes_the_values_of_a_list_parameter(resolve):
    node = resolve("relation in ($near, 'mother')")
    assert [a.value for a in node.args[1:]] == ["head", "son", "mother"]


def test_in_takes_the_dates_of_a_list_parameter(resolve):
    node = resolve("birth_date in ($holidays)")
    assert node.args[1:] == (Literal("2020-01-01", DATE), Literal("2020-05-01", DATE))


def test_in_an_empty_list_parameter_has_no_values(resolve):
    assert resolve("relation in ($nobody)") == Call("in", (Column(None, "relation", RELATION),), BOOLEAN)


def test_a_scalar_parameter_is_written_out(resolve):
    assert resolve("$wage_min") == Literal(Decimal("1500.5"), decimal(5, 1))


def test_a_text_beside_a_date_is_a_date(resolve):
    assert resolve("birth_date < '2020-01-01'").args[1] == Literal("2020-01-01", DATE)


def test_between_is_two_comparisons(resolve):
    score = Column(None, "score", INTEGER)
    low, high = Call(">=", (score, Literal(1, decimal(1))), BOOLEAN), Call("<=", (score, Literal(2, decimal(1))), BOOLEAN)
    assert resolve("score between 1 and 2") == Call("and", (low, high), BOOLEAN)


def test_a_minus_before_a_constant_is_part_of_it(resolve):
    assert resolve("-7") == Literal(-7, decimal(1))


def test_a_quote_is_written_twice(resolve):
    assert resolve("'it''s'") == Literal("it's", STRING)


@pytest.mark.parametrize("year", ["score", "2020", "year(birth_date)", "score - 1", "age + 1"])
def test_the_year_of_a_parameter_is_the_one_that_is_written(resolve, year):
    tests = resolve(f"$poverty_line[{year}]").args[:-1:2]
    assert [t.args[0] for t in tests] == [resolve(year)] * 2


def test_the_years_of_a_parameter_are_asked_in_order_and_others_have_none(resolve):
    node = resolve("$poverty_line[score]")
    assert [(a.args[1].value if isinstance(a, Call) else a.value) for a in node.args] == [
        2019,
        Decimal("3747.5"),
        2020,
        4000,
        None,
    ]


def test_an_attribute_is_asked_of_the_codes_that_have_it(resolve):
    node = resolve("attribute(relation, 'sex')")
    assert [(a.args[1].value if isinstance(a, Call) else a.value) for a in node.args] == ["son", "male", "mother", "female", None]


def test_a_region_is_the_first_digits_of_its_level(resolve):
    assert resolve("region(name, 'city')") == Call("left", (Column(None, "name", STRING), Literal(4, decimal(1))), STRING)


def test_the_columns_of_an_expression_are_listed_once_in_order(resolve):
    node = resolve("score > 1 and household.income > score or wage is null")
    assert [c.key for c in columns(node)] == ["score", "household.income", "wage"]


def test_an_aggregate_is_one_whole(resolve):
    node = resolve("count_if(person.score > 1) = members and count_if(person.score > 1) > 0", "household")
    assert [c.key for c in columns(node)] == ["members"]


def test_the_aggregates_of_an_expression_are_listed_once(resolve):
    node = resolve("count_if(person.present) = members and count_if(person.present) > 0", "household")
    assert aggregates(node) == [Aggregate("count_if", "person", Column(None, "present", BOOLEAN), COUNT)]


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"), ("score - 1 - 1", "(score - 1) - 1"),
        ("not present and present", "(not present) and present"),
        ("present or present and present", "present or (present and present)"), ("not score = 1", "not (score = 1)"),
        ("not name is null", "not (name is null)"), ("score + 1 > 2 and present", "((score + 1) > 2) and present"),
        ("-score * 2", "(-score) * 2"),
        ("score NOT IN (1)", "not (score in (1))"), ("score != 1", "score <> 1"), ("score\n>\t1", "score > 1"),
    ],
)  # fmt: skip
def test_operators_bind_as_in_sql(resolve, text, read_as):
    assert resolve(text) == resolve(read_as)
