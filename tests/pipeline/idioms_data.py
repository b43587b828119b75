"""Idioms of ordinary tests of numbers, arrays, frames, formulas, estimators and figures."""

TEXT = r"""
=== arrays, closely
--- answer
import numpy as np


def standardised(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)
--- wrong
import numpy as np


def standardised(x):
    return (x - x.mean()) / x.std()
--- test
import numpy as np

data = np.array([[1.0, 10.0], [3.0, 30.0]])
np.testing.assert_allclose(standardised(data), [[-1, -1], [1, 1]])
assert standardised(data).shape == data.shape
np.testing.assert_array_almost_equal(data, [[1, 10], [3, 30]])

=== a NumPy truth
--- answer
def all_positive(x):
    return np.all(x > 0)
--- wrong
def all_positive(x):
    return x > 0
--- test
assert all_positive(np.array([1, 2]))
assert not all_positive(np.array([1, -2]))
assert isinstance(all_positive(np.ones(1)), (bool, np.bool_))

=== dtype and strides
--- answer
def pixels(n):
    return np.zeros((n, n, 3), dtype=np.uint8)
--- wrong
def pixels(n):
    return np.zeros((n, n, 3))
--- test
image = pixels(4)
assert image.dtype == np.uint8 and image.ndim == 3 and image.nbytes == 48
assert image.flags["C_CONTIGUOUS"]

=== a view, not a copy
--- answer
def border(x):
    return x[1:-1]
--- wrong
def border(x):
    return x[1:-1].copy()
--- test
x = np.arange(5)
inner = border(x)
inner[0] = 99
assert x[1] == 99 and np.shares_memory(inner, x) and inner.base is x

=== an array changed in place
--- answer
def clip_below(x, limit):
    x[x < limit] = limit
--- wrong
def clip_below(x, limit):
    x = np.maximum(x, limit)
    return x
--- test
x = np.array([1, 5, 2])
clip_below(x, 2)
assert x.tolist() == [2, 5, 2]

=== a subclass of ndarray
--- answer
class Meters(np.ndarray):
    unit = "m"

    def __new__(cls, values):
        return np.asarray(values, dtype=float).view(cls)

    def to_km(self):
        return np.asarray(self) / 1000
--- wrong
def Meters(values):
    return np.asarray(values, dtype=float)
--- test
way = Meters([1000, 2000])
assert isinstance(way, np.ndarray) and way.unit == "m"
assert type(way + 1) is Meters
np.testing.assert_allclose(way.to_km(), [1, 2])

=== a structured array
--- answer
def people():
    return np.array([("Ada", 36), ("Bo", 7)], dtype=[("name", "U10"), ("age", "i4")])
--- wrong
def people():
    return np.array([["Ada", 36], ["Bo", 7]])
--- test
table = people()
assert table.dtype.names == ("name", "age")
assert table["age"].sum() == 43 and np.sort(table, order="age")[0]["name"] == "Bo"

=== a masked array
--- answer
def without_negatives(x):
    return np.ma.masked_less(x, 0)
--- wrong
def without_negatives(x):
    return np.ma.masked_greater(x, 0)
--- test
masked = without_negatives(np.array([1, -2, 3]))
assert isinstance(masked, np.ma.MaskedArray) and masked.mask.tolist() == [False, True, False]
assert masked.mean() == 2 and masked.filled(0).tolist() == [1, 0, 3]

=== masked arrays handed in
--- answer
def mean_of_valid(m):
    return float(m.mean())
--- wrong
def mean_of_valid(m):
    return float(np.mean(m.data))
--- test
given = np.ma.array([1.0, 2.0, 999.0], mask=[0, 0, 1])
assert mean_of_valid(given) == 1.5
assert given.count() == 2

=== a sparse matrix
--- answer
from scipy import sparse


def ring(n):
    return sparse.coo_matrix(
        (np.ones(n), (np.arange(n), (np.arange(n) + 1) % n)), shape=(n, n)
    ).tocsr()
--- wrong
def ring(n):
    return np.roll(np.eye(n), 1, axis=1)
--- test
from scipy import sparse

A = ring(5)
assert sparse.issparse(A) and A.format == "csr" and A.nnz == 5
np.testing.assert_array_equal(A.toarray(), np.roll(np.eye(5), 1, axis=1))
np.testing.assert_array_equal(A @ np.arange(5), [1, 2, 3, 4, 0])

=== a large array
--- answer
def grid(n):
    return np.arange(n * n, dtype=float).reshape(n, n)
--- wrong
def grid(n):
    return np.arange(n * n, dtype=float).reshape(n, n).T
--- test
big = grid(1500)
assert big.shape == (1500, 1500) and big[1, 0] == 1500
assert big.sum() == 1500**2 * (1500**2 - 1) / 2
assert np.array_equal(big, np.arange(1500.0**2).reshape(1500, -1))

=== a large array handed in
--- answer
def column_means(x):
    return x.mean(axis=0)
--- wrong
def column_means(x):
    return x.mean(axis=1)
--- test
rng = np.random.default_rng(0)
X = rng.normal(size=(200_000, 5))
assert np.allclose(column_means(X), X.mean(axis=0))

=== nan and infinity
--- answer
def safe_log(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)
--- wrong
def safe_log(x):
    return np.log(np.abs(x) + 1e-300)
--- test
np.testing.assert_equal(safe_log(np.array([1.0, 0.0, -1.0])), [0, -np.inf, np.nan])
assert np.isnan(safe_log(np.array([-1.0]))).all()

=== a seed set in the test
--- answer
def draw(n):
    return np.random.normal(size=n)
--- wrong
def draw(n):
    return np.zeros(n)
--- test
np.random.seed(42)
mine = draw(3)
np.random.seed(42)
np.testing.assert_array_equal(mine, np.random.normal(size=3))
assert abs(mine[0] - 0.4967141530) < 1e-8

=== a seed set in an answer, used below
--- answer
np.random.seed(7)
first_sample = np.random.randint(0, 100, 5)
--- wrong
np.random.seed(8)
first_sample = np.random.randint(0, 100, 5)
--- test 1
expected = np.random.RandomState(7)
assert first_sample.tolist() == expected.randint(0, 100, 5).tolist()
--- answer
second_sample = np.random.randint(0, 100, 5)
--- test 1
assert second_sample.tolist() == expected.randint(0, 100, 5).tolist()

=== random of the standard library, across cells
--- given
import random

random.seed(123)
--- answer
hand = random.sample(range(52), 5)
--- wrong
hand = random.choices(range(52), k=5)
--- test 1
assert hand == random.Random(123).sample(range(52), 5)
--- answer
coin = random.choice(["heads", "tails"])
--- test 1
again = random.Random(123)
again.sample(range(52), 5)
assert hand[0] == 3 and coin == again.choice(["heads", "tails"])

=== unseeded data of the instructor
--- locked
measured = np.random.default_rng().normal(10, 2, size=50)
--- answer
mean_measured = measured.mean()
spread_measured = measured.std(ddof=1)
--- wrong
mean_measured = 10.0
spread_measured = 2.0
--- test
assert mean_measured == np.mean(measured)
assert np.isclose(spread_measured, np.std(measured, ddof=1))

=== unseeded data in a test
--- answer
def ranks(x):
    return np.argsort(np.argsort(x))
--- wrong
def ranks(x):
    return np.argsort(x)
--- test
for _ in range(20):
    x = np.random.permutation(10)
    assert (ranks(x) == x).all(), f"wrong for {x}"

=== a generator handed over
--- answer
def toss(rng, n):
    return rng.integers(0, 2, n)
--- wrong
def toss(rng, n):
    return np.random.default_rng(0).integers(0, 2, n)
--- test
mine, same = np.random.default_rng(3), np.random.default_rng(3)
assert (toss(mine, 8) == same.integers(0, 2, 8)).all()
assert (toss(mine, 8) == same.integers(0, 2, 8)).all()

=== linear algebra
--- answer
def least_squares(A, b):
    return np.linalg.lstsq(A, b, rcond=None)[0]
--- wrong
def least_squares(A, b):
    return np.linalg.pinv(A)[:, 0]
--- test
A = np.array([[1.0, 0], [1, 1], [1, 2]])
b = A @ [2, 3]
w = least_squares(A, b)
assert np.linalg.norm(A @ w - b) < 1e-10
np.testing.assert_allclose(w, [2, 3], rtol=1e-8)

=== pytest.approx
--- answer
def halves(values):
    return {k: v / 2 for k, v in values.items()}
--- wrong
def halves(values):
    return {k: v / 2.1 for k, v in values.items()}
--- test
from pytest import approx

assert halves({"a": 0.3}) == approx({"a": 0.15})
assert halves({"a": 1})["a"] == approx(0.5, abs=1e-6)

=== a vectorised function is fast
--- answer
def squares_of(n):
    return np.arange(n) ** 2
--- wrong
def squares_of(n):
    return [k**2 for k in range(n)]
--- test
import timeit

assert type(squares_of(10)) is np.ndarray
assert timeit.timeit(lambda: squares_of(1000), number=20) < 1.0

=== a ufunc and broadcasting
--- answer
clamp = np.vectorize(lambda x, low=0: max(x, low))
--- wrong
clamp = lambda x, low=0: max(x, low)
--- test
assert clamp(np.array([-1, 2])).tolist() == [0, 2]
assert clamp(np.array([[1], [5]]), np.array([2, 3])).tolist() == [[2, 3], [5, 5]]

=== np.float64 where a float is meant
--- answer
def average(x):
    return np.mean(x)
--- wrong
def average(x):
    return f"{np.mean(x)}"
--- test
assert isinstance(average([1, 2]), float) and average([1, 2]) == 1.5
assert round(average([1.25, 1.3]), 2) == 1.27 or round(average([1.25, 1.3]), 2) == 1.28

=== frames handed in
--- locked
import pandas as pd

orders = pd.DataFrame(
    {"city": ["A", "B", "A", "C"], "price": [10.0, 20.0, 30.0, None], "n": [1, 2, 3, 4]},
    index=[10, 11, 12, 13],
)
--- answer
def by_city(frame):
    return frame.dropna().groupby("city")["price"].sum()
--- wrong
def by_city(frame):
    return frame.groupby("city")["price"].sum()
--- test
sums = by_city(orders)
assert isinstance(sums, pd.Series) and sums.name == "price" and sums.index.name == "city"
assert sums.to_dict() == {"A": 40.0, "B": 20.0}
assert orders.shape == (4, 3), "the frame was changed"

=== assert_frame_equal
--- answer
def with_total(frame):
    return frame.assign(total=frame["price"] * frame["n"]).sort_values("total", ascending=False)
--- wrong
def with_total(frame):
    frame["total"] = frame["price"] * frame["n"]
    return frame
--- test
given = pd.DataFrame({"price": [1.0, 3.0], "n": [2, 3]})
expected = pd.DataFrame({"price": [3.0, 1.0], "n": [3, 2], "total": [9.0, 2.0]}, index=[1, 0])
pd.testing.assert_frame_equal(with_total(given), expected)
assert list(given.columns) == ["price", "n"]

=== a frame as a variable
--- answer
cheap = orders[orders["price"] <= 20]
--- wrong
cheap = orders.loc[orders["price"] <= 20, "price"]
--- test
assert type(cheap) is pd.DataFrame
assert cheap.index.tolist() == [10, 11] and cheap.equals(orders.iloc[:2])

=== assert_series_equal
--- answer
def ranks_of(series):
    return series.rank(method="min").astype(int)
--- wrong
def ranks_of(series):
    return series.rank(method="min")
--- test
from pandas.testing import assert_series_equal

assert_series_equal(ranks_of(pd.Series([3, 1, 3], name="v")), pd.Series([2, 1, 2], name="v"))
assert (ranks_of(pd.Series([1, 2])) == pd.Series([1, 2])).all()

=== a pivot with two levels
--- answer
def pivot(frame):
    return frame.pivot_table(index=["g", "h"], values="v", aggfunc=["mean", "count"])
--- wrong
def pivot(frame):
    return frame.pivot_table(index=["g", "h"], values="v", aggfunc="mean")
--- test
frame = pd.DataFrame({"g": list("aab"), "h": [1, 1, 2], "v": [1.0, 3.0, 5.0]})
table = pivot(frame)
assert table.index.nlevels == 2 and table.loc[("a", 1), ("mean", "v")] == 2.0
assert table.columns.nlevels == 2

=== a merge, and categories
--- answer
def joined(left, right):
    both = left.merge(right, on="k", how="left", indicator=True)
    both["k"] = both["k"].astype("category")
    return both
--- wrong
def joined(left, right):
    return left.merge(right, on="k")
--- test
both = joined(pd.DataFrame({"k": ["x", "y"]}), pd.DataFrame({"k": ["x"], "v": [1]}))
assert len(both) == 2 and both["v"].isna().sum() == 1
assert isinstance(both["k"].dtype, pd.CategoricalDtype)
assert (both["_merge"] == "left_only").tolist() == [False, True]

=== time series
--- answer
def weekly(series):
    return series.resample("W").sum()
--- wrong
def weekly(series):
    return series.groupby(series.index.month).sum()
--- test
days = pd.date_range("2024-01-01", periods=14, freq="D")
weeks = weekly(pd.Series(1, index=days))
assert weeks.index[0] == pd.Timestamp("2024-01-07") and weeks.tolist() == [7, 7]

=== apply and a subclass of DataFrame
--- answer
class Sales(pd.DataFrame):
    @property
    def _constructor(self):
        return Sales

    def best(self):
        return self.loc[self["price"].idxmax(), "city"]
--- wrong
class Sales:
    def __init__(self, frame):
        self.frame = frame

    def best(self):
        return self.frame["city"][0]
--- test
sales = Sales(orders)
assert isinstance(sales, pd.DataFrame) and sales.best() == "A"
assert isinstance(sales.head(2), Sales)

=== plain pandas options and printing
--- answer
def as_text(frame):
    return frame.to_string(index=False)
--- wrong
def as_text(frame):
    return str(frame.values)
--- test
with pd.option_context("display.width", 200):
    lines = as_text(pd.DataFrame({"a": [1, 22]})).split("\n")
assert [line.strip() for line in lines] == ["a", "1", "22"]

=== sympy
--- answer
import sympy as sp

t = sp.symbols("t")


def velocity(position):
    return sp.diff(position, t)
--- wrong
import sympy as sp

t = sp.symbols("t", positive=True)


def velocity(position):
    return position
--- test
import sympy as sp

assert velocity(t**3) == 3 * t**2
assert sp.simplify(velocity(sp.sin(t) ** 2) - sp.sin(2 * t)) == 0
assert isinstance(velocity(t), sp.Expr)

=== sympy equations
--- answer
def roots(equation, unknown):
    return sp.solveset(equation, unknown, domain=sp.S.Reals)
--- wrong
def roots(equation, unknown):
    return sp.solve(equation, unknown)[:1]
--- test
u = sp.Symbol("u")
assert roots(sp.Eq(u**2, 4), u) == sp.FiniteSet(-2, 2)
assert roots(u**2 + 1, u) is sp.S.EmptySet

=== an estimator
--- answer
from sklearn.base import BaseEstimator, ClassifierMixin


class MajorityClassifier(ClassifierMixin, BaseEstimator):
    def __init__(self, fallback=0):
        self.fallback = fallback

    def fit(self, X, y):
        self.classes_, counts = np.unique(y, return_counts=True)
        self.most_ = self.classes_[counts.argmax()]
        return self

    def predict(self, X):
        return np.full(len(X), self.most_)
--- wrong
from sklearn.base import BaseEstimator, ClassifierMixin


class MajorityClassifier(ClassifierMixin, BaseEstimator):
    def __init__(self, fallback=0):
        self.fallback = fallback

    def fit(self, X, y):
        self.classes_ = np.unique(y)

    def predict(self, X):
        return np.full(len(X), self.fallback)
--- test
from sklearn.base import clone, is_classifier

model = MajorityClassifier(fallback=3)
assert is_classifier(model) and clone(model).get_params() == {"fallback": 3}
X, y = np.zeros((5, 2)), np.array([0, 1, 1, 1, 0])
assert model.fit(X, y) is model
assert model.score(X, y) == 0.6 and hasattr(model, "most_")

=== a fitted model of a library
--- answer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def train(X, y):
    return make_pipeline(StandardScaler(), LinearRegression()).fit(X, y)
--- wrong
from sklearn.linear_model import LinearRegression


def train(X, y):
    return LinearRegression().fit(X, y)
--- test
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

X = np.arange(10.0)[:, None]
model = train(X, 3 * X[:, 0] + 1)
assert isinstance(model, Pipeline) and "standardscaler" in model.named_steps
check_is_fitted(model)
assert np.allclose(model.predict([[20.0]]), 61)

=== scipy
--- answer
from scipy import optimize, stats


def fit_line(x, y):
    return stats.linregress(x, y)


def lowest(f):
    return optimize.minimize_scalar(f)
--- wrong
def fit_line(x, y):
    return np.polyfit(x, y, 1)


def lowest(f):
    return 0
--- test
line = fit_line([0, 1, 2], [1, 3, 5])
assert np.isclose(line.slope, 2) and np.isclose(line.intercept, 1) and line.pvalue < 1e-6
assert abs(lowest(lambda x: (x - 3) ** 2).x - 3) < 1e-6

=== a figure is returned
--- answer
import matplotlib.pyplot as plt


def scatter(x, y):
    fig, ax = plt.subplots()
    ax.scatter(x, y, label="data")
    ax.set(title="My data", xlabel="x", ylabel="y")
    ax.legend()
    return fig
--- wrong
import matplotlib.pyplot as plt


def scatter(x, y):
    fig, ax = plt.subplots()
    ax.plot(x, y)
    return fig
--- test
fig = scatter([1, 2], [3, 4])
(ax,) = fig.axes
assert ax.get_title() == "My data" and ax.get_xlabel()
assert len(ax.collections) == 1 and ax.collections[0].get_offsets().tolist() == [[1, 3], [2, 4]]
assert [text.get_text() for text in ax.get_legend().get_texts()] == ["data"]
plt.close(fig)

=== axes are handed in
--- answer
def draw_line(ax, slope):
    ax.plot([0, 1], [0, slope], color="red", linestyle="--")
--- wrong
def draw_line(ax, slope):
    plt.plot([0, 1], [0, slope], color="blue")
--- test
figure, axes = plt.subplots(1, 2)
draw_line(axes[0], 2.0)
(line,) = axes[0].get_lines()
assert line.get_color() == "red" and line.get_linestyle() == "--"
np.testing.assert_allclose(line.get_ydata(), [0, 2])
assert not axes[1].lines
plt.close(figure)

=== the axes of the answer's cell
--- answer
fig_bar, ax_bar = plt.subplots()
ax_bar.bar(["a", "b"], [1, 2])
ax_bar.set_ylim(0, 3);
--- wrong
fig_bar, ax_bar = plt.subplots()
ax_bar.barh(["a", "b"], [1, 2])
ax_bar.set_ylim(0, 3);
--- test
heights = [patch.get_height() for patch in ax_bar.patches]
assert heights == [1, 2] and ax_bar.get_ylim() == (0, 3)

=== the current figure, within a cell
--- answer
def histogram(values):
    plt.hist(values, bins=3)
    plt.title("hist")
--- wrong
def histogram(values):
    plt.plot(values)
    plt.title("hist")
--- test
plt.close("all")
histogram([1, 2, 2, 3])
assert len(plt.gcf().axes[0].patches) == 3 and plt.gca().get_title() == "hist"
plt.close()

=== a figure is shown and gone below
--- answer
plt.figure(num="mine")
shown = plt.plot([1, 2, 3])
plt.show()
--- wrong gives 1
shown = plt.plot([1, 2, 2])
--- test 1
assert plt.get_fignums() == [], "inline figures are closed after their cell"
--- test 1
assert not plt.gcf().axes
plt.close("all")
assert shown[0].get_ydata().tolist() == [1, 2, 3]

=== plt.show is mocked
--- answer
def show_curve():
    plt.plot([1, 2])
    plt.show()
--- wrong
def show_curve():
    plt.plot([1, 2])
--- test
from unittest.mock import patch

with patch("matplotlib.pyplot.show") as shown:
    show_curve()
shown.assert_called_once()
plt.close("all")

=== an image is saved
--- answer
def save_plot(path):
    fig, ax = plt.subplots(figsize=(2, 1))
    ax.plot([1, 2])
    fig.savefig(path, dpi=50)
    plt.close(fig)
--- wrong
def save_plot(path):
    open(path, "w").write("plot")
--- test
import os

save_plot("curve.png")
assert plt.imread("curve.png").shape[:2] == (50, 100)
os.remove("curve.png")

=== pandas plots
--- answer
ax_frame = orders.plot.bar(x="city", y="n", legend=False)
--- wrong
ax_frame = orders.plot(x="city", y="n")
--- test
import matplotlib.axes

assert isinstance(ax_frame, matplotlib.axes.Axes)
assert [bar.get_height() for bar in ax_frame.patches] == [1, 2, 3, 4]

=== partial credit from NumPy, as a float
--- answer
def signs(x):
    return np.sign(x)
--- wrong gives 1
def signs(x):
    return np.ones_like(x)
--- test
right = (signs(np.array([-1, 1, -2, 2])) == [-1, 1, -1, 1]).mean()
float(2 * right)
"""
