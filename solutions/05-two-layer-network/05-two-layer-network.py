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
# # A network of two layers
#
# **After this lesson you will be able to**
#
# - write a network with a hidden tanh layer and biases, for any number of samples at once;
# - keep in a cache what the way back will need, and write the way back;
# - find wrong gradients by measuring them, in code whose shapes are all right;
# - train the network on two moons, and see the boundary that it draws;
# - say what an accuracy means, and when it means nothing.
#
# **Time**: about 120 minutes for 3,100 words to read and 12 exercises; a good place for a break is
# before section 8. **Builds on**: lesson 03, the gradient check; lesson 04, the sigmoid, the
# cross-entropy and a first training loop.

# %%
import numpy as np

from lessonlib import check, plots
from lessonlib.data import two_moons
from lessonlib.nn import numeric_gradient, relative_error, sigmoid

# %% [markdown]
# ## 1. From memory
#
# Two short questions from earlier lessons. Answer without looking back: the effort of remembering
# is what makes it stay.
#
# **First.** A layer has 3 inputs and 4 units, and a batch of 6 samples goes through it, samples in
# columns. What is the shape of the bias gradient `db`? Set `db_shape` to it, written as Python
# does, such as `(2, 7)`.

# %% solution="twolayer-recall_1"
### BEGIN SOLUTION
db_shape = (4, 1)
### END SOLUTION

# %% check="twolayer.recall_1"
check("twolayer.recall_1", db_shape=db_shape)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. A gradient says for each number of an array how the loss changes with it. So it always has the
#    shape of that array. Which array is db the gradient of, and what is the shape of that one?
# 2. W is (4, 3): each row belongs to one unit, each column to one input. Every unit has one bias.
#    In these lessons the biases stand below each other, in a column, so that NumPy can add them to
#    every column of W X.
# 3. The six samples all go through the same biases. Lesson 01 added up their shares along each row
#    and kept the result a column. So the first size is the number of units. Which size is left
#    where six samples were added up?
#
# </details>

# %% [markdown]
# **Second.** You compare two gradients with central differences, at h = 1e-5. The relative error of
# `dW` is 6e-11, that of `db` is 4e-2. What do you conclude?
#
# - (a) Both are right: a numeric gradient is an approximation, so some difference is normal.
# - (b) `dW` is right and `db` is wrong.
# - (c) Both are wrong: neither error is 0.
# - (d) Nothing yet: repeat the check of `db` with a far smaller step, such as 1e-12.
#
# Set `verdict` to one of the letters, in quotes.

# %% solution="twolayer-recall_2"
### BEGIN SOLUTION
verdict = "b"
### END SOLUTION

# %% check="twolayer.recall_2"
check("twolayer.recall_2", verdict=verdict)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Recall the figure of lesson 03 with the step size below and the error on the left. Where was
#    the lowest point of the curve, and how small was the error of a right gradient there?
# 2. A right gradient and its central difference at h = 1e-5 agree to about ten digits. So their
#    relative error is somewhere near 1e-10, now and then 1e-8. The agreed limit is 1e-6, far above
#    that and far below any real slip.
# 3. Now hold each of the two errors against that limit by itself. 6e-11 has ten zeros behind the
#    point before the first digit. 4e-2 is four per cent. A check speaks about each gradient on its
#    own.
#
# </details>

# %% [markdown]
# ## 2. Two moons
#
# Here is what the network of this lesson is for: 200 points in the plane, in two classes that bend
# round each other. Given a point, say which moon it belongs to.
#
# The data come with samples in rows, as most data do. In this lesson each sample is still a column,
# so we turn the arrays round.
#
# **Decide, then run.** The cell draws the best straight boundary that least squares can find. The
# <dfn>accuracy</dfn> of a prediction is the share of the samples that it gets right. How large will
# it be here: about 50 %, about 85 %, or 100 %?

# %%
X_rows, Y_rows = two_moons(200, np.random.default_rng(1))
X_moons, Y_moons = X_rows.T, Y_rows.T
print(f"X {X_moons.shape}, Y {Y_moons.shape}")


def straight(X):
    with_ones = np.vstack([X_moons, np.ones((1, X_moons.shape[1]))])
    weights = np.linalg.lstsq(with_ones.T, Y_moons[0], rcond=None)[0]
    return np.clip(weights[:2] @ X + weights[2], 0, 1)


accuracy = np.mean((straight(X_moons) > 0.5) == (Y_moons[0] > 0.5))
print(f"accuracy {100 * accuracy:.1f} %")
plots.decision_boundary(
    straight,
    X_moons,
    Y_moons,
    samples="columns",
    title="Two moons and the best straight boundary",
)

# %% [markdown]
# A straight line gets most points and cannot get the rest. The boundary has to bend, so we need a
# hidden layer. The network of this lesson has any number of inputs, of hidden units and of outputs;
# each hidden unit goes through a **tanh**, each output through a **sigmoid**, and every unit has a
# bias. With two inputs, three hidden units and one output it looks like this. The weights on it are
# random and the biases 0: these numbers are what training is going to change.

