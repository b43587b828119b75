"""`lessonlib new NAME`: a lesson that can be built, proved and graded at once, to be rewritten."""

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from lessonlib import lessons
from lessonlib.errors import UserError
from lessonlib.project import MARKER

TEMPLATE = files("lessonlib.building") / "template"


@dataclass(frozen=True)
class Names:
    """What a new lesson is called: "20-batch-norm", and what follows from it."""

    name: str
    prefix: str

    @property
    def project(self) -> str:
        """The name without its number: "batch-norm"."""
        return self.name.split("-", 1)[1]

    @property
    def module(self) -> str:
        """The name as Python has it: "batch_norm"."""
        return self.project.replace("-", "_")

    def fill(self, template: str, **more: str) -> str:
        """Return a template with the names in place."""
        text = (TEMPLATE / f"{template}.txt").read_text(encoding="utf-8")
        title = self.project.replace("-", " ").capitalize()
        known = {"name": self.name, "prefix": self.prefix, "project": self.project}
        for key, value in {**known, "module": self.module, "title": title, **more}.items():
            text = text.replace(f"{{{{{key}}}}}", value)
        return text


def names(name: str, prefix: str, taken: list[str]) -> Names:
    """Return the names of a new lesson; the next number if it has none. Raises UserError."""
    if not re.fullmatch(r"(\d\d-)?[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise UserError(f"{name!r} is no name for a lesson: write it like 20-batch-norm.")
    if not name[0].isdigit():
        numbers = [int(each[:2]) for each in taken if each[:2].isdigit()]
        name = f"{max(numbers, default=0) + 1:02}-{name}"
    prefix = prefix or name.split("-", 1)[1].replace("-", "")
    if not prefix.isidentifier():
        raise UserError(f"{prefix!r} is no first part for ids: write it like bnorm.")
    return Names(name, prefix)


def begin(here: Path, name: str, prefix: str = "", package: bool = False) -> str:
    """Write a new lesson and return what to do next.

    In lessonlib's own repository it becomes one of ours, elsewhere (or if `package` says so) a
    package of its own in a folder below `here`. Raises UserError for names that are taken.
    """
    known = lessons.lessons()
    called = names(name, prefix, [each.name for each in known])
    for each in known:
        if called.name == each.name or called.prefix in each.prefixes:
            taken = f"{each.name} ({', '.join(each.prefixes)})"
            raise UserError(f"There is a lesson {taken} already.")
    root = None if package else _repository(here)
    files = _of_ours(called) if root else _of_a_package(called)
    _write(root or here, files)
    steps = [f"lessonlib build {called.name}", f"lessonlib prove {called.name}"]
    if not root:
        steps = [f"cd {called.project}", "pip install -e .", *steps]
    return "\n".join([*files, "", "Next:", *(f"    {step}" for step in steps)])


def _repository(here: Path) -> Path | None:
    """Return the folder of lessonlib's own repository, if `here` is in it."""
    ours = Path(lessons.__file__).resolve().parents[2]
    inside = here.resolve().is_relative_to(ours) and (ours / MARKER).is_file()
    return ours if inside else None


def _write(root: Path, texts: dict[str, str]) -> None:
    for path in texts:
        if (root / path).exists():
            raise UserError(f"{path} is there already; nothing was written.")
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _of_ours(called: Names) -> dict[str, str]:
    test = {f"tests/lessons/test_{called.module}.py": called.fill("test", up="2")}
    return {**_lesson(called, f"lessonlib/lessons/{called.module}"), **test}


def _of_a_package(called: Names) -> dict[str, str]:
    texts = {
        "pyproject.toml": called.fill("pyproject"),
        "nbgrader_config.py": called.fill("nbgrader_config"),
        **_lesson(called, called.module),
        f"tests/test_{called.module}.py": called.fill("test", up="1"),
    }
    return {f"{called.project}/{path}": text for path, text in texts.items()}


def _lesson(called: Names, code: str) -> dict[str, str]:
    return {
        f"{code}/__init__.py": called.fill("lesson"),
        f"{code}/slips.txt": called.fill("slips"),
        f"solutions/{called.name}/{called.name}.py": called.fill("notebook"),
    }
