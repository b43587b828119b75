"""From a toy lesson's text to its notebook and the learner's copy, with nbgrader and a kernel."""

import shutil
from pathlib import Path

import nbformat
import pytest

from lessonlib.building import build as building
from lessonlib.building.build import build, choose
from lessonlib.building.source import read_lesson
from lessonlib.errors import UserError

REPOSITORY = Path(__file__).parents[2]

LESSON = '''\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # A toy

# %%
print("hello")

# %%
print("hello")

# %%
def check(name, answer):
    assert answer(2) == 4


# %% solution="toy-double"
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * x  # secret
    ### END SOLUTION


# %% check="toy.double"
check("toy.double", double)

# %% tags=["raises-exception"]
1 / 0

# %% [markdown] written="toy.explain" points=2
# Why?
#
# <!-- BEGIN SOLUTION -->
# Because of the secret.
# <!-- END SOLUTION -->
'''
POINTS = {"toy.double": 3}
CHECK = '# %% check="toy.double"\ncheck("toy.double", double)\n'


@pytest.fixture
def course(tmp_path):
    """A course of one lesson, with the repository's own settings for nbgrader."""
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    write_lesson(tmp_path, LESSON)
    (tmp_path / "solutions/01-toy/data.csv").write_text("1,2\n")
    return tmp_path


def write_lesson(root, text, name="01-toy"):
    folder = root / "solutions" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(text)
    return folder / f"{name}.py"


def run(root, *wanted, **options):
    """Build, and return what was told, a line a lesson."""
    told = []
    build(root, wanted, points_of=POINTS.__getitem__, tell=told.append, **options)
    return told


def snapshot(root):
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def notebook(root, folder):
    return nbformat.read(root / folder / "01-toy/01-toy.ipynb", as_version=4)


def cell(notebook, name):
    return next(each for each in notebook.cells if each.id == name)


@pytest.mark.slow
def test_building_twice_changes_nothing(course):
    assert "executed in" in run(course)[0]
    first = snapshot(course)
    assert run(course) == ["01-toy                   unchanged"]
    assert snapshot(course) == first
    run(course, force=True)
    assert snapshot(course) == first


@pytest.mark.slow
def test_the_solution_is_executed_and_the_course_is_not(course):
    run(course)
    solution, released = notebook(course, "solutions"), notebook(course, "course")
    counts = [each.execution_count for each in solution.cells if each.cell_type == "code"]
    assert counts == [1, 2, 3, 4, 5, 6]
    assert solution.cells[1].outputs[0].text == "hello\n"
    assert not any(each.get("outputs") for each in released.cells)
    assert "version" not in solution.metadata.language_info


@pytest.mark.slow
def test_the_learner_gets_stubs_and_data_and_no_solution(course):
    (course / "solutions/01-toy/.ipynb_checkpoints").mkdir()
    (course / "solutions/01-toy/.ipynb_checkpoints/01-toy-checkpoint.ipynb").write_text("{}")
    run(course)
    assert sorted(path.name for path in (course / "course").rglob("*")) == [
        "01-toy",
        "01-toy.ipynb",
        "data.csv",
        "formulas.md",
        "glossary.md",
    ]
    assert "secret" not in (course / "course/01-toy/01-toy.ipynb").read_text()
    released = notebook(course, "course")
    assert 'raise NotImplementedError("' in cell(released, "toy-double").source
    assert cell(released, "toy-explain").source == "Why?\n\n*Write your answer here.*"
    assert not cell(released, "check-toy-double").metadata.editable


@pytest.mark.slow
def test_words_may_change_without_running_the_code(course, monkeypatch):
    run(course)
    write_lesson(course, LESSON.replace("# # A toy", "# # A better toy"))
    monkeypatch.setattr(building, "execute", lambda *_: pytest.fail("ran the notebook"))
    assert run(course) == ["01-toy                   text refreshed"]
    assert "A better toy" in notebook(course, "course").cells[0].source
    assert notebook(course, "solutions").cells[1].outputs[0].text == "hello\n"


@pytest.mark.slow
def test_changed_code_runs_and_a_damaged_notebook_is_made_anew(course):
    run(course)
    write_lesson(course, LESSON.replace('print("hello")', 'print("bye")', 1))
    assert "executed" in run(course)[0]
    assert notebook(course, "solutions").cells[1].outputs[0].text == "bye\n"
    (course / "solutions/01-toy/01-toy.ipynb").write_text("{ not json")
    assert "executed" in run(course)[0]


