"""Faults of a survey's files: each is told once, at its line and column, with the near miss where there is one."""

from __future__ import annotations

import pytest

RULE, PERSON, HOUSEHOLD, SEX, BASE, SURVEY = (
    "rules/S01.yaml", "tables/person.yaml", "tables/household.yaml", "codes/sex.yaml", "profiles/base.yaml", "survey.yaml",
)  # fmt: skip
ASSERT = "assert: age <= $age_max"

# In each table: what is wrong → the passage of a sound file, what stands there instead (the fault at ▸), how the message begins.
IN_A_RULE = {
    "unknown key": ("level: 1", "level: 1\n▸sevrity: hint", "unknown key 'sevrity'"),
    "key nearly right": ("level: 1", "level: 1\n▸neds: complete", "unknown key 'neds'; did you mean 'needs'?"),
    "comma without quotes": ("en: Check the age.", "en: Check, ▸if you can", "unknown key 'if you can' (a comma inside {…}"),
    "column it can do without, not read": ("level: 1", "level: 1\nabsent_as_blank: [▸name]", "the expression does not read 'name'"),
    "missing key": ("id: S01\nseverity: mandatory\n", "▸id: S01\n", "the key 'severity' is missing"),
    "missing language": ("{zh: 年龄过大, en: Too old}", "▸{zh: 年龄过大}", "the key 'en' is missing"),
    "unknown severity": (
        ": mandatory", ": ▸mandatry",
        "'mandatry' is not one of 'mandatory', 'verify', 'hint'; did you mean 'mandatory'?",
    ),
    "unknown outcome": ("  passed:", "  pased: ▸[]\n  passed:", "'pased' is not one of"),
    "number for a text": ("doc: tests", "doc: ▸1", "a text is expected here, not 1"),
    "text for a number": ("level: 1", 'level: ▸"1"', "a whole number is expected here, not '1'"),
    "text for a list": ("[age, sex]", "▸age", "a list is expected here, not 'age'"),
    "number out of range": ("level: 1", "level: ▸6", "6 is more than 5"),
    "misspelled id": ("id: S01", "id: ▸S1", "'S1' is not spelled as it must be"),
    "repeated key": ("level: 1\n", "level: 1\n▸level: 1\n", "the key 'level' is given twice"),
    "another name than the file's": ("id: S01", "id: ▸S02", "the file is named 'S01', but says 'S02'"),
    "unknown table": ("table: person", "table: ▸persn", "no table 'persn'; did you mean 'person'?"),
    "two kinds": ("id: S01\n", "▸id: S01\nunique: [name]\n", "a rule has exactly one of assert, unique, exists and apart"),
    "empty example": ("violated: [{age: 200, sex: male}]", "▸violated: []", "an example of 'violated' is missing"),
    "message differing by language": ('"{name}：{age}岁"', '▸"{age}岁"', "the two languages name different fields"),
    "unknown column in assert": ("assert: age", "assert: ▸agee", "no column 'agee'; did you mean 'age'?"),
    "unknown column in when": ("when: sex", "when: ▸sx", "no column 'sx'; did you mean 'sex'?"),
    "unknown column in unique": (ASSERT, "unique: [name, ▸agee]", "no column 'agee'; did you mean 'age'?"),
    "unknown column in fields": ("[age, sex]", "[age, ▸sexx]", "no column 'sexx'; did you mean 'sex'?"),
    "unknown column of a parent": ("[age, sex]", "[▸household.incom]", "no column 'household.incom'; did you mean 'income'?"),
    "unknown table in fields": ("[age, sex]", "[▸village.income]", "no column 'village.income'"),
    "derived field in fields": ("[age, sex]", "[▸household.men]", "no column 'household.men'"),
    "unknown code": ("when: sex = 'male'", "when: ▸sex = 'mael'", "no code 'mael' in 'sex'; did you mean 'male'?"),
    "unknown parameter": (ASSERT, "assert: ▸age <= $agemax", "no parameter '$agemax' in the profile; did you mean '$age_max'?"),
    "broken expression": (ASSERT, "assert: ▸(age <= 1", "cannot be understood at character 9: ) is expected"),
    "no condition": ("when: sex = 'male'", "when: ▸age", "a condition is expected, but this gives a number"),
    "span from no time": (ASSERT, "apart: {by: [sex], from: ▸age, to: age}", "a span is from one date or time to another of the same kind"),
    "exists in no table": (ASSERT, "exists: {table: ▸persn, key: name}", "no table 'persn'"),
    "exists by no key": (ASSERT, "exists: {table: household, key: ▸age}", "both tables must have the field 'age'"),
}  # fmt: skip
IN_A_TABLE = {
    "missing value that is a value": (
        "title: {zh: 年龄, en: Age}", 'title: {zh: 年龄, en: Age}, missingValues: [不详, ▸"0"]',
        "'0' is a value of 'age' and cannot stand for a missing one",
    ),
    "missing value that is an answer": (
        "codes: sex}", "codes: sex, missingValues: [▸男]}", "'男' is a value of 'sex' and cannot stand for a missing one",
    ),
    "unknown code list": ("codes: sex", "codes: ▸sax", "no code list 'sax'; did you mean 'sex'?"),
    "unknown key field": ("person_no]", "▸person_nr]", "no field 'person_nr'; did you mean 'person_no'?"),
    "foreign key to no table": (
        "{resource: household,", "▸{resource: houshold,",
        "no table 'houshold'; did you mean 'household'?",
    ),
    "foreign key from no field": ("{fields: [household_id], ref", "▸{fields: [house_id], ref", "a foreign key must lead"),
    "repeated field": ("{name: name,", "▸{name: household_id,", "the name 'household_id' is given twice"),
    "unless of a later field": ("name: age,", "name: age, required_unless: ▸{sex: male},", "'sex' must be a field that"),
    "unless of no code": (
        "sex}", "sex}\n  - {name: x, type: string, title: {zh: x, en: x}, required_unless: {sex: ▸mael}}",
        "no code 'mael'",
    ),
}  # fmt: skip
IN_A_DERIVED_FIELD = {
    "a column's name": ("{name: men,", "▸{name: income,", "the name 'income' is given twice"),
    "another type": ("men, type: integer", "men, type: ▸date", "the expression gives a number, not a date"),
    "unknown column": ('"count_if(person.sex', '▸"count_if(person.sx', "no column 'sx'; did you mean 'sex'?"),
    "unread absent column": ("expression:", "absent_as_blank: [▸income], expression:", "the expression does not read 'income'"),
    "unread needed column": ("expression:", "needs_any: [▸income], expression:", "the expression does not read 'income'"),
    "pattern that is not plain": ('"[0-9]{12}"', "▸'\\d{12}'", "'\\d{12}' is not a plain pattern"),
}  # fmt: skip
ELSEWHERE = {
    "unknown key of a parameter": (BASE, "120, title", "120, ▸typ: date, title", "unknown key 'typ'; did you mean 'type'?"),
    "profile extending none": (BASE, "parameters:", "extends: ▸bsae\nparameters:", "no profile 'bsae'; did you mean 'base'?"),
    "profile extending itself": (
        BASE, "parameters:", "extends: ▸base\nparameters:",
        "profiles extend one another in a circle: base → base",
    ),
    "spelling of two codes": (
        SEX, "{code: female, label: {zh: 女", "▸{code: female, label: {zh: 男",
        "'男' would mean both 'male' and 'female'",
    ),
    "spelling that differs in case": (
        SEX, "{code: female,", "▸{code: female, aliases: [MALE],",
        "'MALE' would mean both 'male' and 'female'",
    ),
    "spelling that differs in width": (
        SEX, "{code: female,", "▸{code: female, aliases: [ｍale],",
        "'ｍale' would mean both 'male' and 'female'",
    ),
    "code given twice": (SEX, "Woman}}", "Woman}}\n  - ▸{code: male, label: {zh: 雄, en: He}}", "the code 'male' is given twice"),
    "unknown table of the survey": (SURVEY, "person]", "person, ▸persn]", "no table 'persn'; did you mean 'person'?"),
    "unknown default profile": (SURVEY, "profile: base", "profile: ▸bas", "no profile 'bas'; did you mean 'base'?"),
}  # fmt: skip


