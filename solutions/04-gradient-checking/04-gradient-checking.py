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
# # How to know that a gradient is right
#
# **After this lesson you will be able to**
#
# - measure the gradient of any function, without knowing how to differentiate it;
# - say with one number how far two gradients are apart, and which number is small enough;
# - choose a nudge that is neither too large nor too small;
# - recognise the one place where the test fails and your code is right;
# - find an input on which a hidden bug has to show.
#
# **Time**: about 75 minutes for 2,500 words to read and 8 exercises. **Builds on**: lesson 02, a
# layer's way back; lesson 03, softmax, cross-entropy and a whole backward pass.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import seed_001
from lessonlib.lessons import three_layers  # the functions of lesson 03
from lessonlib.lessons.suspect_gradients import (
    PLANTED_BUGS,
    candidates,
    forward_gradient,
    four_points,
    gradients,
    loss,
    right_run,
    small_network,
    steps_down_to,
    three_runs,
)
from lessonlib.nn import relu_derivative

# %% [markdown]
# ## Two questions before you start
#
# Answer from memory; look it up only if you must. Trying to remember is what makes it stay.
#
# ### From lesson 02
#
# Four units of a ReLU layer have $Z = (1.5,\; 0,\; -2,\; 0.25)$. The messages $dA = (3,\; 4,\; 5,\;
# -6)$ come back to them. What is $dZ$? Set `dZ` to a list of four numbers.

# %% solution="gradcheck-recall_1"
### BEGIN SOLUTION
dZ = [3, 0, 0, -6]
### END SOLUTION

# %% check="gradcheck.recall_1"

# %% [markdown]
# ### From lesson 03
#
# Softmax gave the probabilities $p = (0.2,\; 0.7,\; 0.1)$, and the target is $y = (1,\; 0,\; 0)$.
# What is the gradient of the cross-entropy with respect to the scores $z_3$? Set `dz3` to a list of
# three numbers.

# %% solution="gradcheck-recall_2"
### BEGIN SOLUTION
dz3 = [-0.8, 0.7, 0.1]
### END SOLUTION

# %% check="gradcheck.recall_2"

# %% [markdown]
# ## 1. A wrong gradient can look right
#
# Three copies of one small network learn to tell two classes of points apart. They start with the
# same weights, use the same data, and take 150 small steps against the gradient. They differ in one
# thing: **two of the three have a bug in their backward pass.** Every array has the right shape.

# %%
plots.loss_curve(three_runs(), title="Three runs, one right gradient")

# %% [markdown]
# **Decide.** Which run has the right gradient?

# %% solution="guess-run"
# "A", "B" or "C"
### BEGIN SOLUTION
guess = "B"
### END SOLUTION

# %%
plots.resolve(guess, right_run(), choices=["A", "B", "C"])

# %% [markdown]
# B is right, and B ends highest. A computes `dW2` from $Z_1$, what goes into the ReLU. C leaves
# out the mask. Steps against a wrong gradient often still lead roughly downhill, and on an easy
# problem anything roughly downhill will do. On a harder one it won't, and nobody will know why.
#
# So neither right shapes nor a falling loss tells you that a gradient is right.
#
# ## 2. Measure the slope
#
# The gradient is the slope: nudge a number by a small $h$, and the loss changes by about gradient
# times $h$. So you can measure any gradient without calculus, from values of the function alone.
#
# Take $f(x) = x^3$ at $x = 2$. Its slope there is $3x^2 = 12$. Without that formula, nudge $x$ to
# the right and draw a line through both points. Or nudge it to the right **and** to the left. Step
# through four sizes of $h$, and watch both lines.

# %%
plots.secants(lambda x: x**3, at=2, slope=12, steps=(0.8, 0.4, 0.2, 0.1))

