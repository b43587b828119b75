"""Every figure: labelled, described, deterministic, readable without colour, gone when shown."""

import html
import io
import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from lessonlib import nn, plots
from lessonlib.data import seed_001
from lessonlib.plots import picture


def forward_figure():
    s = seed_001()
    z1 = s["W1"] @ s["x"] + s["b1"]
    return plots.network([s["W1"]], [s["b1"]], values=[s["x"], nn.relu(z1)], z=[z1])


def backward_figure():
    s = seed_001()
    weights = [s["W1"], s["W2"], s["W3"]]
    dz = [[0, -2, 2, -1], [1, -1], [0.495463, -0.504537, 0.009075]]
    return plots.network(weights, dz=dz, title="Backward", names=["x", "one", "two", "three"])


def several_losses():
    return plots.loss_curve({"slow": [3.0, 2.5, 2.0], "fast": [3.0, 1.0, 1.25]})


# Each figure, and words that its text alternative must say.
FIGURES = {
    "forward": (forward_figure, ["3 and 4 units", "1, -1, 1; 1, 1, 0", "b -5, 0, 1 and -2"]),
    "backward": (backward_figure, ["dz 0, -2, 2 and -1", "0.495, -0.505 and 0.009"]),
    "hinge": (
        lambda: plots.hinge([1, 1, -1], [1, 0, 1], [1, -2, 3]),
        ["relu(x + 1)", "-2 relu(x)", "3 relu(-x + 1)", "x = -1, 0 and 1", "9 at -2"],
    ),
    "function": (
        lambda: plots.function(
            np.linspace(-2, 3, 11), {"f": nn.relu, "f'": nn.relu_derivative}, jump=0
        ),
        ["f goes from 0 at -2 to 3 at 3", "jumps at 0 from 0 to 1", "value there is 0"],
    ),
    "values": (lambda: plots.function([0, 1], {"given": [5.0, 7.5]}), ["given", "5 at 0", "7.5"]),
    "loss": (lambda: plots.loss_curve([1.0, 0.5, 0.25]), ["1 at step 0", "never rises"]),
    "losses": (several_losses, ["slow: 3", "lowest 1 at step 1", "rises in 1 of its steps"]),
    "heatmap": (
        lambda: plots.heatmap({"z1": [[-1], [3]], "b": [2.5, -7]}, {"z1": [[True], [False]]}),
        ["z1 (2, 1): -1; 3", "b (2,): 2.5, -7", "1 of 2 cells"],
    ),
    "columns": (
        lambda: plots.shapes((4, 3), (3, 5), (4, 1)),
        ["W (4, 3) @ X (3, 5)", "Z (4, 5)", "copied over 5 columns"],
    ),
    "rows": (
        lambda: plots.shapes((5, 3), (3, 4), (4,), names=("X", "W", "b", "Z")),
        ["X (5, 3) @ W (3, 4)", "b (4,) is added, copied over 5 rows"],
    ),
    "product": (lambda: plots.shapes((64, 784), (784, 10)), ["784 columns", "784 rows"]),
}
each_figure = pytest.mark.parametrize("draw", [f for f, _ in FIGURES.values()], ids=FIGURES)


@pytest.mark.parametrize("draw, words", FIGURES.values(), ids=FIGURES)
def test_the_text_alternative_says_the_numbers(draw, words):
    alt = draw().alt
    assert len(alt.split()) >= 8
    assert [w for w in words if w not in alt] == []


@each_figure
def test_axes_have_labels_and_a_title(draw):
    for ax in draw().figure.axes:
        assert ax.get_title() and ax.get_xlabel() and ax.get_ylabel()


@each_figure
def test_letters_are_nine_points_or_more_and_inside_the_figure(draw):
    figure = draw().figure
    figure.draw_without_rendering()
    whole = figure.bbox
    for ax in figure.axes:
        for text in [
            *ax.texts,
            ax.title,
            ax.xaxis.label,
            ax.yaxis.label,
            *_legend_texts(figure, ax),
        ]:
            if not text.get_text():
                continue
            box = text.get_window_extent()
            assert text.get_size() >= 9
            assert box.x0 >= whole.x0 and box.x1 <= whole.x1, text.get_text()
            assert box.y0 >= whole.y0 and box.y1 <= whole.y1, text.get_text()


@pytest.mark.parametrize("draw", [forward_figure, backward_figure, *(
    FIGURES[k][0] for k in ("heatmap", "columns", "rows", "product")
)])  # fmt: skip
def test_no_text_covers_another(draw):
    figure = draw().figure
    figure.draw_without_rendering()
    boxes = [(t.get_text(), t.get_window_extent()) for t in figure.axes[0].texts]
    clashes = [
        (a, b)
        for i, (a, box) in enumerate(boxes)
        for b, other in boxes[i + 1 :]
        if box.overlaps(other)
    ]
    assert clashes == []


