# `make demo` and `make test` are all a fresh machine needs; both install what is missing first.
SHELL := /bin/bash
PY := .venv/bin/python
REGION := build/hokkaido
SERVE ?= 1
PORT ?= 8000

.PHONY: demo test test-full bench lint lock setup setup-bench region clean

setup:
	@bash tools/setup.sh

setup-bench:
	@bash tools/setup.sh bench

demo: setup
	@SERVE=$(SERVE) PORT=$(PORT) REGION=$(REGION) bash tools/demo.sh

test: lint
	$(PY) -m pytest -n 2 --dist loadgroup

test-full: lint
	MAAS_TEST_TIER=full $(PY) -m pytest -n 2 --dist loadgroup

lint: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup-bench
	$(PY) -m benchmarks all

region: setup
	$(PY) -m maas.synthetic data/hokkaido

# The lock files hold names, versions and hashes only; `uv` resolves for every Python from 3.11 on.
lock: setup
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --extra dev --extra bench --extra cluster pyproject.toml -o locks/bench.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --extra dev -c locks/bench.txt pyproject.toml -o locks/dev.txt

clean:
	rm -rf build out .numba_cache
