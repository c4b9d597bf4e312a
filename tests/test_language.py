"""Every text that a user can meet goes through the message catalogues, and every entry of theirs is translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from census_cli.cli.main import commands
from census_cli.errors import CensusError
from census_cli.expr.parse import ExpressionError
from census_cli.i18n import places, set_language
from places import ROOT

SOURCE = ROOT / "src" / "census_cli"
FILES = sorted(SOURCE.rglob("*.py"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")

# What a function shows to people: which of its arguments, and the names of those given by name.
SHOWN: dict[str, tuple[slice, set[str]]] = {
    "say": (slice(None), set()),
    "print": (slice(None), set()),
    "assemble": (slice(None), set()),
    "Text": (slice(1), set()),  # a survey's own Text carries both languages, by name
    "headed_table": (slice(None), set()),
    "add_column": (slice(1), set()),
    "Option": (slice(0), {"help"}),
    "Argument": (slice(0), {"help"}),
    "Typer": (slice(0), {"help"}),
    "command": (slice(0), {"help"}),
    "Problem": (slice(3, 4), {"message"}),
    "problem": (slice(-1, None), {"message"}),
    "note": (slice(1, 2), {"message"}),
    "_note": (slice(1, 2), {"message"}),
    "MarkedYAMLError": (slice(0), {"problem"}),
}
ERRORS = {c.__name__ for c in (CensusError, *CensusError.__subclasses__(), ExpressionError)} - {"DescriptorErrors"}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield (node.func.id if isinstance(node.func, ast.Name) else node.func.attr), node


def shown(name: str, call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that a user will read."""
    where, keywords = (slice(None), set[str]()) if name in ERRORS else SHOWN.get(name, (slice(0), set[str]()))
    return [*call.args[where], *(k.value for k in call.keywords if k.arg in keywords)]


def texts(node: ast.AST) -> Iterator[str]:
    """The words of an expression that are written out in it; what a call yields is that call's own affair, but for join."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (t for part in node.values if isinstance(part, ast.Constant) for t in texts(part))
    elif isinstance(node, ast.Tuple):
        yield from (t for e in node.elts[:1] for t in texts(e))  # a text and its style
    elif isinstance(node, ast.BinOp):
        yield from (*texts(node.left), *texts(node.right))
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))
    elif isinstance(node, ast.List):
        yield from (t for e in node.elts for t in texts(e))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_word_reaches_a_user_but_by_the_catalogue(path):
    found = [(call.lineno, t) for name, call in calls(path) for a in shown(name, call) for t in texts(a)]
    assert [f for f in found if re.search(r"[A-Za-z]{2}", f[1]) and f[1] != "census "] == []


def test_the_test_sees_what_it_is_to_see():
    code = "say(f'{n} rows'); raise OptionError('bad' if x else tr('good')); Text('head', 'bold'); Option(0, '--x', help='help')"
    found = [t for name, c in ((c.func.id, c) for c in ast.walk(ast.parse(code)) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name))
             for a in shown(name, c) for t in texts(a)]  # fmt: skip
    assert sorted(found) == [" rows", "bad", "head", "help"]


def test_what_is_to_be_translated_is_written_out():
    """A text put together before it is looked up is in no catalogue."""
    computed = [(path.name, call.lineno) for path in FILES for name, call in calls(path)
                if name == "tr" and not isinstance(call.args[0], ast.Constant)]  # fmt: skip
    assert computed == []


def test_every_entry_is_translated_with_the_same_places():
    with (SOURCE / "i18n" / "zh" / "LC_MESSAGES" / "census.po").open("rb") as file:
        known = {m.id: m.string for m in read_po(file, locale="zh") if m.id}
    used = {call.args[0].value for path in FILES for name, call in calls(path) if name == "tr"}
    assert used == set(known)
    assert [i for i, s in known.items() if not s or sorted(places(i)) != sorted(places(s))] == []


def helps(command, path="census") -> Iterator[tuple[str, str]]:
    yield path, command.get_help(command.make_context(path, [], resilient_parsing=True))
    for name, inner in getattr(command, "commands", {}).items():
        yield from helps(inner, f"{path} {name}")


def test_help_is_in_the_language_in_force():
    set_language("zh")
    for path, text in helps(commands()):
        english = [line for line in text.splitlines() if re.search(r"[a-z]{3} [a-z]{2,}", line) and not CHINESE.search(line)]
        assert english == [], path
        assert "Usage" not in text


WRONG = {
    "nothing to check": ("check",),
    "no such command": ("chek",),
    "no such command at all": ("xyzzy",),
    "no such option": ("check", "x", "--no-such-option"),
    "an option nearly right": ("check", "x", "--partia"),
    "an option without its value": ("check", "x", "--survey"),
    "a value without need": ("check", "x", "--partial=yes"),
    "a number too small": ("check", "x", "--threads", "0"),
    "a number too large": ("check", "x", "--threads", "999"),
    "no number": ("check", "x", "--threads", "two"),
    "a choice that is none": ("check", "x", "--fail-on", "sometimes"),
    "a word too many": ("profiles", "list", "again"),
    "a file that is not there": ("check", "nowhere.csv"),
}


@pytest.mark.parametrize("args", WRONG.values(), ids=WRONG)
def test_a_wrong_command_line_is_answered_in_the_language_asked_for(census, args):
    ran = census(*args[:1], "--lang", "zh", *args[1:]) if args[0] == "check" else census(*args, "--lang=zh")
    assert ran.code == 2
    said, *_ = ran.err.splitlines()
    assert CHINESE.search(said), said
    assert not re.search(r"[a-z]{3} [a-z]{2,}", said.replace("census init", "")), said
