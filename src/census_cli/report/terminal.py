"""The report for people: what was read, how much is wrong, where there is most to do, and what to ask first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from rich import box
from rich.console import Console, Group
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from census_cli.findings import Findings, Groups, Overview, RuleFindings
from census_cli.i18n import language, tr
from census_cli.report.comparison import section
from census_cli.report.rows import published_words
from census_cli.report.tablets import tablet_words
from census_cli.results import Input, Summary, kept_words, nothing_derived

SHOWN_RULES = 8
SHOWN_ITEMS = 6
WIDTH = 110
_UNBOUND = 1_000
_COLOURS = {"mandatory": "red", "verify": "yellow", "hint": "cyan"}


def write(findings: Findings, file: TextIO, written: Sequence[Path]) -> None:
    """Write the report; on anything that is not a terminal it is plain text of a fixed width."""
    console = Console(file=file, width=None if file.isatty() else WIDTH, highlight=False, emoji=False)
    summary, overview = findings.summary, findings.overview
    console.print(_headline(summary, overview))
    if told_of := published_words(findings):
        console.print(told_of)
    console.print(_inputs(summary, overview))
    console.print(_severities(summary))
    for comparison in summary.comparison or ():
        console.print(Group(*section(comparison, overview, overview.unit)))
    if any(sum(counts.values()) for levels in summary.assurances.values() for counts in levels.values()):
        table = _assurances(summary, overview)
        fits = Measurement.get(console, console.options.update(max_width=_UNBOUND), table).maximum <= console.width
        console.print(table if fits else _assurances(summary, overview, narrow=True))
    if overview.rules:
        console.print(_rules(overview))
    for title, groups in (
        (tr("Villages with most to do"), overview.villages),
        (tr("Enumerators with most to do"), overview.enumerators),
    ):
        if groups and groups.ranked:
            console.print(_groups(title, groups))
    if overview.lists:
        console.print(_lists(overview, published=bool(findings.suppressed)))
    if not findings.suppressed:
        for rule in overview.rules[:SHOWN_RULES]:
            console.print(_first(rule))
    console.print(_footer(findings, written))


def _headline(summary: Summary, overview: Overview) -> Text:
    total = sum(summary.discrepancies.values())
    words = tr("{total} discrepancies", total=total)
    if overview.registered:
        words += tr(
            "; {n} of {registered} registered households need a second look",
            n=overview.discrepant,
            registered=overview.registered,
        )
    if kept := summary.kept():
        words += "\n" + kept_words(summary, kept)
    title = overview.title[language()]
    return Text.assemble((title, "bold"), f" · {summary.profile}\n", (words, "bold red" if total else "bold green"))


def headed_table(title: str, columns: Iterable[tuple[str, str]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1), show_edge=False)
    for header, justify in columns:
        number = justify == "right"
        table.add_column(header, justify=justify, overflow="fold", no_wrap=number)  # type: ignore[arg-type]  # a justify method
    return table


def _inputs(summary: Summary, overview: Overview) -> Group:
    table = headed_table("\n" + tr("What was read"), [
        (tr("file"), "left"), (tr("table"), "left"), (tr("rows"), "right"), (tr("unreadable"), "right"), (tr("unknown columns"), "left"),
    ])  # fmt: skip
    for i in summary.inputs:
        table.add_row(
            escape(f"{i.path}#{i.sheet}" if i.sheet else i.path),
            overview.titles[i.table],
            str(i.rows),
            str(i.rows_unreadable),
            escape(", ".join(i.unknown_columns[:6])),
        )
    notes = [Text(note) for i in summary.inputs for note in _notes(i, overview)]
    notes += [Text(note) for note in dict.fromkeys(_supplied(i, overview) for i in summary.inputs) if note]
    ignored = [Text(tr("not read: {path} ({reason})", path=i.path, reason=i.reason)) for i in summary.ignored]
    return Group(table, *map(Text, _given_twice(summary.inputs)), *notes, *ignored)


def _given_twice(inputs: Sequence[Input]) -> Iterator[str]:
    """Files that are the same byte for byte; what is found of their rows says only that each stands twice."""
    first: dict[tuple[str, str | None], str] = {}
    for i in inputs:
        if i.sha256 and (same := first.setdefault((i.sha256, i.sheet), i.path)) != i.path:
            yield tr(
                "{path} is the same file as {same}, so that all its rows stand twice; give one of them", path=i.path, same=same
            )


def _notes(i: Input, overview: Overview) -> Iterator[str]:
    """What is to be said of one file: lines that are no records, what is odd in an export, columns that may be misspelt."""
    if i.skipped:
        yield _skipped_lines(i)
    if i.tablet:
        path = f"{i.path}#{i.sheet}" if i.sheet else i.path
        yield from (tr("{path}: {words}", path=path, words=words) for words in tablet_words(i.tablet))
    for header, field in i.near.items():
        meant = overview.titles[f"{i.table}.{field}"]
        yield tr("{path}: column '{header}' is not known; did you mean '{title}'?", path=i.path, header=header, title=meant)


def _supplied(i: Input, overview: Overview) -> str:
    """How the rows of a table, or columns of it, came about that no file has."""
    made = [(tr("all rows"), i.made_rows)] if i.made_rows else []
    made += [(overview.titles[f"{i.table}.{d.field}"], d.how) for d in i.derived]
    columns = "; ".join(tr("{title} ({how})", title=title, how=how) for title, how in made)
    return (
        tr("derived in {table}, for no file has it: {columns}", table=overview.titles[i.table], columns=columns) if made else ""
    )


def _skipped_lines(i: Input) -> str:
    """Which lines of a file were taken for no records."""
    words = {"title": tr("above the header"), "total": tr("total"), "header": tr("header again"), "numbers": tr("column numbers")}
    titles = sum(line.what == "title" for line in i.skipped)
    parts = [f"{words['title']} {titles}"] if titles else []
    parts += [tr("{what} (record {row})", what=words[line.what], row=line.row) for line in i.skipped if line.row is not None]
    return tr("lines skipped in {path}: {lines}", path=i.path, lines=_cut(parts))


def _assurances(summary: Summary, overview: Overview, *, narrow: bool = False) -> Table:
    """How many households, and members, have which verdict; shares are of those to whom the assurance applies, below the counts where it is narrow."""
    numbers = [tr("of"), tr("met"), tr("not met"), tr("exempt"), tr("unknown"), tr("contradicted"), tr("n/a")]
    words = ["", *([] if narrow else [tr("judged by")])]
    table = headed_table("\n" + tr("Assurances"), [*((w, "left") for w in words), *((n, "right") for n in numbers)])
    for column in table.columns if narrow else ():
        column.no_wrap = False
    sign = "\n" if narrow else " "
    for name, levels in summary.assurances.items():
        for i, (level, counts) in enumerate(levels.items()):
            of = sum(counts.values()) - counts["not_applicable"]
            shares = [_share(counts[v], of, sign) for v in ("met", "not_met", "exempt", "unknown", "contradiction")]
            title, unit = overview.titles[f"assurance {name}"] if i == 0 else "", overview.units[level]
            told = [f"{title}\n{unit}".strip()] if narrow else [title, unit]
            table.add_row(*told, str(of), *shares, str(counts["not_applicable"] or ""))
    return table


def _share(count: int, of: int, sign: str) -> str:
    """A count and its share; what is not all is never rounded up to all."""
    return f"{count}{sign}{min(count / of, 1.0 if count == of else 0.999):6.1%}" if count else ""


def _lists(overview: Overview, published: bool) -> Group:
    """How many households are on each list and what that means, and the first of each with their reasons."""
    table = headed_table("\n" + tr("Exit and identification"), [("", "left"), (tr("how many"), "right"), ("", "left")])
    lines: list[Text] = []
    for one in overview.lists:
        table.add_row(one.title, str(one.units), one.what)
        lines += [Text(f"  {one.title}  {row['unit']}  {row['reason']}") for row in one.first]
        if one.units > len(one.first) and not published:
            lines.append(
                Text("  " + tr("{shown} of {total} shown; --lists FILE writes all", shown=len(one.first), total=one.units), "dim")
            )
        absent: dict[str, list[str]] = {}
        for why, what in one.not_judged:
            absent.setdefault(what, []).append(why)
        for what, reasons in absent.items():
            why = tr("; ").join(reasons)
            lines.append(
                Text(
                    "  " + tr("{list}: not looked at: {reason} ({what} is absent)", list=one.title, reason=why, what=what), "dim"
                )
            )
    return Group(table, *lines)


def _severities(summary: Summary) -> Text:
    """The discrepancies by severity; of several profiles a line each, all else in the report being the first one's."""
    names = {"mandatory": tr("mandatory"), "verify": tr("to verify"), "hint": tr("hints")}
    text = Text("\n")
    for name, profile in summary.profiles.items():
        text.append(f"{name}: " if len(summary.profiles) > 1 else "")
        text += Text("   ").join(Text(f"{names[s]} {n}", _COLOURS[s]) for s, n in profile.discrepancies.items())
        text.append("\n" if len(summary.profiles) > 1 else "")
    if len(summary.profiles) > 1:
        text.append(tr("apart from what is compared, what follows is of the profile {name}", name=summary.profile))
    return text


