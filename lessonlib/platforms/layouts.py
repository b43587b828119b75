"""Reads from a file's path in a download whose it is, which attempt, and when it was handed in.

Nobody has to say which platform it was: each leaves names of its own form. docs/platforms.md shows
them.
"""

import os
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

import yaml

from lessonlib.platforms.sheets import from_bytes
from lessonlib.platforms.times import moment, stamped, with_zone
from lessonlib.platforms.unpacking import Item

MAX_SIDE = 32 * 2**20  # bytes of a file in which a platform tells of submissions

MOODLE = re.compile(r"(?P<name>.*?)(?:_(?P<id>\d+))?_assignsubmission_file(?:_(?P<file>.*))?")
BLACKBOARD = re.compile(
    r"(?:.*_)?(?P<user>[^_]+)_(?:attempt|versuch|poging|intento|tentative|tentativo|tentativa)"
    r"_(?P<stamp>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)?",
    re.IGNORECASE,
)
CANVAS = re.compile(
    r"(?P<name>[^_]+|.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<number>\d+)_(?P<file>.+)"
)
GRADESCOPE = re.compile(r"submission_\d+")
METADATA = "submission_metadata.yml"
GRADES = {"github_username", "student_repository_name"}  # GitHub Classroom's table has these


@dataclass(frozen=True)
class Person:
    """Who handed something in, as a platform names them.

    own: what the gradebook calls them where no roster says.
    ids: what identifies them; name: theirs, "" where it is not known.
    """

    own: str
    ids: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Origin:
    """What the path of a file says.

    people:  whose it is; a group's is everybody's.
    file:    where it lay in what they handed in.
    attempt: which one it is, to be compared as text.
    when:    the time of handing in, if it is known.
    late:    whether the platform calls it late.
    """

    people: tuple[Person, ...]
    file: PurePosixPath
    attempt: str = ""
    when: datetime | None = None
    late: bool = False


class Layout:
    """What a download's own files say of it; `origin` reads a path."""

    def __init__(self, items: list[Item], lesson: str):
        self.lesson = lesson
        self.receipts = dict(filter(None, map(_receipt, items)))
        self.names = {user: name for user, name, _ in self.receipts.values()}
        self.folders = _gradescope(items) | _repositories(items)
        paths = [item.path for item in items if not self.is_ours(item)]
        self.levels, self.wrapper = _levels(paths, self.folders), _wrapper(paths)

    def is_ours(self, item: Item) -> bool:
        """Return whether a file is the platform's own, and no learner's."""
        return item.is_junk or item.path.name == METADATA or _receipt_of(item.path) in self.receipts

    def origin(self, path: PurePosixPath) -> Origin:
        """Return what a path says; of people there may be none."""
        found = self._origin(path)
        return replace(found, people=tuple(each for each in found.people if each.own))

    def _origin(self, path: PurePosixPath) -> Origin:
        for place in sorted(self.levels & set(range(len(path.parts)))):
            here = PurePosixPath(*path.parts[: place + 1])
            rest = PurePosixPath(*path.parts[place + 1 :])
            for read in (_moodle, self._blackboard, _canvas):
                found = read(here, rest)
                if found:
                    return found
            people, when = self.folders.get(here, ((), None))
            if people and rest.parts:
                return Origin(people, rest, when=when)
        return _plain(path.parts[self.wrapper :], self.lesson)

    def _blackboard(self, here: PurePosixPath, rest: PurePosixPath) -> Origin | None:
        found = BLACKBOARD.fullmatch(here.name)
        if not found:
            return None
        stamp = found["stamp"]
        told = self.receipts.get(here.with_name(here.name[: found.end("stamp")]))
        user, when = (told[0], told[2]) if told else (found["user"], stamped(stamp))
        person = Person(own_name(user), (user,), self.names.get(user, ""))
        return Origin((person,), _within(found["file"] or here.name, rest), stamp, when)


def _within(file: str, rest: PurePosixPath) -> PurePosixPath:
    """Return a file's place in what was handed in: a name of its own, or in a folder or a zip."""
    return rest if rest.parts else PurePosixPath(file)


# --- Moodle, Canvas ------------------------------------------------------------------------------