def test_the_tiny_survey_itself_opens(tiny):
    assert list(tiny.open().rules) == ["S01"]


@pytest.mark.parametrize(("old", "new", "message"), IN_A_RULE.values(), ids=IN_A_RULE)
def test_a_fault_in_a_rule_is_told_once_at_its_place(tiny, old, new, message):
    tiny.change(RULE, old, new)
    assert tiny.message().startswith(message)


@pytest.mark.parametrize(("old", "new", "message"), IN_A_TABLE.values(), ids=IN_A_TABLE)
def test_a_fault_in_a_table_is_told_once_at_its_place(tiny, old, new, message):
    tiny.change(PERSON, old, new)
    assert tiny.message().startswith(message)


@pytest.mark.parametrize(("old", "new", "message"), IN_A_DERIVED_FIELD.values(), ids=IN_A_DERIVED_FIELD)
def test_a_fault_in_a_derived_field_is_told_once_at_its_place(tiny, old, new, message):
    tiny.change(HOUSEHOLD, old, new)
    assert tiny.message().startswith(message)


@pytest.mark.parametrize(("file", "old", "new", "message"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_fault_in_another_file_is_told_once_at_its_place(tiny, file, old, new, message):
    tiny.change(file, old, new)
    assert tiny.message().startswith(message)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (ASSERT + "\n", "a rule has exactly one of assert, unique, exists and apart"),
        ("nulls: unknown\n", "the key 'nulls' is missing"),
    ],
)
def test_a_rule_that_lacks_its_kind_or_nulls_is_told_once(tiny, line, message):
    tiny.put(RULE, "▸" + tiny.read(RULE).replace(line, ""))
    assert tiny.message().startswith(message)


