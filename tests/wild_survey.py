"""A survey whose cells are sound or wild: what the column should hold, in its odd spellings, and what it should not."""

from __future__ import annotations

import random

import pandas as pd

from census_cli.conform import spellings
from census_cli.opening import open_survey
from nasty import PIECES

NUMBERS = ["0", "-1", "1", "12.5", "999999999999.9999", "-999999999999.9999", "999999999999999", "1,234", "０", "1e3", "0.00005"]
DATES = ["2020-07-25", "2020年7月5日", "20200229", "2019-02-29", "1899-12-31", "2100-12-31", "1980-03-15", "2012/9/1"]


def wild_tables(seed: int, households: int) -> dict[str, pd.DataFrame]:
    """Every table of the survey with every column; keys are mostly sound, sometimes given twice or missing."""
    survey, chance = open_survey("registered-households"), random.Random(seed)
    keys = {"village_code": [f"9900001002{n:02}" for n in range(4)], "household_id": [f"H{n}" for n in range(households)]}
    made = {}
    for name, table in survey.tables.items():
        count = {"village": 4, "person": households * 2}.get(name, households)
        made[name] = pd.DataFrame(
            [{f.name: _cell(f, n, keys, survey.codes, chance) for f in table.model.fields} for n in range(count)], dtype=object
        )
    return made


def _cell(field, n, keys, codes, chance):  # noqa: PLR0911  # a table of cases
    if field.name in keys and chance.random() < 0.93:
        return keys[field.name][n % len(keys[field.name])]
    if chance.random() < 0.06:
        return chance.choice([None, "", " ", "\u3000"])
    if chance.random() < 0.05:
        return "".join(chance.choices(PIECES, k=chance.randint(1, 5)))
    if field.codes:
        return chance.choice(list(spellings(codes[field.codes])))
    kinds = {"integer": [*NUMBERS[:3], "2", "3"], "number": NUMBERS, "boolean": ["是", "否", "Y", "0"], "date": DATES}
    if field.name in ("id_number", "head_id_number"):
        return chance.choice(["990000198003150019", "11010519491231002X", "990000198206210026", "99000019820621002６", "1"])
    if field.type == "datetime":
        return chance.choice(DATES[:3]) + chance.choice([" 08:00", "T23:59:59", " 24:00"])
    return chance.choice(kinds.get(field.type, ["甲", "测试 乙", "a\nb", "𠀀", "x" * 300, "1/2"]))
