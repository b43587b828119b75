"""All that one grade depends on, and its fingerprint: the same again means that nothing changed."""

import hashlib
import platform
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata

from lessonlib.grading.host.isolation import PACKAGE
from lessonlib.grading.lesson_files import digest
from lessonlib.grading.lesson_files import fingerprint as lesson_fingerprint
from lessonlib.grading.materials import Materials, imported_modules, named_parts
from lessonlib.grading.protocol.limits import Limits


@dataclass(frozen=True)
class Plan:
    """What came of the instructor's own solution (see `model.plan`).

    faults:  what is wrong with the assignment, each "the test's name: what".
    advice:  what is only odd about it.
    mutants: by a test's name: (id, code) of variants that a right answer fails.
    exempt:  names and attributes that the solution changes, too, and its lines of evidence.
    """

    faults: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    mutants: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    exempt: frozenset[str] = frozenset()

    def as_json(self) -> dict:
        """Return the plan ready for JSON."""
        return {**asdict(self), "exempt": sorted(self.exempt)}

    @classmethod
    def of(cls, known: dict) -> "Plan":
        """Return the plan that was stored as JSON. Raises what a wrong one raises."""
        mutants = {str(name): [(str(n), str(code)) for n, code in each]
                   for name, each in known["mutants"].items()}  # fmt: skip
        texts = [tuple(map(str, known[name])) for name in ("faults", "advice", "exempt")]
        return cls(texts[0], texts[1], mutants, frozenset(texts[2]))


@dataclass(frozen=True)
class Task:
    """All that one grade depends on.

    data:    the submitted file; None where there is none.
    files:   what else the learner handed in, by relative path; the lesson's own files win.
    fault:   why the file was not read, where it was not ("It is a link.").
    notes:   what was odd about how it was handed in.
    secret:  of the course; mixed into the seed of each check's inputs.
    plan:    what came of the instructor's own solution.
    trusted: it is that solution: nothing is put back in a test, what would be is only reported.
    """

    materials: Materials
    data: bytes | None
    files: dict[str, bytes]
    limits: Limits = Limits()
    protected: bool = True
    fault: str = ""
    notes: tuple[str, ...] = ()
    secret: bytes = b""
    plan: Plan | None = None
    trusted: bool = False

    def fingerprint(self) -> str:
        """Return a digest of all that the grade depends on."""
        how = repr((
            self.limits, self.protected, self.fault, self.notes, self.data is None, self.trusted,
            versions(self.imports), _as_text(self.plan),
        ))  # fmt: skip
        lesson = lesson_fingerprint(self.materials.lesson)
        parts = [code_fingerprint(), lesson, self.materials.fingerprint(), how]
        secret = hashlib.sha256(self.secret).digest()
        return digest(*map(str.encode, parts), secret, self.data or b"", *named_parts(self.files))

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules that the assignment imports."""
        return imported_modules(self.materials.cells, self.materials.files)


def _as_text(plan: Plan | None) -> str:
    if plan is None:
        return ""
    return repr((sorted(plan.mutants.items()), sorted(plan.exempt)))


def versions(modules: tuple[str, ...]) -> list[str]:
    """Return the versions of Python, NumPy and of the packages that these modules belong to."""
    tops = sorted({"numpy", *(name.split(".")[0] for name in modules)})
    names = sorted({package for top in tops for package in _packages().get(top, ())})
    return [platform.python_version(), *(f"{name} {metadata.version(name)}" for name in names)]


@cache
def _packages() -> dict[str, list[str]]:
    return dict(metadata.packages_distributions())


@cache
def code_fingerprint() -> str:
    """Return a digest of lessonlib's code: a check that has changed makes its grades stale."""
    silent = {PACKAGE / "grading" / "report", PACKAGE / "platforms"}  # no grade depends on them
    code = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in (".py", ".txt")]
    files = [path for path in code if silent.isdisjoint(path.parents)]
    return digest(*(path.read_bytes() for path in files))
