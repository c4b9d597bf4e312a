"""The codebook as one page that opens offline in any browser and prints; it runs no script and asks no host for anything."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from census_cli.exporting.codebook.heads import heads

if TYPE_CHECKING:
    from census_cli.exporting.codebook import Codebook

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write(book: Codebook, path: Path) -> None:
    """Write UTF-8 HTML; every text of a survey is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=PackageLoader(__package__, "")
    )
    style = Markup(files(__package__).joinpath("page.css").read_text(encoding="utf-8"))
    page = environment.get_template("template.html").render(book=book, t=heads(), style=style, policy=_POLICY)
    path.write_text(page, encoding="utf-8", newline="\n")
