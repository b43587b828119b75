"""Figures for the lessons: each function draws on a new figure and returns a `Picture`.

A picture shows itself in a notebook as an <img> with a text alternative. Nothing here touches
pyplot, so no figure is left open and no setting leaks. Blue and solid means positive, orange and
dashed negative; no meaning rests on colour alone.
"""

from lessonlib.plots.arrays import heatmap
from lessonlib.plots.diagram import network
from lessonlib.plots.digits import confusion, digit_grid
from lessonlib.plots.graph import graph
from lessonlib.plots.history import weight_history
from lessonlib.plots.layers import layer_histograms, layer_scales
from lessonlib.plots.lines import function, hinge, loss_curve
from lessonlib.plots.paths import optimiser_paths
from lessonlib.plots.picture import Picture
from lessonlib.plots.plane import decision_boundary
from lessonlib.plots.product import shapes
from lessonlib.plots.rates import rate_sweep
from lessonlib.plots.surface import descent
from lessonlib.plots.sweep import step_sweep

__all__ = [
    "Picture",
    "confusion",
    "decision_boundary",
    "descent",
    "digit_grid",
    "function",
    "graph",
    "heatmap",
    "hinge",
    "layer_histograms",
    "layer_scales",
    "loss_curve",
    "network",
    "optimiser_paths",
    "rate_sweep",
    "shapes",
    "step_sweep",
    "weight_history",
]
