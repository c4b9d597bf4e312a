"""The charts of the page, as SVG whose text stays text; each has its table beside it, which says the same."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from census_cli.i18n import LANGUAGES, Language
from census_cli.report.page.words import words
from census_cli.survey.models import Text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from census_cli.report.page.figures import Figures

BARS = 20
"""Bars of one chart; its table holds the rest."""
WIDTH = 640
STEPS = 6
"""Numbers along an axis of counts."""
LETTER = 12
DAYS = 31
"""Days that have their name under them; of more not each has."""
TRUNCATED = 30
_COLOURS = {"met": "#1b7f5c", "exempt": "#3f78b5", "unknown": "#c98a1b", "contradiction": "#7b2d8e", "not_met": "#b3261e"}
_SEVERITIES = {"mandatory": "#b3261e", "verify": "#c98a1b", "hint": "#3f78b5"}
_TEAM, _OWN, _ALL, _INK = "#5c6b77", "#1f5fa8", "#b9c4ce", "#1c2733"
_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'


@dataclass(frozen=True)
class Chart:
    """One chart in both languages, what it shows, and whether some bars are left out."""

    title: Text
    drawn: dict[Language, Any]
    cut: bool = False


Series = tuple[str, str, Sequence[Any]]
"""Name, colour, and a value for each label."""


@dataclass(frozen=True)
class Drawn:
    """What is drawn; `most` is the end of an axis of counts, which are whole."""

    kind: str
    labels: list[str]
    series: list[Series]
    most: int = 0
    legend: bool = True


def charts(figures: Figures) -> dict[str, Chart]:
    """Every chart for which there are numbers; none where the library that draws them is absent."""
    if _library() is None:
        return {}
    makers: dict[str, tuple[str, bool, Callable[[Figures, Language], Drawn]]] = {
        "assurances": ("assurances_title", bool(figures.assured), _assurances),
        "villages": ("village_verdicts", any(v.verdicts for v in figures.villages), _villages),
        "enumerators": ("rate_of_enumerators", figures.spread is not None, _enumerators),
        "rules": ("by_rule", bool(figures.found), _rules),
        "days": ("days_title", len(figures.days) > 1, _days),
    }
    said = words()
    cut = {
        n: len(rows) > BARS
        for n, rows in (("villages", figures.villages), ("enumerators", figures.enumerators), ("rules", figures.found))
    }
    return {
        name: Chart(said[title], {x: _svg(make(figures, x), f"{name}-{x}", said[title][x]) for x in LANGUAGES}, cut.get(name, False))
        for name, (title, there, make) in makers.items() if there
    }  # fmt: skip


def _assurances(figures: Figures, spoken: Language) -> Drawn:
    labels = [f"{a.title[spoken]} ({a.by[spoken]})" for a in figures.assured]
    series: list[Series] = [
        (figures.verdicts[v][spoken], _COLOURS[v], [a.counts[v] / a.of * 100 if a.of else 0 for a in figures.assured])
        for v in figures.shown
    ]
    return Drawn("HorizontalStackedBar", labels, series)


def _villages(figures: Figures, spoken: Language) -> Drawn:
    villages = [v for v in figures.villages if v.verdicts][:BARS]
    series: list[Series] = [
        (figures.verdicts[v][spoken], _COLOURS[v], [village.verdicts.get(v, 0) for village in villages]) for v in figures.shown
    ]
    return Drawn("HorizontalStackedBar", [v.title or v.code for v in villages], series, max(_sums(series)))


def _enumerators(figures: Figures, spoken: Language) -> Drawn:
    """The team's quartiles on top, then the enumerators, most to do first."""
    spread, said = figures.spread, words()
    assert spread is not None
    own = [e for e in figures.enumerators if e.registered >= figures.least][:BARS]
    labels = [said[k][spoken] for k in ("team_high", "team_median", "team_low")] + [f"{e.code} (n={e.registered})" for e in own]
    team = [spread.high, spread.median, spread.low]
    rates = [(rate, _TEAM) for rate in team] + [(e.rate, _OWN) for e in own]
    values = [{"value": round(rate * 100, 1), "style": f"fill: {colour}"} for rate, colour in rates]
    return Drawn("HorizontalBar", labels, [("", _OWN, values)], legend=False)


