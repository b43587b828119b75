"""A strip of pictures to step through: by slider, by buttons, by arrow keys, or played.

It is HTML and CSS, without a script: a radio button for each picture, of which one is chosen. So it
needs no kernel and no network, and a browser gives it the arrow keys. Each picture is held as what
differs from the first one, in the style sheet. `data-lm-suppress-shortcuts` keeps JupyterLab from
taking the arrow keys. Where a page takes style sheets away (an untrusted notebook, a graded page,
paper), what is left is a still of three of the pictures, all captions and the summary.
"""

import base64
import functools
import hashlib
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from PIL import Image  # Matplotlib's own dependency

from lessonlib.plots.picture import CSS_DPI, Picture, palette_of, reduced

MOST_FRAMES = 30
MOST_BYTES = 300_000  # of the HTML
SCALES = (2, 1.5, 1)  # pixels drawn for each one shown: the first that is small enough
COLOURS = 64
SECONDS = 1.2  # that a picture stands while the strip plays


@dataclass(frozen=True, repr=False)
class Stepper:
    """Pictures of one size with a caption each; a notebook shows one at a time."""

    frames: tuple[Picture, ...]
    captions: tuple[str, ...]
    title: str
    summary: str

    def __repr__(self):
        return f"Steps: {self.title}. {self.summary}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html(), "text/plain": repr(self)}

    def html(self) -> str:
        """The strip as HTML that needs nothing else: the same text each time.

        ValueError where it has more than 300,000 characters even at the lowest resolution.
        """
        for scale in SCALES:
            text = self._at(scale)
            if len(text) <= MOST_BYTES:
                return text
        raise ValueError(
            f"{len(self.frames)} pictures take {len(text)} bytes: take fewer, or smaller ones"
        )

    @functools.cached_property
    def _drawn_still(self) -> str:
        return _still(self.frames, self.captions)  # the same at every scale

    def _at(self, scale: float) -> str:
        first, *changes = _images(self.frames, scale)
        name = f"steps-{hashlib.sha1(b''.join([first, *changes])).hexdigest()[:10]}"
        width, height = self.frames[0].figure.get_size_inches() * CSS_DPI
        parts = {
            "NAME": name,
            "STYLE": _style(name, (width, height), first, changes),
            "TITLE": html.escape(self.title),
            "STILL": self._drawn_still,
            "FRAMES": "\n".join(map(_frame, range(1, MOST_FRAMES + 1), self.frames, self.captions)),
            "KNOBS": "\n".join(map(_knob, range(1, MOST_FRAMES + 1), self.captions)),
            "SUMMARY": html.escape(self.summary),
        }
        text = _page("stepper.html")
        for place, part in parts.items():
            text = text.replace(f"{{{place}}}", part)
        return text


def stepper(
    frames: Sequence[Picture], captions: Sequence[str], summary: str, title: str = "Step by step"
) -> Stepper:
    """Put pictures into a strip that a reader steps through.

    frames: 2 to 30 pictures of one size, whose axes stand still; captions: a sentence for each,
    which is seen below it; summary: what the whole strip shows, for who does not see it.

    Raises ValueError where their number or their size does not fit.
    """
    frames, captions = tuple(frames), tuple(captions)
    if not 2 <= len(frames) <= MOST_FRAMES:
        raise ValueError(f"{len(frames)} pictures: a strip has from 2 to {MOST_FRAMES}")
    if len(captions) != len(frames):
        raise ValueError(f"{len(captions)} captions do not fit {len(frames)} pictures")
    sizes = {tuple(frame.figure.get_size_inches()) for frame in frames}
    if len(sizes) > 1:
        raise ValueError(f"pictures of one strip must have one size, not {len(sizes)} sizes")
    return Stepper(frames, captions, title, summary)


