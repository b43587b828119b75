"""The sweep of learning rates: every number said, runs that break off the chart not lost."""

import numpy as np
import pytest

from lessonlib import plots

RATES = [0.001, 0.01, 0.1, 1]
LOSSES = [[0.7, 0.5, 0.1, 3.0], [0.6, 0.4, 0.2, np.nan], [0.68, 0.45, 0.05, 0.9]]


def drawn(**kwargs):
    return plots.rate_sweep(RATES, LOSSES, undecided=0.693, **kwargs)


def test_the_text_alternative_says_the_middle_run_of_every_rate():
    alt = drawn(title="A sweep").alt
    assert alt.startswith("A sweep. Loss at the end against learning rate")
    assert "3 runs for each rate. An undecided network has 0.693." in alt
    assert "0.68 at 0.001, 0.45 at 0.01, 0.1 at 0.1, 3 at 1." in alt
    assert alt.endswith("2 runs end above 1.109.")


def test_a_middle_run_without_a_finite_loss_is_said():
    alt = plots.rate_sweep([0.1, 10], [0.2, np.inf], undecided=0.693).alt
    assert "no finite loss at 10" in alt and "1 run for each" in alt


def test_every_run_has_its_mark_and_broken_ones_have_another():
    dots = {line.get_label(): line for line in drawn().figure.axes[0].lines}
    assert len(dots["a run"].get_xdata()) == 10
    high = dots["a run that ends higher"]
    assert high.get_xdata().tolist() == [1, 1]
    assert high.get_marker() != dots["a run"].get_marker()
    low, top = drawn().figure.axes[0].get_ylim()
    assert low < 0 and np.all(high.get_ydata() < top)


def test_rates_are_written_as_plain_numbers_on_a_logarithmic_axis():
    ax = drawn().figure.axes[0]
    assert ax.get_xscale() == "log"
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"]


def test_labels_and_letters():
    ax = drawn().figure.axes[0]
    assert ax.get_title() and ax.get_xlabel() == "learning rate" and ax.get_ylabel()
    texts = [ax.title, ax.xaxis.label, *ax.get_xticklabels(), *ax.get_legend().get_texts()]
    assert all(text.get_size() >= 9 for text in texts)


def test_the_same_bytes_each_time_and_few_of_them():
    assert drawn().png() == drawn().png()
    assert len(drawn().png()) < 60_000


@pytest.mark.parametrize(
    ("rates", "losses"), [([0, 1], [1, 2]), ([1, 2], [1, 2, 3]), ([[1, 2]], [[1, 2]])]
)
def test_what_does_not_fit_is_refused(rates, losses):
    with pytest.raises(ValueError, match="rates must be"):
        plots.rate_sweep(rates, losses, undecided=1)
