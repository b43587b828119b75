"""A line that is fitted, step by step: each picture says its place and its loss."""

import numpy as np
import pytest
import strips

from lessonlib import plots


def test_each_place_is_told_with_its_loss():
    strip = strips.fitting()
    assert strip.captions == (
        "The start: w = 0, b = 0, loss 41.",
        "After step 1: w = 3, b = 1, loss 1.5.",
        "After step 2: w = 1.5, b = 2, loss 3.375.",
        "After step 3: w = 2, b = 3, loss 0.",
    )
    assert "A star marks the minimum at w = 2, b = 3." in strip.summary
    assert "4 samples, x from 0 to 3, y from 3 to 9" in strip.frames[0].alt


def test_a_long_path_is_shown_from_its_start_to_its_end_in_a_few_frames():
    places = np.column_stack([np.linspace(0, 2, 101), np.linspace(0, 3, 101)])
    x = strips.LINE_X.reshape(-1, 1)  # a column is as good
    strip = plots.fitting_steps(x, 2 * x + 3, places, ((-1, 4), (-1, 4)), most=5)
    assert [caption.split(":")[0] for caption in strip.captions] == [
        "The start",
        *(f"After step {k}" for k in (25, 50, 75, 100)),
    ]
    assert "A star" not in strip.summary


def test_one_place_is_no_path():
    with pytest.raises(ValueError, match="k > 1"):
        strips.fitting([(0, 0)])
