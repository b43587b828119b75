"""Lesson 15: its exercises, and how well its solution reads digits that it never saw."""

import time
from functools import cache

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from contract import LessonContract, verdict_on
from notebook_cells import namespace

from lessonlib.data import digits, held_back_digits
from lessonlib.lessons import digits as lesson
from lessonlib.lessons import find
from lessonlib.lessons.digits import (
    confusion_matrix,
    one_hot,
    softmax_cross_entropy,
    split,
    standardize,
)
from lessonlib.nn import cross_entropy, numeric_gradient, relative_error, softmax
from lessonlib.nn.network import Network

# --- other right answers -----------------------------------------------------------------------


def split_by_mask(X, y, test_fraction, rng):
    to_test = np.zeros(len(X), dtype=bool)
    n_test = int(np.ceil(test_fraction * len(X)))
    to_test[rng.choice(len(X), size=n_test, replace=False)] = True
    return [X[~to_test], X[to_test], y[~to_test], y[to_test]]


def split_by_columns(X, y, test_fraction, rng):
    """Shuffle images and labels glued together, and count the training part."""
    both = rng.permutation(np.column_stack([X, y]))
    n_train = int((1 - test_fraction) * len(both))
    X_new, y_new = both[:, :-1], both[:, -1].astype(int)
    return X_new[:n_train], X_new[n_train:], y_new[:n_train].tolist(), y_new[n_train:].tolist()


def split_from_the_end(X, y, test_fraction, rng):
    order = np.arange(len(X))
    rng.shuffle(order)
    n = len(X) - int(test_fraction * len(X))
    return X[order[:n]], X[order[n:]], y[order[:n]], y[order[n:]]


def standardize_with_a_little_added(X_train, X_test):
    mu, sigma = np.mean(X_train, axis=0), np.std(X_train, axis=0)
    return [(X - mu) / (sigma + 1e-8) for X in (X_train, X_test)]


def standardize_column_by_column(X_train, X_test):
    train, test = np.zeros(X_train.shape), np.zeros(X_test.shape)
    for j in range(X_train.shape[1]):
        column = X_train[:, j]
        m = len(column)
        mean = sum(column) / m
        spread = (sum((column - mean) ** 2) / m) ** 0.5 or 1.0
        train[:, j] = (column - mean) / spread
        test[:, j] = (X_test[:, j] - mean) / spread
    return train, test


def standardize_with_ones(X_train, X_test):
    mean, spread = X_train.mean(0), X_train.std(0)
    spread[spread == 0] = 1
    return (X_train - mean) / spread, (X_test - mean) / spread


def one_hot_by_comparison(labels, n_classes):
    return labels[:, None] == np.arange(n_classes)


def one_hot_by_pairs(labels, n_classes):
    Y = np.zeros((len(labels), n_classes), dtype=int)
    Y[np.arange(len(labels)), labels] = 1
    return Y


def one_hot_as_lists(labels, n_classes):
    return [[float(k == label) for k in range(n_classes)] for label in labels]


def loss_by_logaddexp(logits, Y):
    log_sums = np.logaddexp.reduce(np.asarray(logits, dtype=float), axis=1)
    loss = np.mean(log_sums - (Y * logits).sum(axis=1))
    return loss, (np.exp(logits - log_sums[:, None]) - Y) / Y.shape[0]


def loss_row_by_row(logits, Y):
    losses, rows = [], []
    for z, y in zip(np.asarray(logits, dtype=float), Y, strict=True):
        z = z - z.max()
        total = np.exp(z).sum()
        losses.append(float(np.log(total) - z[y.argmax()]))
        rows.append((np.exp(z) / total - y) / len(Y))
    return [sum(losses) / len(losses), np.array(rows).tolist()]


def loss_picking_the_class(logits, Y):
    m, right = len(Y), Y.argmax(axis=1)
    shifted = logits - logits.max(axis=1)[:, np.newaxis]
    E = np.exp(shifted)
    loss = (np.log(E.sum(1)) - shifted[range(m), right]).mean()
    dlogits = E / E.sum(1, keepdims=True) / m
    dlogits[range(m), right] -= 1 / m
    return loss, dlogits


