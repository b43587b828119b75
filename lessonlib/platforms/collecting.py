"""Takes a class's work in: first a plan that can be looked at, then the files.

A learner's notebook goes to where nbgrader looks for it, what lay beside it too, and the time of
handing in into `timestamp.txt`. Each file is written beside its place and moved there.
"""

import contextlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from nbgrader.coursedir import CourseDirectory

from lessonlib.errors import UserError
from lessonlib.grading.classroom.inbox import (
    MAX_EXTRA,
    MAX_FILES,
    counts,
    fault_of,
    is_linked,
    read_ordinary,
    reason,
    walk,
)
from lessonlib.grading.submission.reading import MAX_BYTES
from lessonlib.platforms import times
from lessonlib.platforms.layouts import Layout, Origin, Person, own_name, stem
from lessonlib.platforms.roster import Roster
from lessonlib.platforms.unpacking import Item
from lessonlib.printable import one_line

LEFT_OUT = "left out"


@dataclass(frozen=True)
class File:
    """A file of a learner's, and what its path says."""

    item: Item
    origin: Origin

    @cached_property
    def is_notebook(self) -> bool:
        """Whether it is a notebook by its name, or by what it holds if its name was changed."""
        name = self.item.path.name.lower()
        if name.endswith((".ipynb", ".ipynb.txt", ".ipynb.json")):
            return True
        return name.endswith((".json", ".txt")) and self._holds_cells()

    def _holds_cells(self) -> bool:
        with contextlib.suppress(OSError):
            data = self.item.read(MAX_BYTES)
            return b'"nbformat"' in data and b'"cells"' in data
        return False


@dataclass(frozen=True)
class Attempt:
    """What a learner handed in at one time: a notebook, what lay beside it, other notebooks."""

    notebook: File
    files: dict[str, Item]
    others: tuple[File, ...] = ()

    @property
    def when(self) -> datetime | None:
        """The time of handing in, if it is known."""
        return self.notebook.origin.when


@dataclass(frozen=True)
class Taking:
    """What is to be taken in for a learner; `earlier` attempts are kept aside."""

    who: str
    attempt: Attempt
    earlier: tuple[Attempt, ...]
    handed: datetime | None

    @property
    def notes(self) -> Iterator[str]:
        """What an instructor may want to know of it."""
        if self.attempt.notebook.origin.late:
            yield "late"
        if self.handed:
            yield f"handed in {times.shown(self.handed)}"


@dataclass
class Plan:
    """What is to be done with a download.

    takings: who gets what.
    left:    what is nobody's or cannot be read: a path, and why.
    ignored: what is no learner's work, by kind.
    absent:  the learners of the roster from whom nothing came.
    """

    takings: list[Taking] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    ignored: dict[str, list[str]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)

    @property
    def several(self) -> list[tuple[str, str]]:
        """Whose earlier attempts are kept, and which they are."""
        return [(each.who, one_line(old.notebook.item.path))
                for each in self.takings for old in each.earlier]  # fmt: skip


# --- the plan ------------------------------------------------------------------------------------


def plan(items: list[Item], lesson: str, chooser: "Chooser", roster: Roster | None) -> Plan:
    """Return what is to be done with the files of a download.

    Raises UserError where two different notebooks would go to one place.
    """
    made = Plan()
    owners = _owners(_by_person(items, Layout(items, lesson), made), made, roster)
    made.takings = sorted(_takings(owners, chooser, roster), key=lambda each: each.who)
    for each in made.takings:
        for file in (other for one in (*each.earlier, each.attempt) for other in one.others):
            _ignore(made, "notebooks of a learner whose other one is taken", file.item)
    if roster:
        made.absent = [each.id for each in roster.learners if each.id not in owners]
    return made


def _by_person(items: list[Item], layout: Layout, made: Plan) -> dict[Person, list[File]]:
    """Return what each person handed in; put aside what no person did."""
    theirs: dict[Person, list[File]] = {}
    for item in items:
        if layout.is_ours(item):
            _ignore(made, "what systems and platforms add", item)
            continue
        file = File(item, layout.origin(item.path))
        if not file.origin.people:
            made.left.append(_left(item, "its name does not say whose it is"))
        for person in file.origin.people:
            theirs.setdefault(person, []).append(file)
    return theirs


def _ignore(made: Plan, kind: str, item: Item) -> None:
    made.ignored.setdefault(kind, []).append(one_line(item.path))


