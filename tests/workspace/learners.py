"""A released course of one real lesson, of which a test makes a next release; answers in it."""

from pathlib import Path

from lessonlib.workspace import merge, release

ROOT = Path(__file__).parents[2]
LESSON = "01-relu-layer"
NOTEBOOK = f"{LESSON}/{LESSON}.ipynb"
ANSWER = "def relu(z):\n    return np.where(z > 0, z, 0)  # größer als 0\n\n"


class Course:
    """What is released; `text` makes the next release of it."""

    def __init__(self):
        released = release.files_in(ROOT / "course" / LESSON)
        self.files = {f"{LESSON}/{name}": content for name, content in released.items()}
        self.files["glossary.md"] = b"# Glossary\n"

    def text(self, source: str, name: str = NOTEBOOK) -> None:
        """Change a notebook's first text."""
        notebook = merge.parsed(self.files[name])
        notebook["cells"][0]["source"] = [source]
        self.files[name] = merge.as_bytes(notebook)


def answered(path: Path, grade_id: str, source: str = ANSWER) -> Path:
    """Write an answer into a notebook as JupyterLab would, and return its path."""
    notebook = merge.parsed(path.read_bytes())
    cell = next(c for c in notebook["cells"] if c["id"] == grade_id)
    cell["source"] = source.splitlines(True)
    path.write_bytes(merge.as_bytes(notebook))
    return path


def sources(path: Path) -> dict[str, str]:
    """Return what is in a notebook's cells, by their ids."""
    cells = merge.parsed(path.read_bytes())["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells}
