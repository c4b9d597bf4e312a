"""What is outside the language is refused before any data is read."""

from __future__ import annotations

import pytest

from census_cli.expr.bound import BoundSurvey, TableScope
from census_cli.expr.parse import ExpressionError, parse
from census_cli.expr.resolve import Resolver

OUTSIDE = {
    "a comment to the end of the line": "score > 1 -- and more",
    "a comment in the middle": "score /* hidden */ > 1",
    "a comment before": "/* hidden */ true",
    "a semicolon": "score > 1;",
    "a semicolon alone": ";",
    "two statements": "true; drop table person",
    "nothing": "",
    "blanks": " \n\t",
    "a query": "select 1",
    "a query in brackets": "(select max(score) from person) > 1",
    "a query after in": "sex in (select 'male')",
    "a query after exists": "exists (select 1)",
    "a query after any": "score = any(select 1)",
    "a query with a name": "with x as (select 1) select 1",
    "a query that begins with from": "from person",
    "values": "values (1)",
    "a read of a file": "read_csv('x')",
    "a read of a file by its name": "'x.csv'.a = 1",
    "a read of the environment": "getenv('HOME') = ''",
    "a cast": "cast(score as integer)",
    "a cast by colons": "score::int",
    "a cast that may fail": "try_cast(name as integer)",
    "a window": "row_number() over ()",
    "an aggregate over a window": "sum(score) over (partition by sex)",
    "an arrow function": "x -> x + 1",
    "a lambda": "lambda x: x + 1",
    "a struct": "{'a': 1}",
    "a named value": "struct_pack(a := 1)",
    "a list": "[1, 2]",
    "an array": "array[1, 2]",
    "a tuple": "(score, 1) = (1, 1)",
    "a part of a list": "health[1]",
    "a slice": "name[1:2]",
    "a method": "name.upper()",
    "like": "name like 'a%'",
    "ilike": "name ilike 'a%'",
    "similar to": "name similar to 'a'",
    "a match by a sign": "name ~ 'a'",
    "glob": "name glob 'a*'",
    "a collation": "name collate nocase = 'a'",
    "a joining of texts": "name || name",
    "two texts side by side": "sex = 'male' 'female'",
    "today": "birth_date < current_date",
    "now": "now() is null",
    "the user": "current_user = 'x'",
    "a time": "started_at > timestamp '2020-01-01 00:00:00'",
    "an interval": "birth_date + interval 1 day",
    "a part of a date": "extract(year from birth_date) = 2020",
    "a time zone": "started_at at time zone 'UTC'",
    "a power": "score ** 2",
    "a whole quotient": "score // 2",
    "bits": "score & 1",
    "a distinct comparison": "name is distinct from 'a'",
    "if": "if(score > 1, 1, 2)",
    "nullif": "nullif(score, 1)",
    "greatest": "greatest(score, 1)",
    "a star": "count(*)",
    "an alias": "score as x",
    "a name after an expression": "score x",
    "a filter": "sum(person.score) filter (where true)",
    "an order": "sum(person.score order by score)",
    "an unnamed parameter": "score = ?",
    "a backslash text": "name = e'a'",
    "a dollar text": "name = $$a$$",
    "a statement": "drop table person",
    "a setting": "set threads = 1",
    "an attachment": "attach 'x'",
    "a copy": "copy person to 'x'",
    "an extension": "install httpfs",
    "a pragma": "pragma version",
    "a listing": "show all",
    "an unknown function with odd arguments": "var_map(name)",
}
CUT = {
    "in without a list": "sex in",
    "in of nothing": "sex in ()",
    "a list that begins with a comma": "sex in (, 'male')",
    "between without and": "score between 1 2",
    "between without an end": "score between 1 and",
    "case without then": "case when present 1 end",
    "case without end": "case when present then 1",
    "an operator without a second value": "score >",
    "an alias without a name": "score as",
    "an open bracket": "(score",
    "an open function": "abs(score",
    "an open aggregate": "min(person.score",
    "a closing bracket too many": "score)",
    "an open text": "name = 'a",
    "a function of a comma": "coalesce(, sex)",
    "an aggregate of a comma": "min(, person.score)",
    "a doubled operator": "score = = 1",
    "not of nothing": "not",
}


