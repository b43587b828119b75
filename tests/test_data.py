"""The data sets: shapes, exact values, and the same draw from the same generator."""

from importlib import resources

import numpy as np
import pytest

from lessonlib import data, nn


def test_seed_001_gives_the_seed_s_numbers():
    s = data.seed_001()
    z1 = s["W1"] @ s["x"] + s["b1"]
    a1 = nn.relu(z1)
    a2 = nn.relu(s["W2"] @ a1 + s["b2"])
    z3 = s["W3"] @ a2 + s["b3"]
    for got, expected in [(z1, [-1, 3, 5, 3]), (a1, [0, 3, 5, 3]), (a2, [2, 4]), (z3, [3, 3, -1])]:
        np.testing.assert_array_equal(got, np.reshape(expected, (-1, 1)))
    loss = nn.cross_entropy(nn.softmax(z3.T), s["y"].T)
    assert loss == pytest.approx(0.702263, abs=5e-7)


def test_seed_001_is_new_each_time_and_in_columns():
    s = data.seed_001()
    shapes = {name: a.shape for name, a in s.items()}
    assert shapes == {
        "x": (3, 1), "W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1),
        "W3": (3, 2), "b3": (3, 1), "y": (3, 1),
    }  # fmt: skip
    assert all(a.dtype == float for a in s.values())
    s["x"][:] = 0
    assert data.seed_001()["x"].any()


def test_xor_is_exclusive_or():
    X, Y = data.xor()
    assert X.shape == (4, 2) and Y.shape == (4, 1)
    np.testing.assert_array_equal(Y[:, 0], X[:, 0] != X[:, 1])


def test_line_has_the_seed_s_test_part_first():
    X, Y = data.line()
    assert X.shape == Y.shape == (75, 1)
    np.testing.assert_array_equal(X[:, 0], np.arange(-100, 50, 2))
    np.testing.assert_array_equal(Y, 2 * X + 3)
    assert X[15, 0] == -70 and X[-1, 0] == 48


@pytest.mark.parametrize("make", [data.two_moons, data.spirals])
@pytest.mark.parametrize("m", [2, 7, 100])
def test_two_classes_of_points(make, m):
    X, Y = make(m, np.random.default_rng(3), 0.1)
    assert X.shape == (m, 2) and Y.shape == (m, 1)
    assert X.dtype == Y.dtype == float
    assert Y.sum() == m // 2 and set(Y.ravel()) == {0.0, 1.0}


@pytest.mark.parametrize("make", [data.two_moons, data.spirals])
def test_a_draw_is_its_generator_s_alone(make):
    first, again = (make(20, np.random.default_rng(3), 0.1)[0] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, make(20, np.random.default_rng(4), 0.1)[0])
    labels = make(20, np.random.default_rng(3), 0.1)[1].ravel()
    assert not np.all(np.diff(labels) >= 0)  # shuffled


def test_without_noise_moons_are_half_circles():
    X, Y = data.two_moons(51, np.random.default_rng(0), noise=0)
    outer, inner = X[Y[:, 0] == 0], X[Y[:, 0] == 1]
    np.testing.assert_allclose(np.hypot(*outer.T), 1)
    np.testing.assert_allclose(np.hypot(*(inner - [1, 0.5]).T), 1)
    assert outer[:, 1].min() > -1e-12 and inner[:, 1].max() < 0.5 + 1e-12


def test_without_noise_spiral_arms_are_half_a_turn_apart():
    X, Y = data.spirals(40, np.random.default_rng(0), noise=0)
    arms = [X[Y[:, 0] == k] for k in (0, 1)]
    first, second = (arm[np.argsort(np.hypot(*arm.T))] for arm in arms)
    np.testing.assert_allclose(first, -second, atol=1e-12)


def test_the_digits_are_all_there():
    (X, labels), (X_held, held) = data.digits(), data.held_back_digits()
    assert X.shape == (1438, 64) and labels.shape == (1438,)
    assert X_held.shape == (359, 64) and held.shape == (359,)
    assert X.min() == X_held.min() == 0 and X.max() == X_held.max() == 16
    counts = np.bincount(labels) + np.bincount(held)
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert X[0].reshape(8, 8)[0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]  # the first zero's top row


def test_no_digit_is_both_handed_out_and_held_back():
    (X, _), (X_held, held) = data.digits(), data.held_back_digits()
    assert len(np.unique(np.vstack([X, X_held]), axis=0)) == 1797
    assert np.bincount(held).min() >= 20


def test_every_shipped_file_names_its_source_and_licence():
    folder = resources.files("lessonlib.reference")
    sources = (folder / "SOURCES.md").read_text()
    shipped = [file.name for file in folder.iterdir() if file.name.endswith((".npz", ".json"))]
    assert shipped and all(f"**{name}**" in sources for name in shipped)
    assert "CC BY 4.0" in sources
