"""How long a check takes, and `import lessonlib` beside `import numpy`: `make bench`.

Not a test: the numbers are the machine's as much as the code's. It ends with 1 if a limit that the
course promises is broken. Everything is measured as a learner meets it: a check with all its cases,
the process that it forks and, for a mistake, the diagnosis.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import lessonlib.plots  # noqa: F401  (a check forks: let this process be as large as a notebook's)
from lessonlib import judge
from lessonlib.checks import Exercise
from lessonlib.lessons import LESSONS

MIDDLE_CHECK = 15.0  # milliseconds, of a right answer
SLOW_CHECK = 1_000.0  # milliseconds, of a wrong one, in 19 of 20 cases: its line is looked for
IMPORT_RATIO = 1.8
CHECKS = 7  # of one answer; odd, so that the median was measured
ENOUGH = 500.0  # milliseconds for one answer; one that trains a network is checked less often
IMPORTS = 15
ROOT = Path(__file__).parents[2]


def milliseconds(exercise: Exercise, answer) -> float:
    """Return the median time of a check of one answer."""
    times = []
    while len(times) <= CHECKS and sum(times) < ENOUGH:
        started = time.perf_counter()
        judge_it(exercise, answer)
        times.append(1e3 * (time.perf_counter() - started))
    return statistics.median(times[1:] or times)  # the first one imports what the others find


def judge_it(exercise: Exercise, answer) -> None:
    if exercise.returns == "named":
        judge(exercise.id, **answer)
    else:
        judge(exercise.id, answer)


def right_answer(exercise: Exercise):
    return exercise.reference() if exercise.returns == "named" else exercise.reference


def wrong_answers(exercise: Exercise) -> list:
    """Return the mistakes that can be handed in as they are."""
    wrong = [mistake.wrong for mistake in exercise.mistakes]
    return [answer() for answer in wrong] if exercise.returns == "named" else wrong


def time_checks() -> tuple[float, float]:
    """Print a row an exercise; return the median of right answers, and the 95 % of wrong ones."""
    all_right, all_wrong = [], []
    print(f"Milliseconds a check, each the median of up to {CHECKS} runs\n")
    print(f"{'exercise':<28}{'right':>8}{'mistakes: median':>19}{'slowest':>10}")
    for exercise in (each for lesson in LESSONS for each in lesson.exercises):
        right = milliseconds(exercise, right_answer(exercise))
        wrong = [milliseconds(exercise, answer) for answer in wrong_answers(exercise)]
        shown = f"{statistics.median(wrong):19.1f}{max(wrong):10.1f}" if wrong else ""
        print(f"{exercise.id:<28}{right:8.1f}{shown}")
        all_right.append(right)
        all_wrong += wrong
    middle, slow = statistics.median(all_right), float(np.percentile(all_wrong, 95))
    print(f"\n{len(all_right)} right answers: median {middle:.1f} ms")
    print(
        f"{len(all_wrong)} wrong ones: median {statistics.median(all_wrong):.1f} ms, "
        f"95 % within {slow:.0f} ms, slowest {max(all_wrong):.0f} ms"
    )
    return middle, slow


def import_seconds(statement: str) -> float:
    """Return what a statement takes in a fresh Python, without Python's own start."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
    )  # fmt: skip
    return float(told.stdout)


def time_imports() -> float:
    """Print what imports cost, measured in turns; return what `check` costs beside NumPy."""
    statements = ["import numpy", "import lessonlib", "from lessonlib import check"]
    times = {statement: [] for statement in statements}
    for _ in range(IMPORTS):
        for statement in statements:
            times[statement].append(import_seconds(statement))
    medians = {statement: statistics.median(each) for statement, each in times.items()}
    print(f"\nMilliseconds an import, each the median of {IMPORTS}, in turns, in a fresh Python\n")
    for statement, seconds in medians.items():
        ratio = seconds / medians["import numpy"]
        print(f"{statement:<28}{1e3 * seconds:8.1f}{ratio:8.2f} x NumPy")
    return medians["from lessonlib import check"] / medians["import numpy"]


def main() -> int:
    (middle, slow), ratio = time_checks(), time_imports()
    broken = []
    if middle > MIDDLE_CHECK:
        broken.append(f"a right check takes {middle:.1f} ms in the middle, not {MIDDLE_CHECK:.0f}")
    if slow > SLOW_CHECK:
        broken.append(f"the 95th percentile of a wrong one is {slow:.0f} ms, not {SLOW_CHECK:.0f}")
    if ratio > IMPORT_RATIO:
        broken.append(f"importing check takes {ratio:.2f} times NumPy, not {IMPORT_RATIO}")
    print("\n" + ("\n".join(f"Broken: {each}" for each in broken) or "All limits hold."))
    return 1 if broken else 0


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        sys.exit(main())
