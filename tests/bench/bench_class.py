"""A class of thousands, graded for real and reported on: `make simulate`.

Each learner hands in a small notebook, which is run locked away like any other. At a quarter, half
and the end of the class it is noted what the coordinating process has needed; then the report and
the export of the whole class are timed, in seconds of the processor.

    python tests/bench/bench_class.py                    # 10,000 learners
    python tests/bench/bench_class.py --learners 400 --workers 4

It ends with 1 if a limit that the course promises is broken.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/pipeline"))
from small_class import LESSON, make, scores  # noqa: E402

from lessonlib.grading.classroom import coordinator  # noqa: E402
from lessonlib.grading.classroom.coordinator import Classroom, Silent  # noqa: E402
from lessonlib.grading.classroom.workers import LocalCrew  # noqa: E402
from lessonlib.grading.protocol.limits import Limits  # noqa: E402

FLAT = 1.10  # times the peak memory, from a quarter of the class to its end
LINEAR = 1.25  # times the coordinator's work for a submission, from the first quarter to the rest
SECONDS = 60  # for the report and the export of 10,000 learners together


# --- the process that grades ---------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """What the coordinator has needed so far.

    peak: the most memory that it ever held, in MiB.
    wall, processor, gradebook: seconds; the last two of its own processor.
    """

    done: int
    peak: float
    wall: float
    processor: float
    gradebook: float


class Marks(Silent):
    """A screen that takes notes when so many submissions are done."""

    def __init__(self, at: list[int]):
        self.at, self.found, self.gradebook = at, [], 0.0

    def done(self, done: int, total: int) -> None:
        """Take a note if it is time for one."""
        if self.at and done >= self.at[0]:
            self.at.pop(0)
            now = done, peak(), time.perf_counter(), time.process_time(), self.gradebook
            self.found.append(Mark(*now))

    def timed(self, function: Callable) -> Callable:
        """Return a function whose time counts as the gradebook's."""

        def call(*arguments, **options):
            started = time.thread_time()
            try:
                return function(*arguments, **options)
            finally:
                self.gradebook += time.thread_time() - started

        return call


def peak() -> float:
    """Return the most memory that this process has held, in MiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def grade(root: Path, workers: int, at: list[int]) -> None:
    """Grade the class in this process, and print the notes."""
    marks = Marks(at)
    for name in ("save", "weigh_lateness"):
        setattr(coordinator.book, name, marks.timed(getattr(coordinator.book, name)))
    with LocalCrew(workers) as crew:
        start = Mark(0, peak(), time.perf_counter(), time.process_time(), 0.0)
        Classroom(root, LESSON, Limits()).grade(crew, marks)
    print(json.dumps([asdict(mark) for mark in (start, *marks.found)]))


# --- the process that asks for it ----------------------------------------------------------------


def run(root: Path, *command: object) -> tuple[float, str]:
    """Run a command in the course's folder; return its processor seconds and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        [sys.executable, *map(str, command)], cwd=root, capture_output=True, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if told.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{told.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, told.stdout


def tell(marks: list[Mark]) -> None:
    """Print a row for each part of the class."""
    print("until submission   peak memory   wall time   coordinator   of that, its gradebook")
    print("                                   each, in milliseconds")
    for last, mark in zip(marks, marks[1:], strict=False):
        wall, processor, gradebook = each(last, mark)
        share = f"{gradebook:.1f} ({100 * gradebook / processor:.0f} %)"
        row = f"{mark.done:>16,} {mark.peak:>9.0f} MiB {wall:>11.0f} {processor:>13.1f}"
        print(f"{row} {share:>24}", flush=True)


def each(last: Mark, mark: Mark) -> list[float]:
    """Return the milliseconds a submission between two notes: wall, processor, gradebook."""
    count = mark.done - last.done
    names = ("wall", "processor", "gradebook")
    return [1000 * (getattr(mark, name) - getattr(last, name)) / count for name in names]


def after(root: Path) -> float:
    """Time what comes after the grading, and return the report's and the export's seconds."""
    commands = {
        "report": ["report", LESSON],
        "export": ["export", LESSON, "--for", "canvas"],
        "export into a table": ["export", LESSON, "--for", "canvas", "--fill", "table.csv"],
        "grade, nothing has changed": ["grade", LESSON, "--workers", "1"],
    }
    spent = {}
    for name, command in commands.items():
        spent[name], _ = run(root, "-m", "lessonlib.cli", *command)
        print(f"{name:<28}{spent[name]:>7.1f} s of the processor", flush=True)
        made = root / "reports" / f"{LESSON}-canvas.csv"
        if name == "export":
            (root / "table.csv").write_bytes(made.read_bytes().replace(b'"small"', b'"small (1)"'))
    return sum(spent[name] for name in list(commands)[:3])


def broken(marks: list[Mark], seconds: float, learners: int) -> list[str]:
    """Return the promises that do not hold, in sentences."""
    _, quarter, *_, end = marks
    growth, work = end.peak / quarter.peak, each(quarter, end)[1] / each(marks[0], quarter)[1]
    most = SECONDS * max(1.0, learners / 10_000)
    return [
        *([] if growth <= FLAT else [f"the coordinator's memory grows {growth:.2f} times"]),
        *([] if work <= LINEAR else [f"a submission costs {work:.2f} times the work at the end"]),
        *([] if seconds <= most else [f"the report and the exports take {seconds:.0f} s"]),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--learners", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--grade", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    at = [asked.learners // 4, asked.learners // 2, asked.learners]
    if asked.grade:
        grade(asked.grade, asked.workers, at)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        root = make(Path(folder, "course"), asked.learners)
        options = ("--learners", asked.learners, "--workers", asked.workers)
        _, told = run(root, __file__, "--grade", root, *options)
        marks = [Mark(**mark) for mark in json.loads(told.splitlines()[-1])]
        print(f"{asked.learners:,} small submissions, {asked.workers} workers, SQLite\n")
        tell(marks)
        found = len({student for student, *_ in scores(root)})
        print(f"\nin the gradebook, once each: {found:,}")
        faults = broken(marks, after(root), asked.learners)
        faults += [] if found == asked.learners else [f"only {found} are in the gradebook"]
    print("\n" + ("\n".join(f"Broken: {each}" for each in faults) or "All limits hold."))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
