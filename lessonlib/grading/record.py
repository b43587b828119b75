"""What is remembered of a graded submission beside its points: in its notebook's metadata."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nbformat import NotebookNode, from_dict

KEY = "lessonlib"

# How a submission ended, the worst last. All but the first are worth a look.
STATES = (
    "graded",  # everything ran
    "repaired",  # cells were missing, copied, moved or edited; everything ran
    "timed out",  # something did not come to an end and was stopped
    "killed",  # something ended its process; the rest ran in a new one
    "unreadable",  # there is no notebook in the file
    "refused",  # a link, a device, or too large a file
    "missing",  # there is no file
    "failed",  # the grader itself stumbled: not the learner's fault
)


@dataclass(frozen=True)
class Result:
    """How one graded cell did.

    cell:     nbgrader's id of the cell.
    exercise: the id of the exercise that it checks; the cell's id where it is an ordinary test.
    points:   None where a person has to say.
    message:  what the learner is told.
    mistakes: those that were recognised: each output of an answer is diagnosed by itself.
    marked:   why a person should look at a test although it passed; "" if there is no reason.
    instructor: what only the instructor may read, such as the error of a hidden test.
    """

    cell: str
    exercise: str
    points: float | None
    max_points: float
    message: str = ""
    state: str = "graded"
    mistakes: tuple[str, ...] = ()
    marked: str = ""
    instructor: str = ""

    @classmethod
    def of(cls, known: dict) -> "Result":
        """Return the result that was stored as JSON."""
        return cls(**{**known, "mistakes": tuple(known.get("mistakes", ()))})


@dataclass(frozen=True)
class Record:
    """How a submission did.

    fingerprint: of all that its grade depends on; the same again means that nothing has changed.
    notes:       what a person may want to know, in sentences.
    """

    state: str
    fingerprint: str
    results: tuple[Result, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def points(self) -> float:
        """The points that the tests gave."""
        return sum(result.points or 0.0 for result in self.results)

    def write(self, notebook: NotebookNode) -> None:
        """Put the record into a notebook's metadata."""
        notebook.metadata[KEY] = from_dict(asdict(self))

    @classmethod
    def read(cls, notebook: NotebookNode) -> "Record | None":
        """Return the record in a notebook, or None where there is none of ours."""
        return cls._of(notebook)

    @classmethod
    def of_file(cls, path: Path) -> "Record | None":
        """Return the record in a notebook's file; None where there is no file, or none of ours."""
        try:
            return cls.of_bytes(path.read_bytes())
        except OSError:
            return None

    @classmethod
    def of_bytes(cls, notebook: bytes) -> "Record | None":
        """Return the record in a notebook that was written here, without parsing its cells.

        nbformat sorts the keys and indents by one: the metadata are the last of the four that
        matter, and no other line of the file begins like theirs.
        """
        start = notebook.rfind(b'\n "metadata": {')
        try:
            return cls._of(json.loads(b"{" + notebook[start:] if start >= 0 else notebook))
        except ValueError:
            return None

    @classmethod
    def _of(cls, notebook: dict) -> "Record | None":
        try:
            known = notebook["metadata"][KEY]
            results = tuple(map(Result.of, known["results"]))
            return cls(**{**known, "results": results, "notes": tuple(known["notes"])})
        except (KeyError, TypeError, AttributeError):
            return None
