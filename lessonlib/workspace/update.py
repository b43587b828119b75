"""`lessonlib update` and `lessonlib reset`: the course as it is now, in a learner's folder."""

from dataclasses import dataclass, field
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.lessons import lesson
from lessonlib.workspace import folder, merge, release
from lessonlib.workspace.files import keep, read, write


@dataclass
class Changes:
    """What became of files, by their names; `kept` has a copy of each as it was."""

    new: list[str] = field(default_factory=list)
    kept: dict[str, Path] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    departed: list[str] = field(default_factory=list)


def is_current(home: Path) -> bool:
    """Return whether a learner's folder has the course as it is now."""
    return not _outdated(home, release.files())


def update(home: Path) -> Changes:
    """Bring the course as it is now into a learner's folder, and return what has changed.

    Answers and cells of the learner's own stay as they are. Where something else that they wrote
    gives way to the new release, the whole file is kept as it was. Interrupted, the same call goes
    on.
    """
    folder.expect_started(home)
    course, changes = release.files(), Changes()
    for name in _outdated(home, course):
        try:
            _bring(home, name, course[name], changes)
        except merge.NoNotebook:
            changes.unreadable.append(name)
    _forget_departed(home, course, changes)
    folder.mark(home)
    return changes


def _outdated(home: Path, course: dict[str, bytes]) -> list[str]:
    return [name for name in course if read(folder.handed_out(home, name)) != course[name]]


def _bring(home: Path, name: str, content: bytes, changes: Changes) -> None:
    path, handed_out = home / name, folder.handed_out(home, name)
    mine, before = read(path), read(handed_out)
    if mine in (None, before):
        write(path, content)
    elif mine is not None and mine != content:
        _merge(path, name, before, content, changes)
    write(handed_out, content)  # last: it says that the file is done
    changes.new.append(name)


def _merge(path: Path, name: str, before: bytes | None, content: bytes, changes: Changes) -> None:
    """Merge a file that the learner has changed. Raises NoNotebook, and leaves it as it is."""
    merged, replaced = content, True  # no notebook: the whole of it is one text
    if path.suffix == ".ipynb":
        known = merge.parsed(before) if before else None
        found = merge.merge(known, merge.parsed(path.read_bytes()), merge.parsed(content))
        merged, replaced = merge.as_bytes(found.notebook), bool(found.replaced)
    if replaced:
        changes.kept[name] = keep(path)
    write(path, merged)


def _forget_departed(home: Path, course: dict[str, bytes], changes: Changes) -> None:
    """Leave what the course no longer has to the learner."""
    for name in release.files_in(home / folder.HANDED_OUT):
        if name not in course:
            folder.handed_out(home, name).unlink()
            changes.departed.append(name)


def reset(home: Path, name: str) -> Changes:
    """Put a fresh copy of a lesson into a learner's folder, and keep what they had.

    name: the lesson's number or name. Raises UserError where there is none.
    """
    folder.expect_started(home)
    called, changes = lesson(name).name, Changes()
    fresh = {n: c for n, c in release.files().items() if n.startswith(f"{called}/")}
    if not fresh:
        raise UserError(f"There is no fresh copy of {called}: it comes with another package.")
    for file, content in fresh.items():
        if read(home / file) not in (None, content):
            changes.kept[file] = keep(home / file)
        write(folder.handed_out(home, file), content)
        write(home / file, content)
        changes.new.append(file)
    return changes