def _left(item: Item, why: str) -> tuple[str, str]:
    return one_line(item.path), f"{LEFT_OUT}: {item.fault or why}"


def _owners(
    theirs: dict[Person, list[File]], made: Plan, roster: Roster | None
) -> dict[str, list[File]]:
    """Return what came for each learner, by their id; put aside what is nobody's."""
    namesakes = Counter(person.own for person in theirs)
    owners: dict[str, list[File]] = {}
    for person, files in theirs.items():
        made.left += [_left(file.item, "") for file in files if file.item.fault]
        fit = [file for file in files if not file.item.fault]
        books = [file for file in fit if file.is_notebook]
        attempts = {file.origin.attempt for file in books}
        for file in fit:
            if file.origin.attempt not in attempts:
                _ignore(made, "no notebook, and none beside it", file.item)
        who, why = _identify(person, namesakes[person.own] > 1, roster)
        if books and why:
            made.left += [_left(file.item, why) for file in books]
        elif books:
            owners.setdefault(who, []).extend(fit)
    return owners


def _identify(person: Person, has_namesake: bool, roster: Roster | None) -> tuple[str, str]:
    """Return the learner's id, or why there is none."""
    if roster:
        learner, why = roster.find(person.ids, person.name)
        return (learner.id if learner else ""), why
    who = own_name("_".join([person.own, *person.ids[:1]])) if has_namesake else person.own
    return who, fault_of(who)


def _takings(
    owners: dict[str, list[File]], chooser: "Chooser", roster: Roster | None
) -> list[Taking]:
    handed = {each.id: each.handed for each in roster.learners} if roster else {}
    takings, doubts = [], []
    for who, files in owners.items():
        try:
            *earlier, last = _attempts(files, chooser)
            told = last.when or times.moment(handed.get(who, ""))
            takings.append(Taking(who, last, tuple(earlier), told))
        except Doubtful as doubt:
            doubts.append(f"{doubt} both seem to be {one_line(who)}'s.")
    if doubts:
        raise UserError(" ".join(doubts) + " Rename or remove one.")
    return takings


def _attempts(files: list[File], chooser: "Chooser") -> list[Attempt]:
    """Return a learner's attempts in order; the last counts."""
    attempts = []
    for stamp in sorted({file.origin.attempt for file in files}):
        own = [file for file in files if file.origin.attempt == stamp]
        books = [file for file in own if file.is_notebook]
        if books:
            book = chooser.choose(books)
            others = tuple(file for file in books if file is not book)
            attempts.append(Attempt(book, beside(book, own), others))
    return attempts


class Doubtful(Exception):
    """Two notebooks, and nothing says which of them is meant."""


@dataclass(frozen=True)
class Chooser:
    """Chooses among several notebooks of a learner's.

    notebook: what the lesson's own is called.
    cells:    the ids of its cells, as nbgrader writes them.
    """

    notebook: str
    cells: frozenset[bytes]

    @classmethod
    def of(cls, course: CourseDirectory, lesson: str, notebook: str) -> "Chooser":
        """Return one for a lesson's notebook."""
        folder = Path(course.format_path(course.source_directory, ".", lesson))
        with contextlib.suppress(OSError):
            return cls(notebook, _cells((folder / f"{notebook}.ipynb").read_bytes()))
        return cls(notebook, frozenset())

    def choose(self, books: list[File]) -> File:
        """Return the notebook that is meant. Raises Doubtful."""
        exact = [file for file in books if file.item.path.suffix.lower() == ".ipynb"] or books
        named = [file for file in exact if self.notebook in stem(file.item.path.name)] or exact
        if len(named) == 1:
            return named[0]
        different: dict[bytes, File] = {}
        for file in named:
            with contextlib.suppress(OSError):
                different.setdefault(file.item.read(MAX_BYTES), file)
        known = {data: len(self.cells & _cells(data)) for data in different}
        best = [file for data, file in different.items() if known[data] == max(known.values())]
        if len(best) > 1:
            raise Doubtful(" and ".join(one_line(file.item.path) for file in best[:2]))
        return best[0] if best else named[0]


def _cells(data: bytes) -> frozenset[bytes]:
    return frozenset(re.findall(rb'"grade_id": *"([^"]+)"', data))


