"""An assignment in the style of a course in data analysis: NumPy and pandas, 20 tests."""

from random import Random

_rng = Random(3)
_CITIES = {"Bern": 4, "Oslo": -2, "Rome": 12}
FILES = {
    "data/weather.csv": "date,city,temperature,rain\n"
    + "".join(
        f"2023-{1 + day // 30:02}-{1 + day % 28:02},{city},"
        f"{mean + 10 * (day / 180) + _rng.gauss(0, 3):.1f},{max(0, _rng.gauss(-2, 5)):.1f}\n"
        for day in range(0, 360, 3)
        for city, mean in _CITIES.items()
    ),
    "data/cities.csv": "city,country,people\nBern,CH,134\nOslo,NO,709\nRome,IT,2873\nBonn,DE,330\n",
    "grading_tools.py": '''"""What the tests of this course use."""

import pandas as pd


def same_frame(mine, right):
    """Raise AssertionError unless two frames hold the same, in any order of rows."""
    assert isinstance(mine, pd.DataFrame), f"a DataFrame is expected, not {type(mine).__name__}"
    names = list(right.columns)
    assert set(mine.columns) == set(names), f"the columns are {list(mine.columns)}"
    both = [frame[names].sort_values(names).reset_index(drop=True) for frame in (mine, right)]
    pd.testing.assert_frame_equal(*both, check_dtype=False)
''',
}