@pytest.mark.parametrize("text", OUTSIDE.values(), ids=OUTSIDE)
def test_what_is_outside_the_language_is_refused(refusal, text):
    assert refusal(text, "household" if "person." in text else "person")


@pytest.mark.parametrize("text", CUT.values(), ids=CUT)
def test_what_is_not_finished_is_refused(refusal, text):
    assert refusal(text, "household" if "person." in text else "person")


def test_what_is_refused_is_quoted(refusal):
    assert refusal("name like 'a%'") == "'name LIKE 'a%'' is not part of the rule language"


def test_what_cannot_be_understood_is_told_by_its_character(refusal):
    assert refusal("(score > 1") == "cannot be understood at character 10: ) is expected"


@pytest.mark.parametrize("text", ["score >", "not", "left(name)", "score between 1 and", "$poverty_line[]"])
def test_no_word_of_the_parser_is_shown_to_the_user(refusal, text):
    assert "sqlglot" not in refusal(text)


def test_the_parser_says_nothing_by_itself(refusal, caplog):
    refusal("explain select 1")
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("agee(1)", "no function 'agee'; did you mean 'age'?"),
        ("lenght(name) = 1", "no function 'lenght'; did you mean 'length'?"),
        ("regoin(name, 'city') = ''", "no function 'regoin'; did you mean 'region'?"),
        ("count_iff(score)", "no function 'count_iff'; did you mean 'count_if'?"),
        ("scores = 1", "no column 'scores'; did you mean 'score'?"), ("Score = 1", "no column 'Score'; did you mean 'score'?"),
        ("household.incom = 1", "no column 'incom'; did you mean 'income'?"),
        ("nobody.x = 1", "'nobody' is neither a parent nor a child of this table"),
        ("sex = 'mael'", "no code 'mael' in 'sex'; did you mean 'male'?"),
        ("'mael' = sex", "no code 'mael' in 'sex'; did you mean 'male'?"),
        ("sex in ('male', 'femal')", "no code 'femal' in 'sex'; did you mean 'female'?"),
        ("sex in ($near)", "no code 'head' in 'sex'"),
        ("case sex when 'mael' then 1 end", "no code 'mael' in 'sex'; did you mean 'male'?"),
        ("coalesce(sex, 'x') = 'male'", "no code 'x' in 'sex'"),
        ("coalesce('x', sex) = 'male'", "no code 'x' in 'sex'"),
        ("within_anny(score, $near, $near)", "no function 'within_anny'; did you mean 'within_any'?"),
        ("has(health, 'helthy')", "no code 'helthy' in 'health'; did you mean 'healthy'?"),
        ("score < $age_maxx", "no parameter '$age_maxx' in the profile; did you mean '$age_max'?"),
        ("region(household.village_code, 'citi') = ''", "no region level 'citi'; did you mean 'city'?"),
        ("attribute(relation, 'sx') = 'male'", "the codes of this field have no attribute 'sx'; did you mean 'sex'?"),
        ("attribute(sex, 'generation') = 1", "the codes of this field have no attribute 'generation'"),
        ("attribute(name, 'sex') = ''", "the codes of this field have no attribute 'sex'"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_told_with_the_near_miss(refusal, text, message):
    assert refusal(text) == message


@pytest.mark.parametrize("text", ["score = null", "null <> score", "null = null"])
def test_nothing_equals_null(refusal, text):
    assert refusal(text) == "nothing equals null; write 'is null' or 'is not null'"


@pytest.mark.parametrize("text", ["score in (1, null)", "score between null and 3", "case sex when null then 1 end"])
def test_nothing_is_held_against_null_in_another_way_either(refusal, text):
    assert "null" in refusal(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("score = 'a'", "a number cannot be compared with a string"), ("name = 1", "a string cannot be compared with a number"),
        ("present = 1", "a boolean cannot be compared with a number"),
        ("health = 'healthy'", "a list of codes cannot be compared with a string"),
        ("household.started_at > birth_date", "a datetime cannot be compared with a date"),
        ("score in ('a')", "a number cannot be compared with a string"),
        ("score between 1 and 'a'", "a number cannot be compared with a string"),
        ("1 < 2 < 3", "a boolean cannot be compared with a number"),
        ("case score when 'a' then 1 end", "a number cannot be compared with a string"),
        ("birth_date > 'x'", "'x' is not a date like 2020-12-31"),
        ("birth_date > '2020-1-1'", "'2020-1-1' is not a date like 2020-12-31"),
        ("birth_date > date '2021-02-29'", "'2021-02-29' is not a date like 2020-12-31"),
        ("name + 1", "'+' needs numbers, not a string"), ("score * present", "'*' needs numbers, not a boolean"),
        ("birth_date - birth_date", "'-' needs numbers, not a date"),
        ("score / '2'", "'/' needs numbers, not a string"), ("-name", "a number is needed here, not a string"),
        ("score is true", "a boolean is needed here, not a number"),
        ("name is 1", "after 'is' only null, true or false may stand"),
        ("score in score", "after 'in' a list in brackets is expected"),
        ("length(score)", "a string is needed here, not a number"), ("year(name)", "a date is needed here, not a string"),
        ("age(birth_date)", "age() takes 2 values, not 1"),
        ("has(sex, 'male')", "a list of codes is needed here, not a string"),
        ("has(health, sex)", "the second value of has() must be written out"),
        ("within_any(name, $holidays, $holiday_ends)", "a string cannot be compared with a date"),
        ("within_any(birth_date, $holidays)", "within_any() takes a value and two list parameters that are as long as each other"),
        ("within_any(birth_date, $holidays, birth_date)", "within_any() takes a value and two list parameters that are as long as each other"),
        ("within_any(birth_date, $nobody, $nobody)", "within_any() takes a value and two list parameters that are as long as each other"),
        ("within_any(birth_date, $holidays, $as_of)", "within_any() takes a value and two list parameters that are as long as each other"),
        ("left(name, score)", "the second value of left() must be written out"),
        ("matches(name, name)", "the second value of matches() must be written out"),
        ("coalesce(score, 'a')", "the values are of different kinds: number, string"),
        ("case when present then 1 else 'a' end", "the values are of different kinds: number, string"),
        ("region(name)", "region() takes a field and a word in quotes"),
        ("attribute(relation, sex)", "attribute() takes a field and a word in quotes"),
    ],
)  # fmt: skip
def test_values_of_the_wrong_kind_are_refused(refusal, text, message):
    assert refusal(text) == message


