"""The page: one file that opens offline in any browser, in both languages; its data are in `data`, its words in `words`, its pictures in `charts`."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any, BinaryIO

from census_cli.i18n import fill
from census_cli.report.page.charts import BARS, charts
from census_cli.report.page.data import embedded
from census_cli.report.page.figures import figures
from census_cli.report.page.words import both, words
from census_cli.survey.models import Text

if TYPE_CHECKING:
    from census_cli.findings import Findings
    from census_cli.report.page.figures import Figures
    from census_cli.results import RuleSummary, Summary

_TO_ESCAPE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def write(findings: Findings, file: BinaryIO) -> None:
    """Write UTF-8 HTML: one file that asks no host for anything."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=PackageLoader(__name__, "")
    )
    shown = figures(findings)
    said, style, script = words(), _text("page.css"), _text("page.js")
    held = embedded(findings, shown.picture)
    page = environment.get_template("template.html").stream(
        f=shown, charts=charts(shown), t={key: both(text) for key, text in said.items()}, both=both, held=held, bars=BARS,
        filled=lambda key, **values: both(_filled(said[key], values)), verdict=both(_verdict(shown, said)),
        counts=_counts(shown.summary), style=style, script=script, policy=_policy(script),
        data=_json({**held.columns, "words": {key: text.model_dump() for key, text in said.items()}}),
    )  # fmt: skip
    page.enable_buffering(64)
    page.dump(file, encoding="utf-8")


def _counts(summary: Summary) -> dict[str, RuleSummary]:
    """The counts of each rule, by the first profile that has it."""
    return {rule.id: rule for of in reversed(summary.profiles.values()) for rule in of.rules}


def _filled(text: Text, values: Mapping[str, object]) -> Text:
    return Text(zh=fill(text.zh, values), en=fill(text.en, values))


def _verdict(shown: Figures, said: Mapping[str, Text]) -> Text:
    """The whole check in one sentence; hints are told beside."""
    counts = shown.summary.discrepancies
    if not shown.total:
        return said["clean"]
    values: dict[str, object] = {
        **{str(s): n for s, n in counts.items()},
        "discrepant": shown.discrepant,
        "registered": shown.registered,
    }
    main = _filled(said["verdict" if shown.registered else "verdict_short"], values)
    hints = _filled(said["hints_too"], {"n": counts["hint"]})
    return Text(zh=main.zh + hints.zh, en=f"{main.en} {hints.en}") if counts["hint"] else main


def _text(name: str) -> Any:
    """A file of ours as it stands: what is in it comes from nobody else."""
    from markupsafe import Markup

    return Markup(files(__name__).joinpath(name).read_text(encoding="utf-8"))


def _json(value: Any) -> Any:
    """JSON in which no sign can end the element that holds it."""
    from markupsafe import Markup

    return Markup(json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_TO_ESCAPE))


def _policy(script: str) -> str:
    """What a browser may do with the page: run our own script, and connect to nothing."""
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; script-src 'sha256-{own}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