# %%
draw = np.random.default_rng(6)
plots.network(
    [draw.normal(size=(3, 2)).round(1), draw.normal(size=(1, 3)).round(1)],
    [np.zeros((3, 1)), np.zeros((1, 1))],
    names=["input: X", "hidden: Z1, A1", "output: Z2, A2"],
    title="Two layers: tanh, then sigmoid",
)

# %% [markdown]
# The letters, once and for all: $n_x$ inputs, $n_h$ hidden units, $n_y$ outputs, $m$ samples.
#
# | array | shape | what it holds |
# |---|---|---|
# | $X$ | $(n_x, m)$ | the samples, one in each column |
# | $W_1$, $b_1$ | $(n_h, n_x)$, $(n_h, 1)$ | weights and biases of the hidden layer |
# | $Z_1$, $A_1$ | $(n_h, m)$ | the hidden layer before and behind the tanh |
# | $W_2$, $b_2$ | $(n_y, n_h)$, $(n_y, 1)$ | weights and biases of the output layer |
# | $Z_2$, $A_2$ | $(n_y, m)$ | the output before and behind the sigmoid |
# | $Y$ | $(n_y, m)$ | the right answers, 0 or 1 |
#
# ## 3. The tanh and its slope
#
# The <dfn>tanh</dfn> squeezes any number into the range from -1 to 1, and leaves 0 where it is. It
# is a sigmoid, stretched and moved: a hidden unit can say no, yes, or nothing at all.
#
# **Decide, then run.** Where is the tanh steepest? What is its slope far out to the right? Can its
# slope be negative?

# %%
plots.function(
    np.linspace(-4, 4, 161),
    {"tanh(z)": np.tanh, "sigmoid(z)": sigmoid},
    title="tanh goes from -1 to 1, the sigmoid from 0 to 1",
    xlabel="z",
    ylabel="activation a",
)

# %% [markdown]
# The tanh is steepest in the middle, with slope 1. Far out on either side it is nearly flat. It
# rises everywhere, so its slope is never negative.
#
# As with the sigmoid, the slope can be worked out from the height $a = \tanh(z)$ alone, and the
# height is something that the forward pass has computed already:
#
# $$\tanh'(z) = 1 - a^2$$
#
# **By hand.** At the height $a = 0.5$ the slope is $1 - 0.25 = 0.75$. **With gaps**: at the height
# $a = -0.8$ the slope is $1 - \ldots = \ldots$
#
# <details><summary>Compare</summary>
#
# The square of -0.8 is 0.64, so the slope is 0.36. The sign of the height does not matter: the
# curve is as steep on the left as on the right.
#
# </details>
#
# ### Your turn: `tanh_derivative`
#
# The argument `a` is the activation, not `z`.


# %% solution="twolayer-tanh_derivative"
def tanh_derivative(a):
    """The slope of the tanh where its height is a, entry by entry; the shape of a."""
    ### BEGIN SOLUTION
    return 1 - a**2
    ### END SOLUTION


# %% check="twolayer.tanh_derivative"
check("twolayer.tanh_derivative", tanh_derivative)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Look at the picture of the tanh above. In the middle its height is 0 and its slope is 1. Far
#    out its height is close to 1 or -1 and its slope is close to 0. Your formula has to give these
#    numbers.
# 2. The argument is the activation a, the height of the curve, not z. The forward pass has worked
#    out the tanh already, so you need no tanh here at all, and no exponential.
# 3. As a formula, the slope is one minus the square of the height. Try three values on paper: a = 0
#    gives 1, a = 0.5 gives 0.75, and a = -1 gives 0. Make a new array; do not write into a.
#
# </details>

# %%
plots.function(
    np.linspace(-4, 4, 161),
    {"tanh(z)": np.tanh, "its slope": lambda z: tanh_derivative(np.tanh(z))},
    title="The tanh and its slope",
    xlabel="z",
    ylabel="value",
)

# %% [markdown]
# ## 4. A start
#
# Training needs somewhere to start. In lesson 04 you saw what happens if all weights are equal:
# the hidden units stay copies of each other for ever. So the weights are drawn at random, normal
# numbers around 0. The biases may start at 0, since different weights are enough to make the units
# different.
#
# A <dfn>generator</dfn> is the object that random numbers are drawn from. Whoever runs the training
# makes one with a seed, and hands it to every function that draws. The same seed then gives the
# same run, today and in a year.
#
# **Decide, then run.** Two generators with the same seed: which of the three lines will show the
# same numbers?

# %%
one, two = np.random.default_rng(5), np.random.default_rng(5)
for name, generator in (("one", one), ("two", two), ("one again", one)):
    numbers = generator.standard_normal((1, 4))
    print(f"{name:9s}", "  ".join(f"{number:6.3f}" for number in numbers[0]))

# %% [markdown]
# Equal generators give equal numbers, and each draw moves a generator on.
#
# ### Your turn: `initialize_parameters`
#
# Return a dictionary with the keys `"W1"`, `"b1"`, `"W2"` and `"b2"`. Look up the shapes in the
# table above. Draw the weights from `rng` and from nowhere else.


