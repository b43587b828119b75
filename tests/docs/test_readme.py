"""What the README says of the lessons, shows of the checks and names in the tree is so."""

import ast
import re
import runpy
import textwrap
from pathlib import Path

import nbformat
import numpy as np
import pytest
from typer.main import get_command

from lessonlib import judge
from lessonlib.building.timing import TIME
from lessonlib.cli import app
from lessonlib.lessons import LESSONS, lesson, lesson_of

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| \[(.+?)\]\((course/.+?\.ipynb)\)(?:, after (\d\d))? \| .+ \| (\d+) \|$", re.M
)
ROWS = ROW.findall(README)
OURS = [each for each in LESSONS if each.module.startswith("lessonlib.lessons.")]
EXTRAS = [each for each in OURS if each.name.startswith("x")]


def minutes(path):
    """Return the minutes that a lesson's header promises."""
    header = TIME.search(nbformat.read(ROOT / path, as_version=4).cells[0].source)[1]
    return int(re.search(r"about (\d+) minutes", header)[1])


# --- the tables of lessons -----------------------------------------------------------------------


def test_the_tables_have_every_lesson_in_order():
    assert [path for _, path, _, _ in ROWS] == [f"course/{o.name}/{o.name}.ipynb" for o in OURS]
    assert [name.lower().replace(" ", "-") for name, *_ in ROWS] == [each.name for each in OURS]


@pytest.mark.parametrize(("name", "path", "after", "said"), ROWS)
def test_a_row_says_how_long_a_lesson_takes(name, path, after, said):
    assert int(said) == minutes(path), "the header of the lesson says so"


@pytest.mark.parametrize("after", [after for _, _, after, _ in ROWS if after])
def test_an_extra_comes_after_a_lesson(after):
    assert lesson(after).number == after


def test_the_lessons_exercises_and_hours_are_counted():
    proper = [each for each in OURS if each not in EXTRAS]
    exercises = sum(len(each.exercises) for each in proper)
    hours = sum(minutes(f"course/{each.name}/{each.name}.ipynb") for each in proper) / 60
    assert (
        f"There are {len(proper)} lessons with {exercises} exercises that check themselves, about "
        f"{hours:.0f} hours of work in all, and {len(EXTRAS)} extras."
    ) in " ".join(README.split())


def test_a_number_that_is_left_out_is_no_lesson_yet():
    """Let the sentence go when the last of them is there."""
    numbers = {each.number for each in OURS}
    missing = [f"{n:02}" for n in range(21) if f"{n:02}" not in numbers]
    said = re.search(r"The numbers that are left out, (.+?), are lessons", README)
    named = re.findall(r"\d+ to \d+|\d+", said[1]) if said else []
    spans = [(each.split(" to ")[0], each.split(" to ")[-1]) for each in named]
    assert missing == [f"{n:02}" for a, b in spans for n in range(int(a), int(b) + 1)]


# --- what is shown of the checks -----------------------------------------------------------------


ANSWER = """\
def layer_backward(dA, Z, W, X):
    dZ = dA * (Z > 0)
    dW = dZ @ X.T
    db = dZ[:, :1]
    dX = W.T @ dZ
    return dW, db, dX
"""


FIT = """\
def fit(X, Y, learning_rate, epochs):
    W, b, losses = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for _ in range(epochs):
        losses.append(float(np.mean((X @ W + b - Y) ** 2)))
        W = W - learning_rate * 2 * X.T @ (X @ W + b - Y) / Y.size
        b = b - learning_rate * 2 * (X @ W + b - Y).sum(axis=0) / Y.size
    return W, b, losses
"""


def message(folder, exercise, text):
    """Return the lines that a learner gets for an answer."""
    (folder / "answer.py").write_text(text)
    names = runpy.run_path(str(folder / "answer.py"), {"np": np})
    return judge(exercise, names[exercise.split(".")[1]]).message.splitlines()


def shown(begins, ends=r"(?=\n\n)"):
    """Return the lines of an indented block of the README."""
    block = re.search(rf"^    {re.escape(begins)}.*?{ends}", README, re.M | re.S)[0]
    return [line[4:] for line in block.splitlines()]


def test_the_message_is_what_a_learner_gets(tmp_path):
    """The failing inputs as Python, and the first step that differs, with its line."""
    lines = shown("✗ relu.layer_backward")
    assert lines == message(tmp_path, "relu.layer_backward", ANSWER)
    names = {"np": np}
    inputs = [line for line in lines[lines.index("with") + 1 :] if line.startswith("    ")]
    exec(textwrap.dedent("\n".join(inputs)), names)
    assert {"dA", "Z", "W", "X"} <= names.keys()


def test_the_place_of_the_edit_is_what_a_learner_gets(tmp_path):
    lines = shown("`dZ` and `dW` are right. `db` is not: line 4, `db = np.sum(dZ)`.")
    whole = message(tmp_path, "relu.layer_backward", ANSWER.replace("dZ[:, :1]", "np.sum(dZ)"))
    assert lines[1].startswith("Look there: ") and whole[-len(lines) :] == lines


def test_the_name_of_a_structural_mistake_is_what_a_learner_gets(tmp_path):
    lines = shown("`b` is not right: line 6")
    assert any(line.startswith("Looks like: ") for line in lines)
    assert message(tmp_path, "linreg.fit", FIT)[-len(lines) :] == lines


def test_the_verdict_from_python_is_as_shown():
    shown = re.search(r'    (verdict = judge\("relu.+\)\n)    (.+?)  +# (.+)\n', README)
    names = {"judge": judge}
    exec(shown[1], names)
    assert eval(shown[2], names) == ast.literal_eval(shown[3])


@pytest.mark.parametrize(
    ("exercise", "number"), re.findall(r"`mine\.(\w+\.\w+)` is .+ lesson (\d\d)", README)
)
def test_what_goes_on_was_written_in_the_lesson_that_is_named(exercise, number):
    assert lesson_of(exercise).number == number


def test_the_forms_of_cells_are_those_of_the_course():
    forms = re.findall(r'^    # (%% .*?(?:="\S+"))(?: points=\d)?  +', README, re.M)
    texts = "".join(path.read_text() for path in ROOT.glob("solutions/*/*.py"))
    assert len(forms) == 5
    assert [form for form in forms if f"# {form}" not in texts] == []


# --- what is named -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(re.findall(r"(?:    |`)lessonlib (\w+)", README))))
def test_a_command_is_there(name):
    assert name in get_command(app).commands


@pytest.mark.parametrize(
    "number", sorted(set(re.findall(r"lessonlib (?:check|collect|grade|report) (\d\d)", README)))
)
def test_a_lesson_in_a_command_is_there(number):
    assert lesson(number).number == number


def test_the_report_has_the_name_of_the_lesson_that_is_graded():
    shown = re.search(r"lessonlib report (\d\d) +# writes reports/(.+?)\.html", README)
    assert lesson(shown[1]).name == shown[2]


@pytest.mark.parametrize("path", re.findall(r"^\| `([\w/]+/)`", README, re.M))
def test_a_place_in_the_tree_is_there(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_a_link_leads_somewhere(target):
    assert (ROOT / target).is_file()


def test_the_parts_of_the_grading_benchmark_are_there():
    shown = re.search(r"`tests/bench/bench_grading\.py (\w+)` \(or (.+?)\)", README)
    code = (ROOT / "tests/bench/bench_grading.py").read_text()
    parts = re.findall(r'^        "(\w+)": lambda folder', code, re.M)
    assert [shown[1], *re.findall(r"\w+", shown[2])] == parts