@each_figure
def test_a_notebook_gets_an_image_with_alt_and_a_plain_text(draw):
    shown = draw()
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert f'alt="{html.escape(shown.alt)}"' in bundle["text/html"]
    assert bundle["text/plain"] == repr(shown) == "Figure: " + shown.alt


@each_figure
def test_the_same_bytes_each_time_and_few_of_them(draw):
    shown = draw()
    png = shown.png()
    assert png == shown.png() == draw().png()
    assert len(png) < 60_000
    assert b"Software" not in png and b"Date" not in png


def test_the_image_is_drawn_at_twice_the_size_it_is_shown():
    shown = forward_figure()
    width = int(re.search(r'width="(\d+)"', shown.html())[1])
    assert abs(Image.open(io.BytesIO(shown.png())).width - 2 * width) <= 1


def laid_out(high):
    figure, ax = picture.axes(4, 3, "A title", "x", "y")
    ax.set(ylim=(0, high))
    picture.lay_out(figure)
    return ax.get_position().bounds


def test_frames_of_a_strip_stand_where_the_first_one_does():
    alone = [laid_out(high) for high in (1, 12_345, 1)]
    assert alone[0] == alone[2] != alone[1]
    with picture.standing_still():
        assert [laid_out(high) for high in (1, 12_345)] == [alone[0], alone[0]]
    assert laid_out(12_345) == alone[1]


def test_each_pixel_gets_the_nearest_colour_of_the_palette():
    rng = np.random.default_rng(0)
    pixels = np.repeat(rng.integers(0, 256, size=(40, 9, 3), dtype=np.uint8), 7, axis=1)
    pixels[0] = 255
    palette = rng.integers(0, 256, size=(20, 3))
    given = np.asarray(picture.reduced(Image.fromarray(pixels), palette).convert("RGB"))
    away = ((pixels[:, :, None].astype(int) - palette) ** 2).sum(axis=3)
    np.testing.assert_array_equal(given, palette[away.argmin(axis=2)])


def test_quotes_and_angles_in_names_cannot_leave_the_attribute():
    shown = plots.loss_curve({'"><b>': [1.0, 2.0]})
    assert shown.html().count("<") == 1


def test_no_figure_and_no_setting_is_left_behind():
    import matplotlib
    from matplotlib import pyplot

    pyplot.close("all")
    before = dict(matplotlib.rcParams)
    for draw, _ in FIGURES.values():
        draw()
    assert pyplot.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


def test_a_notebook_s_own_style_does_not_change_a_figure():
    import matplotlib

    usual = several_losses().png()
    with matplotlib.rc_context({"font.size": 20, "axes.grid": True, "lines.linewidth": 9}):
        assert several_losses().png() == usual


def _legend_texts(figure, ax):
    legends = [*figure.legends, *([ax.get_legend()] if ax.get_legend() else [])]
    return [t for legend in legends for t in legend.get_texts()]


def _grey(color):
    return float(np.dot(to_rgb(color), [0.299, 0.587, 0.114]))