# %% [markdown]
# The <dfn>forward difference</dfn> is the slope of the line from a point to its neighbour on one
# side. Here it is too steep, because the curve gets steeper on the way. The <dfn>central
# difference</dfn> is the slope of the line through both neighbours. It is much better: to the right
# the curve is steeper than at 2, to the left it is less steep, and the two errors nearly cancel.
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$$
#
# The distance between the two points is $2h$, not $h$.
#
# **Worked example**, with $h = 0.1$. We need $2.1^3 = 9.261$ and $1.9^3 = 6.859$.
#
# | | rise | run | slope | error |
# |---|---|---|---|---|
# | forward | $9.261 - 8 = 1.261$ | $0.1$ | $12.61$ | $0.61$ |
# | central | $9.261 - 6.859 = 2.402$ | $0.2$ | $12.01$ | $0.01$ |
#
# **Now with gaps**, with $h = 0.01$: $2.01^3 = 8.120601$ and $1.99^3 = 7.880599$. How many times
# smaller does each error get?
#
# | | rise | run | slope | error |
# |---|---|---|---|---|
# | forward | $8.120601 - 8 = \ldots$ | $\ldots$ | $\ldots$ | $\ldots$ |
# | central | $8.120601 - \ldots = \ldots$ | $\ldots$ | $\ldots$ | $\ldots$ |
#
# <details><summary>Compare</summary>
#
# Forward: 0.120601 / 0.01 = 12.0601, error 0.0601. Central: 0.240002 / 0.02 = 12.0001, error
# 0.0001. With $h$ ten times smaller, the forward error gets ten times smaller, and the central
# error a hundred times.
#
# </details>
#
# ### More than one number
#
# A loss depends on every entry of every weight matrix, and the gradient has a slope for each of
# them. To measure them, **nudge one entry at a time and leave all the others where they are.**
#
# **Worked example.** $\theta$ (theta) is an array with two entries, 3 and 2, and $f(\theta)$ is the
# first entry squared, times the second. Take $h = 0.1$ and nudge the first entry, to 3.1 and to
# 2.9:
#
# $$\frac{3.1^2 \cdot 2 - 2.9^2 \cdot 2}{0.2} = \frac{19.22 - 16.82}{0.2} = 12$$
#
# Then put the first entry back to 3 and nudge the second, to 2.1 and to 1.9:
#
# $$\frac{3^2 \cdot 2.1 - 3^2 \cdot 1.9}{0.2} = \frac{18.9 - 17.1}{0.2} = 9$$
#
# The gradient is $(12, 9)$, an array with the shape of $\theta$.
#
# An array may be a row, a table or a single number of shape `()`. `np.ndindex` takes a shape and
# gives the index of each entry, whatever the shape:

# %%
table = np.array([[10, 20, 30], [40, 50, 60]])
for i in np.ndindex(table.shape):
    print(f"index {i}: {table[i]}")

# %% [markdown]
# ### Your turn: `numeric_gradient`
#
# `f` takes an array like `theta` and returns one number. `theta` may have any shape, `()` too. It
# may hold whole numbers, and it must be unchanged when you are done. The gradient has the shape of
# `theta` and holds floats. The usual `h` is `1e-5`, Python's way to write 0.00001.


# %% solution="gradcheck-numeric_gradient"
def numeric_gradient(f, theta, h=1e-5):
    """The gradient of f at theta by central differences, in the shape of theta."""
    ### BEGIN SOLUTION
    theta = np.array(theta, dtype=float)
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        step = np.zeros(theta.shape)
        step[i] = h
        grad[i] = (f(theta + step) - f(theta - step)) / (2 * h)
    return grad
    ### END SOLUTION


# %% check="gradcheck.numeric_gradient"

# %% [markdown]
# ## 3. How close is close enough?
#
# A measured gradient and a computed one hardly ever agree in every digit. We need a rule for "close
# enough". NumPy has one ready: `np.allclose(a, b, rtol=..., atol=...)` is True if each entry of `a`
# differs from that of `b` by at most `atol` plus `rtol` times the size of the entry. One hundredth
# for both looks strict.
#
# **Decide.** A network with small weights has small gradients, here about 0.003. Three wrong
# gradients try to get past `allclose`: all zeros, the wrong sign, and three times too large. How
# many will it let pass?

# %% solution="guess-allclose"
# a number from 0 to 3
### BEGIN SOLUTION
guess = 3
### END SOLUTION

# %%
right = np.array([0.003, -0.002, 0.004])
wrong = {"all zeros": 0 * right, "wrong sign": -right, "three times too large": 3 * right}
passed = 0
for gradient in wrong.values():
    passed += int(np.allclose(gradient, right, rtol=1e-2, atol=1e-2))
