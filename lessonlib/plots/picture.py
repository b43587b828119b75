"""What every figure has in common: the Picture, the canvas, the colours, how numbers look."""

import base64
import contextlib
import functools
import html
import io
from contextvars import ContextVar
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from PIL import Image  # Matplotlib's own dependency

CSS_DPI = 96  # a browser's inch; drawn at 96 dpi a 9 pt letter is 9 pt on the page
COLOURS = 128
SCALE = 2  # pixels drawn for each one shown, so that the picture is crisp

# Okabe and Ito's order of hues; blue and orange darkened to 3:1 or more against white and to
# clearly different greys (75 and 135 of 255). Every use pairs them with a line style or a sign.
BLUE, ORANGE, GREEN, PURPLE = "#0060a0", "#d97706", "#009e73", "#a04f80"
BLACK, GREY, PALE = "#1a1a1a", "#6b6b6b", "#e4e4e4"

MINUS = "\N{MINUS SIGN}"

# A white figure on a page of any colour: a frame that shows on white and on black.
FRAME = (  # the border counts as width: at 100 % it would stick out, and get a scroll bar
    "box-sizing:border-box;max-width:100%;height:auto;background:#fff;border:1px solid #808080;"
    "border-radius:6px"
)

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlepad": 10,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}


def styled(draw):
    """Run a drawing function with this module's settings, whatever the notebook has set."""

    @functools.wraps(draw)
    def wrapper(*args, **kwargs):
        with matplotlib.rc_context({**matplotlib.rcParamsDefault, **STYLE}):
            return draw(*args, **kwargs)

    return wrapper


def palette_of(image: Image.Image, count: int = COLOURS) -> np.ndarray:
    """The most frequent colours of an image (count, 3): its flat colours are among them.

    With 128 colours a figure looks the same and takes a quarter of the bytes; Pillow's own choice
    of colours would move the light ones.
    """
    colours = sorted(image.getcolors(image.width * image.height), reverse=True)[:count]
    return np.array([colour for _, colour in colours])


def reduced(image: Image.Image, palette: np.ndarray) -> Image.Image:
    """The image with each colour replaced by the nearest one of the palette.

    Most pixels have the colour of the one before: only where a run of them begins is looked at.
    """
    codes = np.asarray(image.convert("RGBX")).view("<u4").ravel() & 0xFFFFFF
    starts = np.flatnonzero(np.diff(codes, prepend=codes[0] + 1))
    found, places = np.unique(codes[starts], return_inverse=True)
    colours = np.stack([found & 255, found >> 8 & 255, found >> 16], axis=1)
    away = (palette**2).sum(axis=1) - 2.0 * colours @ palette.T  # all but what is in each alike
    nearest = away.argmin(axis=1).astype(np.uint8)
    pixels = np.repeat(nearest[places], np.diff(starts, append=codes.size))
    result = Image.fromarray(pixels.reshape(image.height, image.width))
    result.putpalette(palette.astype(np.uint8).tobytes())
    return result


@dataclass(frozen=True, repr=False)
class Picture:
    """A finished figure with its text alternative; a notebook shows it as an image with alt."""

    figure: Figure
    alt: str

    def png(self):
        """The picture as PNG bytes: the same bytes every time it is drawn, no date or version."""
        image, packed = self.drawn(), io.BytesIO()
        reduced(image, palette_of(image)).save(packed, format="png", optimize=True)
        return packed.getvalue()

    @styled  # some settings are read only when a figure is drawn
    def drawn(self, scale=SCALE):
        """The picture as pixels, so many for each one that is shown."""
        before, canvas = self.figure.get_dpi(), FigureCanvasAgg(self.figure)
        self.figure.set_dpi(scale * CSS_DPI)
        canvas.draw()  # `savefig` would draw it twice: once more to lay it out, as it is already
        self.figure.set_dpi(before)
        return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")

    def html(self):
        """An <img> with a real alt attribute, which JupyterLab's own image outputs lack."""
        data = base64.b64encode(self.png()).decode("ascii")
        width = round(self.figure.get_figwidth() * CSS_DPI)
        alt = html.escape(self.alt)
        src = f"data:image/png;base64,{data}"
        return f'<img alt="{alt}" src="{src}" width="{width}" style="{FRAME}">'

    def __repr__(self):
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html(), "text/plain": repr(self)}


def axes(width, height, title, xlabel, ylabel):
    """A new figure of that size in inches, with one labelled pair of axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    ax = figure.add_subplot()
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return figure, ax


def lay_out(figure):
    """Give the parts of a figure their places: once, for each drawing would move them further.

    Within `standing_still` only the first figure is looked at; the others get its places.
    """
    frames = _frames.get()
    if frames:
        _put_like(frames[0], figure)
    else:
        figure.get_layout_engine().execute(figure)
    if frames is not None:
        frames.append(figure)
    figure.set_layout_engine("none")


_frames: ContextVar[list[Figure] | None] = ContextVar("_frames", default=None)


@contextlib.contextmanager
def standing_still():
    """Let the parts of all figures that are laid out here stand where those of the first do.

    For the frames of a strip, whose axes stand still: to find the places takes longer than to draw.
    """
    token = _frames.set([])
    try:
        yield
    finally:
        _frames.reset(token)


def _put_like(model, figure):
    for theirs, mine in zip(model.axes, figure.axes, strict=True):
        mine.set_position(theirs.get_position(original=True))
    for theirs, mine in zip(model.texts, figure.texts, strict=True):
        mine.set_position(theirs.get_position())


def drawing(width, height, title, xlabel, ylabel, below=0.45):
    """A figure for a diagram whose data unit is one inch: (0, 0) bottom left, (width, height).

    Room for the title is added above, for the labels left and below; where the title is wider, the
    diagram stands in the middle below it.
    """
    left, right, above = 0.35, 0.1, 0.5
    spare = max(0.0, _title_width(title) - width - 2 * right)
    xlim, width = (-spare / 2, width + spare / 2), width + spare
    total = (width + left + right, height + above + below)
    figure = Figure(figsize=total)
    box = (left / total[0], below / total[1], width / total[0], height / total[1])
    ax = figure.add_axes(box, xlim=xlim, ylim=(0, height), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.label.set_color(GREY)
    ax.yaxis.label.set_color(GREY)
    return figure, ax


def _title_width(title):
    """How wide a title is in inches, and a little more."""
    letters = FontProperties(
        family=STYLE["font.family"], weight=STYLE["axes.titleweight"], size=STYLE["axes.titlesize"]
    )
    path = TextPath((0, 0), title, prop=letters) if title else None
    return path.get_extents().width / 72 + 0.1 if path else 0.0


def number(value):
    """A number in few characters for a text alternative: 3, -0.5, 0.495, 12.3, 1.5e-07."""
    value = float(value)
    if value == 0 or not np.isfinite(value):
        return f"{value + 0.0:.0f}"
    size = abs(value)
    if size < 5e-4 or size >= 1e5:
        return f"{value:.2g}"
    decimals = 3 if size < 10 else 2 if size < 100 else 1
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".")


def shown(value):
    """The same number as it is drawn, with a true minus sign."""
    return number(value).replace("-", MINUS)


def listed(values):
    """'1, -1 and 0' from numbers or words."""
    words = [v if isinstance(v, str) else number(v) for v in values]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
