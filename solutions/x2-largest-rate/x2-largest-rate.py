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
# # Extra: how large may the learning rate be?
#
# **After this page you will be able to**
#
# - say how fast gradient descent may go on a linear model, before you run it;
# - read the steepest curvature of a loss from its Hessian;
# - explain with a number why scaling helps.
#
# **Time**: about 25 minutes for 1,100 words to read and 1 exercise. **Builds on**: lessons 09 (one
# unit) and 10 (scaling). This page is an extra: no lesson needs it.

# %%
import numpy as np

from lessonlib import check, nn, plots
from lessonlib.data import line

# %% [markdown]
# ## 1. Look first
#
# A large learning rate saves steps, until it is too large. Here is one unit again,
# $p = w x + b$, with four samples: $x = 0, 0, 1, 3$ and $y = 2x + 3$. Its MSE (mean squared error)
# is a bowl over $w$ and $b$, lowest at (2, 3). Descent starts at (0, 0) and takes 15 steps.
#
# **Decide.** Of the learning rates 0.05, 0.1, 0.2, 0.3 and 0.4: which is the largest one at which
# the loss still falls in every step?

# %% solution="guess-largest"
# one of the five numbers
### BEGIN SOLUTION
guess = 0.2
### END SOLUTION

# %%
x_small = np.array([[0.0], [0.0], [1.0], [3.0]])
y_small = 2 * x_small + 3


def loss_at(x, y):
    """The loss as a function of w and b."""
    return lambda w, b: nn.mse(w * x + b, y)


def path_of(x, y, learning_rate, steps):
    """The places (w, b) that descent visits from (0, 0)."""
    w = b = 0.0
    places = [(w, b)]
    for _ in range(steps):
        dP = 2 * (w * x + b - y) / y.size
        w, b = w - learning_rate * np.sum(dP * x), b - learning_rate * np.sum(dP)
        places.append((w, b))
    return places


strip = plots.ravine_rates(
    loss_at(x_small, y_small),
    {rate: path_of(x_small, y_small, rate, 15) for rate in (0.05, 0.1, 0.2, 0.3, 0.4)},
    window=((-2, 6), (-1, 6)),
    minimum=(2, 3),
    title="15 steps on one bowl",
    xlabel="w",
    ylabel="b",
)
plots.resolve(guess, 0.3, strip)

# %% [markdown]
# Step through the pictures. Small learning rates creep. At 0.3 descent jumps from one side of the
# valley to the other, and still arrives. At 0.4 each jump lands further out. The limit must lie
# between 0.3 and 0.4, and it shows *across* the valley, where the bowl is steep.
#
# ## 2. One direction at a time
#
# So cut the bowl through its lowest point. One cut goes across the valley: 2 in $w$ for each 1 in
# $b$. The other goes along the valley: 1 in $w$ for each -2 in $b$.


# %%
def cut(along_w, along_b):
    """The loss at distances s from the lowest point, in one direction."""
    length = np.hypot(along_w, along_b)
    loss = loss_at(x_small, y_small)
    return lambda s: [loss(2 + along_w * d / length, 3 + along_b * d / length) for d in s]


plots.function(
    np.linspace(-2, 2, 81),
    {"across the valley": cut(2, 1), "along the valley": cut(1, -2)},
    title="Two cuts through the bowl",
    xlabel="distance s from the lowest point",
    ylabel="loss",
)

# %% [markdown]
# Both cuts are parabolas, $\frac{\lambda}{2} s^2$. The number $\lambda$ (lambda) is the curvature:
# it says how fast the slope grows. The slope at distance $s$ is $\lambda s$. So a step against it
# gives
#
# $$s \leftarrow s - \eta \lambda s = (1 - \eta \lambda)\, s$$
#
# Each step multiplies the distance by the same factor, $1 - \eta \lambda$.
#
# Read $\lambda$ off the figure. At $s = 2$ the loss is $2 \lambda$: 12 across the valley, and 2
# along it. So $\lambda$ is 6 across the valley, and 1 along it.
#
# **Decide.** Across the valley, what does the learning rate $\eta = 1/3$ do?

