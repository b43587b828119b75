"""How long a check takes, and `import lessonlib` beside `import numpy`: `make bench`.

Not a test: the numbers are the machine's as much as the code's. It ends with 1 if a limit that the
course promises is broken. Everything is measured as a learner meets it: a check with all its cases,
the process that it forks and, for a mistake, the diagnosis.
"""

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

MIDDLE_CHECK = 50.0  # milliseconds
IMPORT_RATIO = 1.3
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
    wrong = [mistake.wrong for mistake in exercise.mistakes if mistake.wrong is not None]
    return [answer() for answer in wrong] if exercise.returns == "named" else wrong


def time_checks() -> float:
    """Print a row an exercise and return the median over all answers, right and wrong."""
    everything = []
    print(f"Milliseconds a check, each the median of up to {CHECKS} runs\n")
    print(f"{'exercise':<28}{'right':>8}{'mistakes: median':>19}{'slowest':>10}")
    for exercise in (each for lesson in LESSONS for each in lesson.exercises):
        right = milliseconds(exercise, right_answer(exercise))
        wrong = [milliseconds(exercise, answer) for answer in wrong_answers(exercise)]
        shown = f"{statistics.median(wrong):19.1f}{max(wrong):10.1f}" if wrong else ""
        print(f"{exercise.id:<28}{right:8.1f}{shown}")
        everything += [right, *wrong]
    middle = statistics.median(everything)
    print(f"\n{len(everything)} answers: median {middle:.1f} ms, slowest {max(everything):.1f} ms")
    return middle


def import_seconds(statement: str) -> float:
    """Return what a statement takes in a fresh Python, without Python's own start."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return float(told.stdout)


def time_imports() -> float:
    """Print what imports cost, measured in turns, and return lessonlib's cost beside NumPy's."""
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
    return medians["import lessonlib"] / medians["import numpy"]


def main() -> int:
    middle, ratio = time_checks(), time_imports()
    broken = []
    if middle > MIDDLE_CHECK:
        broken.append(f"a check takes {middle:.1f} ms in the middle, not {MIDDLE_CHECK:.0f}")
    if ratio > IMPORT_RATIO:
        broken.append(f"import lessonlib takes {ratio:.2f} times import numpy, not {IMPORT_RATIO}")
    print("\n" + ("\n".join(f"Broken: {each}" for each in broken) or "Both limits hold."))
    return 1 if broken else 0


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        sys.exit(main())
