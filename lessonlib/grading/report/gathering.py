"""Puts together how a class did: points from the gradebook, the rest from the notebooks."""

from dataclasses import dataclass, replace

from nbgrader.coursedir import CourseDirectory

from lessonlib.checks.wording import listing
from lessonlib.errors import UserError
from lessonlib.grading.classroom import inbox
from lessonlib.grading.materials import exercise_in
from lessonlib.grading.record import STATES
from lessonlib.grading.report import cleaning
from lessonlib.grading.report.ledger import Key, Ledger, Points, read_ledger
from lessonlib.grading.report.notebooks import Plan, Work, plan, work
from lessonlib.grading.report.results import (
    NOT_GRADED,
    NOT_HANDED_IN,
    WITHOUT_NOTEBOOK,
    Cell,
    ClassResults,
    Entry,
    Learner,
    Outcome,
)

ENOUGH = 1e-9  # points are sums of shares: 0.3 + 0.6 of 0.9 is all
NO_RECORD = "Its executed notebook is not in autograded/, so its messages and mistakes are unknown."
STOPPED = {"timed out": "Did not come to an end", "killed": "Ended its process"}
LEFT = "This submission is not in the gradebook yet: run the grading again."


def gather(course: CourseDirectory, lesson: str) -> ClassResults:
    """Return how a class did. Raises UserError if nothing of the lesson is graded yet."""
    ledger = read_ledger(course, lesson)
    plans = {name: plan(course, lesson, name) for name in ledger.notebooks}
    done = {who: work(course, lesson, who, ledger.notebooks) for who in sorted(ledger.grades)}
    cells = _cells(ledger, plans)
    graded = [_Grading(ledger, plans, cells, each).learner(who) for who, each in done.items()]
    learners = [*graded, *_absent(course, lesson, ledger, len(cells))]
    by_name = sorted(learners, key=lambda learner: learner.name)
    return ClassResults(cleaning.line(lesson), cells, tuple(by_name))


# --- cells ---------------------------------------------------------------------------------------


def _cells(ledger: Ledger, plans: dict[str, Plan]) -> tuple[Cell, ...]:
    """Return the graded cells in the lesson's order."""
    keys = sorted(ledger.most, key=lambda key: (key[0], plans[key[0]].place(key[1]), key[1]))
    ids = [exercise_in(ledger.stubs.get(key, ""), otherwise=key[1]) for key in keys]
    return tuple(
        Cell(*key, cleaning.line(id_), label, ledger.most[key], key in ledger.by_person)
        for key, id_, label in zip(keys, ids, _short(ids), strict=True)
    )


def _short(ids: list[str]) -> list[str]:
    """Return "tent" for "relu.tent" and "explain" for "relu-explain", if all stay apart."""
    prefixes = {each.partition(".")[0] for each in ids if "." in each}
    prefix = prefixes.pop() if len(prefixes) == 1 else ""
    short = [each.removeprefix(f"{prefix}.").removeprefix(f"{prefix}-") for each in ids]
    return [cleaning.line(each) for each in (short if len(set(short)) == len(ids) else ids)]


# --- learners ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grading:
    """One learner's work, and what it is measured by."""

    ledger: Ledger
    plans: dict[str, Plan]
    cells: tuple[Cell, ...]
    work: Work

    def learner(self, student: str) -> Learner:
        """Return how the learner did."""
        grades, penalty = self.ledger.grades[student], self.ledger.penalties[student]
        points = max(0.0, sum(each.points or 0.0 for each in grades.values()) - penalty)
        states = [record.state for record in self.work.records.values()]
        state = max(states, key=STATES.index, default="graded")
        entries = tuple(self._entry(cell, grades.get(_key(cell))) for cell in self.cells)
        notes = tuple(map(cleaning.line, self._notes(penalty)))
        return Learner(cleaning.line(student), state, points, entries, notes)

    def _notes(self, penalty: float) -> list[str]:
        notes = [note for record in self.work.records.values() for note in record.notes]
        notes += self._stopped()
        if len(self.work.records) < len(self.ledger.notebooks):
            notes.append(NO_RECORD)
        if penalty:
            notes.append(f"Points taken off for handing in late: {penalty:g}.")
        return notes

    def _stopped(self) -> list[str]:
        """Return in which exercises the learner's code had to be stopped, or stopped itself."""
        states: dict[str, list[str]] = {state: [] for state in STOPPED}
        for cell in self.cells:
            result = self.work.results.get(_key(cell))
            if result is not None and result.state in states:
                states[result.state].append(cell.label)
        return [f"{STOPPED[state]}: {listing(names)}." for state, names in states.items() if names]

    def _entry(self, cell: Cell, given: Points | None) -> Entry:
        if given is None:
            return Entry()
        bare = Entry(given.points, self._outcome(cell, given), stale=given.stale)
        record = self.work.records.get(cell.notebook)
        result = self.work.results.get(_key(cell))
        if record is not None and record.state in WITHOUT_NOTEBOOK:
            return bare if given.points else replace(bare, outcome=None)
        if result is None:
            return bare
        named = result.mistakes or ((result.mistake,) if result.mistake else ())
        mistakes = tuple(map(cleaning.line, named))
        return replace(bare, mistakes=mistakes, message=cleaning.text(result.message))

    def _outcome(self, cell: Cell, given: Points) -> Outcome | None:
        if given.points is None:
            return Outcome.WAITING
        if cell.max_points <= 0:  # practice: points do not tell
            return None
        if given.points >= cell.max_points - ENOUGH:
            return Outcome.RIGHT
        if given.points > 0:
            return Outcome.PART
        return Outcome.BLANK if self._is_blank(cell) else Outcome.WRONG

    def _is_blank(self, cell: Cell) -> bool:
        """Return whether all answers that a cell depends on are as they were handed out."""
        answers = self.plans[cell.notebook].answers.get(cell.name, ())
        same = [self._is_untouched((cell.notebook, answer)) for answer in answers]
        return bool(same) and all(same)

    def _is_untouched(self, key: Key) -> bool:
        source, stub = self.work.sources.get(key), self.ledger.stubs.get(key)
        return source is not None and stub is not None and source.strip() == stub.strip()


def _key(cell: Cell) -> Key:
    return cell.notebook, cell.name


def _absent(course: CourseDirectory, lesson: str, ledger: Ledger, cells: int) -> list[Learner]:
    """Return those of whom the gradebook has no submission, so that nobody is lost."""
    try:
        submitted = set(inbox.students(course, lesson))
    except UserError:  # no such folder: graded elsewhere, or tidied away since
        submitted = set()
    entries = (Entry(),) * cells
    new, known = submitted - ledger.grades.keys(), ledger.students | submitted
    return [
        Learner(cleaning.line(name), NOT_GRADED, None, entries, (LEFT,)) if name in new
        else Learner(cleaning.line(name), NOT_HANDED_IN, 0.0, entries)
        for name in sorted(known - ledger.grades.keys())
    ]  # fmt: skip