# %% solution="twolayer-initialize_parameters"
def initialize_parameters(n_x, n_h, n_y, rng):
    """Normal weights W1 (n_h, n_x) and W2 (n_y, n_h), zero biases b1 (n_h, 1) and b2 (n_y, 1)."""
    ### BEGIN SOLUTION
    W1 = rng.standard_normal((n_h, n_x))
    W2 = rng.standard_normal((n_y, n_h))
    return {"W1": W1, "b1": np.zeros((n_h, 1)), "W2": W2, "b2": np.zeros((n_y, 1))}
    ### END SOLUTION


# %% check="twolayer.initialize_parameters"
check("twolayer.initialize_parameters", initialize_parameters)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Start with the four shapes. Each weight matrix has one row for each unit of its layer and one
#    column for each number that the layer reads. The first layer reads the inputs, the second reads
#    the hidden units. Each bias is a column.
# 2. The biases start at 0: np.zeros takes a shape. The weights must differ, or the units would stay
#    equal for ever, so they come from the generator that you were given.
# 3. A NumPy generator has a method standard_normal, which takes a shape as well: two sizes in
#    parentheses. Draw W1 from rng, then W2 from the same rng. Return a dictionary with the four
#    names as its keys.
#
# </details>

# %% [markdown]
# ## 5. Forward, and what to remember
#
# **Worked example.** One sample $x = (2, 1)$, two hidden units, one output. The first hidden unit
# has the weights 1 and -2 and the bias 1:
#
# $$z = 1 \cdot 2 - 2 \cdot 1 + 1 = 1, \qquad a = \tanh(1) = 0.762$$
#
# **Now with gaps.** The second hidden unit has the weights -1 and 1 and the bias 1:
#
# $$z = -1 \cdot \ldots + 1 \cdot \ldots + \ldots = \ldots, \qquad a = \tanh(\ldots) = \ldots$$
#
# The output has the weights 2 and -1 and the bias -1. It reads the two activations, not $x$:
#
# $$z = 2 \cdot 0.762 - 1 \cdot \ldots - 1 = \ldots, \qquad a = \mathrm{sigmoid}(\ldots)$$
#
# <details><summary>Compare</summary>
#
# The second unit's sum is -2 + 1 + 1 = 0, and the tanh of 0 is 0. The output's sum is 1.524 - 0 - 1
# = 0.524 (0.523 if nothing is rounded on the way), and the sigmoid makes 0.628 of it: the network
# gives class 1 a probability of 62.8 %.
#
# </details>
#
# With all samples side by side, each step is one line:
#
# $$Z_1 = W_1 X + b_1, \quad A_1 = \tanh(Z_1), \quad Z_2 = W_2 A_1 + b_2, \quad
# A_2 = \mathrm{sigmoid}(Z_2)$$
#
# The way back will ask for numbers that the way forward has worked out. So forward keeps them in a
# cache, as in lesson 02.
#
# **Decide.** Which of the four arrays does the slope of the tanh need? Which one will the gradient
# of $W_2$ need, if a weight's gradient is made with what its layer reads?
#
# <details><summary>Compare</summary>
#
# Both need A1. The slope is worked out from the height of the tanh, and the second layer reads A1.
#
# </details>
#
# ### Your turn: `forward_propagation`
#
# Return two things: `A2`, then the cache with the keys `"Z1"`, `"A1"`, `"Z2"` and `"A2"`.


# %% solution="twolayer-forward_propagation"
def forward_propagation(X, parameters):
    """X (n_x, m): returns A2 (n_y, m) and the cache, a dict with Z1, A1, Z2 and A2."""
    ### BEGIN SOLUTION
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
    ### END SOLUTION


# %% check="twolayer.forward_propagation"
check("twolayer.forward_propagation", forward_propagation)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Four steps, two for each layer: first the weighted sums with their biases, then the activation.
#    The drawing of the network above has the four names in it.
# 2. Write the shapes under the letters. W1 is (n_h, n_x) and X is (n_x, m), so the product is (n_h,
#    m). The bias b1 is a column, and NumPy adds it to every column. The second layer does the same
#    with A1 in the place of X.
# 3. np.tanh makes A1 from Z1. sigmoid, imported above, makes A2 from Z2. Give each of the four a
#    name of its own, put them into a dictionary under these names, and return A2 first, then the
#    dictionary.
#
# </details>

# %% [markdown]
# Your function, on the worked example. The numbers should be those on your paper, up to the last
# digit.

# %%
x_paper = np.array([[2.0], [1.0]])
paper = {
    "W1": np.array([[1.0, -2.0], [-1.0, 1.0]]),
    "b1": np.array([[1.0], [1.0]]),
    "W2": np.array([[2.0, -1.0]]),
    "b2": np.array([[-1.0]]),
}
A2_paper, cache_paper = forward_propagation(x_paper, paper)
plots.network(
    [paper["W1"], paper["W2"]],
    [paper["b1"], paper["b2"]],
    values=[x_paper, cache_paper["A1"], A2_paper],
    z=[cache_paper["Z1"], cache_paper["Z2"]],
    names=["input", "tanh", "sigmoid"],
    title="The worked example, forward",
)

