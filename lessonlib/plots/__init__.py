"""Figures for the lessons: each function draws on a new figure and returns a `Picture`.

A picture shows itself in a notebook as an <img> with a text alternative, and several of them make a
`Stepper`. `resolve` shows a learner's guess beside what came of it. Nothing here touches
pyplot, so no figure is left open and no setting leaks. Blue and solid means positive, orange and
dashed negative; no meaning rests on colour alone.
"""

from lessonlib.plots.arrays import heatmap
from lessonlib.plots.diagram import network
from lessonlib.plots.digits import confusion, digit_grid
from lessonlib.plots.fitting import fitting_steps
from lessonlib.plots.fold import fold_steps
from lessonlib.plots.graph import graph
from lessonlib.plots.guess import resolve
from lessonlib.plots.history import weight_history
from lessonlib.plots.layer_messages import layer_messages
from lessonlib.plots.layers import layer_histograms, layer_scales
from lessonlib.plots.lines import function, hinge, loss_curve
from lessonlib.plots.messages import messages
from lessonlib.plots.network_messages import network_messages
from lessonlib.plots.network_steps import weight_steps
from lessonlib.plots.paths import optimiser_paths
from lessonlib.plots.picture import Picture
from lessonlib.plots.plane import decision_boundary
from lessonlib.plots.product import shapes
from lessonlib.plots.rates import rate_sweep
from lessonlib.plots.ravine import ravine_rates
from lessonlib.plots.secants import secants
from lessonlib.plots.stepper import Stepper, stepper
from lessonlib.plots.surface import descent
from lessonlib.plots.sweep import step_sweep
from lessonlib.plots.training import boundary_steps
from lessonlib.plots.two_layer_messages import two_layer_messages
from lessonlib.plots.valley import downhill_rates, downhill_steps

__all__ = [
    "Picture",
    "Stepper",
    "boundary_steps",
    "confusion",
    "decision_boundary",
    "descent",
    "digit_grid",
    "downhill_rates",
    "downhill_steps",
    "fitting_steps",
    "fold_steps",
    "function",
    "graph",
    "heatmap",
    "hinge",
    "layer_histograms",
    "layer_messages",
    "layer_scales",
    "loss_curve",
    "messages",
    "network",
    "network_messages",
    "optimiser_paths",
    "rate_sweep",
    "ravine_rates",
    "resolve",
    "secants",
    "shapes",
    "step_sweep",
    "stepper",
    "two_layer_messages",
    "weight_history",
    "weight_steps",
]
