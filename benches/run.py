"""Every benchmark in turn, each a process of its own, whose memory is its own; they print ratios and never fail on time."""

import subprocess
import sys
from pathlib import Path

BENCHES = {
    "Start-up": "startup",
    "A million households": "million",
    "Forty rules": "forty",
    "Forty rules on Spark": "on_spark",
    "The survey whole": "survey",
    "Growth": "growth",
    "Reading": "reading",
    "Reports": "reports",
    "A household at a time": "record",
}

if __name__ == "__main__":
    for title, bench in BENCHES.items():
        print(f"\n{title}", flush=True)
        subprocess.run([sys.executable, Path(__file__).with_name(f"{bench}.py")], check=True)
