"""The instructor's own solution, which is graded before anybody else (see `model`)."""

import json
from collections.abc import Callable

from nbgrader.coursedir import CourseDirectory

from lessonlib.errors import UserError
from lessonlib.grading.classroom import private
from lessonlib.grading.classroom.supervisor import Late, Lost
from lessonlib.grading.classroom.treatment import seconds_in_all
from lessonlib.grading.model.plan import made, remembered
from lessonlib.grading.task import Plan, Task
from lessonlib.printable import one_line

RUNS = 3  # it is graded twice, with variants of its tests
REFUSAL = "The solution of {lesson} fails its own tests, so nothing was graded:\n{faults}\n"
REFUSAL += "Mend it, or say --anyway."


def planned(do: Callable[..., bytes], course: CourseDirectory, task: Task) -> Plan:
    """Return what comes of a notebook's solution, by the cache where nothing has changed.

    do: calls a function in a process that can be killed, as `Supervisor.do`.
    """
    materials = task.materials
    folder = private.model_cache(course) / materials.lesson
    seconds = RUNS * seconds_in_all(task.limits)
    try:
        return remembered(task, folder, lambda: Plan.of(json.loads(do(seconds, _run, task))))
    except Late:
        return Plan((f"{materials.notebook}: it was not graded after {seconds:.0f} seconds.",))
    except Lost as error:
        return Plan((f"{materials.notebook}: it could not be graded, {error}.",))


def _run(task: Task) -> bytes:
    return json.dumps(made(task).as_json()).encode()


def expect_right(lesson: str, plans: list[Plan]) -> None:
    """Raise UserError where a solution fails tests of its own, naming each with its error."""
    faults = [one_line(fault, 1000) for plan in plans for fault in plan.faults]
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise UserError(REFUSAL.format(lesson=lesson, faults=listed))