# %% [markdown]
# ## 6. One number for how bad it is
#
# Each output is a yes or no of its own, with a probability $a$ for yes. It pays $-\log a$ if yes is
# right and $-\log(1 - a)$ if no is right: little if it was sure and right, much if it was sure and
# wrong. You have met this in lesson 04: it is the binary cross-entropy. The <dfn>cost</dfn> of a
# network is the mean of what the samples of a batch pay. In lesson 04 we said loss; you will meet
# both words.
#
# **Worked example.** Three samples, one output, predictions 0.9, 0.2 and 0.6. The right answers are
# 1, 0 and 0. The first pays $-\log 0.9 = 0.105$, the second $-\log 0.8 = 0.223$.
#
# **Now with gaps.** The third pays $-\log \ldots = 0.916$. The cost is the mean of the three,
# $\ldots$
#
# <details><summary>Compare</summary>
#
# No is right for the third, and its probability of no is 0.4. The mean of 0.105, 0.223 and 0.916 is
# 0.415.
#
# </details>
#
# For all samples and all outputs:
#
# $$J = -\frac{1}{m} \sum_\mathrm{samples} \sum_\mathrm{outputs}
# \left( Y \log A_2 + (1 - Y) \log (1 - A_2) \right)$$
#
# The sum runs over everything; the division is by the number of samples, once.
#
# ### Your turn: `compute_cost`
#
# Return one number. It should be finite even where `A2` is exactly 0 or 1, as in lesson 04.


# %% solution="twolayer-compute_cost"
def compute_cost(A2, Y):
    """A2 and Y (n_y, m): cross-entropy, the sum over outputs, the mean over samples."""
    ### BEGIN SOLUTION
    m = Y.shape[1]
    P = np.clip(A2, 1e-15, 1 - 1e-15)
    return -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / m
    ### END SOLUTION


# %% check="twolayer.compute_cost"
check("twolayer.compute_cost", compute_cost)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. For one entry: if Y is 1, the cost is minus the logarithm of A2; if Y is 0, it is minus the
#    logarithm of 1 - A2. Multiplying by Y and by 1 - Y picks the right one without an if.
# 2. All of it works entry by entry on whole arrays. Then add up everything with np.sum and divide
#    by m once. The samples are the columns of Y, so m is the second size in its shape.
# 3. Before the logarithms, keep the probabilities away from 0 and 1 by a tiny amount such as 1e-15:
#    np.clip gives you a new array that is cut at two bounds. Use it in both logarithms, and mind
#    the minus in front.
#
# </details>

# %%
cost_example = compute_cost(np.array([[0.9, 0.2, 0.6]]), np.array([[1.0, 0.0, 0.0]]))
print(f"the worked example: {cost_example:.3f}")

# %% [markdown]
# ## 7. The way back
#
# Now for each of the four parameters the question of every lesson so far: if this number grew a
# little, how much would the cost grow?
#
# At the output things are as in lesson 04: the slope of the sigmoid and that of the logarithm
# cancel, and what is left is the difference between what was said and what is right, $A_2 - Y$. We
# call it $dZ_2$. From there you go back layer by layer.
#
# **Worked example.** The network on paper from above: it said $A_2 = 0.628$, and the right answer
# is 1.
#
# | step | first hidden unit | second hidden unit |
# |---|---|---|
# | at the output | $dz_2 = 0.628 - 1 = -0.372$ | |
# | weight of $W_2$ | $-0.372 \cdot 0.762 = -0.283$ | $-0.372 \cdot \ldots = \ldots$ |
# | message to the unit | $2 \cdot (-0.372) = -0.744$ | $-1 \cdot (-0.372) = \ldots$ |
# | slope of its tanh | $1 - 0.762^2 = 0.420$ | $1 - \ldots = \ldots$ |
# | $dz_1$ | $-0.744 \cdot 0.420 = -0.313$ | $\ldots \cdot \ldots = \ldots$ |
# | weights of $W_1$, with $x = (2, 1)$ | $-0.625$ and $-0.313$ | $\ldots$ and $\ldots$ |
#
# Fill in the second column.
#
# <details><summary>Compare</summary>
#
# The second unit's activation is 0, so its weight of W2 gets 0. The message is 0.372. At the height
# 0 the slope is 1, so dz1 is 0.372, and its weights of W1 get 0.744 and 0.372. A unit that said
# nothing can still learn: its tanh is at its steepest.
#
# </details>
#
# **Put in order.** The steps for a whole batch, shuffled. Which order works?
#
# - (a) send the message back through the weights of the second layer
# - (b) the gradients of the first layer, with $X$
# - (c) the difference at the output
# - (d) multiply by the slope of the tanh
# - (e) the gradients of the second layer, with $A_1$
#
# <details><summary>Compare</summary>
#
# (c) is first. Then (a), (d), (b) in this order. (e) may stand anywhere behind (c).
#
# </details>
#
# **Shapes.** Fill in what is missing, for 2 inputs, 3 hidden units, 1 output and 200 samples.
#
# | array | $dZ_2$ | $dW_2$ | $db_2$ | $dZ_1$ | $dW_1$ | $db_1$ |
# |---|---|---|---|---|---|---|
# | shape | (1, 200) | | | | | |
#
# <details><summary>Compare</summary>
#
# dW2 is (1, 3), db2 is (1, 1), dZ1 is (3, 200), dW1 is (3, 2), db1 is (3, 1). Each gradient has the
# shape of what it belongs to. A parameter is shared by all samples, so in its gradient the 200 have
# been summed away.
#
# </details>
#
# ### Your turn: `backward_propagation`
#
# Return a dictionary with the keys `"dW1"`, `"db1"`, `"dW2"` and `"db2"`. The cost is a mean over
# the samples, so each gradient is one too: divide by $m$, once. Leave the cache as it is.