def test_a_rule_without_an_example_that_passes_is_told_once(tiny):
    tiny.change(RULE, "  violated: [{age: 200, sex: male}]\n  passed:", "  ▸violated:")
    assert tiny.message() == "an example of 'passed' is missing"


def test_an_unknown_column_in_the_message_is_told_once(tiny):
    tiny.change(RULE, 'zh: "{name}：{age}岁", en: "{name}: {age} years"', 'zh: "{agee}岁", en: ▸"{agee} years"')
    assert tiny.message() == "a message names columns of its own table and of its parents only: no 'agee'; did you mean 'age'?"


def test_the_name_that_a_key_has_in_python_is_unknown_in_a_file(tiny):
    tiny.change(RULE, ASSERT, "▸asserts: age > 0")
    assert tiny.message().startswith("unknown key 'asserts'; did you mean 'assert'?")


def test_an_example_with_an_unknown_field_is_told_once(tiny):
    tiny.change(RULE, "passed: [{age: 20,", "passed: [{agee: 20,")
    (problem,) = tiny.problems()
    assert "'agee'" in problem.message


def test_an_unknown_code_list_of_a_derived_field_is_told_once(tiny):
    tiny.change(HOUSEHOLD, "name: men, type: integer", "name: men, type: string, codes: ▸sax")
    tiny.change(HOUSEHOLD, "\"count_if(person.sex = 'male')\"", "household_id")
    assert tiny.message() == "no code list 'sax'; did you mean 'sex'?"


@pytest.mark.parametrize(
    ("old", "new"),
    [("household: village_code,", "household: ▸village,"), ("enumerator_id}", "▸nobody}"), ("unit: household", "unit: ▸house")],
)
def test_an_unknown_name_in_the_survey_file_is_told_once(tiny, old, new):
    tiny.change(SURVEY, old, new)
    assert tiny.message()


