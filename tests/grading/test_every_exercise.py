"""For every exercise of the course: through the isolation the verdict is that of the notebook."""

import hashlib
import inspect
import linecache
import re
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from given_cells import as_bytes, course_lesson, handed_in, solutions_of

import lessonlib
from lessonlib.checks import judge
from lessonlib.checks.asking import ask_here
from lessonlib.grading.grade import close_servers, grade
from lessonlib.grading.host import checks, isolation
from lessonlib.grading.host.checks import Check, Checker
from lessonlib.grading.host.isolation import Server
from lessonlib.grading.host.notebook import Notebook
from lessonlib.grading.lesson_files import module_files
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.task import Task
from lessonlib.lessons import LESSONS, find, lesson_of

pytestmark = pytest.mark.slow

SEEDS = range(1)  # of the further inputs on which each answer is judged; five in lessons' tests
EVERY = 5  # which of the mistakes are tried here; the lessons' own tests try all in this process
SLOW = {"twolayer.fit", "deep.network"}  # seconds for each answer: one judgement each
# The wrong answers of this one know the digits that are held back, which are not there inside.
UNSHIPPABLE = {"digits.classifier"}
EXERCISES = [exercise for lesson in LESSONS for exercise in lesson.exercises]


def by_name(each) -> str:
    return getattr(each, "name", None) or each.id


# --- right answers -------------------------------------------------------------------------------


@pytest.fixture
def judged_often(monkeypatch):
    """Let each check judge on further inputs as well; return the verdicts by exercise."""
    verdicts, examine = {}, Checker.examine

    def often(self, check, points):
        for seed in () if check.exercise in SLOW else SEEDS:
            verdict = self.judge(check, np.random.default_rng(seed))
            verdicts.setdefault(check.exercise, []).append(verdict)
        return examine(self, check, points)

    monkeypatch.setattr(Checker, "examine", often)
    return verdicts


@pytest.fixture(scope="module", autouse=True)
def no_server_is_left():
    yield
    close_servers()


@pytest.mark.parametrize("lesson", LESSONS, ids=by_name)
def test_the_solutions_get_all_points_on_any_inputs(lesson, judged_often):
    materials = course_lesson(lesson.name)
    notebook = handed_in(materials, solutions_of(materials))
    record = grade(Task(materials, as_bytes(notebook), {})).record
    assert (record.state, record.notes) == ("graded", ())
    points = {result.exercise: result.points for result in record.results}
    assert points == {exercise.id: exercise.points for exercise in lesson.exercises}
    messages = [v.message for each in judged_often.values() for v in each if not v.passed]
    assert messages == []
    assert set(judged_often) == set(points) - SLOW


def drawn(exercise, number: int):
    """Return the generator of inputs that a submission of this number would meet."""
    return Checker(None, b"secret", b"submission %d" % number).rng(exercise.id)


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_the_reference_is_right_on_the_inputs_of_any_submission(exercise):
    answer = exercise.reference() if exercise.returns == "named" else exercise.reference
    how = {"named": answer} if exercise.returns == "named" else {"answer": answer}
    for number in range(1 if exercise.id in SLOW else 5):
        verdict = judge(exercise, rng=drawn(exercise, number), ask=ask_here, **how)
        assert verdict.passed, f"submission {number}: {verdict.message}"


# --- mistakes ------------------------------------------------------------------------------------


def as_wrong_answer(exercise, mistake):
    """Return the answer that a mistake stands for, here or inside."""
    return mistake.wrong() if exercise.returns == "named" else mistake.wrong


def rng():
    import numpy as np

    return np.random.default_rng(0)


def with_slips(module: str) -> dict[str, Path]:
    """Return a module's files, and the slips that no submission sees."""
    code = module_files(module)
    slips = {Path(p).with_name("slips.txt"): f.with_name("slips.txt") for p, f in code.items()}
    return {**code, **{str(path): file for path, file in slips.items() if file.is_file()}}


