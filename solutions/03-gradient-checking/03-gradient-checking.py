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
# - choose a step that is neither too large nor too small, and do without the choice;
# - recognise the one place where the measurement is wrong and your code is right;
# - hunt for bugs in any backward pass, your own included.
#
# **Time**: about 85 minutes for 3,100 words to read and 9 exercises. **Builds on**: lesson 01 (a
# layer, its mask), lesson 02 (softmax, cross-entropy, a whole backward pass).

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import two_moons
from lessonlib.lessons.relu_layer import layer_backward, layer_forward
from lessonlib.lessons.suspect_gradients import (
    ONE_OF_THREE,
    PLANTED_BUGS,
    candidates,
    forward,
    gradients,
    loss,
    small_network,
    xor_network,
)

# %% [markdown]
# ## Two questions before you start
#
# Answer from memory first, and look it up only if you must: trying to remember is what makes it
# stay.
#
# ### From lesson 01
#
# Four units of a ReLU layer have $Z = (1.5,\; 0,\; -2,\; 0.25)$, and the messages $dA = (3,\; 4,\;
# 5,\; -6)$ come back to them. What is $dZ$? Set `dZ` to a list of four numbers.

# %% solution="gradcheck-recall_1"
### BEGIN SOLUTION
dZ = [3, 0, 0, -6]
### END SOLUTION

# %% check="gradcheck.recall_1"
check("gradcheck.recall_1", dZ=dZ)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Take the four entries one at a time, each on its own. For each of them there is one number that
#    went into the ReLU on the way forward (in Z) and one message that arrives on the way back (in
#    dA).
# 2. The chain rule multiplies the message by the slope of the step that it goes through. The slope
#    of the ReLU is 1 where Z is above 0, and 0 elsewhere. In lesson 01 you agreed on a number for
#    the corner, where Z is exactly 0.
# 3. So write down four slopes first, each a 1 or a 0, by looking at Z alone. Then multiply each
#    slope by its message. The sign of a message plays no part in the decision.
#
# </details>

# %% [markdown]
# ### From lesson 02
#
# Softmax gave the probabilities $p = (0.2,\; 0.7,\; 0.1)$, and the target is $y = (1,\; 0,\; 0)$.
# What is the gradient of the cross-entropy with respect to the scores $z_3$ that went into softmax?
# Set `dz3` to a list of three numbers.

# %% solution="gradcheck-recall_2"
### BEGIN SOLUTION
dz3 = [-0.8, 0.7, 0.1]
### END SOLUTION

# %% check="gradcheck.recall_2"
check("gradcheck.recall_2", dz3=dz3)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. You had this in lesson 02, in output_gradient. Softmax and cross-entropy together have a
#    gradient so simple that you can do it in your head: one subtraction for each class.
# 2. Ask what the network should do to get better. The right class should get more probability, the
#    wrong ones less. Training goes against the gradient. So the gradient is negative for the right
#    class and positive for the others.
# 3. Check it with a sum. Both p and y sum to 1, so the three numbers of the gradient must sum to 0.
#    For each class it is the probability that the network gave, less the one that it should have
#    given.
#
# </details>

# %% [markdown]
# ## 1. A wrong gradient can look right
#
# Two interlocking half circles of points, and a network with eight ReLU units that should tell them
# apart. A step of training subtracts a little of the gradient from each parameter, and the loss
# goes down. Here are three such runs, from the same start, with the same data. They differ in one
# thing: **two of the three use a backward pass with a bug.** Every array has the right shape.
#
# **Decide.** Run the cell and look at the curves. Which of A, B and C has the right gradient? Write
# a letter down before you open the fold.

# %%
X_moons, y_moons = two_moons(60, np.random.default_rng(0))
X_moons, Y_moons = X_moons.T, np.hstack([1 - y_moons, y_moons]).T


def run(backward, steps=150, rate=0.1):
    """Train from a fixed start; return the loss before each step."""
    rng = np.random.default_rng(0)
    parameters = {
        "W1": rng.normal(size=(8, 2)),
        "b1": 0.1 * rng.normal(size=(8, 1)),
        "W2": 0.5 * rng.normal(size=(2, 8)),
        "b2": np.zeros((2, 1)),
    }
    losses = []
    for _ in range(steps):
        losses.append(loss(X_moons, Y_moons, parameters))
        grads = backward(X_moons, Y_moons, parameters)
        parameters = {name: parameters[name] - rate * grads["d" + name] for name in parameters}
    return losses