@pytest.mark.slow
def test_an_error_names_the_cell_and_leaves_the_old_notebook(course):
    run(course)
    before = snapshot(course / "course")
    write_lesson(course, LESSON.replace("answer(2) == 4", "answer(2) == 5, 'five'"))
    with pytest.raises(UserError) as caught:
        run(course)
    assert "01-toy: the cell check-toy-double" in str(caught.value)
    assert "AssertionError: five" in str(caught.value)
    assert snapshot(course / "course") == before


def folders(place):
    return sorted(path.name for path in place.iterdir() if path.is_dir())


@pytest.mark.slow
def test_only_the_wanted_lesson_is_built_and_departed_ones_go(course):
    write_lesson(course, '# %%\nprint("two")\n', "02-other")
    (course / "course/09-gone").mkdir(parents=True)
    (course / "course/my-notes").mkdir()
    told = run(course, "02")
    assert [line.split()[0] for line in told] == ["02-other", "09-gone"]
    assert folders(course / "course") == ["02-other", "my-notes"]


def test_metadata_is_what_nbgrader_wants(course):
    read = read_lesson(course / "solutions/01-toy/01-toy.py", POINTS.__getitem__)
    common = {"schema_version": 3, "task": False}
    assert cell(read, "toy-double").metadata == {
        "nbgrader": common
        | {"grade": False, "solution": True, "locked": False, "grade_id": "toy-double"}
    }
    assert cell(read, "check-toy-double").metadata == {
        "nbgrader": common
        | {"grade": True, "solution": False, "locked": True, "points": 3}
        | {"grade_id": "check-toy-double"}
    }
    assert cell(read, "toy-explain").metadata == {
        "nbgrader": common
        | {"grade": True, "solution": True, "locked": False, "points": 2}
        | {"grade_id": "toy-explain"}
    }


def test_ids_are_unique_and_come_from_the_text(course):
    ids = [
        [each.id for each in read_lesson(path, POINTS.__getitem__).cells]
        for path in [course / "solutions/01-toy/01-toy.py"] * 2
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])
    assert ids[0][2] == f"{ids[0][1]}-2"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no cells"),
        ('# %% check="toy.double\n1\n', "cannot be read"),
        ('# %% check="toy.duble"\ncheck("toy.duble", double)\n', "cell 1: toy.duble"),
        ('# %% [markdown] check="toy.double"\n# 1\n', "belongs to a code cell"),
        ('# %% check="toy.double" solution="toy"\n1\n', "one of check, solution"),
        ('# %% solution="toy"\n1\n', "between ### BEGIN SOLUTION"),
        ("# %%\n### BEGIN SOLUTION\n1\n### END SOLUTION\n", "only for cells with"),
        ('# %% solution="toy"\n### BEGIN SOLUTION\n1\n', '"BEGIN SOLUTION" without'),
        (
            '# %% solution="toy"\n### BEGIN SOLUTION\n1\n### END SOLUTION\n### END SOLUTION\n',
            "in pairs",
        ),
        (
            '# %% [markdown] written="why"\n# ### BEGIN SOLUTION\n# ### END SOLUTION\n',
            "needs its points",
        ),
        (
            '# %% [markdown] written="why" points=2\n'
            "# ### BEGIN SOLUTION\n# Why not?\n# ### END SOLUTION\n",
            "would be a heading",
        ),
        (f"{CHECK}{CHECK}", "more than one cell"),
    ],
)
def test_a_faulty_lesson_is_explained(tmp_path, text, message):
    path = write_lesson(tmp_path, text)
    with pytest.raises(UserError, match=message):
        read_lesson(path, POINTS.__getitem__)


def test_an_unknown_exercise_gets_the_name_of_the_nearest(tmp_path):
    path = write_lesson(tmp_path, '# %% check="relu.reluu"\ncheck("relu.reluu", relu)\n')
    with pytest.raises(UserError, match=r"relu\.relu\b"):
        read_lesson(path, building.points_of_exercise)


def test_a_folder_that_is_no_course_is_explained(tmp_path):
    with pytest.raises(UserError, match="no folder solutions"):
        run(tmp_path)
    (tmp_path / "solutions/01-empty").mkdir(parents=True)
    with pytest.raises(UserError, match=r"01-empty has no 01-empty\.py"):
        run(tmp_path)


def test_a_stray_notebook_would_be_released_so_it_is_refused(course):
    (course / "solutions/01-toy/draft.ipynb").write_text("{}")
    with pytest.raises(UserError, match=r"stray notebook: draft\.ipynb"):
        run(course)


def test_lessons_are_chosen_by_number_or_name():
    lessons = ["00-start", "01-relu", "02-hand"]
    assert choose(lessons, []) == lessons
    assert choose(lessons, ["02", "00-start/"]) == ["00-start", "02-hand"]
    with pytest.raises(UserError, match="Did you mean 01-relu"):
        choose(lessons, ["01-rellu"])