plots.resolve(guess, passed)

# %% [markdown]
# All of them. An error of 0.004 is below 0.01, but here it is as large as the gradient itself. What
# counts is the size of the difference **compared with the gradients**. The <dfn>relative
# error</dfn> between two arrays is the length of their difference, divided by the lengths of both
# together:
#
# $$\mathrm{relative\ error} = \frac{\lVert a - b \rVert}{\lVert a \rVert + \lVert b \rVert}
# \qquad \lVert a \rVert = \sqrt{\textstyle\sum_i a_i^2}$$
#
# The double bars mean the length of an array. In NumPy that is `np.linalg.norm`. The error is 0 if
# the arrays are equal, and never more than 1.
#
# **Worked example.** $a = (3, 4)$ and $b = (0, 4)$. The difference is $(3, 0)$ with length 3. The
# lengths of $a$ and $b$ are 5 and 4. So the relative error is $3 / (5 + 4) = 0.333$.
#
# **Now with gaps.** $a = (0.003, 0.004)$ and $b = (0, 0)$, a gradient that somebody forgot to fill
# in. The difference has length $\ldots$, the two lengths are $\ldots$ and $\ldots$, and the
# relative error is $\ldots$
#
# <details><summary>Compare</summary>
#
# The difference has length 0.005, the lengths are 0.005 and 0. The relative error is 0.005 / 0.005
# = 1, as bad as it can be. That the numbers are small doesn't help.
#
# </details>
#
# ### Your turn: `relative_error`
#
# Return one number. For two arrays of zeros the formula would divide 0 by 0; they are equal, so
# return 0.


# %% solution="gradcheck-relative_error"
def relative_error(a, b):
    """The length of a - b, relative to the lengths of a and b together; 0 for two zeros."""
    ### BEGIN SOLUTION
    both = np.linalg.norm(a) + np.linalg.norm(b)
    if both == 0:
        return 0.0
    return np.linalg.norm(a - b) / both
    ### END SOLUTION


# %% check="gradcheck.relative_error"

# %% [markdown]
# Here is the rule for the relative error:
#
# - **below 1e-6** the two agree;
# - **above 1e-4** they disagree: there is a bug, or you measured at a bad place (section 5);
# - **in between**, look closer. Is something rounded?
#
# ### Eight bugs, two rules
#
# Here are eight backward passes for a network with one ReLU layer and softmax. Its weights are
# about 0.01. Each has a bug that people really make. To check one parameter, we need the loss as a
# function of that parameter alone. That is `f` below; `{**parameters, name: value}` is a copy with
# one entry replaced. `f` is defined inside another function, so it can use that function's names.


# %%
def in_words(error):
    """What a relative error says."""
    if error < 1e-6:
        return "agree"
    return f"disagree, {error:.4f}" if error > 1e-4 else "look closer"


def error_of(name, claimed, X, Y, parameters):
    """The relative error of a claimed gradient of the loss for the parameter `name`."""

    def f(value):
        return loss(X, Y, {**parameters, name: value})

    return relative_error(claimed, numeric_gradient(f, parameters[name]))


X_small, Y_small, small = small_network(size=0.01)
true_grads = gradients(X_small, Y_small, small)
print(f"{'bug':26s} {'allclose':10s} gradient and measurement")
for bug, backward in {**PLANTED_BUGS, "(no bug)": gradients}.items():
    grads = backward(X_small, Y_small, small)
    loose, worst = True, 0
    for name in small:
        same = np.allclose(grads["d" + name], true_grads["d" + name], rtol=1e-2, atol=1e-2)
        loose = loose and same
        worst = max(worst, error_of(name, grads["d" + name], X_small, Y_small, small))
    print(f"{bug:26s} {'lets pass' if loose else 'catches':10s} {in_words(worst)}")

# %% [markdown]
# `allclose` lets six of the eight pass, a gradient of zeros and one with the wrong sign among them.
# The relative error catches all eight and raises no false alarm.
#
# ## 4. How large a step?
#
# We call $h$ the step. A smaller step gives a smaller error, so why not take $10^{-12}$? Let's try
# steps from 0.1 down to $10^{-14}$. The function is a sum of six cubes, so we know the true slopes.
# `forward_gradient` uses forward differences, for comparison.

