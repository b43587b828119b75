"""What the gradebook says of a lesson that a platform can be told: points, or that they wait."""

from dataclasses import dataclass

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from lessonlib.grading.report.ledger import Ledger, read_ledger
from lessonlib.platforms.roster import Learner


@dataclass(frozen=True)
class Scores:
    """How a class did in a lesson.

    points:  of those who are graded to the last cell, lateness taken off.
    pending: those of whom a person still has to grade something.
    most:    the most that one can get.
    """

    lesson: str
    points: dict[str, float]
    pending: frozenset[str]
    most: float


def read_scores(course: CourseDirectory, lesson: str) -> Scores:
    """Return how a class did. Raises UserError if nothing of the lesson is graded yet."""
    ledger = read_ledger(course, lesson)
    pending = frozenset(who for who in ledger.grades if _waits(ledger, who))
    points = {who: _points(ledger, who) for who in sorted(ledger.grades) if who not in pending}
    return Scores(lesson, points, pending, sum(ledger.most.values()))


def _waits(ledger: Ledger, who: str) -> bool:
    grades = ledger.grades[who]
    given = [grades.get(key) for key, most in ledger.most.items() if most > 0]
    return any(each is None or each.points is None or each.waits for each in given)


def _points(ledger: Ledger, who: str) -> float:
    points = sum(each.points or 0.0 for each in ledger.grades[who].values())
    return max(0.0, round(points - ledger.penalties[who], 6))


def learners_in(course: CourseDirectory) -> list[Learner]:
    """Return the learners as the gradebook knows them, by name; without names by id."""
    with Gradebook(course.db_url, course.course_id) as gradebook:
        return [_learner(student) for student in sorted(gradebook.students, key=_by_name)]


def _by_name(student) -> tuple[str, str, str]:
    return student.last_name or "", student.first_name or "", student.id


def _learner(student) -> Learner:
    known = {"email": student.email, "lms_user_id": student.lms_user_id}
    name = " ".join(filter(None, (student.first_name, student.last_name)))
    return Learner(student.id, {key: text for key, text in known.items() if text}, name)
