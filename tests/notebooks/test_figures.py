"""The figures in the executed lessons: nothing in them is cut off."""

import base64
import io
import re

import nbformat
import numpy as np
import pytest
from PIL import Image
from test_notebooks import NAMES, ROOT

EDGE = 2  # pixels that stay free all around
FAINT = 40  # of 255: what differs less from the page is no ink
PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


def figures(name):
    """Yield (the cell's first line, the picture) for all that a lesson's solution shows."""
    path = ROOT / "solutions" / name / f"{name}.ipynb"
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for found in [*PNG.findall(data.get("text/html", "")), data.get("image/png", "")]:
                if found:
                    picture = Image.open(io.BytesIO(base64.b64decode(found)))
                    yield cell.source, picture.convert("RGBA")


def has_ink_at_an_edge(picture):
    paper = Image.new("RGBA", picture.size, "white")
    pixels = np.asarray(Image.alpha_composite(paper, picture).convert("RGB"), dtype=int)
    away = np.abs(pixels - pixels[0, 0]).max(axis=2)
    edges = (away[:EDGE], away[-EDGE:], away[:, :EDGE], away[:, -EDGE:])
    return any(np.any(edge > FAINT) for edge in edges)


@pytest.mark.parametrize("name", NAMES)
def test_no_figure_is_cut_at_its_edge(name):
    assert [source for source, picture in figures(name) if has_ink_at_an_edge(picture)] == []


def test_ink_at_an_edge_is_found():
    picture = Image.new("RGBA", (9, 9), "white")
    assert not has_ink_at_an_edge(picture)
    picture.putpixel((8, 4), (0, 0, 0, 255))
    assert has_ink_at_an_edge(picture)
