# Two commands from nothing: `make demo` and `make test`. They make .venv and install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check fmt bench soak pictures lock clean

demo: $(STAMP) system-demo
	$(BIN)/moked demo

test: $(STAMP) system-test check asterisk
	@sh scripts/run-tests.sh $(BIN)/python

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fmt: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP) system-test asterisk
	$(BIN)/python -m bench

soak: $(STAMP) system-test asterisk
	$(BIN)/python -m pytest -s -o python_files="soak_*.py" tests/soak

pictures: $(STAMP) system-test
	$(BIN)/python -m docs.pictures

.PHONY: asterisk system-demo system-test
asterisk: $(STAMP) system-test
	$(BIN)/python -m tests.pbx

system-demo:
	@sh scripts/system-packages.sh demo
system-test:
	@sh scripts/system-packages.sh test

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || \
	  { echo "moked needs Python 3.11 to 3.14; name one with: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# The lock names hashes and no index address, so it serves behind any mirror.
lock:
	uv pip compile pyproject.toml --extra baresip --extra dev --universal --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