TEXT = r'''
=== set-up
--- text
# Lab 4: a year of weather
--- locked
import numpy as np
import pandas as pd
from grading_tools import same_frame

=== loading
--- answer
# Read data/weather.csv into `weather`, with real dates.
### BEGIN SOLUTION
weather = pd.read_csv("data/weather.csv", parse_dates=["date"])
### END SOLUTION
--- wrong gives 2
weather = pd.read_csv("data/weather.csv")
--- wrong gives 2
weather = pd.read_csv("data/weather.csv", parse_dates=["date"], index_col="date")
--- test 1
assert isinstance(weather, pd.DataFrame) and len(weather) == 360
assert weather.index.name is None or weather.index.name == "date"
--- test 1
assert weather["city"].nunique() == 3 and weather["rain"].min() == 0
--- test 1
assert list(weather.columns) == ["date", "city", "temperature", "rain"]
assert pd.api.types.is_datetime64_any_dtype(weather["date"]), "parse the dates"

=== cleaning
--- answer
def celsius_to_kelvin(x):
    """Return temperatures in Kelvin; arrays, series and numbers."""
    ### BEGIN SOLUTION
    return x + 273.15
    ### END SOLUTION
--- wrong gives 1
def celsius_to_kelvin(x):
    return x + 273
--- wrong gives 2
def celsius_to_kelvin(x):
    return np.array(x) + 273.15
--- wrong gives 1
def celsius_to_kelvin(x):
    return [each + 273.15 for each in x]
--- test 1
assert np.isclose(celsius_to_kelvin(0), 273.15, atol=0.5)
--- test 1
np.testing.assert_allclose(celsius_to_kelvin(np.array([0, 100.0])), [273.15, 373.15])
--- test 1
series = pd.Series([1.0, 2.0], index=["a", "b"], name="t")
result = celsius_to_kelvin(series)
assert isinstance(result, pd.Series) and result.name == "t"
pd.testing.assert_series_equal(result, series + 273.15)

=== selecting
--- answer
# The rainy days (more than 5 mm) of Rome, with the columns date and rain only.
### BEGIN SOLUTION
rainy = weather.loc[(weather["city"] == "Rome") & (weather["rain"] > 5), ["date", "rain"]]
### END SOLUTION
--- wrong
rainy = weather[(weather["city"] == "Rome") & (weather["rain"] > 5)]
--- wrong
rainy = weather.loc[(weather["city"] == "Rome") & (weather["rain"] >= 1), ["date", "rain"]]
--- test 1
assert list(rainy.columns) == ["date", "rain"], f"the columns are {list(rainy.columns)}"
--- test 2
### BEGIN HIDDEN TESTS
table = pd.read_csv("data/weather.csv", parse_dates=["date"])
expected = table.query("city == 'Rome' and rain > 5")[["date", "rain"]]
same_frame(rainy, expected)
### END HIDDEN TESTS
assert (rainy["rain"] > 5).all()

=== grouping
--- answer
def monthly(frame):
    """Return the mean temperature by city and month (1 to 12), months as columns."""
    ### BEGIN SOLUTION
    months = frame["date"].dt.month.rename("month")
    return frame.groupby(["city", months])["temperature"].mean().unstack()
    ### END SOLUTION
--- wrong gives 1
def monthly(frame):
    return frame.groupby("city")["temperature"].mean()
--- wrong gives 1
def monthly(frame):
    frame["month"] = pd.to_datetime(frame["date"]).dt.month
    return frame.groupby(["city", "month"])["temperature"].mean().unstack()
--- wrong gives 1
def monthly(frame):
    months = frame["date"].dt.month
    return frame.groupby(["city", months])["temperature"].median().unstack()
--- test 1
table = monthly(pd.read_csv("data/weather.csv", parse_dates=["date"]))
assert table.shape[0] == 3 and list(table.index) == ["Bern", "Oslo", "Rome"]
--- test 1
given = pd.DataFrame(
    {
        "date": pd.to_datetime(["2023-01-01", "2023-01-05", "2023-01-09", "2023-02-01"]),
        "city": "X",
        "temperature": [1.0, 3.0, 8.0, 9.0],
    }
)
before = given.copy()
assert monthly(given).loc["X", 1] == 4 and monthly(given).loc["X", 2] == 9
pd.testing.assert_frame_equal(given, before)

=== merging
--- answer
def with_country(frame, cities):
    """Return the frame with the columns country and people, and no row lost."""
    ### BEGIN SOLUTION
    return frame.merge(cities, on="city", how="left")
    ### END SOLUTION
--- wrong gives 1
def with_country(frame, cities):
    return frame.merge(cities, on="city")
--- wrong
def with_country(frame, cities):
    return pd.concat([frame, cities], axis=1)
--- test 1
cities = pd.read_csv("data/cities.csv")
small = pd.DataFrame({"city": ["Rome", "Bern"], "x": [1, 2]})
same_frame(
    with_country(small, cities),
    pd.DataFrame(
        {"city": ["Bern", "Rome"], "x": [2, 1], "country": ["CH", "IT"], "people": [134, 2873]}
    ),
)
--- test 1
lost = with_country(pd.DataFrame({"city": ["Rome", "Paris"]}), cities)
assert len(lost) == 2 and lost["country"].isna().sum() == 1, "a row is lost"

=== broadcasting
--- answer
def anomalies(table):
    """Return an array minus the mean of each row; not a loop."""
    ### BEGIN SOLUTION
    return table - table.mean(axis=1, keepdims=True)
    ### END SOLUTION
--- wrong gives 1
def anomalies(table):
    return np.array([row - np.mean(row) for row in table])
--- wrong
def anomalies(table):
    return table - table.mean(axis=0)
--- test 1
X = np.array([[1.0, 2.0, 6.0], [0.0, 0.0, 3.0]])
np.testing.assert_allclose(anomalies(X), [[-2, -1, 3], [-1, -1, 2]])
--- test 1
import inspect

assert " for " not in inspect.getsource(anomalies), "no loops, please"
assert np.abs(anomalies(np.random.default_rng(0).normal(size=(300, 40))).mean(axis=1)).max() < 1e-9

=== saving
--- answer
# Write the mean rain of each city to `rain.csv`, wettest first: columns city and rain.
### BEGIN SOLUTION
means = weather.groupby("city")["rain"].mean().sort_values(ascending=False)
means.to_csv("rain.csv")
### END SOLUTION
--- wrong gives 1
weather.groupby("city")["rain"].mean().to_csv("rain.csv")
--- wrong
means = weather.groupby("city")["rain"].mean()
--- test 1
from pathlib import Path

assert Path("rain.csv").exists(), "there is no file rain.csv"
written = pd.read_csv("rain.csv")
assert list(written.columns) == ["city", "rain"] and len(written) == 3
--- test 1
assert written["rain"].is_monotonic_decreasing

=== scoring
--- answer
def warmest(frame, n=3):
    """Return the n warmest days: a list of pairs (city, temperature), warmest first."""
    ### BEGIN SOLUTION
    top = frame.nlargest(n, "temperature")
    return list(zip(top["city"], top["temperature"]))
    ### END SOLUTION
--- wrong gives 2
def warmest(frame, n=3):
    top = frame.nsmallest(n, "temperature")
    return list(zip(top["city"], top["temperature"]))
--- wrong gives 3
def warmest(frame, n=3):
    top = frame.nlargest(3, "temperature")
    return list(zip(top["city"], top["temperature"]))
--- test 4
days = pd.DataFrame({"city": list("abcd"), "temperature": [1.0, 9.0, 5.0, 7.0]})
score = 0
score += isinstance(warmest(days), list)
score += len(warmest(days)) == 3
score += warmest(days) == [("b", 9.0), ("d", 7.0), ("c", 5.0)]
score += warmest(days, 1) == [("b", 9.0)]
score

=== plotting
--- answer
# Draw the temperature of Oslo over the days into `ax`.
import matplotlib.pyplot as plt

### BEGIN SOLUTION
oslo = weather[weather["city"] == "Oslo"]
fig, ax = plt.subplots()
ax.plot(oslo["date"], oslo["temperature"])
ax.set_ylabel("temperature")
### END SOLUTION
--- wrong gives 2
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot(weather["date"], weather["temperature"])
ax.set_ylabel("temperature")
--- wrong
import matplotlib.pyplot as plt

ax = plt.plot([1, 2])
--- test 1
assert len(ax.lines) == 1 and "temp" in ax.get_ylabel()
--- test 1
assert len(ax.lines[0].get_ydata()) == 120
assert ax.figure is fig
--- test 1
assert len(fig.axes) == 1 and ax.get_legend() is None

=== thinking
--- text
Why is the mean of the monthly means not the mean of the year?
--- question 2
### BEGIN SOLUTION
The months do not have the same number of days.
### END SOLUTION
--- wrong
It is the same.
'''
