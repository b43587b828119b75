"""Figures for the lessons: each function draws on a new figure and returns a `Picture`.

A picture shows itself in a notebook as an <img> with a text alternative. Nothing here touches
pyplot, so no figure is left open and no setting leaks. Blue and solid means positive, orange and
dashed negative; no meaning rests on colour alone.
"""

from lessonlib.plots.arrays import heatmap
from lessonlib.plots.diagram import network
from lessonlib.plots.lines import function, hinge, loss_curve
from lessonlib.plots.picture import Picture
from lessonlib.plots.product import shapes

__all__ = ["Picture", "function", "heatmap", "hinge", "loss_curve", "network", "shapes"]
