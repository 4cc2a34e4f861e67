# `make demo` and `make test` need Python >= 3.11, git and make; uv is used where it is installed.
# Nothing but the package registry is reached, and no key is needed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup demo test lint bench bench-trust record lock clean

setup: $(READY)

$(READY): requirements-dev.txt pyproject.toml
	@rm -rf .venv
	@if command -v uv >/dev/null 2>&1; then \
	    uv venv -q --python ">=3.11" .venv && \
	    uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.txt && \
	    uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	    $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed; name it with PYTHON=")' && \
	    $(PYTHON) -m venv .venv && \
	    $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt && \
	    $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

# A lab in .demo/, filled without a key: a paper, a concept, the week's log, a review; each a commit, all checked.
demo: setup
	@$(BIN)/python examples/demo.py

test: setup
	@$(BIN)/python -m pytest -q

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# Exits 1 when a goal is missed and 2 when something could not be measured (make itself shows it as "Error 1", "Error 2").
bench: setup
	@worst=0; for part in run lint review extraction; do \
	    echo "== $$part"; PYTHONPATH=tests $(BIN)/python benchmarks/$$part.py; code=$$?; \
	    if [ $$code -gt $$worst ]; then worst=$$code; fi; done; exit $$worst

# Errors planted into true statements about real papers: caught, and true ones accused; and how long lint takes.
bench-trust: setup
	@worst=0; for part in lint trust; do \
	    echo "== $$part"; PYTHONPATH=tests $(BIN)/python benchmarks/$$part.py; code=$$?; \
	    if [ $$code -gt $$worst ]; then worst=$$code; fi; done; exit $$worst

# Make the recordings in tests/cassettes anew: against the real services where ANTHROPIC_API_KEY is set, else
# against the loopback servers of tests/fakes (and marked so).
record: setup
	@$(BIN)/python tests/record.py

# Lock the versions anew (needs uv). The files name no host: pip and uv take the index that you use.
lock:
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade --no-annotate --no-header --no-emit-index-url --no-emit-find-links -o requirements.txt
	uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --upgrade --no-annotate --no-header --no-emit-index-url --no-emit-find-links -o requirements-dev.txt

clean:
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache dist build
