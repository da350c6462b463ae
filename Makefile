# What a checkout can do. Needs Python 3.11 or newer, git and make; everything else goes to .venv.

BIN := .venv/bin
# Where `make serve` keeps its data.
DATA ?= data
# How torch is asked for; say TORCH=... for a build of your own.
TORCH ?= torch==2.13.0
# More options for pytest: make test PYTEST_ARGS="tests/unit -k ledger"
PYTEST_ARGS ?=

export TORCH

# Set-up that belongs to a .venv that is gone is no set-up.
$(shell test -x $(BIN)/python || rm -f .setup/*.stamp)

.NOTPARALLEL:
.PHONY: help setup engine serve demo test check format clean

help:
	@echo "make setup    install Mutoscope into .venv, without torch"
	@echo "make demo     one sentence becomes a draft and a generated video, through the whole service"
	@echo "              (DRAFT=1: only the draft, without torch; PROMPT=...: your own sentence)"
	@echo "make serve    start the service on http://127.0.0.1:8642, data in ./$(DATA)"
	@echo "make engine   add torch, to run diffusion models"
	@echo "make check    format, lint, types, imports"
	@echo "make test     every test that needs no GPU"
	@echo "make format   put the code in form"

setup: .setup/light.stamp

engine: .setup/engine.stamp

.setup/%.stamp: pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh $*

# A draft needs no torch: make demo DRAFT=1
demo: .setup/light.stamp $(if $(DRAFT),,.setup/engine.stamp)
	@DRAFT=$(DRAFT) $(BIN)/python scripts/demo.py

serve: .setup/light.stamp
	@$(BIN)/mutoscope serve --data $(DATA)

test: .setup/light.stamp .setup/engine.stamp .setup/test.stamp
	@sh scripts/programs.sh
	@sh scripts/tests.sh $(PYTEST_ARGS)

check: .setup/light.stamp .setup/engine.stamp .setup/test.stamp .setup/check.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .setup/light.stamp .setup/check.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .setup .mypy_cache .ruff_cache .pytest_cache .hypothesis
