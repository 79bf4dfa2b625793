# The two commands of a new user are `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)

.PHONY: run test lint fix install install-dev browser bench chaos peers screenshots lock clean

run: install
	@$(BIN)/python -m qbsync up

test: install-dev browser
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: install-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: install-dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

install: $(VENV)/installed
install-dev: $(VENV)/installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@echo "Making the virtual environment …"
ifdef UV
	@uv venv --quiet --python $(PYTHON) $(VENV)
else
	@$(PYTHON) -m venv $(VENV)
endif

$(VENV)/installed: $(VENV)/bin/python requirements.txt
	@echo "Installing what the product needs …"
ifdef UV
	@uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.txt
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
endif
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	@echo "Installing what the tests need …"
ifdef UV
	@uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements-dev.txt
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
endif
	@touch $@

# Browser tests use the system's Chromium, and the tests on PostgreSQL its server programs.
browser:
	@command -v chromium >/dev/null 2>&1 && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Chromium and PostgreSQL for the tests …"; \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium postgresql >/dev/null; \
	else \
	  echo "Chromium or the PostgreSQL server is missing: install the packages 'chromium' and 'postgresql'."; \
	  echo "Without them the tests that need them are skipped, and say so."; \
	fi

bench: install-dev
	@$(BIN)/python -m bench

# Faults drawn by lot over a run of 310 changes, by hand: `make chaos SEEDS=200`, or DATABASE=postgres as well.
SEEDS ?= 10
DATABASE ?= sqlite
chaos: install-dev
	@$(BIN)/python -m tests.faults.nemesis --seeds $(SEEDS) --database $(DATABASE)

# JavaScript clients of QuickBooks, unchanged, on the local one; needs Node.js.
peers: install-dev
	@$(BIN)/python -m tests.sandbox.peers.run_node

# A picture of every screen in both themes, into docs/screenshots.
screenshots: install-dev browser
	@$(BIN)/python -m tests.screenshots

# The lock files, after a change of pyproject.toml.
lock:
	uv pip compile pyproject.toml -o requirements.txt --python-version 3.11 --no-header --no-annotate
	uv pip compile pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt --python-version 3.11 --no-header --no-annotate

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache artifacts
