# make learn   opens your copy of the course, my-course/, in JupyterLab (PORT=0 for any free port)
# make test    runs the tests: the README's command
# make test-grading  tests the grader further: attacks, kills, and nbgrader's own beside it
# make quick   style, types and the tests of the core, in about a minute
# make book    makes the book in book/: pages to read, to search and to print
# make site    makes the browser edition in site/, and the book in it (ARGS="--pyodide FOLDER")
# make test-site  tests both in a browser, half an hour; downloads 110 MB into CACHE, once
# make build   makes the notebooks in solutions/ and course/ from the lessons' text
# make bench   times the checks, the import and the grading
# make simulate grades a class of 10,000, and one of 400 in PostgreSQL; half an hour (ARGS="--learners 400")
# make bench-feedback  counts how often the checks find a wrong answer's name or line
# make hostile grades a class of attacks and accidents, here and with stock nbgrader
# make lint    checks style and types; make clean removes what make and the tests made

PYTHON ?= python3
PORT ?= 8888
ARGS ?=
CACHE ?= $(HOME)/.cache/lessonlib

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt

# One thread: sums over many threads differ in their last digits from machine to machine.
export OMP_NUM_THREADS := 1
# A thousand processes start in the tests: none but the first is to compile what it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help learn test test-grading quick build book site test-site bench bench-feedback simulate \
        hostile lint clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# //p; /^$$/q' Makefile

learn: $(VENV)/learn.stamp
	@$(BIN)/lessonlib start my-course --port $(PORT) $(ARGS)

# What attacks the grader, kills it, or runs nbgrader's own beside it: half of the time of all tests.
GRADING := tests/grading/test_every_exercise.py tests/grading/model/test_marks.py \
           tests/grading/submission/test_worst_inputs.py \
           $(patsubst %,tests/pipeline/test_%.py,hostile_class idioms like_nbgrader differences \
             grade_interrupted grade_dask grade_postgres pages_act)

# Three at a time, on two cores as well: many tests wait for a browser or for what is to be stopped.
# In the order of tests/conftest.py, the longest first; the notebooks run beside the others.
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder

test: lint
	$(BIN)/pytest $(SIDE_BY_SIDE) -m "not stock and not site" $(GRADING:%=--ignore=%) tests solutions \
		--nbval --nbval-sanitize-with tests/notebooks/sanitize.cfg

test-grading: $(VENV)/test.stamp
	$(BIN)/pytest $(SIDE_BY_SIDE) $(GRADING)

# The inner loop. What starts a notebook, a grader, a browser or judges all mistakes is left out.
QUICK := tests/checks tests/exercises tests/nn tests/plots tests/building tests/proof tests/docs \
         tests/workspace tests/test_*.py

quick: lint
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not slow and not site" $(QUICK)
	@echo "Left out: tests marked slow, and tests/lessons, locating, feedback, grading," \
	      "notebooks and pipeline. make test runs them."

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

build: $(VENV)/test.stamp
	@$(BIN)/lessonlib build $(ARGS)

book: $(VENV)/site.stamp
	@$(BIN)/python -m lessonlib.site.book book $(ARGS)

site: $(VENV)/site.stamp
	@$(BIN)/python -m lessonlib.site site $(ARGS)

# What all of them passed is noted, for .ci/run; CI=1 lets none be skipped for want of a browser.
test-site: $(VENV)/test.stamp $(VENV)/site.stamp
	now=$$($(BIN)/python tests/site/covered.py) && \
	CI=1 LESSONLIB_CACHE="$(CACHE)" $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder \
		-m site tests $(ARGS) $(if $(ARGS),,&& echo "$$now" >tests/site/passed.txt)

bench: $(VENV)/test.stamp
	@$(BIN)/python tests/bench/bench_checks.py
	@$(BIN)/python tests/bench/bench_network.py
	@$(BIN)/python tests/bench/bench_grading.py

bench-feedback: $(VENV)/test.stamp
	@$(BIN)/python tests/bench/bench_feedback.py $(ARGS)

simulate: $(VENV)/test.stamp
	@$(BIN)/python tests/bench/bench_class.py $(ARGS)
	LEARNERS=400 $(BIN)/pytest -q tests/pipeline/test_grade_postgres.py

hostile: $(VENV)/test.stamp
	$(BIN)/pytest -q -s tests/pipeline/test_hostile_class.py tests/pipeline/test_hostile_stock.py

clean:
	rm -rf $(VENV) book build dist site *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# A stamp says that a step was finished, so a half-made .venv never counts as made.
$(VENV)/made.stamp:
	@$(check_python)
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/learn.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@echo "Installing the course's packages (a few minutes, only this once) ..."
	@$(PIP) -e ".[lab]" || { $(no_install); }
	@$(compile)
	@touch $@

$(VENV)/test.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@echo "Installing what the tests need (a few minutes, only this once) ..."
	@$(PIP) -e ".[test]" || { $(no_install); }
	@$(compile)
	@touch $@ $(VENV)/learn.stamp

$(VENV)/site.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@echo "Installing what the site is made with (a few minutes, only this once) ..."
	@$(PIP) -e ".[site]" || { $(no_install); }
	@$(compile)
	@touch $@

# pip would compile one file after the other, and packages' own tests as well: half of its time.
define compile
$(BIN)/python -m compileall -qq -j 0 -x '/tests/' $(VENV)/lib || true
endef

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