runs = {letter: run(backward) for letter, backward in ONE_OF_THREE.items()}
plots.loss_curve(runs, title="Three runs, one right gradient")

# %% [markdown]
# <details><summary>Compare</summary>
#
# B is right, and B ends highest. A makes `dW2` from $Z_1$, the numbers before the ReLU, where it
# should take those behind it. C sends messages through units that were silent. Both fall faster
# here. A wrong gradient often still points roughly downhill, and on an easy problem anything
# roughly downhill will do. On a harder one it will not, and nobody will know why.
#
# </details>
#
# So neither the shapes nor a falling loss tells you that a gradient is right. Something else does.
#
# ## 2. Measure the slope
#
# In lesson 01 you raised a bias by a little and looked at what the loss did. A gradient is a
# promise about that, and it can be put to the test. No calculus is needed, only the function
# itself.
#
# Take a function of one number, $f(x) = x^3$, at $x = 2$. From school: its slope is $3x^2$, so 12.
# How would you find that out by asking only for values of $f$? Go a step $h$ to the right and draw
# the line through both points. Or go a step to the right **and** a step to the left.

# %%
x_line = np.linspace(1, 3, 101)
step = 0.8
rise_forward = ((2 + step) ** 3 - 2**3) / step
rise_central = ((2 + step) ** 3 - (2 - step) ** 3) / (2 * step)
plots.function(
    x_line,
    {
        "f(x) = x³": lambda x: x**3,
        "true slope at 2": lambda x: 8 + 12 * (x - 2),
        "from 2 to 2.8": lambda x: 8 + rise_forward * (x - 2),
        "from 1.2 to 2.8": lambda x: 1.2**3 + rise_central * (x - 1.2),
    },
    title="Two lines that measure the slope at 2",
    xlabel="x",
    ylabel="f(x)",
)

# %% [markdown]
# The <dfn>forward difference</dfn> is the slope of the line from a point to its neighbour on one
# side. It is too steep here, for the curve grows steeper on the way. The <dfn>central
# difference</dfn> is the slope of the line through both neighbours. That line is nearly parallel to
# the one with the true slope: to the right the curve is steeper than at 2, to the left it is less
# steep, and the two nearly cancel. As a formula:
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
# **Now with gaps**, with $h = 0.01$: $2.01^3 = 8.120601$ and $1.99^3 = 7.880599$. By how much does
# each error shrink?
#
# | | rise | run | slope | error |
# |---|---|---|---|---|
# | forward | $8.120601 - 8 = \ldots$ | $\ldots$ | $\ldots$ | $\ldots$ |
# | central | $8.120601 - \ldots = \ldots$ | $\ldots$ | $\ldots$ | $\ldots$ |
#
# <details><summary>Compare</summary>
#
# Forward: 0.120601 / 0.01 = 12.0601, error 0.0601. Central: 0.240002 / 0.02 = 12.0001, error
# 0.0001. A step ten times smaller makes the forward error ten times smaller and the central error a
# hundred times smaller.
#
# </details>
#
# ### More than one number
#
# A loss depends on many numbers: every entry of every weight matrix. The gradient has one slope for
# each of them. To measure it, **move one entry at a time and leave all the others where they are.**
#
# **Worked example.** $f(\theta) = \theta_0^2\, \theta_1$ at $\theta = (3, 2)$, with $h = 0.1$. The
# slope for $\theta_0$: only $\theta_0$ moves, to 3.1 and to 2.9.
#
# $$\frac{3.1^2 \cdot 2 - 2.9^2 \cdot 2}{0.2} = \frac{19.22 - 16.82}{0.2} = 12$$
#
# **Now with gaps.** The slope for $\theta_1$: now $\theta_0$ is back at 3.
#
# $$\frac{3^2 \cdot \ldots - 3^2 \cdot \ldots}{0.2} = \frac{\ldots - \ldots}{0.2} = \ldots$$
#
# <details><summary>Compare</summary>
#
# The entry moves to 2.1 and to 1.9, so the values are 18.9 and 17.1, and 1.8 / 0.2 is 9. The
# gradient is the array (12, 9), of the same shape as theta.
#
# </details>
#
# ### Your turn: `numeric_gradient`
#
# `f` takes an array like `theta` and returns one number. `theta` may have any shape: a single
# number of shape `()`, a row, a table, or more. It may hold whole numbers, and it must be unchanged
# when you are done. The gradient has the shape of `theta` and holds floats.


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
check("gradcheck.numeric_gradient", numeric_gradient)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Do one coordinate by hand first, as in the worked example: f with that coordinate a little
#    higher, f with it a little lower, the difference, divided by the distance. Everything else in
#    theta stays where it is.
# 2. Then do it for every coordinate. `np.ndindex(theta.shape)` gives the index of each entry,
#    whatever the shape. Collect the slopes in an array of float zeros with the shape of theta; if
#    theta holds integers, make a float copy first.
# 3. In each round make a fresh array of zeros like theta with h in one place, and call it step.
#    Then f has to be asked twice: for theta with the step added and for theta with the step taken
#    away. Divide the difference by `(2 * h)`, with the parentheses. Return after the loop.
#
# </details>

