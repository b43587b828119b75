"""A learner gets everything in an assignment's folder but the texts with its solutions."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from traitlets.config.loader import PyFileConfigLoader

from lessonlib.building.build import build
from lessonlib.building.withheld import private_names, private_texts

REPOSITORY = Path(__file__).parents[2]
HEADER = "# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:percent\n# ---\n\n"
TEXT = '# %%\nx = 1\n\n# %% solution="x"\n### BEGIN SOLUTION\nx = "secret"\n### END SOLUTION\n'
# What lies beside a notebook and is the learner's.
GIVEN = {
    "helpers.py": "def help(): pass\n",
    "setup_1.py": "# %% a cell of an editor's, in a module\nx = 1\n",
    "tools/__init__.py": "",
    "tools/deep/more.py": "y = 1\n",
    "data/points.csv": "1,2\n",
    "data/nested/model.npz": "3",
    "README.md": "# Read me: jupytext is a tool, its formats: are many\n",
    "picture.png": "4",
}
# What is not, in one notebook's folder: its text in any shape that jupytext and nbconvert write.
PRIVATE = {
    "ps1.py": "# %%\nx = 'secret'\n",
    "second.py": "# In[1]:\n\nx = 'secret'\n",
    "notes/scratch.py": f"{HEADER}x = 'secret'\n",
    "ps1.md": f"{HEADER.replace('# ', '').replace('#', '')}```python\nsecret\n```\n",
    "ps1.Rmd": "---\njupyter:\n  jupytext:\n    formats: ipynb,Rmd\n---\nsecret\n",
}


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def write_notebook(path):
    cell = nbformat.v4.new_code_cell("### BEGIN SOLUTION\nx = 'secret'\n### END SOLUTION")
    cell.metadata["nbgrader"] = {
        **{"grade": False, "solution": True, "locked": False, "task": False},
        **{"grade_id": "x", "schema_version": 3},
    }
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


@pytest.fixture
def course(tmp_path):
    """A course with a lesson of ours and an ordinary assignment of two notebooks."""
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    lesson, ordinary = tmp_path / "solutions/01-toy", tmp_path / "solutions/ps1"
    write(lesson, {**GIVEN, "01-toy.py": HEADER + TEXT})
    write(ordinary, {**GIVEN, **PRIVATE})
    for name in ("ps1", "second"):
        write_notebook(ordinary / f"{name}.ipynb")
    return tmp_path


def released(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def generate(root, name):
    told = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", name],
        cwd=root, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def expect_given(folder, *notebooks):
    assert released(folder) == set(GIVEN) | set(notebooks)
    for name, text in GIVEN.items():
        assert (folder / name).read_text() == text
    assert not [path for path in folder.rglob("*.ipynb") if "secret" in path.read_text()]


@pytest.mark.slow
def test_nbgrader_releases_modules_packages_data_and_no_text(course):
    generate(course, "ps1")
    expect_given(course / "course/ps1", "ps1.ipynb", "second.ipynb")


@pytest.mark.slow
def test_build_releases_a_lesson_with_the_same_files_and_no_text(course):
    build(course, ["01"], points_of=lambda _: 1, tell=lambda _: None)
    expect_given(course / "course/01-toy", "01-toy.ipynb")
    shutil.rmtree(course / "course/01-toy")
    generate(course, "01-toy")
    expect_given(course / "course/01-toy", "01-toy.ipynb")


@pytest.mark.slow
def test_a_text_that_is_newer_than_the_settings_is_taken_out_again(course, monkeypatch):
    """Formgrader reads the settings when JupyterLab starts."""
    from nbgrader.apps.api import NbGraderAPI

    monkeypatch.chdir(course)
    write(course / "solutions/ps2", {"helpers.py": "a = 1\n"})
    write_notebook(course / "solutions/ps2/ps2.ipynb")
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    write(course / "solutions/ps2", {"ps2.py": "# %%\nx = 'secret'\n"})
    api = NbGraderAPI(CourseDirectory(config=settings), config=settings)
    assert api.generate_assignment("ps2")["success"]
    assert released(course / "course/ps2") == {"helpers.py", "ps2.ipynb"}


def test_what_is_private_is_found(course):
    texts = private_texts(course / "solutions/ps1")
    found = {str(path.relative_to(course / "solutions/ps1")) for path in texts}
    assert found == set(PRIVATE)
    assert private_texts(course / "solutions/01-toy") == [course / "solutions/01-toy/01-toy.py"]


def test_a_lessons_text_is_private_before_there_is_a_notebook_and_without_a_cell(tmp_path):
    write(tmp_path / "03-new", {"03-new.py": "x = 'secret'\n"})
    assert private_names(tmp_path) == ["03-new.py"]


def test_a_module_that_bears_the_notebooks_name_is_the_learners(tmp_path):
    write(tmp_path / "stats", {"stats.py": "def mean(x): pass\n"})
    write_notebook(tmp_path / "stats/stats.ipynb")
    assert private_names(tmp_path) == []


def left_by_nbgrader(folder, ignore):
    return {os.path.relpath(name, folder) for name in find_all_files(str(folder), ignore)}


def test_a_name_with_brackets_is_meant_as_it_stands(tmp_path):
    write(tmp_path / "ps1", {"part[a].py": "# %%\n", "parta.py": "y\n"})
    write_notebook(tmp_path / "ps1/part[a].ipynb")
    left = left_by_nbgrader(tmp_path / "ps1", [*private_names(tmp_path), "*.ipynb"])
    assert left == {"parta.py"}


def test_the_grader_gets_what_the_learner_gets(course):
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    ignore = [*CourseDirectory(config=settings).ignore, "*.ipynb"]
    assert left_by_nbgrader(course / "solutions/ps1", ignore) == set(GIVEN)
