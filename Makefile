# Tasks for people who have a checkout. `make` alone lists them.
# Another Python: make test PYTHON=python3.12 VENV=.venv-3.12

PYTHON ?= python3.11
VENV   ?= .venv
AS_OF  ?= 2026-09-30
ARGS   ?=
CORES  ?= auto

# JupyterLab starts for root, as in a container, only when it is told to.
AS_ROOT  := $(if $(filter 0,$(shell id -u)),--allow-root)
VENV_LAB := $(VENV)-lab
BIN      := $(VENV)/bin
READY    := $(VENV)/ready.stamp
LAB_SETTINGS := $(VENV_LAB)/share/jupyter/lab/settings/overrides.json
PIP      := -m pip --disable-pip-version-check -qq
COMPILE  := uv pip compile --no-config --universal --python-version 3.11 --fork-strategy fewest --upgrade \
            --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test lint format bench faults lab lab-check lock clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

report: $(READY) ## make the report of the embedded synthetic sample and say where its page is
	@$(BIN)/cohortiv report --as-of $(AS_OF) $(ARGS)
	@printf 'Page: %s\n' "$$(ls -t "$(CURDIR)"/reports/*/*/report.html | head -n 1)"

test: $(READY) ## run the tests (ARGS="-k index" for some of them)
	@$(BIN)/python -m pytest --numprocesses $(CORES) $(ARGS)

lint: $(READY) ## check style, layout and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

format: $(READY) ## lay out the code as `make lint` wants it
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(READY) ## run the benchmarks and print their ratios
	@set -e; for file in tests/benchmarks/*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

faults: $(READY) ## kill, starve and repeat runs at length, some ten minutes; the tests do a little of it
	@$(BIN)/python tests/faults.py

lab: $(LAB_SETTINGS) ## open the notebooks in JupyterLab, in an environment of its own
	@$(VENV_LAB)/bin/jupyter lab --notebook-dir=notebooks \
		--FileCheckpoints.checkpoint_dir=$(abspath $(VENV_LAB))/checkpoints $(AS_ROOT) $(ARGS)

lab-check: $(READY) $(LAB_SETTINGS) ## drive JupyterLab in a browser: run all, change a parameter, export
	@$(BIN)/python tests/lab_check.py $(VENV_LAB)

lock: ## choose the newest versions that pyproject.toml allows, with their hashes
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python $(PIP) install uv
	@$(VENV)-lock/bin/$(COMPILE) --quiet --group dev --output-file requirements.lock pyproject.toml
	@$(VENV)-lock/bin/$(COMPILE) --quiet --group build --extra lab --constraints requirements.lock \
		--output-file requirements-lab.lock pyproject.toml
	@echo 'pyspark[connect]>=4.0,<4.1' | $(VENV)-lock/bin/$(COMPILE) --quiet --constraints requirements.lock \
		--output-file requirements-spark.lock -

clean: ## remove the environments and the tools' caches, never a report
	@rm -rf $(VENV) $(VENV_LAB) $(VENV)-lock .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

$(READY): LOCK := requirements.lock
$(READY): requirements.lock
$(VENV_LAB)/ready.stamp: LOCK := requirements-lab.lock
$(VENV_LAB)/ready.stamp: requirements-lab.lock
# JupyterLab asks at its first start whether it may fetch news; nothing here asks the network for any.
$(LAB_SETTINGS): $(VENV_LAB)/ready.stamp
	@mkdir -p $(@D)
	@printf '%s\n' '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}' > $@
%/ready.stamp:
	@echo "Setting up $* (once; a minute or two)"
	@$(PYTHON) -m venv $*
	@$*/bin/python $(PIP) install --require-hashes --requirement $(LOCK)
	@$*/bin/python $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