def chosen(count: int, most: int = MOST_FRAMES) -> list[int]:
    """Which of so many states a strip shows: all of them, or the ends and some between them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()


# --- pictures ------------------------------------------------------------------------------------


def _images(frames: Sequence[Picture], scale: float) -> list[bytes]:
    """The first picture as PNG, and each one as a PNG of what differs from it."""
    drawn = [frame.drawn(scale) for frame in frames]
    palette = palette_of(_below_each_other(drawn), COLOURS)
    pixels = [np.asarray(reduced(image, palette)) for image in drawn]
    first = pixels[0]
    changes = [np.where(_around(each != first), each, len(palette)) for each in pixels]
    return [_png(each.astype(np.uint8), palette) for each in (first, *changes)]


def _around(changed: np.ndarray) -> np.ndarray:
    """The places two pixels or less from one that is True: a browser that scales mixes them."""
    for axis in (0, 1):
        for _ in range(2):
            changed = changed | np.roll(changed, 1, axis) | np.roll(changed, -1, axis)
    return changed


def _png(pixels: np.ndarray, palette: np.ndarray) -> bytes:
    """A PNG in the palette's colours; the number after the last of them is transparent."""
    image, packed = Image.fromarray(pixels), io.BytesIO()
    image.putpalette(np.vstack([palette, [[255, 255, 255]]]).astype(np.uint8).tobytes())
    image.save(packed, format="png", optimize=True, transparency=len(palette))
    return packed.getvalue()


def _below_each_other(images: Sequence[Image.Image]) -> Image.Image:
    return Image.fromarray(np.vstack([np.asarray(image) for image in images]))


def _still(frames: Sequence[Picture], captions: Sequence[str]) -> str:
    """An <img> with the first, the middle and the last picture, one below the other."""
    places = sorted({0, len(frames) // 2, len(frames) - 1})
    image = _below_each_other([frames[k].drawn(1) for k in places])
    palette, packed = palette_of(image, COLOURS), io.BytesIO()
    reduced(image, palette).save(packed, format="png", optimize=True)
    alt = html.escape(" ".join(f"Picture {k + 1}: {captions[k]}" for k in places))
    return f'<img class="still" alt="{alt}" src="{_url(packed.getvalue())}" width="{image.width}">'


def _url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


# --- the page ------------------------------------------------------------------------------------


def _frame(k: int, picture: Picture, caption: str) -> str:
    alt = html.escape(picture.alt)
    return (
        f'<li class="f{k}"><span class="picture" role="img" aria-label="{alt}"></span>'
        f"<p>{html.escape(caption)}</p></li>"
    )


def _knob(k: int, caption: str) -> str:
    """A part of the slider, which is a button for "back" or "next" when its neighbour is chosen."""
    words = html.escape(caption)
    checked = " checked" if k == 1 else ""
    return (
        f'<label class="knob f{k}" title="{words}"><input type="radio" name="frame" class="k{k}"'
        f' aria-label="{words}" data-lm-suppress-shortcuts{checked}>'
        '<span class="back" aria-hidden="true"></span>'
        '<span class="next" aria-hidden="true"></span></label>'
    )


def _style(name: str, size: tuple[float, float], first: bytes, changes: Sequence[bytes]) -> str:
    width, height = (round(side) for side in size)
    rules = [
        f".{name}{{--first:url({_url(first)});--width:{width}px;--ratio:{width}/{height};"
        f"--each:{SECONDS}s}}"
    ]
    for k, change in enumerate(changes, start=1):
        rules += [
            f".{name} .f{k}{{--k:{k - 1}}}",
            f".{name} .f{k} .picture{{background-image:url({_url(change)}),var(--first)}}",
            f".{name}:has(.k{k}:checked) li.f{k}{{visibility:visible}}",
        ]
    return _page("stepper.css").replace("{RULES}", "\n".join(rules))


@functools.cache
def _page(name: str) -> str:
    return files("lessonlib.plots").joinpath(name).read_text(encoding="utf-8").strip()
