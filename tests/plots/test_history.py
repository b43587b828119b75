"""Curves of weights: one for each, told apart without colour, start and end said."""

import numpy as np
import pytest

from lessonlib import plots
from lessonlib.plots import history

RUN = {
    "W1": [[[0.0, 1.0], [2.0, -3.0]], [[0.5, 1.0], [2.0, -4.0]], [[0.75, 1.0], [2.0, -5.0]]],
    "b1": [[0.0], [0.1], [0.2]],
    "rate": [0.3, 0.2, 0.1],
}


def curves(ax):
    return [line for line in ax.lines if line.get_label()[0] != "_"]


def test_the_text_alternative_says_where_each_weight_starts_and_ends():
    alt = plots.weight_history(RUN, title="Run").alt
    assert alt.startswith("Run. Line plot of weight against epoch, from 0 to 2.")
    assert "W1[1, 1] goes from -3 to -5." in alt
    assert "b1[0] goes from 0 to 0.2." in alt
    assert "rate goes from 0.3 to 0.1." in alt


def test_there_is_a_panel_for_each_array_and_a_curve_for_each_entry():
    panels = plots.weight_history(RUN).figure.axes
    assert [ax.get_title() for ax in panels] == ["W1", "b1", "rate"]
    assert [len(curves(ax)) for ax in panels] == [4, 1, 1]
    np.testing.assert_array_equal(curves(panels[0])[3].get_ydata(), [-3, -4, -5])


def test_panels_have_labels():
    figure = plots.weight_history(RUN, xlabel="step", ylabel="size").figure
    for ax in figure.axes:
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "size")


def test_every_curve_of_a_full_panel_looks_different_without_its_colour():
    states = np.arange(3.0 * history.MOST_CURVES).reshape(3, -1)
    picture = plots.weight_history({"W": states})
    looks = {f"{line._dash_pattern} {line.get_marker()}" for line in curves(picture.figure.axes[0])}
    assert len(looks) == history.MOST_CURVES == 15
    assert "15 curves, from 0 to 14 at the start and from 30 to 44 at the end" in picture.alt


def test_letters_are_nine_points_or_more_and_inside_the_figure():
    figure = plots.weight_history(RUN).figure
    figure.draw_without_rendering()
    for ax in figure.axes:
        legend = ax.get_legend().get_texts() if ax.get_legend() else []
        for text in [ax.title, ax.xaxis.label, ax.yaxis.label, *legend]:
            box = text.get_window_extent()
            assert text.get_size() >= 9
            assert box.x0 >= 0 and box.x1 <= figure.bbox.x1, text.get_text()
            assert box.y0 >= 0 and box.y1 <= figure.bbox.y1, text.get_text()


def test_the_same_bytes_each_time_and_few_of_them():
    png = plots.weight_history(RUN).png()
    assert png == plots.weight_history(RUN).png()
    assert len(png) < 60_000


def test_a_diverging_weight_is_drawn_and_said():
    with np.errstate(all="raise"):
        alt = plots.weight_history({"w": [1.0, 1e300, np.inf, np.nan]}).alt
    assert "w goes from 1 to nan" in alt


def test_what_cannot_be_drawn_is_refused_in_words():
    with pytest.raises(ValueError, match="more than 15 curves"):
        plots.weight_history({"W": np.zeros((2, 16))})
    with pytest.raises(ValueError, match="one state for each epoch"):
        plots.weight_history({"W": []})
