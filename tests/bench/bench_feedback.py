"""How often a wrong answer's mistake is named, or its line is found: `make bench-feedback`.

    python tests/bench/bench_feedback.py [--size N] [--seed N] [--list FILE]

Not a test of single answers: it counts what learners would be told of several hundred answers with
slips that are drawn at random, and ends with 1 if a limit that the course promises is broken.
--size is the number of answers with one slip; there are half as many with two, as many catalogued
mistakes, and twice as many right answers. --list writes each answer with its verdict to a file, to
be read.
"""

import argparse
import statistics
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "feedback"), str(TESTS / "lessons")]

from corpus import SLOW, catalogued, slipped  # noqa: E402
from outcomes import Outcome, outcome, timed  # noqa: E402
from right_answers import EXERCISES, right_answers  # noqa: E402

import lessonlib.plots  # noqa: E402, F401  (a check forks: as large as a notebook's kernel)

FOUND, FOUND_OUTSIDE, FOUND_OF_TWO = 90.0, 60.0, 60.0  # percent, at least
FALSE = 2.0  # percent, at most: a wrong line or a wrong name
SLOWEST = 1.0  # the processor's seconds, the 95th percentile of a check of a wrong answer


# --- gathering ------------------------------------------------------------------------------


def gathered(answers: Iterable, size: int, folder: Path, label: str) -> list[Outcome]:
    """Return the outcomes of the first `size` answers that are wrong."""
    found = (o for o in (outcome(wrong, folder) for wrong in answers) if o is not None)
    outcomes = []
    for each in islice(found, size):
        outcomes.append(each)
        if sys.stderr.isatty():
            print(f"\r{label}: {len(outcomes)} of {size} ", end="", file=sys.stderr)
    return outcomes


def some_catalogued(rng: np.random.Generator, size: int) -> list:
    answers = list(catalogued())
    chosen = rng.permutation(len(answers))[:size]
    return [answers[i] for i in sorted(chosen)]


def right_ones(rng: np.random.Generator, size: int, folder: Path) -> tuple[list[str], list[float]]:
    """Judge some right answers; return those that were rejected, and the seconds each took."""
    answers = [(e, text) for e in EXERCISES if e.seconds <= SLOW for text in right_answers(e)]
    rejected, seconds = [], []
    for place in rng.permutation(len(answers))[:size]:
        exercise, text = answers[place]
        verdict, took = timed(exercise, text.loaded(folder))
        seconds.append(took)
        if not verdict.passed:
            rejected.append(f"{exercise.id}, {text.label}")
    return rejected, seconds


# --- the table ------------------------------------------------------------------------------


def share(outcomes: list[Outcome], field: str) -> float:
    """Return for how many of a hundred outcomes something is true."""
    return 100 * sum(getattr(o, field) for o in outcomes) / len(outcomes) if outcomes else 0.0


COLUMNS = {
    "found": "found", "named": "named", "located": "located", "misnamed": "misnamed",
    "misled": "misled", "error_there": "error there",
}  # fmt: skip


def row(label: str, outcomes: list[Outcome]) -> str:
    shares = (f"{share(outcomes, field):12.1f}" for field in COLUMNS)
    return f"{label:<34}{len(outcomes):6}{''.join(shares)}"


def table(groups: dict[str, list[Outcome]]) -> str:
    head = f"{'percent of the wrong answers':<34}{'of':>6}"
    head += "".join(f"{words:>12}" for words in COLUMNS.values())
    return "\n".join([head, *(row(label, outcomes) for label, outcomes in groups.items())])


def by_kind(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    """Return single slips by kind, the least found first."""
    kinds: dict[str, list[Outcome]] = {}
    for each in outcomes:
        kinds.setdefault(each.wrong.slips[0], []).append(each)
    return dict(sorted(kinds.items(), key=lambda item: share(item[1], "found")))


def split(outcomes: list[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """Return those that the issue's operators could undo, and the others."""
    inside = [o for o in outcomes if o.wrong.within]
    return inside, [o for o in outcomes if not o.wrong.within]


def time_row(label: str, seconds: list[float]) -> str:
    middle, high = statistics.median(seconds), np.percentile(seconds, 95)
    return f"{label:<34}{len(seconds):6}{1e3 * middle:12.0f}{1e3 * high:12.0f}"


def listing(outcomes: list[Outcome]) -> Iterator[str]:
    """Yield each answer with its verdict, for those who read them."""
    for each in outcomes:
        wrong, verdict = each.wrong, each.verdict
        said = [name for name in (*COLUMNS, "accepted") if getattr(each, name)]
        yield f"### {wrong.exercise.id}, {wrong.text.label}: {'; '.join(wrong.slips)}"
        yield f"{', '.join(said) or 'nothing'} | name {verdict.mistake} | planted {wrong.planted}"
        yield f"step {verdict.step} | edit {verdict.edit}"
        yield from (f"{n:3} {line}" for n, line in enumerate(wrong.text.lines, start=1))
        yield verdict.message + "\n"


# --- the command ------------------------------------------------------------------------------


def broken(single, double, rejected, everything) -> Iterator[str]:
    """Yield each promise that does not hold."""
    outside = split(single)[1]
    for words, outcomes, least in (
        ("single slips", single, FOUND),
        ("single slips outside the operators", outside, FOUND_OUTSIDE),
        ("answers with two slips", double, FOUND_OF_TWO),
    ):
        if share(outcomes, "found") < least:
            yield f"{share(outcomes, 'found'):.1f} % of {words} are found, not {least:.0f} %"
    if share(everything, "false") > FALSE:
        yield f"{share(everything, 'false'):.1f} % get a wrong name or line, not {FALSE:.0f} %"
    if rejected:
        yield f"right answers are rejected: {'; '.join(rejected)}"
    accepted = [o.wrong for o in everything if o.accepted]
    if accepted:
        told = "; ".join(f"{w.exercise.id}, {', '.join(w.slips)}" for w in accepted)
        yield f"wrong answers are accepted: {told}"
    high = np.percentile([o.seconds for o in everything], 95)
    if high > SLOWEST:
        yield f"the 95th percentile of a wrong check is {high:.2f} s, not {SLOWEST:g} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--list", type=Path)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rejected, right_seconds = right_ones(rng, 2 * options.size, place)
        single = gathered(slipped(rng, 1), options.size, place, "one slip")
        double = gathered(slipped(rng, 2), options.size // 2, place, "two slips")
        known = gathered(some_catalogued(rng, options.size), options.size, place, "catalogued")
    everything = [*single, *double, *known]
    inside, outside = split(single)
    print(table({"one slip": single, "  an operator undoes it": inside, "  none does": outside,
                 "two slips": double, "a catalogued mistake, unlisted": known}))  # fmt: skip
    print("\n" + table(by_kind(single)))
    print(f"\n{'processor milliseconds a check':<34}{'of':>6}{'median':>12}{'95 %':>12}")
    print(time_row("right", right_seconds))
    print(time_row("wrong", [o.seconds for o in everything]))
    accepted = Counter(o.accepted for o in everything)[True]
    print(f"\nright answers rejected: {len(rejected)}; wrong answers accepted: {accepted}")
    if options.list:
        options.list.write_text("\n".join(listing(everything)), encoding="utf-8")
    faults = list(broken(single, double, rejected, everything))
    print("\n" + ("\n".join(f"Broken: {each}" for each in faults) or "All limits hold."))
    return 1 if faults else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with np.errstate(all="ignore"):
        sys.exit(main())