# %% [markdown]
# Now use it. Here is lesson 01's layer, with the sum of all its activations as the loss, so that
# every entry of `dA` is 1. Put `layer_backward` to the test: does it keep its promise for `W`?
#
# **Decide, then run.** How many digits of the two rows will agree?

# %%
rng = np.random.default_rng(1)
W, b, X = rng.normal(size=(4, 3)), rng.normal(size=(4, 1)), rng.normal(size=(3, 5))
Z, A = layer_forward(W, b, X)
dW, db, dX = layer_backward(np.ones_like(A), Z, W, X)


def loss_of_w(W):
    """The loss as a function of W alone; b and X stay as they are."""
    return np.sum(layer_forward(W, b, X)[1])


measured = numeric_gradient(loss_of_w, W)
print("first row of dW, promised:", "  ".join(f"{entry:11.8f}" for entry in dW[0]))
print("first row of dW, measured:", "  ".join(f"{entry:11.8f}" for entry in measured[0]))

# %% [markdown]
# They agree in all eight digits behind the point. If you print more, you will see them part at
# about the eleventh. Is that good enough? We need a rule, and it must not depend on how large the
# numbers happen to be.
#
# ## 3. How close is close enough?
#
# NumPy has a ready-made comparison, `np.allclose(a, b, rtol=..., atol=...)`. It says True if each
# entry of `a` differs from that of `b` by no more than `atol` plus `rtol` times the size of the
# latter. Tolerances of one in a hundred look strict enough.
#
# **Decide, then run.** A network whose weights are about 0.01 has gradients of about 0.003. Which
# of the three wrong gradients below will be let through?

# %%
right = np.array([0.003, -0.002, 0.004])
wrong = {"all zeros": 0 * right, "wrong sign": -right, "three times too large": 3 * right}
for what, gradient in wrong.items():
    answer = np.allclose(gradient, right, rtol=1e-2, atol=1e-2)
    print(f"{what:22s} allclose says {answer}")

# %% [markdown]
# All of them. An error of 0.004 is below 0.01, but here it is as large as the gradient itself. What
# counts is how large the difference is **compared with the gradients**. The <dfn>relative
# error</dfn> between two arrays is the length of their difference, divided by the lengths of both
# together. As a formula:
#
# $$\mathrm{relative\ error} = \frac{\lVert a - b \rVert}{\lVert a \rVert + \lVert b \rVert}
# \qquad \lVert a \rVert = \sqrt{\textstyle\sum_i a_i^2}$$
#
# It is 0 if the two are equal and never more than 1. It takes the array as a whole, so that one
# entry near 0, with its unavoidable rounding, raises no alarm.
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
# = 1, as bad as it can be. That the numbers are small does not help.
#
# </details>
#
# ### Your turn: `relative_error`
#
# Return one number. For two arrays of zeros the formula would divide 0 by 0; they are equal, so the
# answer is 0.


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
check("gradcheck.relative_error", relative_error)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. The double bars mean the length of an array, taken as one long arrow: the root of the sum of
#    the squares of all its entries. np.linalg.norm gives it, for a row and for a table.
# 2. You need three lengths: of the difference, of a, and of b. Only the first stands above the
#    line. The other two are added below it, in parentheses. The result is one number.
# 3. One case is left. If both arrays are zero, you would divide 0 by 0. They are equal, so the
#    answer is 0. Ask whether the sum below the line is 0 before you divide by it. Do not add a
#    small constant there: it would hide the errors of small gradients.
#
# </details>

