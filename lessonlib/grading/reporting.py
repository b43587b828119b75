"""What `lessonlib collect`, `grade` and `report` do and say on the screen."""

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from lessonlib.checks.wording import listing
from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.classroom import inbox, workers
from lessonlib.grading.classroom.coordinator import Classroom, Tally
from lessonlib.grading.limits import Limits
from lessonlib.grading.record import Record
from lessonlib.grading.remote.isolation import expect_isolation


def collect(root: Path, name: str, folder: Path) -> None:
    """Take a folder of notebooks in and say what became of each."""
    course, _ = book.course_at(root)
    lesson = book.choose(course, name)
    taken = inbox.collect(course, lesson, book.notebooks(course, lesson)[0], folder)
    for student, how in taken.items():
        print(f"{student:<24} {how}")
    counts = Counter(taken.values())
    print(f"{lesson}: " + ", ".join(f"{count} {how}" for how, count in counts.items()) + ".")


def grade(root: Path, name: str, count: int, dask: str, protected: bool) -> None:
    """Grade a class with a progress bar, then say how it went and where to look."""
    if not dask:
        expect_isolation(protected)
    room = Classroom(root, name, Limits(), protected)
    with _progress() as bar:
        task = bar.add_task(room.lesson, total=None, rate="")

        def tell(done: int, total: int) -> None:
            speed = bar.tasks[task].speed
            rate = f"{60 * speed:.0f} a minute" if speed else ""
            bar.update(task, completed=done, total=total, rate=rate)

        try:
            with workers.dask(dask) if dask else workers.local(count) as crew:
                tally = room.grade(crew, tell)
        except KeyboardInterrupt:
            bar.stop()
            print("Stopped. What is graded is kept; run the same command again to go on.")
            raise SystemExit(130) from None
    _show(tally, room.lesson)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("left"),
    )  # fmt: skip


def _show(tally: Tally, lesson: str) -> None:
    graded = sum(tally.states.values())
    states = ", ".join(f"{count} {state}" for state, count in sorted(tally.states.items()))
    print(f"{lesson}: {graded} graded now" + (f" ({states})" if states else "")
          + (f", {tally.unchanged} unchanged" if tally.unchanged else "") + ".")  # fmt: skip
    if tally.look_at:
        table = Table("worth a look", "state", "why")
        for student, record in sorted(tally.look_at):
            table.add_row(escape(student), record.state, escape(" ".join(_why(record))))
        Console().print(table)


def _why(record: Record) -> list[str]:
    """Return what a person may want to know of a submission, in sentences."""
    stopped = [result.exercise for result in record.results if result.state != "graded"]
    whole = not stopped or len(stopped) == len(record.results)
    return [*record.notes, *([] if whole else [f"Stopped in {listing(stopped)}."])]


def report(root: Path, name: str) -> None:
    """Write a lesson's page and table, and say where they are."""
    from lessonlib.grading.report import write

    course, _ = book.course_at(root)
    for path in write(course, book.choose(course, name)):
        print(f"Written: {path.relative_to(root)}")
