"""Grades a class: many submissions at once, each of them once, whatever happens in between.

The workers only compute; this process alone writes the gradebook and `autograded/`. A submission
counts as done when its executed notebook lies there: set aside before its points change, written
after them and in one move. So a run that was interrupted anywhere is finished by the next.
"""

import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from lessonlib.checks.wording import listing
from lessonlib.errors import UserError
from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.classroom import inbox, private
from lessonlib.grading.classroom.loading import load, task
from lessonlib.grading.classroom.solution import expect_right, planned
from lessonlib.grading.classroom.treatment import Treated, seconds_in_all, settled, treat
from lessonlib.grading.classroom.workers import Crew, Queue, Times
from lessonlib.grading.grade import warm_up
from lessonlib.grading.materials import Materials
from lessonlib.grading.model.plan import solution
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.record import Record
from lessonlib.grading.task import Plan, Task

PERMISSIONS = 0o444  # as nbgrader has it


@dataclass(frozen=True)
class Job:
    """One notebook of one learner."""

    student: str
    notebook: str


@dataclass
class Tally:
    """How a class did, by state; and where a person should look: learner, state, why."""

    states: Counter = field(default_factory=Counter)
    unchanged: int = 0
    look_at: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, student: str, record: Record) -> None:
        """Count a submission."""
        self.states[record.state] += 1
        why = " ".join(_why(record))
        if record.state != "graded" or why:
            self.look_at.append((student, record.state, why))


def _why(record: Record) -> list[str]:
    """Return what a person may want to know of a submission, in sentences."""
    stopped = [result.exercise for result in record.results if result.state != "graded"]
    whole = not stopped or len(stopped) == len(record.results)
    marked = [f"{cell} passed. {why}" for cell, why in book.marks(record).items()]
    return [*record.notes, *([] if whole else [f"Stopped in {listing(stopped)}."]), *marked]


class Screen(Protocol):
    """Is told how far the grading is."""

    def done(self, done: int, total: int) -> None:
        """So many submissions are done, of so many."""

    def waits(self, learners: list[str]) -> None:
        """These learners' submissions are waited for, after a long time."""


class Silent:
    """A screen that shows nothing."""

    def done(self, done: int, total: int) -> None: ...

    def waits(self, learners: list[str]) -> None: ...