# %%
for what, gradient in wrong.items():
    print(f"{what:22s} relative error {relative_error(gradient, right):.3f}")
tiny_error = relative_error(dW, measured) < 1e-9
print(f"{'layer_backward, dW':22s} relative error below a billionth: {tiny_error}")

# %% [markdown]
# The wrong ones are off by 0.5 and more, the right one by less than a billionth. Between the two
# there is room for a clear rule:
#
# - **below 1e-6: right.** What is left comes from the measurement.
# - **above 1e-4: wrong**, or measured at a bad place (section 6).
# - between them: look closer. Is something rounded, or in single precision?
#
# ### Eight bugs, two rules
#
# Here are eight backward passes for a network with one ReLU layer and softmax, its weights about
# 0.01. Each has a bug, and each is one that people really make. To check a parameter we need the
# loss as a function of that parameter alone: `{**parameters, name: value}` is a copy of the
# dictionary with one entry replaced.

# %%
X_small, Y_small, parameters_small = small_network(size=0.01)


def error_of(name, claimed, method, X, Y, parameters):
    """The relative error of a claimed gradient of the loss for the parameter `name`."""

    def f(value):
        return loss(X, Y, {**parameters, name: value})

    return relative_error(claimed, method(f, parameters[name]))


def worst_error(backward, method, X, Y, parameters):
    """The largest of the relative errors of dW1, db1, dW2 and db2."""
    grads = backward(X, Y, parameters)
    return max(error_of(n, grads["d" + n], method, X, Y, parameters) for n in parameters)


# %% [markdown]
# **Decide, then run.** The loose rule is `allclose` with tolerances of 1e-2. How many of the eight
# will it catch?

# %%
true_grads = gradients(X_small, Y_small, parameters_small)


def loose(backward):
    """What allclose with loose tolerances says of all four gradients together."""
    grads = backward(X_small, Y_small, parameters_small)
    return all(np.allclose(grads[n], true_grads[n], rtol=1e-2, atol=1e-2) for n in grads)


def in_words(error, limit):
    """The error in two digits, or that it is below the limit."""
    return f"{error:.2f}, wrong" if error > limit else f"below {limit:.0e}, right"


print(f"{'bug':26s} {'loose rule':12s} relative error")
for bug, backward in {**PLANTED_BUGS, "(no bug)": gradients}.items():
    worst = worst_error(backward, numeric_gradient, X_small, Y_small, parameters_small)
    says = "lets pass" if loose(backward) else "catches"
    print(f"{bug:26s} {says:12s} {in_words(worst, limit=1e-6)}")

# %% [markdown]
# The loose rule lets six of the eight pass, among them a gradient of zeros and one with the wrong
# sign. The relative error catches all eight and raises no false alarm: the last line, without a
# bug, stays below the limit. Its error is about $2 \cdot 10^{-9}$, so there is room to spare.
#
# ## 4. How large a step?
#
# The smaller $h$, the better the central difference. In section 2 a ten times smaller step made the
# error a hundred times smaller. So why not take $h = 10^{-12}$?
#
# **Decide, then run.** Once more cubes, now the sum of six of them, so that the slopes are $3x^2$
# for each. We measure them with steps from 0.1 down to $10^{-14}$, forward and central. Sketch the
# two error curves before you run the cell.

# %%
points = np.array([0.3, 0.7, 1.1, 1.3, 1.7, 1.9])
slopes = 3 * points * points


def sum_of_cubes(x):
    return np.sum(x * x * x)