def test_a_table_that_is_its_own_parent_is_told_once(tiny):
    reference = "{fields: [household_id], reference: ▸{resource: household, fields: [household_id]}}"
    tiny.change(HOUSEHOLD, "fields:\n", f"foreignKeys:\n  - {reference}\nfields:\n")
    assert tiny.message()


@pytest.mark.parametrize("value", ["null", "[[1]]", "{2020: 1, x: 2}", "{a: b}"])
def test_a_parameter_of_no_known_shape_is_told_once(tiny, value):
    tiny.change(BASE, "value: 120", f"value: {value}")
    assert len(tiny.problems()) == 1


def test_a_limit_that_is_no_number_is_told_once(tiny):
    tiny.change(HOUSEHOLD, "{minimum: 0}", '{minimum: ▸"0"}')
    assert tiny.message()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("soon, type: date", "'soon' is not a date"),
        ("0.12345", "0.12345 has more than"),
        ("{2020: 1, 2021: a}", "the values are of"),
    ],
)
def test_a_parameter_that_no_rule_can_use_is_told_at_the_parameter(tiny, value, message):
    tiny.change(BASE, "value: 120", f"value: ▸{value}")
    assert tiny.message().startswith(message)


def test_a_key_of_no_fields_is_told_once(tiny):
    tiny.change(PERSON, "primaryKey: [household_id, person_no]", "primaryKey: ▸[]")
    assert tiny.message()


def test_a_table_listed_twice_is_told_once(tiny):
    tiny.change(SURVEY, "tables: [household, person]", "tables: [household, person, ▸person]")
    assert tiny.message()


def test_unique_of_nothing_is_told_once(tiny):
    tiny.change(RULE, ASSERT, "unique: ▸[]")
    assert tiny.message()


def test_profiles_that_extend_one_another_are_told_each_in_its_file(tiny):
    tiny.change(BASE, "parameters:", "extends: ▸next\nparameters:")
    tiny.put("profiles/next.yaml", "id: next\ntitle: {zh: 次, en: Next}\nextends: ▸base\n")
    assert [(p.file, p.line, p.column) for p in tiny.problems()] == tiny.marks


def test_derived_fields_in_a_circle_are_told_once(tiny):
    derived = "{name: men, type: integer, title: {zh: 男性人数, en: Men}, expression: "
    tiny.change(
        HOUSEHOLD,
        derived + "\"count_if(person.sex = 'male')\"}",
        derived + "▸women}\n  - " + derived.replace("men", "women") + "men}",
    )
    assert tiny.message() == "derived fields need one another in a circle: household.men → household.women → household.men"


def test_derived_fields_in_a_circle_through_a_child_are_told_once(tiny):
    tiny.change(HOUSEHOLD, "\"count_if(person.sex = 'male')\"", "▸sum(person.share)")
    person = tiny.read(PERSON)
    tiny.put(
        PERSON, person + "derived:\n  - {name: share, type: integer, title: {zh: 份, en: Share}, expression: household.men}\n"
    )
    assert tiny.message() == "derived fields need one another in a circle: household.men → person.share → household.men"


@pytest.mark.parametrize("file", [PERSON, SEX, BASE])
def test_a_file_that_cannot_be_read_causes_no_faults_elsewhere(tiny, file):
    tiny.put(file, "▸unknown: 1\n" + tiny.read(file))
    assert tiny.message() == "unknown key 'unknown'"


def test_five_faults_in_five_files_are_told_at_once_and_sorted(tiny):
    tiny.change(SURVEY, "default_profile: base", "default_profile: ▸bas")
    tiny.change(PERSON, "codes: sex", "codes: ▸sax")
    tiny.change(RULE, "table: person", "table: ▸persn")
    tiny.change(BASE, "parameters:", "extends: ▸bsae\nparameters:")
    tiny.change(SEX, "{code: female, label: {zh: 女", "▸{code: female, label: {zh: 男")
    assert [(p.file, p.line, p.column) for p in tiny.problems()] == sorted(tiny.marks)