# %% solution="twolayer-backward_propagation"
def backward_propagation(parameters, cache, X, Y):
    """The gradients of the cost, a dict: dW1, db1, dW2, db2, shaped like W1, b1, W2 and b2."""
    ### BEGIN SOLUTION
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (parameters["W2"].T @ dZ2) * tanh_derivative(A1)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
    ### END SOLUTION


# %% check="twolayer.backward_propagation"
check("twolayer.backward_propagation", backward_propagation)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Go backward through the four steps of the forward pass. At the output, the sigmoid and the cost
#    together give dZ2 as the difference of A2 and Y, as in lesson 04. From dZ2 come dW2 and db2,
#    and the message for the hidden layer.
# 2. The message for A1 is the transposed W2 times dZ2. Going through the tanh, it is multiplied
#    entry by entry by the slope that you wrote above. That is dZ1. From there, layer 1 works like
#    layer 2, with X in the place of A1.
# 3. Let shapes lead you: each gradient looks like its parameter. dW is dZ times what the layer
#    reads, transposed. db is the sum of dZ along each row, with keepdims=True. All four are divided
#    by m, the number of columns of X.
#
# </details>

# %% [markdown]
# **Worked example: is it true?** Do not take the check's word for it. Lesson 03 gave you a way to
# measure a gradient. Here it is for one of the four, `dW2`, on a small batch. Read how it is done:
# below, you will do it for another piece of code.

# %%
rng = np.random.default_rng(2)
X_small = rng.normal(size=(2, 5))
Y_small = rng.integers(0, 2, size=(1, 5)).astype(float)
start = initialize_parameters(2, 3, 1, rng)


def cost_with(name, theta):
    """The cost of the small batch if theta stands in the place of one of the parameters."""
    changed = {**start, name: theta}  # a copy of start, with one of its four entries replaced
    A2, _ = forward_propagation(X_small, changed)
    return compute_cost(A2, Y_small)


_, cache_small = forward_propagation(X_small, start)
derived = backward_propagation(start, cache_small, X_small, Y_small)["dW2"]
measured = numeric_gradient(lambda theta: cost_with("W2", theta), start["W2"])
agrees = relative_error(derived, measured) < 1e-6
print(f"dW2 agrees with its numeric gradient: {'yes' if agrees else 'no'}")

# %% [markdown]
# ## 8. A step
#
# A gradient says where the cost grows. So each parameter takes a step the other way, as long as the
# learning rate says:
#
# $$\theta_\mathrm{new} = \theta - \alpha \, d\theta$$
#
# with $\theta$ for each of $W_1$, $b_1$, $W_2$, $b_2$ and $\alpha$ for the learning rate, which is
# `learning_rate` in the code.
#
# **Decide, then run.** Two ways to take a step, on a dictionary with one number. What will each of
# them print for the old value?

# %%
for way in ("new array", "in place"):
    old = {"b": np.array([1.0])}
    new = dict(old)
    if way == "new array":
        new["b"] = new["b"] - 0.25
    else:
        new["b"] -= 0.25
    print(f"{way}: new {new['b'][0]:.2f}, old {old['b'][0]:.2f}")

# %% [markdown]
# The second way changed both. `dict(old)` makes a new dictionary, and its values are still the same
# arrays; `-=` writes into them. Whoever holds the old parameters, to compare or to go back, has
# lost them without a word.
#
# ### Your turn: `update_parameters`
#
# Return a new dictionary with new arrays.


# %% solution="twolayer-update_parameters"
def update_parameters(parameters, grads, learning_rate):
    """One step of gradient descent: a new dict with W1, b1, W2 and b2."""
    ### BEGIN SOLUTION
    new = {}
    for name in ("W1", "b1", "W2", "b2"):
        new[name] = parameters[name] - learning_rate * grads["d" + name]
    return new
    ### END SOLUTION


