"""The error of a numeric gradient over its step, both on logarithmic axes."""

import numpy as np

from lessonlib.plots.lines import LOOKS, MARKERS
from lessonlib.plots.picture import BLACK, GREY, Picture, axes, lay_out, number, styled

FLOOR = 1e-17  # an error of exactly 0 has no place on a logarithmic axis: it is drawn here
GUIDES = ((0, (7, 3)), (0, (1, 2)), (0, (7, 2, 1, 2)))


@styled
def step_sweep(
    steps,
    errors,
    branches=None,
    title="Error over the step",
    xlabel="step h",
    ylabel="relative error",
):
    """Errors over steps, log-log: steps (n,) above 0, errors {name: (n,) at least 0}.

    branches {name: (n,) values} are thin grey guides behind the curves, such as h^2 for the
    truncation and 1e-16 / h for the rounding; they end where the curves do. ValueError for a
    step that is not above 0, or an error below 0.
    """
    steps, errors = _checked(steps, errors)
    figure, ax = axes(7.2, 4.0, title, xlabel, ylabel)
    ax.set(xscale="log", yscale="log")
    for i, (name, error) in enumerate(errors.items()):
        ax.plot(steps, np.maximum(error, FLOOR), label=name, **_look(i, len(steps)))
    bottom, top = ax.get_ylim()
    for i, (name, values) in enumerate((branches or {}).items()):
        values = np.asarray(values, dtype=float)
        look = {"color": GREY, "linestyle": GUIDES[i % len(GUIDES)], "linewidth": 1.4}
        ax.plot(steps, values, label=name, zorder=1, **look)
    ax.set_ylim(bottom, top)
    ax.grid(color="#e8e8e8", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.2),
        ncols=2,
        frameon=False,
        labelcolor=BLACK,
        handlelength=3.2,
    )
    lay_out(figure)
    return Picture(figure, _alt(title, xlabel, ylabel, steps, errors, branches or {}))


def _checked(steps, errors):
    steps = np.asarray(steps, dtype=float)
    if steps.ndim != 1 or not np.all(steps > 0):
        raise ValueError("steps must be a flat array of numbers above 0")
    errors = {name: np.asarray(error, dtype=float) for name, error in errors.items()}
    for name, error in errors.items():
        if error.shape != steps.shape or np.any(error < 0):
            raise ValueError(f"{name} needs one error, not below 0, for each step")
    return steps, errors


def _look(i, count):
    mark = {"marker": MARKERS[i % len(MARKERS)], "markersize": 4, "markevery": max(1, count // 20)}
    return {"linewidth": 1.8, **LOOKS[i % len(LOOKS)], **mark}


def _alt(title, xlabel, ylabel, steps, errors, branches):
    """Say each curve at every power of ten: as much as the eye reads off the figure."""
    decades = _decades(steps)
    said = []
    for name, error in errors.items():
        points = [f"{_size(error[i])} at {steps[i]:.0e}" for i in decades]
        said.append(f"{name}: {', '.join(points)}.")
    guides = f" Thin guides: {', '.join(branches)}." if branches else ""
    head = f"{title}. Line plot, both axes logarithmic: {ylabel} against {xlabel}."
    return f"{head} {' '.join(said)}{guides}"


def _size(error):
    """The error in few digits; below the last digit of a float it differs between machines."""
    return "below 1e-15" if error < 1e-15 else number(error)


def _decades(steps):
    """The index of the step nearest to each power of ten, from large to small."""
    exponents = np.log10(steps)
    whole = range(
        int(np.floor(exponents.max() + 1e-9)), int(np.ceil(exponents.min() - 1e-9)) - 1, -1
    )
    return [int(np.argmin(np.abs(exponents - k))) for k in whole]
