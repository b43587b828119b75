"""How often the first step that differs is the line of the slip: on the catalogue, names changed.

    python tests/bench/bench_steps.py [PREFIX] [EVERY]

PREFIX: of the exercises' ids. EVERY: 5 takes every fifth slip.
"""

import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "locating"))

from slipped import exercises, slipped

from lessonlib.locating.apart import apart
from lessonlib.locating.steps import first_wrong

SECONDS = 20.0  # for one answer, however busy the machine is


def outcome(exercise, answer, lines) -> str:
    """Return "right", "wrong" or "silent"."""
    cases = exercise.cases(np.random.default_rng(0))

    def work():
        found = first_wrong(exercise, answer, cases)
        return found and asdict(found)

    found = apart(work, SECONDS)
    if not found:
        return "silent"
    return "right" if found["line"] in lines else "wrong"


def main(prefix: str = "", every: str = "1") -> None:
    """Print the counts by exercise, each line that is not the slip's, and the sum."""
    total, number = Counter(), 0
    for exercise in exercises():
        if exercise.seconds > 10 or not exercise.id.startswith(prefix):
            continue
        counts = Counter()
        for each in slipped(exercise):
            number += 1
            if number % int(every) == 0:
                found = outcome(exercise, each.answer, each.lines)
                counts[found] += 1
                if found == "wrong":
                    print(f"    not its line: {each.name}")
        total += counts
        print(f"{exercise.id:32} {dict(counts)}", flush=True)
    print(f"all {dict(total)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
