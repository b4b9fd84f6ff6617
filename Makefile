# `make help` lists the targets. PYTHON chooses the interpreter that .venv is made with; pip's own
# variables (PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, ...) work as everywhere.
PYTHON ?= python3
PIP := .venv/bin/python -m pip
# Processes of one thread each; a file's tests stay together and share fixtures.
TEST := OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help app test test-fast coverage browser fuzz lint format space-check clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 13

app: .venv/app.stamp  ## start the page: http://127.0.0.1:7860 (GRADIO_SERVER_NAME, GRADIO_SERVER_PORT)
	.venv/bin/python app.py

test: .venv/dev.stamp  ## run every test (PYTEST="-k crf" narrows it)
	$(TEST) $(PYTEST)

test-fast: .venv/dev.stamp  ## run what needs neither a browser nor much time
	$(TEST) -m "not slow and not browser" $(PYTEST)

coverage: .venv/dev.stamp  ## run every test, and report how much of the code they run
	$(TEST) --cov --cov-report=term:skip-covered $(PYTEST)

browser: .venv/dev.stamp  ## fetch and export what docs/browser/ needs (npm, over the network)
	.venv/bin/python -m scripts.browser

fuzz: .venv/dev.stamp  ## try bad input for ten minutes (FUZZ="--minutes 60 --seed 7")
	.venv/bin/python tests/robustness/fuzz.py $(FUZZ)

lint: .venv/dev.stamp  ## check style, formatting and the public API's types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/pyright

format: .venv/dev.stamp  ## repair style and formatting where a machine can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

space-check:  ## start the page as a Space would, in an environment of its own
	scripts/space_check.sh

clean:  ## remove .venv, so that the next target installs anew
	rm -rf .venv

# A stamp is younger than what it was installed from, so a second `make app` starts at once.
.venv/app.stamp: requirements.txt constraints.txt | .venv/bin/pip
	grep -v '^pydensecrf2' requirements.txt > .venv/required.txt
	grep '^pydensecrf2' requirements.txt > .venv/optional.txt
	$(PIP) install -r .venv/required.txt -c constraints.txt
	$(PIP) install -r .venv/optional.txt -c constraints.txt || \
		echo "pydensecrf2 could not be built (it needs g++): the lattice CRF engine carries on alone." \
		"To try again: rm .venv/app.stamp"
	touch $@

.venv/dev.stamp: .venv/app.stamp requirements-dev.txt
	$(PIP) install -r requirements-dev.txt -c constraints.txt
	touch $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, $(PYTHON) is older: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv
