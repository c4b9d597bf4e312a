"""A survey small enough to read at a glance: two tables, a code list, a profile, a rule.  A test changes one file and looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from census_cli.errors import DescriptorErrors, Problem
from census_cli.expr.bound import BoundSurvey
from census_cli.opening import open_survey

FILES = {
    "survey.yaml": """\
id: tiny
title: {zh: 小调查, en: A tiny survey}
tables: [household, person]
default_profile: base
registered_unit: household
context:
  village_code: {household: village_code, person: household.village_code}
  enumerator_id: {household: enumerator_id}
regions: {province: 2, village: 12}
""",
    "tables/household.yaml": """\
name: household
title: {zh: 户, en: Household}
primaryKey: [household_id]
fields:
  - {name: household_id, type: string, title: {zh: 户编号, en: Household number}, constraints: {required: true}}
  - {name: village_code, type: string, title: {zh: 村编码, en: Village code}, constraints: {pattern: "[0-9]{12}"}}
  - {name: enumerator_id, type: string, title: {zh: 普查员编号, en: Enumerator}}
  - {name: income, type: number, title: {zh: 收入, en: Income}, constraints: {minimum: 0}}
derived:
  - {name: men, type: integer, title: {zh: 男性人数, en: Men}, expression: "count_if(person.sex = 'male')"}
""",
    "tables/person.yaml": """\
name: person
title: {zh: 人, en: Person}
primaryKey: [household_id, person_no]
foreignKeys:
  - {fields: [household_id], reference: {resource: household, fields: [household_id]}}
fields:
  - {name: household_id, type: string, title: {zh: 户编号, en: Household number}, constraints: {required: true}}
  - {name: person_no, type: string, title: {zh: 人口编号, en: Person number}, constraints: {required: true}}
  - {name: name, type: string, title: {zh: 姓名, en: Name}}
  - {name: age, type: integer, title: {zh: 年龄, en: Age}}
  - {name: sex, type: string, title: {zh: 性别, en: Sex}, codes: sex}
""",
    "codes/sex.yaml": """\
name: sex
title: {zh: 性别, en: Sex}
codes:
  - {code: male, label: {zh: 男, en: Man}}
  - {code: female, label: {zh: 女, en: Woman}}
""",
    "profiles/base.yaml": """\
id: base
title: {zh: 基本, en: Base}
parameters:
  age_max: {value: 120, title: {zh: 年龄上限, en: Greatest age}, source: [{doc: tests, at: tiny}]}
""",
    "rules/S01.yaml": """\
id: S01
severity: mandatory
table: person
level: 1
title: {zh: 年龄过大, en: Too old}
why: {zh: 人活不到那么久。, en: Nobody lives that long.}
ask: {zh: 请核对年龄。, en: Check the age.}
when: sex = 'male'
assert: age <= $age_max
nulls: unknown
fields: [age, sex]
message: {zh: "{name}：{age}岁", en: "{name}: {age} years"}
source: [{doc: tests, at: tiny}]
examples:
  violated: [{age: 200, sex: male}]
  passed: [{age: 20, sex: male}]
""",
}


class Tiny:
    """The tiny survey in a folder; `▸` in a text that is put there marks where the fault is expected, and is taken out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.marks: list[tuple[str, int, int]] = []
        for file, text in FILES.items():
            self.put(file, text)

    def put(self, file: str, text: str) -> None:
        """Write a file."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        for number, line in enumerate(text.splitlines(), 1):
            if "▸" in line:
                self.marks.append((f"{self.folder.name}/{file}", number, line.index("▸") + 1))
        path.write_text(text.replace("▸", ""), encoding="utf-8")

    def read(self, file: str) -> str:
        """The text of a file."""
        return (self.folder / file).read_text(encoding="utf-8")

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a passage that stands once in a file."""
        text = self.read(file)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.put(file, text.replace(old, new))

    def copy_rule(self, new: str, *changes: tuple[str, str]) -> None:
        """A rule like S01 under another id."""
        self.put(f"rules/{new}.yaml", FILES["rules/S01.yaml"].replace("S01", new))
        for old, replacement in changes:
            self.change(f"rules/{new}.yaml", old, replacement)

    def open(self, **options: str) -> BoundSurvey:
        """The survey, bound; raises DescriptorErrors."""
        return open_survey(self.folder, **options)

    def problems(self) -> tuple[Problem, ...]:
        """All faults of a survey that does not open."""
        with pytest.raises(DescriptorErrors) as caught:
            self.open()
        return caught.value.problems

    def message(self) -> str:
        """What the one fault says, which must stand at the one mark."""
        (problem,) = self.problems()
        assert [(problem.file, problem.line, problem.column)] == self.marks
        return problem.message


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path / "tiny")
