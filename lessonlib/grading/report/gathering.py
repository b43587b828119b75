"""Puts together how a class did: points from the gradebook, the rest from the notebooks."""

from dataclasses import dataclass, replace

from nbgrader.coursedir import CourseDirectory

from lessonlib.checks.wording import listing
from lessonlib.errors import UserError
from lessonlib.grading.classroom import inbox
from lessonlib.grading.materials import exercise_in
from lessonlib.grading.record import STATES
from lessonlib.grading.report.addresses import links
from lessonlib.grading.report.ledger import Key, Ledger, Points, read_ledger
from lessonlib.grading.report.notebooks import Layout, Work, layout, work
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
from lessonlib.printable import one_line, some_lines

ENOUGH = 1e-9  # points are sums of shares: 0.3 + 0.6 of 0.9 is all
NO_RECORD = "Its executed notebook is not in autograded/, so its messages and mistakes are unknown."
STOPPED = {"timed out": "Did not come to an end", "killed": "Ended its process"}
_NOT_COMPILED = " does not compile: "  # in a note, behind the name of the cell
LEFT = "This submission is not in the gradebook yet: run the grading again."


def gather(course: CourseDirectory, lesson: str) -> ClassResults:
    """Return how a class did. Raises UserError if nothing of the lesson is graded yet."""
    ledger = read_ledger(course, lesson)
    layouts = {name: layout(course, lesson, name) for name in ledger.notebooks}
    done = {who: work(course, lesson, who, ledger.notebooks) for who in sorted(ledger.grades)}
    cells = _cells(ledger, layouts)
    graded = [
        replace(
            _Grading(ledger, layouts, cells, each).learner(who),
            links=links(course, lesson, who, ledger.ids.get(who, {})),
            when=ledger.times.get(who),
        )
        for who, each in done.items()
    ]
    learners = [*graded, *_absent(course, lesson, ledger, len(cells))]
    by_name = sorted(learners, key=lambda learner: learner.name)
    return ClassResults(one_line(lesson), cells, tuple(by_name))


# --- cells ---------------------------------------------------------------------------------------


def _cells(ledger: Ledger, layouts: dict[str, Layout]) -> tuple[Cell, ...]:
    """Return the graded cells in the lesson's order."""
    keys = sorted(ledger.most, key=lambda key: (key[0], layouts[key[0]].place(key[1]), key[1]))
    ids = [exercise_in(ledger.stubs.get(key, ""), otherwise=key[1]) for key in keys]
    return tuple(
        Cell(*key, one_line(id_), label, ledger.most[key], key in ledger.by_person)
        for key, id_, label in zip(keys, ids, _short(ids), strict=True)
    )


def _short(ids: list[str]) -> list[str]:
    """Return "tent" for "relu.tent" and "explain" for "relu-explain", if all stay apart."""
    prefixes = {each.partition(".")[0] for each in ids if "." in each}
    prefix = prefixes.pop() if len(prefixes) == 1 else ""
    short = [each.removeprefix(f"{prefix}.").removeprefix(f"{prefix}-") for each in ids]
    return [one_line(each) for each in (short if len(set(short)) == len(ids) else ids)]


# --- learners ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grading:
    """One learner's work, and what it is measured by."""

    ledger: Ledger
    layouts: dict[str, Layout]
    cells: tuple[Cell, ...]
    work: Work

    def learner(self, student: str) -> Learner:
        """Return how the learner did."""
        grades, penalty = self.ledger.grades[student], self.ledger.penalties[student]
        points = max(0.0, sum(each.points or 0.0 for each in grades.values()) - penalty)
        states = [record.state for record in self.work.records.values()]
        state = max(states, key=STATES.index, default="graded")
        entries = tuple(self._entry(cell, grades.get(_key(cell))) for cell in self.cells)
        notes = tuple(map(one_line, [*self._notes(penalty), *self._marked(grades)]))
        return Learner(one_line(student), state, points, entries, notes)

    def _notes(self, penalty: float) -> list[str]:
        notes = [note for record in self.work.records.values() for note in record.notes]
        notes += self._stopped()
        if len(self.work.records) < len(self.ledger.notebooks):
            notes.append(NO_RECORD)
        if penalty:
            notes.append(f"Points taken off for handing in late: {penalty:g}.")
        return notes

    def _marked(self, grades: dict[Key, Points]) -> list[str]:
        """Return why tests are marked, as long as nobody has decided."""
        undecided = {key for key, given in grades.items() if given.waits}
        results = [self.work.results.get(key) for key in map(_key, self.cells) if key in undecided]
        return [f"{result.cell} passed. {result.marked}" for result in results
                if result and result.marked]  # fmt: skip

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
        mistakes = tuple(map(one_line, result.mistakes))
        told = "\n".join(filter(None, (result.message, result.instructor)))  # it is for instructors
        told = self._not_compiled(cell) or told
        return replace(bare, mistakes=mistakes, message=some_lines(told))

    def _not_compiled(self, cell: Cell) -> str:
        """Return what Python has against an answer: then its name is not defined, for one."""
        record = self.work.records[cell.notebook]
        told = {note.partition(_NOT_COMPILED)[0]: note for note in record.notes
                if _NOT_COMPILED in note}  # fmt: skip
        answers = self.layouts[cell.notebook].answers.get(cell.name, ())
        return "\n".join(told[answer] for answer in answers if answer in told)

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
        answers = self.layouts[cell.notebook].answers.get(cell.name, ())
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
        Learner(one_line(name), NOT_GRADED, None, entries, (LEFT,)) if name in new
        else Learner(one_line(name), NOT_HANDED_IN, 0.0, entries)
        for name in sorted(known - ledger.grades.keys())
    ]  # fmt: skip
