"""A team's folder: `census init` looks at it once, and `census check` without arguments remembers."""

from __future__ import annotations

import json
import shutil
import tomllib

import pytest

from places import SAMPLE


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The sample as a team keeps it: one file under a name of its own, one header nearly known, one of another language."""
    team = tmp_path / "第三组 🏠"
    team.mkdir()
    for file in SAMPLE.glob("*.csv"):
        shutil.copy(file, team)
    household = team / "household.csv"
    text = household.read_text(encoding="utf-8-sig").replace("家庭人口数,", "家里几口人,", 1).replace("户类型,", "户的类型,", 1)
    household.unlink()
    (team / "张家村导出.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(team)
    return team


def remembered(folder):
    return tomllib.loads((folder / "census.toml").read_text(encoding="utf-8"))


def test_it_remembers_survey_profile_files_outputs_and_language(census, folder):
    ran = census("init", "--lang", "zh")
    assert ran.code == 0
    settings = remembered(folder)
    assert settings["survey"] == "registered-households"
    assert settings["profile"] == ["national-2020"]
    assert settings["lang"] == "zh"
    assert settings["tables"]["household"]["files"] == ["张家村导出"]
    assert settings["output"]


def test_headers_that_are_not_known_are_offered_with_the_field_they_may_mean(census, folder):
    census("init")
    text = (folder / "census.toml").read_text(encoding="utf-8")
    assert '# "户的类型" = "household_type"' in text
    assert '# "家里几口人" = ""' in text


def test_a_check_without_arguments_uses_it(census, folder):
    census("init", "--lang", "zh")
    ran = census("check")
    assert ran.code == 1
    assert "疑点" in ran.out
    assert (folder / remembered(folder)["output"][0]).is_file()


def test_a_header_that_the_team_named_is_its_field(census, folder):
    plain = census("check", "--format", "json", "--output", "-", ".")
    (folder / "census.toml").write_text('[tables.household.columns]\n"家里几口人" = "member_count"\n', encoding="utf-8")
    told = census("check", "--format", "json", "--output", "-")
    assert '"member_count": "家里几口人"' not in plain.out
    assert '"member_count": "家里几口人"' in told.out


def test_an_option_goes_before_what_is_remembered(census, folder):
    (folder / "census.toml").write_text('lang = "zh"\nfail_on = "mandatory"\n', encoding="utf-8")
    assert census("check").code == 1
    ran = census("check", "--fail-on", "never", "--lang", "en")
    assert ran.code == 0
    assert "Discrepanc" in ran.out or "discrepanc" in ran.out


def test_a_folder_given_from_elsewhere_brings_its_settings(census, folder, monkeypatch, tmp_path):
    (folder / "census.toml").write_text('fail_on = "never"\noutput = ["found.csv"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert census("check", folder).code == 0
    assert (folder / "found.csv").is_file()


def test_it_does_not_write_over_what_is_there_unless_told(census, folder):
    (folder / "census.toml").write_text('lang = "zh"\n', encoding="utf-8")
    assert census("init", "--lang", "en").code == 2
    assert remembered(folder) == {"lang": "zh"}
    assert census("init", "--force").code == 0
    assert "profile" in remembered(folder)


def test_without_data_and_without_settings_a_check_says_what_to_do(census, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = census("check")
    assert ran.code == 2
    assert "census init" in ran.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('profle = ["x"]', "census.toml:1:1: unknown key 'profle'; did you mean 'profile'?"),
        ('lang = "zh"\nfail_on = "often"', "census.toml:2:1: 'often' is not one of"),
        ("lang = zh", "census.toml:1:8: not TOML"),
        ("[tables.houshold]", "no table 'houshold' in this survey; did you mean 'household'?"),
        (
            '[tables.household.columns]\n"x" = "membr_count"',
            "no field 'membr_count' in the table 'household'; did you mean 'member_count'?",
        ),
    ],
)
def test_a_fault_in_it_is_told_with_its_line(census, folder, text, words):
    (folder / "census.toml").write_text(text, encoding="utf-8")
    ran = census("check")
    assert ran.code == 2
    assert words in ran.err


@pytest.mark.parametrize("said", ["member_count", "家庭人口数", "家庭人口数(人)"])
def test_a_team_may_name_a_field_as_its_form_does(census, folder, said):
    (folder / "census.toml").write_text(f'[tables.household.columns]\n"家里几口人" = "{said}"\n', encoding="utf-8")
    assert '"member_count": "家里几口人"' in census("check", "--format", "json", "--output", "-").out


def test_a_header_that_means_another_field_already_is_refused_and_not_passed_over(census, folder):
    (folder / "census.toml").write_text('[tables.household.columns]\n"村民小组" = "address"\n', encoding="utf-8")
    ran = census("check", "--lang", "zh")
    assert ran.code == 2
    assert "“村民小组”" in ran.err
    assert "village_group" in ran.err


def test_settings_saved_with_a_mark_of_their_encoding_are_read(census, folder):
    (folder / "census.toml").write_text('fail_on = "never"\nkey = "秘密"\n', encoding="utf-8-sig")
    ran = census("check", "--lang", "zh")
    assert ran.code == 0, ran.err


def test_what_the_team_named_holds_for_inspecting_and_converting_too(census, folder, tmp_path):
    (folder / "census.toml").write_text('[tables.household.columns]\n"家里几口人" = "member_count"\n', encoding="utf-8")
    told = json.loads(census("inspect", "--format", "json").out)
    assert "member_count" in [c["field"] for f in told["files"] for c in f["columns"]]
    assert census("convert", "--output", tmp_path / "clean", "--format", "csv").code == 0
    assert "member_count" in (tmp_path / "clean" / "household.csv").read_text(encoding="utf-8-sig").splitlines()[0]