def _moodle(here: PurePosixPath, rest: PurePosixPath) -> Origin | None:
    found = MOODLE.fullmatch(here.name)
    if not found:
        return None
    ids = (found["id"],) if found["id"] else ()
    person = Person(own_name(found["name"]), ids, found["name"])
    return Origin((person,), _within(found["file"] or here.name, rest))


def moodle_head(path: PurePosixPath) -> str:
    """Return what Moodle's name for a learner's files begins with; "" where it is not Moodle's."""
    for part in path.parts:
        if found := MOODLE.fullmatch(part):
            return part[: found.start("file")] if found["file"] else f"{part}/"
    return ""


def _canvas(here: PurePosixPath, rest: PurePosixPath) -> Origin | None:
    found = CANVAS.fullmatch(here.name)
    if not found:
        return None
    person = Person(own_name(found["name"]), (found["user"],), found["name"])
    return Origin((person,), _within(found["file"], rest), late=bool(found["late"]))


# --- Blackboard ----------------------------------------------------------------------------------


def _receipt_of(path: PurePosixPath) -> PurePosixPath | None:
    """Return what the files of a receipt's attempt begin with; they lie beside it."""
    found = BLACKBOARD.fullmatch(path.name)
    is_receipt = found and not found["file"] and path.suffix == ".txt"
    return path.with_name(path.name[: found.end("stamp")]) if found and is_receipt else None


def _receipt(item: Item) -> tuple[PurePosixPath, tuple[str, str, datetime | None]] | None:
    """Return what a receipt says of an attempt: the login, the name and the time with its zone."""
    key = _receipt_of(item.path)
    if key is None:
        return None
    text = _text(item)
    who = re.search(r"^[^:\n]+: *(.*?) *\(([^()\n]+)\) *$", text, re.MULTILINE)
    if who is None:
        return None
    dates = re.findall(r"^[^:\n]+: *(.*\d{4}.*:\d\d.*)$", text, re.MULTILINE)
    when = moment(dates[0]) if dates else None
    return key, (who[2], who[1], when or stamped(key.name[-19:]))


def _text(item: Item) -> str:
    try:
        return item.read(MAX_SIDE).decode("utf-8-sig", "replace")
    except OSError:
        return ""


# --- Gradescope ----------------------------------------------------------------------------------


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads data, and what Ruby has marked as its own as if it were plain."""


def _unmarked(loader: yaml.Loader, suffix: str, node: yaml.Node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!ruby/", _unmarked)
Folders = dict[PurePosixPath, tuple[tuple[Person, ...], datetime | None]]


def _gradescope(items: list[Item]) -> Folders:
    """Return whose each folder of Gradescope's is, by the list beside it."""
    known: Folders = {}
    for item in items:
        if item.path.name == METADATA:
            known |= {item.path.with_name(name): _submitters(told)
                      for name, told in _metadata(item).items()
                      if isinstance(name, str) and GRADESCOPE.fullmatch(name)}  # fmt: skip
    return known


def _metadata(item: Item) -> dict:
    try:
        told = yaml.load(_text(item), _Loader)  # noqa: S506  (it makes plain data only)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _submitters(told: object) -> tuple[tuple[Person, ...], datetime | None]:
    told = told if isinstance(told, dict) else {}
    listed = told.get(":submitters")
    people = [_submitter(each) for each in listed if isinstance(each, dict)] if listed else []
    when = told.get(":created_at")
    return tuple(filter(None, people)), (
        with_zone(when) if isinstance(when, datetime) else moment(str(when)) if when else None
    )


def _submitter(told: dict) -> Person | None:
    sid, email, name = (str(told.get(f":{key}") or "") for key in ("sid", "email", "name"))
    ids = tuple(filter(None, (sid, email)))
    own = own_name(next(filter(None, (*ids, name)), ""))
    return Person(own, ids, name) if own else None


# --- GitHub Classroom ----------------------------------------------------------------------------


def _repositories(items: list[Item]) -> Folders:
    """Return whose each repository is: the folders with git's or GitHub's own folder in them."""
    parts = [item.path.parts for item in items]
    paths = {PurePosixPath(*each[: each.index(own)])
             for each in parts for own in (".git", ".github") if own in each[1:]}  # fmt: skip
    told = _grades([item for item in items if paths.isdisjoint(item.path.parents)])
    return {path: _owner_of_repository(path, paths, told) for path in paths}


