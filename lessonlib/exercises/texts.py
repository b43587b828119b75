"""A lesson's `slips.txt`: for each exercise its hints and its slips, once and for all.

docs/writing-exercises.md shows one. Two names are reserved: a line `# also right` is a right answer
too, and a line `# no difference` is a change that no input can show, with the reason below it.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.exercises.reference import place
from lessonlib.exercises.slips import Slip, grouped

FILE = "slips.txt"
RESERVED = ALSO_RIGHT, NO_DIFFERENCE = "also right", "no difference"
_SECTION = re.compile(r"\[([\w.]+)\]")
_HINT = re.compile(r"(\d+)\.\s+(.*)")
_NAMED = re.compile(r"(?:(?P<code>.*\S)\s{2,}|)#\s+(?P<name>.*\S)")


@dataclass
class Section:
    """What stands below an exercise's id."""

    hints: list[str]
    slips: list[Slip]

    def named(self, name: str) -> list[Slip]:
        """Return the lines that have one of the reserved names."""
        return [slip for slip in self.slips if slip.name == name]

    @property
    def mistakes(self) -> list[Slip]:
        """The slips, without the lines of reserved names."""
        return [slip for slip in self.slips if slip.name not in RESERVED]


@cache
def ids(path: Path) -> dict[str, tuple[int, list[str]]]:
    """Return the lines below each exercise's id with the number of the id's own line."""
    sections: dict[str, tuple[int, list[str]]] = {}
    below: list[str] = []
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, start=1):
        found = _SECTION.fullmatch(line.strip())
        if found and found[1] in sections:
            raise UserError(f"{place(str(path), number)}: a second part for {found[1]}.")
        if found:
            below = []
            sections[found[1]] = number, below
        else:
            below.append(line)
    return sections


def section(path: Path, exercise_id: str) -> Section:
    """Return what a lesson's file says of an exercise. Raises UserError, with its line."""
    start, lines = ids(path).get(exercise_id, (0, []))
    reader = _Reader(str(path))
    for number, line in enumerate(lines, start=start + 1):
        if line.strip():
            reader.take(number, line)
    return reader.finished()


class _Reader:
    """Reads a section line by line; `rest` is what indented lines go on with."""

    def __init__(self, file: str):
        self.file = file
        self.hints: list[list[str]] = []
        self.slips: list[tuple[Slip, list[str]]] = []
        self.code: list[tuple[int, str]] = []
        self.rest: list[str] | None = None

    def take(self, number: int, line: str) -> None:
        indented = line[0].isspace()
        if indented and self.rest is not None:
            self.rest.append(line.strip())
        elif indented and not self.code:
            self._fault(number, "this line is indented, and nothing stands above it to go on with")
        elif found := not self.code and _HINT.fullmatch(line):
            self._hint(number, *found.groups())
        else:
            self._code(number, line.rstrip())

    def _hint(self, number: int, count: str, text: str) -> None:
        if int(count) != len(self.hints) + 1 or self.slips:
            self._fault(number, "hints come first, numbered from 1")
        self.rest = [text]
        self.hints.append(self.rest)

    def _code(self, number: int, line: str) -> None:
        self.rest = None
        found = _NAMED.fullmatch(line)
        if not found or found["code"]:
            self.code.append((number, found["code"] if found else line))
        if found:
            self._name(number, found["name"])

    def _name(self, number: int, name: str) -> None:
        if not self.code:
            self._fault(number, f"the slip {name!r} has no code")
        if name not in RESERVED and name in {slip.name for slip, _ in self.slips}:
            self._fault(number, f"a second slip with the name {name!r}")
        self.rest = []
        slip = Slip(name, "", tuple(grouped(self.code)), self.file)
        self.slips.append((slip, self.rest))
        self.code = []

    def finished(self) -> Section:
        if self.code:
            self._fault(self.code[0][0], "this slip has no name: write `  # name` behind its code")
        slips: list[Slip] = []
        why = ""  # of the mistake below, for one that has no explanation of its own
        for slip, words in reversed(self.slips):
            slips.insert(0, replace(slip, why=" ".join(words) or why))
            why = "" if slip.name in RESERVED else slips[0].why
        return Section([" ".join(hint) for hint in self.hints], slips)

    def _fault(self, number: int, text: str) -> None:
        raise UserError(f"{place(self.file, number)}: {text}.")
