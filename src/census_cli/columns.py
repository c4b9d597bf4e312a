"""What each column of a file means, told for people: by which name it was known, or what it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from census_cli.i18n import language
from census_cli.inspected import SeenColumn
from census_cli.reading.converted import ROW, SOURCE
from census_cli.reading.discover import LEAST_FIELDS, RawFile
from census_cli.reading.headers import field_of, how_matched, in_another_unit, nearest_field
from census_cli.reading.tablets import PAIRS, Tablet
from census_cli.survey.models import Table

HIDDEN = "…"
"""Stands for a header that may be a cell: where hardly a column is known, or it holds a number, the line may be somebody's record."""

_DIGITS = re.compile("[0-9]{6}")


def columns_of(headers: Sequence[str], table: Table, tablet: Tablet | None) -> Iterator[SeenColumn]:
    """What each header means; one that means nothing is compared with the fields that no other names."""
    grouped = tablet is not None
    named = {field_of(h, table, grouped) for h in headers}
    sure = len(named - {None}) >= min(LEAST_FIELDS, len(headers))
    free = [f.name for f in table.fields if f.name not in named]
    for number, header in enumerate(headers, 1):
        name = field_of(header, table, grouped)
        field = table.field(name) if name else None
        kind = tablet.explained.get(number - 1) if tablet else None
        if header in (SOURCE, ROW):
            yield SeenColumn(number, header, how="origin")
        elif tablet and kind == "choice":
            of = next((table.field(f) for f, places in tablet.choices.items() if number - 1 in places.values()), None)
            yield SeenColumn(number, header, of.name if of else None, of.title[language()] if of else None, "answer")
        elif kind:
            link = any(header.strip() in pair for pair in PAIRS)
            yield SeenColumn(number, header, how="link" if kind == "app" and link else kind)
        elif field:
            yield SeenColumn(number, header, field.name, field.title[language()], how_matched(header, field))
        else:
            unit = in_another_unit(header, table)
            near = table.field(unit or nearest_field(header, table, free) or "")
            title = near.title[language()] if near else None
            shown = header if sure and not _DIGITS.search(header) else HIDDEN
            yield SeenColumn(number, shown, how="unit" if unit else "unknown", near=near.name if near else None, near_title=title)


def columns_of_repeat(file: RawFile) -> list[SeenColumn]:
    """The columns of a repeat that stands in the rows of its parent."""
    assert file.tablet is not None
    columns = []
    for name, place in sorted(file.columns.items(), key=lambda named: named[1]):
        field = file.tablet.table.field(name)
        assert field is not None
        columns.append(SeenColumn(place + 1, file.headers[place], name, field.title[language()], "repeat"))
    return columns
