"""What a survey says of a field, in words for people and as patterns for programs; which format shows it is not decided here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from census_cli.i18n import LANGUAGES, in_language, language, tr
from census_cli.survey.models import CodeList, FieldModel, SurveyFile, Table, Text
from census_cli.wording import form_words, type_words

NOT_KNOWN = Text(zh="表示值不详的文字", en="texts that say that a value is not known")


def both(text: Text) -> str:
    """Both languages in one line, where a format has room for one text only."""
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


def spoken(make: Callable[[], str]) -> Text:
    """What `make` says, in both languages."""
    said = {}
    for chosen in LANGUAGES:
        with in_language(chosen):
            said[chosen] = make()
    return Text(zh=said["zh"], en=said["en"])


def one_of(codes: CodeList, least: int = 1, most: int | None = None) -> str:
    """The pattern of codes between commas."""
    code = "|".join(re.escape(c.code) for c in codes.codes)
    return f"^({code})(,({code})){{{least - 1},{'' if most is None else most - 1}}}$"


def unit_words(field: FieldModel, file: SurveyFile) -> str:
    """The unit in the user's language; one whose Chinese the survey does not tell stays as it is written."""
    unit = field.unit or ""
    return file.units.get(unit, unit) if language() == "zh" else unit


def kind_words(field: FieldModel) -> str:
    """Of which type the answer is."""
    if field.type == "list":
        return tr("several answers")
    if field.codes:
        return tr("one answer")
    return tr("text") if field.type == "string" else type_words(field)


def need_words(field: FieldModel, table: Table, codes: Mapping[str, CodeList]) -> str:
    """Whether an answer is needed; nothing where it is not."""
    if field.constraints.required:
        return tr("needed")
    if not field.required_unless:
        return ""
    others = [_answer(table, other, code, codes) for other, code in field.required_unless.items()]
    return tr("needed unless {answers}", answers=", ".join(others))


def limit_words(field: FieldModel) -> str:
    """Within which limits a value must be; nothing where there are none."""
    limits, said = field.constraints, []
    if limits.minimum is not None and limits.maximum is not None:
        said.append(f"{limits.minimum}–{limits.maximum}")
    elif limits.minimum is not None:
        said.append(tr("{n} or more", n=limits.minimum))
    elif limits.maximum is not None:
        said.append(tr("{n} or less", n=limits.maximum))
    if limits.minLength is not None or limits.maxLength is not None:
        span = {"least": limits.minLength or 0, "most": "" if limits.maxLength is None else limits.maxLength}
        said.append(tr("{least}–{most} answers", **span) if field.type == "list" else tr("{least}–{most} signs", **span))
    if limits.pattern is not None:
        said.append(form_words(limits.pattern))
    return "; ".join(said)


def pii_words(field: FieldModel) -> str:
    """Which personal data a field holds; nothing where it holds none."""
    return {
        "id": tr("identity number"), "name": tr("name of a person"), "birth_date": tr("date of birth"),
        "hidden": tr("personal, never shown"), None: "",
    }[field.pii]  # fmt: skip


def _answer(table: Table, name: str, code: str, codes: Mapping[str, CodeList]) -> str:
    field = table.field(name)
    assert field is not None  # a survey is opened only where it is
    labels = {c.code: c.label[language()] for c in codes[field.codes].codes} if field.codes else {}
    return f"{field.title[language()]} = {labels.get(code, code)}"
