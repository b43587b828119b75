"""One run through all cells of a submission: what they show, and what its graded cells earn."""

import secrets
import time

from lessonlib.building.effects import UNTOLD
from lessonlib.grading.host import tests
from lessonlib.grading.host.checks import Check, Checker, check_in
from lessonlib.grading.host.isolation import Server
from lessonlib.grading.host.notebook import Notebook, OutOfLives
from lessonlib.grading.host.process import Ran, Tested
from lessonlib.grading.host.tests import Examined, Watched
from lessonlib.grading.materials import Given, Materials
from lessonlib.grading.protocol.evidence import AGAIN, in_words
from lessonlib.grading.record import STATES
from lessonlib.grading.submission.outputs import error_output
from lessonlib.grading.submission.repair import Piece, hidden_lines
from lessonlib.grading.submission.syntax import names_in, parsed
from lessonlib.grading.task import Task

MUTANTS_SECONDS, LEAST_SECONDS = 20.0, 1.0  # for all mutants of a test: at most, and to be of use
GRACE = 5.0  # seconds until it is known which of them passed
ENDED = {
    "died": "This cell ended the notebook's process. The cells below ran in a new one.",
    "timeout": "This cell did not come to an end. The cells below ran in a new process.",
}
NOT_RUN = "Not run: the notebook's process ended too often, or its time was over."


class Round:
    """One run through all cells.

    quiet: nothing that the cells print or show comes out.
    after: the round with the hidden lines of the tests, if this one is to be without them.
    """

    def __init__(
        self, task: Task, pieces: list[Piece], server: Server, deadline: float,
        quiet: bool = False, after: "Round | None" = None,
    ):  # fmt: skip
        self.task, self.pieces, self.quiet, self.after = task, pieces, quiet, after
        self.watched: Watched = after.watched if after else Watched(task.materials)
        lessons = task.materials.files  # first, and never replaced
        files = {**lessons, **task.files, **lessons}
        self.notebook = Notebook(server, task.limits, files, deadline, self.watched.attributes)
        if after:  # what did not end then will not end now
            self.notebook.aside, self.notebook.late = after.notebook.aside, after.notebook.late
        self.checker = Checker(self.notebook, task.secret, task.data or b"")
        self.exempt = set(task.plan.exempt) if task.plan else set()
        self.skipped = not_needed(pieces, task.materials)
        self.bound: set[str] = set()  # by the instructor's cells up to here
        self.outputs: dict[int, list[dict]] = {}
        self.examined: dict[str, Examined] = {}
        self.state = "graded"

    def run(self) -> None:
        """Run each cell in its place."""
        try:
            for place, piece in enumerate(self.pieces):
                kind = piece.given.cell_type if piece.given else piece.cell_type
                if kind == "code" and place not in self.skipped:
                    self._cell(place, piece)
        finally:
            self.notebook.close()

    def _cell(self, place: int, piece: Piece) -> None:
        given = piece.given
        if given is not None and given.is_test:
            examined = self.examined[given.name] = self._examine(given)
            self._worsen(examined.state)
        else:
            self.outputs[place] = self._run(piece)

    def _worsen(self, state: str) -> None:
        self.state = max(self.state, state, key=STATES.index)

    # --- other cells -----------------------------------------------------------------------------

    def _run(self, piece: Piece) -> list[dict]:
        given = piece.given
        locked = given if given is not None and given.locked else None
        source = self._without_hidden(locked.source) if locked else piece.source
        if not piece.runs or not source.strip():
            return []
        free = given is None and source in self.watched.free_sources
        binds = (
            names_in(source).binds if locked else self.watched.lasting(source) if free else set()
        )
        outputs = self._ran(source, bool(locked) or free, binds)
        if locked and self.notebook.process is None:  # once more, without what it had called
            self._blame(locked)
            outputs = self._ran(source, True, binds)
        self.bound |= binds
        return outputs

    def _without_hidden(self, source: str) -> str:
        return tests.without_hidden(source) if self.after else source

    def _ran(self, source: str, given: bool, binds: set[str]) -> list[dict]:
        try:
            ran = self.notebook.run(source, given, binds, self.quiet)
        except OutOfLives:
            self._worsen("killed")
            return [error_output("NotRun", NOT_RUN, [NOT_RUN])]
        self._worsen(_state_of(ran))
        text = ENDED.get(ran.how)
        return [error_output("Ended", text, [text])] if text else ran.outputs

    def _blame(self, given: Given) -> None:
        """Keep clear of the learner's functions that a cell uses in which the process ended."""
        written = {name for piece in self.pieces if piece.given is None or not piece.given.locked
                   for name in names_in(piece.source).functions}  # fmt: skip
        names = sorted(names_in(given.source).reads & written)
        self.notebook.avoid(names, self.notebook.ended)

    # --- graded cells ----------------------------------------------------------------------------

    def _examine(self, given: Given) -> Examined:
        check = check_in(given.source)
        if check is not None:
            return self._check(given, check)
        try:
            request = tests.request(self._without_hidden(given.source))
        except SyntaxError:
            return tests.not_python()
        mutants, seconds = self._mutants(given), self._mutants_seconds()
        in_time = seconds >= LEAST_SECONDS
        order, forks = _order([name for name, _ in mutants]) if in_time else ([], 1)
        restore = {*self.bound - self.watched.changed_by_answers, *self.watched.attributes}
        request |= {
            "restore": sorted(restore), "exempt": sorted(self.exempt), "quiet": self.quiet,
            "trusted": self.task.trusted, "seconds": seconds, "forks": forks,
            "mutants": [mutants[n][1] for n in order],
        }  # fmt: skip
        try:
            tested = self.notebook.test(request, seconds + GRACE)
        except OutOfLives:
            return tests.not_run()
        if mutants and not in_time:
            tested.survived, tested.whole = None, False
        elif tested.survived:
            tested.survived = [order[n] for n in tested.survived if n < len(order)]
        if tested.how in ENDED:
            self._blame(given)
        self.bound |= set(request["binds"])
        examined = tests.judged(given, tested)
        if examined.points > 0:
            examined.marked = self._reason(tested, [name for name, _ in mutants])
        return examined

    def _check(self, given: Given, check: Check) -> Examined:
        if self.after is None:
            return self.checker.examine(check, given.most)
        hidden = hidden_lines(given.source)  # nothing is known of it then
        return Examined(given.most, []) if hidden else self.after.examined[given.name]

    def _mutants(self, given: Given) -> list[tuple[str, str]]:
        known = self.task.plan.mutants if self.task.plan and not self.after else {}
        return list(known.get(given.name, ()))

    def _mutants_seconds(self) -> float:
        """Return what the mutants of a test may take: the tests below need time, too."""
        return min(MUTANTS_SECONDS, (self.notebook.deadline - time.monotonic()) / 2)

    def _reason(self, tested: Tested, mutants: list[str]) -> str:
        """Return why a passed test should be looked at, in words; "" if there is no reason."""
        reasons = []
        if tested.survived is None:
            reasons.append("it could not be tried with other values")
        else:
            failed = {name for n, name in enumerate(mutants) if n not in tested.survived}
            passed = set(mutants) - failed - {AGAIN}
            if AGAIN in failed:
                reasons.append("it passed, and does not when it is run once more")
            if any(name.endswith(".points") for name in passed):
                reasons.append("it gives points for other values, or for what is no number")
            if not all(name.endswith(".points") for name in passed):
                reasons.append("it passes as well where another value is expected")
        found = [f"Look at it: {reason}." for reason in reasons]
        return " ".join([*found, in_words(tested.evidence, self.exempt)]).strip()


