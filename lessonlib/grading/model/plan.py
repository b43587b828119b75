"""What comes of the instructor's own solution, which is graded before anybody else.

It runs in the same isolation as a submission, twice where there are ordinary tests. What it fails
is a fault of the assignment, and nobody is graded by it. What it shows about the tests, which of
their mutants can be used and what it changes on purpose, is used for the whole class.
"""

import ast
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import nbformat

from lessonlib.building.effects import called
from lessonlib.grading.grade import Graded, examine
from lessonlib.grading.host.checks import check_in
from lessonlib.grading.host.tests import Examined, aliases
from lessonlib.grading.materials import CHECK, Given, Materials
from lessonlib.grading.model.mutants import (
    Candidate,
    candidates,
    choose,
    data_of,
    derived,
)
from lessonlib.grading.protocol.evidence import AGAIN
from lessonlib.grading.protocol.limits import Limits
from lessonlib.grading.record import Result
from lessonlib.grading.submission.repair import Piece, as_notebook
from lessonlib.grading.submission.syntax import names_in, parsed, plain_python
from lessonlib.grading.task import Plan, Task

_TRUTHS = {"all", "any", "isinstance", "issubclass", "allclose", "array_equal", "isclose", "equals",
           "bool", "callable", "hasattr", "startswith", "endswith"}  # fmt: skip


def solution(materials: Materials, limits: Limits, protected: bool, secret: bytes = b"") -> Task:
    """Return the task of grading the instructor's own notebook."""
    pieces = [Piece(cell.source, cell.cell_type, cell if cell.name else None)
              for cell in materials.cells]  # fmt: skip
    data = nbformat.writes(as_notebook(pieces, materials)).encode()
    return Task(materials, data, {}, limits, protected, secret=secret, trusted=True)


def made(task: Task) -> Plan:
    """Run the solution and return what comes of it.

    In its second run it is treated as any submission will be: what that would hold against it is
    held against nobody.
    """
    offered = _offered(task.materials, int(task.fingerprint()[:8], 16))
    first = examine(replace(task, plan=Plan(mutants=_as_sent(offered))))
    ordinary = [cell for cell in _tests(task.materials) if check_in(cell.source) is None]
    used = {name: choose(_without(offered[name], examined))
            for name, examined in first[1].items() if name in offered}  # fmt: skip
    second, repeatable = first, []
    exempt = _exempt(first)
    if ordinary:
        plan = Plan(mutants=_and_again(_as_sent(used), ordinary), exempt=exempt)
        second = examine(replace(task, plan=plan, trusted=False))
        repeatable = [cell for cell in ordinary if _passes_again(cell, plan, second)]
        used = {name: _without(each, second[1].get(name)) for name, each in used.items()}
    return Plan(
        tuple(_faults(task.materials, first, second)),
        (*_advice(ordinary), *_untried(first, second)),
        _and_again(_as_sent({name: each for name, each in used.items() if each}), repeatable),
        exempt | _exempt(second),
    )


def _tests(materials: Materials) -> list[Given]:
    return [cell for cell in materials.cells if cell.is_test]


# --- mutants -------------------------------------------------------------------------------------


def _offered(materials: Materials, seed: int) -> dict[str, list[Candidate]]:
    """Return the candidates of each ordinary test. `seed` decides on the values in them."""
    found: dict[str, list[Candidate]] = {}
    names: set[str] = set()
    data: set[str] = set()
    for place, cell in enumerate(materials.cells):
        if cell.cell_type != "code":
            continue
        with suppress(SyntaxError, RecursionError):
            if cell.is_answer:
                names |= names_in(cell.source).binds
            names |= derived(parsed(cell.source), names)
            if cell.is_test and check_in(cell.source) is None:
                shift = 11 + (seed + 31 * place) % 78
                found[cell.name] = candidates(plain_python(cell.source), names, shift, data)
            if not cell.is_answer:
                data |= data_of(parsed(cell.source))
    return {name: each for name, each in found.items() if each}


def _as_sent(chosen: dict[str, list[Candidate]]) -> dict[str, list[tuple[str, str]]]:
    return {name: [(f"{c.line}.{n}{'.points' * c.points}", c.code) for n, c in enumerate(each)]
            for name, each in chosen.items()}  # fmt: skip


def _and_again(mutants: dict[str, list], cells: list[Given]) -> dict[str, list]:
    """Add to the mutants of these tests the test itself: it has to pass there, too."""
    own = {cell.name: [(AGAIN, plain_python(cell.source))] for cell in cells
           if mutants.get(cell.name)}  # fmt: skip
    return {name: [*each, *own.get(name, [])] for name, each in mutants.items()}