def beside(book: File, files: list[File]) -> dict[str, Item]:
    """Return the data and modules of an attempt, by their paths from the notebook's folder."""
    home, found = book.origin.file.parent, dict[str, Item]()
    for file in files:
        path = file.origin.file
        inner = path.relative_to(home) if path.is_relative_to(home) else path
        if file.item is not book.item and all(map(counts, inner.parts)) and not file.is_notebook:
            found.setdefault(str(inner), file.item)
    return found


# --- the files -----------------------------------------------------------------------------------


def carry_out(
    made: Plan, course: CourseDirectory, lesson: str, notebook: str
) -> list[tuple[str, str]]:
    """Write what the plan says; return what became of each learner's, failures last."""
    done = []
    for each in made.takings:
        folder = Path(course.format_path(course.submitted_directory, each.who, lesson))
        how = _take(each, folder, f"{notebook}.ipynb")
        if not how.startswith(LEFT_OUT):
            _keep_earlier(each, Path(course.root) / "downloaded" / lesson / "earlier" / each.who)
        done.append((each.who, how))
    return sorted(done, key=lambda each: each[1].startswith(LEFT_OUT))


def _take(taking: Taking, folder: Path, name: str) -> str:
    """Write a learner's files, the notebook last: what is there already is not followed."""
    try:
        data = taking.attempt.notebook.item.read(MAX_BYTES)
        if is_linked(folder):
            raise OSError(0, "its folder in the folder of submissions is a link or no folder")
        folder.mkdir(parents=True, exist_ok=True)
        notes = list(_write_beside(taking.attempt.files, folder))
        if taking.handed:
            _write(folder / "timestamp.txt", f"{times.for_nbgrader(taking.handed)}\n".encode())
        notes += _stale(folder, taking.attempt.files)
        return "; ".join([_write(folder / name, data), *taking.notes, *notes])
    except OSError as error:
        return f"{LEFT_OUT}: {reason(error)}"


def _write_beside(files: dict[str, Item], folder: Path) -> Iterator[str]:
    """Write other files, as far as they are small; name those that are not."""
    left, written = MAX_EXTRA, 0
    for name, item in files.items():
        try:
            if written == MAX_FILES:
                raise OSError(0, f"it is one of more than {MAX_FILES}")
            data = item.read(left)
            _write(_place(folder, name), data)
            left, written = left - len(data), written + 1
        except OSError as error:
            yield f"without {one_line(name)}: {reason(error)}"


def _stale(folder: Path, files: dict[str, Item]) -> list[str]:
    """Name what an earlier hand-in has left: it is graded with the notebook, and may be wanted."""
    there = {path.relative_to(folder).as_posix() for path in walk(folder)} - files.keys()
    return [f"still there from before: {one_line(', '.join(sorted(there)))}"] if there else []


def _place(folder: Path, name: str) -> Path:
    """Return where a file goes; its folders are made, and must not lead elsewhere."""
    path = folder / name
    for parent in reversed(PurePosixPath(name).parents[:-1]):
        here = folder / parent
        if here.is_symlink():
            raise OSError(0, "its folder is a link")
        here.mkdir(exist_ok=True)
    return path


def _write(path: Path, data: bytes) -> str:
    """Write a file beside its place and move it there; return what that was."""
    with contextlib.suppress(OSError):  # what is there may be anything
        if read_ordinary(path, MAX_BYTES) == data:
            return "already there"
    how = "replaced" if os.path.lexists(path) else "taken in"
    partial = path.with_name(".partial")
    partial.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(partial, flags, 0o666), "wb") as file:
        file.write(data)
    os.replace(partial, path)
    return how


def _keep_earlier(taking: Taking, folder: Path) -> None:
    """Keep earlier attempts where nothing grades them."""
    for attempt in taking.earlier:
        place = folder / attempt.notebook.origin.attempt
        with contextlib.suppress(OSError):  # they are in the download still
            place.mkdir(parents=True, exist_ok=True)
            _write(place / attempt.notebook.origin.file.name,
                   attempt.notebook.item.read(MAX_BYTES))  # fmt: skip


def paths_of(made: Plan) -> Iterable[tuple[str, str]]:
    """Return who gets which file, and what else is known of it."""
    for each in made.takings:
        told = [one_line(each.attempt.notebook.item.path), *each.notes]
        told += [f"and {len(each.attempt.files)} files"] if each.attempt.files else []
        yield each.who, "; ".join(told)