def _rules(figures: Figures, spoken: Language) -> Drawn:
    found, said = figures.found[:BARS], words()
    series: list[Series] = [
        (said[s][spoken], _SEVERITIES[s], [r.violated if r.severity == s else None for r in found]) for s in figures.severities
    ]
    return Drawn("HorizontalStackedBar", [r.id for r in found], series, max(_sums(series)))


def _days(figures: Figures, spoken: Language) -> Drawn:
    said = words()
    series: list[Series] = [
        (said["registered"][spoken], _ALL, [d.registered for d in figures.days]),
        (said["discrepant"][spoken], _COLOURS["not_met"], [d.discrepant for d in figures.days]),
    ]
    return Drawn("Bar", [d.code for d in figures.days], series, max(d.registered for d in figures.days))


def _sums(series: Sequence[Series]) -> list[int]:
    """How long each stacked bar is."""
    return [sum(part or 0 for part in parts) for parts in zip(*(values for _, _, values in series), strict=True)]


def _svg(drawn: Drawn, chart: str, title: str) -> Any:
    """The picture as HTML; bars that lie are turned round, for the library draws the first one lowest."""
    from markupsafe import Markup

    lying, count = drawn.kind.startswith("Horizontal"), len(drawn.labels)
    wide = max(sum(east_asian_width(sign) in "WF" for sign in label[:TRUNCATED]) for label in drawn.labels)
    made = getattr(_library(), drawn.kind)(
        style=_style(drawn), js=[], width=WIDTH, height=120 + 22 * count if lying else 320, disable_xml_declaration=True,
        legend_at_bottom=True, legend_at_bottom_columns=min(3, len(drawn.series)), show_legend=drawn.legend, margin=8, margin_bottom=8 + 22 * (len(drawn.series) > 3),
        # The library takes every letter to be as wide as a Latin one.
        margin_left=8 + (LETTER * wide // 2 if lying else 0), truncate_label=TRUNCATED, truncate_legend=TRUNCATED,
        x_label_rotation=0 if lying else 60, show_y_guides=not lying, max_scale=STEPS,
    )  # fmt: skip
    made.uuid = chart
    made.x_labels = drawn.labels[::-1] if lying else drawn.labels
    if not lying and count > DAYS:
        made.config.x_labels_major_every, made.config.show_minor_x_labels = -(-count // DAYS), False
    if drawn.most:
        made.y_labels = list(range(0, drawn.most + 1, -(-drawn.most // STEPS)))
    for name, _, values in drawn.series:
        made.add(name, values[::-1] if lying else values)
    made.add_xml_filter(lambda root: _plain(root, title))
    # The library escapes what it writes.
    return Markup(made.render(is_unicode=True).replace(_NAMESPACE, "", 1))


def _library() -> Any:
    """The library that draws, None where it is absent."""
    hooks = list(sys.meta_path)
    try:
        import pygal.etree
    except ImportError:
        return None
    finally:
        # It looks into every import for plug-ins of its own, which are not used here.
        sys.meta_path[:] = hooks
    # The same page wherever it is made, whether lxml is installed there or not.
    pygal.etree.etree.to_etree()
    return pygal


def _style(drawn: Drawn) -> Any:
    return _library().style.Style(
        background="transparent", plot_background="transparent", foreground=_INK, foreground_strong=_INK, foreground_subtle=_INK,
        opacity="1", opacity_hover="1", colors=tuple(colour for _, colour, _ in drawn.series),
        font_family="inherit", label_font_family="inherit", legend_font_family="inherit", major_label_font_family="inherit",
        label_font_size=LETTER, legend_font_size=LETTER, major_label_font_size=LETTER,
    )  # fmt: skip


def _plain(root: Element, title: str) -> Element:
    """The chart without scripts, notes and tooltips of the library, and with a name for those who do not see it."""
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_needless(child):
                parent.remove(child)
        if parent is not root:
            parent.attrib.pop("id", None)
    root.attrib |= {"role": "img", "aria-label": title}
    return root


def _is_needless(element: Element) -> bool:
    if not isinstance(element.tag, str):
        return True
    return element.tag in ("script", "desc", "title") or "tooltip-overlay" in element.get("class", "")