# %%
points = np.array([0.3, 0.7, 1.1, 1.3, 1.7, 1.9])
slopes = 3 * points * points


def sum_of_cubes(x):
    return np.sum(x * x * x)


steps, one_side, both_sides = steps_down_to(14), [], []
for h in steps:
    one_side.append(relative_error(forward_gradient(sum_of_cubes, points, h), slopes))
    both_sides.append(relative_error(numeric_gradient(sum_of_cubes, points, h), slopes))
plots.step_sweep(
    steps,
    {"forward difference": one_side, "central difference": both_sides},
    {"a line like h²": steps * steps / 10, "a line like 1 / h": 1e-16 / steps},
    title="The error of two measurements, step by step",
)

# %% [markdown]
# On both axes the same distance means the same factor. There $h^2$ and $1/h$ are straight lines,
# the grey ones. Each curve is a valley with two branches, and each branch is an error of its own.
#
# - The branch on the **right** is truncation. The <dfn>truncation error</dfn> is what a formula
#   leaves out: here, that the curve bends. It shrinks with $h$ for the forward difference, and with
#   $h^2$ for the central one.
# - The branch on the **left** is rounding. The <dfn>rounding error</dfn> comes from the last digits
#   that a float can hold; it has about 16. With $h = 10^{-10}$ the two values of $f$ agree in their
#   first nine or ten digits. Subtract them, and only about six are left. This error grows like
#   $1/h$.
#
# ### Your turn: read off the best step
#
# At which step is the **central** difference most accurate? Read it off the figure and set `best_h`
# to the nearest power of ten.

# %% solution="gradcheck-best_step"
### BEGIN SOLUTION
best_h = 1e-5
### END SOLUTION

# %% check="gradcheck.best_step"

# %% [markdown]
# ## 5. On the corner
#
# Here is a small ReLU network on the four points (0, 0), (0, 1), (1, 0) and (1, 1). The biases of
# its ReLU units are all 0, as in many networks at the start. Its backward pass is the one without a
# bug from section 3.
#
# **Decide.** How many of its four gradients dW1, db1, dW2 and db2 will disagree with the measured
# ones?

# %% solution="guess-corner"
# a number from 0 to 4
### BEGIN SOLUTION
guess = 0
### END SOLUTION


# %%
def errors_with(b1):
    """The relative errors of the network whose ReLU units all have the bias b1."""
    X, Y, parameters = four_points(b1=b1)
    grads = gradients(X, Y, parameters)
    errors = {}
    for name in parameters:
        errors[name] = error_of(name, grads["d" + name], X, Y, parameters)
    return errors


def how_many_disagree(errors):
    """How many of the relative errors are above the limit."""
    count = 0
    for error in errors.values():
        if error > 1e-4:
            count += 1
    return count


def show(errors):
    """Print what each relative error says."""
    for name, error in errors.items():
        print(f"d{name}: {in_words(error)}")


plots.resolve(guess, how_many_disagree(errors_with(b1=0.0)))

# %%
show(errors_with(b1=0.0))

# %% [markdown]
# `db1` disagrees, by 0.27. Is there a bug after all? Look at the point (0, 0). There
# $z = W \cdot 0 + b = b$, and with zero biases that is exactly 0, for every unit. We are measuring
# on the corner of the ReLU: one neighbour is on the flat side, the other on the steep side. (A
# nudged weight leaves $z$ at 0 there, because the input is 0. So `dW1` agrees.)

# %%
plots.function(
    np.linspace(-1, 1, 81),
    {"relu(z)": lambda z: np.maximum(0, z), "from -0.5 to 0.5": lambda z: 0.25 + 0.5 * z},
    title="A central difference across the corner",
    xlabel="z",
    ylabel="relu(z)",
)