# %% solution="guess-third"
# "arrives", "swings" (between two places, forever) or "runs away"
### BEGIN SOLUTION
guess = "swings"
### END SOLUTION

# %%
factor = 1 - (1 / 3) * 6
result = "swings" if np.isclose(factor, -1) else "runs away" if abs(factor) > 1 else "arrives"
plots.resolve(guess, result, choices=["arrives", "swings", "runs away"])

# %%
curvature = 6.0
print("learning rate   factor   s after 0, 1, 2, 3, 4 steps")
for learning_rate in (0.05, 1 / 6, 0.3, 1 / 3, 0.4):
    factor = 1 - learning_rate * curvature
    places = "  ".join(f"{factor**k:6.2f}" for k in range(5))
    print(f"{learning_rate:13.3f}   {factor:6.2f}   {places}")

# %% [markdown]
# The limit is where the factor becomes -1: $\eta = 2 / \lambda$. Across the valley that is
# $2/6 = 1/3$. Along the valley it would be 2. But all parameters share one learning rate, so the
# steepest direction decides.
#
# ## 3. The steepest direction of any bowl
#
# We chose those two cuts for you. How do you find the largest curvature when nobody has? Look at
# how the gradient changes. The <dfn>Hessian</dfn> is a table: its entry in row $i$ and column $j$
# says by how much the $i$-th number of the gradient grows when the $j$-th parameter grows by 1.
#
# Write $(X \; 1)$ for $X$ with a column of ones beside it, and $\theta$ (theta) for the column of
# all parameters, the bias last. Then $P = (X \; 1)\, \theta$. For one output, the gradient of the
# MSE is
#
# $$\frac{2}{m} (X \; 1)^\top \big( (X \; 1)\, \theta - y \big)$$
#
# The factor in front of $\theta$ says how fast this grows when $\theta$ does. That is the Hessian:
#
# $$H = \frac{2}{m}\, (X \; 1)^\top (X \; 1)$$
#
# The 2 comes from the square, the $1/m$ from the mean. **Worked example.** For $x = 0, 0, 1, 3$ the
# products of the two columns are $0 + 0 + 1 + 9 = 10$, $0 + 0 + 1 + 3 = 4$ and $1 + 1 + 1 + 1 = 4$,
# and $2/m$ is $1/2$:
#
# $$H = \frac{1}{2} \begin{pmatrix} 10 & 4 \\ 4 & 4 \end{pmatrix}
# = \begin{pmatrix} 5 & 2 \\ 2 & 2 \end{pmatrix}$$
#
# Now go from the lowest point by 2 in $w$ and 1 in $b$, across the valley. The gradient there is
#
# $$\begin{pmatrix} 5 & 2 \\ 2 & 2 \end{pmatrix} \begin{pmatrix} 2 \\ 1 \end{pmatrix}
# = \begin{pmatrix} 12 \\ 6 \end{pmatrix} = 6 \begin{pmatrix} 2 \\ 1 \end{pmatrix}$$
#
# The result points in the direction that you went, and it is 6 times as long: there is the
# curvature 6. In most other directions the gradient points elsewhere. The <dfn>eigenvalues</dfn> of
# the Hessian are the curvatures in those special directions where the gradient lines up with the
# direction. There are as many of them as there are parameters. The largest, $\lambda_\mathrm{max}$,
# belongs to the steepest direction.
#
# NumPy finds them: `np.linalg.eigvalsh(H)` gives the eigenvalues, the smallest first. (It wants a
# symmetric matrix, one that equals its own transpose. Every Hessian is symmetric.)

# %%
H_small = np.array([[5.0, 2.0], [2.0, 2.0]])
for eigenvalue in np.linalg.eigvalsh(H_small):
    print(f"curvature {eigenvalue:.1f}: a learning rate up to {2 / eigenvalue:.4f}")

# %% [markdown]
# Descent arrives as long as the learning rate is below the smaller of the two limits:
#
# $$\eta < \frac{2}{\lambda_\mathrm{max}}$$
#
# Above that it *diverges*: it runs away.
#
# ### Your turn: `max_learning_rate`
#
# For any `X`, and one output. `np.hstack([A, B])` puts two tables side by side, and
# `np.ones((m, 1))` is a column of ones.