def _passes_again(cell: Given, plan: Plan, run: tuple[Graded, dict[str, Examined]]) -> bool:
    """Return whether a test of the solution that was run once more has passed again."""
    sent, examined = plan.mutants.get(cell.name), run[1].get(cell.name)
    return bool(sent and examined and examined.tested and examined.tested.survived
                and len(sent) - 1 in examined.tested.survived)  # fmt: skip


def _without(offered: list[Candidate], examined: Examined | None) -> list[Candidate]:
    """Return the candidates that a run has left: those that it did not pass."""
    tested = examined.tested if examined else None
    if tested is None or tested.how != "passed" or tested.survived is None:
        return []
    return [each for number, each in enumerate(offered) if number not in tested.survived]


def _untried(*runs: tuple[Graded, dict[str, Examined]]) -> list[str]:
    """Name the tests for whose mutants there was too little time."""
    found = [name for _, examined in runs for name, each in examined.items()
             if each.tested and not each.tested.whole]  # fmt: skip
    return [f"{name}: there was too little time to try it with other values, so less is seen of "
            "answers that deceive it." for name in dict.fromkeys(found)]  # fmt: skip


def _exempt(run: tuple[Graded, dict[str, Examined]]) -> frozenset[str]:
    """Return what a run has changed, and what its code was seen to do."""
    tests = [examined.tested for examined in run[1].values() if examined.tested]
    return frozenset(each for tested in tests for each in (*tested.restored, *tested.evidence))


# --- what is wrong with the assignment ---------------------------------------------------------


def _faults(materials: Materials, *runs: tuple[Graded, dict[str, Examined]]) -> list[str]:
    """Name each test that the solution fails, or that comes out differently the second time."""
    cells = [cell.source for cell in materials.cells if cell.cell_type == "code"]
    ours = any(("check", "lessonlib.check") in aliases(source) for source in cells)
    found = [f"{cell.name}: a cell with a check has to be that one check and nothing else."
             for cell in _tests(materials) if ours and CHECK.search(cell.source)
             and check_in(cell.source) is None]  # fmt: skip
    results = [{result.cell: result for result in graded.record.results} for graded, _ in runs]
    for cell in _tests(materials):
        tries = [each.get(cell.name) for each in results]
        points = [(result.points or 0.0) if result else 0.0 for result in tries]
        if points[0] < cell.most:
            found.append(_failed(cell, tries[0], runs[0][1].get(cell.name)))
        elif points[1] != points[0]:
            failed = _failed(cell, tries[1], runs[1][1].get(cell.name))
            found.append(f"{failed} It passed the first time: is its data drawn without a seed?")
    return found


def _failed(cell: Given, result: Result | None, examined: Examined | None) -> str:
    tested = examined.tested if examined else None
    line = tested.error["line"] if tested and tested.error else 0
    why = (result and (result.instructor or result.message)) or "it was not run."
    if tested and tested.error:
        why = f"{tested.error['type']}: {tested.error['text']}".removesuffix(": ")
    if examined and examined.points > 0:
        why = f"it gives {examined.points:g} of {cell.points:g} points."
    return f"{cell.name}{f', line {line}' if line else ''}: {why.strip()[:500]}"


def _advice(ordinary: list[Given]) -> list[str]:
    """Name tests that end in True or False, which nbgrader takes for full points either way."""
    return [f"{cell.name}: its last line is only looked at, not asserted, so it decides nothing."
            for cell in ordinary if _ends_in_truth(cell.source)]  # fmt: skip


def _ends_in_truth(source: str) -> bool:
    try:
        body = parsed(source).body
    except (SyntaxError, RecursionError):
        return False
    value = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    if isinstance(value, ast.Call):
        return called(value.func) in _TRUTHS
    negated = isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    constant = isinstance(value, ast.Constant) and isinstance(value.value, bool)
    return negated or constant or isinstance(value, ast.Compare | ast.BoolOp)


# --- the cache -----------------------------------------------------------------------------------


def remembered(task: Task, folder: Path, make: Callable[[], Plan]) -> Plan:
    """Return what came of this task, as the folder has it; what `make` returns where it has not.

    The folder holds a file for each notebook. Where there is no place for it, it is made anew.
    """
    path, fingerprint = folder / f"{task.materials.notebook}.json", task.fingerprint()
    found = _read(path, fingerprint)
    if found is None:
        found = make()
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"fingerprint": fingerprint, "plan": found.as_json()}))
    return found


def _read(path: Path, fingerprint: str) -> Plan | None:
    """Return the plan in a file, if it is of this fingerprint and whole."""
    try:
        known = json.loads(path.read_bytes())
        return Plan.of(known["plan"]) if known["fingerprint"] == fingerprint else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
