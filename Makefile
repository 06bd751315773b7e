# `make` prints what there is. Each target does its own set-up; nothing needs root.
PYTHON ?= $(shell command -v python3 || command -v python)
PORT ?= 8888
BROWSER ?= yes
CLASS ?=
CUDA ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=

SETUP = @"$(or $(PYTHON),python3)" tools/setup_env.py
# The environment's programs first: nbgrader calls alembic by its bare name.
RUN = @PATH="$(CURDIR)/.venv/bin:$$PATH"

.DEFAULT_GOAL := help
.PHONY: help setup lab test check build grade formgrader student-bundle audit bench bench-grading pictures playground pins clean

help:  ## print this
	@echo "autograd-course: what make can do"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@echo "options: PYTHON=python3.12 (which Python), CUDA=1 (torch with CUDA instead of CPU)"

lab:  ## learn: install, copy missing lessons to my_course/, open them (PORT=8899 BROWSER=no)
	$(SETUP) lab --port "$(PORT)" --browser "$(BROWSER)" --cuda "$(CUDA)"

grade:  ## grade a sample class, or a real one (CLASS=folder)
	$(SETUP) install lab --cuda "$(CUDA)"
	$(RUN) graders grade $(if $(CLASS),"$(CLASS)")

formgrader:  ## open nbgrader's formgrader (CLASS=grading/NAME: on a class that is graded)
	$(SETUP) formgrader --port "$(PORT)" --browser "$(BROWSER)" --cuda "$(CUDA)" --class "$(CLASS)"

test:  ## run all tests (PYTEST_ARGS="-k dual -n0")
	$(SETUP) install test --cuda "$(CUDA)"
	$(RUN) python -m pytest -n auto --dist=worksteal $(PYTEST_ARGS)

check:  ## ruff, format, mypy, generated files up to date
	$(SETUP) install test --cuda "$(CUDA)"
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) graders build --check

setup:  ## only make .venv, with what the tests need
	$(SETUP) install test --cuda "$(CUDA)"

build:  ## make the notebooks from solutions/*.py
	$(SETUP) install lab --cuda "$(CUDA)"
	$(RUN) graders build

student-bundle:  ## pack what students get, without solutions: dist/student-bundle.zip
	$(SETUP) install lab --cuda "$(CUDA)"
	$(RUN) graders bundle

audit:  ## try every mutant and unusual answer; keep the figures in tests/audit.json
	$(SETUP) install test --cuda "$(CUDA)"
	$(RUN) graders audit --write tests/audit.json

# Without the extra nothing is wrong: the table names the peers that it lacks.
bench:  ## time autograd_ref beside its peers, in one table (BENCH_ARGS="--only S1 S2")
	$(SETUP) install test --cuda "$(CUDA)"
	$(RUN) python -m pip install --quiet -c constraints.txt -e ".[bench]" \
	  || echo "not every peer could be installed; the table says which are left out"
	$(RUN) python -m tests.benchmarks $(BENCH_ARGS)

pictures:  ## make the README's pictures anew, with the machine's Chromium
	$(SETUP) install test --cuda "$(CUDA)"
	$(RUN) python tools/pictures.py

bench-grading:  ## time grading beside nbgrader and otter (BENCH_ARGS="--submissions 500 --keep")
	$(SETUP) install test --cuda "$(CUDA)"
	$(RUN) python -m tests.benchmarks.grading $(BENCH_ARGS)

playground:  ## write the no-code page build/playground/index.html for any browser
	@"$(or $(PYTHON),python3)" tools/playground.py

pins:  ## write constraints.txt anew from what pip resolves today
	$(SETUP) pin

clean:  ## remove .venv and the caches; my_course/ stays
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
