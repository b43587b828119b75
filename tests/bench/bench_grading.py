"""`lessonlib grade` beside stock `nbgrader autograde`, on the same classes: `make bench`.

Three classes of honest submissions, of varying success, are graded twice on two processors, each
time from a fresh gradebook: by nbgrader as it comes, and by `lessonlib grade` with its isolation.
Throughput includes start-up, and the instructor's own solution, which is graded first. Then a class
is made ten times as large, and the most memory that the coordinating process ever held is compared.

    python tests/bench/bench_grading.py              # all of it, in about twenty minutes
    python tests/bench/bench_grading.py 01 memory    # some of it: 01, 07, pandas, memory

It ends with 1 if a limit that the course promises is broken.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/pipeline"))
import pandas_course  # noqa: E402
from submissions import answered, path_of, solutions  # noqa: E402
from tables import Exercise, read, source  # noqa: E402

FLAT, MOST = 1.15, 200  # times the memory, for ten times the class; MiB of the coordinator
STOCK = (
    "\nfor name in ('Autograde', 'GenerateFeedback'):\n    c.pop(name)\n"  # nbgrader's own again
)
MEASURED = """
import resource, runpy, sys
sys.argv = ["lessonlib", *sys.argv[1:]]
try:
    runpy.run_module("lessonlib.cli", run_name="__main__")
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass(frozen=True)
class Class:
    """A class that hands in an assignment.

    fast:     how many times nbgrader's throughput is promised.
    students: how many there are.
    lay_out:  writes the assignment into a folder of solutions.
    notebook: makes a learner's notebook with a random generator.
    """

    title: str
    lesson: str
    fast: float
    students: int
    lay_out: Callable[[Path], None]
    notebook: Callable[[np.random.Generator], NotebookNode]


# --- lessons of the course -----------------------------------------------------------------------

# What honest learners get wrong, beside what they leave out.
SLIPS = {
    "07-two-layer-network": {
        "twolayer-tanh_derivative": "def tanh_derivative(a):\n    return 1 - a",
        "twolayer-compute_cost": "def compute_cost(A2, Y):\n"
        "    return -np.sum(Y * np.log(A2)) / Y.shape[1]",
        "twolayer-initialize_parameters": "def initialize_parameters(n_x, n_h, n_y, rng):\n"
        "    return {'W1': rng.random((n_h, n_x)), 'b1': np.zeros((n_h, 1)),\n"
        "            'W2': rng.random((n_y, n_h)), 'b2': np.zeros((n_y, 1))}",
        "twolayer-forward_propagation": "def forward_propagation(X, parameters):\n"
        "    Z1 = parameters['W1'] @ X\n    A1 = np.tanh(Z1)\n    Z2 = parameters['W2'] @ A1\n"
        "    A2 = sigmoid(Z2)\n    return A2, {'Z1': Z1, 'A1': A1, 'Z2': Z2, 'A2': A2}",
    },
    "01-relu-layer": {
        "relu-relu": "def relu(z):\n    return np.abs(z)",
        "relu-layer_forward": "def layer_forward(W, b, X):\n    Z = W @ X\n"
        "    return Z, np.maximum(0, Z)",
    },
}


def of_course(lesson: str, fast: float, students: int) -> Class:
    """Return a class for one of the course's lessons: of each answer three quarters are right."""
    right, slips = solutions(lesson), SLIPS[lesson]

    def lay_out(folder: Path) -> None:
        shutil.copytree(ROOT / "solutions" / lesson, folder / lesson)

    def notebook(rng: np.random.Generator) -> NotebookNode:
        answers = {name: source for name, source in right.items() if rng.random() < 0.85}
        answers |= {name: slip for name, slip in slips.items() if rng.random() < 0.12}
        return answered(path_of(ROOT / "course", lesson), answers)

    return Class(f"lesson {lesson[:2]}", lesson, fast, students, lay_out, notebook)


# --- an ordinary assignment ----------------------------------------------------------------------


def of_pandas(fast: float, students: int) -> Class:
    """Return a class for an ordinary assignment with NumPy and pandas and twenty tests."""
    exercises = read(pandas_course.TEXT)

    def lay_out(folder: Path) -> None:
        for name, content in pandas_course.FILES.items():
            path = folder / "pandas" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        nbformat.write(source(exercises), path_of(folder, "pandas"))

    def notebook(rng: np.random.Generator) -> NotebookNode:
        cells = [each for exercise in exercises for each in _cells(exercise, rng)]
        return nbformat.v4.new_notebook(cells=cells, metadata=source([]).metadata)

    return Class("an ordinary assignment", "pandas", fast, students, lay_out, notebook)


def _cells(exercise: Exercise, rng: np.random.Generator) -> list[NotebookNode]:
    wrong = max(len(part.wrong) for part in exercise.parts)
    variant = int(rng.integers(1, wrong + 1)) if wrong and rng.random() < 0.2 else 0
    return [part.cell(name, part.answered(variant)) for name, part in exercise.named()]


