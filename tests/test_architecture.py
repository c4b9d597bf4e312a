"""The shape of the code: which way imports go, what starts light, and that the README tells the truth."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from census_cli.cli.main import commands
from places import ROOT

SOURCE = ROOT / "src" / "census_cli"

# Each package may import only those named after it.
ALLOWED = {
    "survey": {"errors", "folding", "i18n"},
    "expr": {"survey", "missing", "errors", "i18n"},
    "sql": {"expr", "survey", "structure", "conform", "folding", "skipping", "i18n"},
    "record": {
        "expr",
        "survey",
        "structure",
        "conform",
        "folding",
        "reading.headers",
        "opening",
        "selection",
        "supplying",
        "sql.plan",
        "sql.relations",
        "sql.showing",
        "sql.unmet",
        "pen",
        "unmet",
        "identity",
        "results",
        "errors",
        "i18n",
    },
    "engines": {"engines", "scratch", "errors", "i18n", "sql.words"},
    "reading": {"arrow", "survey", "conform", "folding", "skipping", "errors", "i18n"},
    "report": {
        "results",
        "findings",
        "picture",
        "version",
        "errors",
        "i18n",
        "survey",
        "report",
        "scratch",
        "complete",
        "reading.discover",
        "reading.files",
        "reading.converted",
        "inspected",
    },
    "annotating": {
        "complete",
        "scratch",
        "results",
        "findings",
        "raw",
        "reading",
        "report.rows",
        "report.cells",
        "report.books",
        "errors",
        "i18n",
    },
    "synth": {"survey", "engines", "sql.words", "complete", "errors", "i18n"},
    "exporting": {
        "expr",
        "survey",
        "records",
        "complete",
        "folding",
        "conform",
        "exporting",
        "reading.converted",
        "results",
        "report.books",
        "report.cells",
        "structure",
        "wording",
        "version",
        "errors",
        "i18n",
    },
    "importing": {
        "expr",
        "survey",
        "record.evaluate",
        "reading.facts",
        "reading.workbooks",
        "complete",
        "folding",
        "importing",
        "errors",
        "i18n",
    },
    "complete": {"scratch", "errors", "i18n"},
    "scratch": {"errors", "i18n"},
    "i18n": set(),
    "errors": set(),
}


def imports(path: Path) -> set[str]:
    """The modules of ours that a file imports anywhere, types included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("census_cli"):
            found |= {f"{node.module}.{a.name}" for a in node.names} if node.module == "census_cli" else {node.module}
    return {m.removeprefix("census_cli.") for m in found}


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_go_one_way(package):
    files = [SOURCE / f"{package}.py"] if (SOURCE / f"{package}.py").exists() else (SOURCE / package).rglob("*.py")
    for file in files:
        for module in imports(file):
            own = module == package or module.startswith(f"{package}.")
            assert own or any(module == a or module.startswith(f"{a}.") for a in ALLOWED[package]), (
                f"{file.name} imports {module}"
            )


def test_nothing_but_the_command_line_imports_the_command_line():
    for file in SOURCE.rglob("*.py"):
        if "cli" not in file.relative_to(SOURCE).parts and file.name != "__main__.py":
            assert not any(m.startswith("cli") for m in imports(file)), file


@pytest.mark.parametrize("statement", ["import census_cli", "import census_cli.cli.main"])
def test_start_up_imports_nothing_heavy(statement):
    heavy = {"pandas", "pyarrow", "duckdb", "sqlglot", "pydantic", "numpy", "yaml"}
    code = f"import sys; {statement}; print([m for m in {sorted(heavy)} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_check_of_files_does_without_pandas(sample):
    code = (
        f"import sys; from census_cli.cli.main import main; main(['check', {str(sample)!r}]); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_every_command_and_option_has_help():
    left = list(commands().commands.values())
    while left:
        command = left.pop()
        left += getattr(command, "commands", {}).values()
        assert command.help, command.name
        assert all(getattr(p, "help", None) for p in command.params if p.name != "help"), command.name


@pytest.mark.parametrize(
    "path", sorted(p for p in SOURCE.rglob("*.py") if p.read_text(encoding="utf-8").strip()), ids=lambda p: p.name
)
def test_every_module_says_in_one_sentence_what_lives_there(path):
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc
    assert doc.splitlines()[0].endswith((".", ":"))


READMES = {"README.md": "en", "README.zh.md": "zh"}


def blocks(language: str) -> list[str]:
    """The blocks of both READMEs in one language."""
    found = [re.findall(rf"^```{language}\n(.*?)^```", (ROOT / n).read_text(encoding="utf-8"), re.M | re.S) for n in READMES]
    return [block for readme in found for block in readme]


@pytest.mark.parametrize("block", [b for b in blocks("sh") if "make " not in b])
def test_the_shell_blocks_of_the_readmes_run(block):
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    subprocess.run(["bash", "-ec", block], cwd=ROOT, env={"PATH": path, "LC_ALL": "C.UTF-8"}, capture_output=True, check=True)


@pytest.mark.parametrize(("readme", "language"), READMES.items())
def test_the_reports_in_the_readmes_are_the_programs(readme, language):
    text = (ROOT / readme).read_text(encoding="utf-8")
    shown = re.findall(r"^<!-- (\w+) -->\n```text\n(.*?)^```$", text, re.M | re.S)
    assert [name for name, _ in shown] == ["report", "explained"]
    for name, block in shown:
        golden = (ROOT / "tests" / "golden" / f"{name}.{language}.txt").read_text(encoding="utf-8").splitlines()
        assert len(block.splitlines()) > 10
        assert set(block.splitlines()) <= {line.rstrip() for line in golden} | {"…"}


@pytest.mark.parametrize("block", blocks("python"))
def test_the_python_blocks_of_the_readmes_run(block):
    subprocess.run([sys.executable, "-c", block], cwd=ROOT, capture_output=True, check=True)


def test_the_readmes_show_the_same_commands():
    options, sections = [], []
    for name in READMES:
        text = (ROOT / name).read_text(encoding="utf-8")
        options.append(re.findall(r"^\| `(--[a-z-]+|[0-9])", text, re.M))
        sections.append(len(re.findall(r"^## ", text, re.M)))
    assert options[0] == options[1]
    assert sections[0] == sections[1]


def test_no_file_of_ours_is_too_large_to_read():
    assert [p.name for p in SOURCE.rglob("*.py") if len(p.read_text(encoding="utf-8").splitlines()) > 400] == []
