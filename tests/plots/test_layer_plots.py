"""What becomes of numbers layer by layer: curves and histograms that can be read and are said."""

import numpy as np
import pytest

from lessonlib import plots

SCALES = {"He": [0.8, 0.75, 0.8], "0.01": [0.1, 1e-3, 1e-5], "dead": [0.5, 0.0, 0.0]}
LAYERS = {
    "small": [np.linspace(-0.1, 0.1, 50), np.zeros((10, 5))],
    "large": [np.array([[-1.0, 1.0], [1.0, -0.5]]), np.array([3.0, -3.0])],
}


def scales():
    return plots.layer_scales(SCALES, title="Ten layers")


def histograms():
    return plots.layer_histograms(LAYERS, names=["first", "last"], xlabel="a")


both = pytest.mark.parametrize("draw", [scales, histograms])


def curves(ax):
    return [line for line in ax.lines if line.get_label()[0] != "_"]


def test_the_alternative_of_scales_says_first_last_and_factor():
    alt = scales().alt
    assert alt.startswith("Ten layers. Line plot of standard deviation, in powers of ten,")
    assert "He: 0.8 in layer 1, 0.8 in layer 3, about 1 times from layer to layer." in alt
    assert "0.01: 0.1 in layer 1, 1e-05 in layer 3, about 0.01 times from layer to layer." in alt
    assert "dead: 0.5 in layer 1, 0 in layer 3." in alt


def test_scales_are_drawn_in_powers_of_ten_with_a_gap_where_there_is_nothing():
    ax = scales().figure.axes[0]
    assert ax.get_yscale() == "log"
    assert list(ax.get_xticks()) == [1, 2, 3]
    np.testing.assert_array_equal(curves(ax)[1].get_ydata(), SCALES["0.01"])
    np.testing.assert_array_equal(np.isnan(curves(ax)[2].get_ydata()), [False, True, True])


def test_curves_differ_in_dashes_and_markers():
    lines = curves(scales().figure.axes[0])
    assert len({str(line._dash_pattern) for line in lines}) == len(lines)
    assert len({line.get_marker() for line in lines}) == len(lines)


@pytest.mark.parametrize("many", [{}, {str(i): [1.0, 2.0] for i in range(6)}])
def test_curves_that_cannot_be_told_apart_are_refused(many):
    with pytest.raises(ValueError, match="1 to 5 networks"):
        plots.layer_scales(many)


def test_one_layer_alone_is_a_point():
    assert "alone: 0.5 in layer 1." in plots.layer_scales({"alone": [0.5]}).alt


def test_there_is_a_row_for_each_network_and_a_histogram_for_each_layer():
    axes = histograms().figure.axes
    assert [ax.get_title() for ax in axes] == ["first", "last"] * 2
    assert [ax.get_ylabel() for ax in axes] == ["small", "", "large", ""]
    assert [ax.get_xlabel() for ax in axes] == ["", "", "a", "a"]


def test_values_outside_are_counted_in_the_outermost_bars():
    heights = [bar.get_height() for bar in histograms().figure.axes[3].patches]
    assert heights[0] == heights[-1] == 1
    assert sum(heights) == 2


def test_the_alternative_of_histograms_says_spread_and_ends():
    alt = histograms().alt
    assert "Histograms of the a from -1 to 1." in alt
    assert "small: first has spread 0.059, 0 % at an end; last has spread 0, 0 % at an end." in alt
    assert "large: first has spread 0.893, 75 % at an end; last has spread 3, 100 %" in alt


def test_networks_of_different_depth_are_refused():
    with pytest.raises(ValueError, match="same number of layers"):
        plots.layer_histograms({"a": [np.ones(3)], "b": [np.ones(3), np.ones(3)]})


@both
def test_letters_are_nine_points_or_more_and_inside_the_figure(draw):
    figure = draw().figure
    figure.draw_without_rendering()
    for ax in figure.axes:
        legend = ax.get_legend().get_texts() if ax.get_legend() else []
        for text in [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *legend]:
            if not text.get_text():
                continue
            box = text.get_window_extent()
            assert text.get_size() >= 9
            assert box.x0 >= 0 and box.x1 <= figure.bbox.x1, text.get_text()
            assert box.y0 >= 0 and box.y1 <= figure.bbox.y1, text.get_text()


@both
def test_the_same_bytes_each_time_and_few_of_them(draw):
    png = draw().png()
    assert png == draw().png()
    assert len(png) < 60_000


@both
def test_no_figure_and_no_setting_is_left_behind(draw):
    import matplotlib
    from matplotlib import pyplot

    pyplot.close("all")
    before = dict(matplotlib.rcParams)
    draw()
    assert pyplot.get_fignums() == []
    assert dict(matplotlib.rcParams) == before
