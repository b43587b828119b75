"""Images of digits and confusion matrices: what is drawn, what is said, readable in grey."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from lessonlib import data, plots

X, Y = data.digits()
COUNTS = np.array([[20, 0, 1], [3, 15, 0], [0, 0, 30]])


def grey(color):
    return float(np.dot(to_rgb(color[:3]), [0.299, 0.587, 0.114]))


def letters(picture):
    (ax,) = picture.figure.axes
    return [text.get_text() for text in ax.texts]


# --- digit_grid --------------------------------------------------------------------------------


def test_the_text_alternative_names_the_labels_in_order():
    alt = plots.digit_grid(X[:4], Y[:4], title="Four digits").alt
    assert alt == "Four digits. 4 images of 8 by 8 pixels, from left to right: 0, 1, 2 and 4."


def test_with_predictions_it_says_what_was_read_as_what():
    picture = plots.digit_grid(X[:3], [0, 1, 2], [0, 7, 9], title="Wrong")
    assert "0 read as 0, 1 read as 7 and 2 read as 9" in picture.alt
    assert letters(picture) == ["is 0", "read 0", "is 1", "read 7", "is 2", "read 9"]


def test_without_labels_it_says_so():
    picture = plots.digit_grid(X[:1])
    assert "1 image of 8 by 8 pixels, without labels" in picture.alt
    assert letters(picture) == []


def test_labels_may_be_words():
    picture = plots.digit_grid(X[:2], ["mean", "spread"])
    assert letters(picture) == ["mean", "spread"]
    assert picture.alt.endswith("from left to right: mean and spread.")


def test_images_stand_in_rows_each_over_its_label():
    picture = plots.digit_grid(X[:7], Y[:7], columns=3)
    (ax,) = picture.figure.axes
    boxes = [image.get_extent() for image in ax.images]
    assert len({round(box[2], 6) for box in boxes}) == 3  # three rows
    assert boxes[0][2] > boxes[3][2] > boxes[6][2]  # from top to bottom
    for box, text in zip(boxes, ax.texts, strict=True):
        assert text.get_position()[0] == pytest.approx((box[0] + box[1]) / 2)
        assert text.get_position()[1] < box[2]
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for x0, x1, y0, y1 in boxes:
        assert left <= x0 < x1 <= right and low <= y0 < y1 <= high


def test_more_ink_is_darker_and_an_image_stands_upright():
    image = np.zeros((8, 8))
    image[:2] = 16  # ink at the top
    picture = plots.digit_grid(image.reshape(1, 64))
    drawn = np.asarray(Image.open(io.BytesIO(picture.png())).convert("L"), dtype=float)
    rows = np.flatnonzero((drawn < 60).mean(axis=1) > 0.2)
    height = len(drawn)
    assert rows.size and rows.min() < 0.55 * height
    below = drawn[rows.max() + 10 : rows.max() + 40, drawn.shape[1] // 3]
    assert (below > 240).all()


def test_a_title_of_any_length_fits():
    picture = plots.digit_grid(X[:2], Y[:2], title="Two digits that nobody would have got right")
    (ax,) = picture.figure.axes
    picture.figure.draw_without_rendering()
    box = ax.title.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= picture.figure.bbox.x1


# --- confusion ---------------------------------------------------------------------------------


def test_the_text_alternative_says_accuracy_rows_and_the_most_confused():
    alt = plots.confusion(COUNTS, title="Mixed up").alt
    assert alt.startswith("Mixed up. Rows: true digit, columns: read as. 65 of 69 samples (94.2 %)")
    assert "Right in each row: 0: 20 of 21, 1: 15 of 18, 2: 30 of 30." in alt
    assert alt.endswith("Most often confused: 1 read as 0, 3 times; 0 read as 2, once.")


def test_two_times_are_twice_and_three_pairs_are_named_at_most():
    counts = np.full((4, 4), 2)
    alt = plots.confusion(counts).alt
    assert alt.count("twice") == 3


def test_a_perfect_reader_confuses_nothing():
    alt = plots.confusion(np.diag([3, 4])).alt
    assert "7 of 7 samples (100.0 %)" in alt and "No two classes are confused." in alt


def test_every_count_is_written_in_its_cell_and_empty_cells_stay_empty():
    (ax,) = plots.confusion(COUNTS).figure.axes
    names = {"0", "1", "2"}
    inside = [t for t in ax.texts if not (t.get_text() in names and t.get_weight() == "normal")]
    assert sorted(t.get_text() for t in inside) == ["1", "15", "20", "3", "30"]
    assert {t.get_text() for t in inside if t.get_weight() == "bold"} == {"1", "3"}


def test_the_row_is_the_truth():
    (ax,) = plots.confusion(COUNTS).figure.axes
    (three,) = [t for t in ax.texts if t.get_text() == "3"]
    (twenty,) = [t for t in ax.texts if t.get_text() == "20"]
    assert three.get_position()[0] == pytest.approx(twenty.get_position()[0])  # column 0
    assert three.get_position()[1] < twenty.get_position()[1]  # row 1, below row 0


def test_cells_are_told_apart_in_grey_and_their_numbers_can_be_read():
    (ax,) = plots.confusion(COUNTS).figure.axes
    greys = [grey(patch.get_facecolor()) for patch in ax.patches]
    counts = COUNTS.ravel()
    assert all(g > 0.99 for g, count in zip(greys, counts, strict=True) if count == 0)
    assert all(g < 0.97 for g, count in zip(greys, counts, strict=True) if count)
    assert min(greys) > 0.35  # black letters
    assert greys[8] < greys[4] and greys[3] < greys[2]  # the more, the darker


def test_titles_and_axis_labels():
    for picture in (plots.digit_grid(X[:3], title="T"), plots.confusion(COUNTS, title="T")):
        (ax,) = picture.figure.axes
        assert ax.get_title() == "T" and ax.get_xlabel() and ax.get_ylabel()
        assert all(text.get_size() >= 9 for text in [ax.xaxis.label, ax.title, *ax.texts])


# --- both --------------------------------------------------------------------------------------


def test_the_same_bytes_each_time_and_nothing_is_changed():
    counts, images = COUNTS.copy(), X[:20].copy()
    for picture in (plots.confusion(counts), plots.digit_grid(images, Y[:20])):
        assert picture.png() == picture.png()
        assert len(picture.png()) < 60_000
    assert np.array_equal(counts, COUNTS) and np.array_equal(images, X[:20])


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: plots.digit_grid(X[0]), r"must be \(m, 64\)"),
        (lambda: plots.digit_grid(X[:0]), "at least one image"),
        (lambda: plots.digit_grid(X[:100]), "more than 60"),
        (lambda: plots.digit_grid(X[:3], Y[:2]), "2 labels for 3 images"),
        (lambda: plots.digit_grid(X[:3], Y[:3], Y[:4]), "4 predictions for 3 images"),
        (lambda: plots.confusion(np.ones((2, 3))), r"is \(n, n\)"),
        (lambda: plots.confusion(5), r"is \(n, n\)"),
        (lambda: plots.confusion(np.full((2, 2), 0.5)), "whole numbers"),
        (lambda: plots.confusion(-np.eye(2)), "whole numbers from 0"),
        (lambda: plots.confusion(np.eye(21)), "more than 20"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
