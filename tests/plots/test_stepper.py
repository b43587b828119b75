"""Strips to step through: what they show is right, described, small, and the same each time."""

import base64
import html
import io
import re
import sys
from functools import cache

import numpy as np
import pytest
import strips
from PIL import Image

from lessonlib import plots
from lessonlib.grading.submission.markup import cleaned
from lessonlib.plots.picture import Picture
from lessonlib.plots.stepper import MOST_BYTES, SCALES, chosen

pytestmark = pytest.mark.slow  # whole strips are drawn

each_strip = pytest.mark.parametrize("name", strips.DRAW)


def pixels(data):
    return Image.open(io.BytesIO(base64.b64decode(data)))


@pytest.fixture(scope="module", autouse=True)
def each_picture_is_drawn_once():
    """Let a picture that was drawn for a page be looked at again without drawing it again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Picture, "drawn", cache(Picture.drawn))
        yield


def lit(picture):
    """The picture's pixels as a page shows them."""
    return np.asarray(picture.drawn(2), dtype=int)


@each_strip
def test_each_picture_has_a_text_alternative_and_a_caption_of_its_own(name):
    strip = strips.strip(name)
    page = html.unescape(strips.page(name))
    assert len(set(strip.captions)) == len({each.alt for each in strip.frames}) == len(strip.frames)
    for picture, caption in zip(strip.frames, strip.captions, strict=True):
        assert f'aria-label="{picture.alt}"' in page
        assert f"<p>{caption}</p>" in page
    assert f"<p>{strip.summary}</p>" in page


@each_strip
def test_a_strip_is_small_asks_for_nothing_and_has_no_script(name):
    page = strips.page(name)
    assert len(page) <= MOST_BYTES
    assert not re.search(r"<script|http|@import|\bon\w+=| id=", page)
    assert page.count("data-lm-suppress-shortcuts") == page.count("<input")  # for JupyterLab
    assert set(re.findall(r"url\((.{0,22})", page)) == {"data:image/png;base64,"}


@each_strip
def test_the_same_bytes_each_time_and_the_summary_in_a_terminal(name):
    strip = strips.strip(name)
    assert strips.DRAW[name]().html() == strips.page(name)
    bundle = strip._repr_mimebundle_()
    assert bundle["text/plain"] == repr(strip) == f"Steps: {strip.title}. {strip.summary}"
    assert set(bundle) == {"text/html", "text/plain"}


@each_strip
def test_a_change_laid_on_the_first_picture_gives_each_picture(name):
    strip = strips.strip(name)
    page = strip._at(2)
    first = np.asarray(pixels(re.search(r"--first:url\(.*?,(.*?)\)", page)[1]).convert("RGB"))
    changes = re.findall(r"background-image:url\(.*?,(.*?)\)", page)
    assert len(changes) == len(strip.frames)
    for picture, change in zip(strip.frames, changes, strict=True):
        laid = np.asarray(pixels(change).convert("RGBA"), dtype=int)
        seen = np.where(laid[..., 3:] > 0, laid[..., :3], first)
        assert np.mean(np.abs(seen - lit(picture)).max(axis=2) > 24) < 0.01


@each_strip
def test_a_graded_page_keeps_the_still_the_captions_and_the_summary(name):
    strip = strips.strip(name)
    kept = html.unescape(cleaned(strips.page(name)))
    assert all(caption in kept for caption in strip.captions)
    assert strip.summary in kept and kept.count("<img") == 1
    assert not re.search("<input|<style|<form|background", kept)


@each_strip
def test_nothing_is_cut_at_the_edge_of_a_picture(name):
    for picture in strips.strip(name).frames:
        image = lit(picture)
        for edge in (image[:2], image[-2:], image[:, :2], image[:, -2:]):
            assert np.all(edge > 215)


def test_names_cannot_leave_their_attribute():
    frames = [plots.loss_curve({'"><b>': [1.0, k]}) for k in (2.0, 3.0)]
    page = plots.stepper(frames, ['"><i>', "</p><i>"], "</details><i>", "<i>").html()
    assert "<b>" not in page and "<i>" not in page


def test_what_is_no_strip_is_refused_in_words():
    small, large = plots.loss_curve([1, 2]), plots.function([0, 1], {"f": [0, 1]})
    with pytest.raises(ValueError, match="1 pictures: a strip has from 2 to 30"):
        plots.stepper([small], ["a"], "")
    with pytest.raises(ValueError, match="1 captions do not fit 2 pictures"):
        plots.stepper([small, small], ["a"], "")
    with pytest.raises(ValueError, match="must have one size"):
        plots.stepper([small, large], ["a", "b"], "")


def test_a_strip_that_is_too_large_is_drawn_with_fewer_pixels_or_refused(monkeypatch):
    strip = plots.stepper([plots.loss_curve([1, k]) for k in (0, 2)], ["a", "b"], "Two runs.")
    sizes = [len(strip._at(scale)) for scale in SCALES]
    assert sizes == sorted(sizes, reverse=True)
    module = sys.modules["lessonlib.plots.stepper"]  # plots.stepper is the function
    monkeypatch.setattr(module, "MOST_BYTES", sizes[1])
    assert len(strip.html()) == sizes[1]
    monkeypatch.setattr(module, "MOST_BYTES", sizes[-1] - 1)
    with pytest.raises(ValueError, match="2 pictures take .* take fewer, or smaller ones"):
        strip.html()


@pytest.mark.parametrize(("count", "most"), [(1, 5), (5, 5), (6, 5), (600, 12)])
def test_the_ends_are_among_the_states_that_are_shown(count, most):
    found = chosen(count, most)
    assert found[0] == 0 and found[-1] == count - 1
    assert len(found) == min(count, most)
