"""Submissions whose file is odd: cells gone, copied, moved or edited; damaged, huge, or no file."""

import json
import os
from pathlib import Path

import nbformat
from hostile_making import FULL, PS1, RELU, Submission, answers, cell_of, file, filled, place_of
from hostile_making import right as right_
from hostile_making import wrong as wrong_
from nbformat import NotebookNode

REPAIRED = ("repaired",)


def right(*arguments, states=REPAIRED, **options) -> Submission:
    return right_(*arguments, states=states, **options)


def wrong(*arguments, states=REPAIRED, **options) -> Submission:
    return wrong_(*arguments, states=states, **options)


# --- cells ---------------------------------------------------------------------------------------


def delete(*names: str):
    def edit(notebook: NotebookNode) -> None:
        for name in names:
            del notebook.cells[place_of(notebook, name)]

    return edit


def copy_cells(notebook: NotebookNode) -> None:
    """Copy each cell right behind itself, ids and all, as copy and paste did."""
    notebook.cells = [nbformat.from_dict(cell) for each in notebook.cells for cell in (each, each)]


def add_broken_copies(notebook: NotebookNode) -> None:
    """Add a test that is worth nothing and an answer that is wrong, with the ids of others."""
    test, answer = (nbformat.from_dict(cell_of(notebook, n)) for n in ("test-mean", "mean"))
    test.source, answer.source = "pass", "def mean(values):\n    return 'not this one'"
    notebook.cells = [test, *notebook.cells, answer]


def split(notebook: NotebookNode) -> None:
    """Split answers and tests in the middle of their lines; both halves keep the id."""
    for name in ("mean", "primes", "vector", "test-mean", "test-vector"):
        at, lines = place_of(notebook, name), cell_of(notebook, name).source.split("\n")
        halves = [nbformat.from_dict(notebook.cells[at]) for _ in range(2)]
        halves[0].source, halves[1].source = "\n".join(lines[:1]), "\n".join(lines[1:])
        notebook.cells[at : at + 1] = halves


def merge(notebook: NotebookNode) -> None:
    """Merge all code cells into the first, as JupyterLab's "Merge selected cells" does."""
    first, *others = [cell for cell in notebook.cells if cell.cell_type == "code"]
    first.source = "\n\n".join(cell.source for cell in (first, *others))
    notebook.cells = [cell for cell in notebook.cells if cell not in others]


