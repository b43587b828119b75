"""`lessonlib prove` is green on a new lesson, and red, with its line, on a fault of each kind."""

import pytest
from jupytext import reads

from lessonlib.building.source import read_lesson
from lessonlib.building.stubs import cleared
from lessonlib.checks import evidence
from lessonlib.lessons import find
from lessonlib.proof import answers, judging, prove

NAME = "20-batch-norm"
CODE, SLIPS = "batch_norm/__init__.py", "batch_norm/slips.txt"
TEXT = f"solutions/{NAME}/{NAME}.py"


@pytest.fixture
def faults(own_lesson, tmp_path):
    """Change the lesson's files, and say what `prove` finds: `faults((file, old, new), …)`."""

    def found(*changes):
        for file, old, new in changes:
            text = (tmp_path / file).read_text()
            assert text.count(old) == 1, f"{text.count(old)} times {old!r}"
            (tmp_path / file).write_text(text.replace(old, new))
        lessons = own_lesson()
        build(tmp_path)
        for cache in (answers.namespace, judging.diagnosis, judging.verdict_on_mistake):
            cache.cache_clear()
        lesson = lessons.lesson(NAME)
        return [str(fault) for proof in prove(tmp_path, lesson) for fault in proof.faults]

    return found


def build(root):
    """Make both notebooks, without a kernel and without nbgrader."""
    import nbformat

    text = root / TEXT
    solution = read_lesson(text, lambda _: 1, find)  # no slip is tried yet
    for folder in ("solutions", "course"):
        for cell in solution.cells:
            if folder == "course" and "BEGIN SOLUTION" in cell.source:
                cell.source = cleared(cell.source) if cell.cell_type == "code" else ""
        path = root / folder / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(solution, path)
    assert reads(text.read_text(), fmt="py:percent").cells


def test_a_new_lesson_has_no_faults(faults):
    assert faults() == []


def test_slips_that_raise_are_told_apart_by_their_errors(faults):
    first = (SLIPS, "mean = X.mean()  #", "mean = X.middle()  #")
    assert faults(first, (SLIPS, "mean = X.mean(axis=1, keepdims=True)", "mean = X.mean(7)")) == []


def test_an_explanation_may_name_what_the_reference_returns(faults):
    code = (CODE, "    return X - mean\n", "    parameters = X - mean\n    return parameters\n")
    assert faults(code, (SLIPS, "All numbers went into", "All parameters went into")) == []


