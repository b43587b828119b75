"""lessonlib needs NumPy and Matplotlib alone; what else there is comes by extras, and is named."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from lessonlib import extras
from lessonlib.errors import UserError

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def run(code, *arguments, **environment):
    """Run code in a Python in which some modules are missing: `without` names them."""
    missing = environment.pop("without", [])
    block = f"import sys\nfor name in {missing!r}: sys.modules[name] = None\n"
    command = [sys.executable, "-c", block + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)


def test_the_core_needs_two_packages():
    assert [Requirement(line).name for line in PROJECT["dependencies"]] == ["numpy", "matplotlib"]


@pytest.mark.parametrize(("module", "extra"), extras.BROUGHT_BY.items())
def test_an_extra_brings_what_the_sentence_promises(module, extra):
    lines = PROJECT["optional-dependencies"][extra]
    direct = [each.name for each in map(Requirement, lines) if each.name != "lessonlib"]
    theirs = [line for name in direct for line in distribution(name).requires or []]
    assert module in {Requirement(line).name.lower() for line in [*lines, *theirs]}


@pytest.mark.parametrize("module", ["typer", "rich"])
def test_without_a_command_line_the_command_says_what_to_install(module):
    done = run("from lessonlib.__main__ import main; main()", "progress", without=[module])
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f'{module} is not there. Install what is missing with: pip install "lessonlib[lab]"' in (
        done.stderr
    )


@pytest.mark.parametrize(
    ("arguments", "module", "extra"),
    [
        (["grade", "01"], "alembic", "instructor"),
        (["grade", "01"], "nbgrader", "instructor"),
        (["collect", "01", "."], "sqlalchemy", "instructor"),
        (["report", "01"], "nbgrader", "instructor"),
        (["build", "01"], "jupytext", "instructor"),
        (["check", "course/00-start-here/00-start-here.ipynb"], "nbformat", "lab"),
    ],
)
def test_a_command_that_lacks_something_says_what_to_install(arguments, module, extra):
    code = "sys.argv[0] = 'lessonlib'; from lessonlib.__main__ import main; main()"
    done = run(code, *arguments, without=[module])
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f'pip install "lessonlib[{extra}]"' in done.stderr


def test_an_error_of_ours_is_not_taken_for_a_missing_package():
    with pytest.raises(ModuleNotFoundError):
        extras.what_to_install(ModuleNotFoundError("no such module", name="lessonlib.nothing"))
    assert isinstance(extras.missing("jupyterlab"), UserError)


LEARNERS = """
import lessonlib
from lessonlib import case, check, hint, judge, mine, plots
lessonlib.load_ipython_extension
assert check("relu.relu", lambda z: np.maximum(z, 0)) is None
assert not judge("relu.relu", abs).passed
case("relu.relu"), hint("relu.relu"), dir(mine.deep), mine.linreg.predict
plots.heatmap({"W": np.ones((2, 2))}, title="Weights")
"""
KERNEL = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell(open("lessonlib/kernel_startup.py").read())
"""
NOTHING = """
loaded = {name.split(".")[0] for name in sys.modules if sys.modules[name] is not None}
print(sorted(loaded & set(unwanted)))
"""


@pytest.mark.parametrize("kernel", ["", KERNEL], ids=["plain", "kernel"])
def test_nothing_that_a_learner_imports_imports_nbgrader(kernel):
    unwanted = ["nbgrader", "nbformat", "nbclient", "jupyterlab", "typer", "rich", "sqlalchemy"]
    code = f"import numpy as np\nunwanted = {unwanted}\n" + kernel + LEARNERS + NOTHING
    done = run(code, MPLBACKEND="agg")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_hint_in_a_cell_is_that_of_the_command(capsys):
    from lessonlib import hint

    hint("relu.tent", 3)
    told = capsys.readouterr().out
    assert told.startswith("Hint 3 of 3 for relu.tent:") and "add up to 0" in " ".join(told.split())
    for number in (0, 4):
        with pytest.raises(UserError, match="Ask for number 1 to 3"):
            hint("relu.tent", number)
