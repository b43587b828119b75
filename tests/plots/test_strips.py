"""What the strips of the lessons say, against what can be measured."""

import numpy as np
import pytest
import strips

from lessonlib import plots
from lessonlib.plots.picture import shown


def test_a_path_is_told_step_by_step():
    captions = strips.steps_down(2).captions
    assert captions[0].startswith("The start: w = 0.3, loss 2.088, slope −2.5.")
    assert captions[0].endswith("Next: 0.25 · 2.5 = 0.625 to the right.")
    assert captions[1].startswith("After step 1: w = 0.925,")
    assert captions[2].startswith("After step 2: ") and "Next" not in captions[2]


def test_the_valley_knows_its_lowest_place():
    best = strips.downhill(0.3, 0.5, 200)[-1]
    low = strips.rates().summary.split("lowest at w = ")[1].split(" with")[0]
    assert float(low) == pytest.approx(best, abs=5e-4)


def test_a_weight_without_a_slope_stays():
    path = strips.downhill(-0.5, 0.5, 2)
    captions = plots.downhill_steps(np.abs(strips.X), strips.Y, [-0.5, -0.5], 0.5).captions
    assert "Where the slope is 0, the weight stays." in captions[0]
    assert path[1] != path[0]  # with a sample below 0 it moves


def test_a_path_that_runs_away_is_told_and_drawn_as_far_as_it_goes():
    x, y = np.array([1.0]), np.array([1.0])
    path = [1 + (-1.6) ** k for k in range(1000)]
    strip = plots.downhill_rates(x, y, {2.5: path, 9.0: [2.0, np.inf, np.nan]})
    assert "rises in" in strip.captions[0]
    assert "w = nan" in strip.captions[1]
    assert len(strip.html()) > 1000


def test_a_path_without_a_step_is_refused():
    with pytest.raises(ValueError, match="at least one step; here are 1 places"):
        plots.downhill_steps(strips.X, strips.Y, [0.3], 0.1)


def test_the_gradients_of_a_graph_are_those_that_a_nudge_measures():
    def end(a, b, c):
        return (a * b + c) * b

    at, h = np.array([2.0, 3.0, -1.0]), 1e-6
    measured = [(end(*(at + step)) - end(*(at - step))) / (2 * h) for step in h * np.eye(3)]
    a, b, c = (f"{round(each)}" for each in measured)
    assert f"a {a}, b {b}, c {c}" in strips.messages().captions[-1]


def test_a_box_sends_once_after_all_that_it_feeds_and_messages_add_up():
    captions = strips.messages().captions
    senders = [caption.split(" sends")[0] for caption in captions[1:-1]]
    assert senders == ["L = v·b", "v = u+c", "u = a·b"]
    assert captions[3].endswith("b is used more than once, so its messages add up: 5 + 6 = 11.")


def test_one_node_that_goes_in_twice_gets_both_messages():
    captions = plots.messages({"a": 2, "a·a": 4}, [("a", "a·a", 2), ("a", "a·a", 2)]).captions
    assert captions[1].endswith("its messages add up: 2 + 2 = 4.")


def test_a_graph_with_two_ends_is_refused():
    with pytest.raises(ValueError, match="one end that feeds nothing, not 2"):
        plots.messages({"a": 1, "b": 1, "c": 1}, [("a", "b", 1), ("a", "c", 1)])


def test_the_boundary_says_how_many_are_right_and_shows_no_more_states_than_fit():
    strip = strips.boundaries(40)
    assert strip.captions[0].startswith("Epoch 0: 2 of 4 samples on the right side")
    assert strip.captions[-1].startswith("Epoch 390: ")
    assert len(strip.frames) == 12


def test_a_ravine_tells_which_rate_climbs_and_which_leaves():
    slow, good, wild = strips.ravine().captions
    assert slow.endswith("it never rises.") and good.endswith("it never rises.")
    assert wild.startswith("Learning rate 0.102: loss 18 at the start")
    assert "rises in" in wild and "leaves the picture" in wild


def test_a_path_in_a_ravine_is_drawn_up_to_where_it_is_finite():
    paths = {1.0: [(1, 1), (2, np.inf), (np.nan, 0)], 2.0: [(1, 1), (0, 0)]}
    strip = plots.ravine_rates(strips.bowl, paths, ((-2, 2), (-2, 2)), (0, 0))
    assert "after 0 steps" in strip.captions[0]


def test_small_learning_rates_are_told_apart():
    paths = {0.0007: [(1, 1), (0, 0)], 0.0008: [(1, 1), (0, 1)]}
    captions = plots.ravine_rates(strips.bowl, paths, ((-2, 2), (-2, 2)), (0, 0)).captions
    assert [caption.split(":")[0] for caption in captions] == [
        "Learning rate 0.0007",
        "Learning rate 0.0008",
    ]