def test_five_broken_expressions_are_told_at_once_and_sorted(tiny):
    for i in range(5, 0, -1):
        tiny.copy_rule(f"T0{i}", (ASSERT, "assert: ▸agee <= 1"))
    assert [(p.file, p.line, p.column) for p in tiny.problems()] == sorted(tiny.marks)


def test_faults_of_expressions_are_told_together_with_all_others(tiny):
    tiny.change(RULE, ASSERT, "assert: ▸agee <= 1")
    tiny.copy_rule("S02", ("severity: mandatory", "severity: ▸mandatry"))
    assert [(p.file, p.line, p.column) for p in tiny.problems()] == tiny.marks


def test_a_fault_is_shown_with_file_line_and_column(tiny):
    tiny.change(RULE, "table: person", "table: persn")
    (problem,) = tiny.problems()
    assert str(problem) == "tiny/rules/S01.yaml:3:8: no table 'persn'; did you mean 'person'?"


LINE = "age_max: {value: 120, title: {zh: 年龄上限, en: Greatest age}, source: [{doc: tests, at: tiny}]}"


def test_the_values_of_single_years_may_have_sources_of_their_own(tiny):
    sources = "[{doc: a, at: b}, {doc: c, at: d, year: 2020, doubt: {zh: 存疑, en: doubtful}}]"
    tiny.change(BASE, LINE, LINE + "\n  line: {value: {2019: 1, 2020: 2}, title: {zh: 线, en: line}, source: " + sources + "}")
    assert [s.year for s in tiny.open().parameters["line"].source] == [None, 2020]


def test_a_source_of_a_year_without_a_value_is_a_fault(tiny):
    sources = "[{doc: a, at: b}, {doc: c, at: d, year: ▸2021}]"
    tiny.change(BASE, LINE, LINE + "\n  line: {value: {2020: 2}, title: {zh: 线, en: line}, source: " + sources + "}")
    assert tiny.message() == "there is no value of the year 2021"


def test_a_year_whose_value_has_no_source_is_a_fault(tiny):
    sources = "[{doc: a, at: b, year: 2019}]"
    tiny.change(BASE, LINE, LINE + "\n  line: {value: {2019: 1, 2020: ▸2}, title: {zh: 线, en: line}, source: " + sources + "}")
    assert tiny.message() == "the value of 2020 has no source"


def test_a_list_of_dates_is_compared_as_dates(tiny):
    days = '\n  days: {value: ["2020-07-20", "2020-12-01"], type: date, title: {zh: 日, en: days}, source: [{doc: a, at: b}]}'
    tiny.change(BASE, LINE, LINE + days)
    tiny.change(RULE, ASSERT, "assert: date '2020-12-01' in ($days)")
    assert tiny.open().parameters["days"].type == "date"


def test_a_list_of_dates_holds_real_days_only(tiny):
    days = '\n  days: {value: ▸["2020-02-30"], type: date, title: {zh: 日, en: days}, source: [{doc: a, at: b}]}'
    tiny.change(BASE, LINE, LINE + days)
    assert tiny.message() == "'2020-02-30' is not a date like 2020-12-31"


def test_a_message_may_name_columns_of_a_parent(tiny):
    tiny.change(RULE, 'en: "{name}: {age} years"', 'en: "{name}: {household.income} yuan"')
    tiny.change(RULE, "{name}：{age}岁", "{name}：{household.income}元")
    assert tiny.open().rules["S01"].model.message.en == "{name}: {household.income} yuan"


@pytest.mark.parametrize("place", ["household.men", "village.income", "household.incom"])
def test_a_message_names_columns_that_a_parent_has_in_its_file(tiny, place):
    tiny.change(RULE, '{zh: "{name}：{age}岁", en: "{name}: {age} years"}', f'{{zh: "{{{place}}}", en: ▸"{{{place}}}"}}')
    assert tiny.message().startswith(f"a message names columns of its own table and of its parents only: no '{place}'")