# %% check="twolayer.update_parameters"
check("twolayer.update_parameters", update_parameters)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Each parameter takes one step against its gradient: the old value minus the learning rate times
#    the gradient. You did the same with two matrices in lesson 04; here there are four arrays, each
#    with a gradient of its own.
# 2. Return a new dictionary with new arrays, so that the caller can still compare old and new.
#    Writing W1 = W1 - ... makes a new array; writing W1 -= ... changes the old one.
# 3. The names help: the gradient of W1 is called dW1, that of b2 is db2. So either write four lines
#    and check each letter twice, or loop over the four names and put a d in front with a plus
#    between two strings.
#
# </details>

# %% [markdown]
# **Decide, then run.** One step from the small batch's start, with three learning rates. Will the
# cost always fall?

# %%
grads = backward_propagation(start, cache_small, X_small, Y_small)
print(f"before the step: cost {cost_with('W2', start['W2']):.4f}")
for learning_rate in (0.1, 1.0, 100.0):
    A2, _ = forward_propagation(X_small, update_parameters(start, grads, learning_rate))
    print(f"rate {learning_rate:5.1f}:      cost {compute_cost(A2, Y_small):.4f}")

# %% [markdown]
# Downhill is a promise about small steps. A step that is too long jumps over the valley.
#
# ## 9. Find the bug
#
# **The next cell is wrong on purpose.** A network like yours stands in a notebook that somebody
# published, and its training runs from the first line to the last. Its author took over a function
# for the slope of the sigmoid, and tested it:


# %%
def sigmoid_derivative(a):
    """The slope of the sigmoid where its height is a."""
    return a * (1 - a)


print(f"sigmoid(1)            {sigmoid(1.0):.10f}")
print(f"and the slope there   {sigmoid_derivative(sigmoid(1.0)):.10f}")


def planted_backward(parameters, cache, X, Y):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dA1 = parameters["W2"].T @ dZ2
    dZ1 = dA1 * sigmoid_derivative(A1)
    return {
        "dW1": dZ1 @ X.T / m,
        "db1": dZ1.sum(axis=1, keepdims=True) / m,
        "dW2": dZ2 @ A1.T / m,
        "db2": dZ2.sum(axis=1, keepdims=True) / m,
    }


# %% [markdown]
# Every shape is right. So let us watch it train, as its author did: 100 random points, a coin flip
# for each of their labels, four hidden units, a learning rate of 0.01, and 10,000 steps. The author
# set no seed, so nobody can repeat that run exactly. Its printed cost rose from 0.73280 to 0.73323
# between the steps 700 and 900. We tried the seeds 0 to 149 and show you seed 87, where the same
# thing is large enough to see.
#
# **Decide, then run.** The steps are short. If the gradients are right, what must the cost do from
# step to step?

# %%
STEPS = 10_000


def train_and_watch(backward):
    """Train on coin flips as the published notebook did; the cost at every 100th step."""
    rng = np.random.default_rng(87)
    X = rng.standard_normal((2, 100))
    Y = rng.integers(0, 2, size=(1, 100))
    parameters = {
        "W1": rng.standard_normal((4, 2)),
        "b1": np.zeros((4, 1)),
        "W2": rng.standard_normal((1, 4)),
        "b2": np.zeros((1, 1)),
    }
    costs = []
    for step in range(STEPS):
        A2, cache = forward_propagation(X, parameters)
        if step % 100 == 0:
            costs.append(compute_cost(A2, Y))
        parameters = update_parameters(parameters, backward(parameters, cache, X, Y), 0.01)
    A2, _ = forward_propagation(X, parameters)
    return costs, np.mean((A2 > 0.5) == (Y > 0.5))


costs_planted, right_planted = train_and_watch(planted_backward)
costs_yours, right_yours = train_and_watch(backward_propagation)

print("step    planted    yours")
for row in (0, 5, 10, 20, 30, 40, 50, 75, 99):
    print(f"{100 * row:4d}    {costs_planted[row]:.4f}    {costs_yours[row]:.4f}")
print(f"right   {100 * right_planted:.0f} %       {100 * right_yours:.0f} %")

# %%
plots.loss_curve(
    {"planted": costs_planted, "yours": costs_yours},
    title="A cost that rises although the steps are short",
    xlabel="step, in hundreds",
    ylabel="cost",
)

# %% [markdown]
# The planted cost rises at first, falls, and rises again for thousands of steps. Yours falls all
# the way. A cost that rises with short steps is a sign that some gradient does not point uphill.
# The reverse does not hold: for most of the way the planted cost falls too, and around step 3000 it
# is even ahead of yours.
#
# Which of the four gradients are wrong? Do not stare at the code, measure. The cell in section 7
# shows how, and `X_small`, `Y_small`, `start`, `cache_small` and `cost_with` are still there. Set
# `suspects` to the names of the wrong ones, as a set: names in quotes, between braces.

# %% solution="twolayer-suspects"
### BEGIN SOLUTION
_planted = planted_backward(start, cache_small, X_small, Y_small)
for name in ("W1", "b1", "W2", "b2"):
    _measured = numeric_gradient(lambda theta, name=name: cost_with(name, theta), start[name])
    _verdict = "agrees" if relative_error(_planted["d" + name], _measured) < 1e-6 else "wrong"
    print(f"d{name}: {_verdict}")