def _order(names: list[str]) -> tuple[list[int], int]:
    """Return in which order mutants run, and how many processes share them, by turns.

    An answer may see that it is in a fork and tell no lie there: then the test itself fails, too.
    Of two forks nobody can tell in which the test itself comes first, and in which a mutant.
    """
    others = [n for n, name in enumerate(names) if name != AGAIN]
    if len(others) == len(names):
        return others, 1
    first = [names.index(AGAIN), others.pop(secrets.randbelow(len(others)))]
    secrets.SystemRandom().shuffle(first)
    return first + others, len(first)


def _state_of(ran: Ran) -> str:
    return tests.STATES.get("timeout" if ran.late is not None else ran.how, "graded")


# --- cells that only show something --------------------------------------------------------------


def not_needed(pieces: list[Piece], materials: Materials) -> set[int]:
    """Return the places of cells that only show something, unchanged, and that nobody relies on.

    One that has to run relies on those whose names it reads.
    """
    shows = {cell.source for cell in materials.cells if cell.shows and not cell.name}
    try:
        mentioned = {name for piece in pieces if _is_learners(piece, materials)
                     for name in _mentioned(piece.source)}  # fmt: skip
    except (SyntaxError, RecursionError):
        return set()
    if mentioned & UNTOLD:  # a magic is `get_ipython`
        return set()
    left = {place for place, piece in enumerate(pieces)
            if piece.given is None and piece.source in shows}  # fmt: skip
    while needed := {place for place in left if names_in(pieces[place].source).binds & mentioned}:
        left -= needed
        mentioned.update(*(names_in(pieces[place].source).reads for place in needed))
    return left


def _is_learners(piece: Piece, materials: Materials) -> bool:
    if piece.given is not None:
        return piece.given.is_answer and piece.given.cell_type == "code"
    return piece.cell_type == "code" and piece.source not in {c.source for c in materials.cells}


def _mentioned(source: str) -> frozenset[str]:
    """Return the names that a cell uses. Raises SyntaxError where it cannot be read."""
    parsed(source)
    names = names_in(source)
    return names.reads | names.binds
