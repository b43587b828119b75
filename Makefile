# make learn   opens the course in JupyterLab (make learn PORT=8899 for another port)
# make test    runs every check there is
# make build   makes the notebooks in solutions/ and course/ from the lessons' text
# make bench   times the checks, the import and the grading
# make hostile grades a class of attacks and accidents, here and with stock nbgrader
# make lint    checks the style; make clean removes what make and the tests made

PYTHON ?= python3
PORT ?= 8888
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# One thread: sums over many threads differ in their last digits from machine to machine.
export OMP_NUM_THREADS := 1

.PHONY: help learn test build bench hostile lint clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# //p; /^$$/q' Makefile

learn: $(VENV)/learn.stamp
	@$(BIN)/lessonlib learn --port $(PORT) $(ARGS)

# Three at a time, on two cores as well: many tests wait for a browser or for what is to be stopped.
test: lint
	$(BIN)/pytest -n 3 --dist loadfile -m "not stock" tests
	$(BIN)/pytest -n 2 --dist loadscope --nbval solutions --nbval-sanitize-with tests/notebooks/sanitize.cfg

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

build: $(VENV)/test.stamp
	@$(BIN)/lessonlib build $(ARGS)

bench: $(VENV)/test.stamp
	@$(BIN)/python tests/bench/bench_checks.py
	@$(BIN)/python tests/bench/bench_network.py
	@$(BIN)/python tests/bench/bench_grading.py

hostile: $(VENV)/test.stamp
	$(BIN)/pytest -q -s tests/pipeline/test_hostile_class.py tests/pipeline/test_hostile_stock.py

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# A stamp says that a step was finished, so a half-made .venv never counts as made.
$(VENV)/made.stamp:
	@$(check_python)
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/learn.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@echo "Installing the course's packages (a few minutes, only this once) ..."
	@$(PIP) -e . || { $(no_install); }
	@touch $@

$(VENV)/test.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@echo "Installing what the tests need (a few minutes, only this once) ..."
	@$(PIP) -e ".[test,instructor]" || { $(no_install); }
	@touch $@ $(VENV)/learn.stamp

define no_install
echo "Could not install the course's packages. Are you connected to the internet?" \
     "Nothing was lost; run the same command again." >&2; exit 1
endef

# Plain shell, and Python that any version understands: this is what an old one gets to see.
define check_python
command -v $(PYTHON) >/dev/null || { \
  echo "This course needs Python 3.11 or newer, and there is no $(PYTHON) here." >&2; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
  echo "This course needs Python 3.11 or newer; $(PYTHON) here is $$version." \
       "If you have a newer one, name it: make PYTHON=python3.12 learn" >&2; exit 1; }; \
$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
  echo "Python's venv module is missing here." \
       "On Debian or Ubuntu install it with: apt-get install python3-venv" >&2; exit 1; }
endef