def test_the_sums_of_a_layer_are_those_of_the_matrix_form():
    W, b, X, dA = strips.W, strips.B, strips.SAMPLES, strips.BACK
    dZ = dA * (W @ X + b[:, None] > 0)
    dW, dX = dZ @ X.T, W.T @ dZ
    last = strips.layer().captions
    rows = "; ".join(", ".join(f"{each:g}" for each in row) for row in dW).replace("-", "−")
    assert f"dW, row by row, is {rows}, and db is" in last[-1]
    for sample, place in ((0, 3), (1, 8)):
        one, two = (f"{each:g}".replace("-", "−") for each in dX[:, sample])
        assert last[place].endswith(f"dx so far: {one} and {two}.")


def test_what_does_not_fit_a_layer_is_refused():
    with pytest.raises(ValueError, match="dA is .1, 2., and must be .2, 2."):
        plots.layer_messages(strips.W, strips.B, strips.SAMPLES, strips.BACK[:1])
    with pytest.raises(ValueError, match="more than 30 pictures"):
        plots.layer_messages(strips.W, strips.B, np.ones((2, 6)), np.ones((2, 6)))


def training_of_two_layers():
    start = [np.array([[1.0, -2.0]]), np.array([[0.5], [3.0]])]
    later = [start[0] + [[0.25, 0.0]], start[1] - [[0.0], [1.5]]]
    return {0: start, 10: later}, {0: "loss 4", 10: "loss 1"}


def test_the_weights_of_each_step_are_told_and_who_moved_furthest():
    strip = plots.weight_steps(*training_of_two_layers())
    assert strip.captions[0] == "Step 0: loss 4."
    assert strip.captions[1] == "Step 10: loss 1. Furthest from its start: W2[1, 0], by −1.5."
    assert "weights row by row: 1.25; -2" in strip.frames[1].alt


def test_of_a_long_training_no_more_states_are_shown_than_fit():
    (start, *_), notes = training_of_two_layers()[0].values(), dict.fromkeys(range(50), "on")
    strip = plots.weight_steps({k: start for k in range(50)}, notes)
    assert len(strip.frames) == 16
    assert strip.captions[-1] == "Step 49: on."


def test_the_gradients_of_two_layers_are_those_that_a_nudge_measures():
    def loss(parameters):
        a1 = np.tanh(parameters["W1"] @ strips.SAMPLE + parameters["b1"])
        p = 1 / (1 + np.exp(-(parameters["W2"] @ a1 + parameters["b2"])))
        return -np.sum(np.log(np.where(strips.TARGET == 1, p, 1 - p)))

    def measured(name):
        theta = strips.TWO_LAYERS[name]
        steps = [h.reshape(theta.shape) for h in 1e-6 * np.eye(theta.size)]
        ends = [
            [loss({**strips.TWO_LAYERS, name: theta + sign * step}) for sign in (1, -1)]
            for step in steps
        ]
        return [shown((up - down) / 2e-6) for up, down in ends]

    strip = strips.strip("two layers")
    captions = strip.captions
    assert all(number in captions[2].split(": ", 1)[1] for number in measured("W2"))
    assert captions[2].endswith(f"b2 is dz itself: {' and '.join(measured('b2'))}.")
    assert captions[5].endswith(f"b1 is dz itself: {' and '.join(measured('b1'))}.")
    W1 = measured("W1")
    assert f"{W1[0]} and {W1[1]} for unit 1; {W1[2]} and {W1[3]} for unit 2." in captions[5]
    assert "gradients row by row" in strip.frames[-1].alt


def test_two_layers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"W1 is \(2, 2\), and must be \(2, 3\) here"):
        plots.two_layer_messages(strips.TWO_LAYERS, np.ones(3), strips.TARGET)


def test_the_way_back_through_a_network_is_told_layer_by_layer():
    captions = strips.network().captions
    assert [caption.split(":")[0].split(",")[0] for caption in captions] == [
        "Layer 3", "Layer 3", "Down to layer 2", "Layer 2", "Down to layer 1", "Layer 1",
    ]  # fmt: skip
    assert "row by row: −0.5; 1. db3 is dz itself." in captions[1]
    assert captions[2].endswith("add up to −1.5; the mask stops none, so dz is −1.5.")
    assert captions[4].endswith("−1.5 and 1.5; the mask stops unit 1, so dz is 0 and 1.5.")
    assert "dW1 is dz times the input x transposed, row by row: 0, 0; 1.5, −3." in captions[5]


def test_what_does_not_fit_a_network_is_refused():
    with pytest.raises(ValueError, match=r"dz have \[2\] entries, and must have \[1\]"):
        plots.network_messages([strips.W2], [[0, 1], [1]], [[1]], [[1, 2]])


def test_the_lines_that_measure_a_slope_say_how_far_off_they_are():
    captions = strips.secants().captions
    one, both = (2.4**3 - 8) / 0.4, (2.4**3 - 1.6**3) / 0.8
    assert captions[1] == (
        f"h = 0.4: one side {one:.4f}, off by {one - 12:.4f}, both sides {both:.4f},"
        f" off by {both - 12:.4f}."
    )
    with pytest.raises(ValueError, match="above 0"):
        plots.secants(np.sin, 0, 1, (0.1, 0))