def forward_difference(h):
    """The six slopes, each from a point to its neighbour on the right."""
    here = sum_of_cubes(points)
    return np.array([(sum_of_cubes(points + h * e) - here) / h for e in np.eye(6)])


def steps_down_to(smallest):
    """Steps from 0.1 down to 10 to the power of -smallest, five for each power of ten."""
    digits = ("1", "1.6", "2.5", "4", "6.3")
    return np.array([float(f"{d}e-{k}") for k in range(smallest, 0, -1) for d in digits][:-4])


steps = steps_down_to(14)
ahead = [relative_error(forward_difference(h), slopes) for h in steps]
central = [relative_error(numeric_gradient(sum_of_cubes, points, h), slopes) for h in steps]
plots.step_sweep(
    steps,
    {"forward difference": ahead, "central difference": central},
    {"a line like h²": steps * steps / 10, "a line like 1 / h": 1e-16 / steps},
    title="The error of two measurements, step by step",
)

# %% [markdown]
# Both axes are logarithmic: the same distance along an axis always means the same factor. Each
# curve is a valley between two branches, and each branch is an error of its own. The dashed grey
# line is like $h^2$, the dotted one like $1/h$.
#
# - **Truncation, on the right.** The <dfn>truncation error</dfn> is what a formula leaves out:
#   here, that the curve bends. It falls with $h$ for the forward difference and with $h^2$ for the
#   central one.
# - **Rounding, on the left.** The <dfn>rounding error</dfn> comes from the end of the digits: a
#   float has about 16. With $h = 10^{-10}$ the two values of $f$ agree in their first nine or ten;
#   subtract them, and about six are left. The smaller the step, the fewer digits survive: that
#   error grows like $10^{-16} / h$.
#
# ### Your turn: read off the best step
#
# At which step is the **central** difference most exact? Read it off the figure and set `best_h`,
# in Python's way of writing: a thousandth is `1e-3`. The valley is wide, so the nearest power of
# ten will do.

# %% solution="gradcheck-best_step"
### BEGIN SOLUTION
best_h = 1e-5
### END SOLUTION

# %% check="gradcheck.best_step"
check("gradcheck.best_step", best_h=best_h)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Look at the curve of the central difference alone. It has two branches that meet in a valley.
#    You want the step at which the error is smallest.
# 2. Put your finger on the lowest stretch of that curve and go straight down to the axis below,
#    where the step h is written. The axis on the left is the error; that is not asked. Each mark on
#    the lower axis is a power of ten.
# 3. The valley is wide, so you need no exact place: any step in the lowest stretch counts. Write
#    the power of ten as Python does, with e: a thousandth is 1e-3. To the right of the valley
#    truncation rules, to the left rounding does; your step lies between them.
#
# </details>

# %% [markdown]
# ## 5. A step without a subtraction
#
# The rounding error comes from one thing: subtracting two numbers that are nearly equal. There is a
# way to measure a slope without any subtraction. It uses a kind of number that you may not have
# met, and little of it. A <dfn>complex number</dfn> $a + b\,i$ has a real part $a$ and an imaginary
# part $b$. You calculate with it as with a sum, and replace $i^2$ by $-1$. Python writes `1j` for
# $i$.
#
# Take a step in the imaginary direction, from $x$ to $x + ih$, and look at what $x^3$ becomes:
#
# $$(x + ih)^3 = x^3 + 3x^2\,(ih) + 3x\,(ih)^2 + (ih)^3
# = \underbrace{x^3 - 3x h^2}_{\text{real}} + i\,\underbrace{(3x^2 h - h^3)}_{\text{imaginary}}$$
#
# Look at the imaginary part. Divided by $h$ it is $3x^2 - h^2$: the slope, with an error of $h^2$.
# The value of $f$ stands apart in the real part, and nothing nearly equal was subtracted. So $h$
# may be as small as you like, and with $h = 10^{-20}$ the error is far below the last digit. The
# <dfn>complex step</dfn> takes the slope from the imaginary part of $f$ after an imaginary step of
# size $h$. As a formula:
#
# $$f'(x) \approx \frac{\mathrm{Im}\, f(x + ih)}{h}$$
#
# **Worked example.** $x = 2$, $h = 0.1$: the imaginary part is $12 \cdot 0.1 - 0.001 = 1.199$.
# Divided by 0.1 that is 11.99.
#
# **Now with gaps.** $x = 2$, $h = 0.01$: the imaginary part is $12 \cdot \ldots - \ldots = \ldots$,
# and divided by $\ldots$ that is $\ldots$
#
# <details><summary>Compare</summary>
#
# 0.12 - 0.000001 = 0.119999, and divided by 0.01 that is 11.9999.
#
# </details>
#
# **Decide, then run.** What will be printed for $h = 10^{-20}$?