# --- grading -------------------------------------------------------------------------------------


class Course:
    """A course in a folder of its own, with one class; with nbgrader's steps if it is stock."""

    def __init__(self, folder: Path, whose: Class, students: int, stock: bool = False):
        self.folder, self.whose = folder, whose
        folder.mkdir()
        config = (ROOT / "nbgrader_config.py").read_text()
        (folder / "nbgrader_config.py").write_text(config + (STOCK if stock else ""))
        whose.lay_out(folder / "solutions")
        self._hand_in(students)
        self.run("-m", "nbgrader", "generate_assignment", whose.lesson)

    def _hand_in(self, students: int) -> None:
        rng = np.random.default_rng(5)
        for number in range(students):
            path = path_of(self.folder / "submitted" / f"student-{number:03}", self.whose.lesson)
            path.parent.mkdir(parents=True)
            nbformat.write(self.whose.notebook(rng), path)

    def run(self, *command: str) -> tuple[float, str]:
        """Run a command and return its seconds and what it printed."""
        started = time.perf_counter()
        told = subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=environment(),
            capture_output=True, text=True,
        )  # fmt: skip
        if told.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{told.stdout[-2000:]}\n{told.stderr[-2000:]}")
        return time.perf_counter() - started, told.stdout

    def ours(self) -> tuple[float, float]:
        """Grade with lessonlib; return the seconds and the coordinator's peak in MiB."""
        seconds, told = self.run("-c", MEASURED, "grade", self.whose.lesson, "--workers", "2")
        return seconds, int(told.split("peak")[-1]) / 1024

    def stock(self) -> float:
        """Grade with nbgrader as it comes; return the seconds."""
        return self.run("-m", "nbgrader", "autograde", self.whose.lesson)[0]

    def scores(self) -> dict[tuple[str, str], tuple[float | None, bool]]:
        """Return the automatic points of each learner's cells, and whether a person has to look."""
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db", "relu-to-backprop") as gradebook:
            return {
                (submission.student_id, grade.name): (grade.auto_score, grade.needs_manual_grade)
                for submission in gradebook.find_assignment(self.whose.lesson).submissions
                for notebook in submission.notebooks
                for grade in notebook.grades
            }


def environment() -> dict[str, str]:
    """Return settings for the graders: this course's code, one thread each."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "PATH": path}


# --- what is measured ----------------------------------------------------------------------------


def compare(folder: Path, whose: Class) -> list[str]:
    """Grade a class with both graders, say how they did and return what is broken."""
    ours = Course(folder / f"ours-{whose.lesson}", whose, whose.students)
    stock = Course(folder / f"stock-{whose.lesson}", whose, whose.students, stock=True)
    our_seconds, _ = ours.ours()
    stock_seconds = stock.stock()
    ratio, same = stock_seconds / our_seconds, ours.scores() == stock.scores()
    print(f"\n{whose.students} submissions of {whose.title} on two processors")
    print(f"nbgrader autograde   {stock_seconds:7.1f} s")
    print(f"lessonlib grade      {our_seconds:7.1f} s   {ratio:.1f} times as fast, isolated")
    print(f"the same scores      {'yes' if same else 'NO'}", flush=True)
    slow = f"{whose.title} is {ratio:.1f} times as fast, not {whose.fast:.0f}"
    return [*([] if ratio >= whose.fast else [slow]),
            *([] if same else [f"{whose.title}: the scores differ"])]  # fmt: skip


def compare_memory(folder: Path, whose: Class, few: int = 40, many: int = 400) -> list[str]:
    """Grade two classes, say what memory the coordinator took and return what is broken."""
    peaks = []
    for count in (few, many):
        seconds, peak = Course(folder / f"of-{count}", whose, count).ours()
        print(f"\n{count} submissions of {whose.title} took {seconds:.0f} s")
        print(f"coordinator          {peak:7.0f} MiB", flush=True)
        peaks.append(peak)
    growth, most = peaks[1] / peaks[0], peaks[1]
    return [*([] if growth <= FLAT else [f"the coordinator's memory grows {growth:.2f} times"]),
            *([] if most <= MOST else [f"the coordinator takes {most:.0f} MiB"])]  # fmt: skip


def main() -> int:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    parts = {
        "01": lambda folder: compare(folder, of_course("01-relu-layer", 25, 40)),
        "07": lambda folder: compare(folder, of_course("07-two-layer-network", 8, 40)),
        "pandas": lambda folder: compare(folder, of_pandas(4, 40)),
        "memory": lambda folder: compare_memory(folder, of_course("01-relu-layer", 25, 40)),
    }
    wanted = sys.argv[1:] or list(parts)
    if unknown := sorted(set(wanted) - set(parts)):
        sys.exit(f"There is no part {unknown[0]}; there are {', '.join(parts)}.")
    broken = []
    for part in wanted:
        with tempfile.TemporaryDirectory() as name:
            broken += parts[part](Path(name))
    print("\n" + ("\n".join(f"Broken: {each}" for each in broken) or "All limits hold."))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