# %% [markdown]
# The central difference says 1/2. Our code says 0, as we agreed in lesson 01. A corner has no
# slope, so no measurement there can say which is right. **The test fails, and the code is right.**
#
# A corner of a function, where its slope jumps, is called a <dfn>kink</dfn>. A check across a kink
# says nothing. If a gradient disagrees, first ask whether some $z$ is 0, or so close to 0 that a
# nudge of $h$ carries it across. If so, measure somewhere else. With all biases at 0.1, no unit is
# near its kink on any of the four points:

# %%
show(errors_with(b1=0.1))

# %% [markdown]
# ## 6. Find the bugs
#
# **Some of these gradients are wrong on purpose.** Seven people each hand in a function `f`, a
# point `theta`, and a claim: "this is the gradient of `f` at `theta`". Some claims are wrong, one
# by only a tenth of a per cent.
#
# | name | `f(theta)` |
# |---|---|
# | square | the mean of the squared differences between `theta` and a fixed table |
# | softmax | the cross-entropy of softmax(`theta`), for a fixed class |
# | length | the length of `theta` |
# | product | a fixed row, times the matrix `theta`, times a fixed column |
# | tiny | the sum of the cubes of `theta`, times a billionth (1e-9) |
# | corner | the sum of relu(`theta`) |
# | layer | the loss of section 3's network, with larger weights; `theta` is its `W1` |
#
# The next cell goes through the claims. Change its last line into a test: measure each gradient,
# and print its relative error. Where claim and measurement disagree, ask which of them is to blame.

# %%
claims = candidates()
for name, (f, theta, claimed) in claims.items():
    print(f"{name:8s} f(theta) = {f(theta):9.2g}   theta {theta.shape}, claim {claimed.shape}")

# %% [markdown]
# Set `suspects` to the names of the wrong claims, as a set: `{"...", "..."}`.

# %% solution="gradcheck-suspects"
### BEGIN SOLUTION
for _name, (_f, _theta, _claimed) in claims.items():
    _error = relative_error(_claimed, numeric_gradient(_f, _theta))
    print(f"{_name:8s} {in_words(_error)}")
# corner is on the kink in one entry: its claim keeps to the agreement and is right
suspects = {"softmax", "product", "tiny"}
### END SOLUTION

# %% check="gradcheck.suspects"

# %% [markdown]
# ## 7. A bug that passes the test
#
# Lesson 03's example came from a published solution that rounds $p$. Its code has a second mistake.
# **This cell is wrong on purpose:** it is that code, without the rounding.


# %%
def published_backward(x, y, parameters, cache):
    dz3 = cache["p"] - y
    dz2 = parameters["W3"].T @ dz3
    dz1 = (parameters["W2"].T @ dz2) * relu_derivative(cache["z1"])
    weights = {"dW1": dz1 @ x.T, "dW2": dz2 @ cache["a1"].T, "dW3": dz3 @ cache["a2"].T}
    return {**weights, "db1": dz1, "db2": dz2, "db3": dz3}


# %% [markdown]
# **Decide.** We check all six gradients on the published input, $x = (2, 1, 3)$. How many will
# disagree with the measurement?

# %% solution="guess-published"
# a number from 0 to 6
### BEGIN SOLUTION
guess = 1
### END SOLUTION


# %%
net = seed_001()


def measured(x, name):
    """The measured gradient of the parameter `name` on the input x."""

    def f(value):
        p = three_layers.forward(x, {**net, name: value})["p"]
        return three_layers.cross_entropy(p, net["y"])

    return numeric_gradient(f, net[name])


def errors_on(x, backward):
    """The relative errors of a backward pass on the input x."""
    grads = backward(x, net["y"], net, three_layers.forward(x, net))
    errors = {}
    for name in ("W1", "b1", "W2", "b2", "W3", "b3"):
        errors[name] = relative_error(grads["d" + name], measured(x, name))
    return errors


plots.resolve(guess, how_many_disagree(errors_on(net["x"], published_backward)))

# %% [markdown]
# The test passes, and there is a bug. Compare the code with your `backward` of lesson 03. Which
# step is missing?
#
# <details><summary>Compare</summary>
#
# The line that makes dz2 has no mask. The messages pass layer 2, whether its units fire or not.
#
# </details>
#
# On this input the bug can't show. Here $z_2 = (2, 4)$, so the mask is all ones, and multiplying by
# ones changes nothing. Leave the rounding aside. The printed numbers were all right, and the code
# was wrong. A gradient check tests the code at one point only. So choose several, with units that
# fire and units that are silent in every hidden layer.
#
# **Find an input that gives the bug away.** Weights, biases and target stay; only $x$ is yours. On
# it, `dW1` or `dW2` must come out differently with and without layer 2's mask. This cell shows what
# layers 1 and 2 make of an input:


