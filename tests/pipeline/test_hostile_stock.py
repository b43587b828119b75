"""The hostile class through nbgrader as it comes: what it gives away, takes away and tells.

Nothing is asserted of nbgrader but that it was asked; the table is printed by `make hostile`. Its
kernels have all rights of the grader, so the whole of it runs in bubblewrap, one submission at a
time, and what would harm a machine even so is left out.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hostile_class import SUBMISSIONS
from hostile_kit import CANARIES, LESSONS, RELU, lay_out
from nbgrader.api import Gradebook, MissingEntry
from submissions import ROOT

from lessonlib.grading.host.isolation import find_bubblewrap

pytestmark = pytest.mark.stock

SECONDS = 150  # for one submission; nbgrader itself gives each cell 30
STOCK = (
    "\nfor name in ('Autograde', 'GenerateFeedback'):\n    c.pop(name)\n"  # nbgrader's own again
)
TRIED = [each for each in SUBMISSIONS if each.stock]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with nbgrader's own steps, and the class handed in."""
    root = tmp_path_factory.mktemp("stock")
    config = (ROOT / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(config + STOCK)
    shutil.copytree(ROOT / "solutions" / RELU, root / "solutions" / RELU)
    lay_out(root, TRIED)
    for lesson in LESSONS:
        nbgrader(root, "generate_assignment", lesson)
    return root


def nbgrader(root: Path, *command: str) -> None:
    """Run nbgrader in bubblewrap: the system read-only, no network, the course's folder its own."""
    inside = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    call = [
        find_bubblewrap(), "--unshare-all", "--die-with-parent", "--new-session", *inside,
        *("--bind", str(root), str(root), "--chdir", str(root), "--setenv", "HOME", str(root)),
        *("--setenv", "CANARY", CANARIES["environment"]),
        *("--", "prlimit", f"--as={8 * 2**30}", f"--fsize={2**30}"),
        *(sys.executable, "-m", "nbgrader", *command),
    ]  # fmt: skip
    try:
        subprocess.run(call, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        pass  # this submission is lost there


def points(root: Path, each) -> dict[str, float]:
    """Return what the gradebook says after grading; nothing for a submission that is lost."""
    with Gradebook(f"sqlite:///{root}/gradebook.db", "relu-to-backprop") as book:
        try:
            grades = book.find_submission_notebook(each.lesson, each.lesson, each.name).grades
        except MissingEntry:
            return {}
        return {grade.name: grade.score for grade in grades}


def leaks(root: Path, each) -> list[str]:
    """Return which canaries the submission's outputs show."""
    path = root / "autograded" / each.name / each.lesson / f"{each.lesson}.ipynb"
    if not path.is_file():
        return []
    cells = nbformat.read(path, as_version=4).cells
    text = json.dumps([cell.get("outputs", []) for cell in cells])
    own = CANARIES["another"] if each.name == "honest with a canary" else None
    return [name for name, canary in CANARIES.items() if canary in text and canary != own]


def test_what_nbgrader_makes_of_the_class(course):
    unearned = lost = 0.0
    gained, losers, leaking = [], [], []
    for each in TRIED:
        nbgrader(course, "autograde", each.lesson, f"--student={each.name}", "--force")
        got, expected = points(course, each), each.points()
        more = sum(max(0.0, got.get(c, 0) - most) for c, most in expected.items())
        less = sum(max(0.0, most - got.get(c, 0)) for c, most in expected.items())
        unearned, lost = unearned + more, lost + less
        gained += [each.name] if more else []
        losers += [each.name] if less else []
        leaking += [each.name] if leaks(course, each) else []
    print(f"\n\n{len(TRIED)} submissions of the hostile class through stock nbgrader")
    left_out = len(SUBMISSIONS) - len(TRIED)
    print(f"({left_out} that would harm the machine, or mean nothing there, were left out)\n")
    print(f"unearned points  {unearned:6.1f} in {len(gained)} submissions")
    print(f"lost points      {lost:6.1f} in {len(losers)} submissions")
    print(f"leaks            {len(leaking):6} submissions")
    for title, names in (("unearned", gained), ("lost", losers), ("leaks", leaking)):
        print(f"\n{title}: {', '.join(names) or 'none'}")
    assert points(course, TRIED[0]), "nbgrader did not even grade the honest one"