def count_by_loop(y_true, y_pred, n_classes):
    counts = [[0] * n_classes for _ in range(n_classes)]
    for i in range(len(y_true)):
        counts[y_true[i]][y_pred[i]] += 1
    return counts


def count_by_bincount(y_true, y_pred, n_classes):
    return np.bincount(n_classes * y_true + y_pred, minlength=n_classes**2).reshape(n_classes, -1)


def count_with_add_at(y_true, y_pred, n_classes):
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (y_true, y_pred), 1)
    return counts


@cache
def trained(hidden=64, epochs=40, seed=0, l2=0.0):
    """A network and the digits that set its scale, by plain training: no copies, no tricks."""
    X, y = digits()
    rng = np.random.default_rng(seed)
    network = Network([64, hidden, 10], rng, hidden="relu", output="softmax")
    scaled, _ = standardize(X, X)
    Y = one_hot(y, 10)
    network.fit(scaled, Y, 0.003, epochs, batch_size=32, rng=rng, optimiser="adam", l2=l2)
    return network, X


def plain_network(X):
    network, known = trained()
    return np.argmax(network.predict(standardize(known, X)[1]), axis=1)


def nearest_neighbour_by_loop(X):
    known, labels = digits()
    return [int(labels[((known - x) ** 2).sum(axis=1).argmin()]) for x in X]


def one_digit_flat(X):
    """Whole floats for labels, and a bare number for a single digit."""
    return np.squeeze(plain_network(X)).astype(float)


class TestDigits(LessonContract):
    lesson_name = "digits"
    variants = {
        "digits.recall_1": [{"dz": np.array([[0.2], [0.7], [-0.9]])}, {"dz": (0.2, 0.7, 0.1 - 1)}],
        "digits.recall_2": [{"steps": 20 * 18}, {"steps": np.float64(360.0)}],
        "digits.split": [split_by_mask, split_by_columns, split_from_the_end],
        "digits.standardize": [
            standardize_with_a_little_added,
            standardize_column_by_column,
            standardize_with_ones,
        ],
        "digits.one_hot": [one_hot_by_comparison, one_hot_by_pairs, one_hot_as_lists],
        "digits.softmax_cross_entropy": [
            loss_by_logaddexp,
            loss_row_by_row,
            loss_picking_the_class,
        ],
        "digits.confusion_matrix": [count_by_loop, count_by_bincount, count_with_add_at],
        "digits.bug_hunt": [{"wrong_line": np.int64(3)}, {"wrong_line": 3.0}],
        "digits.classifier": [plain_network, nearest_neighbour_by_loop, one_digit_flat],
    }


# --- the solution, on digits that it never saw -------------------------------------------------


def all_digits():
    pairs = zip(digits(), held_back_digits(), strict=True)
    return tuple(np.concatenate(pair) for pair in pairs)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_solution_reads_97_percent_of_unseen_digits(seed):
    """Five splits of all 1,797; the training takes less than 30 seconds each time."""
    solution = namespace("solutions", "digits")
    X_train, X_test, y_train, y_test = split(*all_digits(), 0.2, np.random.default_rng(seed))
    assert (len(X_train), len(X_test)) == (1438, 359)
    started = time.perf_counter()
    reader, known = solution["train"](X_train, y_train, np.random.default_rng(seed))
    seconds = time.perf_counter() - started
    _, scaled = standardize(known, X_test)
    share = np.mean(np.argmax(reader.predict(scaled), axis=1) == y_test)
    print(f"split {seed}: {share:.1%} of 359 unseen digits, trained in {seconds:.1f} s")
    assert share >= 0.97
    assert seconds < 30


def test_the_solutions_classifier_reads_the_held_back_digits():
    X, y = held_back_digits()
    assert np.mean(namespace("solutions", "digits")["classifier"](X) == y) >= 0.97


@pytest.mark.parametrize("seed", range(3))
def test_a_plain_network_passes_whatever_its_seed(seed):
    """Nobody who trains well should miss the mark by bad luck."""

    def classifier(X):
        network, known = trained(seed=seed, epochs=60)
        return np.argmax(network.predict(standardize(known, X)[1]), axis=1)

    assert verdict_on(find("digits.classifier"), classifier).passed


# --- what a real network that falls short is told ----------------------------------------------


def told(classifier) -> str:
    return verdict_on(find("digits.classifier"), classifier).mistake


