# What a person needs to know:
#   make demo            the main job, on the bundled sample tenant
#   make test            every test, on the built wheel
#   make check           format, lint, types, import contracts, docs
#   make bench           measure, and write docs/benchmarks.md
#   make test-az         the stock Azure CLI against the simulator (installs it beside, 390 MB)
#   make fuzz N=1000000  compare the engine with the reference on N random decisions
#   make test-usage      200 generated pasts: nothing used is called unused; a follower killed a hundred times
#   make fuzz-logs N=1000000  read N damaged and hostile log records
#
# All of them need Python 3.11 or newer and make, and nothing else. The environment is built in $(VENV) from the
# locks (every package by its hash), then this tree is built into a wheel and the wheel is installed: what runs
# is what a user would get. Each step leaves a stamp and is done again only when a lock or a source has changed.

VENV ?= .venv
N ?= 100000
PYTEST_ARGS ?= -n 2 --dist worksteal
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
endif

AZ := $(VENV)-az
STAMPS := $(VENV)/.stamps
WHEELS := $(VENV)/.wheels
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# Byte code is made when a module is first used: that is a fraction of what is installed.
LOCKED := $(PIP) install --require-hashes --no-deps --no-compile -r
# Folders are listed too, so that a file taken away is noticed as well as one added.
SOURCES := pyproject.toml README.md LICENSE $(shell find src -name __pycache__ -prune -o -print)
# The wheel, not the tree: a PYTHONPATH of the caller must not slip the sources in.
INSTALLED := env -u PYTHONPATH REMIT_TEST_WHEEL=1

.PHONY: help demo test test-az test-usage check bench bench-large fuzz fuzz-logs lock
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

demo: $(STAMPS)/wheel
	@$(INSTALLED) $(BIN)/remit demo

test: $(STAMPS)/dev $(STAMPS)/wheel
	@$(INSTALLED) $(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(STAMPS)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	PYTHONPATH=src $(BIN)/mypy
	PYTHONPATH=src $(BIN)/lint-imports --no-logo
	$(BIN)/zizmor --offline --quiet .github/workflows
	PYTHONPATH=src $(BIN)/python -m pytest -q tests/docs

bench: $(STAMPS)/bench $(STAMPS)/wheel
	@$(INSTALLED) $(BIN)/python -m benchmarks

# Tenant L needs 20 GB of disk and most of an hour, 20 million log records some minutes more, hence apart.
bench-large: $(STAMPS)/bench $(STAMPS)/wheel
	@$(INSTALLED) $(BIN)/python -m benchmarks --large

test-az: $(STAMPS)/dev $(STAMPS)/wheel $(AZ)/.installed
	@$(INSTALLED) REMIT_TEST_AZ=$(abspath $(AZ))/bin/az $(BIN)/python -m pytest -n 0 tests/e2e/test_az.py

test-usage: $(STAMPS)/dev $(STAMPS)/wheel
	@$(INSTALLED) REMIT_TEST_PASTS=200 REMIT_TEST_KILLS=100 $(BIN)/python -m pytest $(PYTEST_ARGS) \
		tests/e2e/test_usage_true.py tests/e2e/test_follow_killed.py

fuzz: $(STAMPS)/dev $(STAMPS)/wheel
	@$(INSTALLED) $(BIN)/python -m tests.fuzz $(N)

fuzz-logs: $(STAMPS)/dev $(STAMPS)/wheel
	@$(INSTALLED) $(BIN)/python -m tests.fuzz_logs $(N)

# For whoever changes a dependency; the only target that needs uv.
lock:
	uv lock
	uv export -q --frozen --no-header --no-annotate --no-emit-project --no-default-groups --extra sim -o requirements.lock
	uv export -q --frozen --no-header --no-annotate --only-group build -o requirements-build.lock
	uv export -q --frozen --no-header --no-annotate --only-group az -o requirements-az.lock
	uv export -q --frozen --no-header --no-annotate --no-emit-project --all-extras --group dev -o requirements-dev.lock
	uv export -q --frozen --no-header --no-annotate --no-emit-project --all-extras --group dev --group bench --group build -o requirements-bench.lock

# An environment that we made is made anew when its lock changes; one that somebody else made is added to.
$(STAMPS)/core: requirements.lock requirements-build.lock
	@test -n "$(PYTHON)" || { echo "Remit needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "remit: building the environment in $(VENV) with $(PYTHON)"
	@if [ -e $@ ] || ! $(BIN)/python -c '' 2>/dev/null; then rm -rf $(VENV); fi
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@$(LOCKED) requirements.lock -r requirements-build.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/wheel: $(STAMPS)/core $(SOURCES)
	@echo "remit: building and installing the wheel"
	@rm -rf $(WHEELS)
	@said=$$($(BIN)/python -m hatchling build -t wheel -d $(WHEELS) 2>&1) || { echo "$$said" >&2; exit 1; }
	@$(PIP) install --no-index --no-deps --force-reinstall $(WHEELS)/*.whl
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/core
	@echo "remit: adding the tools for tests and checks"
	@$(LOCKED) requirements-dev.lock
	@touch $@

$(STAMPS)/bench: requirements-bench.lock $(STAMPS)/dev
	@echo "remit: adding what the benchmarks compare with"
	@$(LOCKED) requirements-bench.lock
	@touch $@

# The Azure CLI pins its own versions of what we use, hence an environment of its own.
$(AZ)/.installed: requirements-az.lock
	@echo "remit: installing the Azure CLI in $(AZ)"
	@rm -rf $(AZ) && $(BIN)/python -m venv $(AZ)
	@$(AZ)/bin/python -m pip --disable-pip-version-check -qq install --require-hashes --no-deps --no-compile -r $<
	@touch $@
