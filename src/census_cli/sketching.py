"""A first sketch of a rule file for those who write rules: each place to fill in says what belongs there, and no check takes it for done."""

from __future__ import annotations

import re
from pathlib import Path

from census_cli.errors import OptionError, nearest
from census_cli.i18n import reason, tr
from census_cli.survey.load import find_survey, read_survey

ID = re.compile("[A-Z]{1,3}[0-9]{2}[a-z]?")

SKETCH = """\
# Replace every TODO; until then each command that reads the survey refuses this file.
id: {rule}
severity: TODO        # mandatory (some value must be wrong) | verify (possible, needs a look) | hint; bad news that may be true is never mandatory
table: {table}
scope: surveyor       # surveyor | supervisor | office: who is to see it
level: TODO           # 0 file, 1 one row, 2 one table, 3 other tables, 4 another time, 5 another source
title: {{zh: TODO 缺陷的名称, en: TODO the name of the defect}}
why:
  zh: TODO 为什么这是问题。
  en: TODO why it is a problem.
ask: {{zh: TODO 到户里问什么、看什么, en: TODO what to ask and look at}}
# Only rows for which `when` is true are judged; leave the line out to judge every row.
when: TODO
assert: TODO          # what must hold
nulls: unknown        # what a missing input of `assert` means: unknown | pass | fail
# Without one of the columns that it reads a rule is not run, unless they are among these:
# absent_as_blank: []  # columns that files may lack; where they do, they read as blank
# needs_any: []        # the same of columns of which one at least must be there
fields: [TODO]        # the columns that a finding shows
message: {{zh: "TODO {{字段}} 的值", en: "TODO the values, as {{field}}"}}
source: [{{doc: TODO, at: "TODO"}}]
examples:
  violated: [{{TODO: TODO}}]
  passed: [{{TODO: TODO}}]
  unknown: [{{TODO: TODO}}]
  not_applicable: [{{TODO: TODO}}]
"""


def sketch_rule(survey: str | Path, rule: str, table: str | None) -> Path:
    """Write the sketch into the survey's folder and say where; raises OptionError where the id is not one, or taken."""
    folder = find_survey(survey)
    if not ID.fullmatch(rule):
        raise OptionError(tr("'{name}' is no id of a rule: letters, two digits, perhaps a letter, as S02 or S02b", name=rule))
    path = folder / "rules" / f"{rule}.yaml"
    if path.exists():
        raise OptionError(tr("{path} is there already; an id is never used twice", path=path))
    held = read_survey(folder)
    tables = held.file.tables if held.file else list(held.tables)
    if table is not None and table not in tables:
        close = nearest(table, tables)
        hint = tr("; did you mean '{word}'?", word=close) if close else ""
        raise OptionError(tr("no table '{name}' in this survey", name=table) + hint)
    unit = held.file.registered_unit if held.file else "TODO"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(SKETCH.format(rule=rule, table=table or unit))
    except OSError as error:
        raise OptionError(tr("{path} cannot be written: {why}", path=path, why=reason(error))) from error
    return path
