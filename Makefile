# Every target sets up what it needs in .venv first. `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
SETUP := $(PYTHON) scripts/setup_venv.py
SITE := $(BIN)/ansible-playbook site.yml -i inventories/prod -i inventories/local
PYTEST_ARGS ?=
# The local cloud's port, where 5599 is taken; 0 is any free one.
LOCAL_PORT ?=
SCENARIO ?=
BENCH_ARGS ?= --publish

# Nothing of the caller's AWS or Ansible settings may reach what runs here, least of all a real account.
# Python without byte-code doubles the price of every Ansible task.
unexport $(filter AWS_% ANSIBLE_% BOTO_% MOTO_%,$(.VARIABLES))
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg

.DEFAULT_GOAL := help
.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: python
python:
	@command -v "$(PYTHON)" >/dev/null || { echo "setup: there is no $(PYTHON) here; install Python 3.11, 3.12 or 3.13, on Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "setup: $(PYTHON) is $$($(PYTHON) --version 2>&1), but cutover.aws needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.13 <target>" >&2; exit 1; }

.PHONY: setup
setup: python ## install what running needs into .venv (the targets below do it by themselves)
	@$(SETUP) run

.PHONY: demo
demo: setup ## build `prod` on the local cloud, then move its traffic from blue to green under load

.PHONY: demo-rollback
demo-rollback: setup ## the same, but green breaks at 50 %, and the traffic comes back
demo-rollback: DEMO_ARGS := --rollback
demo demo-rollback:
	@$(BIN)/python -m local_cloud start $(if $(LOCAL_PORT),--port $(LOCAL_PORT))
	@$(BIN)/python -m local_cloud exec -- $(SITE) && $(BIN)/python -m local_cloud exec -- $(BIN)/python -m scripts.demo $(DEMO_ARGS); status=$$?; \
	echo "The local cloud goes on running, so that you can look around: $(BIN)/python -m local_cloud status (or calls, or logs). To stop it: make stop"; \
	exit $$status

.PHONY: stop
stop: ## stop the local cloud, and the one of molecule
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m local_cloud stop && $(BIN)/python -m local_cloud stop --state-dir .local_cloud/molecule; else echo "Nothing to stop: there is no .venv."; fi

.PHONY: test
test: python ## run the unit and integration tests
	@$(SETUP) run test
	@$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

.PHONY: faults
faults: python ## run the long tests: interrupted builds, bad weather, neighbouring stacks
	@$(SETUP) run test
	@$(BIN)/python -m pytest tests/faults $(PYTEST_ARGS)

.PHONY: live
live: python ## run whole shifts under load, well and disturbed, on live local clouds (about ten minutes; needs Chromium)
	@$(SETUP) run test browser
	@$(BIN)/python -m pytest -n 2 tests/live $(PYTEST_ARGS)

.PHONY: databases
databases: python ## compare databases of real servers, whole and damaged (installs MariaDB and PostgreSQL where it may)
	@scripts/databases
	@$(SETUP) run test
	@$(BIN)/python -m pytest -n 2 tests/databases $(PYTEST_ARGS)

.PHONY: parity
parity: python ## compare warm tasks with the stock path, task by task (about ten minutes)
	@$(SETUP) run test
	@$(BIN)/python -m pytest tests/parity $(PYTEST_ARGS)

.PHONY: browser
browser: python ## look at the pages that a shift leaves in a real browser (Chromium has to be installed)
	@$(SETUP) run test browser
	@$(BIN)/python -m pytest tests/browser $(PYTEST_ARGS)

.PHONY: bench
bench: python ## measure the collection beside stock Ansible, Terraform and boto3; BENCH_ARGS chooses, --help lists
	@$(SETUP) run test
	@$(BIN)/python -m tests.bench $(BENCH_ARGS)

.PHONY: molecule
molecule: python ## run each role's molecule scenario; with SCENARIO="vpc dns" only those
	@$(SETUP) run molecule
	@scripts/molecule test $(if $(SCENARIO),$(addprefix --scenario-name=,$(SCENARIO)),--all)

.PHONY: lint
lint: python ## run the quick linters and the type checker
	@$(SETUP) run test lint
	@scripts/lint

.PHONY: sanity
sanity: python ## run ansible-test sanity (minutes the first time)
	@$(SETUP) run
	@scripts/sanity

.PHONY: build
build: setup ## build the collection's artifact into build/
	@$(BIN)/ansible-galaxy collection build --force --output-path build

.PHONY: importer
importer: python ## check the artifact as Galaxy does on an upload
	@$(SETUP) run importer
	@scripts/importer

.PHONY: pins
pins: python ## resolve requirements/*.txt anew into the constraints of this Python
	@$(SETUP) --pins

.PHONY: clean
clean: stop ## stop the local cloud and remove all that the targets made
	@rm -rf .venv .local_cloud build outputs reports plan.json .pytest_cache .mypy_cache .ruff_cache .hypothesis .ansible
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
