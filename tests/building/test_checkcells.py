"""A check cell of a lesson is one call of `check` with plain names, and nothing to run."""

import nbformat
import pytest

from lessonlib.building.checkcells import expect_check, is_check_call
from lessonlib.building.source import read_lesson
from lessonlib.errors import UserError


@pytest.mark.parametrize(
    "source",
    [
        'check("a.b", f)',
        "check('a.b', z=z)",
        'check("a.b", z=z, a=a)',
        '# Run me.\ncheck("a.b", f)',
    ],
)
def test_these_are_checks(source):
    expect_check(source, "a.b")
    assert is_check_call(source)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("", "not one call"),
        ('check("a.b", f)\ncheck("a.b", f)', "not one call"),
        ('check("a.b", f); f = 1', "not one call"),
        ('import os\ncheck("a.b", f)', "not one call"),
        ('score = check("a.b", f)', "not one call"),
        ('assert check("a.b", f)', "not one call"),
        ('check("a.b", f', "not Python"),
        ('%time check("a.b", f)', "not Python"),
        ('judge("a.b", f)', "does not call check"),
        ('lib.check("a.b", f)', "does not call check"),
        ('check("a.b", f) or 1', "does not call check"),
        ("check(name, f)", "the id, in quotes"),
        ('check(f"a.b", f)', "the id, in quotes"),
        ('check(b"a.b", f)', "the id, in quotes"),
        ("check()", "the id, in quotes"),
        ('check("a.b")', "one name, or values"),
        ('check("a.b", f, g)', "one name, or values"),
        ('check("a.b", f, z=z)', "one name, or values"),
        ('check("a.b", f())', "a plain name"),
        ('check("a.b", a.f)', "a plain name"),
        ('check("a.b", lambda x: x)', "a plain name"),
        ('check("a.b", *f)', "a plain name"),
        ('check("a.b", z=y)', "z=y should be"),
        ('check("a.b", z=z, a=z + 1)', r"a=z \+ 1 should be"),
        ('check("a.b", **all)', r"\*\*all should be"),
        ('check("a.c", f)', "this one checks a.c"),
    ],
)
def test_anything_else_is_no_check_and_says_why(source, fault):
    with pytest.raises(UserError, match=fault):
        expect_check(source, "a.b")


def test_build_names_the_file_and_the_cell(tmp_path):
    text = tmp_path / "01-toy.py"
    text.write_text('# %%\nx = 1\n\n# %% check="toy.x"\nx += 1\ncheck("toy.x", x=x)\n')
    with pytest.raises(UserError, match=r'^01-toy\.py, cell 2: .*exactly check\("toy\.x", name\)'):
        read_lesson(text, lambda _: 1)


def test_a_test_of_an_ordinary_assignment_may_be_anything(tmp_path):
    header = '# %% nbgrader={"grade": true, "grade_id": "t", "locked": true, "solution": false}\n'
    (tmp_path / "01-toy.py").write_text(f"{header}assert 1 + 1 == 2\n")
    notebook = read_lesson(tmp_path / "01-toy.py", lambda _: 1)
    assert isinstance(notebook, nbformat.NotebookNode)
    assert notebook.cells[0].source == "assert 1 + 1 == 2"