# %%
for h in (1e-1, 1e-3, 1e-20):
    value = (2 + 1j * h) ** 3
    print(f"h = {h:.0e}   real part {value.real:.6f}   imaginary part / h {value.imag / h:.6f}")

# %% [markdown]
# ### Your turn: `complex_step`
#
# The same loop as before, with another line inside. `f` is asked once for each entry of `theta`.


# %% solution="gradcheck-complex_step"
def complex_step(f, theta, h=1e-20):
    """The gradient of f at theta by imaginary steps, in the shape of theta."""
    ### BEGIN SOLUTION
    theta = np.array(theta, dtype=float)
    grad = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        step = np.zeros(theta.shape)
        step[i] = h
        grad[i] = np.imag(f(theta + 1j * step)) / h
    return grad
    ### END SOLUTION


# %% check="gradcheck.complex_step"
check("gradcheck.complex_step", complex_step)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. The loop is the one of numeric_gradient: one coordinate at a time, a float array for the
#    slopes. Only the line inside changes. There is one call of f in it, and no subtraction.
# 2. The step is imaginary: h times 1j, which is how Python writes the imaginary unit. Add it to one
#    coordinate. An array of floats cannot hold it; a float array plus a complex one gives a complex
#    array by itself.
# 3. Make the array step as before, with h in one place. Ask f for `theta + 1j * step`. Of what
#    comes back, np.imag takes the part that you need. Then only one division is left.
#
# </details>

# %% [markdown]
# **Decide, then run.** The same sweep, down to $h = 10^{-20}$. Which of the two branches of the
# valley will the complex step have?

# %%
steps = steps_down_to(20)
central = [relative_error(numeric_gradient(sum_of_cubes, points, h), slopes) for h in steps]
imaginary = [relative_error(complex_step(sum_of_cubes, points, h), slopes) for h in steps]
plots.step_sweep(
    steps,
    {"central difference": central, "complex step": imaginary},
    title="The central difference and the complex step",
)

# %% [markdown]
# The complex step has only the branch on the right. Its error falls until all 16 digits agree, and
# stays there: nothing rises on the left. So the limit may be far lower: a right gradient is within
# $10^{-12}$ of the complex step. The eight bugs once more:

# %%
for bug, backward in {**PLANTED_BUGS, "(no bug)": gradients}.items():
    worst = worst_error(backward, complex_step, X_small, Y_small, parameters_small)
    print(f"{bug:26s} relative error {in_words(worst, limit=1e-12)}")

# %% [markdown]
# There is a price. `f` has to accept complex numbers and be smooth: `abs` and `np.linalg.norm`
# destroy the imaginary part, and so does an array of floats that a result is written into. Where
# that happens, take the central difference: it asks for nothing but values of `f`.
#
# ## 6. On the kink
#
# XOR is a table of four points: the target is 1 where exactly one of the two inputs is 1. Lesson 04
# is about it. Here is a small ReLU network on these points. Its weights are fixed, and the biases
# of its ReLU units are all 0, as they are in many networks at the start. Its gradients come from
# `gradients`, the very code that passed the test above.
#
# **Decide, then run.** What relative errors do you expect?


# %%
def print_errors(b1):
    """Check the four gradients of the XOR network whose ReLU units all have the bias b1."""
    X, Y, parameters = xor_network(b1=b1)
    grads = gradients(X, Y, parameters)
    for name in parameters:
        error = error_of(name, grads["d" + name], numeric_gradient, X, Y, parameters)
        print(f"d{name}: relative error {in_words(error, limit=1e-6)}")


