# `make serve` and `make test` need Python 3.11 or newer; the dashboard, and the tests with Postman,
# with an OpenID provider and in a browser, need Node as well.

PYTHON ?= python3

VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --quiet --disable-pip-version-check
# Nothing is installed that is not the file that was locked.
INSTALL := $(PIP) install --require-hashes
# A test that takes ten minutes hangs: it fails, says where, and the others go on.
TESTS := $(RUN) -m pytest --timeout 600
LOCK := $(VENV)/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
    --generate-hashes --no-annotate --custom-compile-command 'make lock'

.PHONY: help serve dashboard test bench screenshots audit lock clean chromium

help:
	@echo 'make serve        the API on port 7000, with a local tenant on port 7001'
	@echo '                  other ports: make serve PORT=7070 TENANT_PORT=7071'
	@echo 'make dashboard    the dashboard on port 5173, for what `make serve` serves on those ports'
	@echo '                  another port: make dashboard DASHBOARD_PORT=5174'
	@echo 'make test         every check and test'
	@echo 'make bench        measure the API beside its peers, for docs/benchmarks.md (a quarter of an hour)'
	@echo '                  a quick look: make bench ROUNDS=1 ONLY=menu-gunicorn,fastapi SCENARIOS=menu,write'
	@echo 'make screenshots  take the pictures in docs/screenshots/ anew'
	@echo 'make audit        ask whether a locked package has a known weakness (needs the advisory service)'
	@echo 'make lock         lock again after a change of requirements*.txt; all: make lock UPGRADE=--upgrade'
	@echo 'make clean        remove what was installed and made; the menu and the keys in instance/ stay'
	@echo
	@echo 'Another Python: make serve PYTHON=python3.12'

serve: $(VENV)/run-time.stamp
	@$(RUN) -m local

# What stands in dashboard/.env holds, but for the ports that are given here.
dashboard: dashboard/node_modules/installed.lock
	@cd dashboard && $(if $(PORT),VITE_API_URL=http://127.0.0.1:$(PORT)) \
	    $(if $(TENANT_PORT),VITE_AUTH0_DOMAIN=http://127.0.0.1:$(TENANT_PORT)) \
	    npm run --silent dev $(if $(DASHBOARD_PORT),-- --port $(DASHBOARD_PORT))

test: $(VENV)/development.stamp chromium
	@echo 'Checking style and types ...'
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -m bandit --quiet --configfile pyproject.toml \
	    --recursive app examples local serving config.py wsgi.py gunicorn.conf.py
	@echo 'Running the fast tests, on two cores ...'
	@$(TESTS) -m 'not slow' -n 2 --dist worksteal
	@echo 'Running the tests that start servers and processes ...'
	@$(TESTS) -m slow -n 2 --dist loadfile --no-loadscope-reorder
	@echo 'Comparing what parts of the API cost, against gross regressions ...'
	@$(TESTS) -m 'not slow' benchmarks/inprocess

bench: $(VENV)/development.stamp benchmarks/.venv/installed.stamp benchmarks/peers/nest/dist/main.js
	@$(RUN) -m benchmarks $(if $(ROUNDS),--rounds $(ROUNDS)) \
	    $(if $(ONLY),--only $(ONLY)) $(if $(SCENARIOS),--scenarios $(SCENARIOS))

screenshots: $(VENV)/development.stamp chromium
	@$(RUN) -m pytest --quiet tests/browser/screenshots.py

# Strict: a package of which the service says nothing fails, as does a service that is not there.
audit: $(VENV)/development.stamp
	@$(RUN) -m pip_audit --strict --disable-pip --require-hashes --progress-spinner off \
	    --requirement requirements-dev.lock || { \
	    echo 'Not clean, or not audited: what could not be looked up is not known to be good.' >&2; \
	    exit 1; }

lock: $(VENV)/made.stamp
	@$(PIP) install "$$(grep '^uv==' requirements-dev.txt)"
	$(LOCK) $(UPGRADE) requirements.txt --output-file requirements.lock
	$(LOCK) $(UPGRADE) requirements-dev.txt --constraints requirements.lock --output-file requirements-dev.lock
	$(LOCK) $(UPGRADE) benchmarks/requirements.txt --output-file benchmarks/requirements.lock

clean:
	rm -rf $(VENV) dashboard/node_modules postman/node_modules tests/*/node_modules \
	    benchmarks/.venv benchmarks/node_modules benchmarks/peers/nest/dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made last in each recipe: an installation that was broken off is begun again.
$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo 'Python 3.11 or newer is needed, and $(PYTHON) is not: name one that is, such as' >&2; \
	    echo '    make $(MAKECMDGOALS) PYTHON=python3.12' >&2; \
	    exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run-time.stamp: requirements.lock $(VENV)/made.stamp
	@echo 'Installing what the API needs (once, about a minute) ...'
	@$(INSTALL) -r requirements.lock
	@touch $@

# Holds the run-time packages as well, so the two installations never disagree.
$(VENV)/development.stamp: requirements-dev.lock $(VENV)/made.stamp
	@echo 'Installing what the tests need (once, about a minute) ...'
	@$(INSTALL) -r requirements-dev.lock
	@touch $(VENV)/run-time.stamp $@

# A copy of what was installed, as tests/servers/node.py leaves it.
dashboard/node_modules/installed.lock: dashboard/package-lock.json
	@command -v npm > /dev/null || { echo 'npm is missing: install Node 20.19 or newer.' >&2; exit 1; }
	@echo 'Installing what the dashboard needs (once, a few seconds) ...'
	@cd dashboard && npm ci --silent
	@cp $< $@

# The peers have an environment of their own: what they need never meets what the API needs.
benchmarks/.venv/installed.stamp: benchmarks/requirements.lock $(VENV)/made.stamp
	@echo 'Installing the peers in Python (once, about a minute) ...'
	@$(RUN) -m venv benchmarks/.venv
	@benchmarks/.venv/bin/python -m pip --quiet --disable-pip-version-check \
	    install --require-hashes -r benchmarks/requirements.lock
	@touch $@

benchmarks/node_modules/installed.lock: benchmarks/package-lock.json
	@command -v npm > /dev/null || { echo 'npm is missing: install Node 20.19 or newer.' >&2; exit 1; }
	@echo 'Installing the peers on Node (once, about a minute) ...'
	@cd benchmarks && npm ci --silent
	@cp $< $@

benchmarks/peers/nest/dist/main.js: benchmarks/node_modules/installed.lock $(wildcard benchmarks/peers/nest/*.*)
	@cd benchmarks && npm run --silent build

# Not a stamp: nothing of the browser lies here, and to look for it takes no time.
chromium:
	@if [ "$$TEST_CHROMIUM" ] || command -v chromium > /dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	    echo 'Installing Chromium (once, about a minute) ...'; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    { apt-get update && apt-get install --yes --no-install-recommends chromium fonts-liberation; } \
	        > /dev/null; \
	else \
	    echo 'Chromium is missing: nothing is tried in a browser. As root: apt-get install chromium' >&2; \
	fi
