"""The package as it is built, in an environment with nothing else: checks, `start`, `update`."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from email import message_from_bytes
from importlib.metadata import distribution
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from submissions import ROOT, answered, solutions

pytestmark = pytest.mark.slow

RELU = "01-relu-layer"
NOTEBOOK = f"{RELU}/{RELU}.ipynb"
ALONE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
BUILD = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, env=ALONE, **options)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with the wheel and the source archive, as an index would get them."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(*BUILD, str(folder), str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    return next(built.glob("*.whl"))


class Environment:
    """A virtual environment of its own, in which only the wheel is installed."""

    def __init__(self, folder: Path, wheel: Path):
        venv.create(folder)
        self.python = folder / "bin/python"
        self.packages = next(folder.glob("lib/python*/site-packages"))
        self.install(wheel)

    def install(self, wheel: Path) -> None:
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet"]
        done = run(*pip, "--no-index", "--no-deps", "--force-reinstall", str(wheel))
        assert done.returncode == 0, done.stderr

    def lessonlib(self, *arguments, cwd):
        return run(self.python.parent / "lessonlib", *arguments, cwd=cwd)


def needed(requirements):
    """Return the distributions that these and theirs need, extras left out."""
    found = {}
    while requirements:
        each = Requirement(requirements.pop())
        if each.name not in found and (each.marker is None or each.marker.evaluate({"extra": ""})):
            found[each.name] = distribution(each.name)
            requirements += found[each.name].requires or []
    return found.values()


def requirements_of(wheel):
    """Return what a wheel says that it needs."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name)).get_all("Requires-Dist")


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """An environment with the wheel and what it says that it needs: NumPy and Matplotlib."""
    environment = Environment(tmp_path_factory.mktemp("bare"), wheel)
    for each in needed(requirements_of(wheel)):
        tops = {Path(file).parts[0] for file in each.files} - {"..", "__pycache__"}
        for top in tops:
            (environment.packages / top).symlink_to(each.locate_file(top))
    return environment


@pytest.fixture(scope="module")
def lab(wheel, tmp_path_factory):
    """An environment with the wheel and all that is installed here."""
    environment = Environment(tmp_path_factory.mktemp("lab"), wheel)
    here = distribution("numpy").locate_file("")
    (environment.packages / "here.pth").write_text(f"{here}\n")
    return environment


# --- what is in it -----------------------------------------------------------------------------


def test_the_released_course_is_in_it_and_no_solution(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    course = [path for path in (ROOT / "course").rglob("*") if path.suffix in (".md", ".ipynb")]
    start = "lessonlib/course/"
    released = {path.relative_to(ROOT / "course").as_posix(): path.read_bytes()
                for path in course if ".ipynb_checkpoints" not in path.parts}  # fmt: skip
    assert {n.removeprefix(start): c for n, c in held.items() if n.startswith(start)} == released
    assert {name.split("/")[0].split("-")[0] for name in held} == {"lessonlib"}
    notebooks = [content for name, content in held.items() if name.endswith(".ipynb")]
    assert b"### BEGIN SOLUTION" not in b"".join(notebooks)


def test_an_index_would_take_it(built):
    done = run(sys.executable, "-m", "twine", "check", "--strict", *map(str, built.iterdir()))
    assert done.returncode == 0 and done.stdout.count("PASSED") == 2, done.stdout


# --- with NumPy and Matplotlib alone -----------------------------------------------------------


def test_checks_plots_hints_cases_and_mine_work(bare, tmp_path):
    code = """
import numpy as np
from lessonlib import case, check, hint, mine, plots
check("relu.relu", lambda z: np.maximum(z, 0))
hint("relu.tent")
print(case("relu.relu").z.shape)
print(mine.linreg.predict(np.ones((3, 2)), np.ones((2, 1)), np.zeros(1)).shape)
plots.heatmap({"W": np.ones((2, 2))}, title="Weights")
check("relu.relu", abs)
"""
    done = subprocess.run([bare.python, "-c", code], capture_output=True, text=True, cwd=tmp_path,
                          env=ALONE | {"MPLBACKEND": "agg"})  # fmt: skip
    assert "✓ relu.relu: right. 1 of 1 point." in done.stdout, done.stderr
    assert "Hint 1 of 3 for relu.tent:" in done.stdout and "(3, 1)" in done.stdout
    assert "Looks like: absolute value." in done.stderr


def test_the_command_says_what_it_needs(bare, tmp_path):
    done = bare.lessonlib("start", "my-course", cwd=tmp_path)
    assert done.returncode == 1 and 'pip install "lessonlib[lab]"' in done.stderr
    assert "Traceback" not in done.stderr and not list(tmp_path.iterdir())


# --- start, solve, update ----------------------------------------------------------------------


def changed_release(wheel, folder):
    """Return a later release: lesson 01 begins with another text, and has another question."""
    later = folder / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(later, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(NOTEBOOK):
                notebook = json.loads(content)
                notebook["cells"][0]["source"] = ["# Written anew"]
                added = {"id": "added", "cell_type": "markdown", "metadata": {}, "source": ["And?"]}
                notebook["cells"].insert(3, added)
                content = json.dumps(notebook).encode()
            new.writestr(name, content)
    return later


def solve(path):
    """Write the solution's answers into a notebook, and a cell of the learner's own."""
    notebook = answered(path, solutions(RELU))
    notebook.cells.insert(5, nbformat.v4.new_markdown_cell("A note of mine."))
    nbformat.write(notebook, path)
    return answers(path)


def answers(path):
    """Return what stands in a notebook's answers, by their names."""
    cells = nbformat.read(path, as_version=4).cells
    said = ((cell.metadata.get("nbgrader", {}), cell.source) for cell in cells)
    return {each["grade_id"]: source for each, source in said if each.get("solution")}


def test_a_new_release_touches_no_answer(lab, wheel, tmp_path):
    started = lab.lessonlib("start", "my-course", "--no-open", cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    path = tmp_path / "my-course" / NOTEBOOK
    written = solve(path)
    lab.install(changed_release(wheel, tmp_path))
    again = lab.lessonlib("start", "my-course", "--no-open", cwd=tmp_path)
    assert "There is a newer text of the course" in again.stdout
    updated = lab.lessonlib("update", cwd=tmp_path / "my-course")
    assert updated.returncode == 0 and NOTEBOOK in updated.stdout, updated.stderr
    assert answers(path) == written
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    assert cells[0] == "# Written anew" and {"And?", "A note of mine."} <= set(cells)
    checked = lab.lessonlib("check", "01", cwd=tmp_path / "my-course")
    assert "10 of 10 points." in checked.stdout, checked.stdout + checked.stderr
