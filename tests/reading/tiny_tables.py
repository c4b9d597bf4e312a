"""Three small tables to match files with, and one way to write a file."""

from __future__ import annotations

from pathlib import Path

from census_cli.survey.models import FieldModel, Table, Text


def _field(name: str, zh: str, *aliases: str) -> FieldModel:
    return FieldModel(name=name, type="string", title=Text(zh=zh, en=name.replace("_", " ")), aliases=list(aliases))


VILLAGE = Table(
    name="village",
    title=Text(zh="行政村普查表", en="Villages"),
    primaryKey=["village_code"],
    fields=[_field("village_code", "村编码"), _field("village_name", "村名称"), _field("score", "得分")],
)
HOUSEHOLD = Table(
    name="household",
    title=Text(zh="建档立卡户普查表", en="Households"),
    aliases=["贫困户"],
    primaryKey=["household_id"],
    fields=[
        _field("household_id", "户编号", "户编码"),
        _field("village_code", "村编码"),
        _field("county", "县", "县(市、区、旗)"),
        _field("land_arable_mu", "耕地面积"),
        _field("address", "住址"),
    ],
)
PERSON = Table(
    name="person",
    title=Text(zh="家庭成员", en="Household members"),
    primaryKey=["household_id", "person_no"],
    fields=[
        _field("household_id", "户编号"),
        _field("person_no", "人口编号", "成员序号"),
        _field("name", "姓名"),
        _field("work_months", "务工时间(月)"),
        _field("public_post_type", "公益性岗位类型"),
        _field("public_post_months", "公益性岗位(月数)"),
    ],
)
TABLES = [VILLAGE, HOUSEHOLD, PERSON]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file exactly as given, with the folders it needs."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
