"""`census check` on files: what is read, what is refused, what the options do."""

from __future__ import annotations

import csv
import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from places import IN_SAMPLE


@pytest.fixture
def result(census):
    """Run a check and return its JSON."""

    def run(*args):
        ran = census("check", *args, "--output", "-", "--format", "json")
        assert ran.code in (0, 1), ran.err
        return json.loads(ran.out)

    return run


def rule(result, rule_id):
    return next(r for r in result["summary"]["rules"] if r["id"] == rule_id)


def shown(result):
    return [(d["rule"], d["unit"], d["fields"], d["fingerprint"]) for d in result["discrepancies"]]


def test_files_give_the_same_as_their_folder(result, sample):
    assert shown(result(*sample.glob("*.csv"))) == shown(result(sample))


def test_parquet_gives_the_same_as_csv(result, sample, tmp_path):
    folder = tmp_path / "parquet"
    folder.mkdir()
    names = ("village", "household", "person")
    for name in names:
        with (sample / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *records = csv.reader(file)
        pq.write_table(pa.table({h: [r[i] for r in records] for i, h in enumerate(header)}), folder / f"{name}.parquet")
    assert shown(result(folder)) == shown(result(*(sample / f"{n}.csv" for n in names)))


def test_a_table_in_several_files_gives_the_same_and_each_row_its_place(result, sample):
    whole = result(sample)
    lines = (sample / "person.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (sample / "person.csv").unlink()
    (sample / "person_1.csv").write_text("".join(lines[:50]), encoding="utf-8")
    (sample / "person_2.csv").write_text(lines[0] + "".join(lines[50:]), encoding="utf-8")
    parts = result(sample)
    assert shown(parts) == shown(whole)
    assert {d["source"] for d in parts["discrepancies"] if d["table"] == "person"} == {"person_1.csv", "person_2.csv"}
    assert max(d["row"] for d in parts["discrepancies"] if d["source"] == "person_1.csv") <= 49


def test_a_column_that_one_file_lacks_skips_its_rules_and_names_the_file(result, sample):
    lines = (sample / "village.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    header, first, second = (line.strip().split(",") for line in lines)
    (sample / "village.csv").write_text("\n".join(",".join(x) for x in (header, first)) + "\n", encoding="utf-8")
    (sample / "village_2.csv").write_text("\n".join(",".join(x[:-1]) for x in (header, second)) + "\n", encoding="utf-8")
    assert rule(result(sample), "V06b")["skipped"] == "column village.county_forwarded_on is absent from village_2.csv"


@pytest.mark.parametrize("damage", ["99990,extra\n", '"open\n', "a\0b,c\n", "x,y,z"])
def test_a_damaged_line_is_listed_and_the_others_are_checked(result, sample, damage):
    before = result(sample)["summary"]["inputs"]
    file = sample / "household.csv"
    file.write_bytes(file.read_bytes() + damage.encode())
    after = result(sample)
    old, new = (next(i for i in inputs if i["table"] == "household") for inputs in (before, after["summary"]["inputs"]))
    assert (new["rows_checked"], new["rows_unreadable"]) == (old["rows_checked"], old["rows_unreadable"] + 1)
    listed = [d for d in after["discrepancies"] if d["rule"] == "household.row.unreadable"]
    assert [(d["unit"], d["row"]) for d in listed] == [("?42", 42)]


def test_mixed_line_ends_change_nothing(result, sample):
    before = shown(result(sample))
    lines = (sample / "person.csv").read_bytes().split(b"\n")
    (sample / "person.csv").write_bytes(b"".join(line + (b"\r\n" if i % 2 else b"\n") for i, line in enumerate(lines[:-1])))
    assert shown(result(sample)) == before


def test_blank_lines_are_counted_and_numbered_but_not_checked(result, sample):
    lines = (sample / "village.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (sample / "village.csv").write_text(
        lines[0] + "\n" + lines[1] + "," * lines[0].count(",") + "\n" + lines[2], encoding="utf-8"
    )
    after = result(sample)
    read = next(i for i in after["summary"]["inputs"] if i["table"] == "village")
    assert (read["rows"], read["lines_skipped"]) == (2, 2)
    assert {d["row"] for d in after["discrepancies"] if d["rule"] == "V01"} == {4}


def test_a_header_line_alone_is_an_empty_table(result, sample):
    lines = (sample / "frame.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (sample / "frame.csv").write_text(lines[0], encoding="utf-8")
    assert rule(result(sample), "F02")["violated"] == 41


def test_unknown_columns_are_named_and_harmless(result, sample):
    before = shown(result(sample))
    lines = (sample / "village.csv").read_text(encoding="utf-8").splitlines()
    (sample / "village.csv").write_text(
        "\n".join(line + ("," + ("备忘" if i == 0 else "x")) for i, line in enumerate(lines)) + "\n", encoding="utf-8"
    )
    after = result(sample)
    assert shown(after) == before
    assert next(i for i in after["summary"]["inputs"] if i["table"] == "village")["unknown_columns"] == ["备忘"]


def test_an_absent_table_is_no_fault_of_the_others(result, sample):
    (sample / "frame.csv").unlink()
    after = result(sample)
    assert rule(after, "F02")["skipped"] == "absent table frame"
    assert rule(after, "I01")["violated"] == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("person.csv", b"", "is empty"),
        ("person.csv", b"%PDF-1.7", "is a PDF document"),
        ("person.parquet", b"PAR1 not really", "is no Parquet file"),
        ("person.csv", "户编号,户编码\n1,1\n".encode(), "both mean 'household_id'"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(census, tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    ran = census("check", tmp_path)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert words in ran.err
    assert name in ran.err


def test_a_folder_without_tables_says_what_it_saw(census, tmp_path):
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    ran = census("check", tmp_path)
    assert ran.code == 2
    assert "notes.txt" in ran.err


def test_select_runs_only_the_rules_named(result, sample):
    after = result(sample, "--select", "I*,S02")
    assert {d["rule"] for d in after["discrepancies"]} == {"I01", "I02", "I07a", "I07b", "S02"}
    assert rule(after, "H02")["skipped"] == "not selected"


def test_selecting_one_structural_rule_counts_it_as_before(result, sample):
    whole, one = result(sample), result(sample, "--select", "household.member_count.range")
    assert rule(one, "household.member_count.range") == rule(whole, "household.member_count.range")
    assert [d["rule"] for d in one["discrepancies"]] == ["household.member_count.range"]


def test_partial_skips_what_needs_complete_data(result, sample):
    assert rule(result(sample, "--partial"), "V06a")["skipped"] == "field work is not over (--partial)"


def test_several_profiles_stand_side_by_side(result, sample, tmp_path, survey):
    folder = tmp_path / "survey"
    shutil.copytree("schemas/registered-households", folder)
    (folder / "profiles" / "lenient.yaml").write_text(
        "id: lenient\ntitle: {zh: 宽, en: Lenient}\nextends: national-2020\nparameters:\n"
        "  rounding: {title: {zh: 甲, en: A}, value: 1000, source: [{doc: test, at: here}]}\n",
        encoding="utf-8",
    )
    after = result(sample, "--survey", folder, "--profile", "national-2020", "--profile", "lenient")
    both = after["summary"]["profiles"]
    assert both["national-2020"]["discrepancies"]["mandatory"] > both["lenient"]["discrepancies"]["mandatory"]
    assert {d["profile"] for d in after["discrepancies"]} == {"national-2020", "lenient"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_is_in_the_language_asked_for(census, sample, lang):
    out = census("check", sample, "--lang", lang).out
    assert (f"疑点 {IN_SAMPLE} 条" in out) == (lang == "zh")


def test_a_rule_is_one_new_file(result, sample, tmp_path):
    folder = tmp_path / "survey"
    shutil.copytree("schemas/registered-households", folder)
    (folder / "rules" / "H90.yaml").write_text(
        "id: H90\nseverity: hint\ntable: household\nlevel: 1\n"
        "title: {zh: 住房面积大, en: Large house}\nwhy: {zh: 试, en: A trial}\nask: {zh: 看房, en: Look at the house}\n"
        "assert: house_area_m2 <= 100\nnulls: unknown\nfields: [house_area_m2]\n"
        'message: {zh: "{house_area_m2}平方米", en: "{house_area_m2} m2"}\nsource: [{doc: test, at: here}]\n'
        "examples: {violated: [{house_area_m2: 101}], passed: [{house_area_m2: 100}]}\n",
        encoding="utf-8",
    )
    after = result(sample, "--survey", folder, "--select", "H90")
    assert {d["message"] for d in after["discrepancies"]} == {"125 m2"}
    assert after["summary"]["discrepancies"]["hint"] == rule(after, "H90")["violated"]


def test_a_path_with_spaces_chinese_and_emoji_is_read(result, sample, tmp_path):
    folder = tmp_path / "普查 数据 🌾"
    sample.rename(folder)
    assert len(result(folder)["discrepancies"]) == IN_SAMPLE


def test_memory_and_threads_change_nothing_but_the_means(result, sample):
    assert shown(result(sample, "--memory", "500MB", "--threads", "1")) == shown(result(sample))


@pytest.mark.parametrize("extra", [",", ",,,"])
def test_blank_cells_beyond_the_width_of_the_header_make_a_record_unreadable(result, sample, extra):
    lines = (sample / "village.csv").read_text(encoding="utf-8").splitlines()
    (sample / "village.csv").write_text("\n".join([lines[0], lines[1] + extra, lines[2]]) + "\n", encoding="utf-8")
    read = next(i for i in result(sample)["summary"]["inputs"] if i["table"] == "village")
    assert (read["rows_checked"], read["rows_unreadable"]) == (1, 1)


@pytest.mark.parametrize("name", ["person*.csv", "person[1].csv", "person?.csv"])
def test_a_file_name_that_looks_like_a_pattern_is_one_file(result, sample, name):
    before = result(sample)
    (sample / "person.csv").rename(sample / name)
    (sample / "person1.csv.bak").write_text("not this one", encoding="utf-8")
    assert shown(result(sample)) == shown(before)


def test_a_folder_named_like_a_partition_adds_no_column(result, sample, tmp_path):
    folder = tmp_path / "village_code=99"
    sample.rename(folder)
    assert len(result(folder)["discrepancies"]) == IN_SAMPLE


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("household.csv", "编号/编码/户主\n1/2/3\n", "a header that names a column"),
        ("household.xlsx", "PK", "no workbook"),
    ],
)
def test_a_table_that_cannot_be_read_is_never_passed_over(census, sample, name, content, words):
    (sample / "household.csv").unlink()
    (sample / name).write_text(content, encoding="utf-8")
    ran = census("check", sample)
    assert ran.code == 2
    assert words in ran.err


def test_a_household_without_children_shows_an_empty_list(result, sample):
    found = [json.loads(d["found"]) for d in result(sample, "--select", "S13b")["discrepancies"]]
    assert found == [{"member_count": "2", "person.person_no": []}]


def test_the_report_counts_every_profile(census, sample, tmp_path):
    folder = tmp_path / "survey"
    shutil.copytree("schemas/registered-households", folder)
    (folder / "profiles" / "second.yaml").write_text(
        "id: second\ntitle: {zh: 二, en: Second}\nextends: national-2020\n", encoding="utf-8"
    )
    ran = census("check", sample, "--survey", folder, "--profile", "national-2020", "--profile", "second", "--profile", "second")
    assert f"\n{IN_SAMPLE} discrepancies" in ran.out
    assert f"The whole list of {2 * IN_SAMPLE}" in ran.out
    assert "second: mandatory 38" in ran.out