def _luminance(color):  # WCAG 2
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _contrast(one, other):
    dark, light = sorted([_luminance(one), _luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_blue_and_orange_are_two_greys_and_both_show_on_white():
    assert abs(_grey(picture.BLUE) - _grey(picture.ORANGE)) > 0.2
    for color in (picture.BLUE, picture.ORANGE, picture.GREEN, picture.PURPLE, picture.GREY):
        assert _contrast(color, "white") >= 3


def test_curves_differ_in_dashes_as_well_as_colour():
    from lessonlib.plots.lines import LOOKS

    assert len({str(look["linestyle"]) for look in LOOKS}) == len(LOOKS)
    figure = plots.function([0, 1], {str(i): [0, i] for i in range(len(LOOKS))}).figure
    drawn = [line for line in figure.axes[0].lines if line.get_label()[0] != "_"]
    assert len({str(line._dash_pattern) for line in drawn}) == len(LOOKS)


@pytest.mark.parametrize("value", np.linspace(-1, 1, 9))
def test_numbers_in_cells_stand_out(value):
    figure = plots.heatmap({"a": [value, 1.0, -1.0]}).figure
    ax = figure.axes[0]
    cells = [to_rgb(p.get_facecolor()) for p in ax.patches]
    inks = [t.get_color() for t in ax.texts[2:]]
    for cell, ink in zip(cells, inks, strict=True):
        assert _contrast(cell, ink) >= 4.5


def test_a_switched_off_cell_is_hatched():
    figure = plots.heatmap({"a": [1.0, 2.0]}, {"a": [False, True]}).figure
    assert [bool(p.get_hatch()) for p in figure.axes[0].patches] == [False, True]


def test_a_flat_array_looks_like_neither_a_row_nor_a_column():
    figure = plots.heatmap({"flat": [1.0, 2.0], "row": [[1.0, 2.0]]}).figure
    flat, row = figure.axes[0].patches[:2], figure.axes[0].patches[2:]
    assert not {type(each) for each in flat} & {type(each) for each in row}
    assert flat[0].get_bbox().x1 < flat[1].get_bbox().x0  # apart, as the row's cells are not
    assert len(figure.axes[0].lines) == 1  # the string


def test_samples_are_crosses_on_a_curve_and_said():
    shown = plots.function([0, 1, 2], {"f": [0, 1, 2]}, points=([0.5, 2.0], [1.0, 1.5]))
    (crosses,) = (line for line in shown.figure.axes[0].lines if line.get_marker() == "X")
    assert crosses.get_xydata().tolist() == [[0.5, 1.0], [2.0, 1.5]]
    assert shown.alt.endswith("Crosses, the samples: 1 at 0.5 and 1.5 at 2.")


def test_a_jump_has_an_open_and_a_filled_dot_and_no_line_across():
    f = {"step": nn.relu_derivative}
    lines = plots.function(np.linspace(-1, 1, 21), f, jump=0.0).figure.axes[0].lines
    curve = next(line for line in lines if line.get_label() == "step")
    assert np.isnan(curve.get_ydata()).sum() == 1
    faces = [line.get_markerfacecolor() for line in lines if line.get_marker() == "o"]
    assert faces == ["white", picture.BLUE]


def test_edges_of_a_network_tell_signs_apart_by_dashes():
    figure = plots.network([[[2.0, -1.0, 0.0]]]).figure
    lines = figure.axes[0].lines
    assert len({line.get_color() for line in lines}) == 3
    assert len({str(line._dash_pattern) for line in lines}) == 3
    assert lines[0].get_linewidth() > lines[1].get_linewidth() > lines[2].get_linewidth()


def test_what_does_not_fit_is_refused_in_words():
    with pytest.raises(ValueError, match="3 columns do not meet 4 rows"):
        plots.shapes((4, 3), (4, 5))
    with pytest.raises(ValueError, match="does not broadcast"):
        plots.shapes((4, 3), (3, 5), (4,))
    with pytest.raises(ValueError, match="must have 4 columns"):
        plots.network([np.ones((4, 3)), np.ones((2, 3))])
    with pytest.raises(ValueError, match="values"):
        plots.network([np.ones((4, 3))], values=[np.ones(3), np.ones(3)])
    with pytest.raises(ValueError, match="z have"):
        plots.network([np.ones((4, 3))], z=[np.ones(3), np.ones(4), np.ones(2)])
    with pytest.raises(ValueError, match=r"W1 is \(3,\)"):
        plots.network([np.ones(3)])
    with pytest.raises(ValueError, match=r"still `\.\.\.`"):
        plots.hinge([1, 1], ..., [1, 1])
    with pytest.raises(ValueError, match="cannot be read"):
        plots.heatmap({"big": np.zeros((20, 20))})


def test_a_diverging_loss_is_drawn_and_said():
    with np.errstate(all="raise"):
        alt = plots.loss_curve([1.0, 1e300, np.inf, np.nan]).alt
    assert "nan at step 3" in alt and "lowest 1 at step 0" in alt


def test_arguments_are_untouched():
    W, v = np.array([[1, -2]]), np.array([[3.0], [4.0]])
    plots.network([W], values=[v, None])
    plots.heatmap({"v": v}, {"v": v > 3})
    plots.hinge(W[0], W[0])
    np.testing.assert_array_equal(W, [[1, -2]])
    np.testing.assert_array_equal(v, [[3], [4]])


@pytest.mark.parametrize(
    "value, text",
    [(3.0, "3"), (-0.0, "0"), (0.495463, "0.495"), (-2.5, "-2.5"), (100, "100"),
     (-284.00793, "-284"), (12.346, "12.35"), (1.5e-7, "1.5e-07"), (np.nan, "nan"),
     (-np.inf, "-inf"), (-8.76869, "-8.769"), (9.9999, "10")],
)  # fmt: skip
def test_numbers_are_short(value, text):
    assert picture.number(value) == text