print_errors(b1=0.0)

# %% [markdown]
# Three gradients are fine, and `db1` is off by 0.27. Is the code wrong after all? Look at the point
# (0, 0): there $z = W \cdot 0 + b = b$, and with zero biases that is exactly 0, for every unit. The
# measurement stands on the corner of the ReLU. One neighbour lies on the flat side, the other on
# the steep one:

# %%
plots.function(
    np.linspace(-1, 1, 81),
    {"relu(z)": lambda z: np.maximum(0, z), "from -0.5 to 0.5": lambda z: 0.25 + 0.5 * z},
    title="Across the corner: a slope of 1/2",
    xlabel="z",
    ylabel="relu(z)",
)

# %% [markdown]
# The central difference says 1/2, our agreement says 0, and neither is wrong: a corner has no
# slope. **The test fails, and the code is right.** The cure is to measure somewhere else. Move the
# biases of all ReLU units to 0.1, where no unit stands on its corner for any of the four points:

# %%
print_errors(b1=0.1)

# %% [markdown]
# Now `db1` is right as well, with the same code: its error has dropped from 0.27 to about
# $10^{-10}$. A <dfn>kink</dfn> is a corner of a function, a place where its slope jumps. A check
# across a kink says nothing, so you want to know when you are near one. If a step moves $z$ by $dz$
# to either side, the question is whether 0 lies in between.
#
# **Worked example.** $z = 0.02$ and $dz = 0.05$: the two neighbours are $0.07$ and $-0.03$, on
# different sides. It crosses. $z = -0.2$ and $dz = 0.05$: the neighbours are $-0.15$ and $-0.25$,
# both on the flat side. It does not.
#
# **Now with gaps.** $z = 0.04$ and $dz = -0.05$ (raising a weight can lower $z$): the neighbours
# are $\ldots$ and $\ldots$, so it $\ldots$ And $z = 0$ with $dz = 0.05$: the neighbours are
# $\ldots$ and $\ldots$, so it $\ldots$
#
# <details><summary>Compare</summary>
#
# The neighbours are -0.01 and 0.09, on different sides: it crosses, and the minus of dz made no
# difference. For z = 0 they are 0.05 and -0.05: it crosses, whatever the step.
#
# </details>
#
# ### Your turn: `crosses_kink`
#
# For each entry: does the sign change between $z - dz$ and $z + dz$? `dz` is a number or an array
# like `z`, and may be negative. A neighbour that lands exactly on 0 is not asked for.


# %% solution="gradcheck-crosses_kink"
def crosses_kink(z, dz):
    """For each entry of z, whether moving it by dz to either side crosses 0."""
    ### BEGIN SOLUTION
    return np.abs(z) < np.abs(dz)
    ### END SOLUTION


# %% check="gradcheck.crosses_kink"
check("gradcheck.crosses_kink", crosses_kink)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Draw a line with 0 in the middle, and put z on it. The central difference looks at two places,
#    one dz away on either side. Are the two places on different sides of 0?
# 2. It does not matter whether dz is positive or negative: one place is z + dz, the other z - dz.
#    Nor does it matter on which side of 0 z starts. What matters is whether the way to 0 is shorter
#    than the step.
# 3. There are two good ways to write it, each one line. Either compare np.sign of both places; or
#    compare the distance of z from 0 with the length of the step, both by np.abs. NumPy answers for
#    each entry by itself.
#
# </details>

# %% [markdown]
# A step of $10^{-5}$ in a bias changes the $z$ of its unit by as much. So for the XOR network:

# %%
for b1 in (0.0, 0.1):
    X, _, parameters = xor_network(b1=b1)
    Z1 = forward(X, parameters)[0]
    crossing = crosses_kink(Z1, 1e-5)
    print(f"biases {b1}: {np.sum(crossing)} of {crossing.size} entries of Z1 cross the kink")

