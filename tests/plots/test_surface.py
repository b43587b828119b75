"""The loss seen from above: paths said in numbers, told apart without colour, read without it."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lessonlib import plots
from lessonlib.plots import surface


def bowl(x, y):
    return x**2 + 4 * (y - 1) ** 2


PATH = [(2, 0), (1, 1.5), (0.5, 1), (0, 1)]


def grey(color):
    return float(np.dot(to_rgb(color), [0.299, 0.587, 0.114]))


def test_the_text_alternative_says_the_numbers():
    alt = plots.descent(bowl, PATH, window=((-1, 3), (-1, 2)), title="A bowl", xlabel="w1").alt
    assert alt.startswith("A bowl. The loss over w1 from -1 to 3 and b from -1 to 2, seen from")
    assert "0 at its lowest, 25 at its highest" in alt
    assert "The path leads in 3 steps from (2, 0), loss 8, to (0, 1), loss 0;" in alt
    assert alt.endswith("the loss never rises.")


def test_a_path_that_climbs_and_leaves_the_picture_says_so():
    path = [(1, 1), (-2, 1), (4, 1), (-8, 1)]
    alt = plots.descent(bowl, {"too fast": path}, window=((-3, 3), (0, 2))).alt
    assert "Too fast leads in 3 steps" in alt
    assert "the loss rises in 3 of them. It is outside the picture after step 2." in alt


def test_the_minimum_is_marked_and_said():
    picture = plots.descent(bowl, PATH, minimum=(0, 1))
    assert "A star marks the minimum at (0, 1)." in picture.alt
    (star,) = [line for line in picture.figure.axes[0].lines if line.get_marker() == "*"]
    assert np.ravel(star.get_data()).tolist() == [0, 1]


def test_without_a_window_all_places_have_room_around_them():
    ax = plots.descent(bowl, PATH, minimum=(0, 3)).figure.axes[0]
    left, right = ax.get_xlim()
    low, high = ax.get_ylim()
    assert left < 0 and right > 2 and low < 0 and high > 3


def test_a_path_that_stays_in_one_place_has_room_too():
    alt = plots.descent(bowl, [(1, 1)]).alt
    assert "w from 0 to 2 and b from 0 to 2" in alt and "in 0 steps" in alt


def test_each_place_has_its_dot_and_the_start_a_hollow_one():
    line, start = plots.descent(bowl, PATH).figure.axes[0].lines
    assert line.get_xydata().tolist() == [list(map(float, place)) for place in PATH]
    assert line.get_markevery() == [1, 2, 3]
    assert start.get_xydata().tolist() == [[2.0, 0.0]]
    assert start.get_markerfacecolor() == "white"


def test_a_long_path_has_dots_at_its_ends_only():
    line = plots.descent(bowl, np.linspace((2, 0), (0, 1), 100)).figure.axes[0].lines[0]
    assert line.get_markevery() == [99]


def test_paths_differ_in_dashes_and_markers_not_only_in_colour():
    lines = plots.descent(bowl, {"a": PATH, "b": PATH[::-1]}).figure.axes[0].lines[::2]
    assert len({str(line.get_linestyle()) for line in lines}) == 2
    assert len({line.get_marker() for line in lines}) == 2


def test_several_paths_have_a_legend_and_one_has_none():
    assert plots.descent(bowl, PATH).figure.axes[0].get_legend() is None
    legend = plots.descent(bowl, {"a": PATH, "b": PATH}, minimum=(0, 1)).figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b", "minimum"]


def test_heights_go_from_light_to_dark_and_paths_stand_out_from_them():
    shades = [grey(surface.HEIGHTS(x)[:3]) for x in np.linspace(0, 1, 50)]
    assert all(a > b for a, b in zip(shades, shades[1:], strict=False))
    assert shades[-1] - max(grey(look["color"]) for look in surface.LOOKS[:2]) > 0.1


def test_axes_are_labelled_letters_are_large_enough_and_inside():
    picture = plots.descent(bowl, {"a longer name": PATH, "another name": PATH}, minimum=(0, 1))
    picture.figure.draw_without_rendering()
    ax, bar = picture.figure.axes
    assert ax.get_title() and ax.get_xlabel() == "w" and ax.get_ylabel() == "b"
    assert bar.get_ylabel() == "loss"
    whole = picture.figure.bbox
    for text in [ax.title, ax.xaxis.label, bar.yaxis.label, *ax.get_legend().get_texts()]:
        box = text.get_window_extent()
        assert text.get_size() >= 9
        assert box.x0 >= whole.x0 and box.x1 <= whole.x1, text.get_text()
        assert box.y0 >= whole.y0 and box.y1 <= whole.y1, text.get_text()


def test_the_picture_is_the_same_every_time_it_is_drawn():
    picture = plots.descent(bowl, PATH)
    assert picture.png() == picture.png() == plots.descent(bowl, PATH).png()
    assert len(picture.png()) < 60_000


def test_a_flat_loss_draws_no_heights():
    assert "1 at its lowest, 1 at its highest" in plots.descent(lambda x, y: 1.0, PATH).alt


def test_paths_are_not_changed():
    path = np.array(PATH)
    before = path.copy()
    plots.descent(bowl, path)
    assert np.array_equal(path, before)


@pytest.mark.parametrize("path", [[1, 2], [(1, 2, 3)], np.zeros((0, 2)), [(0, 0), (np.inf, 0)]])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(ValueError, match="the path"):
        plots.descent(bowl, path)
