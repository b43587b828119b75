"""What the README says of the lessons, shows of the checks and names in the tree is so."""

import ast
import re
import runpy
from pathlib import Path

import nbformat
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


def test_the_message_is_what_a_learner_gets(tmp_path):
    (tmp_path / "answer.py").write_text(ANSWER)
    layer_backward = runpy.run_path(str(tmp_path / "answer.py"))["layer_backward"]
    shown = re.search(r"^    ✗ relu\.layer_backward.*?(?=\n\n)", README, re.M | re.S)[0]
    message = judge("relu.layer_backward", layer_backward).message
    assert [line[4:] for line in shown.splitlines()] == message.splitlines()


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