# What is planted, as a change of a file; where the fault is seen, as a file and what stands in its
# line; and what is said.
HINT = "1. Look at one column alone. Its numbers have a mean."
SLOW = "a check that is slow"  # to prove that takes seconds
PLANTED = {
    "a stub that is right": (
        (TEXT, '    """X (m, n): each', '    return X - X.mean(axis=0)\n    """X (m, n): each'),
        (CODE, "def center"),
        "bnorm.center: the stub is not rejected",
    ),
    "a wrong solution": (
        (TEXT, "    return X - mean\n", "    return X + mean\n"),
        (CODE, "def center"),
        "bnorm.center: the solution cell is rejected",
    ),
    "a solution of another name": (
        (TEXT, "def center(X):", "def centre(X):"),
        (TEXT, 'solution="bnorm-center"'),
        "the solution of bnorm.center defines no center.",
    ),
    "a wrong variant": (
        (SLIPS, "return X - X.sum(axis=0)", "return X + X.sum(axis=0)"),
        (SLIPS, "return X + X.sum"),
        "bnorm.center: what is also right is rejected",
    ),
    "a slip that is right": (
        (SLIPS, "return X + mean  #", "return X + -mean  #"),
        (SLIPS, "return X + -mean"),
        "the slip 'the mean added': is as right as the reference",
    ),
    "a slip that gets another name": (
        (SLIPS, "return X + mean  #", "mean = np_mean(X)  #"),
        (SLIPS, "mean = np_mean(X)"),
        "the slip 'the mean added': is named 'one mean for the whole table'",
    ),
    "two slips that no case tells apart": (
        (SLIPS, "mean = X.mean(axis=1, keepdims=True)", "mean = np_mean(X)"),
        (SLIPS, "mean = np_mean(X)"),
        "is told apart from 'one mean for the whole table' by no case",
    ),
    "a slip with a typo": (
        (SLIPS, "mean = X.mean()  #", "maen = X.mean()  #"),
        (SLIPS, "maen"),
        "has no `maen`: it has mean, return.",
    ),
    "a mutant that survives": (
        (CODE, "    return X - mean\n", "    return X - mean - 0 * mean\n"),
        (CODE, "return X - mean"),
        "bnorm.center: `return X - mean + 0 * mean` is as right as the reference",
    ),
    "two slips that raise alike": (
        (SLIPS, "mean = X.mean(axis=1, keepdims=True)", "mean = X.mean(7)"),
        (SLIPS, "mean = X.mean(7)"),
        "is told apart from 'one mean for the whole table' by no case",
    ),
    SLOW: (
        (CODE, "    mean = X.mean(axis=0)\n", "    sleep()\n    mean = X.mean(axis=0)\n"),
        (CODE, "def center"),
        "s, and is stopped after 0.2 s",
    ),
    "hints that are too long": (
        (SLIPS, HINT, "1. " + 80 * "Look. "),
        (CODE, "def center"),
        "and should have 80 to 160",
    ),
    "an explanation that is too long": (
        (SLIPS, "All numbers went into", 100 * "Look. " + "All numbers went into"),
        (SLIPS, "mean = X.mean()"),
        "words, and should have 20 to 120",
    ),
    "hints that are too short": (
        (SLIPS, HINT, "1. Look."),
        (CODE, "def center"),
        "and should have 80 to 160",
    ),
    "an explanation that tells the solution": (
        (SLIPS, "All numbers went into", "Write X.mean(axis = 0). All went into"),
        (SLIPS, "mean = X.mean()"),
        "its explanation gives the solution away: X.mean(axis=0).",
    ),
    "no explanation": (
        (SLIPS, "    A minus with an equals sign writes into the table itself.\n", ""),
        (SLIPS, "X -= X.mean"),
        "the slip 'X overwritten': it has no explanation",
    ),
}


EACH = [pytest.param(kind, marks=[pytest.mark.slow] * (kind == SLOW)) for kind in PLANTED]


@pytest.mark.parametrize("kind", EACH)
def test_a_planted_fault_is_found_with_its_line(faults, kind, tmp_path):
    change, (file, marker), words = PLANTED[kind]
    with (tmp_path / CODE).open("a") as code:
        code.write("\n\ndef np_mean(X):\n    return X.mean()\n" + SLEEP * ("slow" in kind))
    if "slow" in kind:
        replace(tmp_path / CODE, "points=2, cases", "points=2, seconds=0.2, cases")
    if "alike" in kind:
        replace(tmp_path / SLIPS, "mean = X.mean()  #", "mean = X.mean(axis=7)  #")
    if "too short" in kind:
        shorten(tmp_path / SLIPS)
    found = faults(change)
    lines = (tmp_path / file).read_text().splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if marker in text)
    assert any(f"{file}, line {line}" in each and words in each for each in found), found


SLEEP = "\n\ndef sleep():\n    import time\n\n    time.sleep(0.05)\n"


def replace(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_a_constant_that_is_named_by_a_pattern_is_a_fault(faults, monkeypatch):
    """The evidence that a name needs keeps ours from it: here the need is taken away."""
    monkeypatch.setattr(evidence, "ENOUGH_FOR_ONE", 0)
    found = faults((CODE, "size=(m, n)) / 4", "size=(m, n)) / 400"))
    assert any("batch_norm/__init__.py, line" in e and "zeros are named" in e for e in found), found


def shorten(path):
    """Leave the second and third hint of the first exercise their first lines only."""
    lines = path.read_text().splitlines(keepends=True)
    del lines[8], lines[6], lines[4]
    path.write_text("".join(lines))