def test_a_network_that_learns_too_few_digits_by_heart_is_told_so():
    X, y = digits()

    def classifier(X_new):
        rng = np.random.default_rng(0)
        network = Network([64, 64, 10], rng, hidden="relu", output="softmax")
        some, _ = standardize(X[::10], X[::10])
        network.fit(some, one_hot(y[::10], 10), 0.01, 100, optimiser="adam")
        return np.argmax(network.predict(standardize(X[::10], X_new)[1]), axis=1)

    assert told(classifier) in ("overfitted a little", "learnt by heart")


def test_a_network_after_one_epoch_is_not_trained_enough():
    network, known = trained(hidden=16, epochs=4)
    said = told(lambda X: np.argmax(network.predict(standardize(known, X)[1]), axis=1))
    assert said in ("not trained enough", "far from good")


def test_raw_grey_levels_in_a_network_for_scaled_ones_are_noticed():
    network, _ = trained()
    said = told(lambda X: np.argmax(network.predict(X), axis=1))
    assert said in ("far from good", "no better than guessing", "the same label for every digit")


def test_the_tests_own_statistics_are_noticed():
    network, _ = trained()
    crowd = told(lambda X: np.argmax(network.predict(standardize(X, X)[1]), axis=1))
    assert crowd == "scaled by the crowd"


def test_a_constant_pixel_that_gives_nan_is_noticed():
    network, known = trained()

    def classifier(X):
        with np.errstate(all="ignore"):
            scaled = (X - known.mean(axis=0)) / known.std(axis=0)
        return np.argmax(network.predict(scaled), axis=1)

    assert told(classifier) == "the same label for every digit"


def test_labels_trained_apart_from_their_images_are_no_better_than_guessing():
    X, y = digits()
    y = np.random.default_rng(0).permutation(y)
    rng = np.random.default_rng(1)
    network = Network([64, 16, 10], rng, hidden="relu", output="softmax")
    scaled, _ = standardize(X, X)
    network.fit(scaled, one_hot(y, 10), 0.01, 10, batch_size=64, rng=rng, optimiser="adam")
    said = told(lambda X_new: np.argmax(network.predict(standardize(X, X_new)[1]), axis=1))
    assert said == "no better than guessing"


def test_the_check_does_not_tell_the_number():
    network, known = trained(hidden=16, epochs=4)
    message = verdict_on(
        find("digits.classifier"),
        lambda X: np.argmax(network.predict(standardize(known, X)[1]), axis=1),
    ).message
    assert "of 359" not in message and "." not in message.split("yours")[1].split("\n")[0]


@pytest.mark.parametrize(
    "answer, words",
    [
        (lambda X: None, "returns None"),
        (lambda X: plain_network(X)[:5], r"shape \(5,\)"),
        (lambda X: ["seven"] * len(X), "should return 359 labels"),
    ],
)
def test_what_is_no_array_of_labels_is_refused_in_words(answer, words):
    with pytest.raises(AssertionError, match=words):
        verdict = verdict_on(find("digits.classifier"), answer)
        assert verdict.passed, verdict.message.replace("\n", " ")


# --- the references ----------------------------------------------------------------------------


def random_batch(m=6, n=5, scale=3.0, seed=0):
    rng = np.random.default_rng(seed)
    return scale * rng.normal(size=(m, n)), np.eye(n)[rng.integers(n, size=m)]


def test_the_loss_is_that_of_lesson_02():
    logits, Y = random_batch()
    loss, _ = softmax_cross_entropy(logits, Y)
    assert loss == pytest.approx(cross_entropy(softmax(logits), Y), rel=1e-12)


def test_the_gradient_agrees_with_central_differences():
    logits, Y = random_batch()
    numeric = numeric_gradient(lambda Z: softmax_cross_entropy(Z, Y)[0], logits)
    assert relative_error(softmax_cross_entropy(logits, Y)[1], numeric) < 1e-8


def test_the_gradient_agrees_with_autograd():
    logits, Y = random_batch(m=4, n=10, seed=1)

    def loss(Z):
        P = anp.exp(Z) / anp.sum(anp.exp(Z), axis=1, keepdims=True)
        return -anp.sum(Y * anp.log(P)) / len(Y)

    assert relative_error(softmax_cross_entropy(logits, Y)[1], grad(loss)(logits)) < 1e-12


