"""Handwritten digits: the images with their labels, and which of them are taken for which."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from lessonlib.plots.picture import (
    BLUE,
    GREY,
    ORANGE,
    Picture,
    drawing,
    listed,
    styled,
)

SIDE = 8  # pixels of an image
FULL = 16.0  # the darkest grey level
IMAGE, GAP, LINE = 0.62, 0.16, 0.19  # inches: an image, the room between two, a line below it
MOST_IMAGES = 60

CELL = 0.46  # inches, of a confusion matrix
RIGHT = LinearSegmentedColormap.from_list("right", ["#ffffff", BLUE])
WRONG = LinearSegmentedColormap.from_list("wrong", ["#ffffff", ORANGE])
MOST_CLASSES = 20
MOST_PAIRS = 3  # that the text alternative names


@styled
def digit_grid(
    X,
    labels=None,
    predictions=None,
    title="Handwritten digits",
    columns=10,
    xlabel="8 pixels wide each; the darker, the more ink",
    ylabel="8 pixels high each",
):
    """Images of 8 by 8 pixels, from left to right, with a label below each.

    X (m, 64), grey levels from 0 (white) to 16 (black). labels: m numbers or short words. With
    predictions, m labels too, there are two lines below each image: what it is and what it was
    read as. ValueError where sizes do not fit, and above 60 images.
    """
    X = _images(X)
    given = ("labels", labels), ("predictions", predictions)
    below = [_words(name, values, len(X)) for name, values in given if values is not None]
    columns = min(columns, len(X))
    rows = -(-len(X) // columns)
    step_x, step_y = IMAGE + GAP, IMAGE + GAP + LINE * len(below)
    width, height = max(columns * step_x, 0.11 * len(title)), rows * step_y + 0.05
    figure, ax = drawing(width, height, title, xlabel, ylabel)
    for i, image in enumerate(X):
        row, column = divmod(i, columns)
        x, y = column * step_x + GAP / 2, (rows - row) * step_y - IMAGE
        ax.imshow(image, cmap="gray_r", vmin=0, vmax=FULL, extent=(x, x + IMAGE, y, y + IMAGE))
        ax.add_patch(Rectangle((x, y), IMAGE, IMAGE, fill=False, edgecolor=GREY, linewidth=0.6))
        for line, text in enumerate(_captions(below, i)):
            ax.text(x + IMAGE / 2, y - 0.04 - line * LINE, text, ha="center", va="top", size=9)
    ax.set(xlim=(0, width), ylim=(0, height), aspect="auto")  # imshow moved them
    return Picture(figure, _say_grid(title, len(X), below))


def _images(X):
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or X.shape[1] != SIDE**2 or len(X) == 0:
        raise ValueError(f"X must be (m, {SIDE**2}) with at least one image, not {X.shape}")
    if len(X) > MOST_IMAGES:
        raise ValueError(f"{len(X)} images: more than {MOST_IMAGES} cannot be read")
    return X.reshape(-1, SIDE, SIDE)


def _words(name, values, m):
    words = [str(value) for value in values]
    if len(words) != m:
        raise ValueError(f"there are {len(words)} {name} for {m} images")
    return words


def _captions(below, i):
    if len(below) == 2:
        return f"is {below[0][i]}", f"read {below[1][i]}"
    return [words[i] for words in below]


def _say_grid(title, m, below):
    text = f"{title}. {m} image{'s' * (m != 1)} of {SIDE} by {SIDE} pixels"
    if not below:
        return f"{text}, without labels."
    if len(below) == 1:
        return f"{text}, from left to right: {listed(below[0])}."
    pairs = [f"{is_} read as {read}" for is_, read in zip(*below, strict=True)]
    return f"{text}, from left to right: {listed(pairs)}."


@styled
def confusion(
    counts,
    title="What is taken for what",
    xlabel="read as",
    ylabel="true digit",
):
    """A confusion matrix with its numbers: a row for each true class, a column for each answer.

    counts (n, n), whole numbers. The diagonal, which is right, is blue; all else is orange, the
    darker the more. Cells without a sample stay empty. ValueError if counts is not of this form.
    """
    counts = _counts(counts)
    n, right = len(counts), np.eye(len(counts), dtype=bool)
    room = 0.3  # for the classes' names, left and above
    figure, ax = drawing(n * CELL + room + 0.05, n * CELL + room, title, xlabel, ylabel)
    most = {True: counts[right].max(), False: counts[~right].max(initial=0)}
    for (i, j), count in np.ndenumerate(counts):
        x, y = room + j * CELL, (n - 1 - i) * CELL
        shade = 0.15 + 0.45 * count / most[i == j] if count else 0  # black is readable on all
        color = (RIGHT if i == j else WRONG)(shade)
        box = Rectangle((x, y), CELL, CELL, facecolor=color, edgecolor="#b0b0b0", linewidth=0.6)
        ax.add_patch(box)
        if count:
            middle = x + CELL / 2, y + CELL / 2
            weight = "normal" if i == j else "bold"
            ax.text(*middle, f"{count}", ha="center", va="center", weight=weight)
    for k in range(n):
        ax.text(room - 0.1, (n - 0.5 - k) * CELL, f"{k}", ha="right", va="center")
        ax.text(room + (k + 0.5) * CELL, n * CELL + 0.08, f"{k}", ha="center", va="bottom")
    return Picture(figure, _say_confusion(title, ylabel, xlabel, counts))


def _counts(counts):
    numbers = np.asarray(counts, dtype=float)
    n = len(numbers) if numbers.ndim else 0
    if numbers.shape != (n, n) or n < 2:
        raise ValueError(
            f"a confusion matrix is (n, n) with two classes or more, not {numbers.shape}"
        )
    if n > MOST_CLASSES:
        raise ValueError(f"{n} classes: more than {MOST_CLASSES} cannot be read")
    if (numbers < 0).any() or (numbers != np.round(numbers)).any():
        raise ValueError("a confusion matrix holds counts: whole numbers from 0")
    return numbers.astype(int)


def _say_confusion(title, rows, columns, counts):
    total, right = int(counts.sum()), int(np.trace(counts))
    share = f" ({100 * right / total:.1f} %)" if total else ""
    text = (
        f"{title}. Rows: {rows}, columns: {columns}. {right} of {total} samples{share} are right,"
        " on the diagonal."
    )
    by_class = [f"{k}: {counts[k, k]} of {counts[k].sum()}" for k in range(len(counts))]
    text += f" Right in each row: {', '.join(by_class)}."
    pairs = _most_confused(counts)
    if not pairs:
        return f"{text} No two classes are confused."
    said = [f"{i} read as {j}, {_times(counts[i, j])}" for i, j in pairs]
    return f"{text} Most often confused: {'; '.join(said)}."


def _times(count):
    return {1: "once", 2: "twice"}.get(int(count), f"{count} times")


def _most_confused(counts):
    wrong = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    pairs = [np.unravel_index(k, wrong.shape) for k in order]
    return [(int(i), int(j)) for i, j in pairs if wrong[i, j]]
