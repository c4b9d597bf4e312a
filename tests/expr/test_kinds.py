"""What the language allows, and the kind of value that each expression gives."""

from __future__ import annotations

from decimal import Decimal

import pytest

from census_cli.expr.nodes import (
    AGE,
    BOOLEAN,
    COUNT,
    DATE,
    DATETIME,
    DOUBLE,
    INTEGER,
    NULL,
    NUMBER,
    STRING,
    Aggregate,
    Call,
    Column,
    Kind,
    Literal,
    aggregates,
    columns,
)

RELATION, SEX, HEALTH = Kind("string", codes="relation"), Kind("string", codes="sex"), Kind("list", codes="health")


def decimal(digits: int, scale: int = 0) -> Kind:
    return Kind("decimal", digits, scale)


KINDS = {
    # columns, of the row and of its ancestors
    "name": STRING, "sex": SEX, "health": HEALTH, "score": INTEGER, "wage": NUMBER, "present": BOOLEAN, "birth_date": DATE,
    "age": AGE,
    "household.started_at": DATETIME, "household.heads": COUNT, "village.clinic": BOOLEAN, '"score"': INTEGER, "(score)": INTEGER,
    # constants
    "'a'": STRING, "''": STRING, "true": BOOLEAN, "null": NULL, "date '2020-02-29'": DATE,
    "0": decimal(1), "120": decimal(3), "123456789012345": decimal(15), "1.5": decimal(2, 1), "0.0001": decimal(5, 4),
    "-7": decimal(1),
    "$age_max": decimal(3), "$wage_min": decimal(5, 1), "$as_of": DATE, "$strict": BOOLEAN,
    # numbers grow so that no digit is lost
    "score + 1": decimal(16), "score - wage": decimal(20, 4), "wage + wage": decimal(17, 4), "1 + 0.5": decimal(3, 1),
    "wage + 0.5": decimal(17, 4),
    "score * score": decimal(30), "wage * wage": decimal(32, 8), "score * wage": decimal(31, 4), "score * 12": decimal(17),
    "wage * 0.5": decimal(18, 5),
    "score % 7": decimal(15), "wage % 7": decimal(16, 4), "score % 0.5": decimal(16, 1),
    "-score": INTEGER, "-wage": NUMBER, "abs(wage)": NUMBER, "abs(wage - score)": decimal(20, 4),
    # … up to 38 digits
    "score * score * score": decimal(38), "wage * wage * wage": decimal(38, 8), "wage * wage * score": decimal(38, 4),
    "score * score * score + 1": decimal(38), "wage * wage * wage - wage * wage": decimal(38, 8),
    "score * score * 12345678": decimal(38), "score * score * 123456789": decimal(38),
    # a quotient is a double, and so is what is made of it
    "score / 2": DOUBLE, "wage / score": DOUBLE, "1 / 2": DOUBLE, "score / 2 + 1": DOUBLE, "wage * (1 / 2)": DOUBLE,
    "-(score / 2)": DOUBLE,
    "(score / 2) % 3": DOUBLE,
    # truths
    "score = 1": BOOLEAN, "score <> 1.5": BOOLEAN, "score != 1": BOOLEAN, "score / 2 > 1": BOOLEAN, "name >= 'a'": BOOLEAN,
    "present = true": BOOLEAN,
    "score between 1 and 2": BOOLEAN, "score not between 1 and 2": BOOLEAN, "name is null": BOOLEAN, "name is not null": BOOLEAN,
    "present is true": BOOLEAN, "present is not false": BOOLEAN, "not present": BOOLEAN,
    "present and not present or $strict": BOOLEAN,
    "sex in ('male')": BOOLEAN, "score not in (1, 2)": BOOLEAN, "relation in ($near)": BOOLEAN, "null and present": BOOLEAN,
    "health is null": BOOLEAN,
    "birth_date > '2020-01-01'": BOOLEAN, "'2020-01-01' < birth_date": BOOLEAN,
    "birth_date between '2020-01-01' and $as_of": BOOLEAN, "within_any(birth_date, $holidays, $holiday_ends)": BOOLEAN,
    # choices
    "case when present then 1 else 2.5 end": decimal(2, 1), "case when present then 10 when not present then 2 end": decimal(2),
    "case when present then 1 else score / 2 end": DOUBLE, "case when present then name end": STRING,
    "case when present then null end": NULL,
    "case when present then sex else 'male' end": SEX, "case sex when 'male' then birth_date end": DATE,
    "case when present then sex else name end": STRING,
    "coalesce(score, 0)": INTEGER, "coalesce(score, wage)": decimal(19, 4), "coalesce(wage, score / 2)": DOUBLE,
    "coalesce(name, 'a')": STRING,
    "coalesce(sex, 'male')": SEX, "coalesce(null, relation)": RELATION, "coalesce(sex, name)": STRING,
    "coalesce(null, null)": NULL,
    # functions
    "age(birth_date, $as_of)": AGE, "age(birth_date, '2020-12-31')": AGE, "year(birth_date)": decimal(4),
    "length(name)": decimal(10),
    "left(name, 2)": STRING, "matches(name, '[0-9]{4}')": BOOLEAN, "has(health, 'healthy')": BOOLEAN, "id_valid(name)": BOOLEAN,
    "id_birth(name)": DATE, "id_sex(name)": STRING, "id_base(name)": STRING, "LENGTH(name)": decimal(10),
    "region(household.village_code, 'city')": STRING, "attribute(relation, 'sex')": STRING,
    "attribute(relation, 'generation')": decimal(1),
    # parameters by year
    "$poverty_line[score]": decimal(5, 1), "$poverty_line[2020]": decimal(5, 1), "$closed_on[score]": DATE,
    "score * $poverty_line[score]": decimal(20, 1),
}  # fmt: skip
OF_CHILDREN = {
    "count_if(person.present)": COUNT, "count_if(person.relation = 'head' and person.score > 1)": COUNT,
    "count(person.name)": COUNT,
    "sum(person.score)": decimal(24), "sum(person.wage)": decimal(25, 4), "sum(person.wage * person.wage)": decimal(30, 8),
    "sum(coalesce(person.score, 0))": decimal(24), "min(person.birth_date)": DATE, "max(person.wage)": NUMBER,
    "min(person.name)": STRING,
    "max(person.score) - min(person.score)": decimal(16), "sum(case when person.present then 1 else 0 end)": decimal(10),
    "sum(person.score) / count(person.score)": DOUBLE, "count_if(person.present) = members": BOOLEAN,
}  # fmt: skip


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