def test_the_loss_is_exact_at_any_score():
    logits = np.array([[1000.0, -1000.0], [0.0, -800.0], [1000.0, 1000.0]])
    loss, dlogits = softmax_cross_entropy(logits, np.array([[0.0, 1], [0, 1], [1, 0]]))
    assert loss == pytest.approx((2000 + 800 + np.log(2)) / 3, rel=1e-15)
    np.testing.assert_allclose(dlogits, np.array([[1, -1], [1, -1], [-0.5, 0.5]]) / 3, atol=1e-16)


def test_the_worked_examples_of_the_notebook():
    loss, _ = softmax_cross_entropy(np.array([[1000.0, 998, 999]]), np.array([[0.0, 1, 0]]))
    assert f"{loss:.6f}" == "2.407606"
    train, test = standardize(np.array([[0.0], [4], [4], [8]]), np.array([[16.0]]))
    assert [f"{x:.3f}" for x in train.ravel()] == ["-1.414", "0.000", "0.000", "1.414"]
    assert f"{test.item():.3f}" == "4.243"
    counts = confusion_matrix([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0], 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


def test_a_split_loses_nothing():
    X, y = digits()
    X_train, X_test, y_train, y_test = split(X, y, 0.2, np.random.default_rng(0))
    assert (len(X_train), len(X_test)) == (1150, 288)
    pairs = {(image.tobytes(), label) for image, label in zip(X, y, strict=True)}
    parts = zip((*X_train, *X_test), (*y_train, *y_test), strict=True)
    assert {(image.tobytes(), label) for image, label in parts} == pairs


def test_a_constant_column_is_0_in_new_digits_too():
    X, _ = digits()
    new = np.full((1, 64), 16.0)
    train, test = standardize(X, new)
    constant = X.std(axis=0) == 0
    assert (
        constant.sum() >= 3 and np.all(train[:, constant] == 0) and np.all(test[:, constant] == 0)
    )
    assert np.isfinite(train).all() and np.isfinite(test).all()


# --- further wrong answers ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "exercise, answer",
    [
        ("digits.split", lambda X, y, f, rng: split(X, y, f, np.random.default_rng(1))),
        ("digits.split", lambda X, y, f, rng: split(X, y[:, None], f, rng)),
        ("digits.split", lambda X, y, f, rng: split(X, y, 0.25, rng)),
        ("digits.standardize", lambda a, b: standardize(b, a)[::-1]),
        ("digits.one_hot", lambda labels, n: one_hot(labels, 10)),
        ("digits.softmax_cross_entropy", lambda z, Y: softmax_cross_entropy(z.clip(-500, 500), Y)),
        ("digits.softmax_cross_entropy", lambda z, Y: softmax_cross_entropy(1.001 * z, Y)),
        ("digits.confusion_matrix", lambda t, p, n: confusion_matrix(t, p, 10)),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_rejected(exercise, answer):
    for seed in range(3):
        assert not verdict_on(find(exercise), answer, seed).passed


def test_the_loss_alone_earns_its_half():
    verdict = verdict_on(
        find("digits.softmax_cross_entropy"),
        lambda logits, Y: (softmax_cross_entropy(logits, Y)[0], 0 * logits),
    )
    assert verdict.points == 2
    assert "Right: loss and loss at ±1000" in verdict.message.replace("\n", " ")


def test_the_check_of_the_classifier_asks_only_for_what_is_held_back():
    (case,) = find("digits.classifier").cases(np.random.default_rng(3))
    own = {row.tobytes() for row in digits()[0]}
    assert len(case.args[0]) == 359
    assert not own & {row.tobytes() for row in case.args[0]}


def test_the_checks_digits_come_in_another_order_with_another_rng():
    one, other = (lesson._unseen(np.random.default_rng(seed))[0].args[0] for seed in (0, 1))
    assert not np.array_equal(one, other)


def test_the_hint_of_the_planted_split_is_true():
    planted = namespace("solutions", "digits")["planted_split"]
    X, y = digits()
    X_train, X_test, *_ = planted(X, y, 0.2, np.random.default_rng(4))
    seen = {row.tobytes() for row in X_train}
    assert sum(row.tobytes() in seen for row in X_test) == 238
