"""A lesson's `slips.txt`: for each exercise its hints and its slips, once and for all.

    [01-relu-layer: relu]              the lesson's folder, and the first part of its ids (or
                                       several: [04-gradient-checking: gradcheck, hand])

    [relu.relu]
    1. Say in one sentence …           hints, numbered; a line that goes on is indented
    2. The same rule holds …

    return np.abs(z)  # absolute value
        The negative entries …         what the learner is told, indented

Slips that stand directly below each other share the explanation below the last of them.
Two names are reserved: a line `# also right` is a right answer too, and a line
`# no difference` is a change that no input can show, with the reason below it.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from lessonlib.errors import UserError
from lessonlib.exercises.reference import place
from lessonlib.exercises.slips import Slip, grouped

FILE = "slips.txt"
ALSO_RIGHT, NO_DIFFERENCE = "also right", "no difference"
_SECTION = re.compile(r"\[([\w.]+)\]")
_HINT = re.compile(r"(\d+)\.\s+(.*)")
_NAMED = re.compile(r"(?:(?P<code>.*\S)\s{2,}|)#\s+(?P<name>.*\S)")


@dataclass
class Section:
    """What stands below an exercise's id."""

    file: str
    line: int
    hints: list[str] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)

    def named(self, name: str) -> list[Slip]:
        """Return the lines that have one of the reserved names."""
        return [slip for slip in self.slips if slip.name == name]

    @property
    def mistakes(self) -> list[Slip]:
        """The slips, without the lines of reserved names."""
        return [slip for slip in self.slips if slip.name not in (ALSO_RIGHT, NO_DIFFERENCE)]


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
    reader = _Reader(str(path), start)
    for number, line in enumerate(lines, start=start + 1):
        if line.strip():
            reader.take(number, line)
    return reader.finished()


class _Reader:
    """Reads a section line by line; `rest` is what indented lines go on with."""

    def __init__(self, file: str, start: int):
        self.section = Section(file, start)
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
        self._close()
        if int(count) != len(self.section.hints) + 1 or self.section.slips:
            self._fault(number, "hints come first, numbered from 1")
        self.section.hints.append("")
        self.rest = [text]

    def _code(self, number: int, line: str) -> None:
        if not self.code:
            self._close()
        self.rest = None
        found = _NAMED.fullmatch(line)
        if not found or found["code"]:
            self.code.append((number, found["code"] if found else line))
        if found:
            self._name(number, found["name"])

    def _name(self, number: int, name: str) -> None:
        if not self.code:
            self._fault(number, f"the slip {name!r} has no code")
        if name in {slip.name for slip in self.section.mistakes}:
            self._fault(number, f"a second slip with the name {name!r}")
        slip = Slip(name, "", tuple(grouped(self.code)), self.section.file)
        self.section.slips.append(slip)
        self.code, self.rest = [], []

    def _close(self) -> None:
        """Give the hint or the slip that was read last its text."""
        text = " ".join(self.rest or [])
        if self.section.slips and text:
            self.section.slips[-1] = replace(self.section.slips[-1], why=text)
        elif self.section.hints and text:
            self.section.hints[-1] = text

    def finished(self) -> Section:
        self._close()
        if self.code:
            self._fault(self.code[0][0], "this slip has no name: write `  # name` behind its code")
        self._share()
        return self.section

    def _share(self) -> None:
        """Give a slip without an explanation that of the next one."""
        slips = self.section.slips
        for index in reversed(range(len(slips) - 1)):
            slip, below = slips[index : index + 2]
            if not slip.why and below in self.section.mistakes:
                slips[index] = replace(slip, why=below.why)

    def _fault(self, number: int, text: str) -> None:
        raise UserError(f"{place(self.section.file, number)}: {text}.")
