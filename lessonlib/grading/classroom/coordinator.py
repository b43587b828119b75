"""Grades a class: many submissions at once, each of them once, whatever happens in between.

The executor's workers only compute; this process alone writes the gradebook and `autograded/`. A
submission counts as done when its executed notebook lies there: removed before its points change,
written after them and in one move. So a run that was interrupted anywhere is finished by the next.
"""

import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from lessonlib.errors import UserError
from lessonlib.grading.classroom import gradebook as book
from lessonlib.grading.classroom import inbox
from lessonlib.grading.classroom.loading import load, task
from lessonlib.grading.classroom.workers import Crew, Round
from lessonlib.grading.grade import Graded, Task, grade, stumbled
from lessonlib.grading.limits import Limits
from lessonlib.grading.record import Record
from lessonlib.grading.scratch import sweep

PERMISSIONS = 0o444  # as nbgrader has it


@dataclass(frozen=True)
class Job:
    """One notebook of one learner."""

    student: str
    notebook: str


@dataclass
class Tally:
    """How a class did, by state; and the learners in whose case a person should look."""

    states: Counter = field(default_factory=Counter)
    unchanged: int = 0
    look_at: list[tuple[str, Record]] = field(default_factory=list)

    def add(self, student: str, record: Record) -> None:
        """Count a submission."""
        self.states[record.state] += 1
        if record.state != "graded":
            self.look_at.append((student, record))


Tell = Callable[[int, int], None]  # how many are done, of how many


class Classroom:
    """A lesson's submissions, and where their grades go."""

    def __init__(self, root: Path, lesson: str, limits: Limits, protected: bool = True):
        self.course, self.config = book.course_at(root)
        self.lesson = book.choose(self.course, lesson)
        self.limits, self.protected = limits, protected

    def grade(self, crew: Crew, tell: Tell = lambda done, total: None) -> Tally:
        """Grade what is new or has changed. Raises UserError if somebody else does so already."""
        students = inbox.students(self.course, self.lesson)
        with self._alone():
            sweep()
            book.enter(self.course, self.config, self.lesson)
            self.materials = {name: load(self.course, self.lesson, name)
                              for name in book.notebooks(self.course, self.lesson)}  # fmt: skip
            return self._grade(students, crew, tell)

    def _grade(self, students: list[str], crew: Crew, tell: Tell) -> Tally:
        tally, total = Tally(), len(students) * len(self.materials)
        known = book.who_is_in(self.course, self.lesson)
        with Gradebook(self.course.db_url, self.course.course_id) as gradebook:
            jobs = self._jobs(gradebook, students, known, tally)
            for job, graded in self._results(jobs, crew):
                self._keep(gradebook, job, graded)
                tally.add(job.student, graded.record)
                tell(tally.unchanged + sum(tally.states.values()), total)
        tell(total, total)
        return tally

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
        materials = self.materials[job.notebook]
        return task(self.course, materials, job.student, self.limits, self.protected)

    def _results(self, jobs: Iterator[Job], crew: Crew) -> Iterator[tuple[Job, Graded]]:
        for job, future in Round(crew, grade, jobs, self._task).results():
            yield job, self._result(job, future)

    def _result(self, job: Job, future: Future) -> Graded:
        """Return a job's grade; one that could not be had costs nobody else theirs."""
        try:
            return future.result()
        except UserError:
            raise
        except Exception as error:
            why = f"its worker ended or failed ({type(error).__name__}: {error})"
            return stumbled(self._task(job), why)

    # --- results ---------------------------------------------------------------------------------

    def _keep(self, gradebook: Gradebook, job: Job, graded: Graded) -> None:
        """Write the points, then the notebook: what lies there is in the gradebook."""
        path = self._place(job)
        executed = nbformat.reads(graded.notebook, as_version=4)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        where = (self.lesson, job.student, job.notebook)
        book.save(gradebook, *where, executed)
        self._date(gradebook, job)
        partial = path.with_name(".partial")
        partial.unlink(missing_ok=True)
        partial.write_text(graded.notebook, encoding="utf-8")
        partial.chmod(PERMISSIONS)
        os.replace(partial, path)

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
    if path.is_symlink() or not path.is_file():
        return None
    try:
        return course.get_existing_timestamp(str(folder))
    except BaseException:  # nbgrader leaves the program over a text that is no time
        return None
