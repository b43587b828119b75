"""The graph of a calculation: boxes apart, arrows past them, numbers said."""

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from lessonlib import plots

VALUES = {"a": 2, "b": 3, "c": -1, "u = a·b": 6, "v = u+c": 5, "L = v·b": 15}
EDGES = [
    ("a", "u = a·b", 3),
    ("b", "u = a·b", 2),
    ("u = a·b", "v = u+c", 1),
    ("c", "v = u+c", -1),
    ("v = u+c", "L = v·b", 0),
    ("b", "L = v·b", 5),
]
PLAIN_EDGES = [edge[:2] for edge in EDGES]


def parts(picture, kind):
    return [patch for patch in picture.figure.axes[0].patches if type(patch) is kind]


def boxes(picture):
    return [box.get_bbox() for box in parts(picture, FancyBboxPatch)]


def texts(picture):
    return [text.get_text() for text in picture.figure.axes[0].texts]


def test_each_node_has_a_box_with_its_name_value_and_gradient():
    picture = plots.graph(VALUES, EDGES, {"a": 9, "L = v·b": 1}, title="A graph")
    found = texts(picture)
    assert len(boxes(picture)) == len(VALUES)
    assert set(VALUES) <= set(found)
    assert {"value −1", "value 15", "grad 9", "grad 1"} <= set(found)


def test_the_text_alternative_says_all_of_it():
    picture = plots.graph(VALUES, EDGES, {"b": None}, title="A graph")
    assert picture.alt.startswith("A graph. A graph of 6 nodes and 6 arrows. a: value 2.")
    assert "b: value 3, grad left open." in picture.alt
    assert "u = a·b: value 6; made of a with slope 3 and b with slope 2." in picture.alt


def test_boxes_do_not_overlap_and_lie_inside():
    picture = plots.graph(VALUES, EDGES, dict.fromkeys(VALUES, 0.125))
    found, ax = boxes(picture), picture.figure.axes[0]
    for i, box in enumerate(found):
        assert not any(box.overlaps(other) for other in found[:i])
        assert ax.get_xlim()[0] <= box.x0 and box.x1 <= ax.get_xlim()[1]
        assert ax.get_ylim()[0] <= box.y0 and box.y1 <= ax.get_ylim()[1]


def test_no_arrow_runs_through_a_box():
    picture = plots.graph(VALUES, EDGES, dict.fromkeys(VALUES, 0.125))
    arrows = parts(picture, FancyArrowPatch)
    assert len(arrows) == len(EDGES)
    for arrow in arrows:
        track = arrow._path_original.interpolated(1).to_polygons(closed_only=False)[0]
        inner = track[2:-2]
        for box in boxes(picture):
            assert not np.any(
                (inner[:, 0] > box.x0 + 0.02)
                & (inner[:, 0] < box.x1 - 0.02)
                & (inner[:, 1] > box.y0)
                & (inner[:, 1] < box.y1)
            )


def test_what_is_made_stands_right_of_what_it_is_made_of():
    picture = plots.graph(VALUES, PLAIN_EDGES)
    centre = dict(zip(VALUES, boxes(picture), strict=True))
    assert all(centre[a].x1 < centre[b].x0 for a, b in PLAIN_EDGES)


def test_slopes_have_a_legend_and_line_styles_of_their_own():
    picture = plots.graph(VALUES, EDGES)
    legend = [text.get_text() for text in picture.figure.legends[0].get_texts()]
    assert legend == ["positive slope", "negative slope", "slope 0"]
    assert len({str(arrow.get_linestyle()) for arrow in parts(picture, FancyArrowPatch)}) == 3
    assert not plots.graph(VALUES, PLAIN_EDGES).figure.legends


def test_a_node_may_be_used_twice_in_one_step():
    picture = plots.graph({"a": 2, "a·a": 4}, [("a", "a·a", 2), ("a", "a·a", 2)])
    first, second = (arrow._path_original.vertices for arrow in parts(picture, FancyArrowPatch))
    assert not np.allclose(first, second)


def test_a_single_node_can_be_drawn():
    assert "value 2" in texts(plots.graph({"a": 2}, []))


@pytest.mark.parametrize(
    ("values", "edges", "complaint"),
    [
        ({"a": 1}, [("a", "b")], "no nodes: b"),
        ({"a": 1, "b": 2}, [("a", "b"), ("b", "a")], "circle"),
        ({"a name that is too long": 1}, [], "more than 16"),
        ({}, [], "0 nodes"),
        ({f"n{i}": 0 for i in range(25)}, [], "25 nodes"),
    ],
)
def test_what_cannot_be_drawn_is_refused(values, edges, complaint):
    with pytest.raises(ValueError, match=complaint):
        plots.graph(values, edges)


def test_the_picture_is_the_same_each_time():
    assert plots.graph(VALUES, EDGES).png() == plots.graph(VALUES, EDGES).png()