suspects = {"dW1", "db1"}
### END SOLUTION

# %% check="twolayer.suspects"
check("twolayer.suspects", suspects=suspects)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Do for all four names what the worked example above does for one. A gradient is right if it
#    agrees with the numeric gradient of the cost. It does not help to stare at the code: all shapes
#    are right.
# 2. For each name, make a loss that takes theta, puts it in the place of that one parameter, runs
#    the forward pass and returns the cost. numeric_gradient takes this loss and the parameter's
#    values.
# 3. Then print relative_error of the planted gradient and the numeric one, four lines in all. Two
#    kinds of errors will appear: near 1e-10, and far above 1e-6. The names with the large errors
#    are your suspects.
#
# </details>

# %% [markdown]
# The function for the slope is right, and its test is right. It is the wrong function: the hidden
# layer has a tanh, and was given the sigmoid's slope. Here are both formulas over the heights that
# a tanh can have.
#
# **Decide, then run.** For which heights does the sigmoid's formula even have the wrong sign?

# %%
plots.function(
    np.linspace(-1, 1, 81),
    {"1 - a², the tanh's": tanh_derivative, "a(1 - a), the sigmoid's": sigmoid_derivative},
    title="Two slopes, as functions of the height a",
    xlabel="height a of a tanh",
    ylabel="slope",
)

# %% [markdown]
# A sigmoid is never below 0, so its formula was never meant for negative heights. A tanh is below 0
# about half of the time. There the product is negative: the message is turned round, and the hidden
# unit walks uphill. Meanwhile the second layer learned with right gradients, and that was enough to
# make the cost fall most of the time.
#
# ## 10. The whole training
#
# All the parts are there. What is left is the loop that puts them together:
#
# 1. parameters to start from, once;
# 2. as often as `epochs` says: forward, backward, update;
# 3. the parameters, handed back.
#
# Each round goes through all samples at once, so one epoch is one step.
#
# ### Your turn: `fit`
#
# The sizes $n_x$ and $n_y$ can be read off `X` and `Y`. The check trains on two moons of its own,
# three times, and wants at least 95 % of the points on the right side, fresh points included. It
# takes a second or so.


# %% solution="twolayer-fit"
def fit(X, Y, n_h, learning_rate, epochs, rng):
    """Train a network with n_h hidden units on X (n_x, m) and Y (n_y, m); its parameters."""
    ### BEGIN SOLUTION
    parameters = initialize_parameters(X.shape[0], n_h, Y.shape[0], rng)
    for _ in range(epochs):
        _, cache = forward_propagation(X, parameters)
        grads = backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters
    ### END SOLUTION


# %% check="twolayer.fit"
check("twolayer.fit", fit)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. You have all the parts. First the parameters: how many inputs and outputs there are can be read
#    off the shapes of X and Y. Then a loop over the epochs.
# 2. Each round has three lines: a forward pass, which gives the cache; a backward pass, which gives
#    the gradients; an update, which gives new parameters. The next round has to start from these
#    new ones, so give them the same name as the old.
# 3. Keep the first line, which draws the parameters, in front of the loop, and the return behind
#    it, not indented. Use the arguments n_h, learning_rate, epochs and rng, and no number of your
#    own.
#
# </details>

# %% [markdown]
# **Decide, then run.** How many hidden units does it take to part the moons? One hidden unit can
# draw one straight boundary. Guess the smallest number that gets every point, then look.


# %%
def accuracy_of(parameters, X, Y):
    """The share of the samples that the network puts on the right side of 0.5."""
    A2, _ = forward_propagation(X, parameters)
    return np.mean((A2 > 0.5) == (Y > 0.5))


for n_h in (1, 2, 3, 4):
    trained = fit(X_moons, Y_moons, n_h, 2.0, 3000, np.random.default_rng(3))
    print(f"hidden units: {n_h}   accuracy: {100 * accuracy_of(trained, X_moons, Y_moons):5.1f} %")

# %% [markdown]
# From this start two units do no better than the straight line, and three get every point. Here is
# the boundary that eight of them find. Compare it with the straight one in section 2.

# %%
trained = fit(X_moons, Y_moons, 8, 2.0, 3000, np.random.default_rng(3))
plots.decision_boundary(
    lambda X: forward_propagation(X, trained)[0],
    X_moons,
    Y_moons,
    samples="columns",
    title="Two moons and what eight hidden units make of them",
)

# %% [markdown]
# ## 11. What does 52 % mean?
#
# The published notebook ends by printing its accuracy: 0.52, on the same 100 points that it was
# trained on. Their labels were coin flips. With seed 87 the planted code comes out at 52 % too, and
# yours somewhat higher. Suppose now that fresh points come along, with fresh coin flips for labels.
# What does the 52 % tell us?
#
# - (a) The network was too small. With more hidden units and more steps it would get fresh points
#   right as well.
# - (b) The network has found a weak rule: 52 % is better than guessing, and it would hold for fresh
#   points.
# - (c) There was nothing to learn. On fresh points every network stays near 50 %, however well it
#   does on the points that it was trained on.
# - (d) It is the bug. With right gradients the network would get most fresh points right.
#
# Set `random_labels` to one of the letters, in quotes.

