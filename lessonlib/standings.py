"""How far a learner is in all lessons, without running again what has not changed."""

import hashlib
import json
import sys
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from os import cpu_count
from pathlib import Path

import lessonlib
from lessonlib.earned import Earned
from lessonlib.errors import UserError

KEPT = ".lessonlib/progress.json"  # in the learner's folder, or in the clone
PLACEHOLDERS = ("*Write your answer here.*", "YOUR ANSWER HERE", "")


@dataclass(frozen=True)
class Standing:
    """How far a learner is in one lesson; `fault` says why that cannot be told."""

    notebook: Path
    results: tuple[Earned, ...] = ()
    written: int = 0
    questions: int = 0
    fault: str = ""


def standings(
    home: Path, notebooks: list[Path], run: Callable, seen: Callable[[Collection], Iterable]
) -> list[Standing]:
    """Return how far a learner is in each notebook.

    run:  runs a notebook and returns its results; only where something has changed.
    seen: is shown the work as it goes, as `rich.progress.track` is.
    """
    kept = _read(home / KEPT)
    code = _fingerprint_of_the_course()
    prints = [_fingerprint(path, code) for path in notebooks]
    new = [i for i, path in enumerate(notebooks) if kept.get(path.stem, {}).get("is") != prints[i]]
    found = {i: _kept_results(kept[path.stem]) for i, path in enumerate(notebooks) if i not in new}
    faults: dict[int, str] = {}
    with ThreadPoolExecutor(cpu_count()) as pool:
        running = {i: pool.submit(run, notebooks[i]) for i in new}
        try:
            for i, future in seen(running.items()) if new else ():
                try:
                    found[i] = tuple(future.result())
                    kept[notebooks[i].stem] = {"is": prints[i], "results": [*map(asdict, found[i])]}
                except UserError as error:
                    faults[i] = str(error).replace(str(notebooks[i]), notebooks[i].name)
        finally:
            pool.shutdown(cancel_futures=True)  # interrupted: what has not begun is left out
            _write(home / KEPT, kept)
    return [
        Standing(path, found.get(i, ()), *_written(path), faults.get(i, ""))
        for i, path in enumerate(notebooks)
    ]


def next_of(all_of_them: list[Standing]) -> tuple[str, Path] | None:
    """Return the first exercise that is not right yet, and its notebook."""
    for standing in all_of_them:
        for result in standing.results:
            if not result.passed:
                return result.exercise, standing.notebook
    return None


# --- what has not changed ----------------------------------------------------------------------


def _fingerprint(path: Path, code: str) -> str:
    """Return what tells apart two versions of a notebook's code, or of what it may read."""
    read = sorted(each for each in path.parent.iterdir() if each.is_file() and each != path)
    parts = [code]
    try:
        parts += [repr(_source(cell)) for cell in _cells(path) if cell["cell_type"] == "code"]
        if any("mine" in part for part in parts[1:]):  # it may use the notebooks before it
            read += sorted(p for p in path.parent.parent.glob("*/*.ipynb") if p.stem < path.stem)
    except (OSError, ValueError, KeyError, TypeError):
        parts.append(path.read_bytes().hex() if path.is_file() else "")
    parts += [f"{each.name} {each.stat().st_size} {each.stat().st_mtime_ns}" for each in read]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _fingerprint_of_the_course() -> str:
    folder = Path(lessonlib.__file__).parent
    files = sorted(each for each in folder.rglob("*") if each.suffix in (".py", ".txt", ".npz"))
    stats = ((each.name, each.stat()) for each in files)
    return " ".join([sys.version, *(f"{name} {s.st_size} {s.st_mtime_ns}" for name, s in stats)])


def _read(path: Path) -> dict:
    """Return what was kept; nothing where it cannot be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {name: each for name, each in kept.items() if _kept_results(each)}
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return {}


def _kept_results(kept: dict) -> tuple[Earned, ...]:
    return tuple(Earned(**each) for each in kept["results"])


def _write(path: Path, kept: dict) -> None:
    """Keep what was found; where nothing can be written it will be run again."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)  # the grader's secret may come in there
        path.write_text(json.dumps(kept), encoding="utf-8")
    except OSError:
        pass


# --- a notebook, read as it is: nbformat takes longer than all the rest ------------------------


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _source(cell: dict) -> str:
    return "".join(cell["source"])


def _written(path: Path) -> tuple[int, int]:
    """Return how many questions that a person grades were answered, and how many there are."""
    try:
        cells = [cell for cell in _cells(path) if cell["cell_type"] == "markdown"]
        asked = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
        return sum(_source(cell).strip() not in PLACEHOLDERS for cell in asked), len(asked)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0, 0
