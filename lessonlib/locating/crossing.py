"""A recording that crosses: made beside an answer that is locked away, compared outside.

What is right never goes in. So nothing can be put in and tried, and less is said than in a
notebook.
"""

import warnings
from dataclasses import asdict

import numpy as np

from lessonlib.checks.asking import Problem, Response
from lessonlib.checks.exercise import Case, Exercise
from lessonlib.checks.verdict import Location
from lessonlib.locating.matching import Comparison
from lessonlib.locating.source import source_of
from lessonlib.locating.tracing import Spot, Trace, Watched, recorded


def recording(exercise: Exercise, answer, cases: list[Case]) -> dict | None:
    """Return what an answer computes on the way, as plain data; None where it cannot be read back.

    It runs the answer. Of the exercise it only needs `use`.
    """
    source = source_of(answer)
    if source is None:
        return None
    return as_data(Watched(source).spots, recorded(exercise, source, cases))


def step_in(exercise: Exercise, cases: list[Case], data: dict | None) -> Location | None:
    """Return the first step that differs in a recording, where that can be told.

    Raises ValueError where the data has not the form of a recording.
    """
    reference = source_of(exercise.source.answer)
    if data is None or reference is None:
        return None
    spots, runs = from_data(data)
    if len(runs) != len(cases):
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return Comparison(exercise, cases, spots, runs, reference).first_named()


# --- its form ----------------------------------------------------------------------------------


def as_data(spots: list[Spot], runs: list[tuple]) -> dict:
    """Return what was recorded as plain data, which may cross to another process."""
    return {"spots": [asdict(spot) for spot in spots], "runs": [_run(*run) for run in runs]}


def _run(response: Response | None, trace: Trace) -> dict:
    kept = response and {**vars(response), "problem": response.problem and asdict(response.problem)}
    return {"response": kept, "trace": {
        **vars(trace), "values": _listed(trace.values), "inputs": _listed(trace.inputs),
    }}  # fmt: skip


def _listed(noted: dict[tuple[int, str], list]) -> list:
    return [[number, name, values] for (number, name), values in noted.items()]


def from_data(data: dict) -> tuple[list[Spot], list[tuple]]:
    """Return the spots and runs in plain data. Raises ValueError where it has not that form."""
    try:
        spots = [_spot(each) for each in data["spots"]]
        return spots, [
            (_response(r["response"]), _trace(r["trace"], len(spots))) for r in data["runs"]
        ]
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"not a recording: {str(error)[:80]}") from error


def _spot(data: dict) -> Spot:
    listed = {name: tuple(map(str, data[name])) for name in ("reads", "slots", "alters", "counts")}
    texts = {name: str(data[name]) for name in ("function", "code")}
    numbers = {name: int(data[name]) for name in ("number", "line")}
    flags = {name: bool(data[name]) for name in ("passes_on", "renames")}
    return Spot(**numbers, **texts, **listed, **flags)


def _response(data: dict | None) -> Response | None:
    if data is None:
        return None
    problem = data["problem"] and Problem(
        *(str(data["problem"][n]) for n in ("kind", "text", "line"))
    )
    return Response(value=data["value"], problem=problem, changed=list(data["changed"]))


def _trace(data: dict, count: int) -> Trace:
    noted = [
        {(int(n), str(name)): list(v) for n, name, v in data[key]} for key in ("values", "inputs")
    ]
    numbers = [n for n in map(int, data["order"]) if 0 <= n < count]
    last = min(int(data["last"]), count - 1)
    return Trace(*noted, order=numbers, last=last, complete=bool(data["complete"]))
