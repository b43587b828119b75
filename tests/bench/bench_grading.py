"""`lessonlib grade` beside stock `nbgrader autograde`, on one class: `make bench`.

Forty honest submissions of lesson 05, of varying success, are graded twice on two processors, each
time from a fresh gradebook: by nbgrader as it comes, and by `lessonlib grade` with its isolation.
Throughput includes start-up. Then the class is made ten times as large, and the most memory that
the coordinating process ever held is compared. It takes twenty minutes; it ends with 1 if a limit
that the course promises is broken.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/pipeline"))
from submissions import answered, path_of, solutions  # noqa: E402

LESSON = "05-two-layer-network"
STUDENTS, MANY = 40, 400
TIMES_AS_FAST = 5.0
FLAT = 1.15  # times the memory, for ten times the class
STOCK = (
    "\nfor name in ('Autograde', 'GenerateFeedback'):\n    c.pop(name)\n"  # nbgrader's own again
)
# What honest learners get wrong, beside what they leave out.
SLIPS = {
    "twolayer-tanh_derivative": "def tanh_derivative(a):\n    return 1 - a",
    "twolayer-compute_cost": "def compute_cost(A2, Y):\n"
    "    return -np.sum(Y * np.log(A2)) / Y.shape[1]",
    "twolayer-update_parameters": "def update_parameters(parameters, grads, learning_rate):\n"
    "    for name in ('W1', 'b1', 'W2', 'b2'):\n"
    "        parameters[name] -= learning_rate * grads['d' + name]\n    return parameters",
    "twolayer-suspects": "suspects = {'dW1'}",
    "twolayer-random_labels": "random_labels = 'a'",
}
MEASURED = """
import resource, runpy, sys
sys.argv = ["lessonlib", *sys.argv[1:]]
try:
    runpy.run_module("lessonlib.cli", run_name="__main__")
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def environment() -> dict[str, str]:
    """Return settings for the graders: this course's code, one thread each."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "PATH": path}


def course(folder: Path, stock: bool) -> None:
    """Make a course with this one lesson; with nbgrader's own steps if it is to be stock."""
    shutil.copytree(ROOT / "solutions" / LESSON, folder / "solutions" / LESSON)
    config = (ROOT / "nbgrader_config.py").read_text()
    (folder / "nbgrader_config.py").write_text(config + (STOCK if stock else ""))


def hand_in(folder: Path, count: int) -> None:
    """Write so many submissions: of each answer three quarters are right."""
    right, rng = solutions(LESSON), np.random.default_rng(5)
    for number in range(count):
        answers = {name: source for name, source in right.items() if rng.random() < 0.85}
        answers |= {name: slip for name, slip in SLIPS.items() if rng.random() < 0.12}
        notebook = answered(path_of(ROOT / "course", LESSON), answers)
        path = path_of(folder / "submitted" / f"student-{number:03}", LESSON)
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def run(folder: Path, *command: str) -> tuple[float, str]:
    """Run a command in a course and return its seconds and what it printed."""
    started = time.perf_counter()
    told = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment(), capture_output=True, text=True
    )
    if told.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{told.stdout[-2000:]}\n{told.stderr[-2000:]}")
    return time.perf_counter() - started, told.stdout


def scores(folder: Path) -> dict[tuple[str, str], float | None]:
    """Return the automatic points of each learner's cells."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "relu-to-backprop") as gradebook:
        return {
            (submission.student_id, grade.name): grade.auto_score
            for submission in gradebook.find_assignment(LESSON).submissions
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def grade_ours(folder: Path, count: int) -> tuple[float, int]:
    """Grade a new class with lessonlib; return the seconds and the coordinator's peak in KiB."""
    course(folder, stock=False)
    hand_in(folder, count)
    run(folder, "-m", "nbgrader", "generate_assignment", LESSON)
    seconds, told = run(folder, "-c", MEASURED, "grade", LESSON, "--workers", "2")
    return seconds, int(told.split("peak")[-1])


def grade_stock(folder: Path) -> float:
    """Grade the class with nbgrader as it comes; return the seconds."""
    course(folder, stock=True)
    hand_in(folder, STUDENTS)
    run(folder, "-m", "nbgrader", "generate_assignment", LESSON)
    return run(folder, "-m", "nbgrader", "autograde", LESSON)[0]


def main() -> int:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with tempfile.TemporaryDirectory() as name:
        ours, stock, many = (Path(name) / each for each in ("ours", "stock", "many"))
        for folder in (ours, stock, many):
            folder.mkdir()
        our_seconds, peak = grade_ours(ours, STUDENTS)
        stock_seconds = grade_stock(stock)
        same = scores(ours) == scores(stock)
        ratio = stock_seconds / our_seconds
        print(f"{STUDENTS} submissions of lesson 05 on two processors")
        print(f"nbgrader autograde   {stock_seconds:7.1f} s")
        print(f"lessonlib grade      {our_seconds:7.1f} s   {ratio:.1f} times as fast, isolated")
        print(f"the same scores      {'yes' if same else 'NO'}")
        many_seconds, many_peak = grade_ours(many, MANY)
        growth = many_peak / peak
        print(f"coordinator at {STUDENTS:3}   {peak / 1024:7.0f} MiB")
        print(f"coordinator at {MANY:3}   {many_peak / 1024:7.0f} MiB   {growth:.2f} times")
        print(f"{MANY} submissions took {many_seconds:.0f} s")
    broken = [
        text
        for text, holds in {
            f"it is {ratio:.1f} times as fast, not {TIMES_AS_FAST:.0f}": ratio >= TIMES_AS_FAST,
            "the scores differ": same,
            f"the coordinator's memory grows {growth:.2f} times": growth <= FLAT,
        }.items()
        if not holds
    ]
    print("\n" + ("\n".join(f"Broken: {each}" for each in broken) or "All limits hold."))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
