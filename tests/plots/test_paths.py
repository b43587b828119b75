"""The film of the optimisers: complete as a still, small, the same bytes each time, played once."""

import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from lessonlib import plots
from lessonlib.plots.paths import COLOURS, MOST_FRAMES


def bowl(x, y):
    return x**2 + 4 * y**2


STRAIGHT = np.linspace((2, 1), (0, 0), 25)
BENT = np.column_stack([np.linspace(2, 0.5, 25), np.linspace(1, 0, 25) ** 3])


def drawn(**kwargs):
    return plots.optimiser_paths(bowl, {"straight": STRAIGHT, "bent": BENT}, **kwargs)


pytestmark = pytest.mark.slow  # films are drawn frame by frame


@pytest.fixture(scope="module")
def picture():
    return drawn()


@pytest.fixture(scope="module")
def film(picture):
    """The film's bytes: it takes seconds to draw, so the tests share one."""
    return picture.film()


@pytest.fixture(scope="module")
def html(picture):
    return picture.html()


def frames(film):
    """Each frame of an animated PNG as an array of colours."""
    image = Image.open(io.BytesIO(film))
    for k in range(image.n_frames):
        image.seek(k)
        yield np.asarray(image.convert("RGB")).copy()


def test_the_text_alternative_compares_the_losses_at_the_markers():
    alt = drawn(every=8, title="Two ways").alt
    assert alt.startswith("Two ways. The loss over w1 from")
    assert "Straight leads in 24 steps from (2, 1), loss 8, to (0, 0), loss 0" in alt
    assert "A marker stands after every 8 steps. The loss there: straight: 3.556 after 8" in alt
    assert alt.endswith("after 24.")


def test_markers_stand_after_equal_numbers_of_steps():
    lines = {line.get_label(): line for line in drawn(every=8).figure.axes[0].lines}
    assert lines["straight"].get_markevery() == lines["bent"].get_markevery() == [8, 16, 24]


def test_the_first_and_the_last_frame_are_the_whole_still(picture, film):
    still = np.asarray(Image.open(io.BytesIO(picture.png())).convert("RGB"))
    first, *_, last = frames(film)
    assert np.array_equal(first, still)
    assert np.array_equal(last, still)


def test_the_paths_grow_from_frame_to_frame(film):
    _, *grown = frames(film)
    left = [int(np.sum(np.any(frame != grown[-1], axis=-1))) for frame in grown]
    assert left[0] > 5000
    assert all(a > b for a, b in zip(left, left[1:], strict=False))


def test_it_plays_once_and_for_about_six_seconds(film):
    image = Image.open(io.BytesIO(film))
    assert image.info["loop"] == 1
    durations = []
    for k in range(image.n_frames):
        image.seek(k)
        durations.append(image.info["duration"])
    assert 5_000 < sum(durations) < 7_000


def test_nothing_flashes(film):
    shown = list(frames(film))
    changed = [np.any(a != b, axis=-1).mean() for a, b in zip(shown, shown[1:], strict=False)]
    assert max(changed) < 0.1


def test_the_same_bytes_each_time(picture, film, html):
    assert picture.film() == film
    assert drawn().png() == picture.png()
    assert drawn().html() == html  # the film is in it


def test_a_film_of_sixty_steps_is_small():
    long = np.linspace((2, 1), (0, 0), 61) * np.cos(np.arange(61))[:, None]
    html = plots.optimiser_paths(bowl, {"a": long, "b": long / 2, "c": long / 4}).html()
    assert len(html) < 300_000


def test_a_long_path_does_not_make_a_long_film():
    picture = plots.optimiser_paths(bowl, {"a": np.linspace((2, 1), (0, 0), 500)}, every=100)
    assert len(picture.frames) == MOST_FRAMES + 1


def test_flat_colours_are_kept(picture):
    colours = {
        colour for _, colour in Image.open(io.BytesIO(picture.png())).convert("RGB").getcolors()
    }
    assert (255, 255, 255) in colours
    assert len(colours) <= COLOURS
    line = (0, 0x60, 0xA0)  # the first path's blue
    assert line in colours


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_a_reader_who_wants_no_motion_gets_the_still(picture, html):
    (outer, _), (source, still), (img, film) = Tags(html).found
    assert (outer, source, img) == ("picture", "source", "img")
    assert still["media"] == "(prefers-reduced-motion: reduce)"
    assert film["alt"] == picture.alt
    for address in (still["srcset"], film["src"]):
        assert re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/=]+", address)
    assert still["srcset"] != film["src"]


def test_it_needs_no_script_and_nothing_from_elsewhere(html):
    assert "<script" not in html and "http" not in html


def test_one_path_may_be_short():
    assert len(plots.optimiser_paths(bowl, {"a": [(1, 1), (0, 0)]}).film()) > 1000


def test_paths_of_different_length_are_refused():
    with pytest.raises(ValueError, match="as many places"):
        plots.optimiser_paths(bowl, {"a": STRAIGHT, "b": BENT[:5]})


def test_the_paths_are_not_changed():
    before = STRAIGHT.copy()
    drawn().film()
    assert np.array_equal(before, STRAIGHT)
