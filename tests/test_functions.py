"""The functions of the rule language, each with its table of values, as the engine computes them."""

from __future__ import annotations

import pytest

from census_cli.expr.functions import FUNCTIONS
from census_cli.expr.nodes import DATE, DATETIME, STRING, Call, Column, Literal
from census_cli.sql.spelling import spell

VALUES = [
    ("abs", ["-3.50"], "3.50"),
    ("age", ["1980-03-15", "2020-03-14"], "39"),
    ("age", ["1980-03-15", "2020-03-15"], "40"),
    ("age", ["2004-02-29", "2020-02-28"], "15"),
    ("age", ["2005-02-28", "2021-02-28"], "16"),
    ("age", ["2004-02-29", "2021-02-28"], "16"),
    ("age", ["2004-02-29", "2021-03-01"], "17"),
    ("age", ["2021-01-01", "2020-12-31"], "-1"),
    ("age", [None, "2020-12-31"], None),
    ("has", ["healthy,disabled", "disabled"], "true"),
    ("has", ["disabled", "able"], "false"),
    ("has", [None, "disabled"], None),
    ("name_base", ["张 三"], "张三"),
    ("name_base", ["买买提·艾力"], "买买提艾力"),
    ("name_base", ["买买提•艾力"], "买买提艾力"),
    ("name_base", [None], None),
    ("sole", ["healthy", "healthy"], "true"),
    ("sole", ["healthy,chronic", "healthy"], "false"),
    ("sole", [None, "healthy"], None),
    ("id_base", ["11010519491231002x42"], "11010519491231002X"),
    ("id_birth", ["990000198003150019"], "1980-03-15"),
    ("id_birth", ["990000201402290013"], None),
    ("id_birth", ["440524188001010014"], None),
    ("id_birth", ["9900001980O3150019"], None),
    ("id_birth", ["short"], None),
    ("id_sex", ["990000198003150019"], "male"),
    ("id_sex", ["990000198206210026"], "female"),
    ("id_sex", ["short"], None),
    ("id_valid", ["11010519491231002X"], "true"),
    ("id_valid", ["11010519491231002x"], "true"),
    ("id_valid", ["440524188001010014"], "true"),
    ("id_valid", ["990000201402290013"], "true"),
    ("id_valid", ["99000019800315001942"], "true"),
    ("id_valid", ["990000198003150018"], "false"),
    ("id_valid", ["990000198003150091"], "false"),
    ("id_valid", ["99000019800315001"], "false"),
    ("id_valid", ["9900001980031500１9"], "false"),
    ("id_valid", [None], None),
    ("left", ["990000100200", 6], "990000"),
    ("left", ["99", 6], "99"),
    ("length", ["张三"], "2"),
    ("matches", ["A1", "[A-Z][0-9]"], "true"),
    ("matches", ["A1x", "[A-Z][0-9]"], "false"),
    ("matches", ["it's", "it's"], "true"),
    ("seconds", ["2020-07-25 08:00:00", "2020-07-25 12:00:01"], "14401"),
    ("seconds", ["2020-07-25 08:00:01", "2020-07-25 08:00:00"], "-1"),
    ("seconds", ["1900-01-01 00:00:00", "2100-12-31 23:59:59"], "6342969599"),
    ("seconds", [None, "2020-07-25 08:00:00"], None),
    ("on_or_before", ["2020-12-31", "8", "31"], "2020-08-31"),
    ("on_or_before", ["2020-08-31", "8", "31"], "2020-08-31"),
    ("on_or_before", ["2020-08-30", "8", "31"], "2019-08-31"),
    ("on_or_before", ["2020-03-01", "2", "29"], "2020-02-29"),
    ("on_or_before", ["2020-02-28", "2", "29"], "2019-02-28"),
    ("on_or_before", ["2021-02-28", "2", "29"], "2021-02-28"),
    ("on_or_before", ["2020-12-31", "2", "30"], None),
    ("on_or_before", ["2020-12-31", "13", "1"], None),
    ("on_or_before", ["2020-12-31", "0", "1"], None),
    ("on_or_before", ["2020-12-31", "-8", "31"], None),
    ("on_or_before", ["2020-12-31", "8.5", "31"], None),
    ("on_or_before", ["2020-12-31", "8", "999999999999"], None),
    ("on_or_before", ["2020-12-31", None, "31"], None),
    ("on_or_before", [None, "8", "31"], None),
    ("month", ["2020-12-31"], "12"),
    ("month", [None], None),
    ("year", ["2020-12-31"], "2020"),
]


def constant(value, kind):
    if isinstance(value, int):
        return Literal(value, kind)
    name = kind.name
    sql = {"date": "DATE", "datetime": "TIMESTAMP", "decimal": "DECIMAL(16, 4)"}.get(name, "VARCHAR")
    return Column(
        None, f"CAST({'NULL' if value is None else chr(39) + value.replace(chr(39), chr(39) * 2) + chr(39)} AS {sql})", kind
    )


@pytest.mark.parametrize(("name", "given", "value"), VALUES)
def test_a_function_gives_its_value(engine, name, given, value):
    kinds = {"date": DATE, "datetime": DATETIME, "string": STRING}
    args = []
    for i, (each, takes) in enumerate(zip(given, FUNCTIONS[name].takes, strict=True)):
        literal = i == 1 and name in ("has", "sole", "left", "matches")
        kind = kinds.get(takes, FUNCTIONS["length"].gives if takes == "decimal" else STRING)
        args.append(Literal(each, STRING if isinstance(each, str) else kind) if literal else constant(each, kind))
    sql = spell(Call(name, tuple(args), FUNCTIONS[name].gives), lambda column: column.name)
    found = next(engine.stream(f"SELECT CAST({sql} AS VARCHAR) AS v")).column(0).to_pylist()[0]
    assert found == value if name != "abs" else found.startswith(value)


def test_every_function_has_its_table():
    assert {name for name, _, _ in VALUES} == set(FUNCTIONS)


def test_changing_any_one_digit_of_a_number_is_noticed(engine):
    number = "990000198003150019"
    changed = [number[:i] + str((int(number[i]) + d) % 10) + number[i + 1 :] for i in range(17) for d in range(1, 10)]
    sql = " UNION ALL ".join(f"SELECT '{c}' AS x" for c in changed)
    row = engine.one(f"SELECT count_if(census_id_valid(x)) AS valid, count(*) AS n FROM ({sql})")
    assert (row["valid"], row["n"]) == (0, 153)


def test_two_different_neighbours_swapped_are_noticed(engine):
    number = "990000198206210026"
    swapped = [number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(16) if number[i] != number[i + 1]]
    sql = " UNION ALL ".join(f"SELECT '{c}' AS x" for c in swapped)
    assert engine.one(f"SELECT count_if(census_id_valid(x)) AS valid FROM ({sql})")["valid"] == 0
