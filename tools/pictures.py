"""Takes the pictures of the page that the READMEs show: the first screen in both languages, in the system's Chromium."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from census_cli.cli.main import main as census

ROOT = Path(__file__).parents[1]
SIZE = {"width": 1120, "height": 760}


def main() -> int:
    """Check the sample data into a page, open it, and write docs/images/page.<language>.png."""
    browser = shutil.which("chromium")
    if browser is None:
        print("Chromium is missing: apt-get install chromium", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = Path(folder, "report.html")
        census(["check", str(ROOT / "sample_data"), "--lang", "zh", "--output", str(report)])
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for language in ("zh", "en"):
            tab = chromium.new_page(viewport=SIZE)
            tab.goto(f"file://{report}")
            tab.locator(f"[data-speak={language}]").click()
            tab.screenshot(path=ROOT / "docs" / "images" / f"page.{language}.png")
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