class Inside:
    """A submission that may see the lessons, as no real one may: it hands in their mistakes."""

    def __init__(self):
        folder = Path(lessonlib.__file__).parent / "lessons"
        paths = [*folder.glob("*.py"), *(path.parent for path in folder.glob("*/__init__.py"))]
        modules = [f"lessonlib.lessons.{path.stem}" for path in paths if path.stem != "__init__"]
        with patch.object(isolation, "module_files", with_slips):
            self.server = Server(tuple(modules))
        self.notebook = Notebook(self.server, Limits(), {}, float("inf"))
        self.checker = Checker(self.notebook, b"", b"")
        self.run("from lessonlib.lessons import find")
        self.run('Value = find("autodiff.value").reference')  # used by other answers there
        self.run("\n\n".join(map(inspect.getsource, (as_wrong_answer, rng))))

    def run(self, source):
        ran = self.notebook.run(source, False, (), False)
        assert ran.error is None, ran.outputs

    def judge(self, exercise_id, name):
        """Return the verdict on what stands under a name, or in a dictionary of that name."""
        if find(exercise_id).returns != "named":
            return self.checker.judge(Check(exercise_id, name, {}), rng())
        names = find(exercise_id).answer_names
        self.run(f"globals().update({name})")
        return self.checker.judge(Check(exercise_id, "", {each: each for each in names}), rng())

    def mistake(self, exercise, number):
        """Return the verdict on one of the mistakes of an exercise."""
        place = f"find({exercise.id!r}), find({exercise.id!r}).mistakes[{number}]"
        self.run(f"wrong = as_wrong_answer({place})")
        return self.judge(exercise.id, "wrong")

    def close(self):
        self.notebook.close()
        self.server.close()


@pytest.fixture(scope="module")
def inside():
    inside = Inside()
    yield inside
    inside.close()


MISTAKES = [
    (exercise, number)
    for place, exercise in enumerate(EXERCISES)
    for number in range(1, len(exercise.mistakes))  # the first of each: in the test below
    if exercise.id not in UNSHIPPABLE and (number + place) % EVERY == 0 and exercise.id not in SLOW
]


def without_places(record: dict) -> dict:
    """Return a verdict's record without the places in memory that some objects show."""
    return {**record, "message": re.sub(r"0x[0-9a-f]+", "0x", record["message"])}


def by_mistake(each) -> str:
    return f"{each[0].id}: {each[0].mistakes[each[1]].name}"


def test_there_are_mistakes_of_every_lesson():
    assert len(MISTAKES) > 200
    assert {lesson_of(each[0].id) for each in MISTAKES} == set(LESSONS)


@pytest.mark.parametrize("each", MISTAKES, ids=by_mistake)
def test_a_mistake_is_named_through_the_isolation_too(inside, each):
    exercise, number = each
    verdict = inside.mistake(exercise, number)
    assert not verdict.passed
    assert verdict.points < exercise.points
    assert verdict.mistake == exercise.mistakes[number].name, verdict.message


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_the_likeliest_mistake_gets_the_same_words_and_points(inside, exercise):
    if exercise.id in UNSHIPPABLE:
        answer = list(range(359))
        inside.run("def wrong(X):\n    return list(range(len(X)))")
        theirs = inside.judge(exercise.id, "wrong")
        assert theirs == judge(exercise, lambda X: answer, rng())
        return
    wrong = as_wrong_answer(exercise, exercise.mistakes[0])
    how = {"named": wrong} if exercise.returns == "named" else {"answer": wrong}
    ours = judge(exercise, rng=rng(), **how)
    theirs = inside.mistake(exercise, 0)
    assert theirs.as_record() == ours.as_record()
    assert [output.reason for output in theirs.outputs] == [o.reason for o in ours.outputs]


# --- answers that do more than answer ------------------------------------------------------------

