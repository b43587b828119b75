"""The strip of a plane on its way through two ReLU units, against the layer's own numbers."""

import numpy as np
import pytest
import strips

from lessonlib import plots

X, Y = strips.CORNERS.T, strips.CLASSES


def test_it_starts_at_the_inputs_and_ends_at_the_activations():
    captions = strips.fold().captions
    assert captions[0].endswith("00 at (0, 0); 01 at (0, 1); 10 at (1, 0); 11 at (1, 1).")
    assert captions[4] == "The sums W1 X + b1: 00 at (0, −1); 01 and 10 at (1, 0); 11 at (2, 1)."
    assert captions[-1] == "After the ReLU: 00 at (0, 0); 01 and 10 at (1, 0); 11 at (2, 1)."


def test_the_drawn_samples_are_where_the_caption_says():
    W, b = np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros((2, 1))
    figure = plots.fold_steps(W, b, X, Y).frames[-1].figure
    drawn = [line.get_xydata() for line in figure.axes[0].lines if line.get_linestyle() == "None"]
    circles, squares = np.maximum(0, W @ X + b).T[Y == 0], np.maximum(0, W @ X + b).T[Y == 1]
    np.testing.assert_allclose(drawn[0], circles)
    np.testing.assert_allclose(drawn[1], squares)


def test_the_summary_names_the_classes_and_both_ends():
    summary = strips.fold().summary
    assert summary.startswith("Of the samples 00 and 11 are circles and 01 and 10 are squares.")
    assert "The plane of the two inputs" in summary and "After the ReLU" in summary


@pytest.mark.parametrize(("W", "b"), [(np.ones((3, 2)), np.ones((3, 1))), (np.eye(2), [1, 2])])
def test_another_layer_is_refused(W, b):
    with pytest.raises(ValueError, match=r"W \(2, 2\), b \(2, 1\)"):
        plots.fold_steps(W, b, X, Y)
