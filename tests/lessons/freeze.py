"""Freezes the verdicts on every answer that the lessons' tests know, and compares them later.

    python tests/lessons/freeze.py write OLD          judge every answer, write the verdicts to OLD
    python tests/lessons/freeze.py again OLD NEW      judge the answers of OLD with today's checks
    python tests/lessons/freeze.py compare OLD NEW    list every difference, grouped

OLD and NEW are compressed JSON. A frozen file carries the source of the lessons that its answers
come from, so that after the lessons were rewritten the very same answers are judged again: their
mistakes, the variants of their tests, the mutants of their references and odd values. A verdict's
key has the answer's name or, of a mutant, the line that differs.
"""

import base64
import gzip
import importlib
import json
import re
import sys
import tempfile
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
HERE = "tests/lessons"
sys.path[:0] = [str(ROOT), str(ROOT / HERE)]

FIELDS = ("passed", "points", "mistake", "message")
MISTAKE_SEEDS, MUTANT_SEEDS = (0, 1), (0,)
SHOWN = 3  # examples of a group of differences


# --- the sources of the answers ----------------------------------------------------------------


def sources() -> dict[str, str]:
    """Return what the answers are made of, file by file: the package and the lessons' tests."""
    files = [*ROOT.glob("lessonlib/**/*"), *ROOT.glob(f"{HERE}/*")]
    wanted = [f for f in files if f.suffix in (".py", ".npz", ".json", ".txt") and _is_needed(f)]
    return {
        str(f.relative_to(ROOT)): base64.b64encode(f.read_bytes()).decode() for f in sorted(wanted)
    }


def _is_needed(file: Path) -> bool:
    parts = file.relative_to(ROOT).parts
    return "__pycache__" not in parts and parts[1] not in ("grading", "building", "lab_settings")


def thaw(files: dict[str, str], folder: Path) -> dict:
    """Write frozen sources to a folder, under names of their own, and import their answers."""
    stems = {Path(name).stem for name in files if name.startswith(HERE) and name.endswith(".py")}
    words = re.compile(rf"\b(lessonlib|{'|'.join(sorted(stems))})(?=[.\s\"]|$)", re.MULTILINE)
    for name, data in files.items():
        data = base64.b64decode(data)
        path = folder / _frozen(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".py"):
            data = re.sub(
                r"^(\s*)(from|import) (.*)$",
                lambda m: m[1] + m[2] + " " + _renamed_import(words, m[3]),
                data.decode(),
                flags=re.MULTILINE,
            )
            data = data.replace('"lessonlib.lessons.', '"frozen_lessonlib.lessons.').encode()
        path.write_bytes(data)
    for each in ("solutions", "course"):
        (folder / each).symlink_to(ROOT / each)
    sys.path[:0] = [str(folder), str(folder / HERE)]
    return answers("frozen_")


def _renamed_import(words: re.Pattern, line: str) -> str:
    """Return what stands behind `from` or `import`, with frozen modules in place of ours."""
    module, space, rest = line.partition(" ")
    return words.sub(r"frozen_\1", module, count=1) + space + rest


def _frozen(name: str) -> str:
    if name.startswith("lessonlib"):
        return "frozen_" + name
    return f"{HERE}/frozen_{Path(name).name}" if name.endswith(".py") else name


# --- the answers ---------------------------------------------------------------------------------


def answers(prefix: str = "") -> dict:
    """Return every answer: (exercise id, kind, name, seed) -> what would be handed in."""
    lessons = importlib.import_module(f"{prefix}lessonlib.lessons").LESSONS
    exercises = [exercise for lesson in lessons for exercise in lesson.exercises]
    helpers = {
        name: importlib.import_module(prefix + name)
        for name in ("contract", "mutants", "test_mutants", "test_odd_answers")
    }
    found: dict = {}
    for exercise in exercises:
        for key, answer in _answers_to(exercise, helpers):
            found[exercise.id, *key] = answer
    for exercise_id, index, answer in _variants(prefix):
        found[exercise_id, "variant", str(index), index] = answer
    return found


def _answers_to(exercise, helpers: dict):
    contract, odd = helpers["contract"], helpers["test_odd_answers"]
    for mistake in exercise.mistakes:
        for seed in MISTAKE_SEEDS[: 2 if exercise.seconds <= 10 else 1]:
            answer = contract.as_answer(exercise, mistake)
            yield ("mistake", mistake.name, seed), answer
    if exercise in helpers["test_mutants"].EXERCISES:
        for place, (line, mutant) in enumerate(helpers["mutants"].mutants(exercise.reference)):
            for seed in MUTANT_SEEDS:
                yield ("mutant", f"{place}: {line}", seed), mutant
    for number, (name, value) in enumerate(odd.VALUES.items()):
        for way, answer in enumerate(odd.odd_answers(exercise, value)):
            yield ("odd", f"{name} {'itself' if way == 0 else 'returned'}", number % 4), answer


