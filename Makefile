# The words of this house. `make up` and `make test` need no other step before them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
DATA ?= var/hinomi
PORT ?= 8420
HOST ?= 127.0.0.1

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# ---- set up ---------------------------------------------------------------------------------------------------------
prerequisites: ## name what this machine lacks, with the command that mends it
	@bash .ci/prerequisites

.venv/ready: requirements-dev.lock pyproject.toml | prerequisites
	@echo "Setting up Python (.venv) ..."
	@python3 -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv-clients/ready: requirements-clients.lock | prerequisites
	@echo "Setting up the clients' environment (.venv-clients) ..."
	@python3 -m venv .venv-clients
	@.venv-clients/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-clients.lock
	@touch $@

.venv-bench/ready: requirements-bench.lock | prerequisites
	@echo "Setting up the engines to compare with (.venv-bench) ..."
	@python3 -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.lock
	@touch $@

setup-bench: .venv-bench/ready ## set up the engines that `make bench` compares with (they are of others, under LGPL)

setup-clients: .venv-clients/ready ## set up unchanged clients of the public API, for the tests

CONSOLE_SOURCES := $(shell find console -type f -not -path '*/node_modules/*' 2>/dev/null)
console/node_modules/.ready: console/package-lock.json | prerequisites
	@echo "Setting up the console (npm ci) ..."
	@cd console && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

hinomi/console_dist/index.html: console/node_modules/.ready $(CONSOLE_SOURCES)
	@echo "Building the console ..."
	@cd console && npm run --silent build
	@touch $@

setup: .venv/ready hinomi/console_dist/index.html ## set up Python and the console

# ---- use ------------------------------------------------------------------------------------------------------------
up: setup ## start everything in the foreground, with first alerts from built-in recordings
	@exec .venv/bin/hinomi up --data $(DATA) --host $(HOST) --port $(PORT)

# ---- hold -----------------------------------------------------------------------------------------------------------
format: .venv/ready ## format the Python code
	@.venv/bin/ruff format -q . && .venv/bin/ruff check -q --fix .

check: setup ## format, lint, types, floors, content, console types
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/hinomi content verify
	.venv/bin/hinomi content lint
	cd console && npm run --silent typecheck

test-unit: setup ## the quick tests: rooms alone, no whole trips, no shared recordings
	.venv/bin/pytest -q -m "not slow and not browser and not shared_data" -n 2 --ignore=tests/stories --ignore=tests/clients

test-console: setup ## the console's own tests
	cd console && npm test --silent

test: check test-console setup-clients ## everything: checks, unit tests, stories, crash tests, browser tests
	.venv/bin/pytest -q -n 2

bench: setup ## speed and memory, as ratios within one run
	$(PY) benchmarks/run.py

eval: setup ## recall on the labelled recordings, false alarms on ordinary ones
	$(PY) benchmarks/evaluate.py

eval-write: setup ## the same, and write what was measured of each filter (content/measured.yml)
	$(PY) benchmarks/evaluate.py --write

.PHONY: help prerequisites setup setup-clients setup-bench up format check test-unit test-console test bench eval eval-write