# %%
def look(x):
    seen = three_layers.forward(x, net)
    for name in ("a1", "z2"):
        print(f"{name} = " + ", ".join(f"{number:.1f}" for number in seen[name].ravel()))


look(np.array([[2.0], [1.0], [3.0]]))

# %%
plots.network(
    [net["W1"], net["W2"]],
    [net["b1"], net["b2"]],
    names=["input x", "layer 1: ReLU", "layer 2: ReLU"],
    title="The first two layers, with their weights and biases",
)

# %% [markdown]
# ### Your turn: an `x` that shows it
#
# Set `x` to a column of three numbers: an array of shape (3, 1).

# %% solution="hand-revealing_input"
### BEGIN SOLUTION
x = np.array([[-3.0], [0.0], [4.0]])
### END SOLUTION

# %% check="hand.revealing_input"

# %% [markdown]
# Now check the published code on your $x$:

# %%
show(errors_on(x, published_backward))

# %% [markdown]
# ### In your own words
#
# A colleague has written a backward pass and says: "All shapes are right, the loss falls, and
# `np.allclose` with tolerances of 0.01 finds no difference to a numeric gradient." Explain in four
# or five sentences why each of the three is weak evidence, and what you would ask for instead.
# Write yours first: the fold below has a model answer and says what earns the two points.

# %% [markdown] written="gradcheck-explain" points=2
# <!-- BEGIN SOLUTION -->
# Shapes: most bugs leave them as they are, a missing mask, a lost 1/m or a wrong sign among them. A
# falling loss: steps against a wrong gradient often still lead roughly downhill; in section 1 two
# runs with a bug fell, and ended lower than the right one. allclose with 0.01: where the gradients
# themselves are smaller than that, zeros and flipped signs pass. I would ask for the relative error
# of each parameter's gradient against central differences with a step near 1e-5. It should be below
# 1e-6, at several points where no unit is on its kink and each layer has units that fire and silent
# ones.
# <!-- END SOLUTION -->

# %% [markdown] rubric="gradcheck-explain"
# - 1 point: why at least two of the three are weak, each with its reason (bugs keep the shapes; a
#   wrong gradient can still lead downhill; an absolute tolerance passes small gradients).
# - 1 point: asks for the relative error against central differences, parameter by parameter, with
#   a limit or with a word on where to measure.

# %% [markdown]
# ### If you want more
#
# Copy your own `backward` from lesson 03 into a new cell, and let `errors_on` test it on several
# inputs. Then break it on purpose. Which bugs does the test find? (The extra x1 measures a slope
# without a subtraction.)
#
# ## Recap
#
# - Central differences nudge one entry at a time, to both sides, and divide by $2h$.
# - Compare with the relative error of each array as a whole, never with an absolute tolerance.
# - With a large step the formula is off, with a tiny one the digits run out.
# - Across a kink the measurement says nothing. Measure somewhere else.
# - A check tests one point. Choose points where every step of the code matters.
# - Measuring asks for the loss twice for each entry of each parameter. That is a test for small
#   networks. For training there is back-propagation.
#
# ### The formulas on one card
#
# | what | formula | right if |
# |---|---|---|
# | central difference | $(f(\theta + h e_k) - f(\theta - h e_k)) \,/\, (2h)$ | $h$ as `best_h` |
# | relative error | $\lVert a - b \rVert \,/\, (\lVert a \rVert + \lVert b \rVert)$ | below 1e-6 |
# | near a kink | some $z$ is 0, or closer to 0 than a nudge moves it | measure elsewhere |
#
# The array $e_k$ is 1 in place $k$ and 0 in all others: it nudges one entry.
#
# ### What comes next
#
# In lesson 05 you meet a problem of four points that no single layer can solve. In lesson 06 you
# train a network that solves it. You write its backward pass, and now you know how to test it.
