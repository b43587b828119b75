"""What `lessonlib grade`, `report` and `feedback` do and say on the screen."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from lessonlib.checks.wording import listing
from lessonlib.grading.classroom import workers
from lessonlib.grading.host.isolation import expect_isolation
from lessonlib.grading.protocol.limits import Limits
from lessonlib.printable import one_line

if TYPE_CHECKING:
    from lessonlib.grading.classroom.coordinator import Tally


def grade(root: Path, name: str, count: int, dask: str, protected: bool, anyway: bool,
          patience: float) -> None:  # fmt: skip
    """Grade a class with a progress bar, then say how it went and where to look.

    patience: minutes after which it is said who is waited for, again and again.
    """
    if not dask:
        expect_isolation(protected)
    try:
        with _crew(count, dask, protected) as crew:
            # A second or two, in which the workers start.
            from lessonlib.grading.classroom.coordinator import Classroom

            room = Classroom(root, name, Limits(), protected, 60 * patience)
            with _Bar(room.lesson, patience, crew) as bar:
                tally = room.grade(crew, bar, anyway)
    except KeyboardInterrupt:
        print("Stopped. What is graded is kept; run the same command again to go on.")
        raise SystemExit(130) from None
    _show(tally, room.lesson)


def _crew(count: int, dask: str, protected: bool) -> workers.Crew:
    if not dask:
        return workers.LocalCrew(count)
    from lessonlib.grading.classroom import cluster  # which knows all lessons

    return cluster.dask(dask, print, protected)


class _Bar(Progress):
    """The progress of the grading on the screen."""

    def __init__(self, lesson: str, patience: float, crew: workers.Crew):
        super().__init__(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("left"),
        )  # fmt: skip
        self.minutes = 0.0
        self.patience, self.crew = patience, crew
        self.all = self.add_task(lesson, total=None, rate="")

    def done(self, done: int, total: int) -> None:
        """Show how many submissions are done, of how many."""
        speed = self.tasks[self.all].speed
        count = f"{self.crew.workers} worker{'s' * (self.crew.workers != 1)}"
        rate = f"{60 * speed:.0f} a minute by {count}" if speed else ""
        self.update(self.all, completed=done, total=total, rate=rate)

    def waits(self, learners: list[str]) -> None:
        """Say who is waited for."""
        self.minutes += self.patience
        who = one_line(listing(learners), 1000)
        self.console.print(f"After {self.minutes:g} minutes, waiting for: {who}.", markup=False,
                           highlight=False)  # fmt: skip


def _show(tally: "Tally", lesson: str) -> None:
    graded = sum(tally.states.values())
    states = ", ".join(f"{count} {state}" for state, count in sorted(tally.states.items()))
    print(f"{lesson}: {graded} graded now" + (f" ({states})" if states else "")
          + (f", {tally.unchanged} unchanged" if tally.unchanged else "") + ".")  # fmt: skip
    if tally.look_at:
        table = Table("worth a look", "state", "why")
        for student, state, why in sorted(tally.look_at):
            table.add_row(escape(one_line(student)), state, escape(one_line(why, 2000)))
        Console().print(table)


def report(root: Path, name: str) -> None:
    """Write a lesson's page and table, or the course's page, and say where they are."""
    from lessonlib.grading.classroom import gradebook as book
    from lessonlib.grading.report import write, write_course

    course, _ = book.course_at(root)
    with book.plainly(course):
        paths = write(course, book.choose(course, name)) if name else [write_course(course)]
    for path in paths:
        print(f"Written: {path.relative_to(root)}")


def feedback(root: Path, name: str, heads: dict[str, str] | None = None) -> None:
    """Make the feedback pages of a lesson and one file of them, and say where it is.

    heads: what the names of each learner's pages begin with; their ids if not said.
    """
    from lessonlib.grading.classroom import gradebook as book
    from lessonlib.grading.feedback import handing_back

    course, config = book.course_at(root)
    with book.plainly(course):
        lesson = book.choose(course, name)
        graded = handing_back.learners(course, lesson)
        with Progress() as bar:
            pages = bar.add_task(f"{lesson}: pages", total=len(graded))
            handing_back.make(config, lesson, lambda: bar.advance(pages))
        path = handing_back.pack(course, lesson, heads)
    left = [who for who in graded if heads is not None and who not in heads]
    if left:
        print(f"Left out, not in the download: {one_line(listing(left), 2000)}.")
    count = len(graded) - len(left)
    print(f"Written: {path.relative_to(root)}, with the pages of {count} learners.")