# %% [markdown]
# ## 7. Find the bugs
#
# **Some of these gradients are wrong on purpose.** Seven people each hand in a function `f`, a
# point `theta`, and a claim: "this is the gradient of `f` at `theta`". You do not see how they got
# it. Some claims are wrong, one of them by no more than a tenth of a percent.
#
# | name | `f(theta)` |
# |---|---|
# | square | the mean of the squared differences between `theta` and a fixed table |
# | softmax | the cross-entropy of softmax(`theta`), for a fixed class |
# | length | the length of `theta` |
# | product | a fixed row, times the matrix `theta`, times a fixed column |
# | tiny | the sum of the cubes of `theta`, times a billionth (1e-9) |
# | corner | the sum of relu(`theta`) |
# | layer | the loss of the small network from section 3, with larger weights; `theta` is its `W1` |
#
# The next cell takes the claims apart. Change its last line into a test: measure each gradient
# yourself, and print the relative error beside each name. Where the two disagree, ask which of them
# is to blame.

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
    print(f"{_name:8s} {f'differs by {_error:.4f}' if _error > 1e-6 else 'agrees'}")
# corner stands on the kink in one entry: its claim keeps to the agreement and is right
suspects = {"softmax", "product", "tiny"}
### END SOLUTION

# %% check="gradcheck.suspects"
check("gradcheck.suspects", suspects=suspects)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Do for every candidate what you did for the eight planted bugs: your numeric_gradient of f at
#    theta, and the relative_error between that and the claimed gradient. A loop of three lines
#    prints them all.
# 2. Accuse nobody for an error that rounding explains: about 1e-10 is normal, and 1e-6 is a fair
#    limit. Do not judge by the printed digits, nor by the size of the numbers.
# 3. An error above the limit means that the two do not agree. It does not say which of them is
#    wrong. A numeric gradient fails where f has a corner. Print theta for each one that is left.
#    For one of them f is a sum of ReLUs, and theta itself is what goes into them.
#
# </details>

# %% [markdown]
# ### In your own words
#
# A colleague has written a backward pass and says: "All shapes are right, the loss falls, and
# `np.allclose` with tolerances of 0.01 finds no difference to a numeric gradient." Explain in four
# or five sentences why each of the three is weak evidence, and what you would ask for instead. A
# person will read your answer and give up to 2 points.

# %% [markdown] written="gradcheck-explain" points=2
# ### BEGIN SOLUTION
# Shapes: most bugs leave them as they are, a missing mask, a lost 1/m or a wrong sign among them. A
# falling loss: a wrong gradient often still points roughly downhill; in section 1 two runs with a
# bug fell, and ended lower than the right one. allclose with 0.01: where the gradients
# themselves are smaller than that, zeros and flipped signs pass. I would ask for the relative error
# of each parameter's gradient against central differences with a step near 1e-5 (below 1e-6) or the
# complex step (below 1e-12), with biases that are not zero, at a point where no unit stands on its
# kink.
# ### END SOLUTION

# %% [markdown]
# ## Recap
#
# - A gradient is a promise about small steps. So take small steps and look.
# - Central differences move one entry at a time, to both sides, and divide by $2h$.
# - Compare with the relative error of each array as a whole, never with an absolute tolerance.
# - With a large step the formula is off, with a tiny one the digits run out. Between lies a valley.
# - The complex step subtracts nothing, so its step may be tiny.
# - On a kink the measurement is wrong, not the code. Move, and measure again.
# - Measuring needs two evaluations for each parameter. It is a test for small networks, not a way
#   to train large ones. That is what back-propagation is for.
#
# ### The formulas on one card
#
# | what | formula | step | right if |
# |---|---|---|---|
# | central | $(f(\theta + h e_k) - f(\theta - h e_k)) \,/\, (2h)$ | your `best_h` | error < 1e-6 |
# | complex step | $\mathrm{Im}\, f(\theta + i h e_k) \,/\, h$ | 1e-20 | error < 1e-12 |
# | relative error | $\lVert a - b \rVert \,/\, (\lVert a \rVert + \lVert b \rVert)$ | | |
# | on the kink | the sign of $z$ changes within $\pm dz$ | | (measure elsewhere) |
#
# The arrow $e_k$ is 1 in place $k$ and 0 in all others: it moves one entry.
#
# ### What comes next
#
# In lesson 04 you meet XOR again: a problem of four points that no single layer can solve, and the
# first network that you train yourself. Its backward pass is yours to write, and now you know how
# to test it.
