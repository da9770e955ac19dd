# 零工热线 (Linggong Line). `make help` lists the commands; each needs no network once its packages are there.
.PHONY: run test lint format train eval bench callers races graph screenshots market help clean
.DEFAULT_GOAL := help
SHELL := /bin/sh
BOOTSTRAP := sh backend/run/bootstrap.sh
PYTHON := .venv/bin/python
# What to run of the tests, e.g. `make test ARGS="tests/unit -k wages"`.
ARGS ?=
# One after the other, for they start the whole service and share the machine; all others run side by side.
WHOLE_SERVICE := tests/bot tests/e2e

run: ## start everything and print where it is (PORT, DATA_DIR; Ctrl-C stops all of it)
	@$(BOOTSTRAP) app rasa
	@$(PYTHON) -m backend.run

test: ## the whole test suite, real parts included; says what it installed and what it skipped and why
	@$(BOOTSTRAP) app dev rasa system peers
	@$(PYTHON) -m backend.run.train
ifeq ($(strip $(ARGS)),)
	@$(PYTHON) -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile $(WHOLE_SERVICE:%=--ignore=%); passed=$$?; \
	$(PYTHON) -m pytest $(WHOLE_SERVICE) && exit $$passed
else
	@$(PYTHON) -m pytest $(ARGS)
endif

train: ## train the dialogue model if its inputs changed
	@$(BOOTSTRAP) app rasa
	@$(PYTHON) -m backend.run.train

eval: ## score understanding on the labelled messages, against a running service or one it starts
	@$(BOOTSTRAP) app dev rasa
	@$(PYTHON) -m tests.support.evaluate $(ARGS)

bench: ## measure understanding and the service; ARGS=--voice twenty calls at once, --matching the ranking, --console the pages of staff at scale
	@$(BOOTSTRAP) app dev rasa
	@$(PYTHON) -m tests.support.bench $(ARGS)

callers: ## let 246 simulated callers phone a line started for them, and print how they fare
	@$(BOOTSTRAP) app dev rasa
	@$(PYTHON) -m tests.support.callers $(ARGS)

races: ## let 10,000 pairs race for a last place over HTTP, on both databases (ARGS=--races=N)
	@$(BOOTSTRAP) app dev system
	@$(PYTHON) -m tests.support.races $(ARGS)

market: ## a simulated year of a county, compared with a text to all and a board (ARGS: --days --seeds --scale --commit)
	@$(BOOTSTRAP) app
	@$(PYTHON) -m tools.market $(ARGS)

graph: ## draw the call's graph into docs/call-flow.md anew, from the code
	@$(BOOTSTRAP) app dev
	@$(PYTHON) -m tools.call_graph --commit

screenshots: ## take the README's pictures of the running product anew
	@$(BOOTSTRAP) app dev rasa
	@$(PYTHON) -m tools.screenshots $(ARGS)

lint: ## format check, lint and types
	@$(BOOTSTRAP) app dev
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy

format: ## rewrite the code in the house format
	@$(BOOTSTRAP) app dev
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
