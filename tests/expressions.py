"""Expressions of every form that the language has, over the survey in `expr/sampler`, each with the kind of value that it gives."""

from __future__ import annotations

from census_cli.expr.nodes import AGE, BOOLEAN, COUNT, DATE, DATETIME, DOUBLE, INTEGER, NULL, NUMBER, STRING, Kind

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
