"""How long a lesson takes: counted, not felt, so that its header stays true when it changes.

Nobody was timed. What can be measured in the learner's notebook is counted, and the rates below
turn it into minutes. `python -m lessonlib.building.timing` prints each lesson's counts and the
header that follows from them; with `--run` it also runs the lessons and prints their seconds.
The machine needs less than half a minute for a whole lesson, so it has no part in the minutes.
"""

import argparse
import re
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lessonlib.building.execute import execute
from lessonlib.building.prose import FOLD, words
from lessonlib.building.readability import Reading, reading, terms_too_early
from lessonlib.project import LESSON_FOLDERS, find_root

# Adults read English non-fiction silently at 238 words a minute on average, and most at 175 to 300
# (Brysbaert 2019, Journal of Memory and Language 109, 104047). Ours is the slow end of that range:
# the text is technical, full of formulas, and English is a second language for many readers, who
# read more slowly by the same review.
WORDS_PER_MINUTE = 175
# The other three are assumptions of ours, for a beginner; no measurement stands behind them.
LINES_PER_MINUTE = 10  # of given code, to read and understand
MINUTES_PER_STOP = 1  # a prediction, a table with gaps, steps to put in order
MINUTES_PER_POINT = 2.5  # of an exercise, with its hints and a wrong answer or two

LONG = 90  # minutes; a longer lesson says where a break is good

STOP = re.compile(r"\*\*(?:Decide|Guess|(?:Now w|W)ith gaps|Put in order)\b")
SECTION = re.compile(r"^## (\d+)\. ", re.MULTILINE)
BREAK = re.compile(r"good place for a\s+break\s+(?:is\s+)?(before|after)\s+section\s+(\d+)")
TIME = re.compile(r"\*\*Time\*\*: (.*?)\. (\*\*Builds\s+on\*\*: .*?)(?=\n\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Content:
    """What a notebook gives to read and to do; folds (hints, answers to compare) do not count."""

    words: int  # of prose; a formula counts as it is read aloud
    lines: int  # of code in cells that are no check, without empty lines
    stops: int  # predictions, tables with gaps, steps to put in order
    exercises: int  # cells that are graded, by a check or by a person
    points: float

    @property
    def minutes(self) -> float:
        """The minutes that a beginner needs for all of it, by the rates of this module."""
        reading = self.words / WORDS_PER_MINUTE + self.lines / LINES_PER_MINUTE
        return reading + self.stops * MINUTES_PER_STOP + self.points * MINUTES_PER_POINT


def content(cells: list[NotebookNode]) -> Content:
    """Count what cells of a learner's notebook (one of course/) give to read and to do."""
    text = FOLD.sub("", "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))
    graded = [cell.metadata.nbgrader for cell in cells if _is_graded(cell)]
    given = [cell for cell in cells if cell.cell_type == "code" and not _is_graded(cell)]
    return Content(
        words=words(text),
        lines=sum(bool(line.strip()) for cell in given for line in cell.source.split("\n")),
        stops=len(STOP.findall(text)),
        exercises=len(graded),
        points=sum(each.points for each in graded),
    )


def _is_graded(cell: NotebookNode) -> bool:
    return cell.metadata.get("nbgrader", {}).get("grade", False)


def claim(counted: Content) -> str:
    """Return what a header says of its lesson, in 5 minutes and in 100 words."""
    minutes, some = 5 * round(counted.minutes / 5), 100 * round(counted.words / 100)
    return f"about {minutes} minutes for {some:,} words to read and {_exercises(counted)}"


def _exercises(counted: Content) -> str:
    return f"{counted.exercises} exercise{'s' * (counted.exercises != 1)}"


def time_before_sections(cells: list[NotebookNode]) -> dict[int, float]:
    """Return for each numbered section the part of the lesson's time, 0 to 1, that is before it."""
    total = content(cells).minutes
    return {
        int(number): content(cells[:index]).minutes / total
        for index, cell in enumerate(cells)
        if cell.cell_type == "markdown"
        for number in SECTION.findall(cell.source)
    }


def time_before_break(cells: list[NotebookNode], said: str) -> float | None:
    """Return the part of the time before the break that a header names; None if it names none."""
    found = BREAK.search(said)
    if not found:
        return None
    section = int(found[2]) + (found[1] == "after")
    return time_before_sections(cells)[section]


def _break(cells: list[NotebookNode], said: str) -> str:
    """Return where a break is good: as the header has it, else the section nearest to half-time."""
    found = BREAK.search(said)
    if found:
        return f"{found[1]} section {found[2]}"
    parts = time_before_sections(cells)
    return f"before section {min(parts, key=lambda number: abs(parts[number] - 0.5))}"


def header(cells: list[NotebookNode]) -> str:
    """Return the lesson's paragraph **Time** as it should be, wrapped for the lesson's text."""
    said, builds_on = TIME.findall(cells[0].source)[0]
    counted = content(cells)
    says = claim(counted)
    if BREAK.search(said) or counted.minutes > LONG:
        says += f"; a good place for a break is {_break(cells, said)}"
    paragraph = " ".join(f"**Time**: {says}. {builds_on}".split())
    return textwrap.fill(
        paragraph, 100, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )


def seconds_to_run(path: Path) -> float:
    """Return the seconds that a notebook's cells take, from a fresh kernel to the last output."""
    notebook = nbformat.read(path, as_version=4)
    started = time.perf_counter()
    execute(notebook, path.parent)
    return time.perf_counter() - started


def main() -> None:
    """Print for each lesson what is counted, the terms used too early, and the headers."""
    parser = argparse.ArgumentParser(description="How long each lesson takes, and how it reads.")
    parser.add_argument("--run", action="store_true", help="run the lessons and print the seconds")
    run, root = parser.parse_args().run, find_root()
    paths = sorted((root / "course").glob(f"{LESSON_FOLDERS}/*.ipynb"))
    lessons = {path.stem: nbformat.read(path, as_version=4).cells for path in paths}
    print(HEADING)
    for path, cells in zip(paths, lessons.values(), strict=True):
        seconds = seconds_to_run(root / "solutions" / path.parent.name / path.name) if run else None
        print(_row(path.stem, content(cells), reading(cells), seconds))
    print("\nUsed before they are explained:")
    for term, lesson, sentence in terms_too_early(lessons):
        print(f"- {term}, in {lesson}: {sentence[:100]}")
    print("", *(f"{name}\n{header(cells)}" for name, cells in lessons.items()), sep="\n\n")


HEADING = (
    f"{'lesson':26} words lines stops exercises points minutes before sentence long  ran\n"
    f"{'':26} (before: words before the first own code; sentence: words of one on average;\n"
    f"{'':26} long: sentences of more than 30 words; ran: seconds)"
)


def _row(lesson: str, counted: Content, how: Reading, seconds: float | None) -> str:
    ran = "" if seconds is None else f"{seconds:.1f}"
    before = "" if how.before_code is None else how.before_code
    return (
        f"{lesson:26} {counted.words:5} {counted.lines:5} {counted.stops:5} {counted.exercises:9} "
        f"{counted.points:6.0f} {counted.minutes:7.0f} {before:6} {how.sentence:8.1f} "
        f"{how.long:4} {ran:>4}"
    )


if __name__ == "__main__":
    main()