@pytest.mark.parametrize(
    "text", ["not score", "present and score", "name or present", "case when 1 then 2 end", "count_if(person.score)"]
)
def test_a_condition_must_be_true_or_false(refusal, text):
    assert refusal(text, "household" if "person." in text else "person").startswith("a condition is expected, but this gives a ")


@pytest.mark.parametrize("pattern", [r"\d+", "a.b", "^a$", r"\w", "a*?", "(?i)a", "[^a]", "[", "a{", "(a"])
def test_a_pattern_that_is_not_plain_is_refused(refusal, pattern):
    assert refusal(f"matches(name, '{pattern}')") == f"'{pattern}' is not a plain pattern (no \\d \\w \\s . ^ $)"


def test_a_missing_pattern_is_refused(refusal):
    assert refusal("matches(name, null)")


@pytest.mark.parametrize("text", ["count_if(sum(person.score) = 1) = 1", "sum(count_if(person.present))"])
def test_an_aggregate_does_not_stand_inside_another(refusal, text):
    assert refusal(text, "household") == "an aggregate cannot stand inside another; use a derived field of the child"


@pytest.mark.parametrize(
    ("text", "table", "message"),
    [
        ("sum(score)", "person", "sum(…) reads the columns of one child table, as sum(child.column)"),
        ("count_if(members > 1)", "household", "count_if(…) reads the columns of one child table, as count_if(child.column)"),
        ("count_if(true)", "household", "count_if(…) reads the columns of one child table, as count_if(child.column)"),
        ("sum(person.score + members)", "household", "sum(…) reads the columns of one child table, as sum(child.column)"),
        ("sum(person.score)", "village", "sum(…) reads the columns of one child table, as sum(child.column)"),
        ("max(household.members)", "person", "max(…) reads the columns of one child table, as max(child.column)"),
        ("sum(person.name)", "household", "a number is needed here, not a string"),
        ("sum(person.scor)", "household", "no column 'scor'; did you mean 'score'?"),
        ("person.score > 1", "household", "'person' is a child: its columns stand inside count_if, sum, min, max or count"),
        ("person.score > 1", "person", "'person' is neither a parent nor a child of this table"),
        ("person.score > 1", "village", "'person' is neither a parent nor a child of this table"),
    ],
)  # fmt: skip
def test_a_childs_columns_stand_inside_one_aggregate(refusal, text, table, message):
    assert refusal(text, table) == message