def edit_tests(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            cell.source = "4 * 4"
    cell_of(notebook, "helper-close").source = "def close(*_):\n    return True\n\nlimit = 0"


def raise_points(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata.get("nbgrader", {}).update(points=1000, grade=True, locked=False)


def unlock(notebook: NotebookNode) -> None:
    """Make answers of the tests, and tests of the answers."""
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader")
        if nbgrader and cell.cell_type == "code":
            nbgrader.update(solution=not nbgrader["solution"], locked=False, schema_version=3)


def exchange_ids(notebook: NotebookNode) -> None:
    """Let an easy test stand for a hard one."""
    hard, easy = cell_of(notebook, "test-primes"), cell_of(notebook, "test-total")
    hard.metadata.nbgrader.grade_id, easy.metadata.nbgrader.grade_id = "test-total", "test-primes"


def reverse(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def turn_to_markdown(notebook: NotebookNode) -> None:
    for name in ("mean", "test-mean", "test-words", "helper-close"):
        cell = cell_of(notebook, name)
        cell.cell_type = "markdown"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def strip(notebook: NotebookNode) -> None:
    """Take out all metadata and ids, as Colab does."""
    notebook.metadata, notebook.nbformat_minor = nbformat.from_dict({"colab": {}}), 0
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({"id": "x7"})
        cell.pop("id", None)


def add_graded_cells(notebook: NotebookNode) -> None:
    for number in range(3):
        cell = nbformat.from_dict(cell_of(notebook, "test-mean"))
        cell.metadata.nbgrader.update(grade_id=f"bonus-{number}", points=50)
        cell.source, cell.id = "50", f"bonus-{number}"
        notebook.cells.append(cell)


def retype(notebook: NotebookNode) -> None:
    """Replace the answer's cell by two new ones."""
    at = place_of(notebook, "relu-by_hand")
    texts = ["z1 = [-1, 3, 5, 3]", "a1 = [0, 3, 5, 3]"]
    notebook.cells[at : at + 1] = [nbformat.v4.new_code_cell(text) for text in texts]


def half_a_character(notebook: NotebookNode) -> None:
    notebook.cells.append(nbformat.v4.new_markdown_cell("half a character: \ud83d"))
    notebook.cells.append(nbformat.v4.new_code_cell("print('\\ud83d')\n'\ud83d'"))


def act_in_pages(notebook: NotebookNode) -> None:
    text = "<script>document.title = 'left-behind-in-a-page'</script><img src=x onerror=alert(1)>"
    notebook.cells.append(nbformat.v4.new_markdown_cell(text))
    show = f"from IPython.display import HTML, Javascript, display\ndisplay(HTML({text!r}))"
    notebook.cells.append(nbformat.v4.new_code_cell(f"{show}\ndisplay(Javascript('alert(1)'))"))
    cell_of(notebook, "explain").source = text


CELLS = [
    right(PS1, "copied", "every cell twice", edit=copy_cells),
    right(PS1, "copied-badly", "a wrong answer below, an empty test above", edit=add_broken_copies),
    right(PS1, "split", "answers and tests in two", edit=split),
    right(PS1, "merged", "everything in one cell", edit=merge),
    right(RELU, "merged-checks", "everything in one cell", edit=merge),
    right(PS1, "without-tests", "all tests deleted", edit=delete(*FULL[PS1], "helper-close")),
    wrong(
        PS1,
        "without-tests-or-answers",
        "nothing left to run",
        edit=delete(*FULL[PS1], *answers(PS1)),
    ),
    right(PS1, "without-an-answer", "one answer deleted", edit=delete("primes"), but={"primes": 0}),
    right(RELU, "retyped", "one answer in two new cells", edit=retype),
    right(PS1, "edited-tests", "right all the same", edit=edit_tests),
    wrong(PS1, "edited-tests-only", "and nothing else", edit=edit_tests),
    wrong(PS1, "raised-points", "a thousand for each cell", edit=raise_points, states=("graded",)),
    right(
        PS1, "unlocked", "answers for tests and tests for answers", edit=unlock, states=("graded",)
    ),
    right(
        PS1,
        "exchanged-ids",
        "an easy test for a hard one",
        edit=exchange_ids,
        answers_={"primes": "def is_prime(n):\n    return False"},
        but={"primes": 2},
    ),
    right(PS1, "reversed", "from the last cell to the first", edit=reverse),
    right(
        PS1,
        "markdown",
        "code cells made text",
        edit=turn_to_markdown,
        states=("graded", "repaired"),
    ),
    right(PS1, "stripped", "without metadata and ids, as Colab saves it", edit=strip),
    right(
        RELU,
        "stripped-checks",
        "the same, and two names in one assignment",
        edit=strip,
        answers_={"by_hand": "z1, a1 = [-1, 3, 5, 3], [0, 3, 5, 3]"},
    ),
    wrong(PS1, "bonus", "graded cells of one's own", edit=add_graded_cells, states=("graded",)),
    right(
        PS1, "half-a-character", "text that is no text", edit=half_a_character, states=("graded",)
    ),
    right(
        PS1, "acts-in-pages", "scripts in outputs and texts", edit=act_in_pages, states=("graded",)
    ),
    right(
        PS1,
        "nested-deep-code",
        "an expression too deep to be read",
        last="x = " + "+".join(["1"] * 20_000) + "\n----\nx = " + "-" * 50_000 + "1",
        states=("graded", "killed"),
    ),
    right(
        PS1,
        "many-magics",
        "hundreds of magics in a cell",
        last="\n".join(["%pwd"] * 300),
        states=("graded", "timed out"),
    ),
]

# --- files ---------------------------------------------------------------------------------------


def text_of(lesson: str, released: NotebookNode, done: bool = True) -> str:
    return nbformat.writes(filled(released, answers(lesson) if done else {}))


def saved(change, name: str = f"{PS1}.ipynb"):
    """Return a `place` that saves the right notebook's text, changed into bytes."""

    def place(folder: Path, released: NotebookNode, root: Path) -> None:
        (folder / name).write_bytes(change(text_of(PS1, released)))

    return place


def as_version_3(text: str) -> bytes:
    notebook = nbformat.convert(nbformat.reads(text, as_version=4), 3)
    return json.dumps(notebook).encode()


def with_outputs(size: int):
    """Return the notebook's text with outputs of so many bytes."""

    def change(text: str) -> bytes:
        notebook = nbformat.reads(text, as_version=4)
        code = next(cell for cell in notebook.cells if cell.cell_type == "code")
        code.outputs = [nbformat.v4.new_output("stream", text="x" * size)]
        return nbformat.writes(notebook).encode()

    return change


def link(target: str):
    """Return a `place` that hands in a link to something else of the course."""

    def place(folder: Path, released: NotebookNode, root: Path) -> None:
        (folder / f"{PS1}.ipynb").symlink_to(target.format(root=root))

    return place


def linked_folder(folder: Path, released: NotebookNode, root: Path) -> None:
    folder.rmdir()
    folder.symlink_to(root / "submitted/a-neighbour/ps1")


def a_folder(folder: Path, released: NotebookNode, root: Path) -> None:
    (folder / f"{PS1}.ipynb").mkdir()


def a_pipe(folder: Path, released: NotebookNode, root: Path) -> None:
    os.mkfifo(folder / f"{PS1}.ipynb")


def nothing(folder: Path, released: NotebookNode, root: Path) -> None:
    pass


def with_odd_files(folder: Path, released: NotebookNode, root: Path) -> None:
    """Beside the notebook: names that are no text, links, pipes, a module called like another."""
    (folder / f"{PS1}.ipynb").write_text(text_of(PS1, released))
    Path(os.fsdecode(os.fsencode(folder) + b"/no-text-\xff\xfe.txt")).write_text("odd")
    (folder / "timestamp.txt").write_text("the day before yesterday")
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "link.txt").symlink_to(root / "gradebook.db")
    (folder / "deep").symlink_to(root)
    os.mkfifo(folder / "pipe.txt")


def two_notebooks(folder: Path, released: NotebookNode, root: Path) -> None:
    for name in ("one.ipynb", "two.ipynb"):
        (folder / name).write_text(text_of(PS1, released))


FILES = [
    file(PS1, "empty", "no bytes", saved(lambda text: b""), "unreadable"),
    file(PS1, "blank", "blanks", saved(lambda text: b" \n" * 100), "unreadable"),
    file(
        PS1, "binary", "a picture's bytes", saved(lambda text: bytes(range(256)) * 99), "unreadable"
    ),
    file(
        PS1,
        "corrupt",
        "a comma too many",
        saved(lambda text: text[:-9].encode() + b",,"),
        "unreadable",
    ),
    file(
        PS1,
        "truncated",
        "the first half",
        saved(lambda text: text[: len(text) // 2].encode()),
        "unreadable",
    ),
    file(
        PS1,
        "no-notebook",
        "JSON, but no notebook",
        saved(lambda text: b'{"cells": 3}'),
        "unreadable",
    ),
    file(
        PS1,
        "no-cells",
        "a notebook without cells",
        saved(lambda text: b'{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'),
        "unreadable",
    ),
    file(
        PS1,
        "nested-file",
        "JSON too deep to be read",
        saved(lambda text: b"[" * 10**6),
        "unreadable",
    ),
    file(PS1, "huge", "60 MB of outputs", saved(with_outputs(60_000_000)), "refused"),
    file(
        PS1, "large", "20 MB of outputs", saved(with_outputs(20_000_000)), "graded", all_right=True
    ),
    file(PS1, "old", "a notebook of format 3", saved(as_version_3), "graded", all_right=True),
    file(
        PS1,
        "utf-16",
        "as some editors save it",
        saved(lambda text: text.encode("utf-16")),
        "graded",
        all_right=True,
    ),
    file(
        PS1,
        "with-a-mark",
        "UTF-8 with a mark before it",
        saved(lambda t: t.encode("utf-8-sig")),
        "graded",
        all_right=True,
    ),
    file(
        PS1,
        "misnamed",
        "another name",
        saved(str.encode, "ps1 (1).IPYNB"),
        "repaired",
        all_right=True,
    ),
    file(PS1, "two", "two notebooks, neither with the right name", two_notebooks, "missing"),
    file(PS1, "missing", "an empty folder", nothing, "missing"),
    file(
        PS1,
        "link-to-a-neighbour",
        "somebody else's work",
        link("{root}/submitted/a-neighbour/ps1/ps1.ipynb"),
        "refused",
    ),
    file(
        PS1,
        "link-to-the-solutions",
        "the instructor's work",
        link("{root}/solutions/ps1/ps1.ipynb"),
        "refused",
    ),
    file(PS1, "link-to-the-gradebook", "the gradebook", link("{root}/gradebook.db"), "refused"),
    file(PS1, "link-to-nowhere", "a broken link", link("/nowhere"), "refused"),
    file(PS1, "linked-folder", "somebody else's folder", linked_folder, "refused"),
    file(PS1, "a-folder", "a folder with the notebook's name", a_folder, "refused"),
    file(PS1, "a-pipe", "reading it would wait for ever", a_pipe, "refused"),
    file(
        PS1, "odd-files", "odd files beside the notebook", with_odd_files, "graded", all_right=True
    ),
]

ODD_NAMES = [
    right_(PS1, name, "an odd name")
    for name in (
        "--help",
        "two words",
        "Zoë Ωμέγα",
        'o\'hara "q"',
        "$(touch left-behind)",
        "{student_id}",
        "%s%n",
        "semi;colon&",
        "x" * 100,
        "[a]",
        "line\nbreak",
    )
]
