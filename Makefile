# The few verbs of this project; `make help` prints them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test quick check format golden generate pictures bench prove clean

help: ## print this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# A file that is newer than what it was made from: the environment is set up once and again when its lists change.
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q src
	@touch $@

# What only the benchmarks compare with.
$(VENV)/.bench: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	@touch $@

run: $(VENV)/.ready ## set up, check sample_data/ and show the discrepancy report
	@$(BIN)/census check sample_data --fail-on never

test: $(VENV)/.ready ## set up and run all tests (Spark needs Java 17, the page needs Chromium)
	@$(BIN)/python -m pytest

quick: $(VENV)/.ready ## run the tests that need neither Spark nor a browser: the loop of every day
	@$(BIN)/python -m pytest -m "not spark and not browser"

check: $(VENV)/.ready ## format, lint, types, generated files fresh
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python tools/generate.py --check

format: $(VENV)/.ready ## format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

golden: $(VENV)/.ready ## renew the golden files; read the difference in review
	@CENSUS_GOLDEN=write $(BIN)/python -m pytest tests/test_golden.py

generate: $(VENV)/.ready ## write the generated files: docs, JSON Schemas, message catalogues
	@$(BIN)/python tools/generate.py

pictures: $(VENV)/.ready ## renew the pictures of the page in docs/images (needs Chromium)
	@$(BIN)/python tools/pictures.py

bench: $(VENV)/.bench ## print the benchmarks, as ratios in one run
	@$(BIN)/python benches/run.py

prove: $(VENV)/.ready ## prove the rules on large invented surveys: every planted mistake found, nothing else
	@$(BIN)/python benches/prove.py

clean: ## remove the environment and all that was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
