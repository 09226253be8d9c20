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

sensor-package: .venv/ready ## build the sensor's package (dist/hinomi-sensor-*.tar.gz) from the locked libraries
	@$(PY) packaging/build_ebpf.py
	@$(PY) packaging/build_sensor.py

sensor-package-windows: .venv/ready ## build the sensor's package for Windows (untested there): dist/hinomi-sensor-*-windows.zip
	@$(PY) packaging/build_sensor_windows.py

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

# The tests of a file stay with one worker, in their order: some share a house and build on each other.
PYTEST := .venv/bin/pytest -q -n 2 --dist loadfile

test-unit: setup ## the quick tests: rooms alone, no whole trips, no shared recordings
	$(PYTEST) -m "not slow and not browser and not shared_data" --ignore=tests/stories --ignore=tests/clients

test-console: setup ## the console's own tests
	cd console && npm test --silent

test: check test-console setup-clients ## everything: checks, unit tests, stories, crash tests, browser tests
	@rm -f .pytest_cache/v/cache/lastfailed
	bash .ci/again $(PYTEST)
	@$(MAKE) --no-print-directory test-postgresql

# The rooms that keep rows.
ROWS := tests/test_database.py tests/database tests/access tests/inventory tests/workbench tests/ingest/test_store.py \
	tests/detect/test_exception_store.py tests/operations tests/response tests/gateway tests/api tests/hunt
test-postgresql: setup ## the tests of rooms that keep rows once more, on a PostgreSQL of their own
	@if ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then \
	  rm -f .pytest_cache/v/cache/lastfailed; \
	  HINOMI_TEST_DATABASE=postgresql bash .ci/again $(PYTEST) -m "not slow and not shared_data" $(ROWS); \
	else echo "Not run on PostgreSQL: it is not installed (sudo apt-get install postgresql)"; fi

bench: setup ## speed and memory, as ratios within one run
	$(PY) benchmarks/run.py

bench-lake: setup ## the lake: ingest, disk and questions over 5 M activities (ACTIVITIES=50000000 for more)
	$(PY) benchmarks/bench_lake.py --activities $(or $(ACTIVITIES),5000000)

bench-sensor: setup ## the way of the sensors: command round trip, bursts of execs, 1,000 simulated sensors
	@$(PY) packaging/build_ebpf.py
	$(PY) benchmarks/bench_sensor.py

eval: setup ## recall on the labelled recordings, false alarms on ordinary ones
	$(PY) benchmarks/evaluate.py

eval-write: setup ## the same, and write what was measured of each filter (content/measured.yml)
	$(PY) benchmarks/evaluate.py --write

docs-routes: .venv/ready ## write the list of routes in the reference anew
	@$(PY) .ci/write_routes.py

.PHONY: test-postgresql sensor-package sensor-package-windows docs-routes help prerequisites setup setup-clients setup-bench up format check test-unit test-console test bench bench-lake bench-sensor eval eval-write
