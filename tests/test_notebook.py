"""`check` in a notebook: what the learner sees, and that there is no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbconvert import HTMLExporter

from lessonlib import check, judge
from lessonlib.errors import UserError
from lessonlib.kernels import notebook_client
from lessonlib.lab import STARTUP
from lessonlib.lessons import find
from lessonlib.notebook import RECORD, CheckFailed, explain_unready_cells


@pytest.fixture
def shell():
    """A kernel's shell without a kernel."""
    shell = InteractiveShell.instance()
    explain_unready_cells(shell)
    yield shell
    InteractiveShell.clear_instance()


def asked(statement: str) -> str:
    """Return the handler of errors that a new shell has after a statement, "" if none."""
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        f"shell.run_cell({statement!r})\n"
        "print(getattr(shell.CustomTB, '__name__', '') if shell.custom_exceptions else '')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("statement", ["from lessonlib import check", "%load_ext lessonlib"])
def test_whoever_asks_for_check_or_for_the_extension_gets_errors_explained(statement):
    assert asked(statement) != ""


@pytest.mark.parametrize(
    "statement", ["import lessonlib.notebook", "from lessonlib import judge", "import lessonlib"]
)
def test_no_other_import_touches_the_shell(statement):
    assert asked(statement) == ""


def run(shell, capsys, cell: str) -> str:
    shell.run_cell("from lessonlib import check\n" + cell, store_history=True)
    return " ".join(capsys.readouterr().out.split())


def test_a_right_answer_says_so_and_returns_nothing(capsys):
    assert check("relu.relu", lambda z: np.maximum(0, z)) is None
    assert capsys.readouterr().out == "✓ relu.relu: right. 1 of 1 point.\n"


def test_a_wrong_answer_raises_its_message():
    with pytest.raises(CheckFailed, match="Looks like: leaky"):
        check("relu.relu", lambda z: np.where(z > 0, z, 0.01 * z))


def test_a_failed_check_shows_its_message_and_no_traceback(shell, capsys):
    out = run(shell, capsys, 'check("relu.relu", abs)')
    assert out.startswith("✗ relu.relu: not right yet, 0 of 1 point.")
    assert "Traceback" not in out and "lessonlib/" not in out and "CheckFailed" not in out


def test_a_name_that_is_not_there_yet_gets_a_sentence(shell, capsys):
    out = run(shell, capsys, 'check("relu.relu", rleu)')
    assert out.startswith("The name rleu is not known yet. Run the cell above that makes it")
    assert "Traceback" not in out


def test_any_other_name_error_keeps_its_traceback(shell, capsys):
    assert "NameError" in run(shell, capsys, "print(rleu)")
    assert "NameError" in run(shell, capsys, "def f():\n    return rleu\nf()")


def test_a_stub_that_an_example_calls_gets_a_sentence(shell, capsys):
    out = run(shell, capsys, "def f():\n    raise NotImplementedError\nf()")
    assert out.startswith("This cell uses a function that is not written yet")


def test_a_figure_of_values_that_are_not_filled_in_gets_a_sentence(shell, capsys):
    cell = "from lessonlib import plots\nw = b = v = ...\nplots.hinge(w, b, v)"
    out = run(shell, capsys, cell)
    assert out.startswith("This cell needs w, b and v, still `...` above.")
    assert "Traceback" not in out


def test_any_other_type_error_keeps_its_traceback(shell, capsys):
    assert "TypeError" in run(shell, capsys, "1 + 'a'")


def test_a_function_that_uses_another_of_the_learners_is_told_to_look_there(shell, capsys):
    out = run(
        shell,
        capsys,
        "import numpy as np\ndef relu(z):\n    return z + 7\n"
        "def layer_forward(W, b, X):\n    Z = W @ X + b\n    return Z, relu(Z)\n"
        'check("relu.layer_forward", layer_forward)',
    )
    assert "It uses your relu. If that has a check, did it pass?" in out


def test_an_unknown_exercise_is_answered_with_the_nearest():
    with pytest.raises(UserError, match=r"Did you mean 'relu.layer_forward'"):
        judge("relu.layer_foward", None)
    with pytest.raises(CheckFailed, match=r"Did you mean 'relu.relu'"):
        check("relu.rellu", None)


def test_what_an_answer_prints_is_shown(capsys):
    def relu(z):
        print("the shape is", z.shape)
        return np.maximum(0, z)

    check("relu.relu", relu)
    assert "Your code printed:\nthe shape is (3,)\n" in capsys.readouterr().out


def test_in_grading_a_half_right_answer_returns_its_points(monkeypatch, capsys):
    def half(W, b, X):
        return W @ X + b, W @ X + b

    with pytest.raises(CheckFailed):
        check("relu.layer_forward", half)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert check("relu.layer_forward", half) == 1.0
    assert "Looks like: ReLU left out" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(CheckFailed):
        check("relu.layer_forward", lambda W, b, X: (0, 0))


def test_verdicts_are_recorded_for_the_command(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv(RECORD, str(tmp_path / "verdicts"))
    check("relu.relu", lambda z: np.maximum(0, z))
    with pytest.raises(CheckFailed):
        check("relu.relu", abs)
    first, second = map(json.loads, (tmp_path / "verdicts").read_text().splitlines())
    assert (first["passed"], second["passed"]) == (True, False)
    assert second["mistake"] == "absolute value"


def test_judge_draws_other_inputs_from_another_rng():
    table = [[-1.5, 0.0, 2.5]]

    def only_the_first_case(z):
        return np.maximum(0, z) if z.tolist() in table else z

    assert not judge("relu.relu", only_the_first_case, rng=np.random.default_rng(7)).passed


# --- in a kernel -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown():
    """What a kernel sends of a wrong and of a right answer; a program asks for text."""
    cells = [
        'check("relu.relu", relu)',
        "from lessonlib import check\nimport numpy as np",
        'check("relu.relu", abs)',
        'check("relu.relu", lambda z: np.maximum(0, z))',
        "import os; os.environ['NBGRADER_EXECUTION'] = 'validate'",
        'check("relu.relu", abs)',
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    theirs = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    theirs["PYTHONSTARTUP"] = str(STARTUP)
    with notebook_client(notebook, Path.cwd(), 60, allow_errors=True) as client:
        client.execute(env=theirs)
    return notebook


def test_a_check_before_the_first_cell_of_a_notebook_gets_a_sentence(shown):
    (error,) = shown.cells[0].outputs
    assert error.traceback[0].startswith("`check` is not known yet. Run the first code cell")


def test_a_page_gets_html_with_its_text_and_a_word_where_the_run_stops(shown):
    page, error = shown.cells[2].outputs
    assert page.data["text/plain"].startswith("✗ relu.relu: not right yet, 0 of 1 point.")
    assert 'role="status"' in page.data["text/html"]
    assert error.traceback == [
        "relu.relu is not right yet. If you ran all cells, the run stopped here."
    ]
    (right,) = shown.cells[3].outputs
    assert right.data["text/plain"] == "✓ relu.relu: right. 1 of 1 point."
    assert (
        "Lesson 01: 1 of 10 points so far. Next: relu.relu_derivative." in right.data["text/html"]
    )


def test_a_program_that_reads_gets_all_words_as_text(shown):
    (error,) = shown.cells[5].outputs
    assert "Looks like: absolute value." in " ".join(error.traceback)


def test_a_saved_notebook_shows_its_verdicts_as_a_page(shown):
    page, _ = HTMLExporter().from_notebook_node(shown)
    assert page.count('<div role="status">') == 2
    assert page.count("<summary>Hint ") == len(find("relu.relu").hints)
