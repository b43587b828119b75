"""A picture is a PNG or a JPEG of bounded size, or it is left out."""

import pytest
from pictures_of import PNG, PNG_URL, base64_of, jpeg, png

from lessonlib.grading.submission import pictures
from lessonlib.grading.submission.pictures import MAX_ATTACHED, attached, data_url, picture

JPEG = base64_of(jpeg())


@pytest.mark.parametrize(("kind", "data"), [("image/png", PNG), ("image/jpeg", JPEG)])
def test_a_picture_is_kept(kind, data):
    assert picture(kind, data) == data
    assert picture(kind, [data[:20], "\n", data[20:]]) == data


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("image/png", JPEG),
        ("image/jpeg", PNG),
        ("image/svg+xml", base64_of(b"<svg onload='alert(1)'/>")),
        ("image/png", base64_of(b"<svg onload='alert(1)'/>")),
        ("image/png", 'AA" onerror="alert(1)'),
        ("image/png", PNG + "!"),
        ("image/png", PNG[:12]),
        ("image/jpeg", JPEG[:8]),
        ("image/png", base64_of(png(60_000, 60_000))),
        ("image/png", base64_of(png(8_000, 8_000))),
        ("image/png", base64_of(png(0, 3))),
        ("image/jpeg", base64_of(jpeg(60_000, 3))),
        ("image/png", ""),
        ("image/png", 3),
        ("image/png", None),
        ("image/png", {"a": PNG}),
        (["image/png"], PNG),
    ],
)
def test_what_is_no_picture_or_too_large_is_left_out(kind, data):
    assert picture(kind, data) == ""


def test_a_file_that_is_too_large_is_left_out(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PICTURE", len(PNG) - 1)
    assert picture("image/png", PNG) == ""


def test_an_address_with_a_picture_in_it():
    assert data_url(PNG_URL) == PNG_URL
    for other in ("data:text/html,x", "data:image/png;base64,AAAA", f" {PNG_URL}", "/logout"):
        assert data_url(other) == ""


def test_pictures_attached_to_a_cell_are_kept_and_nothing_else():
    raw = {
        "a b.png": {"image/png": PNG, "image/svg+xml": "PHN2Zy8+"},
        "b.svg": {"image/svg+xml": "PHN2Zy8+"},
        "c\n.png": {"image/png": PNG},
        "d": 3,
        "e" * 300: {"image/png": PNG},
    }
    assert attached(raw) == {"a b.png": {"image/png": PNG}}


@pytest.mark.parametrize("raw", [None, 3, [], "x", {}, {"a": {"image/png": []}}])
def test_odd_attachments_are_none(raw):
    assert attached(raw) == {}


def test_so_many_pictures_are_attached_at_most():
    assert len(attached({str(n): {"image/png": PNG} for n in range(500)})) == MAX_ATTACHED