def _rules(overview: Overview) -> Table:
    table = headed_table("\n" + tr("Rules"), [
        (tr("rule"), "left"), ("", "left"), (tr("violated"), "right"), (tr("of"), "right"), ("%", "right"),
    ])  # fmt: skip
    for rule in overview.rules:
        mark = f"[{_COLOURS[rule.severity]}]{rule.id}[/]"
        table.add_row(mark, escape(rule.title), str(rule.violated), str(rule.applicable), f"{rule.rate:.1%}".rstrip("%"))
    return table


def _groups(title: str, groups: Groups) -> Group:
    table = headed_table("\n" + title, [
        ("", "left"), (tr("households discrepant"), "right"), (tr("of registered"), "right"), ("%", "right"),
    ])  # fmt: skip
    for group in groups.ranked:
        table.add_row(
            escape(f"{group.code} {group.title}".strip()),
            str(group.discrepant),
            str(group.registered),
            f"{group.rate:.1%}".rstrip("%"),
        )
    note = tr("{shown} of {total} shown; {small} with fewer than {least} households are not ranked",
              shown=len(groups.ranked), total=groups.total, small=groups.small, least=groups.least)  # fmt: skip
    return Group(table, Text(note, "dim"))


def _first(rule: RuleFindings) -> Group:
    title = Text.assemble("\n", (rule.id, f"bold {_COLOURS[rule.severity]}"), " ", (rule.title, "bold"))
    lines = [Text(f"  {r['unit']}  {r['message']}  ({_where(r)})") for r in rule.first]
    if rule.ask:
        lines.append(Text("  → " + rule.ask, "italic"))
    if rule.found > len(rule.first):
        lines.append(Text("  " + tr("{shown} of {total} shown", shown=len(rule.first), total=rule.found), "dim"))
    return Group(title, *lines)


