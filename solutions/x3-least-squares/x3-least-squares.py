# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Extra: the least-squares line
#
# **After this page you will be able to**
#
# - fit a weighted sum and a bias to any samples, in one call;
# - say what the best such fit does with XOR.
#
# **Time**: about 15 minutes for 500 words to read and 1 exercise. **Builds on**: lesson 05. No
# lesson needs this page.

# %%
import numpy as np

from lessonlib import check, plots

X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
Y = np.array([[0, 1, 1, 0]])

# %% [markdown]
# ## 1. The best fit
#
# Lesson 05 proved that no weighted sum with a bias does XOR. Still, one of them must come closest.
# Which one, and how close does it come? "Closest" needs a measure, and the oldest one is the sum of
# the squared errors. The <dfn>least-squares line</dfn> is the line for which the squared errors add
# up to the least. The name is also used where there are several inputs, and the line is then a
# plane.
#
# NumPy finds it in one call. All it needs is a table.
#
# **Worked example.** One input, three samples: the inputs are 0, 1, 2 and the targets 1, 2, 4. We
# look for a weight $w$ and a bias $b$. A trick makes the bias a weight too: it is the weight of
# an input that is always 1. So each sample becomes a row of a table, with its input and a 1.
# `np.linalg.lstsq` returns several things; `[0]` takes the first, the weights.

# %%
x_line = np.array([[0.0, 1.0, 2.0]])
y_line = np.array([[1.0, 2.0, 4.0]])

table = np.column_stack([x_line.T, np.ones(3)])  # (3, 2): one row for each sample
weights = np.linalg.lstsq(table, y_line.T)[0]  # (2, 1): w, then b
print(f"w = {weights[0, 0]:.3f}, b = {weights[1, 0]:.3f}")

predictions = table @ weights  # (3, 1)
for i in range(3):
    print(f"x = {x_line[0, i]:.0f}: target {y_line[0, i]:.0f}, prediction {predictions[i, 0]:.3f}")

# %%
plots.function(
    np.array([0.0, 1.0, 2.0]),
    {"least-squares line": predictions[:, 0]},
    points=(x_line[0], y_line[0]),
    title="Three targets and the least-squares line",
    xlabel="input",
    ylabel="value",
)

# %% [markdown]
# **Now with gaps.** For the four samples of XOR, with their two inputs, the table would have shape
# $(\ldots, \ldots)$. Its second row would be $(0, \ldots, \ldots)$, and `weights` would have shape
# $(\ldots, 1)$.
#
# <details><summary>Compare</summary>
#
# Four rows, one for each sample, and three columns, two inputs and a one: (4, 3). The second sample
# is 01, so its row is (0, 1, 1). There are three weights: (3, 1).
#
# </details>
#
# ### Your turn: `linear_fit`
#
# Fit the weights and the bias, and return the prediction for each sample. It should work for any
# number of inputs and samples. The samples are columns, so the predictions come back as a row, like
# $Y$.


# %% solution="xor-linear_fit"
def linear_fit(X, Y):
    """X (n_x, m), Y (1, m): what the least-squares line, bias included, predicts; (1, m)."""
    ### BEGIN SOLUTION
    table = np.column_stack([X.T, np.ones(X.shape[1])])
    weights = np.linalg.lstsq(table, Y.T)[0]
    return (table @ weights).T
    ### END SOLUTION


# %% check="xor.linear_fit"

# %% [markdown]
# **Decide, then run.** What does the best fit say to the four samples of XOR?

# %% solution="guess-fit"
# Four numbers, for 00, 01, 10 and 11
### BEGIN SOLUTION
guess = [0.5, 0.5, 0.5, 0.5]
### END SOLUTION

# %%
plots.resolve(guess, linear_fit(X, Y)[0].round(3))

# %% [markdown]
# One half, four times: the best fit knows nothing. Section 1 of lesson 05 says why. For any
# weighted sum, the outputs at 00 and 11 add up to the same as those at 01 and 10. XOR pulls one
# pair down and the other pair up, equally hard, so all of them stay in the middle.
#
# Here is another best fit, for AND. It isn't exact either, but 0.5 separates its answers.

# %%
Y_and = np.array([[0, 0, 0, 1]])
table = np.column_stack([X.T, np.ones(4)])
weights = np.linalg.lstsq(table, Y_and.T)[0]
plots.decision_boundary(
    lambda points: weights[0] * points[0] + weights[1] * points[1] + weights[2],
    X,
    Y_and,
    samples="columns",
    title="AND: the least-squares plane, seen from above",
    xlabel="input 1",
    ylabel="input 2",
)

# %% [markdown]
# ## Recap
#
# - A bias is a weight on an input that is always 1.
# - `np.linalg.lstsq` finds the weights with the least sum of squared errors.
# - For XOR that is 0.5 everywhere.
#
# ### The formulas on one card
#
# | what | formula | shape |
# |---|---|---|
# | table | each sample as a row, then a 1 | $(m, n_x + 1)$ |
# | weights | least $\sum (\mathrm{prediction} - \mathrm{target})^2$ | $(n_x + 1, 1)$ |
# | predictions | table times weights, transposed | $(1, m)$ |
#
# ### What comes next
#
# Go on with lesson 06. Lesson 09 comes back to fits of this kind and finds them by rolling
# downhill, and lesson 10 finds them by a formula.
