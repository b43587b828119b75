"""What tests ask of a submission's process."""

from lessonlib.grading.protocol.limits import Limits

LIMITS = Limits(cell_seconds=5.0, total_seconds=60.0)


def run(process, source, seconds=5.0, given=False, binds=(), quiet=False, **aside):
    """Run a cell in a process."""
    request = {"source": source, "given": given, "binds": list(binds), "quiet": quiet}
    return process.run({**request, "aside": aside}, seconds)


def shown(ran) -> str:
    """Return what a cell printed."""
    return "".join(output.get("text", "") for output in ran.outputs)


def speaker(process):
    """Return a function that runs a cell in a process and returns what it printed."""

    def says(source):
        ran = run(process, source, 10.0)
        assert ran.error is None, ran.outputs
        return shown(ran).strip()

    return says