def _where(row: Mapping[str, Any]) -> str:
    return tr("{source}, record {row}", source=row["source"], row=row["row"])


def _footer(findings: Findings, written: Sequence[Path]) -> Group:
    """What is left to say; the files named are those that hold every discrepancy."""
    summary, overview = findings.summary, findings.overview
    lines = [Text("")]
    if len(overview.rules) > SHOWN_RULES and not findings.suppressed:
        lines.append(Text(tr("{n} more rules have findings", n=len(overview.rules) - SHOWN_RULES)))
    lines += _explained(summary)
    lines += _skipped(summary, overview)
    if summary.as_of:
        lines.append(
            Text(tr("Ages are those at registration; where its date is missing, those at {as_of}", as_of=summary.as_of), "dim")
        )
    if not findings.suppressed:
        where = ", ".join(map(str, written)) or tr("nowhere yet; add --output findings.csv")
        lines.append(Text(tr("The whole list of {total}: {where}", total=overview.total, where=where)))
    return Group(*lines)


def _explained(summary: Summary) -> list[Text]:
    """How many notes hold, and which do not and why."""
    if not summary.notes:
        return []
    applied = sum(n.state == "applied" for n in summary.notes)
    lines = [Text(tr("{n} of {total} notes hold; what they explain no longer counts", n=applied, total=len(summary.notes)))]
    words = {
        "expired": tr("expired"), "outdated": tr("the value has changed since"), "unused": tr("no such discrepancy any more"),
        "refused": tr("not one to verify: it must be mended"), "incomplete": tr("who, when or what is missing"),
    }  # fmt: skip
    for state, why in words.items():
        numbers = [str(n.line) for n in summary.notes if n.state == state]
        if numbers:
            lines.append(Text(tr("notes that do not hold, {why}: lines {lines}", why=why, lines=_cut(numbers))))
    return lines


def _skipped(summary: Summary, overview: Overview) -> list[Text]:
    """Every rule that did not run and why, but for those about nothing in these files; the structural ones of absent columns a line per table."""
    reasons: dict[str, list[str]] = {}
    columns: dict[str, dict[str, None]] = {}
    for rule in (r for r in summary.rules if r.skipped and r.skipped != nothing_derived()):
        field = ".".join(rule.id.split(".")[:2])
        if field in overview.titles and rule.skipped != tr("not selected"):
            columns.setdefault(rule.table, {})[overview.titles[field]] = None
        elif field != f"{rule.table}.row":
            reasons.setdefault(rule.skipped or "", []).append(rule.id)
    lines = [tr("skipped, {reason}: {rules}", reason=why, rules=_cut(rules)) for why, rules in reasons.items()]
    for table, names in columns.items():
        title = overview.titles[table]
        lines.append(
            tr(
                "not checked in {table}, {n} fields (reasons in the .json): {fields}",
                table=title,
                n=len(names),
                fields=_cut(list(names)),
            )
        )
    return [Text(line, "dim") for line in lines]


def _cut(items: list[str]) -> str:
    return ", ".join(items[:SHOWN_ITEMS]) + (tr(" … {n} in all", n=len(items)) if len(items) > SHOWN_ITEMS else "")