@pytest.mark.parametrize(
    "text", ["min(person.score, 2)", "max(person.score, person.wage)", "count_if(person.present, true)", "mod(members, 1, 2)"]
)
def test_a_value_too_many_is_refused(refusal, text):
    assert refusal(text, "household")


@pytest.mark.parametrize("text", ["substring(name, 2) = 'a'", "substr(name, 2) = 'a'"])
def test_a_function_that_reads_otherwise_in_sql_is_refused(refusal, text):
    assert refusal(text).startswith("no function '")


@pytest.mark.parametrize("text", ["left(name, -1)", "left(name, 1.5)", "left(name, null)"])
def test_a_number_of_characters_is_a_whole_one(refusal, text):
    assert refusal(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("relation = $near", "the parameter '$near' holds several values; write in ($near)"),
        ("score < $poverty_line", "the parameter '$poverty_line' holds several values; write $poverty_line[year]"),
        ("score in ($poverty_line)", "the parameter '$poverty_line' holds several values; write $poverty_line[year]"),
        ("score < $age_max[2020]", "the parameter '$age_max' does not depend on a year"),
        ("relation = $near[1]", "the parameter '$near' does not depend on a year"),
        ("score < $poverty_line['2020']", "a number is needed here, not a string"),
        ("score < $poverty_line[score, 1]", "[…] may only follow a parameter that depends on a year"),
        ("score < score[1]", "[…] may only follow a parameter that depends on a year"),
        ("relation in $near", "after 'in' a list in brackets is expected"),
    ],
)  # fmt: skip
def test_a_parameter_is_used_as_what_it_is(refusal, text, message):
    assert refusal(text) == message


@pytest.mark.parametrize("number", ["1234567890123456", "1234567890123456.5", "0.00001", "9" * 400])
def test_a_number_of_too_many_digits_is_refused(refusal, number):
    assert refusal(f"wage = {number}") == f"{number} has more than 15 digits or 4 decimals"


@pytest.mark.parametrize("number", ["1e5", "0x10", "1.5e3", "1.2.3", "１"])
def test_a_number_in_another_form_is_refused(refusal, number):
    assert refusal(f"score = {number}")


def test_an_expression_of_ten_thousand_characters_is_refused(refusal):
    assert refusal("1 + " * 2_500 + "1") == "the expression is longer than 4000 characters"


DEEP = {
    "brackets": "(" * 1_900 + "1" + ")" * 1_900,
    "open brackets": "(" * 2_000,
    "square brackets": "[" * 2_000,
    "braces": "{" * 2_000,
    "signs": "- " * 1_900 + "1",
    "not": "not " * 900 + "true",
    "functions": "abs(" * 700 + "1" + ")" * 700,
    "cases": "case when true then " * 150 + "1" + " end" * 150,
    "in": "score in (" * 300,
    "names": ".".join("a" * 1_900),
    "arrows": "x->" * 1_000 + "x",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_an_expression_nested_without_measure_is_refused(refusal, text):
    assert refusal(text)


@pytest.mark.parametrize("text", ["(" * 2_000 + "1" + ")" * 2_000, "1 + (" * 2_000 + "1" + ")" * 2_000])
def test_an_expression_nested_two_thousand_deep_is_refused(refusal, text):
    assert refusal(text) == "the expression is longer than 4000 characters"


def outcome(sampler: BoundSurvey, text: str) -> str:
    """The kind of value that an expression gives, or why it is refused."""
    try:
        return str(Resolver(TableScope(sampler, sampler.tables["person"])).resolve(parse(text)).kind)
    except ExpressionError as error:
        return str(error)


@pytest.mark.parametrize("text", [" + ".join(["1"] * 900), " or ".join(["present"] * 360), " and ".join(["score = 1"] * 250)])
def test_a_long_chain_of_one_operator_is_understood_or_refused(sampler, text):
    assert outcome(sampler, text) in ("number", "boolean", "the expression is nested too deeply")


def test_a_text_is_parsed_once():
    assert parse("score > 1") is parse("score > 1")
