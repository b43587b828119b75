"""The sweep over steps: logarithmic both ways, zero errors drawn, every power of ten said."""

import numpy as np
import pytest

from lessonlib import plots
from lessonlib.plots import sweep

STEPS = np.array([1e-1, 1e-2, 1e-3, 1e-4])
ERRORS = {"central": [1e-2, 1e-4, 1e-6, 1e-8], "complex": [1e-2, 1e-4, 1e-16, 0.0]}
BRANCHES = {"truncation": STEPS**2, "rounding": 1e-16 / STEPS}


def draw():
    return plots.step_sweep(STEPS, ERRORS, BRANCHES, title="Sweep")


def curves(picture):
    return {line.get_label(): line for line in picture.figure.axes[0].lines}


def test_both_axes_are_logarithmic_and_labelled():
    (ax,) = draw().figure.axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == (
        "Sweep",
        "step h",
        "relative error",
    )


def test_the_text_alternative_says_each_power_of_ten():
    alt = draw().alt
    assert alt.startswith("Sweep. Line plot, both axes logarithmic: relative error against step h.")
    assert "central: 0.01 at 1e-01, 0.0001 at 1e-02, 1e-06 at 1e-03, 1e-08 at 1e-04." in alt
    assert "complex: 0.01 at 1e-01, 0.0001 at 1e-02, below 1e-15 at 1e-03, below 1e-15 at" in alt
    assert "Thin guides: truncation, rounding." in alt


def test_steps_between_powers_of_ten_are_drawn_and_not_said():
    steps = np.logspace(-1, -3, 21)
    picture = plots.step_sweep(steps, {"central": steps**2})
    assert picture.alt.count(" at ") == 3
    assert len(curves(picture)["central"].get_xdata()) == 21


def test_an_error_of_zero_is_drawn_at_the_floor():
    np.testing.assert_array_equal(curves(draw())["complex"].get_ydata()[-1], sweep.FLOOR)


def test_guides_are_grey_behind_the_curves_and_do_not_widen_the_axes():
    picture = draw()
    lines = curves(picture)
    assert {lines[name].get_color() for name in BRANCHES} == {sweep.GREY}
    assert max(lines[n].get_zorder() for n in BRANCHES) < min(lines[n].get_zorder() for n in ERRORS)
    assert picture.figure.axes[0].get_ylim() == plots.step_sweep(
        STEPS, ERRORS
    ).figure.axes[0].get_ylim()  # fmt: skip


def test_every_line_looks_different_without_its_colour():
    looks = [f"{line._dash_pattern} {line.get_marker()}" for line in curves(draw()).values()]
    assert len(set(looks)) == len(looks) == 4


def test_letters_are_nine_points_or_more_and_inside_the_figure():
    figure = draw().figure
    figure.draw_without_rendering()
    (ax,) = figure.axes
    for text in [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_legend().get_texts()]:
        box = text.get_window_extent()
        assert text.get_size() >= 9
        assert box.x0 >= 0 and box.x1 <= figure.bbox.x1, text.get_text()
        assert box.y0 >= 0 and box.y1 <= figure.bbox.y1, text.get_text()


def test_the_same_bytes_each_time_and_few_of_them():
    png = draw().png()
    assert png == draw().png()
    assert len(png) < 60_000


def test_what_cannot_be_drawn_is_refused_in_words():
    with pytest.raises(ValueError, match="above 0"):
        plots.step_sweep([0.1, 0.0], {"central": [1, 1]})
    with pytest.raises(ValueError, match="central needs one error"):
        plots.step_sweep([0.1, 0.01], {"central": [1]})
    with pytest.raises(ValueError, match="not below 0"):
        plots.step_sweep([0.1], {"central": [-1]})


def test_arguments_are_untouched():
    steps, error = STEPS.copy(), np.array([1e-2, 1e-4, 1e-6, 0.0])
    plots.step_sweep(steps, {"central": error})
    np.testing.assert_array_equal(steps, STEPS)
    assert error[-1] == 0
