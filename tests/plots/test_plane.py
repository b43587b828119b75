"""The coloured plane: the right colours, samples told apart without colour, its numbers said."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lessonlib import data, plots
from lessonlib.plots import plane

X, Y = data.xor()


def first_input(points):
    return points[:, 0]


def drawn(predict=first_input, **kwargs):
    return plots.decision_boundary(predict, X, Y, **kwargs)


def grey(color):
    return float(np.dot(to_rgb(color[:3]), [0.299, 0.587, 0.114]))


def test_the_text_alternative_says_the_numbers():
    alt = drawn(title="Half").alt
    assert alt.startswith("Half. The plane, x1 from -0.35 to 1.35 and x2 from -0.35 to 1.35")
    assert "2 of class 0 (circles) and 2 of class 1 (squares)" in alt
    assert "2 of 4 are on the right side of 0.5" in alt
    assert "0 at (0, 1), class 1; 1 at (1, 0), class 1" in alt
    assert "from -0.35 to 1.35; 50 % of it is at 0.5 or above" in alt


def test_many_samples_are_counted_not_listed():
    many, classes = data.two_moons(101, np.random.default_rng(0))
    alt = plots.decision_boundary(first_input, many, classes).alt
    assert "101 samples: 51 of class 0 (circles) and 50 of class 1" in alt
    assert "Predictions:" not in alt


def test_samples_in_columns_give_the_same_picture():
    def columns(points):
        assert points.shape[0] == 2
        return points[:1]

    other = plots.decision_boundary(columns, X.T, Y.T, samples="columns")
    assert other.alt == drawn().alt
    assert other.png() == drawn().png()


def test_two_samples_are_read_as_they_are_said_to_lie():
    points, classes = np.array([[0.0, 5], [1, 7]]), [0, 1]
    rows = plots.decision_boundary(lambda p: p[:, 0], points, classes)
    columns = plots.decision_boundary(lambda p: p[0], points, classes, samples="columns")
    assert "1 at (1, 7), class 1" in rows.alt
    assert "5 at (5, 7), class 1" in columns.alt


@pytest.mark.parametrize("shape", [(-1,), (-1, 1), (1, -1)])
def test_predictions_may_come_flat_as_a_column_or_as_a_row(shape):
    assert drawn(lambda p: p[:, 0].reshape(shape)).alt == drawn().alt


def test_classes_may_be_predicted_instead_of_probabilities():
    alt = drawn(lambda p: (p[:, 0] != p[:, 1]).astype(int)).alt
    assert "4 of 4 are on the right side" in alt


def test_a_line_stands_where_the_prediction_is_a_half():
    (line,) = [c for c in drawn().figure.axes[0].collections if not c.get_array().size > 1]
    places = np.vstack([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(places[:, 0], 0.5, atol=1e-9)


@pytest.mark.parametrize("noise", [0, 1e-15])
def test_no_line_is_drawn_where_the_prediction_is_a_half_everywhere(noise):
    signs = np.random.default_rng(0)
    picture = drawn(lambda p: 0.5 + noise * signs.standard_normal(len(p)))
    labels = [text.get_text() for text in picture.figure.legends[0].get_texts()]
    assert labels == ["class 0", "class 1"]
    assert "from 0.5 to 0.5; 100 % of it" in picture.alt


def test_classes_differ_by_marker_and_in_greys():
    lines = [line for line in drawn().figure.axes[0].lines if line.get_linestyle() == "None"]
    assert {line.get_marker() for line in lines} == {"o", "s"}
    faces = [grey(to_rgb(line.get_markerfacecolor())) for line in lines]
    assert abs(faces[0] - faces[1]) > 0.6


def test_a_higher_prediction_is_darker():
    greys = [grey(plane.PREDICTIONS(p)) for p in np.linspace(0, 1, 11)]
    assert np.all(np.diff(greys) < -0.02)
    assert greys[0] - greys[-1] > 0.4


def test_labels_title_and_letters():
    figure = drawn(title="T", xlabel="width", ylabel="height").figure
    ax, bar = figure.axes
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("T", "width", "height")
    assert bar.get_ylabel() == "prediction"
    texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *figure.legends[0].get_texts()]
    for text in [*texts, *ax.get_xticklabels(), *bar.get_yticklabels()]:
        assert text.get_size() >= 9


def test_the_same_bytes_each_time_and_few_of_them():
    png = drawn().png()
    assert png == drawn().png()
    assert len(png) < 60_000


def test_nothing_is_changed():
    x, y = X.copy(), Y.copy()

    def spoil(points):
        points[:] = 0
        return points[:, 0]

    plots.decision_boundary(spoil, x, y)
    assert np.array_equal(x, X) and np.array_equal(y, Y)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: plots.decision_boundary(first_input, X.T, Y), r"must be \(m, 2\)"),
        (lambda: plots.decision_boundary(first_input, X, Y, "columns"), r"must be \(2, m\)"),
        (lambda: plots.decision_boundary(first_input, X, Y[:3]), "each of the 4 samples"),
        (lambda: plots.decision_boundary(first_input, X, Y + 1), "0 or 1"),
        (lambda: plots.decision_boundary(first_input, X, Y, "cols"), '"rows" or "columns"'),
        (lambda: plots.decision_boundary(lambda p: p, X, Y), "gave 8 numbers for 4 points"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
