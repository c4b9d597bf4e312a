"""`python -m census_cli` is `census`."""

from census_cli.cli.main import run

run()
