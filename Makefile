# `make serve` and `make test` need Python 3.11 or newer; the tests with Postman and with an OpenID
# provider need Node as well.

PYTHON ?= python3

VENV := .venv
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check

.PHONY: help serve test clean

help:
	@echo 'make serve   the API on port 7000, with a local tenant on port 7001'
	@echo '             other ports: make serve PORT=7070 TENANT_PORT=7071'
	@echo 'make test    every check and test'
	@echo 'make clean   remove what the two made; the menu and the keys in instance/ stay'
	@echo
	@echo 'Another Python: make serve PYTHON=python3.12'

serve: $(VENV)/run-time.stamp
	@$(RUN) -m local

test: $(VENV)/development.stamp
	@echo 'Checking style and types ...'
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@echo 'Running the fast tests, on two cores ...'
	@$(RUN) -m pytest -m 'not slow' -n 2 --dist worksteal
	@echo 'Running the tests that start servers and processes ...'
	@$(RUN) -m pytest -m slow

clean:
	rm -rf $(VENV) postman/node_modules tests/interop/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made last in each recipe: an installation that was broken off is begun again.
$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo 'Python 3.11 or newer is needed, and $(PYTHON) is not: name one that is, such as' >&2; \
	    echo '    make $(MAKECMDGOALS) PYTHON=python3.12' >&2; \
	    exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run-time.stamp: requirements.txt $(VENV)/made.stamp
	@echo 'Installing what the API needs (once, about a minute) ...'
	@$(INSTALL) -r requirements.txt
	@touch $@

# Holds the run-time packages as well, so the two installations never disagree.
$(VENV)/development.stamp: requirements-dev.txt requirements.txt $(VENV)/made.stamp
	@echo 'Installing what the tests need (once, about a minute) ...'
	@$(INSTALL) -r requirements-dev.txt
	@touch $(VENV)/run-time.stamp $@