# %% solution="linreg-max_learning_rate"
def max_learning_rate(X):
    """X (m, n_in): returns the learning rate above which descent diverges, for one output."""
    ### BEGIN SOLUTION
    ones = np.ones((len(X), 1))
    table = np.hstack([X, ones])
    hessian = 2 / len(X) * table.T @ table
    return 2 / np.linalg.eigvalsh(hessian)[-1]
    ### END SOLUTION


# %% check="linreg.max_learning_rate"

# %% [markdown]
# ## 4. Put the limit to the test
#
# A formula that forbids something can be tested. **Decide.** At 1.02 times the limit, will the loss
# after 60 steps be higher or lower than at the start?

# %% solution="guess-above_limit"
# "higher" or "lower"
### BEGIN SOLUTION
guess = "higher"
### END SOLUTION

# %%
limit = max_learning_rate(x_small)
loss = loss_at(x_small, y_small)
path = path_of(x_small, y_small, 1.02 * limit, 60)
result = "higher" if loss(*path[-1]) > loss(*path[0]) else "lower"
plots.resolve(guess, result, choices=["higher", "lower"])

# %%
print(f"the limit: {limit:.4f}")
print("learning rate / limit   loss after 0 steps   after 30   after 60")
for share in (0.5, 0.98, 1.02):
    path = path_of(x_small, y_small, share * limit, 60)
    start, middle, end = (loss(*path[k]) for k in (0, 30, 60))
    print(f"{share:21.2f}   {start:18.4f}   {middle:8.4f}   {end:8.4f}")

# %% [markdown]
# Two per cent below the limit descent arrives, and two per cent above it runs away. (With several
# outputs the MSE divides by $m\, n_\mathrm{out}$, so the limit is $n_\mathrm{out}$ times higher.)
#
# ## 5. Why scaling helps
#
# In lesson 10 the training part had $x$ from -68 to 48, and scaling made descent much faster. Now
# you can say why. The steepest curvature sets the learning rate. The flattest one then sets how
# many steps you need. So what counts is how many times steeper the steepest direction is.


# %%
def curvatures(x):
    """The smallest and the largest curvature, for one input, as in the worked example."""
    corner = np.mean(x)
    return np.linalg.eigvalsh([[2 * np.mean(x**2), 2 * corner], [2 * corner, 2]])


x_train = line()[0][16:]
x_scaled = (x_train - x_train.min()) / (x_train.max() - x_train.min())

print("inputs      limit   steepest / flattest")
for name, x in (("as they are", x_train), ("scaled", x_scaled)):
    flat, steep = curvatures(x)
    print(f"{name:11s} {max_learning_rate(x):.6f} {steep / flat:12.0f}")

# %% [markdown]
# From 1,369 to 19: the ravine has become a bowl. And the learning rate may be nearly a thousand
# times larger. You can see now why lesson 10's 0.0008 was too much: the limit is 0.000794.
#
# ### If you want more
#
# Add 100 to every $x$ of `x_small`. The differences between the inputs stay as they were. What
# happens to the limit, and to steepest over flattest? What would you do to the inputs first?
#
# ## Recap
#
# - Along one direction each step multiplies the distance from the lowest point by
#   $1 - \eta\lambda$.
# - The steepest direction is the first to fail. Its curvature is the largest eigenvalue of the
#   Hessian.
# - Scaled inputs make the curvatures more equal, so one learning rate serves all directions.
#
# ### The formulas on one card
#
# | what | formula | shape |
# |---|---|---|
# | Hessian, one output | $H = \frac2m (X\;1)^\top (X\;1)$ | $(n_\mathrm{in}+1, n_\mathrm{in}+1)$ |
# | one step, one direction | $s \leftarrow (1 - \eta\lambda)\, s$ | a number |
# | limit of the learning rate | $2 / \lambda_\mathrm{max}$ | a number |
#
# ### What comes next
#
# The loss of a deep network has a different curvature at each place, so no formula gives its limit.
# Lesson 14 finds a good learning rate by trying.