HEAD = "import os, sys, warnings\nimport numpy as np\n\n"
BACKWARD = "def layer_backward(dA, Z, W, X):\n"
RIGHT = "    dZ = dA * (Z > 0)\n    return dZ @ X.T, dZ.sum(axis=1, keepdims=True), W.T @ dZ\n"
ODD = {
    "right": RIGHT,
    "not written yet": "    raise NotImplementedError\n",
    "an argument changed": f"    dA *= Z > 0\n{RIGHT}",
    "two arguments changed": f"    X *= 1.0\n    X[0, 0] += 1; W += 1; W -= 1; W[0] = 0\n{RIGHT}",
    "an argument of another dtype": "    W = W.astype(np.float32)\n" + RIGHT,
    "a warning": f"    warnings.warn('look')\n{RIGHT}",
    "a warning of NumPy's": f"    np.log(np.zeros(1))\n{RIGHT}",
    "something printed": f"    print('Z is', Z.shape)\n{RIGHT}",
    "too much printed": f"    print('a' * 10_000)\n{RIGHT}",
    "an error": "    return dA @ Z @ W @ X\n",
    "an error of a key": "    return {}[0]\n",
    "a name that is not known": "    return nothing\n",
    "leaving by exit": "    sys.exit(3)\n",
    "ending the process": "    os._exit(3)\n",
    "more memory than there is": "    np.ones((10**6, 10**6))\n" + RIGHT,
    "a recursion without end": "    return layer_backward(dA, Z, W, X)\n",
    "an endless loop": "    while True:\n        pass\n",
    "nothing returned": "    pass\n",
    "one value": "    return dA\n",
    "four values": "    return dA, Z, W, X\n",
    "a dictionary": "    return {'dW': 1}\n",
    "a generator": "    yield from (dA, Z, W)\n",
    "lists": RIGHT.replace("return ", "return [a.tolist() for a in (").rstrip() + ")]\n",
    "objects": "    return object(), None, ...\n",
    "whole numbers for arrays": "    return 1, 2, 3\n",
    "long doubles": RIGHT.replace("dA * (Z > 0)", "(dA * (Z > 0)).astype(np.longdouble)"),
    "nan": "    dZ = dA * np.nan\n    return dZ @ X.T, dZ.sum(1, keepdims=True), W.T @ dZ\n",
}


@pytest.fixture
def impatient(monkeypatch):
    """Let an endless loop cost less here than it does in earnest."""
    monkeypatch.setattr(checks, "find", lambda name: replace(find(name), seconds=0.5))


@pytest.mark.parametrize("how", ODD)
def test_an_odd_answer_gets_the_same_verdict(inside, impatient, how, monkeypatch):
    monkeypatch.setattr("lessonlib.checks.judging.SLOW", np.inf)  # how busy the machine is aside
    source = HEAD + BACKWARD + ODD[how]
    exercise = replace(find("relu.layer_backward"), seconds=0.5)
    ours = judge(exercise, defined_here(source, "layer_backward"), rng())
    inside.run(source)
    theirs = inside.judge(exercise.id, "layer_backward")
    assert without_places(theirs.as_record()) == without_places(ours.as_record())
    assert (theirs.advice, theirs.printed) == (ours.advice, ours.printed)


def test_arrays_of_objects_are_no_arrays(inside):
    source = HEAD + BACKWARD + RIGHT.replace("dA * (Z > 0)", "(dA * (Z > 0)).astype(object)")
    ours = judge(find("relu.layer_backward"), defined_here(source, "layer_backward"), rng())
    inside.run(source)
    theirs = inside.judge("relu.layer_backward", "layer_backward")
    assert theirs.points == ours.points == 0
    assert "It is an object array;" in theirs.message
    assert "It is an object array;" in ours.message


def defined_here(source: str, name: str):
    """Return what a cell defines, in this process, with its lines known as a notebook has them."""
    file = f"<cell {hashlib.sha256(source.encode()).hexdigest()}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = {"__name__": "__main__"}
    exec(compile(source, file, "exec"), names)
    return names[name]


def test_what_an_answer_reads_of_its_notebook_is_told_in_the_same_words(inside):
    source = (
        "rate = 2.0\n\ndef positive(z):\n    return z > 0\n\n"
        "def relu(z):\n    return rate * z * positive(z)\n"
    )
    ours = judge(find("relu.relu"), defined_here(source, "relu"), rng())
    inside.run(source)
    theirs = inside.judge("relu.relu", "relu")
    assert theirs.message == ours.message
    assert "`rate`" in theirs.message


@pytest.mark.parametrize(
    "source",
    ["relu = 3", "relu = None", "relu = [1]", "def relu(z, more): ...", "def relu(): ...",
     "class relu:\n    def __init__(self, z): ...", "relu = abs", "relu = lambda *z: z[0]",
     "from functools import partial\nrelu = partial(max, 0)"],
)  # fmt: skip
def test_what_is_no_answer_at_all_gets_the_same_words(inside, source):
    ours = judge(find("relu.relu"), defined_here(source, "relu"), rng())
    inside.run(source)
    theirs = inside.judge("relu.relu", "relu")
    assert without_places(theirs.as_record()) == without_places(ours.as_record())
