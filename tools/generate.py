"""Writes the generated files, or with --check says which are stale and exits 1."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
os.environ.update({"LC_ALL": "en", "COLUMNS": "110", "TERM": "dumb", "NO_COLOR": "1"})
sys.path.insert(0, str(Path(__file__).parent))

import messages  # noqa: E402  # the environment must be set before texts are made
import pages  # noqa: E402
import readme  # noqa: E402
import schemas  # noqa: E402
import tablets_page  # noqa: E402


def main() -> int:
    """Make every file in memory, then write those that differ or name them."""
    made: dict[str, bytes] = {
        **pages.make(),
        **schemas.make(),
        **messages.make(ROOT),
        **readme.make(ROOT),
        **tablets_page.make(ROOT),
    }
    stale = [name for name, content in made.items() if _read(ROOT / name) != content]
    if "--check" in sys.argv:
        faults = [f"stale: {name} (make generate)" for name in stale] + messages.untranslated(ROOT)
        print("\n".join(faults) or "generated files are fresh", file=sys.stderr if faults else sys.stdout)
        return 1 if faults else 0
    for name in stale:
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made[name])
        print("written:", name)
    return 0


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