# %% solution="twolayer-random_labels"
### BEGIN SOLUTION
random_labels = "c"
### END SOLUTION

# %% check="twolayer.random_labels"
check("twolayer.random_labels", random_labels=random_labels)

# %% [markdown]
# <details><summary>Hints</summary>
#
# 1. Ask how the labels were made. A coin was flipped for each point, without a look at where the
#    point lies. So what does a point's place say about its label?
# 2. Keep two numbers apart. The share on the training points can be pushed up: a large network
#    bends its boundary round single points and learns them by heart. The share on fresh points asks
#    for something else: a rule that also holds for them.
# 3. For fresh coin flips there is no rule. Whoever predicts them, network or person, is right about
#    half of the time. Which of the four statements says that?
#
# </details>

# %% [markdown]
# **Decide, then run.** Three networks, with 4, 20 and 100 hidden units, are trained on coin flips
# for 100 points. Write down two numbers for each: its accuracy on these points, and on 2000 fresh
# ones.

# %%
rng = np.random.default_rng(0)
X_flips, X_fresh = rng.standard_normal((2, 100)), rng.standard_normal((2, 2000))
Y_flips, Y_fresh = rng.integers(0, 2, size=(1, 100)), rng.integers(0, 2, size=(1, 2000))

print("hidden units   trained on   fresh")
for n_h in (4, 20, 100):
    learned = fit(X_flips, Y_flips, n_h, 1.0, 4000, np.random.default_rng(1))
    seen, fresh = (accuracy_of(learned, X, Y) for X, Y in ((X_flips, Y_flips), (X_fresh, Y_fresh)))
    print(f"{n_h:12d}   {100 * seen:8.0f} %   {100 * fresh:3.0f} %")

# %% [markdown]
# A large network learns coin flips by heart, and knows nothing. What it scores on the points it was
# trained on says how much it can remember. What it scores on fresh points says whether there was
# something to learn. From lesson 06 on you will always look at both.
#
# ### In your own words
#
# A friend writes: "My cost falls, and at the end it is lower than at the start. So my gradients are
# right." Answer in three or four sentences. Use what you saw in section 9: what a falling cost does
# and does not show, why the planted code got away with it, and what you would do instead. A person
# will read your answer and give up to 2 points.

# %% [markdown] written="twolayer-explain" points=2
# ### BEGIN SOLUTION
# A falling cost shows that the steps lead downhill on the whole; they need not follow the gradient.
# In the planted code dW2 and db2 were right and dW1 and db1 were wrong, and the second layer alone
# could lower the cost for most of the way, although the hidden units were sometimes sent uphill,
# wherever their activation was negative. Only now and then did the cost rise. To know that a
# gradient is right, compare each of the four with a numeric gradient (central differences, relative
# error below 1e-6) on a small batch before any training.
# ### END SOLUTION

# %% [markdown]
# ## Recap
#
# - The tanh goes from -1 to 1. Its slope comes from its height: one minus the square.
# - Forward keeps what backward will need, in a cache. Backward leaves the cache alone.
# - Random weights make the hidden units different; biases may start at 0. Draw from the generator
#   that you were given.
# - The cost is a mean over the samples, so the gradients are. Divide once.
# - Right shapes and a falling cost prove nothing. A numeric gradient does.
# - Accuracy on the training points measures memory. Accuracy on fresh points measures learning.
#
# ### The formulas on one card
#
# | forward | backward | shape |
# |---|---|---|
# | $Z_1 = W_1 X + b_1$ | $dW_1 = \frac{1}{m}\, dZ_1 X^\top$ | $(n_h, n_x)$ |
# | | $db_1 = \frac{1}{m} \sum_\mathrm{samples} dZ_1$ | $(n_h, 1)$ |
# | $A_1 = \tanh(Z_1)$ | $dZ_1 = (W_2^\top dZ_2) \odot (1 - A_1^2)$ | $(n_h, m)$ |
# | $Z_2 = W_2 A_1 + b_2$ | $dW_2 = \frac{1}{m}\, dZ_2 A_1^\top$ | $(n_y, n_h)$ |
# | | $db_2 = \frac{1}{m} \sum_\mathrm{samples} dZ_2$ | $(n_y, 1)$ |
# | $A_2 = \mathrm{sigmoid}(Z_2)$ | $dZ_2 = A_2 - Y$ | $(n_y, m)$ |
# | step | $\theta_\mathrm{new} = \theta - \alpha \, d\theta$ | that of $\theta$ |
#
# ### What comes next
#
# In lesson 06 you leave classes for numbers: a straight line through points, first with one neuron.
# It opens with a switch, from samples in columns to samples in rows, as data usually come.
