# Every target does its own set-up first, which is instant when no requirement file changed (scripts/setup.py).
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8501
PY := $(VENV)/bin/python
TESTS ?= tests
export PORT TORCH VENV

.PHONY: help setup setup-test run test slow lint e2e bench smoke-train clean

help:  ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## */\1	/' | expand -t 14

setup:  ## make .venv and install what the app needs, and its model
	@$(PYTHON) scripts/setup.py app model

setup-test:  ## ... and what training and the tests need
	@$(PYTHON) scripts/setup.py app model train dev

run: setup  ## start the app on http://127.0.0.1:8501 (PORT=8600 for another port)
	@$(PY) scripts/serve.py

test: setup-test  ## run the tests (TESTS=tests/store for one room)
	@$(PY) -m pytest $(TESTS)

slow: setup-test  ## the long tests: a toy trained and what needs it, exports and their proofs, kills, a soak
	@$(PY) -m pytest -m "slow and not e2e and not gpu" $(TESTS)

lint:  ## ruff, mypy strict on workbench/, the one-way imports
	@$(PYTHON) scripts/setup.py app dev
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache

e2e:  ## the browser journeys, in Chromium
	@$(PYTHON) scripts/setup.py app model dev
	@command -v chromium chromium-browser google-chrome >/dev/null || \
		{ echo "The journeys need Chromium: install it first (Debian and Ubuntu: apt install chromium)."; exit 1; }
	@$(PY) -m pytest -m e2e tests/e2e

bench: setup  ## measure this machine (ARGS="--json" for other forms)
	@$(PY) -m workbench bench $(ARGS)

smoke-train: setup-test  ## prepare, pretrain, train, checks and export on toy sizes
	@$(PY) -m finetune.smoke

clean:  ## remove what the tools made; the database, models and training runs stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .cache test-results
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -exec rm -rf {} +
