# Two commands matter: `make run` and `make test`. Each needs Python 3.11, make and a package registry, nothing else.
.DEFAULT_GOAL := help
.PHONY: help setup run test test-long test-deps static check bench lock clean
.DELETE_ON_ERROR:

export SLUICE_PORT ?= 8321
export FLASK_APP := app
BIN    := .venv/bin
PYTHON := $(shell command -v python3.11 || command -v python3)
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement
LOCK   := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
PYTEST := $(BIN)/python -m pytest --numprocesses=$(or $(SLUICE_TEST_WORKERS),2)

help:  ## this list
	@sed -nE 's/^([a-z%-]+):.*## /\1: /p' $(MAKEFILE_LIST) | sort

setup: .venv/run.stamp  ## the virtual environment with what Sluice runs on
	@:

run: setup  ## demo household, one night, its decisions, and the pages on http://localhost:$(SLUICE_PORT)
	@$(BIN)/flask start

test: .venv/dev.stamp  ## every test but the long ones, with the coverage gates
	@$(PYTEST) --cov

test-long: .venv/dev.stamp  ## every test, the long ones too
	@HYPOTHESIS_PROFILE=$(or $(HYPOTHESIS_PROFILE),long) $(PYTEST) --cov -m "long or not long"

static: .venv/dev.stamp  ## format, lint, types, layers, dependencies, templates
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy . && $(BIN)/lint-imports --no-logo && $(BIN)/deptry .
	@if [ -d web/templates ]; then $(BIN)/djlint --quiet --lint web/templates; fi

check: static test  ## what CI demands

bench: $(patsubst bench/%.py,bench-%,$(filter-out bench/__init__.py bench/_%,$(wildcard bench/*.py)))  ## every benchmark

bench-%: .venv/dev.stamp  ## one benchmark: bench-NAME runs bench/NAME.py
	@$(BIN)/python -m bench.$*

bench-rebalance: .venv/bench.stamp  # the programs it compares with

lock: .venv/dev.stamp  ## the three lock files, anew, from pyproject.toml
	@$(LOCK) --upgrade --output-file requirements.lock >/dev/null
	@$(LOCK) --upgrade --group dev --constraint requirements.lock --output-file requirements-dev.lock >/dev/null
	@$(LOCK) --upgrade --group dev --group bench --constraint requirements-dev.lock --output-file requirements-bench.lock >/dev/null

test-deps:  ## programs of the system that some tests use: PostgreSQL, Chromium, hledger, beancount
	@.ci/test-deps

clean:  ## remove the environment and what tools left behind
	@rm -rf .venv .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Sluice needs Python 3.11, found " + sys.version.split()[0] if sys.version_info[:2] != (3, 11) else 0)'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/run.stamp: requirements.lock | .venv/bin/python
	@echo "installing $< (about a minute the first time)" && $(PIP) $< && touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/run.stamp
	@echo "installing $<" && $(PIP) $< && touch $@

.venv/bench.stamp: requirements-bench.lock | .venv/dev.stamp
	@echo "installing $<" && $(PIP) $< && touch $@