def _variants(prefix: str):
    for path in sorted(Path(ROOT / HERE).glob("test_*.py")):
        try:
            module = importlib.import_module(prefix + path.stem)
        except ModuleNotFoundError:  # a test file that is newer than the frozen ones
            continue
        for value in vars(module).values():
            for exercise_id, variants in getattr(value, "variants", {}).items():
                for index, answer in enumerate(variants):
                    yield exercise_id, index, answer


# --- the verdicts --------------------------------------------------------------------------------


def judged(found: dict) -> dict[str, dict]:
    """Return the verdict of today's checks on each answer, by its key as text."""
    from contract import verdict_on

    from lessonlib.lessons import find

    verdicts = {}
    for (exercise_id, kind, name, seed), answer in found.items():
        key = json.dumps([exercise_id, kind, name, seed])
        try:
            verdict = verdict_on(find(exercise_id), answer, seed, fork=False)
        except Exception as error:
            verdicts[key] = {"raised": f"{type(error).__name__}: {error}"}
        else:
            verdicts[key] = {field: getattr(verdict, field) for field in FIELDS}
            verdicts[key]["message"] = _without_the_line(verdict.message)
    return verdicts


def _without_the_line(message: str) -> str:
    """Drop the answer's own line: the checks show it only for code that is not the course's."""
    return "\n".join(line for line in message.split("\n") if "    in your line:" not in line)


# --- the differences -----------------------------------------------------------------------------


def compare(old: dict, new: dict) -> str:
    """Return every difference between two sets of verdicts as text, those of one kind together."""
    groups = defaultdict(list)
    for key in [*old, *(key for key in new if key not in old)]:
        kind = _difference(old.get(key), new.get(key))
        if kind:
            groups[kind].append(key)
    lines = [
        f"{len(old)} answers before, {len(new)} after; {sum(map(len, groups.values()))} differ"
    ]
    for kind in sorted(groups):
        lines += ["", f"## {kind}: {len(groups[kind])}"]
        for key in groups[kind]:
            lines += ["", *_shown(key, old.get(key), new.get(key))]
    return "\n".join(lines)


def _difference(before: dict | None, after: dict | None) -> str:
    """Return in which way two verdicts differ, "" if they do not."""
    if before is None or after is None:
        return "only after" if before is None else "only before"
    for field in ("raised", *FIELDS):
        if before.get(field) != after.get(field):
            return f"{field}" if field != "passed" else f"passed: now {after.get('passed')}"
    return ""


def _shown(key: str, before: dict | None, after: dict | None) -> list[str]:
    exercise_id, kind, name, seed = json.loads(key)
    lines = [f"{exercise_id}  {kind} {name!r}, seed {seed}"]
    for label, verdict in (("before", before), ("after", after)):
        for field, value in (verdict or {}).items():
            other = (after if label == "before" else before) or {}
            if other.get(field) != value:
                text = str(value).replace("\n", "\n        ")
                lines.append(f"    {label}: {field} = {text}")
    return lines


# --- the command ---------------------------------------------------------------------------------


def read(path: str) -> dict:
    """Return what a frozen file holds: "verdicts", and "sources" of the answers."""
    return json.loads(gzip.decompress(Path(path).read_bytes()))


def write(path: str, verdicts: dict, files: dict) -> None:
    """Write verdicts and the sources of their answers as compressed JSON."""
    data = json.dumps({"verdicts": verdicts, "sources": files}, indent=0).encode()
    Path(path).write_bytes(gzip.compress(data, mtime=0))
    print(f"{len(verdicts)} verdicts in {path}")


def main(do: str = "", *paths: str) -> int:
    """Do what the command line asks for; return the exit code."""
    warnings.simplefilter("ignore")
    if do == "write" and len(paths) == 1:
        write(paths[0], judged(answers()), sources())
    elif do == "again" and len(paths) == 2:
        files = read(paths[0])["sources"]
        with tempfile.TemporaryDirectory() as folder:
            write(paths[1], judged(thaw(files, Path(folder))), files)
    elif do == "compare" and len(paths) == 2:
        print(compare(*(read(path)["verdicts"] for path in paths)))
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        sys.exit(main(*sys.argv[1:]))
