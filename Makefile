.PHONY: install quickstart test bench docs
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=24'
	$(BIN)/python -m pip install --quiet --editable '.[all,dev]'
	touch $@

quickstart: install ## crawl, clean, train, score and report on the sample world; about ten minutes
	$(BIN)/korean-rlhf run quickstart

test: install ## everything that CI runs
	BIN=$(BIN) tests/check

bench: install ## make bench NAME=quickstart
	$(BIN)/python tests/bench/$(NAME).py

docs: install ## check the pages: examples run, links lead somewhere, nothing is stale
	$(BIN)/python -m pytest tests/docs
