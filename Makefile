# Everything a newcomer needs: `make demo` and `make test`. Nothing has to be set up before.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: help demo test check bench new-sector lock format clean

help:
	@echo "make demo              a living co-operative on http://127.0.0.1:8000  (RESET=1 begins anew)"
	@echo "make test              every check and every test, the browser's included"
	@echo "make check             formatting, lint, types and import contracts only"
	@echo "make bench             the benchmarks, as ratios within one run"
	@echo "make new-sector NAME=… a new sector, plugged in and working"
	@echo "make lock              pin the requirements again, with hashes"

$(VENV)/.run-ready: requirements-run.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Rochdale needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Say PYTHON=python3.12, for example.") if sys.version_info < (3, 11) else 0'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Rochdale needs into $(VENV) (once; about half a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-run.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.test-ready: $(VENV)/.run-ready requirements.lock
	@echo "Installing the test tools …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

demo: $(VENV)/.run-ready
	@$(BIN)/rochdale demo $(if $(RESET),--reset)

check: $(VENV)/.test-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

test: $(VENV)/.test-ready
	@bash tests/machine.sh
	@$(MAKE) --no-print-directory check
	@bash tests/run.sh $(WORKERS)

bench: $(VENV)/.test-ready
	$(BIN)/python -m bench $(ARGS)

new-sector: $(VENV)/.run-ready
	@test -n "$(NAME)" || { echo "Say its name: make new-sector NAME=tools"; exit 2; }
	$(BIN)/rochdale new-sector "$(NAME)"

lock: $(VENV)/.test-ready
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" requirements.in -o requirements-run.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" requirements-dev.in -o requirements.lock

format: $(VENV)/.test-ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
