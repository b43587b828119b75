"""Optimisers on their way down one loss, as a picture that moves once and then stands still."""

import base64
import html
import io
from dataclasses import dataclass, field

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image  # Matplotlib's own dependency

from lessonlib.plots.picture import (
    CSS_DPI,
    FRAME,
    SCALE,
    Picture,
    number,
    palette_of,
    reduced,
    styled,
)
from lessonlib.plots.surface import descent

STANDS, GROWS = 1.0, 5.0  # seconds: first the whole picture, then its growth, however many steps
MOST_FRAMES = 60
COLOURS = 48  # of the film; its parts are few and flat


@dataclass(frozen=True, repr=False)
class Film(Picture):
    """A Picture whose lines grow from frame to frame: an animated PNG that plays once.

    Its first frame and its last are `png()`, complete with all paths. So that is what remains when
    the film has ended, and what a viewer shows that knows no animation. A reader whose system asks
    for reduced motion gets nothing else.
    """

    frames: list = field(default_factory=list)  # a function each, that sets the lines of a frame

    def png(self):
        """The last frame as PNG bytes: the same bytes every time."""
        packed, still = io.BytesIO(), self.drawn()
        reduced(still, palette_of(still, COLOURS)).save(packed, format="png", optimize=True)
        return packed.getvalue()

    @styled
    def film(self):
        """The animated PNG as bytes: the same bytes every time."""
        packed, still = io.BytesIO(), self.drawn()
        palette = palette_of(still, COLOURS)
        images = [reduced(image, palette) for image in (still, *self._grown())]
        each = round(1000 * GROWS / len(self.frames))
        durations = [round(1000 * STANDS), *[each] * len(self.frames)]
        options = {"save_all": True, "loop": 1, "duration": durations}
        images[0].save(packed, format="png", append_images=images[1:], **options)
        return packed.getvalue()

    def _grown(self):
        """Draw what does not move once, and on top of it the lines of each frame."""
        figure = self.figure
        before = figure.get_dpi()
        figure.set_dpi(SCALE * CSS_DPI)
        canvas, ax = FigureCanvasAgg(figure), figure.axes[0]
        lines = ax.lines[:]
        try:
            for line in lines:
                line.set_animated(True)
            canvas.draw()
            empty = canvas.copy_from_bbox(figure.bbox)
            for set_lines in self.frames:
                canvas.restore_region(empty)
                set_lines()
                for line in lines:
                    ax.draw_artist(line)
                yield Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        finally:
            self.frames[-1]()
            for line in lines:
                line.set_animated(False)
            figure.set_dpi(before)

    def html(self):
        """An <img> with the film, and the still instead where motion is not wanted."""
        film, still = (base64.b64encode(b).decode("ascii") for b in (self.film(), self.png()))
        width = round(self.figure.get_figwidth() * CSS_DPI)
        return (
            '<picture><source media="(prefers-reduced-motion: reduce)"'
            f' srcset="data:image/png;base64,{still}">'
            f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{film}"'
            f' width="{width}" style="{FRAME}"></picture>'
        )


@styled
def optimiser_paths(
    loss,
    paths,
    every=10,
    window=None,
    minimum=None,
    title="Optimisers on one loss",
    xlabel="w1",
    ylabel="w2",
):
    """Paths of optimisers on one loss, seen from above; they grow step by step, all at one pace.

    loss, window and minimum as for `descent`. paths {name: (k, 2) array}, all from the same start,
    a place after each step. A marker stands on each path after every so many steps, so that the
    still shows who is fast and who is slow. ValueError where paths differ in length.
    """
    paths = {name: np.asarray(path, dtype=float) for name, path in paths.items()}
    lengths = {len(path) for path in paths.values()}
    if len(lengths) != 1:
        raise ValueError(f"all paths must have as many places, not {sorted(lengths)}")
    steps = lengths.pop() - 1
    picture = descent(loss, paths, window, minimum, title, xlabel, ylabel)
    lines = {line.get_label(): line for line in picture.figure.axes[0].lines}
    shown = [(lines[name], path) for name, path in paths.items()]
    for line, _ in shown:
        line.set(markevery=list(range(every, steps + 1, every)), markersize=6.5)
    frames = [_frame(shown, end, every) for end in _ends(steps)]
    return Film(picture.figure, f"{picture.alt} {_say(loss, paths, every)}", frames)


def _ends(steps):
    """After which step each frame ends: every step, or some of them where there are many."""
    return np.unique(
        np.linspace(0, steps, min(steps, MOST_FRAMES) + 1).round().astype(int)
    ).tolist()


def _frame(shown, end, every):
    def set_lines():
        for line, path in shown:
            line.set_data(*path[: end + 1].T)
            line.set_markevery(list(range(every, end + 1, every)))

    return set_lines


def _say(loss, paths, every):
    """The loss of each path at its markers: what the eye compares."""
    said = []
    for name, path in paths.items():
        marks = range(every, len(path), every)
        losses = [f"{number(loss(*path[k]))} after {k}" for k in marks]
        said.append(f"{name}: {', '.join(losses)}")
    return f"A marker stands after every {every} steps. The loss there: {'; '.join(said)}."