def _owner_of_repository(
    path: PurePosixPath, paths: set[PurePosixPath], told: dict[str, dict[str, str]]
) -> tuple[tuple[Person, ...], datetime | None]:
    name = re.sub(r"-(main|master)$", "", path.name)
    row = told.get(name, {})
    user = row.get("github_username") or name.removeprefix(_slug(path, paths))
    words = name.split("-")  # a login may have hyphens, and so may an assignment
    ids = tuple("-".join(words[at:]) for at in range(1, len(words)))
    known = (user, row["roster_identifier"]) if row.get("roster_identifier") else (user, *ids)
    when = moment(row.get("submission_timestamp", "")) if row else None
    return (Person(own_name(user), known),), when


def _slug(path: PurePosixPath, paths: set[PurePosixPath]) -> str:
    """Return what all repositories of an assignment begin with."""
    if path.parent.name.endswith("-submissions"):
        return path.parent.name.removesuffix("submissions")
    beside = [each.name for each in paths if each.parent == path.parent]
    shared = os.path.commonprefix(beside) if len(beside) > 1 else ""
    return shared[: shared.rfind("-") + 1]


def _grades(items: list[Item]) -> dict[str, dict[str, str]]:
    """Return the rows of GitHub Classroom's table, by their repositories' names."""
    rows: dict[str, dict[str, str]] = {}
    for item in items:
        if item.path.suffix == ".csv" and len(item.path.parts) < 3:
            sheet = from_bytes(_text(item).encode())
            if sheet and GRADES <= set(sheet.header):
                found = [dict(zip(sheet.header, row, strict=False)) for row in sheet.rows]
                rows |= {row["student_repository_name"]: row for row in found}
    return rows


# --- a folder of notebooks -----------------------------------------------------------------------


def _plain(parts: tuple[str, ...], lesson: str) -> Origin:
    """Return whose a file is by its name, or else by the folder that it lies in."""
    at = next((at for at, part in enumerate(parts[:-1]) if part != lesson), None)
    name = stem(parts[-1] if at is None else parts[at])
    own = re.sub(rf"[\s_.-]*{re.escape(lesson)}[\s_.-]*", " ", name).strip(" ") or name
    file = PurePosixPath(*parts[-1:] if at is None else parts[at + 1 :])
    who = own_name(own)
    words = [word for word in re.split(r"[\W_]+", who) if len(word) > 2]
    return Origin((Person(who, (who, *words), who),), file)


def stem(name: str) -> str:
    """Return a notebook's name without its endings: x of `x.ipynb.txt`."""
    return re.sub(r"(\.ipynb)?(\.(ipynb|txt|json|zip))?$", "", name, flags=re.IGNORECASE)


def own_name(name: str) -> str:
    """Return a name as nbgrader can use it: it takes `*`, `?` and `[a]` for patterns."""
    whole = unicodedata.normalize("NFC", name.strip())  # macOS takes letters apart
    return re.sub(r"[ *?/\\\[\]]+", "_", whole).lstrip(".")  # dots would lead elsewhere


def _levels(paths: list[PurePosixPath], folders: Folders) -> set[int]:
    """Return how deep a platform's names may lie: at the top, or in most of what is there.

    A learner may call a file in a folder of theirs as if it were another's; it is not believed.
    """
    tops = {path.parts[0] for path in paths
            if len(path.parts) > 1 or path.suffix.lower() == ".ipynb"}  # fmt: skip
    having: dict[int, set[str]] = {}
    for path in paths:
        here = [path, *path.parents][-2::-1]  # from the top
        forms = (MOODLE, BLACKBOARD, CANVAS)
        named = (place for place, each in enumerate(here)
                 if each in folders or any(f.fullmatch(each.name) for f in forms))  # fmt: skip
        having.setdefault(next(named, 0), set()).add(path.parts[0])
    return {0} | {place for place, found in having.items() if 2 * len(found) > len(tops)}


def _wrapper(paths: list[PurePosixPath]) -> int:
    """Return how many folders all files lie in that are no learner's: a zip's name, mostly."""
    depth = 0
    while paths and all(len(path.parts) > depth + 1 for path in paths):
        here = {path.parts[depth] for path in paths}
        books = {path.parts[depth + 1] for path in paths if path.name.lower().endswith(".ipynb")}
        if len(here) > 1 or len(books) < 2:
            break
        depth += 1
    return depth