class Classroom:
    """A lesson's submissions, and where their grades go."""

    def __init__(self, root: Path, lesson: str, limits: Limits, protected: bool = True,
                 patience: float = 3600.0):  # fmt: skip
        self.course, self.config = book.course_at(root)
        self.lesson = book.choose(self.course, lesson)
        self.limits, self.protected = limits, protected
        self.times = Times(seconds_in_all(limits), patience=patience)

    def grade(self, crew: Crew, screen: Screen | None = None, anyway: bool = False) -> Tally:
        """Grade what is new or has changed.

        anyway: also where the instructor's own solution fails its tests.
        Raises UserError where nothing can be graded, or nothing more; what is graded is kept.
        """
        students = inbox.students(self.course, self.lesson)
        with book.plainly(self.course), self._alone():
            book.enter(self.course, self.config, self.lesson)
            self.secret = private.secret(self.course)
            self.materials = {name: load(self.course, self.lesson, name)
                              for name in book.notebooks(self.course, self.lesson)}  # fmt: skip
            self.plans = {
                name: self._planned(crew, materials) for name, materials in self.materials.items()
            }
            if not anyway:
                expect_right(self.lesson, list(self.plans.values()))
            tally = self._grade(students, crew, screen or Silent())
        tally.look_at += self._remarks()
        return tally

    def _planned(self, crew: Crew, materials: Materials) -> Plan:
        """Have the solution graded by one worker; the others get ready meanwhile."""
        task = solution(materials, self.limits, self.protected, self.secret)
        for _ in range(crew.others):
            crew.submit(self.times.full, warm_up, task)
        return planned(crew.call, self.course, task)

    def _remarks(self) -> list[tuple[str, str, str]]:
        """Return what a person should know that is in no submission's record."""
        left_out = inbox.left_out(self.course, self.lesson)
        found = [(name, "left out", why) for name, why in left_out.items()]
        for name, plan in self.plans.items():
            solution = f"the solution of {name}"
            found += [(solution, "faulty", why) for why in plan.faults]
            found += [(solution, "odd", why) for why in plan.advice]
        return found

    def _grade(self, students: list[str], crew: Crew, screen: Screen) -> Tally:
        tally, total = Tally(), len(students) * len(self.materials)
        known = book.who_is_in(self.course, self.lesson)
        with book.opened(self.course) as gradebook:
            jobs = self._jobs(gradebook, students, known, tally)
            for job, future in self._queue(crew, screen).results(jobs):
                record = self._keep(gradebook, job, self._treated(job, future))
                tally.add(job.student, record)
                screen.done(tally.unchanged + sum(tally.states.values()), total)
        screen.done(total, total)
        return tally

    def _queue(self, crew: Crew, screen: Screen) -> Queue:
        def waits(jobs: list[Job]) -> None:
            screen.waits(sorted({job.student for job in jobs}))

        return Queue(crew, treat, self._task, self.times, waits)

    def _jobs(self, gradebook: Gradebook, students, known: set[str], tally) -> Iterator[Job]:
        for student in students:
            for notebook in self.materials:
                job = Job(student, notebook)
                if student in known and self._is_done(job):
                    self._date(gradebook, job)  # the due date may be another one by now
                    tally.unchanged += 1
                else:
                    yield job

    def _is_done(self, job: Job) -> bool:
        record = Record.of_file(self._place(job))
        if record is None or record.state == "failed":  # that was our fault: perhaps it works now
            return False
        return record.fingerprint == self._task(job).fingerprint()

    def _task(self, job: Job) -> Task:
        return task(
            self.course, job.student, materials=self.materials[job.notebook], limits=self.limits,
            protected=self.protected, secret=self.secret, plan=self.plans[job.notebook],
        )  # fmt: skip

    def _treated(self, job: Job, future: Future) -> Treated:
        return settled(future.result, lambda: self._task(job), self.times.full)

    # --- results ---------------------------------------------------------------------------------

    def _keep(self, gradebook: Gradebook, job: Job, treated: Treated) -> Record:
        """Write the points, then the notebook: what lies there is in the gradebook."""
        path = self._place(job)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside, partial = (path.with_name(f".{name}-{path.name}") for name in ("last", "new"))
        if path.exists():
            os.replace(path, aside)
        where = (self.lesson, job.student, job.notebook)
        book.save(gradebook, *where, treated, before=Record.of_file(aside))
        self._date(gradebook, job)
        partial.unlink(missing_ok=True)
        partial.write_bytes(treated.notebook)
        partial.chmod(PERMISSIONS)
        os.replace(partial, path)
        aside.unlink(missing_ok=True)
        return treated.record

    def _date(self, gradebook: Gradebook, job: Job) -> None:
        """Write when a graded notebook was handed in, and what that costs; the grades stay."""
        submitted = self._folder(job, self.course.submitted_directory)
        when = _timestamp(self.course, submitted)
        if when is not None:
            copy = self._place(job).with_name("timestamp.txt")
            copy.unlink(missing_ok=True)  # nbgrader may have made it read-only
            shutil.copyfile(submitted / "timestamp.txt", copy)
        where = (self.lesson, job.student, job.notebook)
        book.weigh_lateness(gradebook, self.config, *where, when)

    def _folder(self, job: Job, step: str) -> Path:
        return Path(self.course.format_path(step, job.student, self.lesson))

    def _place(self, job: Job) -> Path:
        return self._folder(job, self.course.autograded_directory) / f"{job.notebook}.ipynb"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second grader out for as long as this one lives."""
        path = Path(self.course.root) / self.course.autograded_directory / ".grading"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UserError("Another `lessonlib grade` is at work in this course.") from None
            yield


def _timestamp(course: CourseDirectory, folder: Path):
    path = folder / "timestamp.txt"
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 1000:
        return None
    try:
        return course.get_existing_timestamp(str(folder))
    except (Exception, SystemExit):  # nbgrader leaves the program over a text that is no time
        return None
